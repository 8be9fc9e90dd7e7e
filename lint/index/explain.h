#pragma once
// A rule in plain words, drawn from the tables of the language and the rules around it.

#include <string>

#include "lint/index/facts.h"

namespace wafcheck::lint {

/// What a rule looks at, how the value is transformed, what matches, what happens then, what skips or
/// changes it, and which rules set or read the same variables. For people, at most `width` columns
/// where words allow.
std::string explain_text(const Context& context, const RuleFacts& facts, size_t width = 80);

/// The same as one JSON object, without a line end.
std::string explain_json(const Context& context, const RuleFacts& facts);

}  // namespace wafcheck::lint
