#include "compare.h"

#include "../log_lines.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <string_view>
#include <utility>
#include <vector>

namespace wafcheck::differential {
namespace {

std::vector<std::string> ids_of(const Answer& answer) {
  std::vector<std::string> ids;
  for (const std::string& line : answer.lines) ids.push_back(parse_log_line(line).id);
  return ids;
}

bool refused(const Verdict& verdict) {
  return verdict.end == Verdict::End::refused;
}

std::optional<Difference> line_difference(const std::string& ours, const std::string& theirs) {
  constexpr std::pair<std::string_view, std::string LogLine::*> kFields[] = {
      {"action", &LogLine::action},
      {"operator", &LogLine::op},
      {"parameter", &LogLine::parameter},
      {"target", &LogLine::target},
      {"value", &LogLine::value},
      {"file", &LogLine::file},
      {"line", &LogLine::line},
      {"rev", &LogLine::rev},
      {"msg", &LogLine::msg},
      {"data", &LogLine::data},
      {"severity", &LogLine::severity},
      {"ver", &LogLine::ver},
      {"maturity", &LogLine::maturity},
      {"accuracy", &LogLine::accuracy},
      {"hostname", &LogLine::hostname},
      {"uri", &LogLine::uri},
      {"unique_id", &LogLine::unique_id},
      {"ref", &LogLine::ref},
  };
  const LogLine mine = parse_log_line(ours), yours = parse_log_line(theirs);
  for (const auto& [name, field] : kFields) {
    if (mine.*field != yours.*field)
      return Difference{std::string(name), mine.*field, yours.*field};
  }
  if (mine.tags != yours.tags) {
    return Difference{"tag", fmt::format("{}", fmt::join(mine.tags, " ")),
                      fmt::format("{}", fmt::join(yours.tags, " "))};
  }
  return Difference{"line", ours, theirs};
}

}  // namespace

std::optional<Difference> difference(const Verdict& ours, const Verdict& theirs) {
  if (!theirs.fair()) return std::nullopt;
  if (refused(ours) != refused(theirs)) {
    return Difference{
        refused(ours) ? "load: only libmodsecurity takes it" : "load: only wafcheck takes it",
        refused(ours) ? ours.reason : "loads", refused(theirs) ? theirs.reason : "loads"};
  }
  if (refused(ours)) return std::nullopt;
  const Answer &mine = ours.answer, &yours = theirs.answer;
  if (mine.status != yours.status) {
    return Difference{"status", std::to_string(mine.status), std::to_string(yours.status)};
  }
  if (mine.url != yours.url) return Difference{"url", mine.url, yours.url};
  if (ids_of(mine) != ids_of(yours)) {
    return Difference{"rules", fmt::format("{}", fmt::join(ids_of(mine), " ")),
                      fmt::format("{}", fmt::join(ids_of(yours), " "))};
  }
  for (size_t at = 0; at < mine.lines.size(); ++at) {
    if (mine.lines[at] != yours.lines[at]) return line_difference(mine.lines[at], yours.lines[at]);
  }
  return std::nullopt;
}

std::string to_text(const Verdict& verdict) {
  switch (verdict.end) {
    case Verdict::End::refused:
      return "refuses the rules: " + verdict.reason + "\n";
    case Verdict::End::crashed:
    case Verdict::End::hung:
      return "ends: " + verdict.reason + "\n";
    case Verdict::End::answered:
      break;
  }
  std::string text = verdict.answer.status == 0
                         ? "passes"
                         : fmt::format("{} {}", verdict.answer.status, verdict.answer.url);
  text += "\n";
  for (const std::string& line : verdict.answer.lines) {
    text += "    " + to_text(parse_log_line(line), true) + "\n";
  }
  return text;
}

}  // namespace wafcheck::differential
