#pragma once
// What wafcheck diff finds.

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "cli/diff/cause.h"
#include "cli/diff/comparison.h"
#include "parser/regex/compare.h"

namespace wafcheck::cli::inline diff {

/// An expression of @rx that differs, in a rule that both rulesets have.
struct ExpressionChange {
  const lint::RulePair* pair = nullptr;
  uint32_t link = 0;  ///< of the chain, from 0
  parser::regex::Comparison comparison;
};

/// A word that some engine knows only from a later version on.
struct Need {
  std::string text;   ///< "ModSecurity 3.0.0 does not support ...; it came with 3.0.3"
  parser::Span span;  ///< the first use, in the new ruleset
};

/// What differs between the rules, as reports show it.
struct WrittenRules {
  std::string headline;        ///< "rules: 1 changed"
  std::string text, text_end;  ///< before and behind what the traffic says of exclusions
  /// Members of the JSON document, by name; "void" is one of its member "exclusions".
  std::map<std::string, std::string, std::less<>> json;

  auto operator<=>(const WrittenRules&) const = default;
};

/// What reports show, without the rules themselves.
struct DiffSummary {
  std::string old_name, new_name;  ///< as they were named
  WrittenRules rules;
  std::optional<TrafficDiff> traffic;         ///< none: no traffic was named
  uint64_t old_dropped = 0, new_dropped = 0;  ///< rules that have no effect
  bool timing = true;
  bool measured = false;  ///< the time of each rule

  /// Adds what other traffic came to with the same rulesets.
  void merge(const DiffSummary& other);
};

struct DiffResult {
  DiffSummary summary;
  const Rulesets* rulesets = nullptr;
  std::vector<ExpressionChange> expressions;
  std::vector<Need> needs;  ///< that the old rules have not

  const lint::RulesetChange& change() const { return rulesets->change; }
  /// Of a rule's link; null: its expression does not differ.
  const ExpressionChange* expression(const lint::RulePair& pair, uint32_t link) const;
};

}  // namespace wafcheck::cli::inline diff
