#include "formats/why/score.h"

#include <algorithm>
#include <charconv>
#include <span>
#include <unordered_map>
#include <unordered_set>
#include <utility>

#include "engine/transaction.h"
#include "parser/base/ascii.h"

namespace wafcheck::formats::inline why {
namespace {

using parser::Action;
using parser::Operator;
using parser::Setvar;
using parser::SetvarOperation;

/// Scores that are sums of scores, of sums of scores, ...: CRS has two steps.
constexpr int kMaxDepth = 8;

int64_t number(std::string_view text) {
  int64_t value = 0;
  std::from_chars(text.data(), text.data() + text.size(), value);
  return value;
}

/// The TX variable that a text is, as a whole; empty: it is something else.
std::string variable_of(const parser::MacroText& text) {
  if (text.parts.size() != 1 || !text.parts[0].is_variable) return {};
  const parser::MacroPart& part = text.parts[0];
  return part.variable == parser::Variable::TX ? lowercase(part.text) : std::string();
}

bool disrupts(const parser::Rule& starter) {
  return std::ranges::any_of(starter.effective, [](const parser::ActionUse* use) {
    return use->id == Action::deny || use->id == Action::drop || use->id == Action::block ||
           use->id == Action::redirect;
  });
}

bool compares(const parser::OperatorUse& use) {
  return !use.negated && (use.id == Operator::ge || use.id == Operator::gt);
}

/// The changes of one transaction, by variable.
class Changes {
 public:
  explicit Changes(const EvidenceRecorder& evidence) : all_(evidence.changes()) {
    for (size_t at = 0; at < all_.size(); ++at) {
      const std::string name = lowercase(all_[at].name);
      by_name_[name].push_back(at);
      const Setvar* const set = setvar(at);
      const bool adds = set != nullptr && (set->operation == SetvarOperation::add ||
                                           set->operation == SetvarOperation::subtract);
      if (adds) sums_.insert(name);
    }
  }

  bool is_sum(const std::string& name) const { return sums_.contains(name); }

  const TxChange* last(const std::string& name) const {
    const auto found = by_name_.find(name);
    return found == by_name_.end() ? nullptr : &all_[found->second.back()];
  }

  /// What makes up a variable as it is before the change that is number `end`.
  void contributions(const std::string& name, size_t end, int depth,
                     std::vector<Contribution>& parts) const {
    const auto found = by_name_.find(name);
    if (found == by_name_.end() || depth == kMaxDepth) return;
    const size_t first = parts.size();
    for (const size_t at : found->second) {
      if (at >= end) break;
      const TxChange& change = all_[at];
      const Setvar* const set = setvar(at);
      if (set == nullptr) continue;
      const bool replaces =
          set->operation == SetvarOperation::assign || set->operation == SetvarOperation::unset;
      if (replaces) parts.resize(first);
      if (set->operation == SetvarOperation::unset) continue;
      const std::string other = variable_of(set->value);
      if (!other.empty() && other != name && is_sum(other) &&
          set->operation != SetvarOperation::subtract) {
        contributions(other, at, depth + 1, parts);
        continue;
      }
      const int64_t amount = number(change.after) - (replaces ? 0 : number(change.before));
      if (amount != 0) parts.push_back({change.evaluation, change.values, amount});
    }
  }

 private:
  const Setvar* setvar(size_t at) const {
    const parser::ActionUse* const action = all_[at].action;
    return action == nullptr ? nullptr : std::get_if<Setvar>(&action->value);
  }

  std::span<const TxChange> all_;
  std::unordered_map<std::string, std::vector<size_t>> by_name_;
  std::unordered_set<std::string> sums_;
};

/// The value that made a score rule's link match; null: it did not.
const ValueEvidence* comparison(const ScoreRule& rule, const EvidenceRecorder& evidence) {
  for (const RuleEvidence& evaluated : evidence.rules()) {
    if (evaluated.starter != rule.starter || !evaluated.matched) continue;
    const auto value = std::ranges::find(evaluated.values, rule.link, &ValueEvidence::link);
    if (value != evaluated.values.end()) return &*value;
  }
  return nullptr;
}

}  // namespace

std::vector<ScoreRule> score_rules(const parser::RulesetModel& ruleset) {
  std::vector<ScoreRule> found;
  for (const parser::Rule& link : ruleset.rules) {
    if (link.kind != parser::RuleKind::rule || !compares(link.op)) continue;
    const parser::Rule& starter = ruleset.rules[link.starter];
    if (starter.removed() || !disrupts(starter)) continue;
    for (const parser::Target& target : link.targets) {
      const bool is_score = target.variable == parser::Variable::TX && !target.count &&
                            !target.excluded && target.selector.kind == parser::SelectorKind::name;
      if (!is_score) continue;
      found.push_back(
          {&starter, &link, lowercase(target.selector.text), variable_of(link.op.text)});
    }
  }
  return found;
}

std::vector<ScoreSum> score_sums(const std::vector<ScoreRule>& rules,
                                 const EvidenceRecorder& evidence,
                                 const engine::Transaction& transaction) {
  std::vector<ScoreSum> sums;
  const Changes changes(evidence);
  const auto& interruption =
      transaction.interruption() ? transaction.interruption() : transaction.would_interrupt();
  for (const ScoreRule& rule : rules) {
    const ValueEvidence* const compared = comparison(rule, evidence);
    const bool decided =
        compared != nullptr && interruption && interruption->rule_id == rule.starter->id;
    const auto known = std::ranges::find_if(
        sums, [&](const ScoreSum& sum) { return sum.rule->variable == rule.variable; });
    if (known != sums.end() && !decided) continue;
    ScoreSum sum;
    sum.rule = &rule;
    sum.reached = compared != nullptr;
    changes.contributions(rule.variable, SIZE_MAX, 0, sum.parts);
    if (sum.parts.empty()) continue;
    sum.total = number(transaction.tx(rule.variable).value_or(""));
    std::string_view threshold =
        rule.threshold_variable.empty()
            ? rule.link->op.argument.view()
            : transaction.tx(rule.threshold_variable).value_or(std::string_view());
    if (compared != nullptr) {
      sum.total = number(compared->tested.value);
      threshold = compared->tested.parameter;
    }
    if (!threshold.empty()) sum.threshold = number(threshold);
    if (!rule.threshold_variable.empty()) sum.threshold_set = changes.last(rule.threshold_variable);
    if (known == sums.end()) {
      sums.push_back(std::move(sum));
    } else {
      *known = std::move(sum);
    }
  }
  return sums;
}

}  // namespace wafcheck::formats::inline why
