#pragma once
// What transactions over one Program remember of values, from one to the next.

#include <array>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "engine/match/cache.h"
#include "engine/match/side.h"

namespace wafcheck::engine {
class Program;
}

namespace wafcheck::engine::inline state {

/// Not thread-safe: one a thread.
class MatchMemory {
 public:
  explicit MatchMemory(const Program& program);
  /// Of texts as operators see them. Behind each set of patterns a word says what it rests on: a
  /// bit for each stage of the Gate, the highest for literals.
  MatchCache* texts(Side side) { return &texts_[static_cast<size_t>(side)]; }
  /// Of values before transformations, for a group of targets and some of its variants.
  MatchCache& values(Side side) { return values_[static_cast<size_t>(side)]; }
  /// The variants of a group that any transaction has asked for, as bits.
  uint64_t& variants(size_t group) { return variants_[group]; }

 private:
  std::array<MatchCache, kSides> texts_, values_;
  std::vector<uint64_t> variants_;
};

}  // namespace wafcheck::engine::inline state
