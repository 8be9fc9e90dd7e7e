// Checks on the values that expressions run on: values that a cheaper condition would rule out, and
// values without a limit.

#include <fmt/format.h>

#include <algorithm>
#include <string>
#include <string_view>
#include <vector>

#include "lint/analysis/expressions.h"
#include "lint/checks/check.h"
#include "lint/checks/performance/cost.h"
#include "parser/base/ascii.h"
#include "parser/syntax/syntax_checks.h"

namespace wafcheck::lint::inline checks {
namespace {

using parser::Directive;
using parser::Rule;
using parser::RuleKind;
using parser::SelectorKind;
using parser::Setting;
using parser::Target;
using parser::Variable;

/// Expressions below this are cheap.
constexpr uint64_t kCostlyStates = 100;
constexpr uint64_t kVeryCostlyStates = 1'000;

bool is_all_arguments(const Target& target) {
  const Variable whole = info(target.variable).whole;
  // A template bounds the number of arguments in a path.
  const bool arguments = (whole == Variable::ARGS || whole == Variable::ARGS_NAMES) &&
                         target.variable != Variable::ARGS_PATH;
  return arguments && !target.excluded && !target.count &&
         target.selector.kind != SelectorKind::name;
}

bool is_body(const Target& target) {
  return !target.excluded && !target.count &&
         (target.variable == Variable::REQUEST_BODY || target.variable == Variable::RESPONSE_BODY ||
          target.variable == Variable::FULL_REQUEST);
}

/// An expression that runs on a body or on all arguments.
const Target* costly_target(const Context& context, const Rule& rule) {
  const Expression* const expression = context.expressions().of(rule);
  if (expression == nullptr || !expression->tree) return nullptr;
  if (states_of(*expression->tree) < kCostlyStates) return nullptr;
  const auto target = std::ranges::find_if(rule.targets, [](const Target& candidate) {
    return is_all_arguments(candidate) || is_body(candidate);
  });
  return target == rule.targets.end() ? nullptr : &*target;
}

/// One short value, which no rule changes.
bool is_one_value(const Target& target) {
  if (target.excluded) return false;
  if (target.count) return target.variable != Variable::TX;
  const bool header =
      target.variable == Variable::REQUEST_HEADERS || target.variable == Variable::RESPONSE_HEADERS;
  return info(target.variable).traits.has(parser::VariableTrait::Short) ||
         (header && target.selector.kind == SelectorKind::name);
}

bool is_cheap(const Rule& rule) {
  switch (info(rule.op.id).form) {
    case parser::OperatorForm::Text:
    case parser::OperatorForm::Number:
    case parser::OperatorForm::Words:
    case parser::OperatorForm::Phrases:
    case parser::OperatorForm::Networks:
      break;
    default:
      return false;
  }
  return rule.kind == RuleKind::rule && !rule.targets.empty() &&
         std::ranges::all_of(rule.targets, is_one_value) &&
         rule.op.argument.view().find("%{") == std::string_view::npos;
}

/// Media types that are not text.
bool is_binary(std::string_view type) {
  if (istarts_with(type, "image/")) return !istarts_with(type, "image/svg");
  for (const std::string_view prefix :
       {"audio/", "video/", "font/", "application/gzip", "application/octet-stream",
        "application/pdf", "application/zip", "application/vnd.", "application/x-gzip",
        "application/x-tar", "*/*"}) {
    if (istarts_with(type, prefix)) return true;
  }
  return false;
}

/// Whether a link of the rule's chain tests the type of the response.
bool asks_for_type(const Context& context, const Rule& rule) {
  const Rule& starter = context.starter(rule);
  for (const Rule* link = &starter; link < &starter + starter.links; ++link) {
    for (const Target& target : link->targets) {
      if (target.variable == Variable::RESPONSE_CONTENT_TYPE ||
          target.variable == Variable::RESPONSE_HEADERS) {
        return true;
      }
    }
  }
  return false;
}

}  // namespace

// The links of a chain run in order, up to the first that does not match.
void expensive_rule_before_cheap_guard(const Context& context, Findings& findings) {
  for (const Rule& rule : context.ruleset.rules) {
    if (!rule.is_starter() || rule.links < 2 || rule.removed() || rule.kind != RuleKind::rule) {
      continue;
    }
    const Target* const target = costly_target(context, rule);
    if (target == nullptr) continue;
    const Rule* const end = &rule + rule.links;
    const Rule* const guard = std::find_if(&rule + 1, end, is_cheap);
    if (guard == end) continue;
    findings
        .add(Check::expensive_rule_before_cheap_guard, rule, target->span,
             fmt::format("the expression runs on {} of every request, but a cheap condition of its "
                         "chain would rule out most of them",
                         parser::shown(context.ruleset.sources.text(target->span))),
             "put the cheap condition first")
        .related.push_back(
            {guard->targets.front().span, "compares one short value, but runs later"});
  }
}

// Engines buffer only bodies of the types that SecResponseBodyMimeType names, texts by default.
void response_body_rule_without_mime_guard(const Context& context, Findings& findings) {
  const parser::Text* binary = nullptr;
  for (const Setting& setting : context.ruleset.settings) {
    if (setting.id == Directive::SecResponseBodyMimeTypesClear) binary = nullptr;
    if (setting.id != Directive::SecResponseBodyMimeType || binary != nullptr) continue;
    for (const parser::Text& type : setting.arguments) {
      if (binary == nullptr && is_binary(type.view())) binary = &type;
    }
  }
  if (binary == nullptr) return;
  const Rule* first = nullptr;
  const Target* target = nullptr;
  size_t more = 0;
  for (const Expression& expression : context.expressions().all()) {
    for (const Rule* rule : expression.rules) {
      const auto body =
          std::ranges::find(rule->targets, Variable::RESPONSE_BODY, &Target::variable);
      if (body == rule->targets.end() || body->excluded || asks_for_type(context, *rule)) continue;
      if (first != nullptr) {
        ++more;
        continue;
      }
      first = rule;
      target = &*body;
    }
  }
  if (first == nullptr) return;
  findings
      .add(Check::response_body_rule_without_mime_guard, *first, target->span,
           fmt::format("{} on bodies of the type {}",
                       more == 0 ? std::string("this expression also runs")
                                 : fmt::format("this and {} more expressions also run", more),
                       parser::shown(binary->view())),
           "chain the rule to a test of RESPONSE_CONTENT_TYPE, or remove the type")
      .related.push_back({binary->span(), "read into memory and inspected"});
}

// Only a ruleset with an engine configuration can limit the arguments.
void unbounded_collection_x_regex(const Context& context, Findings& findings) {
  const parser::RulesetModel& ruleset = context.ruleset;
  if (ruleset.last_setting(Directive::SecRuleEngine) == nullptr) return;
  const Setting* const limit = ruleset.last_setting(Directive::SecArgumentsLimit);
  if (limit != nullptr && limit->number > 0) return;
  const Rule* worst = nullptr;
  const Target* target = nullptr;
  uint64_t most = kVeryCostlyStates - 1;
  size_t rules = 0;
  for (const Expression& expression : context.expressions().all()) {
    const uint64_t states = expression.tree ? states_of(*expression.tree) : 0;
    if (states < kVeryCostlyStates) continue;
    for (const Rule* rule : expression.rules) {
      const auto all = std::ranges::find_if(rule->targets, is_all_arguments);
      if (all == rule->targets.end()) continue;
      ++rules;
      if (states <= most) continue;
      most = states;
      worst = rule;
      target = &*all;
    }
  }
  if (worst == nullptr) return;
  findings.add(Check::unbounded_collection_x_regex, *worst, target->span,
               fmt::format("{} large {} on every argument, and no SecArgumentsLimit limits their "
                           "number",
                           rules, rules == 1 ? "expression runs" : "expressions run"),
               "write SecArgumentsLimit 1000");
}

}  // namespace wafcheck::lint::inline checks
