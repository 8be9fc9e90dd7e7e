// Checks on what a rule inspects.

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <set>
#include <string>
#include <unordered_map>
#include <unordered_set>

#include "lint/checks/check.h"
#include "lint/checks/edits.h"
#include "parser/base/ascii.h"
#include "parser/syntax/syntax_checks.h"

namespace wafcheck::lint::inline checks {
namespace {

using parser::ActionUse;
using parser::Rule;
using parser::RuleKind;
using parser::SelectorKind;
using parser::Target;
using parser::Variable;

std::string key_of(const Target& target) {
  return fmt::format("{}{}{}{}{}", static_cast<unsigned>(target.variable),
                     target.excluded ? '!' : ' ', target.count ? '&' : ' ',
                     static_cast<unsigned>(target.selector.kind), lowercase(target.selector.text));
}

std::string_view written(const Context& context, const Target& target) {
  return context.ruleset.sources.text(target.span);
}

/// The variable that contains all members of another; nullopt if there is none.
std::optional<Variable> whole_of(Variable variable) {
  const Variable whole = info(variable).whole;
  return whole == variable ? std::nullopt : std::optional(whole);
}

/// The variables that a rule inspects as a whole.
class Whole {
 public:
  explicit Whole(const Rule& rule) {
    for (const Target& target : rule.targets) {
      if (target.excluded) {
        excluded_.insert(target.variable);
      } else if (!target.count && target.selector.kind == SelectorKind::none) {
        inspected_.try_emplace(target.variable, &target);
      }
    }
  }

  /// The target that inspects all members of a variable; null if there is none.
  const Target* find(Variable variable) const {
    const auto it = inspected_.find(variable);
    return it == inspected_.end() || excluded_.contains(variable) ? nullptr : it->second;
  }

