#pragma once
// From a syntax tree back to its file.

#include <string>

#include "parser/syntax/syntax.h"

namespace wafcheck::parser::inline syntax {

/// The bytes of the file the tree was read from, put together from its tokens.
std::string print(const SyntaxTree& tree, const Sources& sources);

}  // namespace wafcheck::parser::inline syntax
