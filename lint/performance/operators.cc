// Checks on expressions that a simpler operator replaces, or prepares.

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "lint/check.h"
#include "lint/regex/expressions.h"
#include "parser/ascii.h"
#include "parser/regex/analysis.h"
#include "parser/syntax_checks.h"

namespace wafcheck::lint {
namespace {

using parser::Action;
using parser::Operator;
using parser::Rule;
using parser::Transformation;
using regex::End;
using regex::Literal;
using regex::PlainForm;
using regex::Start;

/// An alternation of so many literals is tried one by one at every place.
constexpr size_t kLongList = 20;
/// Shorter literals are in too many values for a filter.
constexpr size_t kTellingBytes = 3;

bool has_letter(const Literal& literal) {
  return std::ranges::any_of(literal.bytes,
                             [](char c) { return is_alpha(static_cast<unsigned char>(c)); });
}

/// Whether no value that the operator sees has an upper-case letter.
bool sees_lower_case(const Rule& rule) {
  return !rule.pipeline.empty() && rule.pipeline.back() == Transformation::lowercase &&
         !rule.has(Action::multiMatch);
}

/// Whether a rule that can tell cases apart would find the literal in either.
bool in_any_case(const Rule& rule, const Literal& literal) {
  if (literal.caseless || !has_letter(literal)) return true;
  return sees_lower_case(rule) && std::ranges::none_of(literal.bytes, [](char c) {
           return is_upper(static_cast<unsigned char>(c));
         });
}

/// Whether the literal reads as itself in every operator's argument.
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

/// The operator that looks for the same.
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
  // Only @pm overlooks case.
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

/// Puts another operator in the place of the rule's. Nothing where an argument needs more than
/// that.
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

/// The form of a rule's expression where it may give way to another operator: one that captures
/// has to stay.
std::optional<PlainForm> replaceable_form(const Rule& rule, const Expression& expression) {
  if (expression.whole() == nullptr || rule.op.id != Operator::rx || rule.has(Action::capture)) {
    return std::nullopt;
  }
  std::optional<PlainForm> form = regex::plain_form(*expression.whole());
  const auto empty = [](const Literal& literal) { return literal.bytes.empty(); };
  if (!form || form->literals.empty() || std::ranges::any_of(form->literals, empty)) {
    return std::nullopt;
  }
  return form;
}

/// Whether a list of phrases has matched before the rule is tried.
bool is_filtered(const Context& context, const Rule& rule) {
  for (const Rule* link = &context.starter(rule); link < &rule; ++link) {
    if (link->op.negated) continue;
    if (link->op.id == Operator::pm || link->op.id == Operator::pmFromFile ||
        link->op.id == Operator::pmFromDataset) {
      return true;
    }
  }
  return false;
}

/// How many literals the longest alternation of nothing else has.
size_t longest_list(const regex::Tree& tree) {
  size_t most = 0;
  for (const regex::Node& node : tree.nodes()) {
    if (node.kind != regex::Kind::alternation) continue;
    const auto literals = std::ranges::count_if(tree.children(node), [&](regex::NodeId child) {
      return tree[child].kind == regex::Kind::literal;
    });
    most = std::max(most, static_cast<size_t>(literals));
  }
  return most;
}

}  // namespace

void rx_to_simpler_operator(const Context& context, Findings& found) {
  for (const Expression& expression : context.expressions().all()) {
    for (const Rule* rule : expression.rules) {
      const std::optional<PlainForm> form = replaceable_form(*rule, expression);
      const std::optional<Simpler> other = form ? simpler(*rule, *form) : std::nullopt;
      if (!other) continue;
      parser::Diagnostic& finding =
          found.add(Check::rx_to_simpler_operator, *rule, rule->op.span,
                    fmt::format("@{} finds {} without an expression", other->name,
                                other->exact ? "the same" : "the same in values of one line"),
                    fmt::format("write {}@{} {}", rule->op.negated ? "!" : "", other->name,
                                parser::shown(phrases(form->literals))));
      finding.fix = replace_operator(context, *rule, form->literals, other->name, other->exact);
    }
  }
}

// PCRE2 tries one alternative after the other; a list of phrases looks for all of them at once.
void pm_prefilter_missing(const Context& context, Findings& found) {
  for (const Expression& expression : context.expressions().all()) {
    const regex::Tree* const tree = expression.whole();
    if (tree == nullptr || longest_list(*tree) < kLongList) continue;
    const auto unfiltered = [&](const Rule* rule) {
      return !rule->op.negated && !is_filtered(context, *rule);
    };
    if (std::ranges::none_of(expression.rules, unfiltered)) continue;
    const std::vector<Literal> required = regex::required_literals(*tree, 256);
    const auto too_short = [](const Literal& literal) {
      return literal.bytes.size() < kTellingBytes;
    };
    if (required.empty() || std::ranges::any_of(required, too_short)) continue;
    for (const Rule* rule : expression.rules) {
      if (!unfiltered(rule)) continue;
      const std::optional<PlainForm> form = replaceable_form(*rule, expression);
      if (form && simpler(*rule, *form)) continue;  // rx-to-simpler-operator
      parser::Diagnostic& finding =
          found.add(Check::pm_prefilter_missing, *rule, rule->op.argument.span(),
                    fmt::format("every match holds one of {} phrases, and no list of them is "
                                "looked for first",
                                required.size()),
                    fmt::format("chain the rule to one with @pm {} {} ...", required[0].bytes,
                                required[required.size() > 1 ? 1 : 0].bytes));
      if (form && form->start == Start::anywhere && form->end == End::anywhere) {
        finding.help = "write @pm with them if case does not matter";
        finding.fix = replace_operator(context, *rule, form->literals, "pm", false);
      }
    }
  }
}

}  // namespace wafcheck::lint
