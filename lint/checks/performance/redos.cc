// Checks on expressions with superlinear matching time.

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <string>
#include <vector>

#include "lint/analysis/redos_index.h"
#include "lint/checks/check.h"
#include "parser/base/shown.h"
#include "parser/syntax/syntax_checks.h"

namespace wafcheck::lint::inline checks {
namespace {

using parser::Rule;
using parser::regex::Redos;

/// Longer expressions are marked at one quantifier only.
constexpr uint32_t kMarkedBytes = 100;
/// Attacks up to this size are printed as they are.
constexpr size_t kPrintedBytes = 40;
/// For exponential expressions: if an attack of this size is enough, any parameter is long enough.
/// Slower growth needs an attack that is designed for the expression.
constexpr size_t kShortAttackBytes = 24;

/// Bytes as a quoted string.
std::string quoted(std::string_view bytes) {
  std::string out = "\"";
  for (const char byte : bytes) {
    if (byte == '"' || byte == '\\') {
      out += '\\';
      out += byte;
    } else if (byte == '\n') {
      out += "\\n";
    } else {
      out += parser::shown({&byte, 1});
    }
  }
  return out + '"';
}

/// "aaaa!", or "a" x 40 + "!" for a long one.
std::string attack_text(const Redos& redos) {
  const std::string subject = attack(redos, redos.pumps);
  if (subject.size() <= kPrintedBytes) return quoted(subject);
  std::string text = fmt::format("{} x {}", quoted(redos.pump), redos.pumps);
  if (!redos.prefix.empty()) text = quoted(redos.prefix) + " + " + text;
  if (!redos.suffix.empty()) text += " + " + quoted(redos.suffix);
  return text;
}

std::string growth(const Redos& redos) {
  if (redos.exponential) return "exponential";
  constexpr std::array<std::string_view, 5> kNames = {"", "linear", "quadratic", "cubic",
                                                      "quartic"};
  if (redos.degree < kNames.size()) return std::string(kNames[redos.degree]);
  return fmt::format("polynomial (degree {})", redos.degree);
}

/// The repeated item that a quantifier belongs to, with it.
parser::regex::Span item_of(const parser::regex::Tree& tree, parser::regex::Span quantifier) {
  for (const parser::regex::Node& node : tree.nodes()) {
    if (node.kind == parser::regex::Kind::repeat && node.quantifier == quantifier) return node.span;
  }
  return quantifier;
}

/// The quantifiers that cause the growth, as one span, or the last of them if that is too long.
struct Blame {
  parser::regex::Span main;
  std::vector<parser::regex::Span> others;
};
Blame blame(const parser::regex::Tree& tree, const Redos& redos) {
  Blame out;
  for (const parser::regex::Span quantifier : redos.quantifiers) {
    const parser::regex::Span item = item_of(tree, quantifier);
    if (out.main.end == 0) out.main = item;
    out.main.begin = std::min(out.main.begin, item.begin);
    out.main.end = std::max(out.main.end, item.end);
  }
  if (out.main.end - out.main.begin <= kMarkedBytes || redos.quantifiers.empty()) return out;
  out.main = redos.quantifiers.back();
  out.others.assign(redos.quantifiers.begin(), redos.quantifiers.end() - 1);
  return out;
}

void report(Check check, parser::Severity severity, const SlowExpression& slow, const Redos& redos,
            Findings& findings) {
  const Blame at = blame(*slow.expression->tree, redos);
  const size_t bytes = attack(redos, redos.pumps).size();
  const std::string message = fmt::format("this takes {} time: {}{} steps for the {} bytes {}",
                                          growth(redos), redos.more ? "more than " : "",
                                          grouped(redos.steps), grouped(bytes), attack_text(redos));
  const std::string help =
      redos.exponential
          ? "let only one part of the expression match each byte, or make the inner quantifier "
            "possessive, as in (?:a++)+"
          : "bound the repetitions, as in {0,32}, or let what follows begin with other bytes";
  for (const Rule* rule : slow.expression->rules) {
    parser::Diagnostic& finding =
        findings.add(check, *rule, place_of(*rule, at.main), message, help);
    finding.severity = severity;
    for (const parser::regex::Span other : at.others) {
      finding.related.push_back({place_of(*rule, other), "matches the same bytes"});
    }
  }
}

}  // namespace

void redos_exponential(const Context& context, Findings& findings) {
  for (const SlowExpression& slow : context.redos().slow()) {
    for (const Redos& redos : slow.redos) {
      if (!redos.exponential) continue;
      const bool brief = attack(redos, redos.pumps).size() <= kShortAttackBytes;
      report(Check::redos_exponential, brief ? parser::Severity::error : parser::Severity::warning,
             slow, redos, findings);
    }
  }
}

// Quadratic expressions need kilobytes to be slow, and are common in hand-written rules.
void redos_polynomial(const Context& context, Findings& findings) {
  for (const SlowExpression& slow : context.redos().slow()) {
    for (const Redos& redos : slow.redos) {
      if (redos.exponential) continue;
      // The search, which starts at every position, turns quadratic into cubic.
      const bool square = redos.degree - (redos.search ? 1U : 0U) <= 2;
      report(Check::redos_polynomial, square ? parser::Severity::info : parser::Severity::warning,
             slow, redos, findings);
    }
  }
  for (const Expression* expression : context.redos().undecided()) {
    for (const Rule* rule : expression->rules) {
      findings
          .add(Check::redos_polynomial, *rule, rule->op.argument.span(),
               "whether this takes superlinear time is not decided: it can be matched in too many "
               "ways to try them all",
               "split the expression, or write fewer repetitions and groups")
          .severity = parser::Severity::info;
    }
  }
  const auto& rest = context.redos().unsearched();
  if (rest.empty()) return;
  const Rule& rule = *rest.front()->rules.front();
  findings
      .add(Check::redos_polynomial, rule, rule.op.argument.span(),
           fmt::format("the search for slow expressions stops here: {} expressions were not "
                       "searched",
                       rest.size()),
           "check the files one by one to search all of them")
      .severity = parser::Severity::info;
}

}  // namespace wafcheck::lint::inline checks
