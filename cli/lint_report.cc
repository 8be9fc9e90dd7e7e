#include "cli/lint_report.h"

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <filesystem>
#include <functional>
#include <ostream>
#include <set>
#include <sstream>
#include <system_error>

#include "cli/options.h"
#include "formats/html/page.h"
#include "lint/report/baseline.h"
#include "lint/report/catalogue.h"
#include "lint/report/report.h"

namespace wafcheck::cli {
namespace {

using parser::Severity;

Severity severity_from(std::string_view name) {
  return name == "error" ? Severity::error : name == "warning" ? Severity::warning : Severity::info;
}

std::string working_directory() {
  std::error_code unknown;
  return std::filesystem::current_path(unknown).string();
}

/// False, with the error printed, when not everything could be written.
bool write_to(const std::string& path, Console& console,
              const std::function<void(std::ostream&)>& write) {
  auto output = console.open(path);
  if (!output) return false;
  output->write_by(write);
  return console.finish(*output);
}

class LintReport {
 public:
  LintReport(const LintReportOptions& options, const std::vector<lint::LintedRuleset>& rulesets,
             lint::Report report, const lint::Examination& examination, Console& console)
      : options_(options), rulesets_(rulesets), console_(console), report_(std::move(report)) {
    const Streams& streams = console.streams();
    const bool terminal =
        streams.out_is_terminal && (options.output.empty() || options.output == "-");
    const std::string_view chosen = terminal ? "full" : "concise";
    format_ = lint::find_format(options.format.empty() ? chosen : options.format);
    report_.findings = lint::fingerprinted(examination.findings, report_.sources);
    report_.suppressed = examination.suppressed;
    report_.fixed = examination.fixed;
    report_.fail_on = severity_from(options.fail_on);
    report_.complete = std::ranges::none_of(
        rulesets, [](const lint::LintedRuleset& each) { return is_incomplete(each.ruleset); });
    report_.directory = working_directory();
    report_.version = WAFCHECK_VERSION;
    report_.color = console.is_coloured(terminal);
    report_.terminal_columns = terminal ? streams.out_columns : 0;
  }

  int run() {
    if (options_.statistics && !(is_text() || format_->name == "json")) {
      return console_.error(
          fmt::format("--statistics has no format {}: full, concise or json", format_->name));
    }
    if (format_->page && !console_.may_write_page(options_.output)) return kTrouble;
    if (!apply_baseline() || !write_to(options_.output, console_, [&](auto& out) { write(out); })) {
      return kTrouble;
    }
    if (format_->summary == lint::Summary::aside && !console_.options().quiet) {
      console_.err() << lint::summary(report_);
    }
    return verdict();
  }

 private:
  bool is_text() const { return format_->summary == lint::Summary::after; }

  /// Writes the baseline first, so that the findings in it are left out of the report.
  bool apply_baseline() {
    if (!options_.write_baseline.empty()) {
      const auto write = [&](std::ostream& out) { lint::write_baseline(report_, out); };
      if (!write_to(options_.write_baseline, console_, write)) return false;
      report_.baseline = lint::Baseline::of(report_.findings).hold_back(report_.findings);
      return true;
    }
    if (options_.baseline.empty()) return true;
    console_.files().name(options_.baseline);
    const Result<std::string> text = console_.files().read(options_.baseline);
    if (!text) {
      console_.error(
          fmt::format("--baseline: cannot read {}: {}", options_.baseline, text.error().message));
      return false;
    }
    const Result<lint::Baseline> baseline = lint::Baseline::parse(*text);
    if (!baseline) {
      console_.error(
          fmt::format("{} is no baseline: {}", options_.baseline, baseline.error().message));
      return false;
    }
    report_.baseline = baseline->hold_back(report_.findings);
    return true;
  }

  void write(std::ostream& out) const {
    if (format_->page && !options_.statistics) {
      std::ostringstream data;
      format_->write(report_, data);
      out << formats::page({"lint", "wafcheck lint"}, lint::summary(report_), data.view());
      return;
    }
    if (!options_.statistics && is_text() && console_.is_ascii()) {
      std::ostringstream text;
      format_->write(report_, text);
      out << console_.in_locale(std::move(text).str());
    } else if (!options_.statistics) {
      format_->write(report_, out);
    } else if (is_text()) {
      lint::statistics_text(report_, out);
    } else {
      lint::statistics_json(report_, out);
    }
    if (is_text() && !console_.options().quiet) out << lint::summary(report_);
  }

