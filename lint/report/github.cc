// Annotations of GitHub Actions: a workflow command a finding.

#include <fmt/format.h>

#include <ostream>

#include "lint/report/report.h"
#include "parser/utf8.h"

namespace wafcheck::lint {
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

/// A command ends with its line, and what its message holds is percent-encoded; in a property the
/// characters that separate properties are, too.
std::string escaped(std::string_view bytes, bool property) {
  std::string text;
  for (const char byte : escape_invalid_utf8(bytes)) {
    const bool special =
        byte == '%' || byte == '\r' || byte == '\n' || (property && (byte == ':' || byte == ','));
    text += special ? fmt::format("%{:02X}", static_cast<unsigned>(byte)) : std::string(1, byte);
  }
  return text;
}

/// Columns are for one line only.
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

}  // namespace wafcheck::lint
