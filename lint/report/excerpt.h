#pragma once
// Source lines with carets below them, for the format `full`.

#include <string>
#include <string_view>

#include "parser/diagnostic.h"
#include "parser/source.h"

namespace wafcheck::lint::inline report {

/// Terminal sequences; all are empty without colour.
struct Palette {
  std::string_view bold, red, yellow, blue, reset;

  std::string_view of(parser::Severity severity) const;
};
const Palette& palette(bool color);

/// The part of an excerpt's lines before the source.
struct Gutter {
  size_t digits = 1;  ///< of the longest line number

  size_t columns() const { return digits + 3; }
  /// `  |`, for a line without source.
  std::string blank(const Palette& colors) const;
};
Gutter gutter_of(const parser::Diagnostic& diagnostic, const parser::Sources& sources);

/// The positions of a finding: the main one marked with `^`, the others with `-` and their
/// messages. Positions in one file share an excerpt, in line order, the finding's own file first;
/// other files follow under `::: FILE:LINE:COLUMN`. Lines wider than `columns` are cut around the
/// marks, with `…`. Every line ends with LF; empty if no position has a file.
std::string excerpts(const parser::Diagnostic& diagnostic, const parser::Sources& sources,
                     const Palette& colors, size_t columns);

}  // namespace wafcheck::lint::inline report
