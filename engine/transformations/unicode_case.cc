#include "engine/transformations/unicode_case.h"

#include <algorithm>
#include <span>

namespace wafcheck::engine::transformations {
namespace {

// Every `step`-th code point from `first` to `last` maps to itself plus `delta`.
struct Range {
  char32_t first;
  char32_t last;
  char32_t step;
  int32_t delta;
};

// Made by make-tables, sorted by `last`; ranges with different steps never overlap.
constexpr Range kLower[] = {
#include "engine/transformations/unicode_lower.inc"
};
constexpr Range kUpper[] = {
#include "engine/transformations/unicode_upper.inc"
};

char32_t map_case(char32_t value, std::span<const Range> ranges) {
  const auto range = std::ranges::lower_bound(ranges, value, {}, &Range::last);
  if (range == ranges.end() || value < range->first) return value;
  if ((value - range->first) % range->step != 0) return value;
  return static_cast<char32_t>(static_cast<int32_t>(value) + range->delta);
}

}  // namespace

char32_t unicode_lower(char32_t value) {
  return map_case(value, kLower);
}
char32_t unicode_upper(char32_t value) {
  return map_case(value, kUpper);
}

}  // namespace wafcheck::engine::transformations
