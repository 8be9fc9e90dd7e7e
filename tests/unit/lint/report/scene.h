#pragma once
// Findings made by hand, over sources that need not be rules.

#include <sstream>
#include <string>
#include <string_view>

#include "lint/report/report.h"
#include "parser/diagnostic.h"
#include "parser/ruleset/ruleset.h"

namespace wafcheck::lint {

struct Scene {
  parser::RulesetModel ruleset;
  parser::Diagnostics findings;

  parser::FileId file(std::string path, std::string_view text) {
    return ruleset.sources.add(std::move(path), std::string(text));
  }
  /// The first `text` in the file from `after` on.
  parser::Span span(parser::FileId file, std::string_view text, size_t after = 0) const {
    const auto at =
        static_cast<uint32_t>(std::string_view(ruleset.sources[file].bytes).find(text, after));
    return {file, at, at + static_cast<uint32_t>(text.size())};
  }
  parser::Diagnostic& find(parser::Span span, std::string message,
                           std::string_view check = "unknown-variable",
                           parser::Severity severity = parser::Severity::error) {
    parser::Diagnostic& finding = findings.emplace_back();
    finding.check = check;
    if (const CheckInfo* row = find_check(check)) {
      finding.row = static_cast<parser::CheckRow>(row->id);
    }
    finding.severity = severity;
    finding.span = span;
    finding.message = std::move(message);
    return finding;
  }

  Report report() const {
    Report made(ruleset);
    made.findings = fingerprinted(findings, ruleset.sources);
    made.directory = "/srv/waf";
    made.version = "1.2.3";
    return made;
  }
  std::string write(std::string_view format) const { return write(format, report()); }
  static std::string write(std::string_view format, const Report& report) {
    std::ostringstream out;
    find_format(format)->write(report, out);
    return out.str();
  }
};

}  // namespace wafcheck::lint
