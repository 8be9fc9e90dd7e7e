#pragma once
// The operators of a Program that search texts, as patterns of one prefilter.

#include <atomic>
#include <cstdint>
#include <memory>
#include <mutex>
#include <unordered_map>
#include <vector>

#include "engine/match/gate.h"
#include "engine/match/prefilter.h"
#include "engine/operators/lazy_operator.h"

namespace wafcheck::engine::inline match {

class Patterns {
 public:
  /// The number of an operator, the same each time; -1 of one that no prefilter can speak for.
  int32_t add(const operators::LazyOperator& op);
  size_t size() const { return operators_.size(); }
  /// Words of PatternBits that a set takes.
  size_t words() const { return (operators_.size() + 63) / 64; }
  /// Built when they are first asked for; safe while other threads ask.
  const Prefilter& prefilter() const { return filters().prefilter; }
  const Gate& gate() const { return filters().gate; }

 private:
  struct Filters {
    Prefilter prefilter;
    Gate gate;
  };
  const Filters& filters() const {
    const Filters* const ready = ready_.load(std::memory_order_acquire);
    return ready != nullptr ? *ready : make();
  }
  const Filters& make() const;

  std::vector<const operators::LazyOperator*> operators_;
  std::unordered_map<const operators::LazyOperator*, int32_t> numbers_;
  mutable std::once_flag once_;
  mutable std::unique_ptr<const Filters> filters_;
  mutable std::atomic<const Filters*> ready_ = nullptr;  ///< filters_, once it is there
};

}  // namespace wafcheck::engine::inline match
