// Markdown for a review or the page of a job: what was found in all, then a table of it.

#include <fmt/format.h>

#include <ostream>

#include "lint/report/display.h"
#include "lint/report/report.h"
#include "parser/base/markdown_text.h"

namespace wafcheck::lint::inline report {
namespace {

std::string cell(std::string_view bytes) {
  return markdown_text(shown(bytes));
}

std::string place_cell(const Report& report, const Finding& finding) {
  if (finding->span.file == parser::kNoFile) return {};
  const parser::Place begin = report.sources.begin_of(finding->span);
  return cell(fmt::format("{}:{}:{}", report.relative(begin.path), begin.line, begin.column));
}

std::string finding_cell(const Finding& finding) {
  std::string text = cell(finding->message);
  if (!finding->help.empty()) text += fmt::format("<br>help: {}", cell(finding->help));
  return text;
}

/// Its first line stands out, the others are paragraphs.
std::string headline(const Report& report) {
  const std::string text = summary(report);
  const size_t end = text.find('\n');
  std::string out = fmt::format("**{}**\n", markdown_text(std::string_view(text).substr(0, end)));
  for (size_t at = end + 1; at < text.size();) {
    const size_t next = text.find('\n', at);
    out += fmt::format("\n{}\n", markdown_text(std::string_view(text).substr(at, next - at)));
    at = next + 1;
  }
  return out;
}

}  // namespace

void write_markdown(const Report& report, std::ostream& out) {
  out << headline(report);
  if (report.findings.empty()) return;
  out << "\n| Severity | Place | Rule | Finding | Check |\n|---|---|---:|---|---|\n";
  for (const Finding& finding : report.findings) {
    if (!out) return;
    out << fmt::format("| {} | {} | {} | {} | {} {} |\n", parser::to_string(finding->severity),
                       place_cell(report, finding),
                       finding->rule_id ? std::to_string(*finding->rule_id) : "",
                       finding_cell(finding), finding.code(), finding->check);
  }
}

}  // namespace wafcheck::lint::inline report
