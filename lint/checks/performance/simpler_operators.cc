// Checks on expressions that a simpler operator can replace or filter.

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "lint/analysis/expressions.h"
#include "lint/checks/check.h"
#include "parser/base/ascii.h"
#include "parser/regex/analysis.h"
#include "parser/syntax/syntax_checks.h"

namespace wafcheck::lint::inline checks {
namespace {

using parser::Action;
using parser::Operator;
using parser::Rule;
using parser::Transformation;
using parser::regex::End;
using parser::regex::Literal;
using parser::regex::PlainForm;
using parser::regex::Start;

/// The number of literals from which an alternation is slow: they are tried one by one.
constexpr size_t kLongList = 20;
/// Shorter literals occur in too many values to be a filter.
constexpr size_t kTellingBytes = 3;

bool has_letter(const Literal& literal) {
  return std::ranges::any_of(literal.bytes,
                             [](char c) { return is_alpha(static_cast<unsigned char>(c)); });
}

/// Whether the values that the operator sees have no upper-case letters.
bool sees_lower_case(const Rule& rule) {
  return !rule.pipeline.empty() && rule.pipeline.back() == Transformation::lowercase &&
         !rule.has(Action::multiMatch);
}

/// Whether the rule matches the literal in either case.
bool in_any_case(const Rule& rule, const Literal& literal) {
  if (literal.caseless || !has_letter(literal)) return true;
  return sees_lower_case(rule) && std::ranges::none_of(literal.bytes, [](char c) {
           return is_upper(static_cast<unsigned char>(c));
         });
}

/// Whether the literal needs no escaping in any operator's argument.
bool plain(const Literal& literal) {
  return std::ranges::all_of(literal.bytes, [](char c) {
    return is_alnum(static_cast<unsigned char>(c)) ||
           std::string_view("_-./:=&?+()<>,;~*[]{}@#!^$").find(c) != std::string_view::npos;
  });
}

std::string phrases(const std::vector<Literal>& literals) {
  std::string list;
  for (const Literal& literal : literals) list += (list.empty() ? "" : " ") + literal.bytes;
  return list;
}

/// As it is written inside "double quotes".
std::string in_quotes(std::string_view text) {
  std::string written;
  for (const char c : text) {
    if (c == '"') written += '\\';
    written += c;
  }
  return written;
}

/// The operator that matches the same values.
struct Simpler {
  std::string_view name;
  bool exact = true;  ///< on every value; else on those without line breaks
};
std::optional<Simpler> simpler(const Rule& rule, const PlainForm& form) {
  const bool anywhere = form.start == Start::anywhere && form.end == End::anywhere;
  const auto any_case = [&](const Literal& literal) { return in_any_case(rule, literal); };
  if (form.literals.size() > 1) {
    if (!anywhere || !std::ranges::all_of(form.literals, any_case)) return std::nullopt;
    return Simpler{"pm"};
  }
  // Only @pm ignores case.
  if (form.literals.front().caseless && !sees_lower_case(rule)) {
    return anywhere ? std::optional(Simpler{"pm"}) : std::nullopt;
  }
  Simpler out;
  out.exact = (form.start == Start::anywhere || form.start == Start::subject) &&
              (form.end == End::anywhere || form.end == End::subject);
  if (form.start == Start::anywhere) {
    out.name = form.end == End::anywhere ? "contains" : "endsWith";
  } else {
    out.name = form.end == End::anywhere ? "beginsWith" : "streq";
  }
  return out;
}

/// The fix that replaces the rule's operator; nullopt if that is not a plain replacement.
std::optional<parser::Fix> replace_operator(const Context& context, const Rule& rule,
                                            const std::vector<Literal>& literals,
                                            std::string_view name, bool safe) {
  if (!std::ranges::all_of(literals, plain)) return std::nullopt;
  const parser::Span span = rule.op.span;
  const std::string& bytes = context.ruleset.sources[span.file].bytes;
  const char quote = span.begin == 0 ? '\0' : bytes[span.begin - 1];
  if ((quote != '"' && quote != '\'') || span.end >= bytes.size() || bytes[span.end] != quote) {
    return std::nullopt;  // not in quotes
  }
  return parser::Fix{
      fmt::format("use @{}", name),
      safe,
      {{span, fmt::format("{}@{} {}", rule.op.negated ? "!" : "", name, phrases(literals))}}};
}

/// The form of a rule's expression if another operator may replace it; one that captures has to
/// stay.
std::optional<PlainForm> replaceable_form(const Rule& rule, const Expression& expression) {
  if (expression.whole() == nullptr || rule.op.id != Operator::rx || rule.has(Action::capture)) {
    return std::nullopt;
  }
  std::optional<PlainForm> form = parser::regex::plain_form(*expression.whole());
  const auto empty = [](const Literal& literal) { return literal.bytes.empty(); };
  if (!form || form->literals.empty() || std::ranges::any_of(form->literals, empty)) {
    return std::nullopt;
  }
  return form;
}

/// Whether an earlier link of the chain requires a match of @pm.
bool is_filtered(const Context& context, const Rule& rule) {
  for (const Rule* link = &context.starter(rule); link < &rule; ++link) {
    if (!link->op.negated && info(link->op.id).search == parser::Search::Phrases) return true;
  }
  return false;
}

/// The number of literals in the longest alternation of only literals.
size_t longest_list(const parser::regex::Tree& tree) {
  size_t most = 0;
  for (const parser::regex::Node& node : tree.nodes()) {
    if (node.kind != parser::regex::Kind::alternation) continue;
    const auto literals =
        std::ranges::count_if(tree.children(node), [&](parser::regex::NodeId child) {
          return tree[child].kind == parser::regex::Kind::literal;
        });
    most = std::max(most, static_cast<size_t>(literals));
  }
  return most;
}

}  // namespace

void rx_to_simpler_operator(const Context& context, Findings& findings) {
  for (const Expression& expression : context.expressions().all()) {
    for (const Rule* rule : expression.rules) {
      const std::optional<PlainForm> form = replaceable_form(*rule, expression);
      const std::optional<Simpler> other = form ? simpler(*rule, *form) : std::nullopt;
      if (!other) continue;
      parser::Diagnostic& finding =
          findings.add(Check::rx_to_simpler_operator, *rule, rule->op.span,
                       fmt::format("@{} matches {} without an expression", other->name,
                                   other->exact ? "the same" : "the same in values of one line"),
                       fmt::format("write {}@{} {}", rule->op.negated ? "!" : "", other->name,
                                   parser::shown(in_quotes(phrases(form->literals)))));
      finding.fix = replace_operator(context, *rule, form->literals, other->name, other->exact);
    }
  }
}

// PCRE2 tries one alternative after the other; @pm searches for all of them at once.
void pm_prefilter_missing(const Context& context, Findings& findings) {
  for (const Expression& expression : context.expressions().all()) {
    const parser::regex::Tree* const tree = expression.whole();
    if (tree == nullptr || longest_list(*tree) < kLongList) continue;
    const auto unfiltered = [&](const Rule* rule) {
      return !rule->op.negated && !is_filtered(context, *rule);
    };
    if (std::ranges::none_of(expression.rules, unfiltered)) continue;
    const std::vector<Literal> required = parser::regex::required_literals(*tree, 256);
    const auto too_short = [](const Literal& literal) {
      return literal.bytes.size() < kTellingBytes;
    };
    if (required.empty() || std::ranges::any_of(required, too_short)) continue;
    for (const Rule* rule : expression.rules) {
      if (!unfiltered(rule)) continue;
      const std::optional<PlainForm> form = replaceable_form(*rule, expression);
      if (form && simpler(*rule, *form)) continue;  // rx-to-simpler-operator
      parser::Diagnostic& finding =
          findings.add(Check::pm_prefilter_missing, *rule, rule->op.argument.span(),
                       fmt::format("every match contains one of {} phrases, which no @pm searches "
                                   "first",
                                   required.size()),
                       fmt::format("chain the rule to a rule with @pm {} {} ...", required[0].bytes,
                                   required[required.size() > 1 ? 1 : 0].bytes));
      if (form && form->start == Start::anywhere && form->end == End::anywhere) {
        finding.help = "write @pm with them if case does not matter";
        finding.fix = replace_operator(context, *rule, form->literals, "pm", false);
      }
    }
  }
}

}  // namespace wafcheck::lint::inline checks
