#pragma once
// The actions of a rule as they were written.

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "lint/check.h"
#include "parser/diagnostic.h"
#include "parser/rule.h"

namespace wafcheck::lint {

/// A rule's own actions, those that updates added left out, in the order in which they stand.
std::vector<const parser::ActionUse*> written_actions(const parser::Rule& rule);

/// The place of an action in CRS's order of actions; nothing: CRS does not use it.
/// Source: the contribution guidelines of CRS, "order of actions".
std::optional<size_t> action_rank(parser::Action action);

/// The edit that adds `action` ("tag:'OWASP_CRS'") where CRS's order wants it, on a line of its own
/// if the actions around it stand so. Nothing where the rule has no actions.
std::optional<parser::Edit> add_action(const parser::Ruleset& ruleset, const parser::Rule& rule,
                                       parser::Action id, std::string_view action);

}  // namespace wafcheck::lint
