#pragma once
// Bytes as a terminal shows them: nothing that moves the cursor, hides or reorders text, and how
// many columns each character takes.

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace wafcheck::lint {

/// What stands for one character of the source.
struct Cell {
  uint32_t begin = 0;  ///< offset of its first byte
  uint32_t width = 1;  ///< columns
  std::string text;
};

/// A tab is four blanks; control characters and bytes that are no UTF-8 are `\xHH`; characters that
/// cannot be seen or turn the direction of writing are `<U+200B>`. A combining mark belongs to the
/// cell before it.
std::vector<Cell> cells(std::string_view bytes);

/// The same as one string: no line ends, no control characters.
std::string shown(std::string_view bytes);

/// Columns of text that shown() gave.
size_t display_width(std::string_view text);

/// Breaks text at blanks so that no line, the first beginning at column `at` and the others behind
/// `indent` blanks, is wider than `columns`; a word that is longer stands alone. 0: never.
std::string wrap(std::string_view text, size_t at, size_t indent, size_t columns);

}  // namespace wafcheck::lint
