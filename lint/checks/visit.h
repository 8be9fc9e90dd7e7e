#pragma once
// Visitors of the actions and directives of a ruleset.

#include <string>
#include <string_view>
#include <variant>

#include "lint/checks/check.h"

namespace wafcheck::lint::inline checks {

/// Calls `visit(rule, use)` with every action in the source: first those of rules, then those of
/// default actions, with a null `rule`.
template <typename Visit>
void each_action(const parser::RulesetModel& ruleset, Visit visit) {
  for (const parser::Rule& rule : ruleset.rules) {
    for (const parser::ActionUse& use : rule.actions) visit(&rule, use);
  }
  for (const auto& defaults : ruleset.default_actions) {
    for (const parser::ActionUse& use : defaults->actions) {
      visit(static_cast<const parser::Rule*>(nullptr), use);
    }
  }
}

/// The same with ctl only: `visit(rule, use, ctl)`.
template <typename Visit>
void each_ctl(const parser::RulesetModel& ruleset, Visit visit) {
  each_action(ruleset, [&](const parser::Rule* rule, const parser::ActionUse& use) {
    if (const auto* ctl = std::get_if<parser::CtlUse>(&use.value)) visit(rule, use, *ctl);
  });
}

/// Calls `visit(directive, node)` with each known directive that parses.
template <typename Visit>
void each_directive(const parser::RulesetModel& ruleset, Visit visit) {
  for (const parser::LoadedFile& file : ruleset.files) {
    for (const parser::DirectiveNode& node : file.tree.directives) {
      const auto directive = node.broken ? std::nullopt : parser::find_directive(node.name);
      if (directive) visit(*directive, node);
    }
  }
}

/// The position of [begin, end) of an action's raw value; the whole value if it is not contiguous
/// in the source.
inline parser::Span part_of(const parser::ActionUse& use, size_t begin, size_t end) {
  const parser::Span whole = use.value_span;
  if (whole.end - whole.begin != use.raw.size()) return whole;
  return {whole.file, whole.begin + static_cast<uint32_t>(begin),
          whole.begin + static_cast<uint32_t>(end)};
}

}  // namespace wafcheck::lint::inline checks
