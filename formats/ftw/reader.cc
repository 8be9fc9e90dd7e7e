#include "formats/ftw/reader.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <numeric>

#include "parser/base/ascii.h"

namespace wafcheck::formats::inline ftw {

namespace {

constexpr size_t kShown = 40;  // bytes of a wrong value that a message repeats

std::string describe(const YamlNode& node) {
  if (node.kind == YamlNode::Kind::list) return "a list";
  if (node.kind == YamlNode::Kind::map) return "a map";
  if (node.is_null()) return "nothing";
  if (node.text.size() <= kShown) return fmt::format("'{}'", node.text);
  return fmt::format("'{}'...", std::string_view(node.text).substr(0, kShown));
}

size_t edit_distance(std::string_view a, std::string_view b) {
  std::vector<size_t> row(b.size() + 1);
  std::iota(row.begin(), row.end(), size_t{0});
  for (size_t i = 0; i < a.size(); ++i) {
    size_t diagonal = row[0]++;
    for (size_t j = 0; j < b.size(); ++j) {
      const size_t replaced = diagonal + (a[i] != b[j]);
      diagonal = row[j + 1];
      row[j + 1] = std::min({replaced, diagonal + 1, row[j] + 1});
    }
  }
  return row[b.size()];
}

}  // namespace

void FtwReader::note(const YamlNode& node, std::string_view message) {
  notes.push_back(fmt::format("line {}: {}", line(node), message));
}

bool FtwReader::expect(const YamlNode& node, YamlNode::Kind kind) {
  if (node.kind == kind) return true;
  problem(node, fmt::format("expected a {}, found {}",
                            kind == YamlNode::Kind::list ? "list" : "map", describe(node)));
  return false;
}

std::optional<std::string> FtwReader::text(const YamlNode& node) {
  if (node.is_null()) return std::string();
  if (node.kind == YamlNode::Kind::scalar) return node.text;
  problem(node, fmt::format("expected a string, found {}", describe(node)));
  return std::nullopt;
}

std::optional<uint64_t> FtwReader::number(const YamlNode& node, uint64_t max) {
  if (node.kind == YamlNode::Kind::scalar) {
    uint64_t value = 0;
    const char* end = node.text.data() + node.text.size();
    const auto [stop, error] = std::from_chars(node.text.data(), end, value);
    if (error == std::errc() && stop == end && value <= max) return value;
  }
  const std::string range = max == UINT64_MAX ? "" : fmt::format(" up to {}", max);
  problem(node, fmt::format("expected a whole number{}, found {}", range, describe(node)));
  return std::nullopt;
}

std::optional<bool> FtwReader::boolean(const YamlNode& node) {
  if (node.kind == YamlNode::Kind::scalar) {
    for (const std::string_view yes : {"true", "yes", "on"}) {
      if (iequals(node.text, yes)) return true;
    }
    for (const std::string_view no : {"false", "no", "off"}) {
      if (iequals(node.text, no)) return false;
    }
  }
  problem(node, fmt::format("expected true or false, found {}", describe(node)));
  return std::nullopt;
}

std::span<const uint32_t> FtwReader::items(const YamlNode& node) {
  if (!expect(node, YamlNode::Kind::list)) return {};
  return node.items;
}

std::vector<uint64_t> FtwReader::numbers(const YamlNode& list) {
  std::vector<uint64_t> values;
  for (const uint32_t id : items(list)) {
    if (const auto value = number(document.node(id))) values.push_back(*value);
  }
  return values;
}

std::vector<std::string> FtwReader::texts(const YamlNode& list) {
  std::vector<std::string> values;
  for (const uint32_t id : items(list)) {
    if (auto value = text(document.node(id))) values.push_back(*std::move(value));
  }
  return values;
}

void FtwReader::unknown_key(const YamlNode& key, std::string_view where,
                            std::span<const std::string_view> names) {
  constexpr size_t kLongestKey = 64;
  constexpr size_t kFarthest = 2;
  std::string message = fmt::format("unknown key {} in {}", describe(key), where);
  if (!names.empty() && key.text.size() <= kLongestKey) {
    const auto distance = [&](std::string_view name) { return edit_distance(key.text, name); };
    const std::string_view nearest = *std::ranges::min_element(names, {}, distance);
    if (distance(nearest) <= kFarthest) message += fmt::format("; did you mean '{}'?", nearest);
  }
  if (strict) return problem(key, std::move(message));
  note(key, message);
}

namespace {

struct RawOutput {
  FtwOutput output;
  std::string log_contains, no_log_contains;
};

constexpr FtwField<FtwOutput> kLogFields[] = {
    {"expect_ids",
     [](FtwReader& r, const YamlNode& v, FtwOutput& o) { o.expect_ids = r.numbers(v); }},
    {"no_expect_ids",
     [](FtwReader& r, const YamlNode& v, FtwOutput& o) { o.no_expect_ids = r.numbers(v); }},
    {"match_regex",
     [](FtwReader& r, const YamlNode& v, FtwOutput& o) { o.match_regex = r.text(v).value_or(""); }},
    {"no_match_regex", [](FtwReader& r, const YamlNode& v,
                          FtwOutput& o) { o.no_match_regex = r.text(v).value_or(""); }},
};

constexpr FtwField<RawOutput> kOutputFields[] = {
    {"status",
     [](FtwReader& r, const YamlNode& v, RawOutput& o) {
       o.output.status = static_cast<int>(r.number(v, 999).value_or(0));
     }},
    {"response_contains",
     [](FtwReader& r, const YamlNode& v, RawOutput& o) {
       o.output.response_contains = r.text(v).value_or("");
     }},
    {"log",
     [](FtwReader& r, const YamlNode& v, RawOutput& o) { r.map(v, "log", kLogFields, o.output); }},
    {"log_contains", [](FtwReader& r, const YamlNode& v,
                        RawOutput& o) { o.log_contains = r.text(v).value_or(""); }},
    {"no_log_contains", [](FtwReader& r, const YamlNode& v,
                           RawOutput& o) { o.no_log_contains = r.text(v).value_or(""); }},
    {"expect_error",
     [](FtwReader& r, const YamlNode& v, RawOutput& o) { o.output.expect_error = r.boolean(v); }},
    {"isolated", [](FtwReader& r, const YamlNode& v,
                    RawOutput& o) { o.output.isolated = r.boolean(v).value_or(false); }},
    // For runs whose log arrives late; in process it never does.
    {"retry_once", [](FtwReader& r, const YamlNode& v, RawOutput&) { r.boolean(v); }},
};

}  // namespace

FtwOutput read_ftw_output(FtwReader& reader, const YamlNode& node) {
  RawOutput raw;
  reader.map(node, "output", kOutputFields, raw);
  FtwOutput& output = raw.output;
  if (output.expect_ids.empty() && output.match_regex.empty()) {
    output.match_regex = std::move(raw.log_contains);
  }
  if (output.no_expect_ids.empty() && output.no_match_regex.empty()) {
    output.no_match_regex = std::move(raw.no_log_contains);
  }
  return std::move(output);
}

}  // namespace wafcheck::formats::inline ftw
