#pragma once
// The rules of two rulesets, each beside the one that does its work in the other.

#include <cstdint>
#include <optional>
#include <unordered_map>
#include <vector>

#include "parser/ruleset/ruleset.h"

namespace wafcheck::lint::inline compare {

/// How two rules were found to be the same.
enum class PairedBy : uint8_t {
  id,
  test,        ///< targets, operator and transformations are the same
  expression,  ///< nearly the same argument of the same operator
  text,        ///< neither has an id, and nothing differs
};

/// Starters of chains, or rules that stand alone.
struct RulePair {
  const parser::Rule* old = nullptr;  ///< null: the rule is new
  const parser::Rule* now = nullptr;  ///< null: the rule is gone
  PairedBy by = PairedBy::id;         ///< where there are both
};

class RulePairs {
 public:
  /// The rulesets must outlive this.
  RulePairs(const parser::RulesetModel& old, const parser::RulesetModel& now);

  /// Rules of the new ruleset in load order, then those that are gone.
  const std::vector<RulePair>& all() const { return all_; }
  /// The pair of a starter of either ruleset; null: it is of neither.
  const RulePair* find(const parser::Rule& starter) const;

 private:
  std::vector<RulePair> all_;
  std::unordered_map<const parser::Rule*, size_t> by_rule_;
};

/// What a chain tests, link by link: targets, operators and transformations as SecLang writes them.
std::string test_text(const parser::Rule& starter);

}  // namespace wafcheck::lint::inline compare
