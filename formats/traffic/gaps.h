#pragma once
// What an input lacks of a transaction, or holds changed: the table gaps.def.

#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

namespace wafcheck::formats::inline traffic {

enum class Gap : uint8_t {
#define GAP(enumerator, name, partial, doc) enumerator,
#include "formats/traffic/gaps.def"
#undef GAP
};

struct GapRow {
  std::string_view name;  ///< "request-body"
  bool partial;           ///< the verdict on such a request is that of a part
  std::string_view doc;   ///< a clause for people
};

inline constexpr GapRow kGapRows[] = {
#define GAP(enumerator, name, partial, doc) {name, partial, doc},
#include "formats/traffic/gaps.def"
#undef GAP
};

constexpr const GapRow& row_of(Gap gap) {
  return kGapRows[static_cast<size_t>(gap)];
}

/// Adds a gap once.
void add_gap(std::vector<Gap>& gaps, Gap gap);
/// Whether one of them makes a verdict that of a part.
bool is_partial(const std::vector<Gap>& gaps);

}  // namespace wafcheck::formats::inline traffic
