// Overrides: the file a platform ships beside CRS's tests, and the runner's own .ftw.yaml.

#include <fmt/format.h>

#include <algorithm>
#include <ranges>

#include "formats/ftw/reader.h"
#include "parser/regex/pcre.h"

namespace wafcheck::formats::inline ftw {

namespace {

using Row = FtwOverrides::Row;
constexpr parser::PcreOptions kPatternOptions{.dollar_endonly = true};
constexpr uint32_t kMatchLimit = 1'000'000;
using Patterns = std::vector<std::pair<std::string, std::string>>;

template <typename T>
void accept(FtwReader&, const YamlNode&, T&) {}  // describes the file; nothing hangs on it

/// For settings of the runner that mean something on a wire, not in process.
template <typename T>
void not_applied(FtwReader& reader, const YamlNode& value, T&) {
  reader.note(value, "this setting does not apply to a run in process");
}

struct RawRow {
  Row row;
  bool has_rule_id = false;
};
constexpr FtwField<RawRow> kRowFields[] = {
    {"rule_id",
     [](FtwReader& r, const YamlNode& v, RawRow& raw) {
       raw.has_rule_id = true;
       raw.row.rule_id = r.number(v).value_or(0);
     }},
    {"test_ids",
     [](FtwReader& r, const YamlNode& v, RawRow& raw) {
       for (const uint64_t id : r.numbers(v)) raw.row.test_ids.push_back(std::to_string(id));
     }},
    {"stage_ids",
     [](FtwReader& r, const YamlNode& v, RawRow& raw) { raw.row.stage_ids = r.numbers(v); }},
    {"reason",
     [](FtwReader& r, const YamlNode& v, RawRow& raw) { raw.row.reason = r.text(v).value_or(""); }},
    {"output",
     [](FtwReader& r, const YamlNode& v, RawRow& raw) { raw.row.output = read_ftw_output(r, v); }},
    {"retry_once", accept<RawRow>},
};

void read_rows(FtwReader& reader, const YamlNode& list, FtwOverrides& into) {
  for (const uint32_t id : reader.items(list)) {
    const YamlNode& node = reader.document.node(id);
    const size_t problems = reader.problems.size();
    RawRow raw;
    reader.map(node, "an override", kRowFields, raw);
    if (!node.closed || reader.problems.size() > problems) continue;
    if (!raw.has_rule_id) {
      reader.problem(node, "expected a rule_id");
      continue;
    }
    if (raw.row.test_ids.empty()) reader.note(node, "names no test_ids: it applies to no test");
    into.rows.push_back(std::move(raw.row));
  }
}

/// A map of expressions on test ids to reasons.
template <Patterns FtwOverrides::* Member>
void read_patterns(FtwReader& reader, const YamlNode& map, FtwOverrides& into) {
  reader.entries(map, [&](const YamlNode& key, const YamlNode& value) {
    auto reason = reader.text(value);
    const auto regex = parser::Pcre::compile(key.text, kPatternOptions);
    if (!regex) {
      reader.problem(key, fmt::format("expected a regular expression: {}", regex.error().message));
    } else if (reason) {
      (into.*Member).emplace_back(key.text, *std::move(reason));
    }
  });
}

constexpr FtwField<FtwOverrides> kTestOverrideFields[] = {
    {"input", not_applied<FtwOverrides>},
    {"ignore", read_patterns<&FtwOverrides::ignore>},
    {"forcepass", read_patterns<&FtwOverrides::forcepass>},
    {"forcefail", read_patterns<&FtwOverrides::forcefail>},
};

constexpr FtwField<FtwOverrides> kFields[] = {
    // A platform's overrides.
    {"version", accept<FtwOverrides>},
    {"meta", accept<FtwOverrides>},
    {"test_overrides", read_rows},
    // .ftw.yaml.
    {"testoverride",
     [](FtwReader& r, const YamlNode& v, FtwOverrides& into) {
       r.map(v, "testoverride", kTestOverrideFields, into);
     }},
    {"logfile", not_applied<FtwOverrides>},
    {"logmarkerheadername", not_applied<FtwOverrides>},
    {"mode", not_applied<FtwOverrides>},
    {"include", not_applied<FtwOverrides>},
    {"exclude", not_applied<FtwOverrides>},
    {"include_tags", not_applied<FtwOverrides>},
    {"custom_log_id_regex", not_applied<FtwOverrides>},
};

}  // namespace

FtwOverridesFile parse_ftw_overrides(std::string_view yaml) {
  FtwReader reader(yaml);
  FtwOverridesFile file;
  if (const YamlNode* root = reader.document.root(); root && !root->is_null()) {
    reader.map(*root, "the overrides", kFields, file.overrides);
  } else if (reader.problems.empty()) {
    reader.notes.emplace_back("holds no overrides, only comments");
  }
  file.problems = std::move(reader.problems);
  file.notes = std::move(reader.notes);
  return file;
}

Result<FtwOverrider> FtwOverrider::make(const FtwOverrides& overrides) {
  using Kind = FtwVerdict::Kind;
  const std::pair<const Patterns&, Kind> lists[] = {{overrides.ignore, Kind::ignore},
                                                    {overrides.forcefail, Kind::force_fail},
                                                    {overrides.forcepass, Kind::force_pass}};
  FtwOverrider overrider(overrides);
  for (const auto& [list, kind] : lists) {
    for (const auto& [pattern, reason] : list) {
      auto regex = parser::Pcre::compile(pattern, kPatternOptions);
      if (!regex) return std::unexpected(std::move(regex.error()));
      overrider.patterns_.push_back({*std::move(regex), kind, reason});
    }
  }
  return overrider;
}

FtwVerdict FtwOverrider::verdict(const FtwTest& test, size_t stage) const {
  using Kind = FtwVerdict::Kind;
  const std::string id = test.id();
  for (const Pattern& pattern : patterns_) {
    if (pattern.regex.match(id, 0, kMatchLimit, nullptr) == parser::PcreResult::matched) {
      return {pattern.kind, pattern.reason, nullptr};
    }
  }
  for (const Row& row : overrides_->rows | std::views::reverse) {
    if (row.rule_id != test.rule_id || !std::ranges::count(row.test_ids, test.test_id)) continue;
    if (!row.stage_ids.empty() && !std::ranges::count(row.stage_ids, stage)) continue;
    if (!row.output) return {Kind::force_pass, row.reason, nullptr};
    return {Kind::run, row.reason, &*row.output};
  }
  return {};
}

}  // namespace wafcheck::formats::inline ftw
