#include "cli/tune/evidence.h"

#include <algorithm>
#include <map>
#include <set>
#include <utility>

#include "engine/transaction.h"
#include "formats/why/evidence.h"
#include "parser/base/ascii.h"
#include "parser/language/semantics.h"

namespace wafcheck::cli::inline tune {
namespace {

using formats::RuleEvidence;
using formats::ValueEvidence;
using parser::Operator;
using parser::VariableTrait;

bool is_input(const ValueEvidence& value) {
  return !value.tested.counted &&
         parser::info(value.tested.variable).traits.has(VariableTrait::Input);
}

/// The link whose targets an exclusion takes away: the first that looks into what a client fills
/// freely, of those that the engine's ctl reaches; else the starter.
uint32_t link_to_exclude(const RuleEvidence& rule, const parser::Semantics& semantics) {
  uint32_t link = UINT32_MAX;
  for (const ValueEvidence& value : rule.values) {
    if (is_input(value)) link = std::min(link, value.link->link);
  }
  if (link == UINT32_MAX) return 0;
  return link != 0 && semantics.ctl_targets_spare_links ? 0 : link;
}

/// The setting that the last link compares with; none where it compares with something else.
std::optional<ComparedSetting> setting_of(const RuleEvidence& rule) {
  if (rule.values.empty()) return std::nullopt;
  const ValueEvidence& last = rule.values.back();
  const parser::OperatorUse& use = last.link->op;
  const bool compares =
      use.id == Operator::within || use.id == Operator::gt || use.id == Operator::ge;
  if (!compares || use.text.parts.size() != 1 || !use.text.parts[0].is_variable) {
    return std::nullopt;
  }
  const parser::MacroPart& part = use.text.parts[0];
  if (part.variable != parser::Variable::TX) return std::nullopt;
  return ComparedSetting{lowercase(part.text), std::string(last.tested.parameter),
                         std::string(last.tested.transformed), use.id, use.negated};
}

}  // namespace

std::string TargetName::text() const {
  std::string text = counted ? "&" : "";
  text += parser::info(variable).name;
  if (!key.empty()) text += ":" + key;
  return text;
}

std::string path_of(const formats::Outcome& outcome) {
  return std::string(
      outcome.transaction->first(parser::Variable::REQUEST_FILENAME).value_or(std::string_view()));
}

std::string host_of(const formats::Request& request) {
  for (const auto& [name, value] : request.headers) {
    if (!iequals(name, "Host")) continue;
    const std::string host = lowercase(trim(value));
    const size_t from = host.starts_with('[') ? host.find(']') : 0;
    return host.substr(0, host.find(':', from == std::string::npos ? 0 : from));
  }
  return {};
}

/// Reads one transaction.
struct Judge::Reader {
  const Judge& judge;
  const formats::Outcome& outcome;
  Evidence found = {};
  /// By evaluation: the first of its hits, and how many values each hit has.
  std::map<size_t, std::vector<std::pair<size_t, size_t>>> hits_of = {};

  /// The hits of an evaluation, with the number of values behind each.
  const std::vector<std::pair<size_t, size_t>>& hits(size_t evaluation) {
    const auto [at, added] = hits_of.try_emplace(evaluation);
    if (!added) return at->second;
    const RuleEvidence& rule = outcome.evidence->rules()[evaluation];
    const uint32_t link = link_to_exclude(rule, judge.ruleset_.semantics());
    for (const ValueEvidence& value : rule.values) {
      if (value.link->link == link) add(value, rule, at->second);
    }
    // The matches of a rule without targets, a SecAction.
    if (at->second.empty()) {
      found.hits.push_back({rule.starter->id.value_or(0), rule.phase, 0, {}, {}, std::nullopt});
      found.hits.back().target.counted = true;
      at->second.emplace_back(found.hits.size() - 1, 1);
    }
    return at->second;
  }

