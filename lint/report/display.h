#pragma once
// Bytes in a form that is safe on a terminal (nothing moves the cursor, hides or reorders text),
// and the number of columns of each character.

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace wafcheck::lint::inline report {

/// The displayed form of one character of the source.
struct Cell {
  uint32_t begin = 0;  ///< offset of its first byte
  uint32_t width = 1;  ///< columns
  std::string text;
};

/// A tab becomes four spaces; control characters and bytes that are not UTF-8 become `\xHH`;
/// characters that are invisible or change the writing direction become `<U+200B>`. A combining
/// mark belongs to the cell before it.
std::vector<Cell> cells(std::string_view bytes);

/// The same as one string: no line ends, no control characters.
std::string shown(std::string_view bytes);

/// The columns of text that shown() returned.
size_t display_width(std::string_view text);

/// Breaks text at spaces so that no line is wider than `columns` (0: no limit). The first line
/// begins at column `at`, the others with `indent` spaces. A longer word gets a line of its own.
std::string wrap(std::string_view text, size_t at, size_t indent, size_t columns);

}  // namespace wafcheck::lint::inline report
