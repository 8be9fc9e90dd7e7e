// JUnit XML. A finding at or above the severity of --fail-on is a failed test, one below it a
// passed test with output. A file without findings is a passed test, so that a clean run is not
// empty.

#include <fmt/format.h>

#include <algorithm>
#include <ostream>

#include "lint/report/report.h"
#include "lint/report/text.h"
#include "parser/base/escape.h"

namespace wafcheck::lint::inline report {
namespace {

using Findings = std::span<const Finding>;

bool fails(const Report& report, const Finding& finding) {
  return finding->severity >= report.fail_on;
}

std::string counts(const Report& report, size_t tests, Findings findings) {
  const auto failures =
      std::ranges::count_if(findings, [&](const Finding& f) { return fails(report, f); });
  return fmt::format(R"(tests="{}" failures="{}" errors="0" skipped="0")", tests, failures);
}

size_t tests_of(const FileFindings& group) {
  return std::max<size_t>(group.findings.size(), 1);
}

std::string test_case(const Report& report, const FileFindings& group, const Finding& finding) {
  const parser::Place at = report.sources.begin_of(finding->span);
  const std::string where = at.line == 0 ? "" : fmt::format(" {}:{}", at.line, at.column);
  const std::string text = xml_escaped(concise(*finding.diagnostic, report.sources));
  const std::string result =
      fails(report, finding)
          ? fmt::format(R"(<failure type="{}" message="{}">{}</failure>)",
                        parser::to_string(finding->severity), xml_escaped(with_help(finding)), text)
          : fmt::format("<system-out>{}</system-out>", text);
  return fmt::format(
      "    <testcase name=\"{} {}{}\" classname=\"{}\">\n      {}\n    </testcase>\n",
      finding.code(), finding->check, where, xml_escaped(group.path), result);
}

}  // namespace

void write_junit(const Report& report, std::ostream& out) {
  const std::vector<FileFindings> groups = by_file(report);
  size_t tests = 0;
  for (const FileFindings& group : groups) tests += tests_of(group);
  out << "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
      << fmt::format("<testsuites name=\"wafcheck\" {}>\n", counts(report, tests, report.findings));
  for (const FileFindings& group : groups) {
    const std::string path = xml_escaped(group.path);
    out << fmt::format("  <testsuite name=\"{}\" {}>\n", path,
                       counts(report, tests_of(group), group.findings));
    if (group.findings.empty()) {
      out << fmt::format("    <testcase name=\"lint\" classname=\"{}\"/>\n", path);
    }
    for (const Finding& finding : group.findings) {
      if (!out) return;
      out << test_case(report, group, finding);
    }
    out << "  </testsuite>\n";
  }
  out << "</testsuites>\n";
}

}  // namespace wafcheck::lint::inline report
