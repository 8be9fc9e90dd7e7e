// The check on rules that are identical except for their ids.

#include <fmt/format.h>

#include <algorithm>
#include <string>
#include <unordered_map>

#include "lint/checks/check.h"
#include "parser/base/ascii.h"

namespace wafcheck::lint::inline checks {
namespace {

using parser::Action;
using parser::ActionUse;
using parser::Rule;
using parser::Target;

/// Whether a rule blocks. Other rules may do different things on the same condition.
bool blocks(const Rule& rule) {
  return std::ranges::any_of(rule.actions, [](const ActionUse& use) {
    return info(use.id).traits.has(parser::ActionTrait::Answers);
  });
}

/// The test of a chain as bytes, equal for chains that match the same requests.
std::string condition(const Rule& starter) {
  std::string text = fmt::format("{}", starter.phase);
  for (const Rule* rule = &starter; rule < &starter + starter.links; ++rule) {
    for (const Target& target : rule->targets) {
      text +=
          fmt::format("|{}.{}.{}.{}:{}:{}", static_cast<unsigned>(target.variable), target.excluded,
                      target.count, static_cast<unsigned>(target.selector.kind),
                      target.selector.text.size(), lowercase(target.selector.text));
    }
    text += fmt::format(" {}.{}.{}:{}", static_cast<unsigned>(rule->op.id), rule->op.negated,
                        rule->op.argument.size(), rule->op.argument.view());
    for (const parser::Transformation transformation : rule->pipeline) {
      text += fmt::format(",{}", static_cast<unsigned>(transformation));
    }
    text += rule->has(Action::multiMatch) ? "*\n" : "\n";
  }
  return text;
}

}  // namespace

void identical_rules(const Context& context, Findings& findings) {
  std::unordered_map<std::string, const Rule*> first;
  for (const Rule& rule : context.ruleset.rules) {
    if (!rule.is_starter() || rule.removed() || rule.kind != parser::RuleKind::rule) continue;
    if (!rule.id || !blocks(rule)) continue;
    const auto [it, inserted] = first.try_emplace(condition(rule), &rule);
    if (inserted || it->second->id == rule.id) continue;
    findings
        .add(Check::identical_rules, rule, rule.id_span,
             fmt::format("rule {} tests the same as rule {}", *rule.id, *it->second->id),
             "remove one of the two")
        .related.push_back({it->second->id_span, "the other one"});
  }
}

}  // namespace wafcheck::lint::inline checks
