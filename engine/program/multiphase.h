#pragma once
// Coraza's multiphase evaluation, a build tag there: what a rule tests is tested as soon as it is
// known. A rule is compiled once for each phase it runs in, with the targets it tests there; the
// rule loop knows nothing of it but that a chain may have matched before.

#include <cstdint>
#include <span>
#include <string>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "engine/outcome.h"
#include "parser/ruleset/rule.h"
#include "parser/ruleset/ruleset.h"

namespace wafcheck::engine::inline program {

/// ARGS and ARGS_NAMES are taken apart into those of the query string and those of the body; other
/// variables stay what they are.
std::vector<parser::Variable> multiphase_variables(parser::Variable variable);

/// In which phases a rule or chain runs, and what its starter tests there.
class MultiphasePlan {
 public:
  /// `links`: the starter and the links chained to it.
  explicit MultiphasePlan(std::span<const parser::Rule> links);

  /// Ascending; the rule's own phase is always one.
  const std::vector<uint8_t>& phases() const { return phases_; }
  /// Whether the starter tests a variable (see multiphase_variables) in one of the phases. Of a
  /// rule without links, each variable is tested in its earliest phase only; those that have none,
  /// such as TX, in every phase. In a chain only what was there before all links could match is
  /// tested no more than once; links test everything each time.
  bool tests(parser::Variable variable, uint8_t phase) const;
  /// A chain that runs in several phases, where the same values may match again.
  bool repeats() const { return chained_ && phases_.size() > 1; }

 private:
  bool runs_in(uint8_t phase) const;

  uint8_t own_phase_;
  bool chained_;
  bool any_phase_ = false;     ///< the starter tests a variable without an earliest phase
  uint8_t first_phase_;        ///< the earliest of the starter's variables and of its own phase
  uint8_t chain_phase_ = 0;    ///< before it the links cannot match
  std::vector<bool> starter_;  ///< by phase: a variable of the starter has it as its earliest
  std::vector<uint8_t> phases_;
};

/// The chains of one transaction that have matched, so that none counts twice: values that have
/// matched together do not complete the same chain again.
class MatchedChains {
 public:
  void clear();
  /// Before the last link of a chain is tested; `matches` are those of the links before it.
  void begin_last_link(const parser::Rule* starter, uint32_t last_link,
                       std::span<const Match> matches);
  /// Whether a match of the last link was in this chain, beside the same values, before.
  bool holds(const Match& match) const;
  void add(const parser::Rule* starter, uint32_t links, std::span<const Match> matches);

 private:
  using Values = std::unordered_set<std::string>;
  std::unordered_map<const parser::Rule*, std::vector<std::vector<Values>>> chains_;  ///< by link
  std::vector<const Values*> last_links_;  ///< of the chains in question
};

}  // namespace wafcheck::engine::inline program
