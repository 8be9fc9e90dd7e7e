// Ids in log lines, and the order and meaning of a stage's checks.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "formats/ftw/ftw.h"

// A row names only the members it is about.
#pragma GCC diagnostic ignored "-Wmissing-field-initializers"

namespace wafcheck::formats {
namespace {

using testing::HasSubstr;
using Ids = std::vector<uint64_t>;

struct IdCase {
  std::string line;
  Ids ids;
};

TEST(FtwLoggedIds, FindsIdsAsTheRunnerDoes) {
  const IdCase cases[] = {
      {R"(x [id "920100"] [msg "y"] [id "7"])", {7, 920100}},
      {R"([id \"920100\"])", {920100}},
      {R"(["id":"920100"])", {920100}},
      {R"([\"id\":\"920100\"])", {920100}},
      {R"([\"id":\"920100"])", {920100}},
      {R"([[id "1"])", {1}},
      {R"([id "1"][id "2"])", {1, 2}},
      {R"([id "1"] and [id "1"])", {1}},
      {R"([id "1])", {}},
      {R"([id "1" ])", {}},
      {R"([id 1])", {}},
      {R"([id ""])", {}},
      {R"([ID "1"])", {}},
      {R"([id  "1"])", {}},
      {R"([id "-1"])", {}},
      {R"({"id":"920100"})", {920100}},
      {R"({"id":920100})", {920100}},
      {R"({"ruleId":"920100","id": 5})", {5, 920100}},
      {"{ \t\"id\":\n 920100 }", {920100}},
      {R"({"x":1, "ruleId":"5"})", {5}},
      {R"({"id" :1})", {}},
      {R"({"Id":1})", {}},
      {R"("id":1)", {}},
      {R"({"id":""})", {}},
      {R"({"id":"x1"})", {}},
      {"{\v\"id\":1}", {}},
      {R"([id "1"] {"id":2})", {1}},
      {R"([id "99999999999999999999"] {"id":2})", {}},
      {"", {}},
      {"[", {}},
      {R"([id ")", {}},
      {"{", {}},
  };
  for (const IdCase& c : cases) EXPECT_EQ(logged_ids({c.line}), c.ids) << c.line;
  EXPECT_EQ(logged_ids({R"([id "2"])", R"({"id":1})", R"([id "2"])"}), (Ids{1, 2}));
}

TEST(FtwLoggedIds, TakesLinearTimeOnOpeners) {
  for (const std::string_view unit : {"[id \"1", "{ \"id\":  ", "{   ", ",", "[\\\"id\\\":"}) {
    std::string line;
    while (line.size() < 4'000'000) line += unit;
    EXPECT_EQ(logged_ids({line}), Ids{}) << unit;
  }
}

struct CheckCase {
  std::string_view name;
  FtwOutput expected;
  FtwObserved observed;
  std::string reason;  ///< empty: passes
};

const std::vector<std::string> kLog = {R"(first [id "1"])", R"(second [id "2"])"};

TEST(FtwCheck, HoldsExpectationsAgainstWhatHappened) {
  const CheckCase cases[] = {
      {"nothing expected", {}, {.log = kLog}, ""},
      {"broken exchange", {}, {.exchange_failed = true}, "the exchange failed"},
      {"broken, error ruled out",
       {.expect_error = false},
       {.exchange_failed = true},
       "the exchange failed"},
      {"broken as expected, nothing else counts",
       {.status = 403, .expect_ids = {9}, .expect_error = true},
       {.exchange_failed = true},
       ""},
      {"not broken",
       {.expect_error = true},
       {.status = 400},
       "expected the exchange to fail, got status 400"},
      {"status", {.status = 403}, {.status = 403}, ""},
      {"other status", {.status = 403}, {.status = 200}, "expected status 403, got 200"},
      {"response", {.response_contains = "^HTTP/1.1 2\\d\\d"}, {.response = "HTTP/1.1 200 OK"}, ""},
      {"other response",
       {.response_contains = "secret"},
       {.response = "x"},
       "expected the response to match secret"},
      {"status before response",
       {.status = 1, .response_contains = "z"},
       {},
       "expected status 1, got 200"},
      {"ids", {.expect_ids = {2, 1}, .no_expect_ids = {3}}, {.log = kLog}, ""},
      {"missing ids",
       {.expect_ids = {1, 3, 4}},
       {.log = kLog},
       "expected 3, 4 in the log, logged: 1, 2"},
      {"missing from nothing", {.expect_ids = {3}}, {}, "expected 3 in the log, logged: none"},
      {"unwanted ids",
       {.no_expect_ids = {3, 2}},
       {.log = kLog},
       "expected not to find 2 in the log, logged: 1, 2"},
      {"match", {.match_regex = "second.*id"}, {.log = kLog}, ""},
      {"match within one line only",
       {.match_regex = "first.*second"},
       {.log = kLog},
       "expected a log line to match first.*second"},
      {"end of line", {.match_regex = "x$"}, {.log = {"x\n"}}, "expected a log line to match x$"},
      {"case counts",
       {.match_regex = "FIRST"},
       {.log = kLog},
       "expected a log line to match FIRST"},
      {"unwanted match",
       {.no_match_regex = "sec"},
       {.log = kLog},
       "expected no log line to match sec"},
      {"no unwanted match", {.no_match_regex = "third"}, {.log = kLog}, ""},
      {"alone", {.expect_ids = {1}, .isolated = true}, {.log = {kLog[0]}}, ""},
      {"not alone",
       {.expect_ids = {1}, .isolated = true},
       {.log = kLog},
       "expected 1 alone in the log, logged: 1, 2"},
      {"another alone",
       {.expect_ids = {1}, .isolated = true},
       {.log = {kLog[1]}},
       "expected 1 in the log, logged: 2"},
  };
  for (const CheckCase& c : cases) {
    const auto result = check_stage(c.expected, c.observed);
    ASSERT_TRUE(result) << c.name << ": " << result.error().message;
    EXPECT_EQ(*result, c.reason) << c.name;
  }
}

TEST(FtwCheck, RefusesBrokenExpectations) {
  const std::pair<FtwOutput, std::string_view> cases[] = {
      {{.response_contains = "("}, "response_contains: "},
      {{.match_regex = "["}, "match_regex: "},
      {{.no_match_regex = "a{2,1}"}, "no_match_regex: "},
      {{.isolated = true}, "isolated: expected exactly one id"},
      {{.expect_ids = {1, 2}, .isolated = true}, "isolated: expected exactly one id"},
  };
  for (const auto& [expected, message] : cases) {
    const auto result = check_stage(expected, {.log = kLog});
    ASSERT_FALSE(result) << message;
    EXPECT_THAT(result.error().message, testing::StartsWith(message));
  }
}

}  // namespace
}  // namespace wafcheck::formats
