// Annotations of GitHub Actions: one workflow command per finding.

#include <fmt/format.h>

#include <ostream>

#include "lint/report/report.h"
#include "parser/base/escape.h"
#include "parser/base/shown.h"

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

/// A command is one line, and special bytes of its message are percent-encoded; in a property, the
/// separators of properties too.
std::string escaped(std::string_view bytes, bool property) {
  return percent_encoded(readable_lines(bytes), [property](char byte) {
    return byte != '%' && byte != '\r' && byte != '\n' &&
           !(property && (byte == ':' || byte == ','));
  });
}

/// Columns are only allowed for a span in one line.
std::string properties(const Report& report, const Finding& finding) {
  std::string text;
  if (finding->span.file != parser::kNoFile) {
    const parser::Place begin = report.ruleset.sources.begin_of(finding->span);
    const parser::Place end = report.ruleset.sources.end_of(finding->span);
    text = fmt::format("file={},line={},endLine={},", escaped(report.relative(begin.path), true),
                       begin.line, end.line);
    if (begin.line == end.line) {
      text += fmt::format("col={},endColumn={},", begin.column, end.column);
    }
  }
  return text + "title=" + escaped(fmt::format("{} {}", finding.code(), finding->check), true);
}

}  // namespace

void write_github(const Report& report, std::ostream& out) {
  for (const Finding& finding : report.findings) {
    if (!out) return;
    out << fmt::format("::{} {}::{}\n", command(finding->severity), properties(report, finding),
                       escaped(with_help(finding), false));
  }
}

}  // namespace wafcheck::lint::inline report
