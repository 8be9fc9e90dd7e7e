#include "formats/records/summary_file.h"

#define XXH_INLINE_ALL
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <xxhash.h>

#include <algorithm>
#include <optional>
#include <vector>

#include "formats/json/reader.h"
#include "formats/json/writer.h"
#include "formats/traffic/gaps.h"
#include "parser/base/ascii.h"
#include "parser/base/base64.h"

namespace wafcheck::formats::inline records {
namespace {

constexpr std::string_view kChecksum = ",\"checksum\":\"";
constexpr size_t kHexDigits = 32;
constexpr size_t kDepth = 16;
constexpr size_t kShownParts = 5;

std::string checksum(std::string_view text) {
  const XXH128_hash_t hash = XXH3_128bits(text.data(), text.size());
  return fmt::format("{:016x}{:016x}", hash.high64, hash.low64);
}

/// Counts that add up, by their names in JSON.
template <typename Of>
struct Count {
  std::string_view name;
  uint64_t Of::* member;
};
constexpr Count<Summary> kCounts[] = {{"transactions", &Summary::transactions},
                                      {"interrupted", &Summary::interrupted},
                                      {"would_interrupt", &Summary::would_interrupt},
                                      {"rejected", &Summary::rejected},
                                      {"matched", &Summary::matched},
                                      {"unreadable", &Summary::unreadable},
                                      {"skipped", &Summary::skipped},
                                      {"not_selected", &Summary::not_selected},
                                      {"undecided", &Summary::undecided},
                                      {"with_errors", &Summary::with_errors},
                                      {"other_errors", &Summary::other_problems}};

constexpr Count<RecordCounts> kRecordCounts[] = {
    {"same", &RecordCounts::same},
    {"no_longer", &RecordCounts::no_longer},
    {"newly", &RecordCounts::newly},
    {"partial", &RecordCounts::partial},
    {"partial_changed", &RecordCounts::partial_changed},
    {"with_rules", &RecordCounts::with_rules}};

template <typename Rows, typename Write>
void write_rows(JsonWriter& json, std::string_view name, const Rows& rows, Write write) {
  json.key(name);
  json.begin_array();
  for (const auto& row : rows) {
    json.begin_object();
    write(row);
    json.end_object();
  }
  json.end_array();
}

void write_number(JsonWriter& json, std::string_view name, uint64_t number) {
  json.key(name);
  json.number(number);
}

void write_summary(JsonWriter& json, const Summary& summary) {
  json.begin_object();
  for (const auto& count : kCounts) write_number(json, count.name, summary.*count.member);
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
  write_rows(json, "exclusions", summary.exclusions.counts(),
             [&](const auto& entry) { write_exclusion(json, entry.first, entry.second); });
  json.key("records");
  json.begin_object();
  for (const auto& count : kRecordCounts) {
    write_number(json, count.name, summary.records.*count.member);
  }
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
  write_rows(json, "dropped", summary.dropped, [&](const DroppedRule& rule) {
    json.number("id", rule.id);
    json.bytes("file", rule.file);
    write_number(json, "line", rule.line);
    json.bytes("reason", rule.reason);
  });
  json.end_object();
}

/// Takes the members of a document; the first that is not as it should be is what went wrong.
class Taker {
 public:
  uint64_t number(JsonValue from, std::string_view name) {
    const auto number = from.member(name).integer();
    if (number && *number >= 0) return static_cast<uint64_t>(*number);
    refuse(name, "a count");
    return 0;
  }
  std::optional<uint64_t> optional_number(JsonValue from, std::string_view name) {
    return from.member(name) ? std::optional(number(from, name)) : std::nullopt;
  }
  std::string bytes(JsonValue from, std::string_view name) {
    const JsonValue text = from.member(name);
    if (!text.is(JsonValue::Kind::string)) refuse(name, "a string");
    // Bytes that are no UTF-8 are shown with backslashes.
    const bool plain = text.text().find('\\') == std::string_view::npos;
    const JsonValue encoded = plain ? JsonValue() : from.member(std::string(name) + "_base64");
    if (!encoded) return text.string();
    auto decoded = base64_decode_lenient(encoded.string());
    if (!decoded) refuse(name, "base64");
    return decoded ? std::move(*decoded) : std::string();
  }
  template <typename Take>
  void rows(JsonValue from, std::string_view name, Take take) {
    const JsonValue array = from.member(name);
    if (!array.is(JsonValue::Kind::array)) return refuse(name, "an array");
    JsonElements elements(array);
    while (const auto row = elements.next()) take(*row);
  }
  void refuse(std::string_view name, std::string_view wanted) {
    if (fault_.empty()) fault_ = fmt::format("\"{}\" is not {}", name, wanted);
  }
  const std::string& fault() const { return fault_; }

