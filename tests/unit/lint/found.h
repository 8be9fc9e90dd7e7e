#pragma once
// What a check finds in a text: places, messages and fixes.

#include <string>
#include <string_view>
#include <vector>

#include "lint/checks/check.h"
#include "lint/checks/example.h"
#include "parser/ruleset/ruleset.h"

namespace wafcheck::lint {

/// What one check finds in an example (lint/example.h).
struct Found {
  std::vector<std::string> places;  ///< "error 2 ARGS:x": severity, line, token; in order
  std::vector<std::string> messages;
  std::vector<parser::Edit> edits;  ///< of all fixes
  bool safe = true;                 ///< whether all fixes are
  std::string errors;               ///< of loading: what the check was not meant to judge
};

inline Found find(std::string_view check, std::string_view text) {
  Example example(text);
  const parser::RulesetModel ruleset = example.load();
  example.options.selection.select = {std::string(check)};
  Found found;
  for (const parser::Diagnostic& finding : ruleset.diagnostics) {
    if (finding.severity == parser::Severity::error) found.errors += finding.message + "\n";
  }
  for (const parser::Diagnostic& finding : run_checks(ruleset, example.options)) {
    if (finding.check != check) continue;
    found.places.push_back(std::string(to_string(finding.severity)) + " " +
                           std::to_string(ruleset.sources.begin_of(finding.span).line) + " " +
                           std::string(ruleset.sources.text(finding.span)));
    found.messages.push_back(finding.message);
    if (!finding.fix) continue;
    found.safe &= finding.fix->safe;
    found.edits.insert(found.edits.end(), finding.fix->edits.begin(), finding.fix->edits.end());
  }
  return found;
}

}  // namespace wafcheck::lint
