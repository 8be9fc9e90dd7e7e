#pragma once
// Counts of values by size, which add up over shards of traffic.

#include <array>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <span>

namespace wafcheck::formats::inline metrics {

/// `kBounds`, ascending, are the largest values that each bucket takes; a last bucket takes the
/// rest.
template <const auto& kBounds>
class Histogram {
 public:
  void add(double value) {
    size_t bucket = 0;
    while (bucket < kBounds.size() && value > kBounds[bucket]) ++bucket;
    ++counts_[bucket];
    sum_ += value;
  }

  void merge(const Histogram& other) {
    for (size_t bucket = 0; bucket < counts_.size(); ++bucket) {
      counts_[bucket] += other.counts_[bucket];
    }
    sum_ += other.sum_;
  }

  static double bound(size_t bucket) {
    return bucket < kBounds.size() ? kBounds[bucket] : std::numeric_limits<double>::infinity();
  }
  /// By bucket.
  std::span<const uint64_t> counts() const { return counts_; }
  double sum() const { return sum_; }

 private:
  std::array<uint64_t, kBounds.size() + 1> counts_{};
  double sum_ = 0;
};

}  // namespace wafcheck::formats::inline metrics
