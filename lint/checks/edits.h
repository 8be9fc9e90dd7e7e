#pragma once
// Edits for fixes, and positions inside of values for findings.

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "lint/checks/check.h"
#include "parser/ruleset/ruleset.h"

namespace wafcheck::lint::inline checks {

/// The first occurrence of `part` in the source text of `span`; `span` itself if there is none, as
/// in a value that is continued on another line.
parser::Span part_of(const parser::RulesetModel& ruleset, parser::Span span, std::string_view part);

/// `bytes` with the edits applied; edits must be in one file and must not overlap, in any order.
std::string with_edits(std::string_view bytes, std::vector<parser::Edit> edits);

/// Removes an action and the comma before or after it. Nullopt if there is other text next to it,
/// or if it is the rule's only action.
std::optional<parser::Edit> remove_action(const parser::RulesetModel& ruleset,
                                          const parser::Rule& rule, const parser::ActionUse& use);

/// Inserts an action before another.
parser::Edit insert_before(const parser::ActionUse& use, std::string_view action);

/// Removes a target and the | before or after it. Nullopt if it is the rule's only target.
std::optional<parser::Edit> remove_target(const parser::RulesetModel& ruleset,
                                          const parser::Rule& rule, const parser::Target& target);

/// Replaces the value of an action, in apostrophes if the current value has them.
parser::Edit replace_value(const parser::ActionUse& use, std::string_view value);

}  // namespace wafcheck::lint::inline checks
