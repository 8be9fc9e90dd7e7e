#pragma once
// What an action makes of its value.

#include <optional>

#include "parser/diagnostic.h"
#include "parser/language/semantics_forward.h"
#include "parser/ruleset/rule.h"
#include "parser/syntax/text.h"

namespace wafcheck::parser::inline ruleset {

/// The parsed value of `use` (its id and spans are set); `has_value` is false where no colon
/// follows the name. What is wrong is reported and gives monostate, but for `id`, which gives 0.
/// Source: seclang reference 6.3 to 6.6.
ActionValue parse_action_value(const ActionUse& use, const Text& value, bool has_value,
                               const Semantics& semantics, Diagnostics& diagnostics);

/// What is left of "1-5" or "1,2" where only its first number counts.
void keep_first_id(RuleFilter& filter);

/// A rule filter by tag or message: an expression if the text stands between slashes or the
/// engine takes every one for an expression.
RuleFilter text_filter(RuleFilter::Kind kind, const Text& text, const Semantics& semantics,
                       Diagnostics& diagnostics);

/// The number that `text` is, all of it; nothing if it is not one or does not fit.
std::optional<uint64_t> parse_number(std::string_view text);

/// The word of `choices` ("On|Off") that `text` is, whatever its case; empty: none.
std::string_view find_choice(std::string_view choices, std::string_view text);
/// "On, Off or DetectionOnly".
std::string choices_for_people(std::string_view choices);
/// `did you mean On?` where a choice is near.
std::string nearest_choice(std::string_view choices, std::string_view text);

}  // namespace wafcheck::parser::inline ruleset
