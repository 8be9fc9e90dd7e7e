// wafcheck lint: everything that can be said of a ruleset without traffic.

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <iterator>
#include <ostream>

#include "cli/command.h"
#include "cli/lint_report.h"
#include "cli/output.h"
#include "cli/rewrite.h"
#include "cli/ruleset_options.h"
#include "cli/test_inventory.h"
#include "cli/unified_diff.h"
#include "lint/check.h"
#include "lint/fixes.h"
#include "parser/ascii.h"
#include "parser/ruleset.h"

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
    if (!make_selection() || !read_conventions()) return kTrouble;
    parser::LoadOptions load;
    load.crs = crs_directory(options_.crs);
    load.shipped_rules = shipped_rules_directory();
    lint::Overlay files(parser::disk());
    if (reads_standard_input()) files.put("-", {std::istreambuf_iterator<char>(streams_.in), {}});
    if (options_.fix || options_.diff) return fix(files, load);
    load.files = lint_.files = &files;
    const parser::Ruleset ruleset = parser::load(options_.rules, load);
    return report_findings(options_.report, ruleset, lint::examine(ruleset, lint_), streams_, global_);
  }

 private:
  bool make_selection() {
    lint_.selection.profile = options_.profile == "crs"      ? lint::Profile::crs
                              : options_.profile == "strict" ? lint::Profile::strict
                                                             : lint::Profile::standard;
    lint_.selection.select = split_commas(options_.select);
    lint_.selection.extend_select = split_commas(options_.extend_select);
    lint_.selection.ignore = split_commas(options_.ignore);
    lint_.severities = global_.file.severities;
    lint_.per_file_ignores = global_.file.per_file_ignores;
    if (options_.unsafe_fixes && !options_.fix && !options_.diff) {
      streams_.err << "wafcheck: error: --unsafe-fixes goes with --fix or --diff\n";
      return false;
    }
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

  /// What checks need to know besides the rules.
  bool read_conventions() {
    lint_.crs.version = options_.crs_version;
    if (!options_.approved_tags.empty()) {
      const Result<std::string> list = parser::disk().read(options_.approved_tags);
      if (!list) {
        streams_.err << fmt::format("wafcheck: error: --approved-tags: cannot read {}: {}\n",
                                    options_.approved_tags, list.error().message);
        return false;
      }
      lint_.crs.approved_tags = lint::tags_in(*list);
    }
    if (options_.tests.empty()) return true;
    lint_.tests = test_inventory(options_.tests, options_.rules, options_.crs, streams_, global_);
    return lint_.tests.has_value();
  }

  bool known(const std::string& selector) {
    const std::string fault = lint::fault_of_selector(selector);
    if (!fault.empty()) streams_.err << "wafcheck: error: " << fault << '\n';
    return fault.empty();
  }

  bool reads_standard_input() const {
    return std::ranges::find(options_.rules, "-") != options_.rules.end();
  }

  int fix(lint::Overlay& files, const parser::LoadOptions& load) {
    const auto read = [&](parser::FileSystem& through) {
      parser::LoadOptions with = load;
      with.files = &through;
      return parser::load(options_.rules, with);
    };
    const lint::Fixed fixed = lint::fix(files, read, lint_, options_.unsafe_fixes);
    for (const std::string& path : fixed.dropped) {
      streams_.err << fmt::format(
          "wafcheck: note: {} is left as it is: fixed, it would have new errors\n", path);
    }
    if (options_.diff) return show_diff(fixed);
    for (const lint::FixedFile& file : fixed.files) {
      if (file.path == "-") {
        files.put(file.path, file.after);
      } else if (const auto done = rewrite_file(file.path, file.after); !done) {
        streams_.err << "wafcheck: error: " << done.error().message << '\n';
        return kTrouble;
      }
    }
    // Standard input, fixed, is the result; what is to be said of it goes where notices go.
    if (reads_standard_input()) streams_.out << files.read("-").value_or("");
    Streams told{streams_.in, reads_standard_input() ? streams_.err : streams_.out, streams_.err};
    told.out_is_terminal = reads_standard_input() ? streams_.err_is_terminal : streams_.out_is_terminal;
    told.err_is_terminal = streams_.err_is_terminal;
    told.out_columns = streams_.out_columns;
    return report_findings(options_.report, fixed.ruleset, fixed.left, told, global_);
  }

  int show_diff(const lint::Fixed& fixed) {
    auto output = Output::open(options_.report.output, streams_.out);
    if (!output) {
      streams_.err << "wafcheck: error: " << output.error().message << '\n';
      return kTrouble;
    }
    const bool color = global_.color_on(streams_.out_is_terminal && !output->is_file());
    for (const lint::FixedFile& file : fixed.files) {
      output->stream() << unified_diff(file.path, file.before, file.after, color);
    }
    if (const auto done = output->commit(); !done && output->is_file()) {
      streams_.err << "wafcheck: error: " << done.error().message << '\n';
      return kTrouble;
    }
    if (!global_.quiet) {
      streams_.err << fmt::format("wafcheck: note: {} finding{} would be fixed\n", *fixed.left.fixed,
                                  fixed.left.fixed == 1 ? "" : "s");
    }
    const int code = verdict_on_rules(options_.report, fixed.ruleset, streams_);
    return code == kOk && !fixed.files.empty() && !options_.report.exit_zero ? kNo : code;
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
  app.add_option("--crs", options->crs, "Where Include @owasp_crs/... looks")
      ->type_name("DIR")
      ->group("Checks");
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
  return [options, &streams, &global] { return Lint(*options, streams, global).run(); };
}

}  // namespace wafcheck::cli
