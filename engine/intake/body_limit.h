#pragma once
// What became of a piece of a body that was handed in.

#include <cstddef>
#include <string_view>

namespace wafcheck::engine::inline intake {

/// Whether a piece of so many bytes went over the limit: `body` is what is kept, `before` what was
/// kept before it came.
inline bool was_cut(std::string_view body, size_t before, size_t piece, size_t limit) {
  return body.size() == limit && body.size() - before < piece;
}

}  // namespace wafcheck::engine::inline intake
