// Checks on what the regex engines of others take.

#include <fmt/format.h>

#include <algorithm>
#include <string>
#include <vector>

#include "lint/portability/complaints.h"
#include "lint/regex/expressions.h"
#include "parser/regex/features.h"

namespace wafcheck::lint {
namespace {

using parser::Rule;
using regex::Engine;
using regex::Feature;
using regex::Taken;
using regex::Use;

/// What an expression uses, each feature once where it is first used; holes of macros left out.
std::vector<Use> uses_of(const Expression& expression) {
  std::vector<Use> uses = regex::uses(*expression.tree, expression.text);
  std::vector<Use> first;
  for (const Use& use : uses) {
    if (use.feature == Feature::recursion && expression.text[use.span.begin] == '%') continue;
    if (std::ranges::find(first, use.feature, &Use::feature) == first.end()) first.push_back(use);
  }
  return first;
}

}  // namespace

void pcre_only_regex(const Context& context, Findings& found) {
  std::vector<EngineTarget> targets = targets_of(context.options);
  std::erase_if(targets, [](const EngineTarget& one) { return one.engine != parser::CZ; });
  if (targets.empty()) return;
  const std::string titles = titles_of(targets);
  const bool one = targets.size() == 1;
  for (const Expression& expression : context.expressions().all()) {
    if (!expression.tree) continue;
    for (const Use& use : uses_of(expression)) {
      const Taken taken = regex::taken(use.feature, Engine::go);
      if (taken == Taken::yes) continue;
      const std::string message = taken == Taken::no
                                      ? fmt::format("{} refuse{} the expression: {}", titles,
                                                    one ? "s" : "", regex::name_of(use.feature))
                                      : fmt::format("{} take{} this for something else: {}", titles,
                                                    one ? "s" : "", regex::name_of(use.feature));
      for (const Rule* rule : expression.rules) {
        parser::Diagnostic& finding =
            found.add(Check::pcre_only_regex, *rule, place_of(*rule, use.span), message,
                      "write the expression without it, or split the rule into a chain");
        if (taken == Taken::differs) finding.severity = parser::Severity::warning;
        name_engines(finding, targets);
      }
    }
  }
}

// No engine of SecLang is built on them: a matter of taste, and of tools that read rules.
void automaton_incompatible_regex(const Context& context, Findings& found) {
  for (const Expression& expression : context.expressions().all()) {
    if (!expression.tree) continue;
    for (const Use& use : uses_of(expression)) {
      if (use.feature == Feature::literal_brace) continue;  // regex-literal-brace owns that
      const Taken rust = regex::taken(use.feature, Engine::rust);
      const Taken hyperscan = regex::taken(use.feature, Engine::hyperscan);
      if (rust == Taken::yes && hyperscan == Taken::yes) continue;
      const std::string_view who = hyperscan == Taken::yes ? "Rust's regex crate"
                                   : rust == Taken::yes    ? "Hyperscan"
                                                           : "Rust's regex crate and Hyperscan";
      const bool both = rust != Taken::yes && hyperscan != Taken::yes;
      const bool refused = rust == Taken::no || hyperscan == Taken::no;
      const std::string message = fmt::format(
          "{} {} {}", who,
          refused ? (both ? "do not take" : "does not take") : (both ? "misread" : "misreads"),
          regex::name_of(use.feature));
      for (const Rule* rule : expression.rules) {
        found.add(Check::automaton_incompatible_regex, *rule, place_of(*rule, use.span), message,
                  "write the expression without it");
      }
    }
  }
}

}  // namespace wafcheck::lint
