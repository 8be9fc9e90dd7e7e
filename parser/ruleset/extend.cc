// Rules that are put before those of a model that has been read: what they change there is copied,
// and nothing else.

#include <algorithm>
#include <iterator>
#include <memory>
#include <utility>

#include "parser/language/semantics.h"
#include "parser/ruleset/loader.h"
#include "parser/ruleset/resolve.h"
#include "parser/ruleset/rule_matcher.h"

namespace wafcheck::parser::inline ruleset {
namespace {

/// What is added is searched for without a prefilter, and copies take memory: where there is more
/// of either, and more than a part of the base's rules, all of it is better read anew.
constexpr size_t kFewRules = 32;
constexpr size_t kLargestPart = 4;

bool is_small(size_t rules, const RulesetModel& base) {
  return rules <= kFewRules || rules * kLargestPart <= base.rules.size();
}

bool removes(const Update& update) {
  const DirectiveForm form = info(update.id).form;
  return form == DirectiveForm::RemoveById || form == DirectiveForm::RemoveByText;
}

/// Whether it makes a difference which of the updates of a chain comes first: exclusions are a set.
bool order_matters(const Update& update, std::span<const Rule> chain) {
  const auto adds = [](const Target& target) { return target.updated && !target.excluded; };
  const bool excludes = update.replaced.empty() && update.actions.empty() &&
                        std::ranges::all_of(update.targets, &Target::excluded);
  return std::ranges::any_of(chain, [&](const Rule& link) {
    return std::ranges::any_of(link.actions, &ActionUse::updated) ||
           std::ranges::any_of(link.targets, adds) ||
           (!excludes && std::ranges::any_of(link.targets, &Target::updated));
  });
}

bool names(const RuleMatcher& matcher, const Rule& rule) {
  return (rule.id && matcher.names(*rule.id)) ||
         std::ranges::any_of(rule.actions,
                             [&](const ActionUse& use) { return matcher.names(use); });
}

/// An update goes by a link's own tags and messages too, a removal by those of the starter.
bool reaches(const Update& update, const RuleMatcher& matcher, std::span<const Rule> chain) {
  if (names(matcher, chain.front())) return true;
  return info(update.id).form == DirectiveForm::UpdateTargetByText &&
         std::ranges::any_of(chain.subspan(1),
                             [&](const Rule& link) { return names(matcher, link); });
}

template <typename Element>
void append(std::vector<Element>& to, const std::vector<Element>& more) {
  to.insert(to.end(), more.begin(), more.end());
}

}  // namespace

bool Loader::may_extend(const RulesetModel& base) const {
  const Semantics& semantics = ruleset_.semantics();
  if (base.base != nullptr || !semantics.updates_any_order || !semantics.defaults_reach_back ||
      semantics.one_default_action || semantics.multiphase) {
    return false;
  }
  if (error_since(0) != nullptr) return false;
  const bool repeats = std::ranges::any_of(
      ruleset_.by_id, [&](const auto& entry) { return base.by_id.contains(entry.first); });
  // The base's defaults hold; those of a phase for which it has none reach its rules.
  const bool defaults = std::ranges::all_of(ruleset_.default_actions, [&](const auto& own) {
    return std::ranges::any_of(base.default_actions,
                               [&](const auto& other) { return other->phase == own->phase; });
  });
  return !repeats && defaults && is_small(count(), base);
}

bool Loader::reach(const Update& update) {
  const bool names_changes = std::ranges::any_of(update.actions, [](const ActionUse& use) {
    return use.id == Action::tag || use.id == Action::msg;
  });
  if (names_changes) return false;  // then other updates may reach the rule, or no longer do
  const RulesetModel& base = *ruleset_.base;
  const RuleMatcher matcher(update.filter, ruleset_.semantics());
  for (RuleIndex at = 0; at < base.rules.size(); at += base.rules[at].links) {
    const std::span<const Rule> chain(&base.rules[at], base.rules[at].links);
    if (chain.front().removed() || !reaches(update, matcher, chain)) continue;
    auto known = std::ranges::lower_bound(ruleset_.changed, at, {}, &ChangedChain::of_base);
    const bool is_known = known != ruleset_.changed.end() && known->of_base == at;
    if (removes(update)) {
      if (!is_known) known = ruleset_.changed.insert(known, {at});
      known->copy = kNoRule;
      continue;
    }
    if (order_matters(update, chain)) return false;
    if (is_known) continue;
    known = ruleset_.changed.insert(known, {at, 0});
  }
  return true;
}

void Loader::copy_chain(ChangedChain& chain) {
  const Rule& starter = ruleset_.base->rules[chain.of_base];
  chain.copy = count();
  for (uint32_t link = 0; link < starter.links; ++link) {
    Rule copy = ruleset_.base->rules[chain.of_base + link];
    copy.starter = chain.copy;
    ruleset_.rules.push_back(std::move(copy));
  }
  if (starter.id) ruleset_.by_id.emplace(*starter.id, chain.copy);
}

std::optional<RulesetModel> Loader::extend(std::shared_ptr<const RulesetModel> base,
                                           const std::vector<std::string>& inputs) {
  ruleset_.sources = base->sources;
  read_inputs(inputs);
  settle();
  if (!may_extend(*base)) return std::nullopt;
  ruleset_.base = std::move(base);
  ruleset_.end_own_rules();
  const RuleIndex own = count();
  if (!std::ranges::all_of(ruleset_.updates, [&](const Update& each) { return reach(each); })) {
    return std::nullopt;
  }
  for (ChangedChain& chain : ruleset_.changed) {
    if (chain.copy != kNoRule) copy_chain(chain);
  }
  if (!is_small(count() - own, *ruleset_.base)) return std::nullopt;
  for (Update& update : ruleset_.updates) apply(update, count());
  const RulesetModel& other = *ruleset_.base;
  const size_t own_updates = ruleset_.updates.size();
  append(ruleset_.updates, other.updates);
  for (size_t at = own_updates; at < ruleset_.updates.size(); ++at)
    apply(ruleset_.updates[at], own);
  ruleset_.settings.insert(ruleset_.settings.begin(), other.settings.begin(), other.settings.end());
  append(ruleset_.datasets, other.datasets);
  append(ruleset_.dropped, other.dropped);
  for (const auto& defaults : other.default_actions) {
    ruleset_.default_actions.push_back(std::make_unique<DefaultAction>(*defaults));
  }
  resolve_actions(ruleset_);
  return std::move(ruleset_);
}

}  // namespace wafcheck::parser::inline ruleset
