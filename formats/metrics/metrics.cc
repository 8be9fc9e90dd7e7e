#include "formats/metrics/metrics.h"

#include <algorithm>

namespace wafcheck::formats::inline metrics {
namespace {

double score_value(int64_t score) {
  return static_cast<double>(std::max<int64_t>(score, 0));
}

template <typename Key, typename Order>
void add_up(std::map<Key, uint64_t, Order>& counts, const std::map<Key, uint64_t, Order>& others) {
  for (const auto& [key, count] : others) counts[key] += count;
}

}  // namespace

void Metrics::add(const Outcome& outcome) {
  const engine::Transaction& transaction = *outcome.transaction;
  ++transactions;
  ++decisions[decision_of(outcome)];
  if (const auto& would = transaction.would_interrupt()) ++would_decide[to_string(would->action)];
  for (const engine::MatchedRule& rule : transaction.matched_rules()) {
    if (rule.log || rule.auditlog || rule.disrupted) ++rule_matches[rule.id.value_or(0)];
  }
  const Scores scores = scores_of(transaction);
  if (scores.inbound) inbound_scores.add(score_value(*scores.inbound));
  if (scores.outbound) outbound_scores.add(score_value(*scores.outbound));
  seconds.add(outcome.elapsed_us / 1e6);
  if (transaction.undecided()) ++undecided;
  for (const engine::Problem& problem : transaction.problems()) ++problems[problem.kind];
  if (const size_t notes = outcome.exchange->notes.size()) problems["input"] += notes;
  uninspected.add(transaction.uninspected());
}

void Metrics::merge(const Metrics& other) {
  transactions += other.transactions;
  add_up(decisions, other.decisions);
  add_up(would_decide, other.would_decide);
  add_up(rule_matches, other.rule_matches);
  inbound_scores.merge(other.inbound_scores);
  outbound_scores.merge(other.outbound_scores);
  seconds.merge(other.seconds);
  unreadable += other.unreadable;
  undecided += other.undecided;
  add_up(problems, other.problems);
  uninspected.merge(other.uninspected);
}

}  // namespace wafcheck::formats::inline metrics
