#pragma once
// Characters that look like others, and bytes that are no characters.

#include <string_view>

#include "parser/diagnostic.h"
#include "parser/syntax.h"

namespace wafcheck::parser {

/// Reports, outside of comments, bytes that are no UTF-8, blanks that are not blanks to an engine,
/// characters without width, and typographic quotes where quotes should be. `bytes` is the file.
void check_characters(const SyntaxTree& tree, std::string_view bytes, Diagnostics& diagnostics);

}  // namespace wafcheck::parser
