#pragma once
// The actions of a rule as they were written.

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "lint/checks/check.h"
#include "parser/diagnostic.h"
#include "parser/ruleset/rule.h"

namespace wafcheck::lint::inline checks {

/// A rule's own actions in source order, without those added by updates.
std::vector<const parser::ActionUse*> written_actions(const parser::Rule& rule);

/// The position of an action in CRS's order of actions; nullopt: CRS does not use it.
/// Source: the contribution guidelines of CRS, "order of actions".
std::optional<size_t> action_rank(parser::Action action);

/// The edit that adds `action` ("tag:'OWASP_CRS'") at its position in CRS's order, on a line of its
/// own if its neighbours are. Nullopt if the rule has no actions.
std::optional<parser::Edit> add_action(const parser::RulesetModel& ruleset,
                                       const parser::Rule& rule, parser::Action id,
                                       std::string_view action);

}  // namespace wafcheck::lint::inline checks