 private:
  std::string fault_;
};

void take_rows(Taker& take, JsonValue from, Summary& summary) {
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
  take.rows(from, "exclusions", [&](JsonValue row) {
    const ExclusionCounts::Key key{
        take.bytes(row, "file"), static_cast<uint32_t>(take.number(row, "line")),
        take.bytes(row, "exclusion"), take.optional_number(row, "rule_id")};
    summary.exclusions.add(key, {take.number(row, "ran"), take.number(row, "removed")});
  });
  if (from.member("statistics")) {
    MatchStatistics& statistics = summary.statistics.emplace();
    take.rows(from, "statistics", [&](JsonValue row) {
      statistics.add({take.number(row, "rule_id"), take.bytes(row, "target")},
                     {take.number(row, "matches"), take.number(row, "transactions"),
                      take.bytes(row, "example")});
    });
    statistics.add_others(take.number(from, "statistics_others"));
  }
  take.rows(from, "dropped", [&](JsonValue row) {
    summary.dropped.push_back({take.optional_number(row, "id"), take.bytes(row, "file"),
                               static_cast<uint32_t>(take.number(row, "line")),
                               take.bytes(row, "reason")});
  });
}

void take_summary(Taker& take, JsonValue from, Summary& summary) {
  for (const auto& count : kCounts) summary.*count.member = take.number(from, count.name);
  summary.engine_us = from.member("engine_us").number().value_or(0);
  const JsonValue records = from.member("records");
  for (const auto& count : kRecordCounts) {
    summary.records.*count.member = take.number(records, count.name);
  }
  const JsonValue gaps = from.member("incomplete");
  for (const GapRow& row : kGapRows) {
    const auto gap = static_cast<Gap>(&row - kGapRows);
    if (const auto count = take.optional_number(gaps, row.name)) summary.records.gaps[gap] = *count;
  }
  take_rows(take, from, summary);
}

}  // namespace

Result<void> SummaryFile::merge(const SummaryFile& other) {
  if (rules != other.rules) {
    return fail("it is of other rules, or of other options, than those before it");
  }
  for (const auto& [run, parts] : other.runs) {
    Parts& own = runs.try_emplace(run, Parts{parts.of, {}}).first->second;
    for (const uint64_t part : parts.there) {
      if (own.there.insert(part).second) continue;
      return fail(parts.of == 1 ? std::string("the same run is there twice")
                                : fmt::format("part {} of {} is there twice", part, parts.of));
    }
  }
  const std::vector<DroppedRule> dropped = summary.dropped;
  summary.merge(other.summary);
  summary.dropped = dropped;
  return {};
}

std::string SummaryFile::missing() const {
  std::string text;
  for (const auto& [run, parts] : runs) {
    if (parts.there.size() == parts.of) continue;
    std::vector<uint64_t> absent;
    for (uint64_t part = 1; part <= parts.of && absent.size() < kShownParts; ++part) {
      if (!parts.there.contains(part)) absent.push_back(part);
    }
    const uint64_t more = parts.of - parts.there.size() - absent.size();
    if (!text.empty()) text += "; ";
    text += fmt::format("part{} {}{} of {}", parts.of - parts.there.size() == 1 ? "" : "s",
                        fmt::join(absent, ", "), more == 0 ? "" : fmt::format(" and {} more", more),
                        parts.of);
  }
  return text;
}

std::string summary_file_text(const SummaryFile& file) {
  std::string out;
  JsonWriter json(out);
  json.begin_object();
  write_number(json, "schema", 1);
  json.member("kind", "replay");
  json.member("rules", file.rules);
  write_rows(json, "runs", file.runs, [&](const auto& entry) {
    const auto& [run, parts] = entry;
    json.member("run", run);
    write_number(json, "of", parts.of);
    json.key("parts");
    json.begin_array();
    for (const uint64_t part : parts.there) json.number(part);
    json.end_array();
  });
  json.key("summary");
  write_summary(json, file.summary);
  const std::string sum = checksum(out);
  return fmt::format("{}{}{}\"}}\n", out, kChecksum, sum);
}

Result<SummaryFile> read_summary_file(std::string_view text) {
  text = trim(text);
  const size_t end = kChecksum.size() + kHexDigits + 2;  // with its quote and brace
  if (!text.starts_with("{\"schema\":")) {
    return fail("not a summary that replay --summary writes");
  }
  if (text.size() < end || !text.substr(text.size() - end).starts_with(kChecksum)) {
    return fail("it breaks off: there is no checksum at its end");
  }
  const std::string_view summed = text.substr(0, text.size() - end);
  if (text.substr(text.size() - kHexDigits - 2, kHexDigits) != checksum(summed)) {
    return fail("it is damaged: its checksum does not fit");
  }
  const auto document = parse_json(text, kDepth);
  if (!document) return fail(document.error().message);
  const JsonValue root = document->root();
  if (root.member("schema").integer() != 1 || root.member("kind").string() != "replay") {
    return fail("it is of a kind that this version does not know");
  }
  SummaryFile file;
  Taker take;
  file.rules = take.bytes(root, "rules");
  take.rows(root, "runs", [&](JsonValue row) {
    SummaryFile::Parts& parts = file.runs[take.bytes(row, "run")];
    parts.of = take.number(row, "of");
    JsonElements elements(row.member("parts"));
    while (const auto part = elements.next()) {
      if (const auto number = part->integer(); number && *number > 0) {
        parts.there.insert(static_cast<uint64_t>(*number));
      } else {
        take.refuse("parts", "of numbers from 1");
      }
    }
  });
  take_summary(take, root.member("summary"), file.summary);
  if (!take.fault().empty()) return fail(take.fault());
  return file;
}

}  // namespace wafcheck::formats::inline records
