#include "formats/traffic/awswaf.h"

#include <gmock/gmock.h>

#include "formats/traffic/gaps.h"
#include "tests/unit/formats/traffic_testing.h"

namespace wafcheck::formats {
namespace {

using namespace testing;
using ::testing::ElementsAre;

std::string record(std::string_view action, std::string_view method, std::string_view headers = {},
                   std::string_view more = {}) {
  return fmt::format(
      R"({{"timestamp":1764428400123,"formatVersion":1,"webaclId":"arn:x","terminatingRuleId":"r",)"
      R"("action":"{}",{}"httpRequest":{{"clientIp":"192.0.2.1","country":"AU","headers":[{}],)"
      R"("uri":"/a","args":"b=c","httpVersion":"HTTP/2.0","httpMethod":"{}","requestId":"rid"}}}})"
      "\n",
      action, more, headers, method);
}

TEST(AwsWaf, ARecordIsATransactionAndItsVerdict) {
  const Exchange exchange = read_one(
      "awswaf", record("BLOCK", "GET", R"({"name":"Host","value":"h"},{"name":"X","value":""})"));
  EXPECT_EQ(describe(exchange),
            R"(0: {"id":"rid","time":"2025-11-29T15:00:00.123Z","client":{"ip":"192.0.2.1"},)"
            R"("request":{"method":"GET","uri":"/a?b=c","protocol":"HTTP/2.0","headers":)"
            R"([["Host","h"],["X",""]]},"recorded":{"producer":"AWS WAF","decision":"deny",)"
            R"("status":403,"rule_ids":[]},"incomplete":["response","rule-ids"]})"
            "\n");
  EXPECT_FALSE(is_partial(exchange.gaps));
}

TEST(AwsWaf, Actions) {
  struct Row {
    std::string_view action, more, decision;
    int status;  ///< 0: none
  };
  const Row rows[] = {
      {"ALLOW", "", "pass", 0},
      {"BLOCK", "", "deny", 403},
      {"BLOCK", "\"responseCodeSent\":null,", "deny", 403},
      {"BLOCK", "\"responseCodeSent\":429,", "deny", 429},
      {"CAPTCHA", "", "deny", 405},
      {"CHALLENGE", "\"responseCodeSent\":202,", "deny", 202},
  };
  for (const Row& row : rows) {
    SCOPED_TRACE(row.action);
    const auto recorded = read_one("awswaf", record(row.action, "GET", "", row.more)).recorded;
    ASSERT_TRUE(recorded.has_value());
    EXPECT_EQ(recorded->decision, row.decision);
    EXPECT_EQ(recorded->status.value_or(0), row.status);
    EXPECT_FALSE(recorded->engine.has_value());
  }
}

TEST(AwsWaf, WhatIsNotLoggedIsAGap) {
  struct Row {
    std::string_view name;
    std::string text;
    std::vector<Gap> gaps;
  };
  const Row rows[] = {
      {"GET", record("ALLOW", "GET"), {Gap::response, Gap::rule_ids}},
      {"POST", record("ALLOW", "POST"), {Gap::request_body, Gap::response, Gap::rule_ids}},
      {"empty POST",
       record("ALLOW", "POST", R"({"name":"content-length","value":"0"})"),
       {Gap::response, Gap::rule_ids}},
      {"GET with a body",
       record("ALLOW", "GET", R"({"name":"content-length","value":"7"})"),
       {Gap::request_body, Gap::response, Gap::rule_ids}},
      {"masked",
       record("ALLOW", "GET", R"({"name":"Cookie","value":"REDACTED"})"),
       {Gap::sanitised, Gap::response, Gap::rule_ids}},
      {"fields are named",
       record("ALLOW", "GET", "", R"("RedactedFields":[{"Method":{}}],)"),
       {Gap::sanitised, Gap::response, Gap::rule_ids}},
      {"none is named",
       record("ALLOW", "GET", "", R"("RedactedFields":[],)"),
       {Gap::response, Gap::rule_ids}},
  };
  for (const Row& row : rows) EXPECT_EQ(read_one("awswaf", row.text).gaps, row.gaps) << row.name;
}

TEST(AwsWaf, BadLinesAreErrors) {
  struct Row {
    std::string_view text, error;
  };
  const Row rows[] = {
      {"[]", "a record must be an object, not an array"},
      {"{\"action\":\"ALLOW\"}", "httpRequest is missing"},
      {"{\"httpRequest\":{}}", "action is missing"},
      {"{\"action\":\"ALLOW\",\"httpRequest\":{}}", "httpRequest.httpMethod is missing"},
      {R"({"action":"ALLOW","httpRequest":{"httpMethod":"GET"}})", "httpRequest.uri is missing"},
      {R"({"action":"ALLOW","httpRequest":{"httpMethod":"GET","uri":1}})",
       "httpRequest.uri must be a string, not a number"},
      {R"({"action":"ALLOW","httpRequest":{"httpMethod":"GET","uri":"/","headers":{}}})",
       "httpRequest.headers must be an array, not an object"},
      {R"({"action":"ALLOW","httpRequest":{"httpMethod":"GET","uri":"/","headers":["x"]}})",
       "httpRequest.headers[0] must have a name and a value"},
  };
  for (const Row& row : rows) EXPECT_EQ(read_error("awswaf", row.text).message, row.error);
  const auto entries = read_all("awswaf", "{\n" + record("ALLOW", "GET"));
  EXPECT_EQ(entries.size(), 2u);
}

TEST(AwsWaf, FilesAreFoundByName) {
  EXPECT_TRUE(is_awswaf_name("1_waflogs_eu-west-1_acl_20261129T1600Z_0a.log"));
  EXPECT_TRUE(is_awswaf_name("aws-waf-logs-acl-1-2026-11-29-16-00-00-0a"));
  EXPECT_FALSE(is_awswaf_name("waflogs.txt"));
}

}  // namespace
}  // namespace wafcheck::formats
