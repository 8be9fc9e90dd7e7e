#pragma once
// Pieces of regular expressions in words.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "parser/regex/tree.h"

namespace wafcheck::cli::lsp {

/// The innermost piece that holds a byte of the expression, and those around it, outermost last;
/// empty: the offset is past its end.
std::vector<parser::regex::NodeId> pieces_at(const parser::regex::Tree& tree, uint32_t offset);

/// "one to three times, as many as fit", "a digit", "the start of the subject".
std::string in_words(const parser::regex::Tree& tree, const parser::regex::Node& piece);

}  // namespace wafcheck::cli::lsp
