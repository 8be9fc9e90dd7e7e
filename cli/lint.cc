// wafcheck lint: checks of a ruleset that need no traffic.

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <iterator>
#include <ostream>

#include "cli/command.h"
#include "cli/embedded_rules.h"
#include "cli/lint_fixes.h"
#include "cli/lint_report.h"
#include "cli/options.h"
#include "cli/rewrite.h"
#include "cli/ruleset_options.h"
#include "cli/test_inventory.h"
#include "lint/checks/check.h"
#include "lint/checks/crs/crs.h"
#include "lint/fixes/fixes.h"
#include "parser/base/ascii.h"
#include "parser/base/shown.h"
#include "parser/base/unified_diff.h"
#include "parser/ruleset/ruleset.h"

namespace wafcheck::cli {
namespace {

struct LintOptions {
  std::vector<std::string> rules;
  LintReportOptions report;
  std::vector<std::string> select, extend_select, ignore;
  std::vector<std::string> engines;
  std::vector<std::string> tests;
  std::string approved_tags;
  std::string crs_version;
  std::string profile = "default";
  std::string explain;
  bool fix = false, unsafe_fixes = false, diff = false;
  std::string crs;
  std::vector<std::string> with;
  bool skip_invalid = false;
  bool list = false;
};

/// "COR,SEC" and repeated options alike.
std::vector<std::string> split_commas(const std::vector<std::string>& lists) {
  std::vector<std::string> words;
  for (std::string_view list : lists) {
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
  Lint(const LintOptions& options, Console& console) : options_(options), console_(console) {}

  int run() {
    if (options_.list) return list_checks(options_.report, console_);
    if (!options_.explain.empty()) {
      return explain_check(options_.report, options_.explain, console_);
    }
    if (options_.rules.empty()) {
      return console_.error("no rules: name a file, a directory or a glob");
    }
    if (!make_selection() || !read_conventions()) return kTrouble;
    parser::LoadOptions load;
    load.crs = crs_directory(options_.crs);
    load.shipped_rules = shipped_rules_directory();
    load.skip_invalid = options_.skip_invalid;
    load.search_below = true;
    for (const auto* inputs : {&options_.rules, &options_.with}) {
      for (const std::string& input : *inputs) console_.files().name(input);
    }
    allow_packaged_rules(load, console_);
    lint::Overlay files(console_.files());
    if (reads_standard_input()) files.put("-", {std::istreambuf_iterator<char>(console_.in()), {}});
    formats::EmbeddedFiles embedded(files);
    if (!options_.with.empty()) {
      auto context = one_ruleset(embedded, options_.with, console_);
      if (!context) return kTrouble;
      load.context = *std::move(context);
    }
    const std::vector<formats::NamedRuleset> rulesets =
        find_rulesets(embedded, options_.rules, console_);
    if (rulesets.empty()) return verdict_on_rules(options_.report, {}, console_);
    if (options_.fix || options_.diff) return fix(files, load);
    return report_findings(options_.report, examine(embedded, rulesets, load), console_);
  }

 private:
  bool make_selection() {
    lint_.selection.profile = options_.profile == "crs"      ? lint::Profile::crs
                              : options_.profile == "strict" ? lint::Profile::strict
                                                             : lint::Profile::standard;
    lint_.selection.select = split_commas(options_.select);
    lint_.selection.extend_select = split_commas(options_.extend_select);
    lint_.selection.ignore = split_commas(options_.ignore);
    lint_.severities = console_.options().file.severities;
    lint_.per_file_ignores = console_.options().file.per_file_ignores;
    if (options_.unsafe_fixes && !options_.fix && !options_.diff) {
      console_.error("--unsafe-fixes goes with --fix or --diff");
      return false;
    }
    for (const auto* list :
         {&lint_.selection.select, &lint_.selection.extend_select, &lint_.selection.ignore}) {
      for (const std::string& selector : *list) {
        if (!check_selector(selector)) return false;
      }
    }
    for (const std::string& name : split_commas(options_.engines)) {
      const Result<lint::EngineTarget> engine = lint::parse_engine(name);
      if (!engine) {
        console_.error(fmt::format("--engine: {}", engine.error().message));
        return false;
      }
      lint_.engines.push_back(*engine);
    }
    return true;
  }

  /// Reads the inputs of checks besides the rules.
  bool read_conventions() {
    lint_.crs.version = options_.crs_version;
    if (!options_.approved_tags.empty()) {
      console_.files().name(options_.approved_tags);
      const Result<std::string> list = console_.files().read(options_.approved_tags);
      if (!list) {
        console_.error(fmt::format("--approved-tags: cannot read {}: {}", options_.approved_tags,
                                   list.error().message));
        return false;
      }
      lint_.crs.approved_tags = lint::tags_in(*list);
    }
    if (options_.tests.empty()) return true;
    lint_.tests = test_inventory(options_.tests, options_.rules, options_.crs, console_);
    return lint_.tests.has_value();
  }

  bool check_selector(const std::string& selector) {
    const std::string fault = lint::fault_of_selector(selector);
    if (!fault.empty()) console_.error(fault);
    return fault.empty();
  }

  bool reads_standard_input() const {
    return std::ranges::find(options_.rules, "-") != options_.rules.end();
  }

  std::vector<lint::LintedRuleset> examine(parser::FileSystem& files,
                                           const std::vector<formats::NamedRuleset>& rulesets,
                                           const parser::LoadOptions& load) {
    std::vector<lint::LintedRuleset> linted = examine_rulesets(rulesets, files, load, lint_);
    bool context_has_errors = false, part_of_crs = false;
    for (const lint::LintedRuleset& each : linted) {
      part_of_crs |= lint::is_part_of_crs(each.ruleset);
      context_has_errors |=
          parser::has_errors(each.ruleset.diagnostics) && !is_incomplete(each.ruleset);
    }
    if (part_of_crs) {
      console_.note(
          "these are a part of OWASP CRS: what only the whole can tell is not judged; name the "
          "rest of it with --with");
    }
    if (context_has_errors) {
      console_.warning("--with: the context did not load completely; lint it to see why");
    }
    return linted;
  }

  int fix(lint::Overlay& files, const parser::LoadOptions& load) {
    FixedRules fixed = fix_rules(options_.rules, files, load, lint_, options_.unsafe_fixes);
    for (const std::string& path : fixed.unwritable) {
      console_.note(
          fmt::format("rules in {} are left as they are: it cannot hold them as fixed", path));
    }
    for (const std::string& path : fixed.dropped) {
      console_.note(fmt::format("{} is left as it is: fixed, it would have new errors", path));
    }
    if (options_.diff) return show_diff(fixed);
    for (const lint::FixedFile& file : fixed.files) {
      if (file.path == "-") continue;
      if (const auto done = rewrite_file(file.path, file.after); !done) {
        return console_.error(done.error().message);
      }
    }
    if (!reads_standard_input()) {
      return report_findings(options_.report, std::move(fixed.rulesets), console_);
    }
    // Standard input, fixed, is the result: the findings that are left go to standard error.
    console_.out().write(files.read("-").value_or(""));
    Streams streams{console_.in(), console_.err(), console_.err()};
    streams.out_is_terminal = streams.err_is_terminal = console_.streams().err_is_terminal;
    streams.out_columns = console_.streams().err_columns;
    Console findings(streams, console_.options());
    if (!findings.guard_files()) return kTrouble;
    return report_findings(options_.report, std::move(fixed.rulesets), findings);
  }

  int show_diff(const FixedRules& fixed) {
    auto output = console_.open(options_.report.output);
    if (!output) return kTrouble;
    const bool color = !output->is_file() && console_.out_is_coloured();
    for (const lint::FixedFile& file : fixed.files) {
      const std::string diff = unified_diff(file.path, file.before, file.after, color);
      const bool plain = output->is_file() || color || !console_.streams().out_is_terminal;
      output->write(plain ? diff : readable_lines(diff));
    }
    if (!console_.finish(*output)) return kTrouble;
    console_.note(
        fmt::format("{} finding{} would be fixed", fixed.count, fixed.count == 1 ? "" : "s"));
    const int code = verdict_on_rules(options_.report, fixed.rulesets, console_);
    return worse(code, !fixed.files.empty() && !options_.report.exit_zero ? kNo : kOk);
  }

  const LintOptions& options_;
  Console& console_;
  lint::Options lint_;
};

}  // namespace

std::function<int()> add_lint(CLI::App& app, Console& console) {
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
  app.add_option(
         "--with", options->with,
         "Rules to load before, and not to report on: what RULES are a part of (repeatable)")
      ->type_name("RULES")
      ->group("Checks");
  app.add_flag("--skip-invalid", options->skip_invalid,
               "Rules that do not load are left out with a warning, and no reason to exit with 2")
      ->group("Checks");
  add_crs(app, options->crs, "Checks");
  app.add_flag("--fix", options->fix, "Fix what can be fixed with the same verdict on every input")
      ->group("Fixes");
  app.add_flag("--unsafe-fixes", options->unsafe_fixes,
               "With --fix or --diff: also what may change verdicts")
      ->group("Fixes");
  app.add_flag("--diff", options->diff, "Show what --fix would change, and change nothing")
      ->group("Fixes");
  app.add_option("--tests", options->tests, "FTW tests of the rules, for the checks that need them")
      ->type_name("DIR")
      ->group("Checks");
  app.add_option("--approved-tags", options->approved_tags, "The tags that rules of CRS may have")
      ->type_name("FILE")
      ->group("Checks");
  app.add_option("--crs-version", options->crs_version,
                 "The version that rules of CRS are of (that of most of them)")
      ->type_name("VERSION")
      ->group("Checks");
  app.add_option("--explain", options->explain, "Explain a check")
      ->type_name("CHECK")
      ->group("Checks");
  app.add_flag("--list", options->list, "List all checks")->group("Checks");
  options->report.add_to(app);
  return [options, &console] { return Lint(*options, console).run(); };
}

}  // namespace wafcheck::cli
