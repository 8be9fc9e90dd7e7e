#include "formats/traffic/recorded_json.h"

#include <fmt/format.h>

#include <algorithm>
#include <string>
#include <string_view>

#include "formats/traffic/gaps.h"
#include "parser/base/escape.h"

namespace wafcheck::formats::inline traffic {
namespace {

constexpr std::string_view kDecisions[] = {"pass", "allow", "deny", "drop", "redirect", "reject"};

void write_flag(JsonWriter& json, std::string_view name, bool value) {
  if (!value) return;
  json.key(name);
  json.boolean(true);
}

Result<void> read_flag(JsonValue value, std::string_view name, bool& flag) {
  if (!value) return {};
  if (!value.is(JsonValue::Kind::boolean)) {
    return fail(fmt::format("recorded.{} must be true or false", name));
  }
  flag = value.text() == "true";
  return {};
}

Result<void> read_engine(JsonValue value, std::optional<parser::Engine>& engine) {
  if (!value) return {};
  auto parsed = parser::parse_engine(value.string());
  if (!parsed) return fail(fmt::format("recorded.engine: {}", parsed.error().message));
  engine = *parsed;
  return {};
}

Result<void> read_rule_ids(JsonValue list, std::vector<uint64_t>& ids) {
  if (!list) return {};
  if (!list.is(JsonValue::Kind::array)) return fail("recorded.rule_ids must be an array");
  for (JsonElements items(list); const auto item = items.next();) {
    const auto id = item->is(JsonValue::Kind::number) ? item->integer() : std::nullopt;
    if (!id || *id < 0) return fail("recorded.rule_ids must be an array of rule ids");
    ids.push_back(static_cast<uint64_t>(*id));
  }
  return {};
}

Result<void> read_number(JsonValue value, std::string_view name, int64_t low, int64_t high,
                         std::optional<int64_t>& number) {
  if (!value) return {};
  number = value.is(JsonValue::Kind::number) ? value.integer() : std::nullopt;
  if (number && *number >= low && *number <= high) return {};
  return fail(fmt::format("recorded.{} must be a number of {} to {}", name, low, high));
}

}  // namespace

void write_recorded(JsonWriter& json, const Recorded& recorded) {
  json.key("recorded");
  json.begin_object();
  if (!recorded.producer.empty()) json.member("producer", recorded.producer);
  if (recorded.engine) json.member("engine", parser::to_string(*recorded.engine));
  json.member("decision", recorded.decision);
  if (recorded.status) json.number("status", recorded.status);
  json.key("rule_ids");
  json.begin_array();
  for (const uint64_t id : recorded.rule_ids) json.number(id);
  json.end_array();
  if (recorded.score) json.number("score", recorded.score);
  if (recorded.phase != 0) {
    json.key("phase");
    json.number(recorded.phase);
  }
  write_flag(json, "inferred", recorded.inferred);
  write_flag(json, "detection_only", recorded.detection_only);
  write_flag(json, "would_interrupt", recorded.would_interrupt);
  json.end_object();
}

void write_gaps(JsonWriter& json, const std::vector<Gap>& gaps) {
  json.key("incomplete");
  json.begin_array();
  for (const Gap gap : gaps) json.string(row_of(gap).name);
  json.end_array();
}

Result<void> read_recorded(JsonValue in, std::optional<Recorded>& recorded) {
  if (!in) return {};
  if (!in.is(JsonValue::Kind::object)) {
    return fail(fmt::format("recorded must be an object, not {}", json_kind(in)));
  }
  const auto [producer, engine, decision, status, rule_ids, score, phase, inferred, detection_only,
              would_interrupt] =
      in.members("producer", "engine", "decision", "status", "rule_ids", "score", "phase",
                 "inferred", "detection_only", "would_interrupt");
  Recorded out;
  out.producer = producer.is(JsonValue::Kind::string) ? producer.string() : std::string();
  if (decision) out.decision = decision.string();
  if (std::ranges::find(kDecisions, out.decision) == std::end(kDecisions)) {
    return fail(fmt::format("recorded.decision \"{}\" is none", excerpt(out.decision)));
  }
  std::optional<int64_t> status_number, phase_number;
  constexpr int64_t kMostScore = int64_t{1} << 53;
  for (Result<void> read : {read_engine(engine, out.engine), read_rule_ids(rule_ids, out.rule_ids),
                            read_number(status, "status", 0, 999, status_number),
                            read_number(score, "score", -kMostScore, kMostScore, out.score),
                            read_number(phase, "phase", 0, 5, phase_number),
                            read_flag(inferred, "inferred", out.inferred),
                            read_flag(detection_only, "detection_only", out.detection_only),
                            read_flag(would_interrupt, "would_interrupt", out.would_interrupt)}) {
    if (!read) return read;
  }
  if (status_number) out.status = static_cast<int>(*status_number);
  out.phase = static_cast<int>(phase_number.value_or(0));
  recorded = std::move(out);
  return {};
}

Result<void> read_gaps(JsonValue in, std::vector<Gap>& gaps) {
  if (!in) return {};
  if (!in.is(JsonValue::Kind::array)) return fail("incomplete must be an array");
  for (JsonElements items(in); const auto item = items.next();) {
    const std::string name = item->is(JsonValue::Kind::string) ? item->string() : std::string();
    const auto row = std::ranges::find(kGapRows, name, &GapRow::name);
    if (row == std::end(kGapRows)) {
      return fail(fmt::format("incomplete: \"{}\" is not known", excerpt(name)));
    }
    add_gap(gaps, static_cast<Gap>(row - std::begin(kGapRows)));
  }
  return {};
}

}  // namespace wafcheck::formats::inline traffic