 private:
  std::unordered_map<Variable, const Target*> inspected_;
  std::unordered_set<Variable> excluded_;
};

/// Whether matches are counted, so that inspecting a value twice changes the result.
bool counts_matches(const Context& context, const Rule& rule) {
  const Rule& starter = context.starter(rule);
  for (const Rule* link = &starter; link < &starter + starter.links; ++link) {
    for (const ActionUse* use : link->effective) {
      const auto* setvar = std::get_if<parser::Setvar>(&use->value);
      if (setvar != nullptr && (setvar->operation == parser::SetvarOperation::add ||
                                setvar->operation == parser::SetvarOperation::subtract)) {
        return true;
      }
    }
    for (const Target& target : link->targets) {
      if (target.count && (target.variable == Variable::MATCHED_VARS ||
                           target.variable == Variable::MATCHED_VARS_NAMES)) {
        return true;
      }
    }
  }
  return false;
}

void offer_removal(const Context& context, const Rule& rule, const Target& target, bool safe,
                   parser::Diagnostic& finding) {
  auto edit = remove_target(context.ruleset, rule, target);
  if (!edit) return;
  finding.fix =
      parser::Fix{fmt::format("remove {}", written(context, target)), safe, {std::move(*edit)}};
}

}  // namespace

void negated_target_only(const Context& context, Findings& findings) {
  for (const Rule& rule : context.ruleset.rules) {
    if (rule.removed() || rule.targets.empty()) continue;
    std::unordered_set<Variable> inspected;
    for (const Target& target : rule.targets) {
      if (!target.excluded) inspected.insert(target.variable);
    }
    for (const Target& target : rule.targets) {
      // Exclusions by updates are checked with the update.
      if (!target.excluded || target.updated || inspected.contains(target.variable)) continue;
      const std::string_view name = info(target.variable).name;
      parser::Diagnostic& finding = findings.add(
          Check::negated_target_only, rule, target.span,
          inspected.empty()
              ? fmt::format("{} is excluded and nothing is inspected: this rule never matches",
                            parser::shown(written(context, target).substr(1)))
              : fmt::format("excluding {} has no effect: the rule does not inspect {}",
                            parser::shown(written(context, target).substr(1)), name),
          fmt::format("write {}|{}", name, parser::shown(written(context, target))));
      // With other targets, the exclusion may be a leftover or meant for one of them.
      if (!inspected.empty() || &target != &rule.targets.front()) continue;
      parser::Span before = target.span;
      before.end = before.begin;
      finding.fix =
          parser::Fix{"inspect the rest of it", false, {{before, fmt::format("{}|", name)}}};
    }
  }
}

void header_name_case_or_underscore(const Context& context, Findings& findings) {
  for (const Rule& rule : context.ruleset.rules) {
    std::set<std::pair<Variable, std::string>> names;
    for (const Target& target : rule.targets) {
      names.emplace(target.variable, lowercase(target.selector.text));
    }
    for (const Target& target : rule.targets) {
      if (target.variable != Variable::REQUEST_HEADERS &&
          target.variable != Variable::RESPONSE_HEADERS) {
        continue;
      }
      if (target.selector.kind != SelectorKind::name || !target.selector.text.contains('_'))
        continue;
      std::string name = target.selector.text;
      std::ranges::replace(name, '_', '-');
      // A rule that names it in both ways does so on purpose.
      const bool both = names.contains({target.variable, lowercase(name)});
      if (both) continue;
      const bool alias = istarts_with(
          trim(written(context, target)).substr(target.excluded || target.count), "HTTP_");
      parser::Diagnostic& finding = findings.add(
          Check::header_name_case_or_underscore, rule, target.selector.span,
          fmt::format("{} is an unlikely header name: servers drop names with underscores",
                      parser::shown(target.selector.text)),
          fmt::format("write {}:{}", info(target.variable).name, parser::shown(name)));
      finding.fix = parser::Fix{"write it with hyphens", false, {{target.selector.span, name}}};
      if (!alias) continue;
      parser::Span whole = target.span;
      if (target.excluded || target.count) ++whole.begin;
      finding.fix->edits = {{whole, fmt::format("REQUEST_HEADERS:{}", name)}};
    }
  }
}

void duplicate_target(const Context& context, Findings& findings) {
  for (const Rule& rule : context.ruleset.rules) {
    if (rule.removed() || rule.targets.size() < 2) continue;
    std::unordered_map<std::string, const Target*> first;
    const Whole whole(rule);
    const bool counted = counts_matches(context, rule);
    for (const Target& target : rule.targets) {
      const auto [it, inserted] = first.try_emplace(key_of(target), &target);
      const Target* other = inserted ? nullptr : it->second;
      // A member of a collection that the rule inspects as a whole.
      if (inserted && !target.excluded && !target.count &&
          target.selector.kind != SelectorKind::none &&
          info(target.variable).kind != parser::VariableKind::Document) {
        other = whole.find(target.variable);
      }
      if (other == nullptr || target.updated) continue;
      parser::Diagnostic& finding = findings.add(
          Check::duplicate_target, rule, target.span,
          fmt::format("{} is inspected twice", parser::shown(written(context, target))),
          "remove it");
      if (target.excluded) {
        finding.message =
            fmt::format("{} is excluded twice", parser::shown(written(context, target).substr(1)));
      }
      finding.related.push_back({other->span, "already here"});
      offer_removal(context, rule, target, target.excluded || !counted, finding);
    }
  }
}

void overlapping_target(const Context& context, Findings& findings) {
  for (const Rule& rule : context.ruleset.rules) {
    if (rule.removed() || rule.targets.size() < 2) continue;
    const Whole whole(rule);
    for (const Target& target : rule.targets) {
      if (target.excluded || target.count || target.updated) continue;
      const std::optional<Variable> of = whole_of(target.variable);
      const Target* const covering = of ? whole.find(*of) : nullptr;
      if (covering == nullptr) continue;
      parser::Diagnostic& finding = findings.add(
          Check::overlapping_target, rule, target.span,
          fmt::format("{} is part of {}", parser::shown(written(context, target)), info(*of).name),
          "remove one of the two");
      finding.related.push_back({covering->span, "already inspected here"});
      offer_removal(context, rule, target, false, finding);
    }
  }
}

}  // namespace wafcheck::lint::inline checks
