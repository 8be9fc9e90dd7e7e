// Checks on maintenance: rules without tests and tests without rules, duplicate messages,
// deprecated constructs, ids reserved for CRS.

#include <fmt/format.h>

#include <algorithm>
#include <set>
#include <unordered_map>
#include <unordered_set>

#include "lint/checks/check.h"
#include "lint/checks/crs/crs.h"
#include "lint/checks/style/written_actions.h"
#include "parser/base/ascii.h"
#include "parser/syntax/syntax_checks.h"

namespace wafcheck::lint::inline checks {
namespace {

using parser::Action;
using parser::ActionUse;
using parser::Rule;
using parser::Variable;

std::string numbers(const std::vector<uint64_t>& ids) {
  std::string text;
  for (const uint64_t id : ids) text += fmt::format("{}{}", text.empty() ? "" : ", ", id);
  return text;
}

/// Why a variable is deprecated; empty if it is not.
std::string_view deprecation(Variable variable) {
  switch (variable) {
    case Variable::MODSEC_BUILD:
      return "Coraza does not have it, and its numbers differ between engines";
    case Variable::REQBODY_PROCESSOR_ERROR:
    case Variable::REQBODY_PROCESSOR_ERROR_MSG:
      return "use REQBODY_ERROR and REQBODY_ERROR_MSG";
    case Variable::RULE:
      return "write the id, message or severity itself";
    default:
      return {};
  }
}

template <typename Visit>
void each_macro(const ActionUse& use, Visit visit) {
  if (const auto* text = std::get_if<parser::MacroText>(&use.value)) visit(*text);
  if (const auto* setvar = std::get_if<parser::Setvar>(&use.value)) {
    visit(setvar->name);
    visit(setvar->value);
  }
}

/// A file of the setup, of CRS or of a plugin.
bool is_of_crs(std::string_view path) {
  const std::string_view name = path.substr(path.find_last_of('/') + 1);
  return crs_file(path).has_value() || name.starts_with("crs-setup");
}

}  // namespace

void missing_test(const Context& context, Findings& findings) {
  if (!context.options.tests) return;
  std::unordered_set<uint64_t> tested;
  for (const TestCase& test : *context.options.tests) {
    tested.insert(test.rule_id);
    tested.insert(test.expected.begin(), test.expected.end());
  }
  for (const Rule& rule : context.ruleset.rules) {
    const auto id = crs_id(rule);
    if (!id || rule.kind != parser::RuleKind::rule || rule.removed()) continue;
    if (is_control_id(*id) || is_administrative(crs_file_number(*id)) || tested.contains(*id)) {
      continue;
    }
    findings.add(Check::missing_test, rule, rule.id_span, fmt::format("rule {} has no test", *id),
                 fmt::format("add one in {}.yaml", *id));
  }
}

void test_without_rule(const Context& context, Findings& findings) {
  if (!context.options.tests) return;
  std::set<std::pair<std::string_view, uint64_t>> reported;
  for (const TestCase& test : *context.options.tests) {
    if (context.ruleset.find(test.rule_id) != nullptr) continue;
    if (!reported.emplace(test.file, test.rule_id).second) continue;
    findings.add(Check::test_without_rule, parser::Span{},
                 fmt::format("{}:{}: test {} is for rule {}, which does not exist", test.file,
                             test.line, test.id, test.rule_id),
                 "remove the test, or load the rule");
  }
}

void test_does_not_trigger_its_rule(const Context& context, Findings& findings) {
  if (!context.options.tests) return;
  for (const TestCase& test : *context.options.tests) {
    if (test.silent.empty()) continue;
    const Rule* rule = context.ruleset.find(test.silent.front());
    if (rule == nullptr) rule = context.ruleset.find(test.rule_id);
    const std::string message = fmt::format("test {} ({}:{}) does not trigger {}", test.id,
                                            test.file, test.line, numbers(test.silent));
    if (rule != nullptr) {
      findings.add(Check::test_does_not_trigger_its_rule, *rule, rule->id_span, message,
                   fmt::format("run wafcheck test --filter '^{}$' to see what happens", test.id));
    } else {
      findings.add(Check::test_does_not_trigger_its_rule, parser::Span{}, message);
    }
  }
}

void message_duplicate(const Context& context, Findings& findings) {
  std::unordered_map<std::string_view, const ActionUse*> first;
  std::unordered_map<std::string_view, uint64_t> id_of;
  for (const Rule& rule : context.ruleset.rules) {
    if (!rule.is_starter() || !rule.id) continue;
    for (const ActionUse* use : written_actions(rule)) {
      if (use->id != Action::msg || use->raw.empty()) continue;
      const auto [it, inserted] = first.try_emplace(use->raw, use);
      const auto owner = id_of.try_emplace(use->raw, *rule.id).first;
      // Variations of a rule may have the same message.
      if (inserted || owner->second / 10 == *rule.id / 10) continue;
      auto& finding = findings.add(Check::message_duplicate, rule, use->value_span,
                                   fmt::format("rule {} has the same message", owner->second),
                                   "say how the two differ");
      finding.related.push_back({it->second->value_span, "the same message"});
    }
  }
}

void deprecated_construct(const Context& context, Findings& findings) {
  for (const Rule& rule : context.ruleset.rules) {
    const auto look = [&](Variable variable, parser::Span span) {
      const std::string_view instead = deprecation(variable);
      if (instead.empty()) return;
      findings.add(Check::deprecated_construct, rule, span,
                   fmt::format("{} is deprecated", parser::info(variable).name),
                   std::string(instead));
    };
    for (const parser::Target& target : rule.targets) look(target.variable, target.span);
    for (const ActionUse* use : written_actions(rule)) {
      each_macro(*use, [&](const parser::MacroText& text) {
        for (const parser::MacroPart& part : text.parts) {
          if (part.is_variable) look(part.variable, part.span);
        }
      });
      const auto* ctl = std::get_if<parser::CtlUse>(&use->value);
      if (ctl == nullptr || ctl->option != parser::Ctl::auditLogParts) continue;
      findings.add(Check::deprecated_construct, rule, use->span,
                   "rules of CRS no longer change what is logged",
                   "set SecAuditLogParts in the configuration");
    }
  }
}

void id_collision_with_crs_range(const Context& context, Findings& findings) {
  for (const Rule& rule : context.ruleset.rules) {
    const auto id = crs_id(rule);
    if (!id || is_of_crs(path_of(context.ruleset, rule))) continue;
    const bool tagged = std::ranges::any_of(rule.actions, [](const ActionUse& use) {
      return use.id == Action::tag && use.raw == "OWASP_CRS";
    });
    if (tagged) continue;
    findings.add(
        Check::id_collision_with_crs_range, rule, rule.id_span,
        fmt::format("{} is an id of the Core Rule Set, but this rule is not part of it", *id),
        "use ids from 1 to 99999 for your own rules");
  }
}

}  // namespace wafcheck::lint::inline checks
