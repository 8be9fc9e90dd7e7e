#include "parser/base/nearest.h"

#include <array>
#include <cstdint>
#include <utility>

#include "parser/base/ascii.h"

namespace wafcheck {
namespace {
constexpr size_t kMaxName = 64;
}

size_t edit_distance(std::string_view a, std::string_view b) {
  if (a.size() > kMaxName || b.size() > kMaxName) return SIZE_MAX;
  std::array<size_t, kMaxName + 1> before_last{};
  std::array<size_t, kMaxName + 1> last{};
  std::array<size_t, kMaxName + 1> row{};
  for (size_t j = 0; j <= b.size(); ++j) last[j] = j;
  for (size_t i = 1; i <= a.size(); ++i) {
    const auto same = [&](size_t x, size_t y) { return to_lower(a[x]) == to_lower(b[y]); };
    row[0] = i;
    for (size_t j = 1; j <= b.size(); ++j) {
      const size_t replaced = last[j - 1] + (same(i - 1, j - 1) ? 0 : 1);
      row[j] = std::min({replaced, last[j] + 1, row[j - 1] + 1});
      if (i > 1 && j > 1 && same(i - 1, j - 2) && same(i - 2, j - 1)) {
        row[j] = std::min(row[j], before_last[j - 2] + 1);
      }
    }
    before_last = std::exchange(last, row);
  }
  return last[b.size()];
}

}  // namespace wafcheck
