#include "cli/diff/summary.h"

#include <algorithm>
#include <string>
#include <utility>

#include "formats/records/whole.h"

namespace wafcheck::cli::inline diff {
namespace {

using formats::JsonTaker;
using formats::JsonValue;
using formats::JsonWriter;
using formats::write_number;
using formats::write_rows;

constexpr std::pair<std::string_view, uint64_t TrafficDiff::*> kTrafficCounts[] = {
    {"transactions", &TrafficDiff::transactions}, {"unreadable", &TrafficDiff::unreadable},
    {"skipped", &TrafficDiff::skipped},           {"not_selected", &TrafficDiff::not_selected},
    {"other_engine", &TrafficDiff::other_engine},
};
constexpr std::string_view kRuleMembers[] = {"rules", "settings", "void", "needs", "variables"};

// --- written ---

void write_written(JsonWriter& json, const WrittenRules& rules) {
  json.begin_object();
  json.bytes("headline", rules.headline);
  json.bytes("text", rules.text);
  json.bytes("text_end", rules.text_end);
  for (const auto& [name, value] : rules.json) {
    json.key(name);
    json.raw(value);
  }
  json.end_object();
}

void write_place(JsonWriter& json, const TransactionPlace& place) {
  json.bytes("source", place.source);
  json.number("entry", place.entry);
  write_number(json, "offset", place.offset);
}

void write_verdict(JsonWriter& json, std::string_view name, const Verdict& verdict) {
  json.key(name);
  json.begin_object();
  json.member("decision", verdict.decision);
  json.key("blocked");
  json.boolean(verdict.blocked);
  write_number(json, "status", verdict.status);
  json.number("rule_id", verdict.rule_id);
  json.number("score", verdict.score);
  json.number("outbound_score", verdict.outbound_score);
  json.key("undecided");
  json.boolean(verdict.undecided);
  json.end_object();
}

void write_causes(JsonWriter& json, const std::vector<Cause>& causes) {
  write_rows(json, "causes", causes, [&](const Cause& cause) {
    json.number("rule_id", cause.rule_id);
    json.member("reason", reason_of(cause));
    if (cause.kind == CauseKind::field) json.member("field", cause.field);
    json.bytes("detail", cause.detail);
  });
}

void write_change(JsonWriter& json, const ChangedTransaction& each) {
  json.bytes("id", each.id);
  write_place(json, each.place);
  json.bytes("method", each.method);
  json.bytes("uri", each.uri);
  write_number(json, "level", each.level);
  json.member("change", info(each.change).name);
  write_verdict(json, "old", each.old);
  write_verdict(json, "new", each.now);
  write_causes(json, each.causes);
  if (!each.group.empty()) json.member("group", each.group);
}

void write_rule(JsonWriter& json, size_t place, const RuleTotals& totals) {
  write_number(json, "place", place);
  json.number("id", totals.id);
  json.key("message");
  json.boolean(totals.speaks);
  write_number(json, "old_hits", totals.old_hits);
  write_number(json, "new_hits", totals.new_hits);
  write_number(json, "old_points", totals.old_points);
  write_number(json, "new_points", totals.new_points);
  json.key("old_us");
  json.number(totals.old_us, 1);
  json.key("new_us");
  json.number(totals.new_us, 1);
  if (!totals.sample) return;
  json.key("sample");
  json.begin_object();
  write_place(json, *totals.sample);
  json.end_object();
}

void write_traffic(JsonWriter& json, const TrafficDiff& traffic, bool timing) {
  for (const auto& [name, member] : kTrafficCounts) write_number(json, name, traffic.*member);
  write_rows(json, "levels", traffic.levels, [&](const LevelTotals& level) {
    write_number(json, "level", level.level);
    for (size_t i = 0; i < kChanges; ++i) {
      write_number(json, info(static_cast<Change>(i)).name, level.changes[i]);
    }
    write_number(json, "undecided", level.undecided);
  });
  write_rows(json, "changes", traffic.changes,
             [&](const ChangedTransaction& each) { write_change(json, each); });
  write_rows(json, "traces", traffic.traces, [&](const auto& trace) {
    json.member("group", trace.first);
    json.member("sample", trace.second.sample);
    write_causes(json, trace.second.causes);
  });
  write_rows(json, "per_rule", traffic.rules,
             [&](const auto& rule) { write_rule(json, rule.first, rule.second); });
  write_rows(json, "void_exclusions", traffic.void_exclusions, [&](const auto& place) {
    json.bytes("file", place.first);
    write_number(json, "line", place.second);
  });
  write_whole(json, "old_exclusions", traffic.old_exclusions);
  write_whole(json, "new_exclusions", traffic.new_exclusions);
  json.key("old_ms");
  json.number(timing ? traffic.old_ms : 0, 3);
  json.key("new_ms");
  json.number(timing ? traffic.new_ms : 0, 3);
}

// --- read ---

WrittenRules read_written(JsonTaker& take, JsonValue from) {
  WrittenRules rules;
  rules.headline = take.bytes(from, "headline");
  rules.text = take.bytes(from, "text");
  rules.text_end = take.bytes(from, "text_end");
  for (const std::string_view name : kRuleMembers) {
    const JsonValue value = from.member(name);
    if (!value) take.refuse(name, "there");
    rules.json.emplace(name, value.text());
  }
  return rules;
}

TransactionPlace read_place(JsonTaker& take, JsonValue from) {
  TransactionPlace place;
  place.source = take.bytes(from, "source");
  place.entry = take.optional_number(from, "entry");
  place.offset = take.number(from, "offset");
  return place;
}

Verdict read_verdict(JsonTaker& take, JsonValue from) {
  Verdict verdict;
  verdict.decision = take.bytes(from, "decision");
  verdict.blocked = take.boolean(from, "blocked");
  verdict.status = static_cast<int>(take.number(from, "status"));
  verdict.rule_id = take.optional_number(from, "rule_id");
  verdict.score = take.optional_integer(from, "score");
  verdict.outbound_score = take.optional_integer(from, "outbound_score");
  verdict.undecided = take.boolean(from, "undecided");
  return verdict;
}

Change read_change_name(JsonTaker& take, JsonValue from) {
  const std::string name = take.bytes(from, "change");
  for (size_t i = 0; i < kChanges; ++i) {
    if (info(static_cast<Change>(i)).name == name) return static_cast<Change>(i);
  }
  take.refuse("change", "one that is known");
  return Change::same;
}

Cause read_cause(JsonTaker& take, JsonValue from) {
  Cause cause;
  cause.rule_id = take.optional_number(from, "rule_id");
  cause.detail = take.bytes(from, "detail");
  if (from.member("field")) {
    cause.kind = CauseKind::field;
    cause.field = take.bytes(from, "field");
    return cause;
  }
  const auto kind = find_cause_kind(take.bytes(from, "reason"));
  if (!kind) take.refuse("reason", "one that is known");
  cause.kind = kind.value_or(CauseKind::unknown);
  return cause;
}

std::vector<Cause> read_causes(JsonTaker& take, JsonValue from) {
  std::vector<Cause> causes;
  take.rows(from, "causes", [&](JsonValue row) { causes.push_back(read_cause(take, row)); });
  return causes;
}

ChangedTransaction read_change(JsonTaker& take, JsonValue from) {
  ChangedTransaction change;
  change.id = take.bytes(from, "id");
  change.place = read_place(take, from);
  change.method = take.bytes(from, "method");
  change.uri = take.bytes(from, "uri");
  change.level = static_cast<int>(take.number(from, "level"));
  change.old = read_verdict(take, from.member("old"));
  change.now = read_verdict(take, from.member("new"));
  change.change = read_change_name(take, from);
  change.causes = read_causes(take, from);
  if (from.member("group")) change.group = take.bytes(from, "group");
  return change;
}

RuleTotals read_rule(JsonTaker& take, JsonValue from) {
  RuleTotals totals;
  totals.id = take.optional_number(from, "id");
  totals.speaks = take.boolean(from, "message");
  totals.old_hits = take.number(from, "old_hits");
  totals.new_hits = take.number(from, "new_hits");
  totals.old_points = take.integer(from, "old_points");
  totals.new_points = take.integer(from, "new_points");
  totals.old_us = take.real(from, "old_us");
  totals.new_us = take.real(from, "new_us");
  if (const JsonValue sample = from.member("sample")) totals.sample = read_place(take, sample);
  return totals;
}

TrafficDiff read_traffic(JsonTaker& take, JsonValue from) {
  TrafficDiff traffic;
  for (const auto& [name, member] : kTrafficCounts) traffic.*member = take.number(from, name);
  take.rows(from, "levels", [&](JsonValue row) {
    LevelTotals& level = traffic.levels.emplace_back();
    level.level = static_cast<int>(take.number(row, "level"));
    for (size_t i = 0; i < kChanges; ++i) {
      level.changes[i] = take.number(row, info(static_cast<Change>(i)).name);
    }
    level.undecided = take.number(row, "undecided");
  });
  take.rows(from, "changes",
            [&](JsonValue row) { traffic.changes.push_back(read_change(take, row)); });
  take.rows(from, "traces", [&](JsonValue row) {
    GroupTrace trace{take.bytes(row, "sample"), read_causes(take, row)};
    traffic.add_trace(take.bytes(row, "group"), std::move(trace));
  });
  take.rows(from, "per_rule", [&](JsonValue row) {
    traffic.rules[take.number(row, "place")].merge(read_rule(take, row));
  });
  take.rows(from, "void_exclusions", [&](JsonValue row) {
    traffic.void_exclusions.emplace(take.bytes(row, "file"),
                                    static_cast<uint32_t>(take.number(row, "line")));
  });
  read_whole(take, from, "old_exclusions", traffic.old_exclusions);
  read_whole(take, from, "new_exclusions", traffic.new_exclusions);
  traffic.old_ms = take.real(from, "old_ms");
  traffic.new_ms = take.real(from, "new_ms");
  return traffic;
}

}  // namespace

void DiffSummary::merge(const DiffSummary& other) {
  // The same rules may have stood elsewhere.
  old_name = std::min(old_name, other.old_name);
  new_name = std::min(new_name, other.new_name);
  rules = std::min(rules, other.rules);
  if (traffic && other.traffic) traffic->merge(*other.traffic);
  timing = timing && other.timing;
  measured = measured && other.measured;
}

void write_whole(JsonWriter& json, const DiffSummary& summary) {
  json.begin_object();
  json.bytes("old_name", summary.old_name);
  json.bytes("new_name", summary.new_name);
  write_number(json, "old_dropped", summary.old_dropped);
  write_number(json, "new_dropped", summary.new_dropped);
  json.key("timing");
  json.boolean(summary.timing);
  json.key("measured");
  json.boolean(summary.measured);
  json.key("between_rules");
  write_written(json, summary.rules);
  if (summary.traffic) write_traffic(json, *summary.traffic, summary.timing);
  json.end_object();
}

void read_whole(JsonTaker& take, JsonValue from, DiffSummary& summary) {
  summary.old_name = take.bytes(from, "old_name");
  summary.new_name = take.bytes(from, "new_name");
  summary.old_dropped = take.number(from, "old_dropped");
  summary.new_dropped = take.number(from, "new_dropped");
  summary.timing = take.boolean(from, "timing");
  summary.measured = take.boolean(from, "measured");
  summary.rules = read_written(take, from.member("between_rules"));
  summary.traffic = read_traffic(take, from);
}

bool fails(std::string_view fail_on, const DiffSummary& summary) {
  if (!summary.traffic || fail_on == "never") return false;
  const auto totals = summary.traffic->totals();
  const auto count = [&](Change change) { return totals[static_cast<size_t>(change)]; };
  if (fail_on == "newly-blocked") return count(Change::newly_blocked) != 0;
  if (fail_on == "newly-passed") return count(Change::newly_passed) != 0;
  const uint64_t verdicts =
      count(Change::newly_blocked) + count(Change::newly_passed) + count(Change::otherwise);
  return verdicts != 0 || (fail_on == "score" && count(Change::score) != 0);
}

uint64_t unanswered(std::string_view fail_on, const DiffSummary& summary) {
  return summary.traffic && fail_on != "never" ? summary.traffic->undecided() : 0;
}

}  // namespace wafcheck::cli::inline diff
