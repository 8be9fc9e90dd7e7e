#pragma once
// Rules as the engine sees them: defaults, updates and removals applied, written as SecLang.

#include <string>

#include "parser/ruleset.h"

namespace wafcheck::lint {

/// The chain of `starter` in the layout of CRS, a line an action, ends with a line feed. Actions stand
/// in the order in which they hold: inherited ones, then the rule's own; the transformations that are
/// in effect follow a t:none, so that no default can change them again.
std::string resolved_rule(const parser::Ruleset& ruleset, const parser::Rule& starter);

}  // namespace wafcheck::lint
