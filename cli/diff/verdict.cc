#include "cli/diff/verdict.h"

#include "engine/transaction.h"

namespace wafcheck::cli::inline diff {
namespace {

constexpr ChangeInfo kInfos[] = {
    {Change::newly_passed, "newly_passed", "newly passed"},
    {Change::newly_blocked, "newly_blocked", "newly blocked"},
    {Change::otherwise, "otherwise_changed", "otherwise decided"},
    {Change::score, "score_changed", "another score"},
    {Change::same, "same", "the same"},
};
static_assert(std::size(kInfos) == kChanges);

}  // namespace

const ChangeInfo& info(Change change) {
  return kInfos[static_cast<size_t>(change)];
}

Verdict verdict_of(const formats::Outcome& outcome) {
  Verdict verdict;
  const engine::Transaction& transaction = *outcome.transaction;
  verdict.decision = formats::decision_of(outcome);
  verdict.blocked = outcome.rejected;
  const auto& done = transaction.interruption();
  const auto& interruption = done ? done : transaction.would_interrupt();
  if (interruption) {
    if (!done) verdict.decision = "would-" + std::string(engine::to_string(interruption->action));
    verdict.blocked |= interruption->action != engine::Disruption::allow &&
                       interruption->action != engine::Disruption::proxy;
    verdict.status = interruption->status;
    verdict.rule_id = interruption->rule_id;
  }
  const formats::Scores scores = formats::scores_of(transaction);
  verdict.score = scores.inbound;
  verdict.outbound_score = scores.outbound;
  verdict.undecided = transaction.undecided();
  return verdict;
}

Change change_of(const Verdict& old, const Verdict& now) {
  if (old.blocked != now.blocked) return now.blocked ? Change::newly_blocked : Change::newly_passed;
  if (old.decision != now.decision || old.status != now.status) return Change::otherwise;
  const auto number = [](const std::optional<int64_t>& score) { return score.value_or(0); };
  const bool scores = number(old.score) == number(now.score) &&
                      number(old.outbound_score) == number(now.outbound_score);
  return scores ? Change::same : Change::score;
}

}  // namespace wafcheck::cli::inline diff
