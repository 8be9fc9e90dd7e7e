#pragma once
// Reads a regular expression the way PCRE2 does.

#include <string_view>

#include "parser/base/result.h"
#include "parser/regex/pcre.h"
#include "parser/regex/tree.h"

namespace wafcheck::parser::regex {

/// Parentheses inside each other, as in PCRE2.
inline constexpr uint32_t kMaxDepth = 250;
inline constexpr size_t kMaxPatternBytes = 256 * 1024;

/// The tree of `pattern` under the options that Pcre::compile() takes. Every expression that PCRE2
/// compiles yields a tree; PCRE2 has the last word on what is valid, and may refuse what is taken
/// here. Fails with a message and the offset at which nothing fitted any more, or if the expression
/// is over one of the bounds above. Linear time.
/// Source: pcre2pattern(3).
Result<Tree> parse(std::string_view pattern, parser::PcreOptions options);

}  // namespace wafcheck::parser::regex
