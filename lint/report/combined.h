#pragma once
// Several rulesets in one report, and rules inside other files as people see them: findings point
// into the files that were named, and what several rulesets share is reported once.

#include <vector>

#include "lint/checks/check.h"
#include "parser/ruleset/ruleset.h"

namespace wafcheck::lint::inline report {

struct LintedRuleset {
  parser::RulesetModel ruleset;
  Examination examination;
};

struct Combined {
  parser::Sources sources;  ///< whole files
  size_t files = 0;         ///< not those of a context, as rules
  size_t rules = 0;
  Examination examination;
};

/// Fixes that a file around the rules cannot hold as they are go; see formats/embedded for how
/// files are rewritten.
Combined combined(const std::vector<LintedRuleset>& rulesets);

/// Whether combined() is needed: the report of one ruleset of whole files is its own.
bool needs_combining(const std::vector<LintedRuleset>& rulesets);

}  // namespace wafcheck::lint::inline report
