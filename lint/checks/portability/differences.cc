// Checks on what every engine loads but some interpret differently.

#include <fmt/format.h>

#include <algorithm>
#include <string>
#include <unordered_map>
#include <vector>

#include "lint/checks/portability/complaints.h"
#include "lint/checks/visit.h"
#include "parser/base/ascii.h"
#include "parser/syntax/syntax_checks.h"

namespace wafcheck::lint::inline checks {
namespace {

using parser::Action;
using parser::ActionUse;
using parser::Directive;
using parser::Operator;
using parser::Rule;
using parser::RulesetModel;
using parser::Setting;
using parser::Target;
using parser::Transformation;
using parser::Variable;

std::vector<EngineTarget> of_engines(const Options& options, parser::Engines engines) {
  std::vector<EngineTarget> targets = targets_of(options);
  std::erase_if(targets, [&](const EngineTarget& one) { return (one.engine & engines) == 0; });
  return targets;
}

/// Variables whose values may have line breaks from a client.
bool may_hold_lines(Variable variable) {
  return info(variable).traits.has(parser::VariableTrait::Multiline);
}

bool removes_line_breaks(Transformation transformation) {
  switch (transformation) {
    case Transformation::base64Encode:
    case Transformation::compressWhitespace:
    case Transformation::hexEncode:
    case Transformation::length:
    case Transformation::removeWhitespace:
    case Transformation::urlEncode:
      return true;
    default:
      return false;
  }
}

/// ^...$ from one end to the other.
bool spans_a_line(std::string_view regex) {
  while (regex.starts_with("(?") && regex.find(')') != std::string_view::npos &&
         regex.find_first_not_of("?imsx", 1) == regex.find(')')) {
    regex.remove_prefix(regex.find(')') + 1);
  }
  if (!regex.starts_with('^') || !regex.ends_with('$')) return false;
  const size_t last = regex.find_last_not_of('\\', regex.size() - 2);
  const size_t backslashes = regex.size() - 2 - (last == std::string_view::npos ? 0 : last);
  return backslashes % 2 == 0;
}

bool is_arguments(Variable variable) {
  return variable == Variable::ARGS || variable == Variable::ARGS_GET ||
         variable == Variable::ARGS_POST;
}

/// The first capital letter in an expression that is escaped (as in \\W), or that is not.
size_t find_capital(std::string_view regex, bool escaped) {
  for (size_t i = 0; i < regex.size(); ++i) {
    const bool backslash = regex[i] == '\\';
    if (backslash) ++i;
    if (i < regex.size() && backslash == escaped &&
        is_upper(static_cast<unsigned char>(regex[i]))) {
      return i;
    }
  }
  return std::string_view::npos;
}

/// How Coraza misreads the capital letters in an expression for names; empty if it does not. It
/// converts names to lower case, and the expression too, except for arguments.
std::string trouble_with_capitals(const Target& target) {
  const std::string_view regex = target.selector.text;
  const bool arguments = info(target.variable).name.starts_with("ARGS");
  const size_t at = find_capital(regex, !arguments);
  if (at == std::string_view::npos) return {};
  if (arguments) {
    return fmt::format("Coraza compares names of arguments in lower case: {} never matches",
                       regex.substr(at, 1));
  }
  return fmt::format("Coraza converts the expression to lower case: \\{} becomes \\{}", regex[at],
                     to_lower(regex[at]));
}

/// An escape in an argument that engines resolve differently.
struct Escape {
  enum Kind : uint8_t { none, backslash, quote } kind = none;
  size_t at = 0;
};

/// The first escape of the selected kinds. Four backslashes in a class of an expression are fine:
/// resolved or not, the class contains a backslash.
Escape find_escape(std::string_view written, bool regex, bool backslashes, bool quotes) {
  bool in_class = false;
  for (size_t i = 0; i < written.size(); ++i) {
    if (written[i] == '[' && !in_class) {
      in_class = true;
      if (written.substr(i + 1).starts_with('^')) ++i;
      if (written.substr(i + 1).starts_with(']')) ++i;
    } else if (written[i] == ']') {
      in_class = false;
    }
    if (written[i] != '\\') continue;
    const size_t end = std::min(written.find_first_not_of('\\', i), written.size());
    const size_t pairs = (end - i) / 2;
    const bool same = regex && in_class && pairs % 2 == 0;
    if (pairs > 0 && backslashes && !same) return {Escape::backslash, i};
    const bool odd = (end - i) % 2 != 0;
    if (odd && quotes && !regex && written.substr(end).starts_with('"')) {
      return {Escape::quote, end - 1};
    }
    i = odd ? end : end - 1;
  }
  return {};
}

}  // namespace

void multiline_anchor_differs(const Context& context, Findings& findings) {
  const std::vector<EngineTarget> multiline = of_engines(context.options, parser::M3 | parser::CZ);
  if (multiline.empty()) return;
  const std::string titles = titles_of(multiline);
  for (const Rule& rule : context.ruleset.rules) {
    if (rule.removed() || rule.kind != parser::RuleKind::rule) continue;
    if (rule.op.id != Operator::rx || !rule.op.negated) continue;
    if (!spans_a_line(rule.op.argument.view())) continue;
    if (std::ranges::any_of(rule.pipeline, removes_line_breaks)) continue;
    const auto target = std::ranges::find_if(rule.targets, [](const Target& one) {
      return !one.excluded && !one.count && may_hold_lines(one.variable);
    });
    if (target == rule.targets.end()) continue;
    auto& finding = findings.add(
        Check::multiline_anchor_differs, rule, rule.op.argument.span(),
        fmt::format("{} also match{} ^ and $ at line breaks: one line that passes lets the whole "
                    "value pass",
                    titles, multiline.size() == 1 ? "es" : ""),
        "write \\A and \\z instead of ^ and $");
    finding.related.push_back({target->span, "a client can send line breaks here"});
    name_engines(finding, multiline);
  }
}

void args_name_case_differs(const Context& context, Findings& findings) {
  const std::vector<EngineTarget> coraza = of_engines(context.options, parser::CZ);
  if (coraza.empty()) return;
  std::unordered_map<std::string, const Target*> spelled;
  for (const Rule& rule : context.ruleset.rules) {
    if (rule.removed()) continue;
    for (const Target& target : rule.targets) {
      const parser::Selector& selector = target.selector;
      if (selector.kind == parser::SelectorKind::regex && target.excluded) {
        std::string trouble = trouble_with_capitals(target);
        if (trouble.empty()) continue;
        name_engines(findings.add(Check::args_name_case_differs, rule, selector.span,
                                  std::move(trouble), "write lower case, and [^...] for a class"),
                     coraza);
      }
      if (selector.kind != parser::SelectorKind::name || !is_arguments(target.variable)) continue;
      const auto [first, fresh] = spelled.try_emplace(lowercase(selector.text), &target);
      if (fresh || first->second->selector.text == selector.text) continue;
      auto& finding = findings.add(
          Check::args_name_case_differs, rule, selector.span,
          fmt::format("{} and {} are one argument or two, depending on how Coraza was built",
                      parser::shown(first->second->selector.text), parser::shown(selector.text)),
          fmt::format("write {} everywhere", first->second->selector.text));
      finding.severity = parser::Severity::info;
      finding.related.push_back({first->second->selector.span, "first spelled like this"});
      name_engines(finding, coraza);
    }
  }
}

void backslash_double_escape(const Context& context, Findings& findings) {
  const std::vector<EngineTarget> targets = targets_of(context.options);
  const std::vector<EngineTarget> apache = of_engines(context.options, parser::M2);
  const std::vector<EngineTarget> keeping = of_engines(context.options, parser::M3);
  const bool both = !apache.empty() && apache.size() < targets.size();
  if (!both && keeping.empty()) return;
  for (const Rule& rule : context.ruleset.rules) {
    if (rule.kind != parser::RuleKind::rule || rule.op.argument.empty()) continue;
    // From the name on: the argument's own span begins behind a backslash that was resolved.
    parser::Span whole = rule.op.argument.span();
    whole.begin = rule.op.implicit ? rule.op.span.begin : rule.op.name.end;
    const std::string_view written = context.ruleset.sources.text(whole);
    const bool regex = info(rule.op.id).form == parser::OperatorForm::Expression;
    const Escape escape = find_escape(written, regex, both, !keeping.empty());
    if (escape.kind == Escape::none) continue;
    const auto begin = whole.begin + static_cast<uint32_t>(escape.at);
    const parser::Span span{whole.file, begin, begin + 2};
    if (escape.kind == Escape::backslash) {
      auto& finding = findings.add(
          Check::backslash_double_escape, rule, span,
          R"(httpd, which reads the rules for ModSecurity 2, makes one backslash of \\; others keep both)",
          regex ? R"(write \x5c for a backslash)" : R"(use @rx, and \x5c for a backslash)");
      name_engines(finding, targets);
    } else {
      auto& finding = findings.add(
          Check::backslash_double_escape, rule, span,
          fmt::format(R"({} keeps the backslash of \" in the argument)", titles_of(keeping)),
          R"(use @rx, and \x22 for a quote)");
      name_engines(finding, keeping);
    }
  }
}

void default_phase_differs(const Context& context, Findings& findings) {
  const std::vector<EngineTarget> apache = of_engines(context.options, parser::M2);
  if (apache.empty()) return;
  const auto& defaults = context.ruleset.default_actions;
  size_t next = 0;
  const parser::DefaultAction* in_force = nullptr;
  for (const Rule& rule : context.ruleset.rules) {
    while (next < defaults.size() && defaults[next]->before <= context.index(rule)) {
      in_force = defaults[next++].get();
    }
    if (!rule.is_starter() || rule.kind == parser::RuleKind::script) continue;
    const auto has = [&](Action action) {
      return std::ranges::find(rule.actions, action, &ActionUse::id);
    };
    if (has(Action::phase) != rule.actions.end()) continue;
    // A target that does not parse is in no list, but was reported.
    if (lowercase(context.ruleset.sources.text(rule.span)).find("phase:") != std::string::npos) {
      continue;
    }
    const uint8_t phase = in_force == nullptr ? 2 : in_force->phase;
    auto& finding = findings.add(
        Check::default_phase_differs, rule, rule.name_span,
        phase == 2 ? "a rule without a phase gets that of the latest SecDefaultAction in "
                     "ModSecurity 2, and phase 2 elsewhere"
                   : fmt::format("without a phase, this rule runs in phase {} in ModSecurity 2, "
                                 "and in phase 2 elsewhere",
                                 phase),
        "write the phase");
    name_engines(finding, apache);
    if (in_force != nullptr) finding.related.push_back({in_force->span, "the phase is set here"});
    if (phase != 2) continue;
    finding.severity = parser::Severity::info;
    const auto id = has(Action::id);
    if (id == rule.actions.end()) continue;
    const parser::Span after{id->span.file, id->span.end, id->span.end};
    finding.fix = parser::Fix{"write the phase", true, {{after, ",phase:2"}}};
  }
}

void chained_file_split(const Context& context, Findings& findings) {
  for (const Rule& rule : context.ruleset.rules) {
    const Rule& starter = context.starter(rule);
    if (rule.is_starter() || rule.name_span.file == starter.name_span.file) continue;
    findings
        .add(Check::chained_file_split, rule, rule.name_span,
             "this rule of a chain is in another file than the first rule",
             "put the whole chain into one file")
        .related.push_back({starter.name_span, "the chain starts here"});
  }
}

void audit_log_without_bodies(const Context& context, Findings& findings) {
  const RulesetModel& ruleset = context.ruleset;
  const Setting* const parts = ruleset.last_setting(Directive::SecAuditLogParts);
  const Setting* const engine = ruleset.last_setting(Directive::SecAuditEngine);
  if (parts == nullptr || parts->arguments.empty()) return;
  if (engine != nullptr && !engine->arguments.empty() &&
      iequals(engine->arguments[0].view(), "Off")) {
    return;
  }
  const parser::Text& letters = parts->arguments[0];
  if (letters.view().find_first_of("Cc") != std::string_view::npos) return;
  const std::vector<EngineTarget> without =
      of_engines(context.options, parser::kAllEngines & ~parser::M2);
  if (without.empty()) return;
  parser::Diagnostic& finding = findings.add(
      Check::audit_log_without_bodies, letters.span(0, letters.view().size()),
      fmt::format("without part C, no request bodies are recorded by {}", titles_of(without)),
      "add C where the log is to be replayed, and mask or protect what it then holds");
  name_engines(finding, without);
}

}  // namespace wafcheck::lint::inline checks
