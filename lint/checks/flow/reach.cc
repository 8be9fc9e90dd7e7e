// Checks on rules that are skipped: by skip, by skipAfter or by the end of a phase.

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <optional>
#include <set>
#include <unordered_map>
#include <vector>

#include "lint/analysis/exclusions.h"
#include "lint/checks/check.h"

namespace wafcheck::lint::inline checks {
namespace {

using parser::Action;
using parser::ActionUse;
using parser::Rule;
using parser::RuleIndex;
using parser::RulesetModel;

/// The starters of each phase that run, in load order.
using Phases = std::array<std::vector<RuleIndex>, 6>;

Phases phases_of(const RulesetModel& ruleset) {
  Phases phases;
  for (RuleIndex i = 0; i < ruleset.rules.size(); ++i) {
    const Rule& rule = ruleset.rules[i];
    if (rule.is_starter() && !rule.removed()) phases[rule.phase].push_back(i);
  }
  return phases;
}

/// The positions of the markers with a name, ascending.
using Markers = std::unordered_map<std::string_view, std::vector<RuleIndex>>;

Markers markers_of(const RulesetModel& ruleset) {
  Markers markers;
  for (const parser::Marker& marker : ruleset.markers) {
    markers[marker.name].push_back(marker.before);
  }
  return markers;
}

/// The rule after the marker that a rule skips to; nullopt if there is none.
std::optional<RuleIndex> landing(const Rule& rule, RuleIndex index, const Markers& markers) {
  const ActionUse* use = rule.find(Action::skipAfter);
  if (use == nullptr) return std::nullopt;
  const auto it = markers.find(use->word());
  if (it == markers.end()) return std::nullopt;
  const auto below = std::ranges::upper_bound(it->second, index);
  if (below == it->second.end()) return std::nullopt;
  return *below;
}

/// Whether a rule matches every request.
bool is_unconditional(const Rule& rule) {
  if (rule.links != 1) return false;
  if (rule.kind == parser::RuleKind::action) return true;
  return rule.kind == parser::RuleKind::rule && !rule.op.negated &&
         rule.op.id == parser::Operator::unconditionalMatch && !rule.targets.empty() &&
         info(rule.targets.front().variable).kind == parser::VariableKind::Scalar;
}

/// The action with which a rule ends its phase; null if it does not.
const ActionUse* ending(const Rule& rule) {
  for (const ActionUse* use : rule.effective) {
    // A block that no SecDefaultAction resolves lets the rules after it run.
    const bool answers =
        info(use->id).traits.has(parser::ActionTrait::Answers) && use->id != Action::block;
    if (answers || use->id == Action::allow) return use;
  }
  return nullptr;
}

/// Whether a ctl can remove a rule, so that the rules after it sometimes run.
bool is_excluded(const Context& context, RuleIndex index) {
  const Exclusions& exclusions = context.exclusions();
  return std::ranges::any_of(exclusions.all(), [&](const Exclusion& exclusion) {
    if (exclusion.rule == nullptr || exclusion.targets != nullptr) return false;
    bool named = false;
    const bool complete = exclusions.each(*exclusion.filter, [&](RuleIndex rule) {
      named = rule == index;
      return !named;
    });
    return named || !complete;
  });
}

/// A limit, as each finding searches all exclusions for a ctl.
constexpr size_t kMaxFindings = 100;

}  // namespace

void skip_lands_wrong(const Context& context, Findings& findings) {
  const Phases phases = phases_of(context.ruleset);
  for (const std::vector<RuleIndex>& phase : phases) {
    // links[i]: the number of rules before phase[i], counting each rule of a chain.
    std::vector<uint64_t> links(phase.size() + 1);
    for (size_t i = 0; i < phase.size(); ++i) {
      links[i + 1] = links[i] + context.ruleset.rules[phase[i]].links;
    }
    for (size_t i = 0; i < phase.size(); ++i) {
      const Rule& rule = context.ruleset.rules[phase[i]];
      const ActionUse* use = rule.find(Action::skip);
      if (use == nullptr) continue;
      const uint64_t count = use->number();
      const size_t left = phase.size() - i - 1;
      if (count > left) {
        findings.add(Check::skip_lands_wrong, rule, use->span,
                     fmt::format("skip:{} goes past the end of phase {}, which has {} more rule{}",
                                 count, rule.phase, left, left == 1 ? "" : "s"),
                     "write skipAfter and a SecMarker");
        continue;
      }
      const uint64_t target = links[i + 1] + count;
      const auto at = std::ranges::upper_bound(links, target) - 1;
      if (*at == target) continue;
      const Rule& chain = context.ruleset.rules[phase[static_cast<size_t>(at - links.begin())]];
      findings
          .add(Check::skip_lands_wrong, rule, use->span,
               fmt::format("skip:{} ends inside a chain in engines that count the rules of a chain "
                           "one by one",
                           count),
               "write skipAfter and a SecMarker")
          .related.push_back({chain.anchor(), "the chain"});
    }
  }
}

void unreachable_rule(const Context& context, Findings& findings) {
  const RulesetModel& ruleset = context.ruleset;
  const Markers markers = markers_of(ruleset);
  size_t reported = 0;
  for (const std::vector<RuleIndex>& phase : phases_of(ruleset)) {
    std::set<RuleIndex> landings;  // of the rules so far
    size_t skipped_until = 0;      // by a skip of one of them
    for (size_t i = 0; i + 1 < phase.size() && reported < kMaxFindings; ++i) {
      const Rule& rule = ruleset.rules[phase[i]];
      const bool jumped_over = i < skipped_until;
      if (const ActionUse* skip = rule.find(Action::skip)) {
        const auto skips = static_cast<size_t>(std::min<uint64_t>(skip->number(), phase.size()));
        skipped_until = std::max(skipped_until, i + 1 + skips);
      }
      const std::optional<RuleIndex> own = landing(rule, phase[i], markers);
      const auto other = landings.upper_bound(phase[i]);
      RuleIndex end = other == landings.end() ? parser::kNoRule : *other;
      if (own) landings.insert(*own);
      if (jumped_over || !is_unconditional(rule)) continue;
      const ActionUse* use = ending(rule);
      if (use == nullptr) {
        if (!own) continue;
        use = rule.find(Action::skipAfter);
        end = std::min(end, *own);
      }
      const Rule& next = ruleset.rules[phase[i + 1]];
      if (phase[i + 1] >= end || is_excluded(context, phase[i])) continue;
      ++reported;
      findings
          .add(Check::unreachable_rule, next, next.anchor(),
               fmt::format("this rule never runs: the {} above it always {}",
                           rule.kind == parser::RuleKind::action ? "SecAction" : "rule",
                           use->id == Action::skipAfter ? "skips it" : "ends the phase"),
               "remove it, or add a condition to the rule above")
          .related.push_back({use->span, "here"});
      // One finding for all unreachable rules.
      while (i + 2 < phase.size() && phase[i + 2] < end) ++i;
    }
  }
}

}  // namespace wafcheck::lint::inline checks