  void add(const ValueEvidence& value, const RuleEvidence& rule,
           std::vector<std::pair<size_t, size_t>>& own) {
    const TargetName target{value.tested.variable, std::string(value.tested.key),
                            value.tested.counted};
    for (auto& [hit, count] : own) {
      if (found.hits[hit].target != target) continue;
      ++count;
      return;
    }
    found.hits.push_back({rule.starter->id.value_or(0), rule.phase, value.link->link, target,
                          std::string(value.tested.value), setting_of(rule)});
    own.emplace_back(found.hits.size() - 1, 1);
  }

  /// What an evaluation adds, spread over its hits.
  void add_parts(size_t evaluation, int64_t amount, Obstacle& obstacle) {
    const auto& own = hits(evaluation);
    int64_t values = 0;
    for (const auto& [hit, count] : own) values += static_cast<int64_t>(count);
    int64_t rest = amount;
    for (size_t i = own.size(); i-- > 0;) {
      const int64_t share = i == 0 ? rest : amount * static_cast<int64_t>(own[i].second) / values;
      rest -= share;
      obstacle.parts.push_back({own[i].first, share});
    }
    std::ranges::reverse(obstacle.parts);
  }

  void add_score(const formats::ScoreSum& sum) {
    Obstacle obstacle;
    obstacle.rule_id = sum.rule->starter->id.value_or(0);
    int64_t total = 0;
    for (const formats::Contribution& part : sum.parts) {
      total += part.amount;
      if (part.amount > 0) add_parts(part.evaluation, part.amount, obstacle);
    }
    const bool ge = sum.rule->link->op.id == Operator::ge;
    const int64_t most = sum.threshold.value_or(1) - (ge ? 1 : 0);
    obstacle.excess = std::max<int64_t>(std::max(total, sum.total) - most, 1);
    found.obstacles.push_back(std::move(obstacle));
  }

  void add_denial(const engine::MatchedRule& denial) {
    Obstacle obstacle;
    obstacle.rule_id = denial.id.value_or(0);
    std::set<size_t> own;
    for (size_t at = 0; at < outcome.evidence->rules().size(); ++at) {
      const RuleEvidence& rule = outcome.evidence->rules()[at];
      if (rule.starter != denial.rule || !rule.matched) continue;
      for (const auto& [hit, count] : hits(at)) own.insert(hit);
    }
    for (const size_t hit : own) obstacle.parts.push_back({hit, 1});
    obstacle.excess = static_cast<int64_t>(own.size());
    found.obstacles.push_back(std::move(obstacle));
  }

  Evidence read() {
    found.method = outcome.exchange->request.method;
    found.path = path_of(outcome);
    found.host = host_of(outcome.exchange->request);
    const auto sums = formats::score_sums(judge.scores_, *outcome.evidence, *outcome.transaction);
    std::set<std::string> seen;
    for (const engine::MatchedRule& matched : outcome.transaction->matched_rules()) {
      if (!matched.disrupted) continue;
      const auto rule =
          std::ranges::find(judge.scores_, matched.rule, &formats::ScoreRule::starter);
      const auto sum = rule == judge.scores_.end()
                           ? sums.end()
                           : std::ranges::find_if(sums, [&](const formats::ScoreSum& each) {
                               return each.rule->variable == rule->variable;
                             });
      if (sum == sums.end()) {
        if (seen.insert(std::to_string(matched.id.value_or(0))).second) add_denial(matched);
      } else if (seen.insert(rule->variable).second) {
        add_score(*sum);
      }
    }
    if (found.obstacles.empty()) {
      const auto& interruption = outcome.transaction->interruption()
                                     ? outcome.transaction->interruption()
                                     : outcome.transaction->would_interrupt();
      found.reason = "no rule interrupts it: " + interruption->message;
    }
    return std::move(found);
  }
};

Judge::Judge(const parser::RulesetModel& ruleset)
    : ruleset_(ruleset), scores_(formats::score_rules(ruleset)) {}

std::optional<Evidence> Judge::judge(const formats::Outcome& outcome) const {
  if (outcome.rejected || !formats::is_interrupted(outcome)) return std::nullopt;
  return Reader{*this, outcome}.read();
}

}  // namespace wafcheck::cli::inline tune
