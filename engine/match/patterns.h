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

namespace wafcheck::engine {

class LazyOperator;

/// Texts of the request and of the response have little in common, and so have the patterns that
/// are looked for in them: each side has a prefilter of its own.
enum class Side : uint8_t { request, response };
inline constexpr size_t kSides = 2;

class Patterns {
 public:
  /// The number of an operator, the same each time; -1 of one that no prefilter can speak for.
  int32_t add(const LazyOperator& op);
  size_t size() const { return operators_.size(); }
  /// Words of PatternBits that a set takes.
  size_t words() const { return (operators_.size() + 63) / 64; }
  /// Made when they are first asked for; safe while other threads ask.
  const Prefilter& prefilter() const { return made().prefilter; }
  const Gate& gate() const { return made().gate; }

 private:
  struct Made {
    Prefilter prefilter;
    Gate gate;
  };
  const Made& made() const {
    const Made* const ready = ready_.load(std::memory_order_acquire);
    return ready != nullptr ? *ready : make();
  }
  const Made& make() const;

  std::vector<const LazyOperator*> operators_;
  std::unordered_map<const LazyOperator*, int32_t> numbers_;
  mutable std::once_flag once_;
  mutable std::unique_ptr<const Made> made_;
  mutable std::atomic<const Made*> ready_ = nullptr;  ///< made_, once it is there
};

}  // namespace wafcheck::engine
