#include "formats/reduce/goal.h"

#include <fmt/format.h>

#include <algorithm>

namespace wafcheck::formats::inline reduce {
namespace {

/// What holds a request back, or would.
const engine::Interruption& interruption_of(const Outcome& outcome) {
  const engine::Transaction& transaction = *outcome.transaction;
  return transaction.interruption() ? *transaction.interruption() : *transaction.would_interrupt();
}

}  // namespace

bool matches_rule(const Outcome& outcome, uint64_t id) {
  return std::ranges::any_of(
      outcome.transaction->matched_rules(), [&](const engine::MatchedRule& rule) {
        return rule.id == id && std::ranges::none_of(rule.matches, &engine::Match::undecided);
      });
}

Goal Goal::rule(uint64_t id) {
  Goal goal;
  goal.rule_id_ = id;
  return goal;
}

Goal Goal::interruption(const Outcome& outcome) {
  Goal goal;
  const engine::Interruption& interruption = interruption_of(outcome);
  goal.rule_id_ = interruption.rule_id;
  goal.decision_ = engine::to_string(interruption.action);
  for (const engine::MatchedRule& rule : outcome.transaction->matched_rules()) {
    if (rule.log && rule.id) goal.logged_.insert(*rule.id);
  }
  return goal;
}

bool Goal::holds(const Outcome& outcome) const {
  if (decision_.empty()) return matches_rule(outcome, *rule_id_);
  if (!is_interrupted(outcome)) return false;
  const engine::Interruption& interruption = interruption_of(outcome);
  if (interruption.rule_id != rule_id_ || engine::to_string(interruption.action) != decision_) {
    return false;
  }
  return std::ranges::all_of(outcome.transaction->matched_rules(),
                             [&](const engine::MatchedRule& rule) {
                               return !rule.log || !rule.id || logged_.contains(*rule.id);
                             });
}

std::string Goal::text() const {
  if (decision_.empty()) return fmt::format("rule {} still matches", *rule_id_);
  return rule_id_ ? fmt::format("{} by rule {} as before", decision_, *rule_id_)
                  : fmt::format("{} as before", decision_);
}

}  // namespace wafcheck::formats::inline reduce
