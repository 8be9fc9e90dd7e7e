#include <algorithm>
#include <map>

#include "formats/records/alert_members.h"
#include "formats/records/whole.h"
#include "parser/base/ascii.h"

namespace wafcheck::formats::inline records {
namespace {

void write_alerts(JsonWriter& json, const AlertCounts::Row& row) {
  write_number(json, "alerts", row.alerts);
  write_number(json, "interrupted", row.interrupted);
}

AlertCounts::Row read_alerts(JsonTaker& take, JsonValue from) {
  return {take.number(from, "alerts"), take.number(from, "interrupted"), {}};
}

}  // namespace

void write_whole(JsonWriter& json, const AlertCounts& counts) {
  json.begin_object();
  write_counts(json, kAlertNumbers, counts);
  for (const AlertTable& table : kAlertTables) {
    const AlertCounts::Table& rows = counts.*table.table;
    write_rows(json, table.name, std::map(rows.begin(), rows.end()), [&](const auto& entry) {
      json.bytes("name", entry.first);
      if (!entry.second.message.empty()) json.bytes("message", entry.second.message);
      write_alerts(json, entry.second);
    });
  }
  write_rows(json, "hours", counts.hours, [&](const auto& entry) {
    write_number(json, "hour", entry.first);
    write_alerts(json, entry.second);
  });
  json.end_object();
}

void read_whole(JsonTaker& take, JsonValue from, AlertCounts& counts) {
  read_counts(take, from, kAlertNumbers, counts);
  for (const AlertTable& table : kAlertTables) {
    take.rows(from, table.name, [&](JsonValue row) {
      AlertCounts::Row alerts = read_alerts(take, row);
      if (row.member("message")) alerts.message = take.bytes(row, "message");
      const std::string name = take.bytes(row, "name");
      const bool is_id = !name.empty() && std::ranges::all_of(name, is_digit);
      if (table.table == &AlertCounts::rules && !is_id) return take.refuse("rules", "of ids");
      (counts.*table.table)[name].merge(alerts);
    });
  }
  take.rows(from, "hours", [&](JsonValue row) {
    counts.hours[take.integer(row, "hour")].merge(read_alerts(take, row));
  });
}

}  // namespace wafcheck::formats::inline records
