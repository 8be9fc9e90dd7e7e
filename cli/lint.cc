// wafcheck lint: everything that can be said of a ruleset without traffic.

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <ostream>

#include "cli/command.h"
#include "cli/lint_report.h"
#include "cli/ruleset_options.h"
#include "lint/check.h"
#include "parser/ascii.h"
#include "parser/ruleset.h"

namespace wafcheck::cli {
namespace {

struct LintOptions {
  std::vector<std::string> rules;
  LintReportOptions report;
  std::vector<std::string> select, extend_select, ignore;
  std::vector<std::string> engines;
  std::string profile = "default";
  std::string explain;
  bool list = false;
};

/// "COR,SEC" and repeated options alike.
std::vector<std::string> split_commas(const std::vector<std::string>& given) {
  std::vector<std::string> words;
  for (std::string_view list : given) {
    while (!list.empty()) {
      const size_t comma = list.find(',');
      if (const std::string_view word = trim(list.substr(0, comma)); !word.empty())
        words.emplace_back(word);
      list = comma == std::string_view::npos ? std::string_view() : list.substr(comma + 1);
    }
  }
  return words;
}

class Lint {
 public:
  Lint(const LintOptions& options, Streams& streams, const GlobalOptions& global)
      : options_(options), streams_(streams), global_(global) {}

  int run() {
    if (options_.list) return list_checks(options_.report, streams_);
    if (!options_.explain.empty()) {
      return explain_check(options_.report, options_.explain, streams_);
    }
    if (options_.rules.empty()) {
      streams_.err << "wafcheck: error: no rules: name a file, a directory or a glob\n";
      return kTrouble;
    }
    if (!make_selection()) return kTrouble;
    parser::LoadOptions load;
    load.crs = crs_directory({});
    load.shipped_rules = shipped_rules_directory();
    const parser::Ruleset ruleset = parser::load(options_.rules, load);
    const parser::Diagnostics findings = lint::run_checks(ruleset, lint_);
    return report_findings(options_.report, ruleset, findings, streams_, global_);
  }

 private:
  bool make_selection() {
    lint_.selection.profile = options_.profile == "crs"      ? lint::Profile::crs
                              : options_.profile == "strict" ? lint::Profile::strict
                                                             : lint::Profile::standard;
    lint_.selection.select = split_commas(options_.select);
    lint_.selection.extend_select = split_commas(options_.extend_select);
    lint_.selection.ignore = split_commas(options_.ignore);
    for (const auto* list :
         {&lint_.selection.select, &lint_.selection.extend_select, &lint_.selection.ignore}) {
      for (const std::string& selector : *list) {
        if (!known(selector)) return false;
      }
    }
    for (const std::string& name : split_commas(options_.engines)) {
      const Result<lint::EngineTarget> engine = lint::parse_engine(name);
      if (!engine) {
        streams_.err << fmt::format("wafcheck: error: --engine: {}\n", engine.error().message);
        return false;
      }
      lint_.engines.push_back(*engine);
    }
    return true;
  }

  bool known(const std::string& selector) {
    const bool found = std::ranges::any_of(lint::checks(), [&](const lint::CheckInfo& check) {
      return lint::selects(selector, check);
    });
    if (found) return true;
    streams_.err << fmt::format("wafcheck: error: {}\n", unknown_check(selector));
    return false;
  }

  const LintOptions& options_;
  Streams& streams_;
  const GlobalOptions& global_;
  lint::Options lint_;
};

}  // namespace

std::function<int()> add_lint(CLI::App& app, Streams& streams, GlobalOptions& global) {
  auto options = std::make_shared<LintOptions>();
  app.add_option("RULES", options->rules, "Rules files, directories or globs, in load order")
      ->type_name("");
  app.add_option("--select", options->select, "Only these checks: codes, prefixes or names")
      ->type_name("CHECK")
      ->group("Checks");
  app.add_option("--extend-select", options->extend_select, "These checks besides")
      ->type_name("CHECK")
      ->group("Checks");
  app.add_option("--ignore", options->ignore, "Not these checks")
      ->type_name("CHECK")
      ->group("Checks");
  app.add_option("--profile", options->profile, "Which checks are on")
      ->check(CLI::IsMember({"default", "crs", "strict"}))
      ->default_str("default")
      ->group("Checks");
  app.add_option("--engine", options->engines,
                 "Engines the rules are to run on: modsecurity2@2.9,modsecurity3@3.0.9,coraza@3.7")
      ->type_name("LIST")
      ->group("Checks");
  app.add_option("--explain", options->explain, "Explain a check")
      ->type_name("CHECK")
      ->group("Checks");
  app.add_flag("--list", options->list, "List all checks")->group("Checks");
  options->report.add_to(app);
  return [options, &streams, &global] { return Lint(*options, streams, global).run(); };
}

}  // namespace wafcheck::cli