  int verdict() {
    if (!report_.complete && report_.findings.empty()) {
      console_.error("the rules did not load completely; their errors are not shown");
    }
    const bool no = std::ranges::any_of(report_.findings, [&](const lint::Finding& finding) {
      return finding->severity >= report_.fail_on;
    });
    return worse(verdict_on_rules(options_, rulesets_, console_),
                 no && !options_.exit_zero ? kNo : kOk);
  }

  const LintReportOptions& options_;
  const std::vector<lint::LintedRuleset>& rulesets_;
  Console& console_;
  lint::Report report_;
  const lint::ReportFormat* format_ = nullptr;
};

/// The catalogue is text for people or JSON.
int write_catalogue(const LintReportOptions& options, Console& console,
                    const std::function<void(std::ostream&)>& text,
                    const std::function<void(std::ostream&)>& json) {
  const bool as_json = options.format == "json";
  if (!as_json && !options.format.empty() && options.format != "full" &&
      options.format != "concise") {
    return console.error(
        fmt::format("--list and --explain have no format {}: full, concise or "
                    "json",
                    options.format));
  }
  return write_to(options.output, console, as_json ? json : text) ? kOk : kTrouble;
}

}  // namespace

void LintReportOptions::add_to(CLI::App& app) {
  add_choice(app, "--format", format,
             "What to print (full on a terminal, else concise):", lint::report_formats());
  add_output(app, output);
  app.add_flag("--statistics", statistics, "Only the number of findings of each check")
      ->group("Output");
  app.add_option("--baseline", baseline, "Report only what this file does not hold")
      ->type_name("FILE")
      ->group("Output");
  app.add_option("--write-baseline", write_baseline, "Write the present findings to such a file")
      ->type_name("FILE")
      ->group("Output");
  app.add_option("--fail-on", fail_on, "Exit with 1 from this severity on")
      ->check(CLI::IsMember({"info", "warning", "error"}))
      ->default_str("warning")
      ->group("Output");
  app.add_flag("--exit-zero", exit_zero, "Exit with 0 whatever the findings, if the rules load")
      ->group("Output");
  app.add_flag("--allow-empty", allow_empty, "An input without rules is no error")->group("Output");
}

int report_findings(const LintReportOptions& options, std::vector<lint::LintedRuleset> rulesets,
                    Console& console) {
  for (lint::LintedRuleset& each : rulesets) {
    for (parser::Diagnostic& finding : each.examination.findings) {
      finding = console.files().without_private(finding, each.ruleset.sources);
    }
  }
  if (!lint::needs_combining(rulesets)) {
    const lint::LintedRuleset& only = rulesets[0];
    return LintReport(options, rulesets, lint::Report(only.ruleset), only.examination, console)
        .run();
  }
  const lint::Combined all = lint::combined(rulesets);
  return LintReport(options, rulesets, lint::Report(all.sources, all.files, all.rules),
                    all.examination, console)
      .run();
}

bool is_incomplete(const parser::RulesetModel& ruleset) {
  std::set<parser::FileId> context;
  for (const parser::LoadedFile& file : ruleset.files) {
    if (file.context) context.insert(file.file);
  }
  return std::ranges::any_of(ruleset.diagnostics, [&](const parser::Diagnostic& diagnostic) {
    return diagnostic.severity == Severity::error && !context.contains(diagnostic.span.file);
  });
}

int verdict_on_rules(const LintReportOptions& options,
                     const std::vector<lint::LintedRuleset>& rulesets, Console& console) {
  int code = console.failed() ? kTrouble : kOk;
  bool any = options.allow_empty;
  for (const lint::LintedRuleset& each : rulesets) {
    // The question cannot be answered in full where some rules could not be read.
    if (is_incomplete(each.ruleset)) return kTrouble;
    if (!each.ruleset.dropped.empty()) code = worse(code, kDropped);
    any |= !each.ruleset.rules.empty() || !each.ruleset.dropped.empty();
  }
  if (any) return code;
  return console.error("these files hold no rules (--allow-empty permits it)");
}

int list_checks(const LintReportOptions& options, Console& console) {
  return write_catalogue(options, console, lint::list_text, lint::list_json);
}

int explain_check(const LintReportOptions& options, const std::string& name, Console& console) {
  const lint::CheckInfo* check = lint::find_check(name);
  if (check == nullptr) return console.error(unknown_check(name));
  return write_catalogue(
      options, console, [&](std::ostream& out) { lint::explain_text(*check, out); },
      [&](std::ostream& out) { lint::explain_json(*check, out); });
}

std::string unknown_check(const std::string& selector) {
  const std::string_view near = lint::nearest_check(selector);
  return fmt::format("there is no check \"{}\"{}", selector,
                     near.empty() ? "" : fmt::format("; did you mean {}?", near));
}

}  // namespace wafcheck::cli
