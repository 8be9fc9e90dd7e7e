#pragma once
// The known word that a misspelt one most likely means.

#include <algorithm>
#include <string_view>

namespace wafcheck {

/// Bytes to insert, delete, replace or swap with their neighbour to make `a` into `b`, whatever
/// their case (optimal string alignment); words longer than 64 bytes are infinitely far.
size_t edit_distance(std::string_view a, std::string_view b);

/// The first of the names closest to `name`, if a third of it at most has to
/// change; else nothing. `name_of(row)` gives a row's name.
template <typename Rows, typename NameOf>
std::string_view nearest(std::string_view name, const Rows& rows, NameOf name_of) {
  size_t limit = std::max<size_t>(1, name.size() / 3);
  std::string_view best;
  for (const auto& row : rows) {
    const std::string_view candidate = name_of(row);
    const auto [shorter, longer] = std::minmax({name.size(), candidate.size()});
    if (longer - shorter > limit) continue;
    const size_t changes = edit_distance(name, candidate);
    // A word of which nothing remains is another word, not a slip.
    if (changes > limit || changes >= longer) continue;
    if (!best.empty() && changes == limit) continue;
    best = candidate;
    limit = changes;
  }
  return best;
}

}  // namespace wafcheck
