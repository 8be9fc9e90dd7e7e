// A Code Quality report of GitLab: a JSON array with one object per finding.

#include <ostream>

#include "lint/report/json.h"
#include "lint/report/report.h"

namespace wafcheck::lint::inline report {
namespace {

using parser::Severity;

std::string_view grade(Severity severity) {
  switch (severity) {
    case Severity::error:
      return "major";
    case Severity::warning:
      return "minor";
    case Severity::info:
      return "info";
  }
  return "";
}

/// GitLab requires a path and a line; a finding without a file gets those of the project.
Json location(const Report& report, parser::Span span) {
  if (span.file == parser::kNoFile) return {{"path", "."}, {"lines", {{"begin", 1}, {"end", 1}}}};
  const parser::Place begin = report.sources.begin_of(span);
  const parser::Place end = report.sources.end_of(span);
  return {{"path", json_text(report.relative(begin.path))},
          {"lines", {{"begin", begin.line}, {"end", end.line}}}};
}

}  // namespace

void write_gitlab(const Report& report, std::ostream& out) {
  out << '[';
  bool first = true;
  for (const Finding& finding : report.findings) {
    if (!out) return;
    const Json row = {{"description", json_text(with_help(finding))},
                      {"check_name", finding->check},
                      {"fingerprint", fingerprint_text(finding.fingerprint)},
                      {"severity", grade(finding->severity)},
                      {"location", location(report, finding->span)}};
    out << (first ? "\n" : ",\n") << dump(row);
    first = false;
  }
  out << "\n]\n";
}

}  // namespace wafcheck::lint::inline report
