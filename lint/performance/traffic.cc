// Checks on what expressions are run on: values that a cheaper condition would spare them, and more
// values than anybody needs.

#include <fmt/format.h>

#include <algorithm>
#include <string_view>
#include <vector>

#include "lint/check.h"
#include "lint/performance/cost.h"
#include "lint/regex/expressions.h"
#include "parser/ascii.h"
#include "parser/syntax_checks.h"

namespace wafcheck::lint {
namespace {

using parser::Directive;
using parser::Operator;
using parser::Rule;
using parser::RuleKind;
using parser::SelectorKind;
using parser::Setting;
using parser::Target;
using parser::Variable;

/// Below it, an expression is not worth being spared.
constexpr uint64_t kCostlyStates = 100;
constexpr uint64_t kVeryCostlyStates = 1'000;

bool is_all_arguments(const Target& target) {
  switch (target.variable) {
    case Variable::ARGS:
    case Variable::ARGS_GET:
    case Variable::ARGS_NAMES:
    case Variable::ARGS_GET_NAMES:
    case Variable::ARGS_POST:
    case Variable::ARGS_POST_NAMES:
      return !target.excluded && !target.count && target.selector.kind != SelectorKind::name;
    default:
      return false;
  }
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
  switch (target.variable) {
    case Variable::REMOTE_ADDR:
    case Variable::REQBODY_PROCESSOR:
    case Variable::REQUEST_BASENAME:
    case Variable::REQUEST_FILENAME:
    case Variable::REQUEST_METHOD:
    case Variable::REQUEST_PROTOCOL:
    case Variable::RESPONSE_CONTENT_TYPE:
    case Variable::RESPONSE_STATUS:
      return true;
    case Variable::REQUEST_HEADERS:
    case Variable::RESPONSE_HEADERS:
      return target.selector.kind == SelectorKind::name;
    default:
      return false;
  }
}

bool is_cheap(const Rule& rule) {
  switch (rule.op.id) {
    case Operator::beginsWith:
    case Operator::contains:
    case Operator::endsWith:
    case Operator::eq:
    case Operator::ge:
    case Operator::gt:
    case Operator::ipMatch:
    case Operator::le:
    case Operator::lt:
    case Operator::pm:
    case Operator::streq:
    case Operator::within:
      break;
    default:
      return false;
  }
  return rule.kind == RuleKind::rule && !rule.targets.empty() &&
         std::ranges::all_of(rule.targets, is_one_value) &&
         rule.op.argument.view().find("%{") == std::string_view::npos;
}

const Setting* last(const parser::Ruleset& ruleset, Directive id) {
  for (auto setting = ruleset.settings.rbegin(); setting != ruleset.settings.rend(); ++setting) {
    if (setting->id == id) return &*setting;
  }
  return nullptr;
}

/// Media types whose bytes are no text.
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

/// Whether a link of the rule's chain asks for the type of the response.
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
void expensive_rule_before_cheap_guard(const Context& context, Findings& found) {
  for (const Rule& rule : context.ruleset.rules) {
    if (!rule.is_starter() || rule.links < 2 || rule.removed() || rule.kind != RuleKind::rule) {
      continue;
    }
    const Target* const target = costly_target(context, rule);
    if (target == nullptr) continue;
    const Rule* const end = &rule + rule.links;
    const Rule* const guard = std::find_if(&rule + 1, end, is_cheap);
    if (guard == end) continue;
    found
        .add(Check::expensive_rule_before_cheap_guard, rule, target->span,
             fmt::format("the expression runs on {} of every request, and what is chained to it "
                         "would spare most of them",
                         parser::shown(context.ruleset.sources.text(target->span))),
             "begin the chain with the cheap condition")
        .related.push_back({guard->targets.front().span, "one short value, compared last"});
  }
}

// Engines buffer only bodies of the types that SecResponseBodyMimeType names, texts by default.
void response_body_rule_without_mime_guard(const Context& context, Findings& found) {
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
  found
      .add(Check::response_body_rule_without_mime_guard, *first, target->span,
           fmt::format("this expression {}runs on bodies of the type {} too",
                       more == 0 ? "" : fmt::format("and {} more ", more),
                       parser::shown(binary->view())),
           "chain to a test of RESPONSE_CONTENT_TYPE, or leave the type out")
      .related.push_back({binary->span(), "read into memory and inspected"});
}

// Only a ruleset that sets an engine up says how many arguments that takes.
void unbounded_collection_x_regex(const Context& context, Findings& found) {
  const parser::Ruleset& ruleset = context.ruleset;
  if (last(ruleset, Directive::SecRuleEngine) == nullptr) return;
  const Setting* const limit = last(ruleset, Directive::SecArgumentsLimit);
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
  found.add(Check::unbounded_collection_x_regex, *worst, target->span,
            fmt::format("{} large {} on every argument, and no SecArgumentsLimit says how many "
                        "there may be",
                        rules, rules == 1 ? "expression runs" : "expressions run"),
            "write SecArgumentsLimit 1000");
}

}  // namespace wafcheck::lint
