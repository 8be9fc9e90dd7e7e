#include "cli/lint_report.h"

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <filesystem>
#include <functional>
#include <ostream>
#include <system_error>

#include "cli/output.h"
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

int complain(Streams& streams, std::string_view message) {
  streams.err << "wafcheck: error: " << message << '\n';
  return kTrouble;
}

/// Whether everything could be written; what stands in the way is printed. That nobody reads on is
/// no error.
bool write_to(const std::string& path, Streams& streams,
              const std::function<void(std::ostream&)>& write) {
  auto output = Output::open(path, streams.out);
  if (!output) return complain(streams, output.error().message) == kOk;
  write(output->stream());
  const auto done = output->commit();
  if (done || output->reader_gone()) return true;
  return complain(streams, done.error().message) == kOk;
}

class LintReport {
 public:
  LintReport(const LintReportOptions& options, const parser::Ruleset& ruleset,
             const lint::Examination& found, Streams& streams, const GlobalOptions& global)
      : options_(options), streams_(streams), global_(global), report_(ruleset) {
    const bool terminal =
        streams.out_is_terminal && (options.output.empty() || options.output == "-");
    const std::string_view chosen = terminal ? "full" : "concise";
    format_ = lint::find_format(options.format.empty() ? chosen : options.format);
    report_.findings = lint::fingerprinted(found.findings, ruleset);
    report_.suppressed = found.suppressed;
    report_.fixed = found.fixed;
    report_.fail_on = severity_from(options.fail_on);
    report_.complete = !parser::has_errors(ruleset.diagnostics);
    report_.directory = working_directory();
    report_.version = WAFCHECK_VERSION;
    report_.color = global.color_on(terminal);
    report_.terminal_columns = terminal ? streams.out_columns : 0;
  }

  int run() {
    if (options_.statistics && !(is_text() || format_->name == "json")) {
      return complain(streams_, fmt::format("--statistics has no format {}: full, concise or json",
                                            format_->name));
    }
    if (!apply_baseline() || !write_to(options_.output, streams_, [&](auto& out) { write(out); })) {
      return kTrouble;
    }
    if (format_->summary == lint::Summary::aside && !global_.quiet) {
      streams_.err << lint::summary(report_);
    }
    return verdict();
  }

 private:
  bool is_text() const { return format_->summary == lint::Summary::after; }

  /// Writes the baseline first, so that what it now holds is held back.
  bool apply_baseline() {
    if (!options_.write_baseline.empty()) {
      const auto write = [&](std::ostream& out) { lint::write_baseline(report_, out); };
      if (!write_to(options_.write_baseline, streams_, write)) return false;
      report_.baseline = lint::Baseline::of(report_.findings).hold_back(report_.findings);
      return true;
    }
    if (options_.baseline.empty()) return true;
    const Result<std::string> text = parser::disk().read(options_.baseline);
    if (!text) {
      complain(streams_, fmt::format("--baseline: cannot read {}: {}", options_.baseline,
                                     text.error().message));
      return false;
    }
    const Result<lint::Baseline> baseline = lint::Baseline::parse(*text);
    if (!baseline) {
      complain(streams_,
               fmt::format("{} is no baseline: {}", options_.baseline, baseline.error().message));
      return false;
    }
    report_.baseline = baseline->hold_back(report_.findings);
    return true;
  }

  void write(std::ostream& out) const {
    if (!options_.statistics) {
      format_->write(report_, out);
    } else if (is_text()) {
      lint::statistics_text(report_, out);
    } else {
      lint::statistics_json(report_, out);
    }
    if (is_text() && !global_.quiet) out << lint::summary(report_);
  }

  int verdict() {
    if (!report_.complete && report_.findings.empty()) {
      complain(streams_, "the rules do not load whole; what is wrong is not shown");
    }
    if (const int code = verdict_on_rules(options_, report_.ruleset, streams_); code != kOk) return code;
    const bool no = std::ranges::any_of(report_.findings, [&](const lint::Finding& finding) {
      return finding->severity >= report_.fail_on;
    });
    return no && !options_.exit_zero ? kNo : kOk;
  }

  const LintReportOptions& options_;
  Streams& streams_;
  const GlobalOptions& global_;
  lint::Report report_;
  const lint::ReportFormat* format_ = nullptr;
};

/// The catalogue is text for people or JSON.
int write_catalogue(const LintReportOptions& options, Streams& streams,
                    const std::function<void(std::ostream&)>& text,
                    const std::function<void(std::ostream&)>& json) {
  const bool as_json = options.format == "json";
  if (!as_json && !options.format.empty() && options.format != "full" &&
      options.format != "concise") {
    return complain(streams, fmt::format("--list and --explain have no format {}: full, concise or "
                                         "json",
                                         options.format));
  }
  return write_to(options.output, streams, as_json ? json : text) ? kOk : kTrouble;
}

}  // namespace

void LintReportOptions::add_to(CLI::App& app) {
  std::vector<std::string> names;
  std::string doc = "What to print (full on a terminal, else concise):";
  for (const lint::ReportFormat& row : lint::report_formats()) {
    names.emplace_back(row.name);
    doc += fmt::format("\n  {:<10}  {}", row.name, row.doc);
  }
  app.add_option("--format", format, doc)
      ->check(CLI::IsMember(names))
      ->type_name("FORMAT")
      ->group("Output");
  app.add_option("-o,--output", output, "Write the result to a file")
      ->type_name("FILE")
      ->group("Output");
  app.add_flag("--statistics", statistics, "How often each check found something, and no more")
      ->group("Output");
  app.add_option("--baseline", baseline, "Report only what this file does not hold")
      ->type_name("FILE")
      ->group("Output");
  app.add_option("--write-baseline", write_baseline, "Write what is found now to such a file")
      ->type_name("FILE")
      ->group("Output");
  app.add_option("--fail-on", fail_on, "Exit with 1 from this severity on")
      ->check(CLI::IsMember({"info", "warning", "error"}))
      ->default_str("warning")
      ->group("Output");
  app.add_flag("--exit-zero", exit_zero, "Exit with 0 whatever is found in rules that load")
      ->group("Output");
  app.add_flag("--allow-empty", allow_empty, "An input without rules is no error")->group("Output");
}

int report_findings(const LintReportOptions& options, const parser::Ruleset& ruleset,
                    const lint::Examination& found, Streams& streams, const GlobalOptions& global) {
  return LintReport(options, ruleset, found, streams, global).run();
}

int verdict_on_rules(const LintReportOptions& options, const parser::Ruleset& ruleset, Streams& streams) {
  // The question cannot be answered in full where the rules did not load whole.
  if (parser::has_errors(ruleset.diagnostics)) return kTrouble;
  if (!ruleset.rules.empty() || options.allow_empty) return kOk;
  return complain(streams, "these files hold no rules (--allow-empty permits it)");
}

int list_checks(const LintReportOptions& options, Streams& streams) {
  return write_catalogue(options, streams, lint::list_text, lint::list_json);
}

int explain_check(const LintReportOptions& options, const std::string& name, Streams& streams) {
  const lint::CheckInfo* check = lint::find_check(name);
  if (check == nullptr) return complain(streams, unknown_check(name));
  return write_catalogue(
      options, streams, [&](std::ostream& out) { lint::explain_text(*check, out); },
      [&](std::ostream& out) { lint::explain_json(*check, out); });
}

std::string unknown_check(const std::string& selector) {
  const std::string_view near = lint::nearest_check(selector);
  return fmt::format("no check is called \"{}\"{}", selector,
                     near.empty() ? "" : fmt::format("; did you mean {}?", near));
}

}  // namespace wafcheck::cli
