#include "cli/tune/cover.h"

#include <algorithm>
#include <numeric>

namespace wafcheck::cli::inline tune {
namespace {

class Cover {
 public:
  Cover(const std::vector<CoverRequest>& requests, const std::vector<double>& costs)
      : costs_(costs), taken_(costs.size(), false) {
    for (const CoverRequest& request : requests) {
      const bool possible = std::ranges::all_of(
          request, [&](const CoverObstacle& each) { return possible_loss(each) >= each.excess; });
      if (!possible) continue;
      for (const CoverObstacle& each : request) obstacles_.push_back(&each);
    }
  }

  std::vector<size_t> run() {
    while (take_best()) {
    }
    drop_needless();
    std::vector<size_t> chosen;
    for (size_t i = 0; i < taken_.size(); ++i) {
      if (taken_[i]) chosen.push_back(i);
    }
    return chosen;
  }

 private:
  bool is_usable(size_t candidate) const { return costs_[candidate] >= 0; }

  int64_t possible_loss(const CoverObstacle& obstacle) const {
    int64_t sum = 0;
    for (const CoverPart& part : obstacle.parts) {
      if (std::ranges::any_of(part.choices, [&](size_t each) { return is_usable(each); })) {
        sum += part.amount;
      }
    }
    return sum;
  }

  bool is_gone(const CoverPart& part) const {
    return std::ranges::any_of(part.choices, [&](size_t each) { return taken_[each]; });
  }

  int64_t left(const CoverObstacle& obstacle) const {
    int64_t excess = obstacle.excess;
    for (const CoverPart& part : obstacle.parts) {
      if (is_gone(part)) excess -= part.amount;
    }
    return std::max<int64_t>(excess, 0);
  }

  /// Takes the candidate of most use; false where none is of any.
  bool take_best() {
    std::vector<double> use(costs_.size(), 0);
    std::vector<int64_t> loss(costs_.size(), 0);
    std::vector<size_t> seen;
    for (const CoverObstacle* obstacle : obstacles_) {
      const int64_t excess = left(*obstacle);
      if (excess == 0) continue;
      for (const CoverPart& part : obstacle->parts) {
        if (is_gone(part)) continue;
        for (const size_t each : part.choices) {
          if (!is_usable(each)) continue;
          if (loss[each] == 0) seen.push_back(each);
          loss[each] += part.amount;
        }
      }
      for (const size_t each : seen) {
        use[each] += static_cast<double>(std::min(loss[each], excess)) /
                     static_cast<double>(obstacle->excess);
        loss[each] = 0;
      }
      seen.clear();
    }
    size_t best = 0;
    double most = 0;
    for (size_t i = 0; i < use.size(); ++i) {
      const double worth = use[i] / (1 + std::max(costs_[i], 0.0));
      if (worth > most) {
        most = worth;
        best = i;
      }
    }
    if (most > 0) taken_[best] = true;
    return most > 0;
  }

  void drop_needless() {
    std::vector<size_t> order(costs_.size());
    std::iota(order.begin(), order.end(), size_t{0});
    std::ranges::stable_sort(order, [&](size_t a, size_t b) { return costs_[a] > costs_[b]; });
    for (const size_t each : order) {
      if (!taken_[each]) continue;
      taken_[each] = false;
      const bool needed = std::ranges::any_of(
          obstacles_, [&](const CoverObstacle* obstacle) { return left(*obstacle) > 0; });
      if (needed) taken_[each] = true;
    }
  }

  const std::vector<double>& costs_;
  std::vector<bool> taken_;
  std::vector<const CoverObstacle*> obstacles_;
};

}  // namespace

std::vector<size_t> choose_cover(const std::vector<CoverRequest>& requests,
                                 const std::vector<double>& costs) {
  return Cover(requests, costs).run();
}

}  // namespace wafcheck::cli::inline tune
