#pragma once
// What wafcheck diff finds.

#include <cstdint>
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

/// A word that an engine knows only from some version on, and that the other ruleset does without.
struct Need {
  std::string word;    ///< "ctl with XML://@*"
  std::string engine;  ///< "ModSecurity 3.0.16"
  parser::Span span;   ///< the first use, in the new ruleset
};

struct DiffResult {
  std::string old_name, new_name;  ///< as they were named
  const Rulesets* rulesets = nullptr;
  std::vector<ExpressionChange> expressions;
  std::optional<TrafficDiff> traffic;       ///< none: no traffic was named
  size_t old_dropped = 0, new_dropped = 0;  ///< rules that have no effect
  bool timing = true;

  const lint::RulesetChange& change() const { return rulesets->change; }
  /// Of a rule's link; null: its expression does not differ.
  const ExpressionChange* expression(const lint::RulePair& pair, uint32_t link) const;
};

}  // namespace wafcheck::cli::inline diff
