// Checks on rules that look at less than they seem to, and on what they write to logs.

#include <fmt/format.h>

#include <algorithm>
#include <string>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "lint/flow/tx.h"
#include "lint/security/conditions.h"
#include "lint/visit.h"
#include "parser/ascii.h"
#include "parser/macro.h"
#include "parser/syntax_checks.h"

namespace wafcheck::lint {
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

/// Values that reach rules as the client encoded them.
bool is_encoded(Variable variable) {
  switch (variable) {
    case Variable::QUERY_STRING:
    case Variable::REQUEST_BODY:
    case Variable::REQUEST_LINE:
    case Variable::REQUEST_URI_RAW:
      return true;
    default:
      return false;
  }
}

bool decodes(Transformation transformation) {
  return info(transformation).name.find("ecode") != std::string_view::npos;
}

/// Bytes that browsers send as %HH.
constexpr std::string_view kEncodedBytes = "<>\"";

/// Where `what` stands in an expression outside of groups and classes, not escaped.
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

/// Whether a text, put into an expression, falls into alternatives.
bool has_bare_bar(std::string_view text) {
  return !bare_places(text, "|").empty();
}

bool is_user_input(Variable variable) {
  switch (variable) {
    case Variable::ARGS:
    case Variable::ARGS_GET:
    case Variable::ARGS_NAMES:
    case Variable::ARGS_POST:
    case Variable::FULL_REQUEST:
    case Variable::MATCHED_VAR:
    case Variable::QUERY_STRING:
    case Variable::REQUEST_BODY:
    case Variable::REQUEST_COOKIES:
    case Variable::REQUEST_HEADERS:
    case Variable::REQUEST_URI_RAW:
      return true;
    default:
      return false;
  }
}

/// What would fill a log by itself.
bool is_whole_body(Variable variable) {
  return variable == Variable::FULL_REQUEST || variable == Variable::REQUEST_BODY ||
         variable == Variable::RESPONSE_BODY;
}

}  // namespace

void content_type_body_processor_gap(const Context& context, Findings& found) {
  constexpr Check kCheck = Check::content_type_body_processor_gap;
  bool chosen = false;
  std::unordered_set<const Rule*> told;
  each_ctl(context.ruleset, [&](const Rule* rule, const ActionUse&, const CtlUse& ctl) {
    if (rule == nullptr || rule->removed() || ctl.option != Ctl::requestBodyProcessor) return;
    chosen = true;
    for (const Rule& link : chain_of(context, *rule)) {
      if (link.kind != parser::RuleKind::rule || link.op.negated || is_anchored(link.op)) continue;
      if (!std::ranges::any_of(link.targets, is_content_type)) continue;
      if (!told.insert(&link).second) continue;
      found.add(kCheck, link, link.op.span,
                fmt::format("a Content-Type that only mentions it elsewhere, as in a parameter, "
                            "selects {} too",
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
  // Who chooses one has thought of it: an API may take JSON and nothing else.
  if (chosen) return;
  found.add(kCheck, access->arguments[0].span(),
            "no rule chooses a processor for JSON and XML: such bodies are not parsed",
            "add a rule on REQUEST_HEADERS:Content-Type with ctl:requestBodyProcessor");
}

void missing_decode(const Context& context, Findings& found) {
  for (const Rule& rule : context.ruleset.rules) {
    if (rule.removed() || rule.kind != parser::RuleKind::rule || rule.op.negated) continue;
    const bool searches = rule.op.id == Operator::rx || rule.op.id == Operator::pm ||
                          rule.op.id == Operator::contains || rule.op.id == Operator::strmatch;
    if (!searches || std::ranges::any_of(rule.pipeline, decodes)) continue;
    const std::string_view pattern = rule.op.argument.view();
    // Groups and assertions hold angle brackets of their own; a % says that encodings are meant.
    if (pattern.find("(?<") != std::string_view::npos ||
        pattern.find("(?P") != std::string_view::npos ||
        pattern.find('%') != std::string_view::npos) {
      continue;
    }
    if (pattern.find_first_of(kEncodedBytes) == std::string_view::npos) continue;
    const auto raw = std::ranges::find_if(rule.targets, [](const Target& target) {
      return !target.excluded && !target.count && is_encoded(target.variable);
    });
    if (raw == rule.targets.end()) continue;
    found.add(Check::missing_decode, rule, raw->span,
              fmt::format("{} is as the client encoded it: %3C is no <", info(raw->variable).name),
              "add t:urlDecodeUni, or look at ARGS, which is decoded");
  }
}

void charset_list_unanchored(const Context& context, Findings& found) {
  for (const Rule& rule : context.ruleset.rules) {
    if (rule.removed() || rule.kind != parser::RuleKind::rule || rule.op.id != Operator::rx)
      continue;
    const std::string_view regex = rule.op.argument.view();
    if (regex.find("%{") == std::string_view::npos) continue;
    if (!regex.starts_with('^') && !regex.ends_with('$')) continue;
    parser::Diagnostics ignored;
    const parser::MacroText text = parser::parse_macros(rule.op.argument, context.ruleset.semantics, ignored);
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
        auto& finding = found.add(
            Check::charset_list_unanchored, rule, part->span,
            fmt::format("the list in tx.{} is put in without a group: ^ and $ bind to its first "
                        "and last item only",
                        part->text),
            fmt::format("write (?:%{{tx.{}}})", part->text));
        finding.related.push_back({write->span, "the list"});
        finding.fix = parser::Fix{"put a group around it",
                                  false,
                                  {{{part->span.file, part->span.begin, part->span.begin}, "(?:"},
                                   {{part->span.file, part->span.end, part->span.end}, ")"}}};
        break;
      }
    }
  }
}

void xml_attributes_not_inspected(const Context& context, Findings& found) {
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
    const auto [place, fresh] = places.try_emplace(text->span.file, firsts.size());
    if (fresh)
      firsts.push_back({&rule, text->span});
    else
      ++firsts[place->second].others;
  }
  // Where one rule of a file leaves attributes out all of them do: that is said once.
  for (const First& first : firsts) {
    const std::string others = first.others == 0
                                   ? ""
                                   : fmt::format(" (nor do {} more rule{} of this file)",
                                                 first.others, first.others == 1 ? "" : "s");
    found.add(Check::xml_attributes_not_inspected, *first.rule, first.span,
              fmt::format("XML:/* does not hold the values of attributes{}", others),
              "inspect them too: XML:/*|XML://@*");
  }
}

void log_injection_in_msg(const Context& context, Findings& found) {
  each_action(context.ruleset, [&](const Rule* rule, const ActionUse& use) {
    const bool msg = use.id == Action::msg || use.id == Action::tag;
    if (rule == nullptr || rule->removed() || (!msg && use.id != Action::logdata)) return;
    const auto* const text = std::get_if<parser::MacroText>(&use.value);
    if (text == nullptr) return;
    for (const parser::MacroPart& part : text->parts) {
      if (!part.is_variable) continue;
      const bool meant = msg ? is_user_input(part.variable) : is_whole_body(part.variable);
      if (!meant) continue;
      found.add(
          Check::log_injection_in_msg, *rule, part.span,
          fmt::format("a client decides what {} says here", msg ? info(use.id).name : "the log"),
          msg ? "say what the rule found in msg; put values into logdata"
              : "log the part that matched: %{MATCHED_VAR}");
    }
  });
}

}  // namespace wafcheck::lint
