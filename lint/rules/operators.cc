// Checks on operators and what they are used for.

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <string>
#include <vector>

#include "lint/check.h"
#include "lint/edits.h"
#include "parser/ascii.h"
#include "parser/syntax_checks.h"

namespace wafcheck::lint {
namespace {

using parser::Action;
using parser::ActionUse;
using parser::Operator;
using parser::OperatorUse;
using parser::Rule;
using parser::RuleKind;
using parser::SelectorKind;
using parser::Span;
using parser::Target;
using parser::Transformation;
using parser::Variable;

/// Visits the rules that run and have an operator.
template <typename Visit>
void each_operator(const Context& context, Visit visit) {
  for (const Rule& rule : context.ruleset.rules) {
    if (rule.kind == RuleKind::rule && !rule.removed()) visit(rule, rule.op);
  }
}

bool has_macro(std::string_view text) {
  return text.find("%{") != std::string_view::npos;
}

bool is_numeric(Operator id) {
  switch (id) {
    case Operator::eq:
    case Operator::ge:
    case Operator::gt:
    case Operator::le:
    case Operator::lt:
      return true;
    default:
      return false;
  }
}

bool has_digit(std::string_view text) {
  return std::ranges::any_of(text, [](char c) { return is_digit(static_cast<unsigned char>(c)); });
}

/// "5", "-5" or "+5".
bool is_number(std::string_view text) {
  text = trim(text);
  if (text.starts_with('-') || text.starts_with('+')) text.remove_prefix(1);
  return !text.empty() &&
         std::ranges::all_of(text, [](char c) { return is_digit(static_cast<unsigned char>(c)); });
}

/// Variables whose values are never numbers.
bool is_text(Variable variable) {
  constexpr std::array kText = {Variable::FULL_REQUEST,
                                Variable::MATCHED_VAR_NAME,
                                Variable::QUERY_STRING,
                                Variable::REMOTE_ADDR,
                                Variable::REQBODY_PROCESSOR,
                                Variable::REQUEST_BASENAME,
                                Variable::REQUEST_FILENAME,
                                Variable::REQUEST_HEADERS_NAMES,
                                Variable::REQUEST_LINE,
                                Variable::REQUEST_METHOD,
                                Variable::REQUEST_PROTOCOL,
                                Variable::REQUEST_URI,
                                Variable::REQUEST_URI_RAW,
                                Variable::RESPONSE_CONTENT_TYPE,
                                Variable::RESPONSE_HEADERS_NAMES,
                                Variable::RESPONSE_PROTOCOL,
                                Variable::SERVER_ADDR,
                                Variable::SERVER_NAME,
                                Variable::UNIQUE_ID};
  return std::ranges::find(kText, variable) != kText.end();
}

bool has_transformation(const Rule& rule, Transformation transformation) {
  return std::ranges::find(rule.pipeline, transformation) != rule.pipeline.end();
}

/// Whether an operator can match the digits of a count. Unsure: true.
bool can_match_count(const OperatorUse& op) {
  const std::string_view text = op.argument.view();
  switch (op.id) {
    case Operator::beginsWith:
    case Operator::contains:
    case Operator::containsWord:
    case Operator::endsWith:
    case Operator::streq:
    case Operator::strmatch:
      return has_macro(text) || is_number(text);
    case Operator::pm:
    case Operator::within:
      return has_macro(text) || has_digit(text);
    case Operator::rx: {
      // An expression of letters only.
      const bool word = !text.empty() && std::ranges::all_of(text, [](char c) {
        return is_alpha(static_cast<unsigned char>(c)) || c == '_' || c == '-' || c == ' ';
      });
      return !word;
    }
    case Operator::detectSQLi:
    case Operator::detectXSS:
    case Operator::ipMatch:
    case Operator::ipMatchFromDataset:
    case Operator::ipMatchFromFile:
      return false;
    default:
      return true;
  }
}

/// "!@rx", or the ! of an expression without an operator.
Span head_of(const OperatorUse& op) {
  Span span = op.span;
  span.end = op.implicit ? span.begin + 1 : op.name.end;
  return span;
}

/// The elements of a list with blanks or commas between.
std::vector<std::string_view> elements(std::string_view list) {
  std::vector<std::string_view> found;
  while (true) {
    const size_t begin = list.find_first_not_of(" \t,");
    if (begin == std::string_view::npos) return found;
    const size_t end = std::min(list.find_first_of(" \t,", begin), list.size());
    found.push_back(list.substr(begin, end - begin));
    list.remove_prefix(end);
  }
}

bool is_word(std::string_view element) {
  return is_alnum(static_cast<unsigned char>(element.front())) &&
         is_alnum(static_cast<unsigned char>(element.back()));
}

/// Whether a match takes rules out of the way rather than blocking.
bool permits(const Context& context, const Rule& rule) {
  const Rule& starter = context.starter(rule);
  for (const Rule* link = &starter; link < &starter + starter.links; ++link) {
    for (const ActionUse& use : link->actions) {
      if (use.id == Action::allow || use.id == Action::skipAfter || use.id == Action::skip) {
        return true;
      }
      const auto* ctl = std::get_if<parser::CtlUse>(&use.value);
      if (ctl == nullptr) continue;
      switch (ctl->option) {
        case parser::Ctl::ruleEngine:
        case parser::Ctl::ruleRemoveById:
        case parser::Ctl::ruleRemoveByMsg:
        case parser::Ctl::ruleRemoveByTag:
        case parser::Ctl::ruleRemoveTargetById:
        case parser::Ctl::ruleRemoveTargetByMsg:
        case parser::Ctl::ruleRemoveTargetByTag:
          return true;
        default:
          break;
      }
    }
  }
  return false;
}

}  // namespace

// @within looks for the value in the argument, the other way round from @contains.
void within_order(const Context& context, Findings& found) {
  each_operator(context, [&](const Rule& rule, const OperatorUse& op) {
    const std::string_view list = trim(op.argument.view());
    if (op.id != Operator::within || list.empty() || has_macro(list)) return;
    const bool pattern = list.starts_with('^') || list.ends_with('$') || list.contains(".*");
    if (!pattern && list.find_first_of(" \t,|;#") != std::string_view::npos) return;
    parser::Diagnostic& finding = found.add(
        Check::within_order, rule, op.argument.span(),
        pattern ? fmt::format("@within takes a list, and {} looks like an expression",
                              parser::shown(list))
                : fmt::format("@within finds any value that is part of {}, even an empty one",
                              parser::shown(list)),
        pattern ? "write @rx"
                : "write @contains to find it in the value, @streq for the whole of it");
    finding.fix = parser::Fix{
        pattern ? "use @rx" : "use @contains", false, {{op.name, pattern ? "@rx" : "@contains"}}};
  });
}

void within_undelimited(const Context& context, Findings& found) {
  each_operator(context, [&](const Rule& rule, const OperatorUse& op) {
    if (op.id != Operator::within || has_macro(op.argument.view())) return;
    // Whoever keeps a value in TX can put delimiters around it, and servers speak few protocols.
    const bool bounded = std::ranges::any_of(rule.targets, [](const Target& target) {
      return target.variable == Variable::TX || target.variable == Variable::REQUEST_PROTOCOL;
    });
    const std::vector<std::string_view> list = elements(op.argument.view());
    if (bounded || list.size() < 2 || !std::ranges::all_of(list, is_word)) return;
    const std::string_view last = list.back();
    found.add(
        Check::within_undelimited, rule, op.argument.span(),
        last.size() < 2 ? std::string("parts of the words of this list match too")
                        : fmt::format("parts of the words of this list match too, such as {}",
                                      parser::shown(last.substr(1))),
        fmt::format("write @rx ^(?:{}|{}...)$", parser::shown(list[0]), parser::shown(list[1])));
  });
}

void numeric_operator_on_text(const Context& context, Findings& found) {
  each_operator(context, [&](const Rule& rule, const OperatorUse& op) {
    if (!is_numeric(op.id)) return;
    const std::string_view argument = op.argument.view();
    if (!argument.empty() && !has_macro(argument) && !is_number(argument)) {
      found.add(Check::numeric_operator_on_text, rule, op.argument.span(),
                fmt::format("@{} compares numbers, and {} is none: engines take it for 0",
                            info(op.id).name, parser::shown(argument)),
                "write a number, or @streq to compare text");
      return;
    }
    if (has_transformation(rule, Transformation::length)) return;
    for (const Target& target : rule.targets) {
      if (target.excluded || target.count || !is_text(target.variable)) continue;
      found.add(Check::numeric_operator_on_text, rule, target.span,
                fmt::format("@{} compares numbers, and {} is text: engines take it for 0",
                            info(op.id).name, info(target.variable).name),
                "add t:length to compare its length, or compare text with @streq");
    }
  });
}

void count_with_string_operator(const Context& context, Findings& found) {
  each_operator(context, [&](const Rule& rule, const OperatorUse& op) {
    const bool counts =
        std::ranges::any_of(rule.targets, [](const Target& target) { return target.count; });
    if (!counts || can_match_count(op)) return;
    for (const Target& target : rule.targets) {
      if (!target.count) continue;
      const std::string_view name = context.ruleset.sources.text(target.span);
      found.add(Check::count_with_string_operator, rule, target.span,
                fmt::format("{} is a number, which @{} {}", parser::shown(name), info(op.id).name,
                            op.argument.empty() ? std::string("does not match")
                                                : fmt::format("{} does not match",
                                                              parser::shown(op.argument.view()))),
                "compare it with @eq, @ge, @gt, @le or @lt, or remove the &");
    }
  });
}

// A negated operator is true for a collection as soon as one member fails, and false for an empty
// one.
void negated_operator_on_collection(const Context& context, Findings& found) {
  each_operator(context, [&](const Rule& rule, const OperatorUse& op) {
    if (!op.negated) return;
    const auto many = std::ranges::find_if(rule.targets, [](const Target& target) {
      return !target.excluded && !target.count && target.selector.kind != SelectorKind::name &&
             info(target.variable).kind == parser::VariableKind::Collection &&
             target.variable != Variable::TX;  // what rules have put there themselves
    });
    if (many == rule.targets.end()) return;
    const bool lets_pass = permits(context, rule);
    parser::Diagnostic& finding = found.add(
        Check::negated_operator_on_collection, rule, head_of(op),
        fmt::format("this holds as soon as one value of {} does not match, and never when there is "
                    "none",
                    parser::shown(context.ruleset.sources.text(many->span))),
        lets_pass ? "one harmless value lets all others pass: name the member that decides"
                  : "check with & that there is a value, if there must be one");
    if (!lets_pass) finding.severity = parser::Severity::info;
    finding.related.push_back({many->span, "may hold several values"});
  });
}

}  // namespace wafcheck::lint
