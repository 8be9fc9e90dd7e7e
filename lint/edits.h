#pragma once
// The edits that fixes are made of, and the places inside of values that findings point at.

#include <optional>
#include <string>
#include <string_view>

#include "lint/check.h"
#include "parser/ruleset.h"

namespace wafcheck::lint {

/// The first place of `part` in the source text of `span`; `span` itself where it is not to be
/// found, as in a value that is continued on another line.
parser::Span part_of(const parser::Ruleset& ruleset, parser::Span span, std::string_view part);

/// Takes an action out of its rule's list, with the comma before or after it. Nothing where other
/// text stands beside it, or where it is the rule's only action.
std::optional<parser::Edit> remove_action(const parser::Ruleset& ruleset, const parser::Rule& rule,
                                          const parser::ActionUse& use);

/// Puts an action in front of another.
parser::Edit insert_before(const parser::ActionUse& use, std::string_view action);

/// Takes a target out of its rule's list, with a | before or after it. Nothing for the only one.
std::optional<parser::Edit> remove_target(const parser::Ruleset& ruleset, const parser::Rule& rule,
                                          const parser::Target& target);

/// Gives an action another value, in apostrophes if the present one has them.
parser::Edit replace_value(const parser::ActionUse& use, std::string_view value);

}  // namespace wafcheck::lint
