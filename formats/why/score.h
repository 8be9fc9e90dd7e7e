#pragma once
// Anomaly scores as sums: which rule added what, and what the sum is compared with. Rests on what
// the rules do, not on how CRS calls its variables.

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "formats/why/evidence.h"
#include "parser/ruleset/ruleset.h"

namespace wafcheck::engine {
class Transaction;
}

namespace wafcheck::formats::inline why {

/// What a rule added to a score when a value matched.
struct Contribution {
  size_t evaluation = 0;  ///< of EvidenceRecorder::rules()
  size_t values = 0;      ///< the last value that had matched by then, from 1; 0: none had
  int64_t amount = 0;
};

/// The TX variable that a disruptive rule compares with a threshold.
struct ScoreRule {
  const parser::Rule* starter = nullptr;
  const parser::Rule* link = nullptr;  ///< the one that compares
  std::string variable;                ///< without "tx.", lower case
  /// The TX variable that holds the threshold, likewise; empty: it is a number in the rule.
  std::string threshold_variable;
};
/// Of the rules that are in force, in load order.
std::vector<ScoreRule> score_rules(const parser::RulesetModel& ruleset);

struct ScoreSum {
  const ScoreRule* rule = nullptr;  ///< the one that the score made interrupt, else the first
  bool reached = false;             ///< it matched
  int64_t total = 0;
  std::optional<int64_t> threshold;
  const TxChange* threshold_set = nullptr;  ///< null: it is a number in the rule, or was never set
  std::vector<Contribution> parts;          ///< in the order in which they were added
};
/// One for each variable that some rule added to. Pointers live as long as `rules` and the
/// evidence.
std::vector<ScoreSum> score_sums(const std::vector<ScoreRule>& rules,
                                 const EvidenceRecorder& evidence,
                                 const engine::Transaction& transaction);

}  // namespace wafcheck::formats::inline why
