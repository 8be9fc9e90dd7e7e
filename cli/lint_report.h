#pragma once
// How lint tells what it found: formats, baselines, exit codes.

#include <string>

#include "cli/command.h"
#include "lint/check.h"
#include "parser/ruleset.h"

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

/// Writes the findings, which are sorted, and gives the exit code.
int report_findings(const LintReportOptions& options, const parser::Ruleset& ruleset,
                    const lint::Examination& found, Streams& streams, const GlobalOptions& global);

/// kTrouble, with the reason printed where no finding tells it, for rules that did not load whole or
/// are none; else kOk.
int verdict_on_rules(const LintReportOptions& options, const parser::Ruleset& ruleset, Streams& streams);

/// --list and --explain.
int list_checks(const LintReportOptions& options, Streams& streams);
int explain_check(const LintReportOptions& options, const std::string& check, Streams& streams);

/// `no check is called "X"; did you mean Y?`
std::string unknown_check(const std::string& selector);

}  // namespace wafcheck::cli
