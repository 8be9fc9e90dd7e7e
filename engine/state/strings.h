#pragma once
// The distinct strings of one transaction. A string is known by a small number; transforming it is
// done once however many rules ask, and a step that changes nothing leads back to the same string.

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "engine/match/cache.h"
#include "engine/match/patterns.h"
#include "engine/match/side.h"
#include "engine/profiling/profile.h"
#include "engine/program/compiled_rule.h"
#include "engine/transformations/transformation.h"
#include "parser/base/arena.h"

namespace wafcheck::engine::inline state {

using StringId = uint32_t;

class StringTable {
 public:
  StringTable(Arena& arena, const std::vector<Pipeline>& pipelines,
              const transformations::TransformationContext& context);

  /// The number of `bytes`, which must live as long as the arena.
  StringId intern(std::string_view bytes) { return find_or_add(bytes, false); }
  /// The same of bytes that are copied to the arena where they are new.
  StringId copy(std::string_view bytes) { return find_or_add(bytes, true); }
  std::string_view operator[](StringId id) const { return strings_[id].bytes; }
  size_t size() const { return strings_.size(); }

  /// The string that a transformation chain makes of `id`; each prefix is computed at most once.
  StringId transform(StringId id, PipelineId pipeline);

  /// Whether a pattern may match the string: false only if it cannot.
  bool may_match(StringId id, Side side, int32_t pattern) {
    const PatternBits* const set = strings_[id].candidates[static_cast<size_t>(side)];
    return has_pattern(set != nullptr ? set : find_candidates(id, side), pattern);
  }
  TextHash hash(StringId id) const { return hashes_[id]; }
  /// Whether candidates() rests on what was known before this transaction.
  bool remembered(StringId id, Side side) const {
    return (strings_[id].remembered >> static_cast<size_t>(side) & 1) != 0;
  }
  /// All patterns that may match the string. More is found out only of those that are `wanted`: a
  /// string that few rules see need not be searched for what all of them look for.
  const PatternBits* candidates(StringId id, Side side, const PatternBits* wanted);
  /// The pattern does not match the string: it is not asked again.
  void rule_out(StringId id, Side side, int32_t pattern);
  /// may_match() at any cost, so that the answer depends on the string alone.
  bool could_match(StringId id, Side side, int32_t pattern);

  /// What is looked for in strings, and what earlier transactions found out about strings (may be
  /// null).
  void use(const std::array<Patterns, kSides>* patterns,
           const std::array<MatchCache*, kSides>& caches, Profile* profile) {
    patterns_ = patterns;
    caches_ = caches;
    profile_ = profile;
  }

  void clear();
  ~StringTable() { give_back(); }

 private:
  struct Entry {
    std::string_view bytes;
    StringId* transformed = nullptr;  ///< by pipeline; 0: not yet, else number + 1
    /// Null: not asked yet. The word behind a set tells what it rests on: see MatchMemory::texts().
    std::array<PatternBits*, kSides> candidates{};
    uint8_t remembered = 0;  ///< sides, as bits
    transformations::ByteKinds kinds;
  };
  StringId find_or_add(std::string_view bytes, bool copied);
  void grow();
  PatternBits* begin_candidates(StringId id, Side side);
  const PatternBits* find_candidates(StringId id, Side side);
  void give_back();

  Arena& arena_;
  const std::vector<Pipeline>& pipelines_;
  const transformations::TransformationContext& context_;
  std::vector<Entry> strings_;
  std::vector<TextHash> hashes_;   ///< of strings_
  std::vector<uint32_t> buckets_;  ///< open addressing; 0: free, else number + 1
  std::string scratch_;
  const std::array<Patterns, kSides>* patterns_ = nullptr;
  std::array<MatchCache*, kSides> caches_{};
  std::array<Gate::Dfas, kSides> dfas_;  ///< lent
  Profile* profile_ = nullptr;
};

}  // namespace wafcheck::engine::inline state
