#pragma once
// Which exclusions to take: a weighted cover of the requests that are held back.

#include <cstddef>
#include <cstdint>
#include <vector>

namespace wafcheck::cli::inline tune {

/// What an obstacle consists of: an amount that goes when one of `choices` is taken.
struct CoverPart {
  int64_t amount = 0;
  std::vector<size_t> choices;  ///< candidates
};

/// Has to lose `excess` of the amounts of its parts.
struct CoverObstacle {
  int64_t excess = 0;
  std::vector<CoverPart> parts;
};

/// Passes when none of its obstacles is left.
using CoverRequest = std::vector<CoverObstacle>;

/// The candidates to take, ascending. Greedy: each time the one that frees most for its cost, then
/// what turned out to be needless is dropped again. `costs` has one for each candidate; a negative
/// one means that it cannot be taken. Requests that cannot be freed get no candidate.
std::vector<size_t> choose_cover(const std::vector<CoverRequest>& requests,
                                 const std::vector<double>& costs);

}  // namespace wafcheck::cli::inline tune
