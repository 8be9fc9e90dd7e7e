#include <string>

#include "formats/records/profile_members.h"
#include "formats/records/whole.h"

namespace wafcheck::formats::inline records {
namespace {

constexpr int kDigits = 3;  // of microseconds

constexpr CountMember<ProfileCounts> kProfileCounts[] = {
    {"runs", &ProfileCounts::runs},
    {"evaluations", &ProfileCounts::evaluations},
    {"candidates", &ProfileCounts::candidates},
    {"cached", &ProfileCounts::cached},
    {"matches", &ProfileCounts::matches},
    {"searched", &ProfileCounts::searched},
    {"step_candidates", &ProfileCounts::step_candidates},
    {"sampled", &ProfileCounts::sampled},
    {"most_steps", &ProfileCounts::most_steps}};
constexpr std::pair<std::string_view, double ProfileCounts::*> kProfileTimes[] = {
    {"time_us", &ProfileCounts::time_us},
    {"operator_us", &ProfileCounts::operator_us},
    {"steps", &ProfileCounts::steps}};

void write_real(JsonWriter& json, std::string_view name, double value) {
  json.key(name);
  json.number(value, kDigits);
}

void write_profile_counts(JsonWriter& json, const ProfileCounts& counts) {
  write_counts(json, kProfileCounts, counts);
  for (const auto& [name, member] : kProfileTimes) write_real(json, name, counts.*member);
  json.key("stopped");
  json.boolean(counts.stopped);
}

ProfileCounts read_profile_counts(JsonTaker& take, JsonValue from) {
  ProfileCounts counts;
  read_counts(take, from, kProfileCounts, counts);
  for (const auto& [name, member] : kProfileTimes) counts.*member = take.real(from, name);
  counts.stopped = take.boolean(from, "stopped");
  return counts;
}

void read_phases(JsonTaker& take, JsonValue from, ProfileReport& report) {
  take.rows(from, "phases", [&](JsonValue row) {
    const uint64_t phase = take.number(row, "phase");
    if (phase != report.phases.size() + 1 || phase > 5) return take.refuse("phases", "of 1 to 5");
    report.phases.push_back({static_cast<int>(phase), read_profile_counts(take, row)});
  });
}

}  // namespace

void write_whole(JsonWriter& json, const ProfileReport& report) {
  json.begin_object();
  // The default follows no engine's version.
  const bool is_default = report.engine.profile == parser::Profile::standard;
  json.member("engine", is_default ? std::string(parser::to_string(report.engine.profile))
                                   : parser::to_string(report.engine));
  write_counts(json, kProfileRunCounts, report.run);
  write_number(json, "threads", report.run.threads);
  for (const auto& [name, member] : kProfileRunTimes) write_real(json, name, report.run.*member);
  write_rows(json, "parts", report.parts, [&](const ProfilePart& part) {
    json.member("name", part.name);
    write_real(json, "time_us", part.time_us);
  });
  write_rows(json, "phases", report.phases, [&](const ProfiledPhase& phase) {
    write_number(json, "phase", phase.phase);
    write_profile_counts(json, phase.counts);
  });
  write_rows(json, "rules", report.rules, [&](const ProfiledRule& rule) {
    write_number(json, "place", rule.place);
    json.number("id", rule.id);
    write_number(json, "link", rule.link);
    write_number(json, "phase", rule.phase);
    json.bytes("file", rule.file);
    write_number(json, "line", rule.line);
    write_profile_counts(json, rule.counts);
  });
  write_rows(json, "expressions", report.expressions, [&](const ProfiledExpression& expression) {
    write_number(json, "place", expression.place);
    json.member("operator", expression.name);
    json.bytes("argument", expression.argument);
    json.key("rules");
    json.begin_array();
    for (const uint64_t id : expression.rules) json.number(id);
    json.end_array();
    write_profile_counts(json, expression.counts);
  });
  write_rows(json, "transformations", report.transformations,
             [&](const ProfiledTransformation& row) {
               write_number(json, "place", row.place);
               json.member("transformation", row.name);
               write_number(json, "rules", row.rules);
               write_real(json, "time_us", row.time_us);
               write_number(json, "runs", row.runs);
               write_number(json, "changed", row.changed);
               write_number(json, "bytes", row.bytes);
             });
  write_whole(json, report.run.dropped);
  json.end_object();
}

void read_whole(JsonTaker& take, JsonValue from, ProfileReport& report) {
  const auto engine = parser::parse_engine(take.bytes(from, "engine"));
  if (!engine) return take.refuse("engine", "one that is known");
  report.engine = *engine;
  read_counts(take, from, kProfileRunCounts, report.run);
  report.run.threads = take.number(from, "threads");
  for (const auto& [name, member] : kProfileRunTimes) report.run.*member = take.real(from, name);
  take.rows(from, "parts", [&](JsonValue row) {
    report.parts.push_back({take.bytes(row, "name"), take.real(row, "time_us")});
  });
  read_phases(take, from, report);
  take.rows(from, "rules", [&](JsonValue row) {
    report.rules.push_back(
        {take.optional_number(row, "id"), static_cast<uint32_t>(take.number(row, "link")),
         static_cast<uint8_t>(take.number(row, "phase")), take.bytes(row, "file"),
         static_cast<uint32_t>(take.number(row, "line")), read_profile_counts(take, row),
         take.number(row, "place")});
  });
  take.rows(from, "expressions", [&](JsonValue row) {
    ProfiledExpression expression{take.bytes(row, "operator"),
                                  take.bytes(row, "argument"),
                                  {},
                                  read_profile_counts(take, row),
                                  take.number(row, "place")};
    JsonElements ids(row.member("rules"));
    while (const auto id = ids.next()) {
      expression.rules.insert(static_cast<uint64_t>(id->integer().value_or(0)));
    }
    report.expressions.push_back(std::move(expression));
  });
  take.rows(from, "transformations", [&](JsonValue row) {
    report.transformations.push_back({take.bytes(row, "transformation"), take.number(row, "rules"),
                                      take.real(row, "time_us"), take.number(row, "runs"),
                                      take.number(row, "changed"), take.number(row, "bytes"),
                                      take.number(row, "place")});
  });
  read_whole(take, from, report.run.dropped);
}

}  // namespace wafcheck::formats::inline records
