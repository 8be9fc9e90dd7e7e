#pragma once
// What holds for each rule once everything is loaded.

#include "parser/ruleset/ruleset.h"

namespace wafcheck::parser::inline ruleset {

/// Sets `effective` and `pipeline` of every rule from the default action in force, its own actions
/// and the updates folded in. The built-in default (phase:2,log,auditlog,pass) says nothing that
/// does not hold anyway, and leaves no trace. Source: seclang reference 2.2, 6.1 and 6.5.
void resolve_actions(RulesetModel& ruleset);

}  // namespace wafcheck::parser::inline ruleset
