#pragma once
// The expressions that PCRE2 takes long over and that little else rules out: a few automata find
// which of them match at all, each in a pass over the text for several expressions.

#include <cstdint>
#include <memory>
#include <mutex>
#include <string_view>
#include <vector>

#include "engine/match/automaton.h"
#include "engine/match/prefilter.h"

namespace wafcheck::engine::inline match {

class Gate {
 public:
  struct Pattern {
    uint32_t number = 0;
    std::string_view expression;  ///< outlives the gate
  };
  /// What one thread runs; by group.
  using Dfas = std::vector<std::unique_ptr<LazyDfa>>;

  /// Those of `patterns` count that are regular languages.
  Gate(std::vector<Pattern> patterns, parser::PcreOptions options)
      : patterns_(std::move(patterns)), options_(options) {}

  /// Takes the patterns out of `set` that do not match `text`, as far as the effort allows: of
  /// those that are `wanted`, and of what is found out with them. `dfas` are the caller's; if there
  /// are none, some are lent, and to be given back. Returns `known`, what was found out of this
  /// text before (kStages bits, 0 at first), and what is now.
  uint64_t narrow(std::string_view text, PatternBits* set, const PatternBits* wanted,
                  uint64_t known, Dfas& dfas, LazyDfa::Effort effort) const;
  static constexpr size_t kStages = 32;
  void give_back(Dfas dfas) const;

 private:
  /// Expressions that stand near each other in a ruleset are often alike; of too many at once the
  /// states multiply.
  struct Group {
    std::unique_ptr<const Automaton> automaton;
    std::vector<uint32_t> numbers;  ///< of the automaton's patterns
    size_t first_word = 0;          ///< of a set, that of the first of them
    std::vector<PatternBits> mask;  ///< from there on
  };

  /// Made when they are first asked for; safe while other threads ask.
  const std::vector<Group>& groups() const;
  /// The bit of `known` that a group has, maybe with others.
  uint64_t stage_of(size_t group) const { return uint64_t{1} << (group % kStages); }
  static bool concerns(const Group& group, const PatternBits* set, const PatternBits* wanted);
  static void keep(const Group& group, uint64_t matched, PatternBits* set);
  void add_group(const std::vector<parser::regex::Nfa>& nfas, std::vector<uint32_t> numbers) const;

  std::vector<Pattern> patterns_;
  parser::PcreOptions options_;
  mutable std::once_flag once_;
  mutable std::vector<Group> groups_;
  mutable std::mutex lending_;
  mutable std::vector<Dfas> idle_;
};

}  // namespace wafcheck::engine::inline match
