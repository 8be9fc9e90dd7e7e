#include "formats/records/audit_masks.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "formats/records/audit_log.h"
#include "tests/unit/formats/evaluated.h"

namespace wafcheck::formats {
namespace {

using testing::Evaluated;
using testing::form_post;
using ::testing::HasSubstr;
using ::testing::Not;
using testing::upload_post;

constexpr const char* kAll = "SecAuditEngine On\nSecAuditLogParts ABCEFHIJKZ\n";

std::string body_of(const std::string& rules, Exchange exchange) {
  const Evaluated run(rules, std::move(exchange));
  return AuditMasks(run.transaction()).request_body();
}

struct Masked {
  const char* name;
  const char* rules;
  const char* body;
  const char* shown;
};

class Urlencoded : public ::testing::TestWithParam<Masked> {};

TEST_P(Urlencoded, BodiesAreMasked) {
  const Masked& row = GetParam();
  EXPECT_EQ(body_of(row.rules, form_post(row.body)), row.shown);
}

#define ON_ANY "SecAction \"id:1,phase:2,pass,nolog,"
INSTANTIATE_TEST_SUITE_P(
    Rows, Urlencoded,
    ::testing::Values(
        Masked{"Nothing_is_asked_for", ON_ANY "setvar:tx.a=1\"", "password=abc", "password=abc"},
        Masked{"Argument", ON_ANY "sanitiseArg:password\"", "a=1&password=abc&b=2",
               "a=1&password=***&b=2"},
        Masked{"American_spelling", ON_ANY "sanitizeArg:password\"", "password=abc",
               "password=***"},
        Masked{"Any_letter_case", ON_ANY "sanitiseArg:PassWord\"", "pASSword=abc", "pASSword=***"},
        Masked{"Encoded_name", ON_ANY "sanitiseArg:password\"", "pass%77ord=abc", "pass%77ord=***"},
        Masked{"Encoded_value", ON_ANY "sanitiseArg:password\"", "password=%61b+c",
               "password=******"},
        Masked{"Repeated", ON_ANY "sanitiseArg:p\"", "p=abc&p=de&p", "p=***&p=**&p"},
        Masked{"The_value_elsewhere", ON_ANY "sanitiseArg:p\"", "p=secret&q=my%20sec%72et&r=SECRET",
               "p=******&q=my%20********&r=******"},
        Masked{"No_such_argument", ON_ANY "sanitiseArg:p\"", "q=1", "q=1"},
        Masked{"Matched",
               "SecRule ARGS \"@rx ^4\\d+$\" \"id:1,phase:2,pass,nolog,sanitiseMatched\"",
               "a=4111&b=x", "a=****&b=x"},
        Masked{"Matched_body",
               "SecRule REQUEST_BODY \"@contains x\" \"id:1,phase:2,pass,nolog,sanitiseMatched\"",
               "a=1&b=x", "*******"},
        Masked{"Matched_name",
               "SecRule ARGS_NAMES \"@streq odd\" \"id:1,phase:2,pass,nolog,sanitiseMatched\"",
               "odd=1&b=odd", "***=1&b=***"},
        Masked{"Counts_have_nothing_to_hide",
               "SecRule &ARGS \"@gt 0\" \"id:1,phase:2,pass,nolog,sanitiseMatched\"", "a=2&b=1",
               "a=2&b=1"},
        Masked{"Bytes",
               "SecRule ARGS \"@rx \\d{16}\" \"id:1,phase:2,pass,nolog,sanitiseMatchedBytes\"",
               "c=no+4111111111111111.", "c=no+****************."},
        Masked{"Bytes_but_the_last_four",
               "SecRule ARGS \"@rx \\d{16}\" \"id:1,phase:2,pass,nolog,sanitiseMatchedBytes:0/4\"",
               "c=4111111111111234", "c=************1234"},
        Masked{"Bytes_but_both_ends",
               "SecRule ARGS \"@rx \\d{8}\" \"id:1,phase:2,pass,nolog,sanitiseMatchedBytes:1/2\"",
               "c=12345678", "c=1*****78"},
        Masked{"Bytes_of_each_place",
               "SecRule ARGS \"@rx \\d{4}\" \"id:1,phase:2,pass,nolog,sanitiseMatchedBytes:0/1\"",
               "c=1234,5678,9", "c=***4,***8,9"},
        Masked{"Bytes_of_a_phrase",
               "SecRule ARGS \"@pm secret\" \"id:1,phase:2,pass,nolog,sanitiseMatchedBytes\"",
               "c=my+SECRET+x", "c=my+******+x"},
        Masked{"Kept_bytes_are_all",
               "SecRule ARGS \"@rx \\d{4}\" \"id:1,phase:2,pass,nolog,sanitiseMatchedBytes:3/3\"",
               "c=1234", "c=1234"},
        Masked{"Bytes_that_a_transformation_made",
               "SecRule ARGS \"@rx [a-z]{6}\" "
               "\"id:1,phase:2,pass,nolog,t:base64Decode,sanitiseMatchedBytes\"",
               "c=c2VjcmV0&d=1", "c=********&d=1"},
        Masked{"Bytes_of_an_operator_without_a_place",
               "SecRule ARGS \"@streq abc\" \"id:1,phase:2,pass,nolog,sanitiseMatchedBytes\"",
               "c=abc", "c=***"},
        Masked{"A_chain_that_fails_still_masks",
               "SecRule ARGS:p \"@rx .\" "
               "\"id:1,phase:2,pass,nolog,sanitiseMatched,chain\"\nSecRule ARGS:q \"@rx .\"",
               "p=abc", "p=***"},
        Masked{"A_rule_that_does_not_match_does_not",
               "SecRule ARGS:q \"@rx .\" \"id:1,phase:2,pass,nolog,sanitiseArg:p\"", "p=abc",
               "p=abc"},
        Masked{"An_action_masks_no_earlier_match",
               "SecRule ARGS:p \"@rx .\" \"id:2,phase:2,pass,nolog\"\n" ON_ANY "sanitiseMatched\"",
               "p=abc", "p=abc"}),
    [](const auto& test) { return test.param.name; });

TEST(AuditMasks, MultipartFieldsAreMasked) {
  const std::string shown = body_of(ON_ANY "sanitiseArg:name\"", upload_post());
  EXPECT_THAT(shown, HasSubstr("name=\"name\"\r\n\r\n********\r\n--b"));
  EXPECT_EQ(shown.size(), upload_post().request.body.size());
}

TEST(AuditMasks, AJsonValueInOtherBytesHidesTheBody) {
  constexpr const char* kJson =
      "SecAction \"id:2,phase:1,pass,nolog,ctl:requestBodyProcessor=JSON\"\n" ON_ANY
      "sanitiseArg:json.p\"";
  EXPECT_EQ(body_of(kJson, form_post(R"({"p":"abc","q":1})")), R"({"p":"***","q":1})");
  EXPECT_EQ(body_of(kJson, form_post(R"({"p":"\u0061bc"})")), std::string(16, '*'));
}

TEST(AuditMasks, NoPlaceOfARecordShowsTheValue) {
  Exchange exchange = form_post("password=hunter2&a=1");
  exchange.request.uri = "/login?x=hunter2&y=%68unter2";
  exchange.request.headers.emplace_back("Referer", "http://h/?password=%68unter2");
  exchange.request.headers.emplace_back("X-Echo", "HUNTER2");
  exchange.response->headers.emplace_back("Set-Cookie", "p=hunter2");
  exchange.response->body = "<p>hunter2</p>";
  const Evaluated run(
      std::string(kAll) +
          "SecRule ARGS:password \"@rx ^(hunt)\" "
          "\"id:1,phase:2,pass,log,capture,t:uppercase,t:lowercase,"
          "msg:'%{TX.0} at %{MATCHED_VAR}',logdata:'%{MATCHED_VAR}',tag:'t/%{MATCHED_VAR}',"
          "sanitiseArg:password\"",
      exchange);
  for (const RecordFormat& row : record_formats(RecordKind::audit)) {
    const std::string text = testing::audit_record(run.outcome(), row.name);
    for (const char* secret : {"hunter2", "HUNTER2", "%68unter2", "msg \"hunt", "\"hunt at"}) {
      EXPECT_THAT(text, Not(HasSubstr(secret))) << row.name;
    }
    EXPECT_THAT(text, HasSubstr("*******")) << row.name;
    EXPECT_THAT(text, HasSubstr("a=1")) << row.name;
  }
}

TEST(AuditMasks, HeadersAreMaskedByName) {
  Exchange exchange = form_post();
  exchange.request.headers.emplace_back("Authorization", "Basic Zm9v");
  exchange.response->headers.emplace_back("Set-Cookie", "id=77777");
  const Evaluated run(std::string(kAll) +
                          "SecAction \"id:1,phase:1,pass,log,sanitiseRequestHeader:authorization,"
                          "sanitiseResponseHeader:Set-Cookie\"",
                      exchange);
  for (const RecordFormat& row : record_formats(RecordKind::audit)) {
    const std::string text = testing::audit_record(run.outcome(), row.name);
    EXPECT_THAT(text, Not(HasSubstr("Zm9v"))) << row.name;
    EXPECT_THAT(text, Not(HasSubstr("77777"))) << row.name;
    EXPECT_THAT(text, HasSubstr("shop.example")) << row.name;
  }
}

TEST(AuditMasks, MatchedHeadersAreMasked) {
  const Evaluated run(
      "SecRule REQUEST_HEADERS:Accept \"@streq a\" \"id:1,phase:1,pass,log,sanitiseMatched\"",
      form_post());
  EXPECT_EQ(AuditMasks(run.transaction()).request_header("accept", "b"), "*");
  EXPECT_EQ(AuditMasks(run.transaction()).request_header("Host", "x"), "x");
}

TEST(AuditMasks, ThePathOfATargetIsNoQuery) {
  const Evaluated run(ON_ANY "sanitiseArg:x\"", form_post());
  const AuditMasks masks(run.transaction());
  EXPECT_EQ(masks.target("/x=9?x=9&y=9"), "/x=9?x=*&y=9");
  EXPECT_EQ(masks.target("/none"), "/none");
  EXPECT_EQ(masks.target("/?"), "/?");
}

TEST(AuditMasks, ATransactionThatIsReusedForgets) {
  const Evaluated first(ON_ANY "sanitiseArg:a\"", form_post());
  engine::Transaction transaction(first.program(), {});
  const Exchange exchange = form_post();
  evaluate(exchange, transaction);
  EXPECT_FALSE(transaction.masks().empty());
  transaction.reset({});
  EXPECT_TRUE(transaction.masks().empty());
}

/// A thousand arguments of one name, and a rule that asks to hide each: names are kept once.
TEST(AuditMasks, AreASet) {
  std::string body;
  for (int i = 0; i < 900; ++i) body += "p=v" + std::to_string(i) + "&";
  const Evaluated run(
      "SecRule ARGS \"@rx .\" \"id:1,phase:2,pass,nolog,sanitiseMatched,sanitiseArg:p\"",
      form_post(body));
  EXPECT_EQ(run.transaction().masks().arguments.size(), 2U);  // x, of the query, and p
  EXPECT_THAT(AuditMasks(run.transaction()).request_body(), Not(HasSubstr("v")));
}

/// What it costs is measured by the benchmark growth_audit_masks.
TEST(AuditMasks, MaskEachOfManyArguments) {
  std::string body;
  for (int i = 0; i < 400; ++i) body += "p=" + std::to_string(i) + std::string(2000, 'x') + "&";
  const Evaluated run(
      "SecArgumentsLimit 100000\nSecRequestBodyNoFilesLimit 100000000\nSecAuditEngine On\n"
      "SecRule ARGS \"@rx .\" \"id:1,phase:2,pass,nolog,sanitiseMatched\"",
      form_post(body));
  EXPECT_THAT(testing::audit_record(run.outcome(), "modsecurity"), Not(HasSubstr("xx")));
}

}  // namespace
}  // namespace wafcheck::formats
