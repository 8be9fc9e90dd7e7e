#include "formats/reduce/emit.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/unit/formats/reduce/reducing.h"

namespace wafcheck::formats {
namespace {

using testing::get;
using ::testing::HasSubstr;
using testing::post;
using testing::Reducing;

/// The text of a form, or why there is none.
std::string emitted(std::string_view form, const Exchange& exchange,
                    const std::string& rule =
                        "SecRule REQUEST_LINE|REQUEST_HEADERS|ARGS "
                        "\"@contains evil\" \"id:1,phase:2,pass,log\"",
                    bool false_positive = false) {
  Reducing rules(rule);
  const Goal goal = Goal::rule(1);
  const Holds holds = rules.holds(goal);
  EXPECT_TRUE(holds(exchange));
  const EmitContext context{holds, goal, rules.program, rules.evaluation, false_positive};
  const auto text = emit(*find_emit_form(form), exchange, context);
  return text ? *text : "error: " + text.error().message;
}

TEST(Emit, Curl) {
  struct Row {
    std::string_view name;
    Exchange exchange;
    std::string_view text;
  };
  const Row rows[] = {
      {"what curl adds is taken out", get("/?a=evil"),
       "curl -H User-Agent: -H Accept: 'http://h/?a=evil'\n"},
      {"no host", get("/?a=evil", {}),
       "curl -H Host: -H User-Agent: -H Accept: 'http://localhost/?a=evil'\n"},
      {"a host that is none", get("/evil", {{"Host", "a'b"}}),
       "curl -H $'Host: a\\'b' -H User-Agent: -H Accept: http://localhost/evil\n"},
      {"bytes", get("/", {{"Host", "h"}, {"X", "evil\xff\\"}, {"Y", ""}}),
       "curl -H $'X: evil\\xff\\\\' -H 'Y;' -H User-Agent: -H Accept: http://h/\n"},
      {"a form", post("application/x-www-form-urlencoded", "a=evil'\r\n"),
       "curl -H 'Content-Type: application/x-www-form-urlencoded' -H User-Agent: -H Accept: "
       "--data-raw $'a=evil\\'\\r\\n' http://h/\n"},
      {"a target that no URL holds", get("/evil /../#"),
       "curl -H User-Agent: -H Accept: --request-target '/evil /../#' http://h/\n"},
      {"braces and dots", get("/./evil[1]"),
       "curl -H User-Agent: -H Accept: -g --path-as-is 'http://h/./evil[1]'\n"},
  };
  for (const Row& row : rows) EXPECT_EQ(emitted("curl", row.exchange), row.text) << row.name;
}

TEST(Emit, WhatAFormCannotHoldIsSaid) {
  const auto answered = [] {
    Exchange exchange = get("/");
    exchange.response = Response{200, "OK", "HTTP/1.1", {{"X", "evil"}}, ""};
    return exchange;
  };
  Exchange from_client = get("/evil");
  from_client.client = Endpoint{"192.0.2.7", 1};
  const std::string by_client = "SecRule REMOTE_ADDR \"@streq 192.0.2.7\" \"id:1,phase:1,pass\"";
  const std::string by_answer = "SecRule RESPONSE_HEADERS evil \"id:1,phase:3,pass,log\"";
  EXPECT_EQ(emitted("curl", get("/", {{"Host", "h"}, {"X", std::string("evil\0", 5)}})),
            "error: curl cannot hold the request: a command line holds no NUL byte; http, jsonl, "
            "har, ftw, expect can");
  EXPECT_EQ(emitted("har", get("/evil\xff")),
            "error: har cannot hold the request: its target is no UTF-8; http, curl, jsonl, ftw, "
            "expect can");
  EXPECT_EQ(emitted("ftw", answered(), by_answer),
            "error: ftw cannot hold the request: a test brings no answer of its own; http, jsonl, "
            "har, expect can");
  EXPECT_EQ(emitted("http", from_client, by_client),
            "error: http cannot hold the request: the client's address would be lost, which the "
            "match needs; jsonl, expect can");
  EXPECT_THAT(emitted("ftw", get("/evil"), "SecRule REQUEST_URI evil \"id:1,phase:1,pass,nolog\""),
              HasSubstr("the test does not show the match: "));
}

TEST(Emit, EveryFormIsReadBack) {
  const Exchange rows[] = {
      get("/?a=evil"),
      get("/?a=evil", {{"Host", "h"}, {"X", "a"}, {"X", "b"}}),
      post("application/x-www-form-urlencoded", "a=evil%00+{{x}}"),
      post("multipart/form-data; boundary=b",
           "--b\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\nevil\r\n--b--\r\n"),
  };
  for (const Exchange& exchange : rows) {
    for (const EmitForm& form : emit_forms()) {
      EXPECT_FALSE(emitted(form.name, exchange).starts_with("error"))
          << emitted(form.name, exchange);
    }
  }
}

TEST(Emit, RegressionTest) {
  const Exchange exchange = post("application/x-www-form-urlencoded", "a=evil\xff");
  EXPECT_THAT(emitted("ftw", exchange), HasSubstr("encoded_request: "));
  EXPECT_THAT(emitted("ftw", get("/?a=evil")), HasSubstr("expect_ids: [1]\n"));
  EXPECT_THAT(emitted("ftw", get("/?a=evil")), HasSubstr("          uri: \"/?a=evil\"\n"));
  EXPECT_THAT(
      emitted("ftw", get("/?a=evil"), "SecRule ARGS evil \"id:1,phase:1,pass,log,msg:'m'\"", true),
      HasSubstr("no_expect_ids: [1]\n"));
}

}  // namespace
}  // namespace wafcheck::formats
