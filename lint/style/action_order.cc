// The order of actions in a list.

#include <fmt/format.h>

#include <algorithm>

#include "lint/check.h"
#include "lint/style/actions.h"

namespace wafcheck::lint {
namespace {

using parser::Action;
using parser::ActionUse;

/// Actions of one class depend on one another's order: the last one wins, or each sees what the one
/// before it did. 0: no others.
int order_class(Action action) {
  switch (action) {
    case Action::log:
    case Action::nolog:
    case Action::auditlog:
    case Action::noauditlog:
      return 1;
    case Action::t:
      return 2;
    case Action::capture:
    case Action::multiMatch:
      return 0;
    default:
      break;
  }
  switch (parser::info(action).group) {
    case parser::ActionGroup::Disruptive:
    case parser::ActionGroup::Data:
      return 3;
    case parser::ActionGroup::NonDisruptive:
      return 4;
    default:
      return 0;
  }
}

/// Whether the order changes only between actions that do not care.
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

parser::Fix reordered(const parser::Ruleset& ruleset, const std::vector<const ActionUse*>& before,
                      const std::vector<const ActionUse*>& after) {
  parser::Fix fix{"put the actions into CRS's order", true, {}};
  for (size_t i = 0; i < before.size(); ++i) {
    if (before[i] == after[i]) continue;
    fix.edits.push_back({before[i]->span, std::string(ruleset.sources.text(after[i]->span))});
  }
  return fix;
}

}  // namespace

void action_order(const Context& context, Findings& found) {
  for (const parser::Rule& rule : context.ruleset.rules) {
    std::vector<const ActionUse*> ranked = written_actions(rule);
    // An action without a place stays where it is; who knows what has to come before it.
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
    auto& finding = found.add(Check::action_order, rule, misplaced->name_span,
                              fmt::format("{} stands after {}", name, before),
                              fmt::format("CRS writes {} before {}", name, before));
    finding.related.push_back({later->name_span, "it belongs before this"});
    std::vector<const ActionUse*> sorted = ranked;
    std::ranges::stable_sort(sorted, {},
                             [](const ActionUse* use) { return *action_rank(use->id); });
    if (certain && means_the_same(ranked, sorted))
      finding.fix = reordered(context.ruleset, ranked, sorted);
  }
}

}  // namespace wafcheck::lint
