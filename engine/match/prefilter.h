#pragma once
// Which of many patterns may match a text: asked once a text, before any of them is run.

#include <array>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "engine/match/literal_set.h"
#include "parser/regex/byte_set.h"
#include "parser/regex/pcre.h"

namespace wafcheck::engine::inline match {

/// What every text that a pattern matches has. The default asks for nothing.
struct Needs {
  static constexpr size_t kSets = 3;

  size_t min_length = 0;
  std::vector<LiteralSet::Literal> literals;  ///< one of them, if there are any
  std::vector<parser::regex::ByteSet> sets;   ///< a byte of each, the smallest first; kSets at most
  parser::regex::ByteSet first =
      parser::regex::ByteSet::all();  ///< the text's first byte, if it has one
  parser::regex::ByteSet last = parser::regex::ByteSet::all();  ///< its last one
  bool costly = false;  ///< PCRE2 takes long over it, and what it needs is common
};

/// Whether a text has what is needed, but for bytes of sets. For short texts.
bool may_match(const Needs& needs, std::string_view text);

/// What an expression needs, from its own tree. Never too much: see parser/regex/analysis.h.
Needs needs_of_expression(std::string_view pattern, parser::PcreOptions options);

/// What a list of phrases needs that are found whatever the case of their letters.
Needs needs_of_phrases(std::span<const std::string> phrases);

/// A set of patterns, as bits.
using PatternBits = uint64_t;

/// Whether a pattern is in a set.
inline bool has_pattern(const PatternBits* set, int32_t pattern) {
  return (set[pattern / 64] >> (pattern % 64) & 1) != 0;
}

class Prefilter {
 public:
  /// Pattern i is the one that `needs[i]` tells of.
  explicit Prefilter(const std::vector<Needs>& needs);

  /// Words of PatternBits that a set takes.
  size_t words() const { return words_; }
  /// Sets in `out`, words() long, the bits of all patterns that may match `text`.
  void candidates(std::string_view text, PatternBits* out) const;

  // The same in two steps.
  /// By length, ends and the bytes that occur.
  void look_at_bytes(std::string_view text, PatternBits* out) const;
  /// Whether literals would tell more of those in `set` that are `wanted`.
  bool asks_for_literals(const PatternBits* set, const PatternBits* wanted) const;
  /// Takes out of `set` what needs literals that do not occur.
  void look_for_literals(std::string_view text, PatternBits* set) const;
  /// The same only of what is `wanted` where that is one pattern with few literals: false if not.
  bool look_for_few_literals(std::string_view text, PatternBits* set,
                             const PatternBits* wanted) const;
  size_t memory() const;

 private:
  static constexpr size_t kLengths = 64;

  PatternBits* row(std::vector<PatternBits>& table, size_t at) const {
    return table.data() + at * words_;
  }
  const PatternBits* row(const std::vector<PatternBits>& table, size_t at) const {
    return table.data() + at * words_;
  }

  void add_bytes(std::string_view text, PatternBits* have) const;

  size_t words_ = 0;
  size_t row_words_ = 0;  ///< words of all ranks, and some more, so that they are added in steps
  std::vector<PatternBits> by_length_;  ///< by length, the last for all longer ones
  std::vector<PatternBits> by_first_, by_last_;
  /// By byte: for each rank of set, the patterns whose set of that rank holds it. A row is
  /// row_words_ long.
  std::vector<PatternBits> by_byte_;
  std::vector<PatternBits> exempt_;  ///< patterns that have no set of a rank
  LiteralSet literals_;
  std::vector<PatternBits> by_literal_;
  std::vector<PatternBits> without_literals_;
  /// By pattern: its literals if they are few and the case of letters counts; else nothing.
  std::vector<std::vector<std::string>> few_literals_;
};

}  // namespace wafcheck::engine::inline match
