#include "engine/intake/intake.h"

#include <gtest/gtest.h>

#include "tests/unit/engine/evaluate.h"

namespace wafcheck::engine {
namespace {

using parser::Variable;

/// The states of a transaction under settings, without a rule that runs.
class IntakeTest : public testing::Test {
 protected:
  explicit IntakeTest(std::string settings = "")
      : program(compile("SecRuleEngine On\nSecRequestBodyAccess On\nSecResponseBodyAccess On\n"
                        "SecResponseBodyMimeType text/plain\n" +
                        settings + "SecRule ARGS|REQUEST_BODY|RESPONSE_BODY|FILES \"x\" \"id:1\"")),
        memory(program->data()),
        state(program->data(), options_at(1), memory) {
    intake::begin(state);
  }

  std::string first(Variable variable) const {
    return std::string(state.variables.first(variable).value_or("unset"));
  }
  /// "key=value " of each member.
  std::string members(Variable variable) const {
    std::string text;
    for (const Member& member : state.variables.members(variable)) {
      text += fmt::format("{}={} ", member.key, state.strings[member.value]);
    }
    return text;
  }

  std::shared_ptr<const Program> program;
  TransactionMemory memory;
  TransactionState state;
};

TEST_F(IntakeTest, AUriIsSplitIntoItsParts) {
  take_uri(state, "/a/b%20c?x=1&y=%41", "GET", "HTTP/1.1");
  EXPECT_EQ(first(Variable::REQUEST_URI_RAW), "/a/b%20c?x=1&y=%41");
  EXPECT_EQ(first(Variable::REQUEST_FILENAME), "/a/b c");
  EXPECT_EQ(first(Variable::REQUEST_BASENAME), "b c");
  EXPECT_EQ(first(Variable::QUERY_STRING), "x=1&y=%41");
  EXPECT_EQ(members(Variable::ARGS_GET), "x=1 y=A ");
}

TEST_F(IntakeTest, AConnectionIsFourVariables) {
  take_connection(state, "192.0.2.1", 1000, "192.0.2.9", 80);
  EXPECT_EQ(first(Variable::REMOTE_ADDR), "192.0.2.1");
  EXPECT_EQ(first(Variable::REMOTE_PORT), "1000");
  EXPECT_EQ(first(Variable::SERVER_ADDR), "192.0.2.9");
  EXPECT_EQ(first(Variable::SERVER_PORT), "80");
}

TEST_F(IntakeTest, ACookieHeaderIsAlsoItsCookies) {
  take_request_header(state, "cookie", "a=1; b=2");
  EXPECT_EQ(members(Variable::REQUEST_HEADERS), "cookie=a=1; b=2 ");
  EXPECT_EQ(members(Variable::REQUEST_COOKIES), "a=1 b=2 ");
}

TEST_F(IntakeTest, AFormIsReadWhenItIsWhole) {
  take_request_header(state, "Content-Type", "application/x-www-form-urlencoded");
  take_request_body(state, "a=1&");
  take_request_body(state, "b=2");
  EXPECT_EQ(members(Variable::ARGS_POST), "");
  read_request_body(state);
  EXPECT_EQ(members(Variable::ARGS_POST), "a=1 b=2 ");
  EXPECT_EQ(first(Variable::REQUEST_BODY), "a=1&b=2");
}

TEST_F(IntakeTest, ABodyWithoutAccessIsNotTaken) {
  state.request_body.access = false;
  EXPECT_FALSE(reads_request_body(state));
}

TEST_F(IntakeTest, AResponseIsReadByItsType) {
  take_response_line(state, 404, "HTTP/1.1", "Not Found");
  EXPECT_EQ(first(Variable::RESPONSE_STATUS), "404");
  take_response_header(state, "Content-Type", "image/png");
  EXPECT_FALSE(reads_response_body(state));
}

TEST_F(IntakeTest, AResponseOfAListedTypeIsReadWhole) {
  take_response_header(state, "Content-Type", "text/plain; charset=utf-8");
  ASSERT_TRUE(reads_response_body(state));
  take_response_body(state, "one ");
  take_response_body(state, "two");
  read_response_body(state);
  EXPECT_EQ(first(Variable::RESPONSE_BODY), "one two");
}

class LimitedIntakeTest : public IntakeTest {
 protected:
  LimitedIntakeTest()
      : IntakeTest(
            "SecRequestBodyLimit 4\nSecRequestBodyLimitAction ProcessPartial\n"
            "SecResponseBodyLimit 4\nSecResponseBodyLimitAction Reject\n") {}
};

TEST_F(LimitedIntakeTest, WhatIsOverTheLimitIsCutOffAndSaid) {
  take_request_header(state, "Content-Type", "application/x-www-form-urlencoded");
  take_request_body(state, "a=123456");
  read_request_body(state);
  EXPECT_EQ(members(Variable::ARGS_POST), "a=12 ");
  EXPECT_EQ(first(Variable::INBOUND_DATA_ERROR), "1");
  ASSERT_EQ(state.problems.all().size(), 1);
  EXPECT_FALSE(state.flow.interruption());
}

TEST_F(LimitedIntakeTest, OrInterrupts) {
  take_response_header(state, "Content-Type", "text/plain");
  take_response_body(state, "12345");
  ASSERT_TRUE(state.flow.interruption());
  EXPECT_EQ(state.flow.interruption()->status, 500);
  EXPECT_FALSE(state.flow.interruption()->rule_id);
}

}  // namespace
}  // namespace wafcheck::engine
