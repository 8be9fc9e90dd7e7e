// Checks on expressions whose matching time explodes.

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <string>
#include <vector>

#include "lint/check.h"
#include "lint/performance/redos_index.h"
#include "parser/syntax_checks.h"

namespace wafcheck::lint {
namespace {

using parser::Rule;
using regex::Redos;

/// What is marked as a whole rather than by its first quantifier.
constexpr uint32_t kMarkedBytes = 100;
/// Attacks up to this size are printed as they are.
constexpr size_t kPrintedBytes = 40;
/// Of exponential ones: where each byte doubles the time, any parameter is long enough. Slower growth
/// needs an attack that is made for the expression.
constexpr size_t kShortAttackBytes = 24;

/// 1234567 as "1,234,567".
std::string grouped(uint64_t number) {
  std::string digits = std::to_string(number);
  for (size_t at = digits.size(); at > 3; at -= 3) digits.insert(at - 3, ",");
  return digits;
}

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
regex::Span item_of(const regex::Tree& tree, regex::Span quantifier) {
  for (const regex::Node& node : tree.nodes()) {
    if (node.kind == regex::Kind::repeat && node.quantifier == quantifier) return node.span;
  }
  return quantifier;
}

/// All that shares the blame as one place, or the last of it where that is too long to be marked.
struct Blame {
  regex::Span main;
  std::vector<regex::Span> others;
};
Blame blame(const regex::Tree& tree, const Redos& redos) {
  Blame out;
  for (const regex::Span quantifier : redos.quantifiers) {
    const regex::Span item = item_of(tree, quantifier);
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
            Findings& found) {
  const Blame at = blame(*slow.expression->tree, redos);
  const size_t bytes = attack(redos, redos.pumps).size();
  const std::string message = fmt::format("this takes {} time: {}{} steps for the {} bytes {}",
                                          growth(redos), redos.more ? "more than " : "",
                                          grouped(redos.steps), grouped(bytes), attack_text(redos));
  const std::string help =
      redos.exponential
          ? "let each byte be read in one way only, or make the inner quantifier "
            "possessive, as in (?:a++)+"
          : "bound the repetitions, as in {0,32}, or let what follows begin otherwise";
  for (const Rule* rule : slow.expression->rules) {
    parser::Diagnostic& finding = found.add(check, *rule, place_of(*rule, at.main), message, help);
    finding.severity = severity;
    for (const regex::Span other : at.others) {
      finding.related.push_back({place_of(*rule, other), "reads the same bytes"});
    }
  }
}

}  // namespace

void redos_exponential(const Context& context, Findings& found) {
  for (const SlowExpression& slow : context.redos().slow()) {
    for (const Redos& redos : slow.redos) {
      if (!redos.exponential) continue;
      const bool brief = attack(redos, redos.pumps).size() <= kShortAttackBytes;
      report(Check::redos_exponential, brief ? parser::Severity::error : parser::Severity::warning, slow, redos,
             found);
    }
  }
}

// A square needs kilobytes to hurt, and much of what is written by hand is one.
void redos_polynomial(const Context& context, Findings& found) {
  for (const SlowExpression& slow : context.redos().slow()) {
    for (const Redos& redos : slow.redos) {
      if (redos.exponential) continue;
      // The search, which tries every place, makes a cube of any square.
      const bool square = redos.degree - (redos.search ? 1U : 0U) <= 2;
      report(Check::redos_polynomial, square ? parser::Severity::info : parser::Severity::warning,
             slow, redos, found);
    }
  }
  const auto& rest = context.redos().unsearched();
  if (rest.empty()) return;
  const Rule& rule = *rest.front()->rules.front();
  found
      .add(Check::redos_polynomial, rule, rule.op.argument.span(),
           fmt::format("the search for slow expressions ends here: {} are left unsearched",
                       rest.size()),
           "check the files one by one to search all of them")
      .severity = parser::Severity::info;
}

}  // namespace wafcheck::lint
