// Checks on rules that inspect less than they seem to, and on what they log.

#include <fmt/format.h>

#include <algorithm>
#include <string>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "lint/analysis/tx.h"
#include "lint/checks/security/conditions.h"
#include "lint/checks/visit.h"
#include "parser/base/ascii.h"
#include "parser/ruleset/macro.h"
#include "parser/syntax/syntax_checks.h"

namespace wafcheck::lint::inline checks {
namespace {

using parser::Action;
using parser::ActionUse;
using parser::Ctl;
using parser::CtlUse;
using parser::Operator;
using parser::Rule;
using parser::Target;
using parser::Transformation;
using parser::Variable;

bool is_content_type(const Target& target) {
  return target.variable == Variable::REQUEST_HEADERS && !target.excluded && !target.count &&
         target.selector.kind == parser::SelectorKind::name &&
         iequals(target.selector.text, "Content-Type");
}

/// Bytes that browsers send as %HH.
constexpr std::string_view kEncodedBytes = "<>\"";

/// The position of `what` in an expression, outside groups and classes and not escaped.
std::vector<size_t> bare_places(std::string_view regex, std::string_view what) {
  std::vector<size_t> places;
  int depth = 0;
  bool in_class = false;
  for (size_t i = 0; i < regex.size(); ++i) {
    const char c = regex[i];
    if (c == '\\')
      ++i;
    else if (in_class)
      in_class = c != ']';
    else if (c == '[')
      in_class = true;
    else if (c == '(')
      ++depth;
    else if (c == ')')
      --depth;
    else if (depth == 0 && regex.substr(i).starts_with(what))
      places.push_back(i);
  }
  return places;
}

/// Whether a text has several alternatives when inserted into an expression.
bool has_bare_bar(std::string_view text) {
  return !bare_places(text, "|").empty();
}

/// What would fill a log by itself.
bool is_whole_body(Variable variable) {
  return variable == Variable::FULL_REQUEST || variable == Variable::REQUEST_BODY ||
         variable == Variable::RESPONSE_BODY;
}

}  // namespace

void content_type_body_processor_gap(const Context& context, Findings& findings) {
  constexpr Check kCheck = Check::content_type_body_processor_gap;
  bool chosen = false;
  std::unordered_set<const Rule*> reported;
  each_ctl(context.ruleset, [&](const Rule* rule, const ActionUse&, const CtlUse& ctl) {
    if (rule == nullptr || rule->removed() || ctl.option != Ctl::requestBodyProcessor) return;
    chosen = true;
    for (const Rule& link : chain_of(context, *rule)) {
      if (link.kind != parser::RuleKind::rule || link.op.negated || is_anchored(link.op)) continue;
      if (!std::ranges::any_of(link.targets, is_content_type)) continue;
      if (!reported.insert(&link).second) continue;
      findings.add(kCheck, link, link.op.span,
                   fmt::format("a Content-Type that contains this anywhere, such as in a "
                               "parameter, also selects {}",
                               ctl.value),
                   "anchor the expression: ^application/json");
    }
  });
  const parser::Setting* engine = nullptr;
  const parser::Setting* access = nullptr;
  for (const parser::Setting& setting : context.ruleset.settings) {
    if (setting.id == parser::Directive::SecRuleEngine) engine = &setting;
    if (setting.id == parser::Directive::SecRequestBodyAccess) access = &setting;
  }
  if (engine == nullptr || access == nullptr || access->arguments.empty()) return;
  if (!iequals(access->arguments[0].view(), "On")) return;
  // A rule that selects one of them is enough: an API may accept only JSON.
  if (chosen) return;
  findings.add(kCheck, access->arguments[0].span(),
               "no rule selects a processor for JSON and XML: such bodies are not parsed",
               "add a rule on REQUEST_HEADERS:Content-Type with ctl:requestBodyProcessor");
}

void missing_decode(const Context& context, Findings& findings) {
  for (const Rule& rule : context.ruleset.rules) {
    if (rule.removed() || rule.kind != parser::RuleKind::rule || rule.op.negated) continue;
    const parser::OperatorInfo& row = info(rule.op.id);
    const bool whole_value = row.search == parser::Search::Equal ||
                             row.search == parser::Search::Begins ||
                             row.search == parser::Search::Ends;
    const bool searches = row.search == parser::Search::Expression ||
                          row.form == parser::OperatorForm::Phrases ||
                          (row.form == parser::OperatorForm::Text && !whole_value);
    const bool decoded = std::ranges::any_of(rule.pipeline, [](Transformation transformation) {
      return info(transformation).traits.has(parser::TransformationTrait::Decodes);
    });
    if (!searches || decoded) continue;
    const std::string_view pattern = rule.op.argument.view();
    // Groups and assertions have angle brackets too; with a %, the rule expects encoded values.
    if (pattern.find("(?<") != std::string_view::npos ||
        pattern.find("(?P") != std::string_view::npos ||
        pattern.find('%') != std::string_view::npos) {
      continue;
    }
    if (pattern.find_first_of(kEncodedBytes) == std::string_view::npos) continue;
    const auto raw = std::ranges::find_if(rule.targets, [](const Target& target) {
      return !target.excluded && !target.count &&
             info(target.variable).traits.has(parser::VariableTrait::Encoded);
    });
    if (raw == rule.targets.end()) continue;
    findings.add(Check::missing_decode, rule, raw->span,
                 fmt::format("{} is not decoded: %3C does not match <", info(raw->variable).name),
                 "add t:urlDecodeUni, or inspect ARGS, which is decoded");
  }
}

void charset_list_unanchored(const Context& context, Findings& findings) {
  for (const Rule& rule : context.ruleset.rules) {
    if (rule.removed() || rule.kind != parser::RuleKind::rule || rule.op.id != Operator::rx)
      continue;
    const std::string_view regex = rule.op.argument.view();
    if (regex.find("%{") == std::string_view::npos) continue;
    if (!regex.starts_with('^') && !regex.ends_with('$')) continue;
    const parser::MacroText& text = rule.op.text;
    for (const size_t place : bare_places(regex, "%{")) {
      const uint32_t at = rule.op.argument.span(place, place + 1).begin;
      const auto part = std::ranges::find_if(text.parts, [&](const parser::MacroPart& one) {
        return one.is_variable && one.span.begin == at;
      });
      if (part == text.parts.end() || part->variable != Variable::TX) continue;
      const TxVariable* const variable = context.tx().find(Variable::TX, part->text);
      if (variable == nullptr) continue;
      for (const TxUse* write : variable->writes) {
        const auto* const setvar =
            write->action == nullptr ? nullptr : std::get_if<parser::Setvar>(&write->action->value);
        if (setvar == nullptr || !setvar->value.literal()) continue;
        if (!has_bare_bar(setvar->value.literal_text())) continue;
        auto& finding = findings.add(
            Check::charset_list_unanchored, rule, part->span,
            fmt::format("the list in tx.{} is not in a group: ^ and $ apply only to its first and "
                        "last item",
                        part->text),
            fmt::format("write (?:%{{tx.{}}})", part->text));
        finding.related.push_back({write->span, "the list"});
        finding.fix = parser::Fix{"put it in a group",
                                  false,
                                  {{{part->span.file, part->span.begin, part->span.begin}, "(?:"},
                                   {{part->span.file, part->span.end, part->span.end}, ")"}}};
        break;
      }
    }
  }
}

void xml_attributes_not_inspected(const Context& context, Findings& findings) {
  struct First {
    const Rule* rule;
    parser::Span span;
    size_t others = 0;
  };
  std::unordered_map<parser::FileId, size_t> places;
  std::vector<First> firsts;
  for (const Rule& rule : context.ruleset.rules) {
    if (rule.removed()) continue;
    const Target* text = nullptr;
    bool attributes = false;
    for (const Target& target : rule.targets) {
      if (target.variable != Variable::XML || target.excluded) continue;
      if (target.selector.text == "/*") text = &target;
      if (target.selector.text.find('@') != std::string::npos) attributes = true;
    }
    if (text == nullptr || attributes) continue;
    const auto [place, inserted] = places.try_emplace(text->span.file, firsts.size());
    if (inserted)
      firsts.push_back({&rule, text->span});
    else
      ++firsts[place->second].others;
  }
  // Usually all rules of a file leave attributes out, so report it once per file.
  for (const First& first : firsts) {
    const std::string others = first.others == 0
                                   ? ""
                                   : fmt::format(" (also in {} more rule{} of this file)",
                                                 first.others, first.others == 1 ? "" : "s");
    findings.add(Check::xml_attributes_not_inspected, *first.rule, first.span,
                 fmt::format("XML:/* does not contain the values of attributes{}", others),
                 "also inspect them: XML:/*|XML://@*");
  }
}

void log_injection_in_msg(const Context& context, Findings& findings) {
  each_action(context.ruleset, [&](const Rule* rule, const ActionUse& use) {
    const bool msg = use.id == Action::msg || use.id == Action::tag;
    if (rule == nullptr || rule->removed() || (!msg && use.id != Action::logdata)) return;
    const auto* const text = std::get_if<parser::MacroText>(&use.value);
    if (text == nullptr) return;
    for (const parser::MacroPart& part : text->parts) {
      if (!part.is_variable) continue;
      const bool meant = msg ? info(part.variable).traits.has(parser::VariableTrait::Input)
                             : is_whole_body(part.variable);
      if (!meant) continue;
      findings.add(Check::log_injection_in_msg, *rule, part.span,
                   fmt::format("a client controls what {} contains here",
                               msg ? info(use.id).name : "the log"),
                   msg ? "describe the match in msg, and put values in logdata"
                       : "log the part that matched: %{MATCHED_VAR}");
    }
  });
}

}  // namespace wafcheck::lint::inline checks
