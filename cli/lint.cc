// wafcheck lint: everything that can be said of a ruleset without traffic.

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <iterator>
#include <ostream>

#include "cli/command.h"
#include "cli/output.h"
#include "cli/rewrite.h"
#include "cli/ruleset_options.h"
#include "cli/unified_diff.h"
#include "lint/check.h"
#include "lint/fixes.h"
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
  std::string profile = "default";
  std::string fail_on = "warning";
  std::string explain;
  bool fix = false, unsafe_fixes = false, diff = false;
  std::string crs;
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
    if (!make_selection()) return kTrouble;
    parser::LoadOptions load;
    load.crs = crs_directory(options_.crs);
    load.shipped_rules = shipped_rules_directory();
    lint::Overlay files(parser::disk());
    if (reads_standard_input()) files.put("-", {std::istreambuf_iterator<char>(streams_.in), {}});
    if (options_.fix || options_.diff) return fix(files, load);
    load.files = lint_.files = &files;
    const parser::Ruleset ruleset = parser::load(options_.rules, load);
    const lint::Report report = lint::examine(ruleset, lint_);
    if (!write(ruleset, report)) return kTrouble;
    return verdict(ruleset, report.findings);
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
    if (!write(fixed.ruleset, fixed.left)) return kTrouble;
    return verdict(fixed.ruleset, fixed.left.findings);
  }

  int show_diff(const lint::Fixed& fixed) {
    auto output = Output::open(options_.output, streams_.out);
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
      streams_.err << fmt::format("wafcheck: note: {} would be fixed\n",
                                  plural(fixed.left.fixed, "finding"));
    }
    const int code = loads(fixed.ruleset, fixed.left.findings);
    return code == kOk && !fixed.files.empty() && !options_.exit_zero ? kNo : code;
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

  bool write(const parser::Ruleset& ruleset, const lint::Report& report) {
    const parser::Diagnostics& findings = report.findings;
    const bool aside = options_.fix && reads_standard_input();
    auto output = Output::open(options_.output, aside ? streams_.err : streams_.out);
    if (!output) {
      streams_.err << "wafcheck: error: " << output.error().message << '\n';
      return false;
    }
    const bool terminal = streams_.out_is_terminal && !output->is_file();
    const std::string format = !options_.format.empty() ? options_.format
                               : terminal               ? "full"
                                                        : "concise";
    if (format == "json") {
      output->stream() << lint::json_report(ruleset, report) << '\n';
    } else {
      const bool full = format == "full";
      for (const Diagnostic& finding : findings) {
        output->stream() << (full ? lint::full(finding, ruleset.sources, global_.color_on(terminal))
                                  : lint::concise(finding, ruleset.sources))
                         << '\n';
      }
      output->stream() << summary(ruleset, report);
    }
    if (const auto done = output->commit(); !done && output->is_file()) {
      streams_.err << "wafcheck: error: " << done.error().message << '\n';
      return false;
    }
    return true;
  }

  static std::string plural(size_t number, std::string_view word) {
    return fmt::format("{} {}{}", number, word, number == 1 ? "" : "s");
  }

  std::string summary(const parser::Ruleset& ruleset, const lint::Report& report) const {
    const parser::Diagnostics& findings = report.findings;
    const auto count = [&](Severity severity) {
      return static_cast<size_t>(std::ranges::count(findings, severity, &Diagnostic::severity));
    };
    std::string text = fmt::format("{}, {}: ", plural(ruleset.files.size(), "file"),
                                   plural(ruleset.rules.size(), "rule"));
    text += findings.empty()
                ? "nothing found"
                : fmt::format("{}, {}, {} info", plural(count(Severity::error), "error"),
                              plural(count(Severity::warning), "warning"), count(Severity::info));
    if (report.suppressed != 0) text += fmt::format(", {} suppressed", report.suppressed);
    text += '\n';
    if (options_.fix) {
      return text + fmt::format("{} fixed, {} left\n", report.fixed, findings.size());
    }
    return text + fixable(findings);
  }

  static std::string fixable(const parser::Diagnostics& findings) {
    const auto safe = std::ranges::count_if(
        findings, [](const Diagnostic& finding) { return finding.fix && finding.fix->safe; });
    const auto unsafe = std::ranges::count_if(
        findings, [](const Diagnostic& finding) { return finding.fix && !finding.fix->safe; });
    std::string text;
    if (safe != 0) text += fmt::format("{} can be fixed with --fix\n", safe);
    if (unsafe != 0) text += fmt::format("{} can be fixed with --fix --unsafe-fixes\n", unsafe);
    return text;
  }

  /// The question cannot be answered in full where the rules did not load whole.
  int loads(const parser::Ruleset& ruleset, const parser::Diagnostics& findings) {
    if (parser::has_errors(ruleset.diagnostics)) {
      if (!parser::has_errors(findings)) {
        streams_.err
            << "wafcheck: error: the rules do not load whole; what is wrong is not shown\n";
      }
      return options_.exit_zero ? kOk : kTrouble;
    }
    if (ruleset.rules.empty() && !options_.allow_empty) {
      streams_.err << "wafcheck: error: these files hold no rules (--allow-empty permits it)\n";
      return kTrouble;
    }
    return kOk;
  }

  int verdict(const parser::Ruleset& ruleset, const parser::Diagnostics& findings) {
    if (const int code = loads(ruleset, findings); code != kOk) return code;
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
