#include <iterator>
#include <optional>
#include <vector>

#include "formats/records/summary_counts.h"
#include "formats/records/whole.h"
#include "formats/traffic/gaps.h"

namespace wafcheck::formats::inline records {
namespace {

constexpr CountMember<RecordCounts> kRecordCounts[] = {
    {"same", &RecordCounts::same},
    {"no_longer", &RecordCounts::no_longer},
    {"newly", &RecordCounts::newly},
    {"partial", &RecordCounts::partial},
    {"partial_changed", &RecordCounts::partial_changed},
    {"with_rules", &RecordCounts::with_rules}};

void read_rows(JsonTaker& take, JsonValue from, Summary& summary) {
  take.rows(from, "rules", [&](JsonValue row) {
    Summary::RuleCount count;
    count.count = take.number(row, "count");
    count.message = take.bytes(row, "message");
    count.varies = !row.member("expanded").is(JsonValue::Kind::string);
    if (!count.varies) count.expanded = take.bytes(row, "expanded");
    summary.rules[take.number(row, "id")].merge(count);
  });
  take.rows(from, "uninspected", [&](JsonValue row) {
    const auto kind = UninspectedCounts::find_kind(
        take.bytes(row, "body"), take.bytes(row, "reason"), take.bytes(row, "type"));
    if (!kind) return take.refuse("uninspected", "of known bodies");
    summary.uninspected.add(*kind, take.number(row, "count"));
  });
  take.rows(from, "errors", [&](JsonValue row) {
    summary.add_problem(take.bytes(row, "kind"), take.bytes(row, "message"),
                        take.number(row, "count"));
  });
  read_whole(take, from, "exclusions", summary.exclusions);
  if (from.member("statistics")) {
    MatchStatistics& statistics = summary.statistics.emplace();
    take.rows(from, "statistics", [&](JsonValue row) {
      statistics.add({take.number(row, "rule_id"), take.bytes(row, "target")},
                     {take.number(row, "matches"), take.number(row, "transactions"),
                      take.bytes(row, "example")});
    });
    statistics.add_others(take.number(from, "statistics_others"));
  }
  read_whole(take, from, summary.dropped);
}

}  // namespace

void write_whole(JsonWriter& json, const std::vector<DroppedRule>& dropped) {
  write_rows(json, "dropped", dropped, [&](const DroppedRule& rule) {
    json.number("id", rule.id);
    json.bytes("file", rule.file);
    write_number(json, "line", rule.line);
    json.bytes("reason", rule.reason);
  });
}

void write_whole(JsonWriter& json, std::string_view name, const ExclusionCounts& exclusions) {
  write_rows(json, name, exclusions.counts(),
             [&](const auto& entry) { write_exclusion(json, entry.first, entry.second); });
}

void read_whole(JsonTaker& take, JsonValue from, std::string_view name,
                ExclusionCounts& exclusions) {
  take.rows(from, name, [&](JsonValue row) {
    const ExclusionCounts::Key key{
        take.bytes(row, "file"), static_cast<uint32_t>(take.number(row, "line")),
        take.bytes(row, "exclusion"), take.optional_number(row, "rule_id")};
    exclusions.add(key, {take.number(row, "ran"), take.number(row, "removed")});
  });
}

void read_whole(JsonTaker& take, JsonValue from, std::vector<DroppedRule>& dropped) {
  take.rows(from, "dropped", [&](JsonValue row) {
    dropped.push_back({take.optional_number(row, "id"), take.bytes(row, "file"),
                       static_cast<uint32_t>(take.number(row, "line")), take.bytes(row, "reason")});
  });
}

void write_whole(JsonWriter& json, const Summary& summary) {
  json.begin_object();
  write_counts(json, kSummaryCounts, summary);
  write_number(json, "other_errors", summary.other_problems);
  json.key("engine_us");
  json.number(summary.engine_us, 1);
  write_rows(json, "rules", summary.rules, [&](const auto& entry) {
    const auto& [id, row] = entry;
    write_number(json, "id", id);
    write_number(json, "count", row.count);
    json.bytes("message", row.message);
    if (!row.varies) json.bytes("expanded", row.expanded);
  });
  write_rows(json, "uninspected", summary.uninspected.counts(), [&](const auto& entry) {
    const auto& [kind, count] = entry;
    json.member("body", kind.response ? "response" : "request");
    json.member("reason", to_string(kind.why));
    json.member("type", kind.type);
    write_number(json, "count", count);
  });
  write_rows(json, "errors", summary.problems, [&](const auto& entry) {
    const auto& [problem, count] = entry;
    json.bytes("kind", problem.first);
    json.bytes("message", problem.second);
    write_number(json, "count", count);
  });
  write_whole(json, "exclusions", summary.exclusions);
  json.key("records");
  json.begin_object();
  write_counts(json, kRecordCounts, summary.records);
  json.end_object();
  json.key("incomplete");
  json.begin_object();
  for (const auto& [gap, count] : summary.records.gaps) {
    write_number(json, row_of(gap).name, count);
  }
  json.end_object();
  if (summary.statistics) {
    write_rows(json, "statistics", summary.statistics->rows(),
               [&](const auto& entry) { write_statistics_row(json, entry.first, entry.second); });
    write_number(json, "statistics_others", summary.statistics->others());
  }
  write_whole(json, summary.dropped);
  json.end_object();
}

void read_whole(JsonTaker& take, JsonValue from, Summary& summary) {
  read_counts(take, from, kSummaryCounts, summary);
  summary.other_problems = take.number(from, "other_errors");
  summary.engine_us = take.real(from, "engine_us");
  const JsonValue records = from.member("records");
  read_counts(take, records, kRecordCounts, summary.records);
  const JsonValue gaps = from.member("incomplete");
  for (const GapRow& row : kGapRows) {
    const auto gap = static_cast<Gap>(&row - kGapRows);
    if (const auto count = take.optional_number(gaps, row.name)) summary.records.gaps[gap] = *count;
  }
  read_rows(take, from, summary);
}

}  // namespace wafcheck::formats::inline records
