#pragma once
// How lint reports its findings: formats, baselines, exit codes.

#include <string>
#include <vector>

#include "cli/console.h"
#include "lint/checks/check.h"
#include "lint/report/combined.h"
#include "parser/ruleset/ruleset.h"

namespace CLI {
class App;
}

namespace wafcheck::cli {

struct LintReportOptions {
  std::string format;  ///< empty: full on a terminal, else concise
  std::string output;  ///< empty: standard output
  std::string baseline, write_baseline;
  std::string fail_on = "warning";
  bool statistics = false;
  bool exit_zero = false;
  bool allow_empty = false;

  void add_to(CLI::App& app);
};

/// Writes the findings, which are sorted; returns the exit code.
int report_findings(const LintReportOptions& options, std::vector<lint::LintedRuleset> rulesets,
                    Console& console);

/// Whether a file that is reported on has errors of loading.
bool is_incomplete(const parser::RulesetModel& ruleset);

/// kTrouble where there are no rules, or not all of them could be read, with the reason printed
/// where no finding gives it; kDropped where some were left out; else kOk.
int verdict_on_rules(const LintReportOptions& options,
                     const std::vector<lint::LintedRuleset>& rulesets, Console& console);

/// --list and --explain.
int list_checks(const LintReportOptions& options, Console& console);
int explain_check(const LintReportOptions& options, const std::string& check, Console& console);

/// `no check is called "X"; did you mean Y?`
std::string unknown_check(const std::string& selector);

}  // namespace wafcheck::cli
