#include "formats/ftw/test_summary.h"

#include <algorithm>
#include <iterator>

#include "formats/records/whole.h"

namespace wafcheck::formats::inline ftw {
namespace {

using Outcome = FtwResult::Outcome;

struct OutcomeName {
  Outcome outcome;
  std::string_view name;
};
constexpr OutcomeName kOutcomes[] = {{Outcome::passed, "passed"},
                                     {Outcome::failed, "failed"},
                                     {Outcome::skipped, "skipped"},
                                     {Outcome::ignored, "ignored"}};

void write_result(JsonWriter& json, const FtwResult& result) {
  json.begin_object();
  json.bytes("id", result.id);
  json.bytes("file", result.file);
  json.member("outcome", outcome_name(result.outcome));
  json.bytes("reason", result.reason);
  json.key("undecided");
  json.boolean(result.undecided);
  json.key("elapsed_us");
  json.number(result.elapsed_us, 1);
  json.end_object();
}

FtwResult read_result(JsonTaker& take, JsonValue from) {
  FtwResult result;
  result.id = take.bytes(from, "id");
  result.file = take.bytes(from, "file");
  result.reason = take.bytes(from, "reason");
  result.undecided = take.boolean(from, "undecided");
  result.elapsed_us = take.real(from, "elapsed_us");
  const auto* const row =
      std::ranges::find(kOutcomes, take.bytes(from, "outcome"), &OutcomeName::name);
  if (row == std::end(kOutcomes)) {
    take.refuse("outcome", "one that is known");
  } else {
    result.outcome = row->outcome;
  }
  return result;
}

}  // namespace

std::string_view outcome_name(Outcome outcome) {
  return std::ranges::find(kOutcomes, outcome, &OutcomeName::outcome)->name;
}

void TestSummary::merge(const TestSummary& other) {
  results.insert(other.results.begin(), other.results.end());
}

std::vector<FtwResult> TestSummary::all() const {
  std::vector<FtwResult> all;
  for (const auto& [place, own] : results) all.insert(all.end(), own.begin(), own.end());
  return all;
}

void write_whole(JsonWriter& json, const TestSummary& summary) {
  json.begin_object();
  write_rows(json, "tests", summary.results, [&](const auto& entry) {
    json.member("run", entry.first.first);
    write_number(json, "place", entry.first.second);
    json.key("results");
    json.begin_array();
    for (const FtwResult& result : entry.second) write_result(json, result);
    json.end_array();
  });
  write_whole(json, summary.dropped);
  json.end_object();
}

void read_whole(JsonTaker& take, JsonValue from, TestSummary& summary) {
  take.rows(from, "tests", [&](JsonValue row) {
    std::vector<FtwResult>& own =
        summary.results[{take.bytes(row, "run"), take.number(row, "place")}];
    JsonElements results(row.member("results"));
    while (const auto result = results.next()) own.push_back(read_result(take, *result));
  });
  read_whole(take, from, summary.dropped);
}

}  // namespace wafcheck::formats::inline ftw
