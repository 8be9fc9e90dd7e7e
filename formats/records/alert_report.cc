#include "formats/records/alert_report.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "formats/records/alert_members.h"
#include "parser/base/ascii.h"
#include "parser/base/escape.h"
#include "parser/base/iso8601.h"
#include "parser/base/markdown_text.h"

namespace wafcheck::formats::inline records {
namespace {

constexpr int64_t kHourUs = 3'600'000'000;

struct NamedRow {
  std::string name;
  const AlertCounts::Row* row;
};

/// The rows of a table with the most alerts, of equals by name.
std::vector<NamedRow> top_of(const AlertCounts::Table& table, size_t most) {
  std::vector<NamedRow> rows;
  rows.reserve(table.size());
  for (const auto& [name, row] : table) rows.push_back({name, &row});
  std::ranges::sort(rows, [](const NamedRow& a, const NamedRow& b) {
    return a.row->alerts != b.row->alerts ? a.row->alerts > b.row->alerts : a.name < b.name;
  });
  if (most != 0 && rows.size() > most) rows.resize(most);
  return rows;
}

/// The alerts by the hour, or by the day where they span more than two.
struct Course {
  bool daily = false;
  std::map<int64_t, uint64_t> alerts;  ///< by the first hour of each
};

Course course_of(const AlertCounts& counts) {
  Course course;
  if (counts.hours.empty()) return course;
  course.daily = counts.hours.rbegin()->first - counts.hours.begin()->first > 48;
  for (const auto& [hour, row] : counts.hours) {
    const int64_t begin = course.daily ? hour - (hour % 24 + 24) % 24 : hour;
    course.alerts[begin] += row.alerts;
  }
  return course;
}

/// "2026-11-29" or "2026-11-29T16:00"
std::string when(int64_t hour, bool daily) {
  return format_iso8601(hour * kHourUs).substr(0, daily ? 10 : 16);
}

/// "12 lines of other logs": what was not counted.
std::vector<std::string> asides(const AlertCounts& counts) {
  std::vector<std::string> lines;
  const std::pair<uint64_t, std::string_view> all[] = {
      {counts.unreadable, "unreadable"},
      {counts.engine_messages, "messages of an engine about itself"},
      {counts.foreign, "lines of other logs"},
      {counts.without_time, "alerts without a time"},
      {counts.not_listed, "alerts whose target, path or client has no room in its table"}};
  for (const auto& [count, what] : all) {
    if (count != 0) lines.push_back(fmt::format("{} {}", count, what));
  }
  return lines;
}

/// At most so many bytes, with dots where it is cut.
std::string fitted(std::string_view line, size_t room) {
  const std::string whole = excerpt(line, line.size());
  return whole.size() <= room ? whole : excerpt(line, room - std::min<size_t>(room, 3));
}

std::string write_text(const AlertCounts& counts, const AlertReportOptions& options) {
  std::string text = fmt::format("{} alert{}, {} of them interrupted a request\n", counts.alerts,
                                 counts.alerts == 1 ? "" : "s", counts.interrupted);
  for (const std::string& line : asides(counts)) text += line + '\n';
  const size_t room = options.columns != 0 ? options.columns : 100;
  for (const AlertTable& table : kAlertTables) {
    const auto rows = top_of(counts.*table.table, options.top);
    if (rows.empty()) continue;
    text += fmt::format("\n{}\n", table.title);
    for (const auto& [name, row] : rows) {
      std::string line = fmt::format("{:>8}  {}", row->alerts, name);
      if (!row->message.empty()) line += "  " + row->message;
      text += fitted(line, room) + '\n';
    }
    const size_t all = (counts.*table.table).size();
    if (all > rows.size()) text += fmt::format("          and {} more\n", all - rows.size());
  }
  const Course course = course_of(counts);
  if (course.alerts.empty()) return text;
  uint64_t most = 1;
  for (const auto& [hour, alerts] : course.alerts) most = std::max(most, alerts);
  text += fmt::format("\nBy {}\n", course.daily ? "day" : "hour");
  for (const auto& [hour, alerts] : course.alerts) {
    const auto length = static_cast<size_t>(40 * alerts / most);
    std::string bar;
    for (size_t i = 0; i < std::max<size_t>(length, 1); ++i) bar += options.ascii ? "#" : "█";
    text += fmt::format("{:>8}  {}  {}\n", alerts, when(hour, course.daily), bar);
  }
  return text;
}

std::string write_json(const AlertCounts& counts, const AlertReportOptions& options) {
  std::string out;
  JsonWriter json(out);
  json.begin_object();
  write_number(json, "schema", 1);
  write_counts(json, kAlertNumbers, counts);
  for (const AlertTable& table : kAlertTables) {
    json.key(table.name);
    json.begin_array();
    for (const auto& [name, row] : top_of(counts.*table.table, options.top)) {
      json.begin_object();
      if (table.name == "rules") {
        json.key("id");
        json.raw(name);
        json.bytes("message", row->message);
      } else {
        json.bytes("name", name);
      }
      json.key("alerts");
      json.number(row->alerts);
      json.key("interrupted");
      json.number(row->interrupted);
      json.end_object();
    }
    json.end_array();
  }
  json.key("hours");
  json.begin_array();
  for (const auto& [hour, row] : counts.hours) {
    json.begin_object();
    json.member("hour", format_iso8601(hour * kHourUs));
    json.key("alerts");
    json.number(row.alerts);
    json.key("interrupted");
    json.number(row.interrupted);
    json.end_object();
  }
  json.end_array();
  json.end_object();
  return out + "\n";
}

std::string markdown_cell(std::string_view text) {
  return markdown_text(excerpt(text, 80));
}

std::string write_markdown(const AlertCounts& counts, const AlertReportOptions& options) {
  std::string text = fmt::format("**{} alerts, {} of them interrupted a request**\n", counts.alerts,
                                 counts.interrupted);
  for (const std::string& line : asides(counts)) text += fmt::format("\n- {}", line);
  if (!asides(counts).empty()) text += '\n';
  for (const AlertTable& table : kAlertTables) {
    const auto rows = top_of(counts.*table.table, options.top);
    if (rows.empty()) continue;
    text += fmt::format("\n| {} | | Alerts | Interrupted |\n|---|---|---:|---:|\n", table.title);
    for (const auto& [name, row] : rows) {
      text += fmt::format("| {} | {} | {} | {} |\n", markdown_cell(name),
                          markdown_cell(row->message), row->alerts, row->interrupted);
    }
  }
  const Course course = course_of(counts);
  if (course.alerts.empty()) return text;
  text += fmt::format("\n| {} | Alerts |\n|---|---:|\n", course.daily ? "Day" : "Hour");
  for (const auto& [hour, alerts] : course.alerts) {
    text += fmt::format("| {} | {} |\n", when(hour, course.daily), alerts);
  }
  return text;
}

constexpr std::string_view kDots = "...";

/// What two messages of a rule begin with: such as tell a score differ from alert to alert. Either
/// may be common to several already.
std::string common_message(const std::string& a, const std::string& b) {
  if (a.empty() || a == b) return b;
  if (b.empty()) return a;
  const auto plain = [](std::string_view text) {
    if (text.ends_with(kDots)) text.remove_suffix(kDots.size());
    return text;
  };
  const std::string_view x = plain(a), y = plain(b);
  const auto end = std::ranges::mismatch(x, y).in1;
  const std::string_view common = trim_right(x.substr(0, static_cast<size_t>(end - x.begin())));
  return std::string(common) + std::string(kDots);
}

}  // namespace

const AlertReportFormat kAlertReportFormats[3] = {
    {"text", "tables for people", write_text},
    {"json", "one JSON document", write_json},
    {"markdown", "tables for a review", write_markdown},
};

void AlertCounts::Row::merge(const Row& other) {
  alerts += other.alerts;
  interrupted += other.interrupted;
  message = common_message(message, other.message);
}

void AlertCounts::merge(const AlertCounts& other) {
  for (const AlertTable& table : kAlertTables) {
    for (const auto& [name, row] : other.*table.table) (this->*table.table)[name].merge(row);
  }
  for (const auto& [hour, row] : other.hours) hours[hour].merge(row);
  add_counts(kAlertNumbers, *this, other);
}

void AlertCounts::hide_paths(const Masks& masks) {
  Table hidden;
  for (const auto& [path, row] : paths) hidden[masks.hide("REQUEST_FILENAME", path)].merge(row);
  paths = std::move(hidden);
}

void AlertCounts::count(Table& table, const std::string& name, const SeenAlert& alert) {
  if (name.empty()) return;
  auto found = table.find(name);
  if (found == table.end()) {
    if (table.size() >= kNames) {
      ++not_listed;
      return;
    }
    found = table.emplace(name, Row()).first;
  }
  ++found->second.alerts;
  if (alert.interrupted) ++found->second.interrupted;
}

void AlertCounts::add(const SeenAlert& alert) {
  ++alerts;
  if (alert.interrupted) ++interrupted;
  const std::string id = std::to_string(alert.rule_id);
  count(rules, id, alert);
  if (const auto row = rules.find(id); row != rules.end()) {
    row->second.message = common_message(row->second.message, alert.message);
  }
  count(targets, alert.target, alert);
  count(paths, alert.path, alert);
  count(clients, alert.client, alert);
  if (!alert.time_us) {
    ++without_time;
    return;
  }
  int64_t hour = *alert.time_us / kHourUs;
  if (*alert.time_us % kHourUs < 0) --hour;
  if (hours.size() >= kNames && !hours.contains(hour)) {
    ++not_listed;
    return;
  }
  Row& row = hours[hour];
  ++row.alerts;
  if (alert.interrupted) ++row.interrupted;
}

}  // namespace wafcheck::formats::inline records
