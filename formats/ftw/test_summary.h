#pragma once
// The results of tests that were run in parts.

#include <cstdint>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "formats/ftw/ftw.h"
#include "formats/json/rows.h"
#include "formats/records/summary.h"

namespace wafcheck::formats::inline ftw {

struct TestSummary {
  /// By the run, and the place of the test, or of a file of expectations, in its list of tests.
  std::map<std::pair<std::string, uint64_t>, std::vector<FtwResult>> results;
  std::vector<DroppedRule> dropped;

  void merge(const TestSummary& other);
  /// In the order of the tests.
  std::vector<FtwResult> all() const;
};

void write_whole(JsonWriter& json, const TestSummary& summary);
void read_whole(JsonTaker& take, JsonValue from, TestSummary& summary);

/// "passed"
std::string_view outcome_name(FtwResult::Outcome outcome);

}  // namespace wafcheck::formats::inline ftw
