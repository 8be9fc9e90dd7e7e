// The order of actions in a list.

#include <fmt/format.h>

#include <algorithm>

#include "lint/checks/check.h"
#include "lint/checks/style/written_actions.h"

namespace wafcheck::lint::inline checks {
namespace {

using parser::Action;
using parser::ActionUse;

/// The order of actions of one class matters: the last one wins, or each sees the effect of the
/// previous one. 0: the order does not matter.
int order_class(Action action) {
  const parser::ActionInfo& row = parser::info(action);
  if (row.slot == parser::ActionSlot::Log || row.slot == parser::ActionSlot::AuditLog) return 1;
  if (action == Action::t) return 2;
  switch (row.group) {
    case parser::ActionGroup::Disruptive:
    case parser::ActionGroup::Data:
      return 3;
    case parser::ActionGroup::NonDisruptive:
      return row.slot == parser::ActionSlot::Own ? 0 : 4;
    default:
      return 0;
  }
}

/// Whether the new order keeps the order within each class.
bool means_the_same(const std::vector<const ActionUse*>& before,
                    const std::vector<const ActionUse*>& after) {
  for (int which = 1; which <= 4; ++which) {
    const auto of_class = [&](const std::vector<const ActionUse*>& uses) {
      std::vector<const ActionUse*> some;
      std::ranges::copy_if(uses, std::back_inserter(some),
                           [&](const ActionUse* use) { return order_class(use->id) == which; });
      return some;
    };
    if (of_class(before) != of_class(after)) return false;
  }
  return true;
}

parser::Fix reordered(const parser::RulesetModel& ruleset,
                      const std::vector<const ActionUse*>& before,
                      const std::vector<const ActionUse*>& after) {
  parser::Fix fix{"put the actions in CRS's order", true, {}};
  for (size_t i = 0; i < before.size(); ++i) {
    if (before[i] == after[i]) continue;
    fix.edits.push_back({before[i]->span, std::string(ruleset.sources.text(after[i]->span))});
  }
  return fix;
}

}  // namespace

void action_order(const Context& context, Findings& findings) {
  for (const parser::Rule& rule : context.ruleset.rules) {
    std::vector<const ActionUse*> ranked = written_actions(rule);
    // No fix if an action without a position in CRS's order may depend on the others.
    const bool certain = std::ranges::all_of(ranked, [](const ActionUse* use) {
      return action_rank(use->id) || order_class(use->id) == 0;
    });
    std::erase_if(ranked, [](const ActionUse* use) { return !action_rank(use->id); });
    const ActionUse* misplaced = nullptr;
    const ActionUse* later = nullptr;
    for (const ActionUse* use : ranked) {
      if (later != nullptr && *action_rank(use->id) < *action_rank(later->id)) {
        misplaced = use;
        break;
      }
      later = use;
    }
    if (misplaced == nullptr) continue;
    const std::string_view name = parser::info(misplaced->id).name;
    const std::string_view before = parser::info(later->id).name;
    auto& finding = findings.add(Check::action_order, rule, misplaced->name_span,
                                 fmt::format("{} is after {}", name, before),
                                 fmt::format("CRS writes {} before {}", name, before));
    finding.related.push_back({later->name_span, "it belongs before this"});
    std::vector<const ActionUse*> sorted = ranked;
    std::ranges::stable_sort(sorted, {},
                             [](const ActionUse* use) { return *action_rank(use->id); });
    if (certain && means_the_same(ranked, sorted))
      finding.fix = reordered(context.ruleset, ranked, sorted);
  }
}

}  // namespace wafcheck::lint::inline checks
