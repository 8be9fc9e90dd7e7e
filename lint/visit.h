#pragma once
// Walks over what a ruleset holds, for checks that look at every word.

#include <string>
#include <string_view>
#include <variant>

#include "lint/check.h"

namespace wafcheck::lint {

/// Calls `visit(rule, use)` with every action as it was written: of rules, then of default actions,
/// where `rule` is null.
template <typename Visit>
void each_action(const parser::Ruleset& ruleset, Visit visit) {
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
void each_ctl(const parser::Ruleset& ruleset, Visit visit) {
  each_action(ruleset, [&](const parser::Rule* rule, const parser::ActionUse& use) {
    if (const auto* ctl = std::get_if<parser::CtlUse>(&use.value)) visit(rule, use, *ctl);
  });
}

/// Calls `visit(directive, node)` with every directive that is known and can be read.
template <typename Visit>
void each_directive(const parser::Ruleset& ruleset, Visit visit) {
  for (const parser::LoadedFile& file : ruleset.files) {
    for (const parser::DirectiveNode& node : file.tree.directives) {
      const auto known = node.broken ? std::nullopt : parser::find_directive(node.name);
      if (known) visit(*known, node);
    }
  }
}

/// The place of [begin, end) of an action's raw value; all of the value where that is no unbroken
/// piece of the source.
inline parser::Span part_of(const parser::ActionUse& use, size_t begin, size_t end) {
  const parser::Span whole = use.value_span;
  if (whole.end - whole.begin != use.raw.size()) return whole;
  return {whole.file, whole.begin + static_cast<uint32_t>(begin),
          whole.begin + static_cast<uint32_t>(end)};
}

}  // namespace wafcheck::lint
