#pragma once
// What has matched: MATCHED_VARS, MATCHED_VAR, and the matches of the chain that is evaluated.

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "engine/outcome.h"
#include "engine/program/multiphase.h"

namespace wafcheck::engine::inline state {

class ChainMatches {
 public:
  /// `accumulate`: matches stay until a rule does not match, not until the next chain.
  explicit ChainMatches(bool accumulate) : accumulate_(accumulate) {}

  void begin_chain();
  void chain_failed();
  /// Whether a match counts: none that was part of the same chain in an earlier phase does.
  bool is_new(const Match& match, bool last_of_repeated) const {
    return !last_of_repeated || !chains_.holds(match);
  }
  void begin_last_link(const parser::Rule* starter, uint32_t link) {
    chains_.begin_last_link(starter, link, all_);
  }
  void chain_matched(const parser::Rule* starter, uint32_t links) {
    chains_.add(starter, links, all_);
  }
  void add(const Match& match);
  /// What is told of the match at `place` of the current chain.
  void describe(size_t place, std::string_view message, std::string_view data);

  /// MATCHED_VARS. Grows while a rule's values are visited.
  const std::vector<Match>& all() const { return all_; }
  /// Those of the current chain.
  std::span<const Match> of_chain() const;
  /// MATCHED_VAR: of whichever rule matched last.
  const std::optional<Match>& last() const { return last_; }

 private:
  bool accumulate_;
  std::vector<Match> all_;
  size_t chain_begin_ = 0;
  std::optional<Match> last_;
  MatchedChains chains_;  ///< of those that run in several phases
};

}  // namespace wafcheck::engine::inline state
