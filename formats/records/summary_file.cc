#include "formats/records/summary_file.h"

#define XXH_INLINE_ALL
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <xxhash.h>

#include <algorithm>
#include <utility>
#include <vector>

#include "formats/json/rows.h"
#include "parser/base/ascii.h"

namespace wafcheck::formats::inline records {
namespace {

constexpr std::string_view kChecksum = ",\"checksum\":\"";
constexpr size_t kHexDigits = 32;
constexpr size_t kSummaryDepth = 32;
constexpr size_t kShownParts = 5;

std::string checksum(std::string_view text) {
  const XXH128_hash_t hash = XXH3_128bits(text.data(), text.size());
  return fmt::format("{:016x}{:016x}", hash.high64, hash.low64);
}

void write_span(JsonWriter& json, const PartSpan& span) {
  json.bytes("source", span.source);
  write_number(json, "part", span.part);
  write_number(json, "begin", span.begin);
  write_number(json, "end", span.end);
  write_number(json, "from", span.from);
  json.number("first", span.first);
  json.number("next", span.next);
}

PartSpan read_span(JsonTaker& take, JsonValue from) {
  PartSpan span;
  span.source = take.bytes(from, "source");
  span.part = take.number(from, "part");
  span.begin = take.number(from, "begin");
  span.end = take.number(from, "end");
  span.from = take.number(from, "from");
  span.first = take.optional_number(from, "first");
  span.next = take.optional_number(from, "next");
  return span;
}

}  // namespace

Result<void> SummaryRuns::merge(const SummaryRuns& other) {
  if (rules != other.rules) {
    return fail("it is of other rules, or of other options, than those before it");
  }
  for (const auto& [run, parts] : other.runs) {
    Parts& own = runs.try_emplace(run, Parts{parts.of, {}, {}}).first->second;
    for (const uint64_t part : parts.there) {
      if (own.there.insert(part).second) continue;
      return fail(parts.of == 1 ? std::string("the same run is there twice")
                                : fmt::format("part {} of {} is there twice", part, parts.of));
    }
    own.spans.insert(parts.spans.begin(), parts.spans.end());
  }
  return {};
}

void SummaryRuns::Parts::add(PartSpan span) {
  auto key = std::pair(span.source, span.begin);
  spans.emplace(std::move(key), std::move(span));
}

std::vector<const PartSpan*> SummaryRuns::Parts::wrong() const {
  std::vector<const PartSpan*> wrong;
  const bool whole = there.size() == of;
  const PartSpan* before = nullptr;  // the span to the left
  const PartSpan* teller = nullptr;  // the one that says where the next record begins; null: none
  for (const auto& [key, span] : spans) {
    const bool guessed = span.from != 0;
    if (before == nullptr || before->source != span.source || before->end != span.begin) {
      teller = nullptr;
      if (guessed && whole) wrong.push_back(&span);
    } else if (teller != nullptr) {
      const std::optional<uint64_t> next = teller->next;
      const bool fits = !next ? !guessed : (span.first ? *span.first == *next : *next >= span.end);
      // Who read from the beginning of the file knows.
      const PartSpan* const culprit = guessed || teller->from == 0 ? &span : teller;
      if (!fits && std::ranges::find(wrong, culprit) == wrong.end()) wrong.push_back(culprit);
      if (!fits && guessed && !span.first) teller = nullptr;
    }
    if (span.first || !guessed) teller = &span;
    before = &span;
  }
  return wrong;
}

std::vector<std::string> SummaryRuns::misfits() const {
  std::vector<std::string> lines;
  for (const auto& [run, parts] : runs) {
    for (const PartSpan* const span : parts.wrong()) {
      lines.push_back(
          fmt::format("{}: part {} of {} does not begin where the record before it ends",
                      span->source, span->part, parts.of));
    }
  }
  return lines;
}

std::string SummaryRuns::missing() const {
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

std::string summary_file_text(std::string_view kind, const SummaryRuns& runs,
                              const std::function<void(JsonWriter&)>& write) {
  std::string out;
  JsonWriter json(out);
  json.begin_object();
  write_number(json, "schema", 1);
  json.member("kind", kind);
  json.member("rules", runs.rules);
  write_rows(json, "runs", runs.runs, [&](const auto& entry) {
    const auto& [run, parts] = entry;
    json.member("run", run);
    write_number(json, "of", parts.of);
    json.key("parts");
    json.begin_array();
    for (const uint64_t part : parts.there) json.number(part);
    json.end_array();
    write_rows(json, "spans", parts.spans,
               [&](const auto& span) { write_span(json, span.second); });
  });
  json.key("summary");
  write(json);
  const std::string sum = checksum(out);
  return fmt::format("{}{}{}\"}}\n", out, kChecksum, sum);
}

Result<SummaryFile> read_summary_file(std::string_view text) {
  text = trim(text);
  const size_t end = kChecksum.size() + kHexDigits + 2;  // with its quote and brace
  if (!text.starts_with("{\"schema\":")) {
    return fail("not a summary that wafcheck writes with --summary");
  }
  if (text.size() < end || !text.substr(text.size() - end).starts_with(kChecksum)) {
    return fail("it breaks off: there is no checksum at its end");
  }
  const std::string_view summed = text.substr(0, text.size() - end);
  if (text.substr(text.size() - kHexDigits - 2, kHexDigits) != checksum(summed)) {
    return fail("it is damaged: its checksum does not fit");
  }
  auto document = parse_json(text, kSummaryDepth);
  if (!document) return fail(document.error().message);
  SummaryFile file{std::move(*document), {}, {}, {}};
  const JsonValue root = file.document.root();
  if (root.member("schema").integer() != 1) {
    return fail("it is of a version that this wafcheck does not know");
  }
  JsonTaker take;
  file.kind = take.bytes(root, "kind");
  file.runs.rules = take.bytes(root, "rules");
  take.rows(root, "runs", [&](JsonValue row) {
    SummaryRuns::Parts& parts = file.runs.runs[take.bytes(row, "run")];
    parts.of = take.number(row, "of");
    JsonElements elements(row.member("parts"));
    while (const auto part = elements.next()) {
      if (const auto number = part->integer(); number && *number > 0) {
        parts.there.insert(static_cast<uint64_t>(*number));
      } else {
        take.refuse("parts", "of numbers from 1");
      }
    }
    if (parts.there.empty() || *parts.there.rbegin() > parts.of) {
      take.refuse("parts", "of numbers up to that of the parts");
    }
    take.rows(row, "spans", [&](JsonValue span) { parts.add(read_span(take, span)); });
  });
  file.summary = root.member("summary");
  if (!file.summary.is(JsonValue::Kind::object)) take.refuse("summary", "an object");
  if (!take.fault().empty()) return fail(take.fault());
  return file;
}

}  // namespace wafcheck::formats::inline records
