#pragma once
// Why a transaction is decided on otherwise under another ruleset: the rules that match, or add to
// a score, under one of them only, and what makes that so.

#include <compare>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "cli/diff/verdict.h"
#include "formats/privacy/masks.h"
#include "formats/records/outcome.h"
#include "formats/why/evidence.h"
#include "formats/why/score.h"
#include "lint/compare/ruleset_change.h"

namespace wafcheck::cli::inline diff {

enum class CauseKind : uint8_t {
  added,       ///< the rule is new
  removed,     ///< it is gone
  field,       ///< one of its fields differs: Cause::field
  exclusion,   ///< an exclusion applies under one ruleset only
  threshold,   ///< what a score is compared with
  variable,    ///< a TX variable that it reads has another value
  skipped,     ///< it is passed over under one ruleset only
  order,       ///< it runs before what it ran after, or the reverse
  setting,     ///< a directive that sets the engine up
  engine,      ///< another engine is modelled
  difference,  ///< the first step that differs, where no more is known
  unknown,     ///< it was not looked into: the bound of traces was reached, or it rests on others
};

struct Cause {
  CauseKind kind = CauseKind::unknown;
  std::optional<uint64_t> rule_id;
  std::string field;   ///< of the rule, by its name in the table of fields
  std::string detail;  ///< a few words: values, the exclusion, the setting
  auto operator<=>(const Cause&) const = default;
};
/// "expression", "rule-added": as JSON has it.
std::string reason_of(const Cause& cause);
/// Of a reason that is no field; nothing: it is not known.
std::optional<CauseKind> find_cause_kind(std::string_view reason);
/// "rule 942100 is new": for people.
std::string sentence_of(const Cause& cause);
/// The same of several, the fields of one rule in one sentence.
std::vector<std::string> sentences_of(const std::vector<Cause>& causes);

/// What a rule did in one transaction.
struct RuleEffect {
  bool matched = false;
  int64_t points = 0;  ///< that it added to scores
};
/// By the rule's pair, which names it in both rulesets.
using RuleEffects = std::map<const lint::RulePair*, RuleEffect>;

/// The two rulesets, and what differs between them.
struct Rulesets {
  const lint::Analysis& old;
  const lint::Analysis& now;
  const lint::RulePairs& pairs;
  const lint::RulesetChange& change;
};

class CauseFinder {
 public:
  /// `masks`: values in causes are hidden.
  CauseFinder(const Rulesets& rulesets, const formats::Masks& masks);

  RuleEffects effects(const formats::Outcome& outcome, bool now) const;

  struct Found {
    std::vector<Cause> causes;  ///< each once, the most telling first
    bool needs_trace = false;   ///< some rule's part is known only from traces
  };
  /// The outcomes of one transaction, with evidence, and what effects() says of them. Where they
  /// have traces, these are read too.
  Found find(const formats::Outcome& old, const formats::Outcome& now,
             const RuleEffects& old_effects, const RuleEffects& new_effects) const;

 private:
  struct Search;

  const Rulesets& rulesets_;
  const formats::Masks& masks_;
  std::vector<formats::ScoreRule> old_scores_, new_scores_;
};

}  // namespace wafcheck::cli::inline diff
