#pragma once
// Totals of a ruleset: counts, and cross references between rules.

#include <map>
#include <string>
#include <vector>

#include "lint/index/facts.h"

namespace wafcheck::lint::inline index {

using Counts = std::map<std::string, size_t>;

struct TxFacts {
  std::vector<std::string> writers, readers;  ///< names of rules
};

struct MarkerFacts {
  const parser::Marker* marker = nullptr;
  std::vector<std::string> skipped_to_by;  ///< names of rules
};

struct Totals {
  Counts phases, paranoia_levels, severities, tags, variables, operators, transformations, actions,
      files;
  std::map<std::string, TxFacts> tx;
  std::vector<MarkerFacts> markers;
  size_t chains = 0;
  size_t removed = 0;
};

Totals totals_of(const parser::RulesetModel& ruleset, const std::vector<RuleFacts>& rules);

}  // namespace wafcheck::lint::inline index
