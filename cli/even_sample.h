#pragma once

#include <cstddef>
#include <utility>
#include <vector>

namespace wafcheck::cli {

/// Takes a number of things out of a sequence whose length is not known before its end: spread
/// evenly, in their order, and always the same. Every stride-th is kept; when twice as many are
/// kept as are wanted, every second of them goes and the stride doubles.
template <typename T>
class EvenSample {
 public:
  explicit EvenSample(size_t size) : size_(size) {}

  void offer(T&& thing) {
    if (offered_++ % stride_ != 0 || size_ == 0) return;
    kept_.push_back(std::move(thing));
    if (kept_.size() < 2 * size_) return;
    for (size_t at = 1; at < size_; ++at) kept_[at] = std::move(kept_[2 * at]);
    kept_.erase(kept_.begin() + static_cast<std::ptrdiff_t>(size_), kept_.end());
    stride_ *= 2;
  }
  size_t offered() const { return offered_; }

  /// All of them where there are not as many.
  std::vector<T> take() {
    const size_t kept = kept_.size();
    if (kept <= size_) return std::move(kept_);
    std::vector<T> chosen;
    chosen.reserve(size_);
    for (size_t at = 0; at < size_; ++at) {
      chosen.push_back(std::move(kept_[at * kept / size_]));
    }
    return chosen;
  }

 private:
  const size_t size_;
  size_t offered_ = 0, stride_ = 1;
  std::vector<T> kept_;
};

}  // namespace wafcheck::cli
