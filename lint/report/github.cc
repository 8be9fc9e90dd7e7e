// Annotations of GitHub Actions: one workflow command per finding.

#include <fmt/format.h>

#include <ostream>

#include "lint/report/report.h"
#include "parser/base/workflow_command.h"

namespace wafcheck::lint::inline report {
namespace {

using parser::Severity;

std::string_view command(Severity severity) {
  switch (severity) {
    case Severity::error:
      return "error";
    case Severity::warning:
      return "warning";
    case Severity::info:
      return "notice";
  }
  return "";
}

/// Columns are only allowed for a span in one line.
std::string properties(const Report& report, const Finding& finding) {
  std::string text;
  if (finding->span.file != parser::kNoFile) {
    const parser::Place begin = report.sources.begin_of(finding->span);
    const parser::Place end = report.sources.end_of(finding->span);
    text = fmt::format("file={},line={},endLine={},",
                       workflow_property(report.relative(begin.path)), begin.line, end.line);
    if (begin.line == end.line) {
      text += fmt::format("col={},endColumn={},", begin.column, end.column);
    }
  }
  return text + "title=" + workflow_property(fmt::format("{} {}", finding.code(), finding->check));
}

}  // namespace

void write_github(const Report& report, std::ostream& out) {
  for (const Finding& finding : report.findings) {
    if (!out) return;
    out << fmt::format("::{} {}::{}\n", command(finding->severity), properties(report, finding),
                       workflow_message(with_help(finding)));
  }
}

}  // namespace wafcheck::lint::inline report
