// Checkstyle XML: one element per file with findings, containing one element per finding.

#include <fmt/format.h>

#include <ostream>

#include "lint/report/report.h"
#include "parser/base/escape.h"

namespace wafcheck::lint::inline report {

void write_checkstyle(const Report& report, std::ostream& out) {
  out << "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<checkstyle version=\"4.3\">\n";
  for (const FileFindings& group : by_file(report)) {
    if (group.findings.empty()) continue;
    out << fmt::format("  <file name=\"{}\">\n", xml_escaped(group.path));
    for (const Finding& finding : group.findings) {
      if (!out) return;
      const parser::Place at = report.sources.begin_of(finding->span);
      const std::string where =
          at.line == 0 ? "" : fmt::format(R"(line="{}" column="{}" )", at.line, at.column);
      out << fmt::format("    <error {}severity=\"{}\" message=\"{}\" source=\"wafcheck.{}\"/>\n",
                         where, parser::to_string(finding->severity),
                         xml_escaped(with_help(finding)), finding->check);
    }
    out << "  </file>\n";
  }
  out << "</checkstyle>\n";
}

}  // namespace wafcheck::lint::inline report
