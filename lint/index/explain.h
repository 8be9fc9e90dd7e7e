#pragma once
// Explains a rule in plain words, from the tables of the language and the other rules.

#include <string>

#include "lint/index/facts.h"

namespace wafcheck::lint::inline index {

/// The rule's targets, transformations, operator and actions, what skips or changes it, and which
/// rules set or read the same variables. Lines are at most `width` columns, unless a word is
/// longer.
std::string explain_text(const Analysis& analysis, const RuleFacts& facts, size_t width = 80);

/// The same as one JSON object, without a line end.
std::string explain_json(const Analysis& analysis, const RuleFacts& facts);

}  // namespace wafcheck::lint::inline index
