#pragma once
// Source lines with carets below them, as `full` shows a finding.

#include <string>
#include <string_view>

#include "parser/diagnostic.h"
#include "parser/source.h"

namespace wafcheck::lint {

/// Terminal sequences; empty ones where there is no colour.
struct Palette {
  std::string_view bold, red, yellow, blue, reset;

  std::string_view of(parser::Severity severity) const;
};
const Palette& palette(bool color);

/// What the lines of an excerpt have before the source.
struct Gutter {
  size_t digits = 1;  ///< of the longest line number

  size_t columns() const { return digits + 3; }
  /// `  |`, after which the source would stand.
  std::string blank(const Palette& colors) const;
};
Gutter gutter_of(const parser::Diagnostic& diagnostic, const parser::Sources& sources);

/// The places of a finding: its own marked `^`, the others `-` with their messages. Places in one
/// file share an excerpt, in the order of the lines, its own file first; a place in another file
/// stands under `::: FILE:LINE:COLUMN`. Lines wider than `columns` are cut around what is marked,
/// with `…`. Every line ends with LF; empty where no place has a file.
std::string excerpts(const parser::Diagnostic& diagnostic, const parser::Sources& sources,
                     const Palette& colors, size_t columns);

}  // namespace wafcheck::lint
