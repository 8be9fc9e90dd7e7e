// wafcheck lint: everything that can be said of a ruleset without traffic.

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <map>
#include <ostream>

#include "cli/command.h"
#include "cli/output.h"
#include "cli/ruleset_options.h"
#include "cli/test_inventory.h"
#include "lint/check.h"
#include "lint/report/json.h"
#include "lint/report/text.h"
#include "parser/ascii.h"
#include "parser/ruleset.h"

namespace wafcheck::cli {
namespace {

using parser::Diagnostic;
using parser::Severity;

struct LintOptions {
  std::vector<std::string> rules;
  std::string format;
  std::string output;
  std::vector<std::string> select, extend_select, ignore;
  std::vector<std::string> engines;
  std::vector<std::string> tests;
  std::string approved_tags;
  std::string crs_version;
  std::string profile = "default";
  std::string fail_on = "warning";
  std::string explain;
  bool list = false;
  bool exit_zero = false;
  bool allow_empty = false;
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

Severity severity_from(std::string_view name) {
  return name == "error" ? Severity::error : name == "warning" ? Severity::warning : Severity::info;
}

class Lint {
 public:
  Lint(const LintOptions& options, Streams& streams, const GlobalOptions& global)
      : options_(options), streams_(streams), global_(global) {}

  int run() {
    if (options_.list) return list();
    if (!options_.explain.empty()) return explain();
    if (options_.rules.empty()) {
      streams_.err << "wafcheck: error: no rules: name a file, a directory or a glob\n";
      return kTrouble;
    }
    if (!make_selection() || !read_conventions()) return kTrouble;
    parser::LoadOptions load;
    load.crs = crs_directory({});
    load.shipped_rules = shipped_rules_directory();
    const parser::Ruleset ruleset = parser::load(options_.rules, load);
    const parser::Diagnostics findings = lint::run_checks(ruleset, lint_);
    if (!write(ruleset, findings)) return kTrouble;
    return verdict(ruleset, findings);
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
    lint_.tests = test_inventory(options_.tests, options_.rules, streams_, global_);
    return lint_.tests.has_value();
  }

  bool known(const std::string& selector) {
    const bool found = std::ranges::any_of(lint::checks(), [&](const lint::CheckInfo& check) {
      return lint::selects(selector, check);
    });
    if (found) return true;
    const std::string_view near = lint::nearest_check(selector);
    streams_.err << fmt::format("wafcheck: error: no check is called \"{}\"{}\n", selector,
                                near.empty() ? "" : fmt::format("; did you mean {}?", near));
    return false;
  }

  int list() {
    for (const lint::CheckInfo& check : lint::checks()) {
      streams_.out << fmt::format("{:<8} {:<36} {:<8} {}\n", check.code, check.name,
                                  parser::to_string(check.severity), check.doc);
    }
    return kOk;
  }

  int explain() {
    const lint::CheckInfo* check = lint::find_check(options_.explain);
    if (check == nullptr) {
      known(options_.explain);
      return kTrouble;
    }
    streams_.out << fmt::format("{} {} ({}, {})\n\n{}\n", check->code, check->name,
                                lint::category(*check), parser::to_string(check->severity),
                                check->doc);
    const std::pair<std::string_view, std::string_view> examples[] = {
        {"Found in", check->bad}, {"Write instead", check->good}};
    for (const auto& [title, text] : examples) {
      if (text.empty()) continue;
      streams_.out << fmt::format("\n{}:\n", title);
      for (std::string_view rest = text; !rest.empty();) {
        const size_t end = std::min(rest.find('\n'), rest.size() - 1);
        streams_.out << "    " << rest.substr(0, end + 1);
        rest = rest.substr(end + 1);
      }
    }
    return kOk;
  }

  bool write(const parser::Ruleset& ruleset, const parser::Diagnostics& findings) {
    auto output = Output::open(options_.output, streams_.out);
    if (!output) {
      streams_.err << "wafcheck: error: " << output.error().message << '\n';
      return false;
    }
    const bool terminal = streams_.out_is_terminal && !output->is_file();
    const std::string format = !options_.format.empty() ? options_.format
                               : terminal               ? "full"
                                                        : "concise";
    if (format == "json") {
      output->stream() << lint::json_report(ruleset, findings) << '\n';
    } else {
      const bool full = format == "full";
      for (const Diagnostic& finding : findings) {
        output->stream() << (full ? lint::full(finding, ruleset.sources, global_.color_on(terminal))
                                  : lint::concise(finding, ruleset.sources))
                         << '\n';
      }
      output->stream() << summary(ruleset, findings);
    }
    if (const auto done = output->commit(); !done && output->is_file()) {
      streams_.err << "wafcheck: error: " << done.error().message << '\n';
      return false;
    }
    return true;
  }

  static std::string summary(const parser::Ruleset& ruleset, const parser::Diagnostics& findings) {
    const auto count = [&](Severity severity) {
      return std::ranges::count(findings, severity, &Diagnostic::severity);
    };
    const auto plural = [](auto number, std::string_view word) {
      return fmt::format("{} {}{}", number, word, number == 1 ? "" : "s");
    };
    std::string text = fmt::format("{}, {}: ", plural(ruleset.files.size(), "file"),
                                   plural(ruleset.rules.size(), "rule"));
    if (findings.empty()) return text + "nothing found\n";
    return text + fmt::format("{}, {}, {} info\n", plural(count(Severity::error), "error"),
                              plural(count(Severity::warning), "warning"), count(Severity::info));
  }

  int verdict(const parser::Ruleset& ruleset, const parser::Diagnostics& findings) {
    // The question cannot be answered in full where the rules did not load whole.
    if (parser::has_errors(ruleset.diagnostics)) return options_.exit_zero ? kOk : kTrouble;
    if (ruleset.rules.empty() && !options_.allow_empty) {
      streams_.err << "wafcheck: error: these files hold no rules (--allow-empty permits it)\n";
      return kTrouble;
    }
    const Severity threshold = severity_from(options_.fail_on);
    const bool no =
        std::ranges::any_of(findings, [&](const Diagnostic& d) { return d.severity >= threshold; });
    return no && !options_.exit_zero ? kNo : kOk;
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
  app.add_option("--format", options->format, "What to print (full on a terminal, else concise)")
      ->check(CLI::IsMember({"full", "concise", "json"}))
      ->group("Output");
  app.add_option("-o,--output", options->output, "Write the result to a file")
      ->type_name("FILE")
      ->group("Output");
  app.add_option("--fail-on", options->fail_on, "Exit with 1 from this severity on")
      ->check(CLI::IsMember({"info", "warning", "error"}))
      ->default_str("warning")
      ->group("Output");
  app.add_flag("--exit-zero", options->exit_zero, "Exit with 0 whatever is found")->group("Output");
  app.add_flag("--allow-empty", options->allow_empty, "An input without rules is no error")
      ->group("Output");
  return [options, &streams, &global] { return Lint(*options, streams, global).run(); };
}

}  // namespace wafcheck::cli
