#include "formats/traffic/gaps.h"

#include <algorithm>

namespace wafcheck::formats::inline traffic {

void add_gap(std::vector<Gap>& gaps, Gap gap) {
  const auto place = std::ranges::lower_bound(gaps, gap);
  if (place == gaps.end() || *place != gap) gaps.insert(place, gap);
}

bool is_partial(const std::vector<Gap>& gaps) {
  return std::ranges::any_of(gaps, [](Gap gap) { return row_of(gap).partial; });
}

}  // namespace wafcheck::formats::inline traffic
