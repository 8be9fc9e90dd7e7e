#pragma once
// A piece of a value for one line of a terminal, cut around what is of interest in it.

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include "formats/why/origin.h"

namespace wafcheck::formats::inline why {

/// The columns of a terminal that valid UTF-8 takes, about.
size_t columns_of(std::string_view text);

struct Marked {
  std::string before, marked, after;  ///< bytes that a terminal cannot take are escaped
  /// Columns of `before`, and of `marked`.
  size_t begin = 0, columns = 0;

  std::string text() const { return before + marked + after; }
};

/// At most `columns` columns of `bytes`, the range among them; what is left out at either end is
/// shown as "…", or "..." in ASCII. Of a range that is longer, its beginning and its end.
Marked marked_excerpt(std::string_view bytes, std::optional<Range> range, size_t columns,
                      bool ascii);

}  // namespace wafcheck::formats::inline why
