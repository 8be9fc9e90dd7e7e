#include "lint/report/catalogue.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <ostream>

#include "lint/report/json.h"

namespace wafcheck::lint::inline report {
namespace {

void indented(std::string_view title, std::string_view text, std::ostream& out) {
  if (text.empty()) return;
  out << fmt::format("\n{}:\n", title);
  while (!text.empty()) {
    const size_t end = std::min(text.find('\n'), text.size());
    out << "    " << text.substr(0, end) << '\n';
    text.remove_prefix(std::min(end + 1, text.size()));
  }
}

struct Row {
  const CheckInfo* check = nullptr;
  std::string_view name;
  parser::Severity severity{};
  size_t count = 0, fixable = 0, unsafe_fixable = 0;
};

std::vector<Row> statistics(const Report& report) {
  std::map<std::string_view, Row> by_name;
  for (const Finding& finding : report.findings) {
    Row& row = by_name[finding->check];
    row.check = finding.check;
    row.name = finding->check;
    row.severity = std::max(row.severity, finding->severity);
    ++row.count;
    if (finding->fix) ++(finding->fix->safe ? row.fixable : row.unsafe_fixable);
  }
  std::vector<Row> rows;
  for (const auto& [name, row] : by_name) rows.push_back(row);
  const auto code = [](const Row& row) {
    return row.check == nullptr ? std::string_view() : row.check->code;
  };
  std::ranges::sort(rows, [&](const Row& a, const Row& b) {
    return a.count != b.count ? a.count > b.count : code(a) < code(b);
  });
  return rows;
}

}  // namespace

std::string_view fix_sentence(FixKind fix) {
  switch (fix) {
    case FixKind::none:
      return "There is no fix.";
    case FixKind::safe:
      return "--fix corrects it without changing any verdict.";
    case FixKind::unsafe:
      return "--unsafe-fixes corrects it, which may change verdicts.";
  }
  return "";
}

std::string_view profile_sentence(Profile profile) {
  switch (profile) {
    case Profile::engines:
      return "On for the engines that --engine names.";
    case Profile::standard:
      return "On by default.";
    case Profile::crs:
      return "On with --profile crs and strict.";
    case Profile::strict:
      return "On with --profile strict.";
  }
  return "";
}

void list_text(std::ostream& out) {
  size_t width = 0;
  for (const CheckInfo& check : all_checks()) width = std::max(width, check.name.size());
  std::string_view before;
  for (const CheckInfo& check : all_checks()) {
    if (const std::string_view now = category(check); now != before) {
      out << (before.empty() ? "" : "\n") << now << '\n';
      before = now;
    }
    out << fmt::format("  {:<7}  {:<{}}  {:<7}  {:<6}  {:<7}  {}\n", check.code, check.name, width,
                       parser::to_string(check.severity),
                       check.fix == FixKind::none ? "-" : to_string(check.fix),
                       to_string(check.profile), check.doc);
  }
}

void list_json(std::ostream& out) {
  Json rows = Json::array();
  for (const CheckInfo& check : all_checks()) rows.push_back(check_json(check));
  out << dump({{"schema", 1}, {"checks", std::move(rows)}}) << '\n';
}

void explain_text(const CheckInfo& check, std::ostream& out) {
  out << fmt::format("{} {} ({}, {})\n\n{}\n", check.code, check.name, category(check),
                     parser::to_string(check.severity), check.doc);
  if (!check.why.empty()) out << check.why << '\n';
  out << fmt::format("\n{} {}\n", profile_sentence(check.profile), fix_sentence(check.fix));
  indented("Example", check.bad, out);
  indented("Write instead", check.good, out);
}

void explain_json(const CheckInfo& check, std::ostream& out) {
  out << dump({{"schema", 1}, {"check", check_json(check)}}) << '\n';
}

void statistics_text(const Report& report, std::ostream& out) {
  const std::vector<Row> rows = statistics(report);
  size_t digits = 1, names = 0;
  for (const Row& row : rows) {
    digits = std::max(digits, std::to_string(row.count).size());
    names = std::max(names, row.name.size());
  }
  for (const Row& row : rows) {
    const std::string_view mark = row.fixable == row.count               ? "  [*]"
                                  : row.fixable + row.unsafe_fixable > 0 ? "  [-]"
                                                                         : "";
    std::string line = fmt::format("{:>{}}  {:<7}  {:<{}}  {:<7}{}", row.count, digits,
                                   row.check == nullptr ? "" : row.check->code, row.name, names,
                                   parser::to_string(row.severity), mark);
    while (line.ends_with(' ')) line.pop_back();
    out << line << '\n';
  }
}

void statistics_json(const Report& report, std::ostream& out) {
  Json rows = Json::array();
  for (const Row& row : statistics(report)) {
    rows.push_back({{"check", row.name},
                    {"code", row.check == nullptr ? "" : row.check->code},
                    {"category", row.check == nullptr ? "" : category(*row.check)},
                    {"severity", parser::to_string(row.severity)},
                    {"count", row.count},
                    {"fixable", row.fixable},
                    {"unsafe_fixable", row.unsafe_fixable}});
  }
  out << dump({{"schema", 1}, {"statistics", std::move(rows)}, {"summary", summary_json(report)}})
      << '\n';
}

}  // namespace wafcheck::lint::inline report
