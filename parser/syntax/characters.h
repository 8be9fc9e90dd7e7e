#pragma once
// Characters that look like others, and bytes that are no characters.

#include <string_view>

#include "parser/diagnostic.h"
#include "parser/syntax/finding_limit.h"
#include "parser/syntax/syntax.h"

namespace wafcheck::parser::inline syntax {

/// Reports, outside of comments, bytes that are no UTF-8, blanks that are not blanks to an engine,
/// characters without width, and typographic quotes where quotes should be. `bytes` is the file.
void check_characters(const SyntaxTree& tree, std::string_view bytes, FindingLimit& limit,
                      Diagnostics& diagnostics);

}  // namespace wafcheck::parser::inline syntax
