#include "formats/records/statistics.h"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <utility>
#include <vector>

#include "formats/why/marked.h"
#include "parser/base/escape.h"
#include "parser/ruleset/ruleset.h"

namespace wafcheck::formats::inline records {
namespace {

constexpr size_t kExample = 200;  // columns that are kept

/// Where what was captured stands in what the operator saw, if that is the value itself.
std::optional<Range> range_of(const engine::Match& match) {
  if (match.captured.empty() || match.transformed != match.value) return std::nullopt;
  const size_t at = match.value.find(match.captured);
  if (at == std::string_view::npos) return std::nullopt;
  return Range{at, at + match.captured.size()};
}

/// Shorter ones come first.
bool is_before(std::string_view a, std::string_view b) {
  return std::pair(a.size(), a) < std::pair(b.size(), b);
}

}  // namespace

void MatchStatistics::add(const Key& key, const Row& row) {
  const auto [it, inserted] = rows_.try_emplace(key, row);
  if (!inserted) {
    it->second.matches += row.matches;
    it->second.transactions += row.transactions;
    if (is_before(row.example, it->second.example)) it->second.example = row.example;
  }
  if (rows_.size() <= kMostRows) return;
  const auto last = std::prev(rows_.end());
  others_ += last->second.matches;
  rows_.erase(last);
}

void MatchStatistics::add(const Outcome& outcome, const Masks& masks) {
  std::map<Key, Row> own;
  for (const engine::MatchedRule& matched : outcome.transaction->matched_rules()) {
    if (!matched.log && !matched.auditlog && !matched.disrupted) continue;
    for (const engine::Match& match : matched.matches) {
      Row& row = own[{matched.rule->id.value_or(0), match.name()}];
      ++row.matches;
      row.transactions = 1;
      const std::string value = masks.hide(match.name(), match.value);
      std::string example = marked_excerpt(value, range_of(match), kExample, true).text();
      if (row.matches == 1 || is_before(example, row.example)) row.example = std::move(example);
    }
  }
  for (const auto& [key, row] : own) add(key, row);
}

void MatchStatistics::merge(const MatchStatistics& other) {
  others_ += other.others_;
  for (const auto& [key, row] : other.rows_) add(key, row);
}

void write_statistics_row(JsonWriter& json, const MatchStatistics::Key& key,
                          const MatchStatistics::Row& row) {
  json.key("rule_id");
  json.number(key.first);
  json.bytes("target", key.second);
  json.key("matches");
  json.number(row.matches);
  json.key("transactions");
  json.number(row.transactions);
  json.bytes("example", row.example);
}

void write_statistics(JsonWriter& json, const MatchStatistics& statistics) {
  json.key("statistics");
  json.begin_array();
  for (const auto& [key, row] : statistics.rows()) {
    json.begin_object();
    write_statistics_row(json, key, row);
    json.end_object();
  }
  json.end_array();
  if (statistics.others() == 0) return;
  json.key("statistics_others");
  json.number(statistics.others());
}

std::string statistics_text(const MatchStatistics& statistics, size_t columns, bool ascii) {
  constexpr size_t kTarget = 32, kRule = 8, kCount = 7;
  if (columns == 0) columns = 120;
  std::vector<std::pair<MatchStatistics::Key, MatchStatistics::Row>> rows(statistics.rows().begin(),
                                                                          statistics.rows().end());
  std::ranges::stable_sort(rows, [](const auto& a, const auto& b) {
    return a.second.transactions > b.second.transactions;
  });
  std::string text = fmt::format("{:>{}}  {:>{}}  {:<{}}  {}\n", "count", kCount, "rule", kRule,
                                 "target", kTarget, "example");
  const size_t taken = kCount + kRule + kTarget + 6;
  const size_t room = columns > taken + 16 ? columns - taken : 16;
  for (const auto& [key, row] : rows) {
    const std::string target = marked_excerpt(key.second, std::nullopt, kTarget, ascii).text();
    text +=
        fmt::format("{:>{}}  {:>{}}  {:<{}}  {}\n", row.transactions, kCount, key.first, kRule,
                    target, kTarget, marked_excerpt(row.example, std::nullopt, room, ascii).text());
  }
  if (statistics.others() != 0) {
    text += fmt::format("and {} matches of more rules and targets\n", statistics.others());
  }
  return text;
}

}  // namespace wafcheck::formats::inline records
