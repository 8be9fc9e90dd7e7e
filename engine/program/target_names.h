#pragma once
// What engines call the values of a target in their logs, and in MATCHED_VAR_NAME.

#include <optional>
#include <string>

#include "parser/ruleset/ruleset.h"

namespace wafcheck::engine::inline program {

/// The name of a target's values, `variable` being one that it stands for; nothing: it is that of
/// Match::name(), `variable:key`.
std::optional<std::string> name_of_values(const parser::RulesetModel& ruleset,
                                          const parser::Target& target, parser::Variable variable);

/// Whether two targets of one variable have the same name where the engine goes by the letters that
/// the rule has.
bool spelled_alike(const parser::RulesetModel& ruleset, const parser::Target& a,
                   const parser::Target& b);

}  // namespace wafcheck::engine::inline program
