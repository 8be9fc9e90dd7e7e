// Checks on operators and what they are used for.

#include <fmt/format.h>

#include <algorithm>
#include <string>
#include <vector>

#include "lint/checks/check.h"
#include "lint/checks/edits.h"
#include "parser/base/ascii.h"
#include "parser/syntax/syntax_checks.h"

namespace wafcheck::lint::inline checks {
namespace {

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
  return info(id).form == parser::OperatorForm::Number;
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

bool has_transformation(const Rule& rule, Transformation transformation) {
  return std::ranges::find(rule.pipeline, transformation) != rule.pipeline.end();
}

/// Whether an operator can match the digits of a count. Unsure: true.
bool can_match_count(const OperatorUse& op) {
  const std::string_view text = op.argument.view();
  if (info(op.id).search == parser::Search::Injection) return false;
  switch (info(op.id).form) {
    case parser::OperatorForm::Text:
      return has_macro(text) || is_number(text);
    case parser::OperatorForm::Phrases:
    case parser::OperatorForm::Words:
      return has_macro(text) || has_digit(text);
    case parser::OperatorForm::Expression: {
      // An expression of letters only.
      const bool word = !text.empty() && std::ranges::all_of(text, [](char c) {
        return is_alpha(static_cast<unsigned char>(c)) || c == '_' || c == '-' || c == ' ';
      });
      return !word;
    }
    case parser::OperatorForm::Networks:
    case parser::OperatorForm::NetworkFile:
    case parser::OperatorForm::NetworkDataset:
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

/// The elements of a list separated by white space or commas.
std::vector<std::string_view> elements(std::string_view list) {
  std::vector<std::string_view> result;
  while (true) {
    const size_t begin = list.find_first_not_of(" \t,");
    if (begin == std::string_view::npos) return result;
    const size_t end = std::min(list.find_first_of(" \t,", begin), list.size());
    result.push_back(list.substr(begin, end - begin));
    list.remove_prefix(end);
  }
}

/// A text as an expression that matches it.
std::string as_expression(std::string_view text) {
  std::string expression;
  for (const char c : text) {
    if (std::string_view(".^$*+?()[]{}|\\").contains(c)) expression += '\\';
    expression += c;
  }
  return expression;
}

bool is_word(std::string_view element) {
  return is_alnum(static_cast<unsigned char>(element.front())) &&
         is_alnum(static_cast<unsigned char>(element.back()));
}

/// Whether a match skips or removes rules instead of blocking.
bool permits(const Context& context, const Rule& rule) {
  const Rule& starter = context.starter(rule);
  for (const Rule* link = &starter; link < &starter + starter.links; ++link) {
    for (const ActionUse& use : link->actions) {
      const auto* ctl = std::get_if<parser::CtlUse>(&use.value);
      if (ctl == nullptr && info(use.id).traits.has(parser::ActionTrait::Steers)) return true;
      if (ctl == nullptr) continue;
      if (ctl->option == parser::Ctl::ruleEngine || parser::removes_rules(ctl->option)) return true;
    }
  }
  return false;
}

}  // namespace

// @within searches for the value in the argument, the reverse of @contains.
void within_order(const Context& context, Findings& findings) {
  each_operator(context, [&](const Rule& rule, const OperatorUse& op) {
    const std::string_view list = trim(op.argument.view());
    if (op.id != Operator::within || list.empty() || has_macro(list)) return;
    const bool pattern = list.starts_with('^') || list.ends_with('$') || list.contains(".*");
    if (!pattern && list.find_first_of(" \t,|;#") != std::string_view::npos) return;
    parser::Diagnostic& finding = findings.add(
        Check::within_order, rule, op.argument.span(),
        pattern ? fmt::format("@within takes a list, but {} looks like a regular expression",
                              parser::shown(list))
                : fmt::format("@within matches any value that is part of {}, even an empty one",
                              parser::shown(list)),
        pattern ? "write @rx"
                : "write @contains to search in the value, or @streq to compare the whole value");
    finding.fix = parser::Fix{
        pattern ? "use @rx" : "use @contains", false, {{op.name, pattern ? "@rx" : "@contains"}}};
  });
}

void within_undelimited(const Context& context, Findings& findings) {
  each_operator(context, [&](const Rule& rule, const OperatorUse& op) {
    if (op.id != Operator::within || has_macro(op.argument.view())) return;
    // A value in TX may have delimiters around it, and there are few protocols.
    const bool bounded = std::ranges::any_of(rule.targets, [](const Target& target) {
      return target.variable == Variable::TX || target.variable == Variable::REQUEST_PROTOCOL;
    });
    const std::vector<std::string_view> list = elements(op.argument.view());
    if (bounded || list.size() < 2 || !std::ranges::all_of(list, is_word)) return;
    const std::string_view last = list.back();
    findings.add(Check::within_undelimited, rule, op.argument.span(),
                 last.size() < 2
                     ? std::string("parts of the words in this list also match")
                     : fmt::format("parts of the words in this list also match, such as {}",
                                   parser::shown(last.substr(1))),
                 fmt::format("write @rx ^(?:{}|{}...)$", parser::shown(as_expression(list[0])),
                             parser::shown(as_expression(list[1]))));
  });
}

void numeric_operator_on_text(const Context& context, Findings& findings) {
  each_operator(context, [&](const Rule& rule, const OperatorUse& op) {
    if (!is_numeric(op.id)) return;
    const std::string_view argument = op.argument.view();
    if (!argument.empty() && !has_macro(argument) && !is_number(argument)) {
      findings.add(Check::numeric_operator_on_text, rule, op.argument.span(),
                   fmt::format("@{} compares numbers, but {} is not a number: engines read it as 0",
                               info(op.id).name, parser::shown(argument)),
                   "write a number, or @streq to compare text");
      return;
    }
    if (has_transformation(rule, Transformation::length)) return;
    for (const Target& target : rule.targets) {
      if (target.excluded || target.count ||
          !info(target.variable).traits.has(parser::VariableTrait::NeverNumber))
        continue;
      findings.add(Check::numeric_operator_on_text, rule, target.span,
                   fmt::format("@{} compares numbers, and {} is text: engines read it as 0",
                               info(op.id).name, info(target.variable).name),
                   "add t:length to compare its length, or compare text with @streq");
    }
  });
}

namespace {

/// @streq 0 is right only as long as both sides are spelt alike, and @contains 1 also takes 10.
void compared_as_text(const Context& context, Findings& findings, const Rule& rule) {
  const OperatorUse& op = rule.op;
  const bool text = info(op.id).form == parser::OperatorForm::Text ||
                    info(op.id).form == parser::OperatorForm::Phrases ||
                    info(op.id).form == parser::OperatorForm::Words;
  if (!text || has_macro(op.argument.view()) || !is_number(op.argument.view())) return;
  const auto counted = std::ranges::find_if(
      rule.targets, [](const Target& target) { return target.count && !target.excluded; });
  if (counted == rule.targets.end()) return;
  parser::Diagnostic& finding = findings.add(
      Check::count_with_string_operator, rule, counted->span,
      fmt::format("{} is a number, which @{} compares as text",
                  parser::shown(context.ruleset.sources.text(counted->span)), info(op.id).name),
      fmt::format("write @eq {}", parser::shown(trim(op.argument.view()))));
  finding.severity = parser::Severity::warning;
}

}  // namespace

void count_with_string_operator(const Context& context, Findings& findings) {
  each_operator(context, [&](const Rule& rule, const OperatorUse& op) {
    const bool counts =
        std::ranges::any_of(rule.targets, [](const Target& target) { return target.count; });
    if (!counts) return;
    if (can_match_count(op)) return compared_as_text(context, findings, rule);
    for (const Target& target : rule.targets) {
      if (!target.count) continue;
      const std::string_view name = context.ruleset.sources.text(target.span);
      findings.add(
          Check::count_with_string_operator, rule, target.span,
          fmt::format("{} is a number, which @{} {}", parser::shown(name), info(op.id).name,
                      op.argument.empty()
                          ? std::string("never matches")
                          : fmt::format("{} never matches", parser::shown(op.argument.view()))),
          "compare it with @eq, @ge, @gt, @le or @lt, or remove the &");
    }
  });
}

// A negated operator is true for a collection as soon as one member fails, and false for an empty
// one.
void negated_operator_on_collection(const Context& context, Findings& findings) {
  each_operator(context, [&](const Rule& rule, const OperatorUse& op) {
    if (!op.negated) return;
    const auto many = std::ranges::find_if(rule.targets, [](const Target& target) {
      return !target.excluded && !target.count && target.selector.kind != SelectorKind::name &&
             info(target.variable).kind == parser::VariableKind::Collection &&
             target.variable != Variable::TX;  // set by rules, not by clients
    });
    if (many == rule.targets.end()) return;
    const bool lets_pass = permits(context, rule);
    parser::Diagnostic& finding = findings.add(
        Check::negated_operator_on_collection, rule, head_of(op),
        fmt::format("this matches as soon as one value of {} differs, and never if there is no "
                    "value",
                    parser::shown(context.ruleset.sources.text(many->span))),
        lets_pass ? "one harmless value lets all others pass: name the member that must match"
                  : "if there must be a value, check that with &");
    if (!lets_pass) finding.severity = parser::Severity::info;
    finding.related.push_back({many->span, "may have several values"});
  });
}

}  // namespace wafcheck::lint::inline checks
