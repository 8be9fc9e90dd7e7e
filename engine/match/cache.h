#pragma once
// What was found out about texts, kept from one transaction to the next: the same header values,
// parameters and cookies come again and again.

#include <cstdint>
#include <cstdlib>
#include <memory>

#include "engine/match/prefilter.h"

namespace wafcheck::engine::inline match {

/// A text by its hash: 128 bits, so that two texts never share one in practice.
struct TextHash {
  uint64_t low = 0, high = 0;
  bool operator==(const TextHash&) const = default;
};

/// Patterns that may match a text, by the text's hash. Of fixed size: a new text takes the place of
/// another one. Not thread-safe: one a thread.
class MatchCache {
 public:
  /// `words`: of a pattern set. Takes some 24 + 8 * words bytes for each of `texts`, a power of
  /// two.
  MatchCache(size_t words, size_t texts);

  /// The text is going to be asked for: what tells whether it is kept is fetched meanwhile.
  void prefetch(TextHash text) const { __builtin_prefetch(&keys_[slot(text)]); }
  /// The set kept for a text; null: none is.
  const PatternBits* find(TextHash text) const;
  /// Keeps a set, words() long.
  void keep(TextHash text, const PatternBits* patterns);
  /// What turned out not to match is not asked again. No effect on a text that is not kept.
  void rule_out(TextHash text, size_t pattern);

  size_t words() const { return words_; }

 private:
  /// Zeros from the system, which gives the memory when it is first used.
  template <typename T>
  using Zeroed = std::unique_ptr<T[], decltype(&std::free)>;
  template <typename T>
  static Zeroed<T> zeroed(size_t count);

  size_t slot(TextHash text) const { return text.low & (texts_ - 1); }

  size_t words_, texts_;
  Zeroed<TextHash> keys_;
  Zeroed<PatternBits> sets_;
};

}  // namespace wafcheck::engine::inline match
