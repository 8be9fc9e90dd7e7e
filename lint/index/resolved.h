#pragma once
// Rules as the engine sees them: defaults, updates and removals applied, written as SecLang.

#include <string>

#include "parser/ruleset/ruleset.h"

namespace wafcheck::lint::inline index {

/// The chain of `starter` in the layout of CRS, one action per line, ending with a line feed.
/// Actions are in the order in which they apply: inherited ones, then the rule's own; the effective
/// transformations follow a t:none, so that no default is added to them.
std::string resolved_rule(const parser::RulesetModel& ruleset, const parser::Rule& starter);

}  // namespace wafcheck::lint::inline index
