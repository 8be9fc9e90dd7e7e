// Checks on features of expressions that other regex engines do not support.

#include <fmt/format.h>

#include <algorithm>
#include <string>
#include <vector>

#include "lint/analysis/expressions.h"
#include "lint/checks/portability/complaints.h"
#include "parser/regex/features.h"

namespace wafcheck::lint::inline checks {
namespace {

using parser::Rule;
using parser::regex::Engine;
using parser::regex::Feature;
using parser::regex::Taken;
using parser::regex::Use;

/// The features that an expression uses, each at its first use, except in macros.
std::vector<Use> uses_of(const Expression& expression) {
  std::vector<Use> uses = parser::regex::uses(*expression.tree, expression.text);
  std::vector<Use> first;
  for (const Use& use : uses) {
    if (use.feature == Feature::recursion && expression.text[use.span.begin] == '%') continue;
    if (std::ranges::find(first, use.feature, &Use::feature) == first.end()) first.push_back(use);
  }
  return first;
}

}  // namespace

void pcre_only_regex(const Context& context, Findings& findings) {
  std::vector<EngineTarget> targets = targets_of(context.options);
  std::erase_if(targets, [](const EngineTarget& one) { return one.engine != parser::CZ; });
  if (targets.empty()) return;
  const std::string titles = titles_of(targets);
  const bool one = targets.size() == 1;
  for (const Expression& expression : context.expressions().all()) {
    if (!expression.tree) continue;
    for (const Use& use : uses_of(expression)) {
      const Taken taken = parser::regex::taken(use.feature, Engine::go);
      if (taken == Taken::yes) continue;
      const std::string message =
          taken == Taken::no ? fmt::format("{} refuse{} the expression: {}", titles, one ? "s" : "",
                                           parser::regex::name_of(use.feature))
                             : fmt::format("{} give{} this another meaning: {}", titles,
                                           one ? "s" : "", parser::regex::name_of(use.feature));
      for (const Rule* rule : expression.rules) {
        parser::Diagnostic& finding =
            findings.add(Check::pcre_only_regex, *rule, place_of(*rule, use.span), message,
                         "write the expression without it, or split the rule into a chain");
        if (taken == Taken::differs) finding.severity = parser::Severity::warning;
        name_engines(finding, targets);
      }
    }
  }
}

// No SecLang engine uses these engines, but tools that read rules may.
void automaton_incompatible_regex(const Context& context, Findings& findings) {
  for (const Expression& expression : context.expressions().all()) {
    if (!expression.tree) continue;
    for (const Use& use : uses_of(expression)) {
      if (use.feature == Feature::literal_brace) continue;  // regex-literal-brace owns that
      const Taken rust = parser::regex::taken(use.feature, Engine::rust);
      const Taken hyperscan = parser::regex::taken(use.feature, Engine::hyperscan);
      if (rust == Taken::yes && hyperscan == Taken::yes) continue;
      const std::string_view who = hyperscan == Taken::yes ? "Rust's regex crate"
                                   : rust == Taken::yes    ? "Hyperscan"
                                                           : "Rust's regex crate and Hyperscan";
      const bool both = rust != Taken::yes && hyperscan != Taken::yes;
      const bool refused = rust == Taken::no || hyperscan == Taken::no;
      const std::string message =
          fmt::format("{} {} {}", who,
                      refused ? (both ? "do not support" : "does not support")
                              : (both ? "misread" : "misreads"),
                      parser::regex::name_of(use.feature));
      for (const Rule* rule : expression.rules) {
        findings.add(Check::automaton_incompatible_regex, *rule, place_of(*rule, use.span), message,
                     "write the expression without it");
      }
    }
  }
}

}  // namespace wafcheck::lint::inline checks
