#include "formats/ftw/runner.h"

#include <gtest/gtest.h>

#include "formats/ftw/result_format.h"
#include "tests/unit/parser/support.h"

namespace wafcheck::formats {
namespace {

Response redirect_to(std::string location, int status = 302) {
  return {status, "", "HTTP/1.1", {{"location", std::move(location)}}, ""};
}

struct Followed {
  const char* location;
  const char* address;
  int port;
  const char* uri;
};

TEST(FollowRedirect, TakesThePlaceThatTheLocationNames) {
  FtwInput before;
  before.dest_addr = "first";
  before.port = 8080;
  before.uri = "/a/b?x=1/2";
  const Followed cases[] = {
      {"/c", "first", 8080, "/c"},
      {"c", "first", 8080, "/a/c"},
      {"http://other/c?d", "other", 80, "/c?d"},
      {"https://other", "other", 443, "/"},
      {"http://other:81/c", "other", 81, "/c"},
      {"http://other:/c", "other", 80, "/c"},
      {"http://[::1]:81/c", "[::1]", 81, "/c"},
      {"http://[::1]/c", "[::1]", 80, "/c"},
  };
  for (const Followed& row : cases) {
    const auto input = follow_redirect({}, before, redirect_to(row.location));
    ASSERT_TRUE(input) << row.location;
    EXPECT_EQ(input->dest_addr, row.address) << row.location;
    EXPECT_EQ(input->port, row.port) << row.location;
    EXPECT_EQ(input->uri, row.uri) << row.location;
  }
}

TEST(FollowRedirect, FailsWhereThereIsNoPlace) {
  for (const char* port : {"x", "80x", "-1", "65536", " 80", "99999999999999999999"}) {
    const std::string location = std::string("http://other:") + port + "/c";
    const auto input = follow_redirect({}, {}, redirect_to(location));
    ASSERT_FALSE(input) << location;
    EXPECT_EQ(input.error().message,
              std::string("follow_redirect: the Location has a bad port: other:") + port);
  }
  EXPECT_FALSE(follow_redirect({}, {}, redirect_to("/c", 200)));
  EXPECT_FALSE(follow_redirect({}, {}, {302, "", "HTTP/1.1", {}, ""}));
}

TEST(FtwRunner, RunsStagesOfATestAndReportsProblems) {
  auto ruleset = std::make_shared<parser::RulesetModel>(parser::load_text(
      "SecRuleEngine On\nSecRule ARGS:a \"@streq 1\" \"id:1,phase:1,deny,status:406,log\""));
  const auto program = engine::Program::compile(std::move(ruleset)).program;
  ASSERT_NE(program, nullptr);
  FtwTest test;
  test.rule_id = 1;
  test.test_id = "1";
  test.stages.resize(2);
  for (FtwStage& stage : test.stages) stage.input.headers = {{"Host", "a"}};
  test.stages[0].input.uri = "/?a=1";
  test.stages[0].output.status = 406;
  test.stages[0].output.expect_ids = {1};
  test.stages[1].output.no_expect_ids = {1};
  EvaluatorOptions options;
  options.front = Front::httpd;
  const FtwOverrides no_overrides;
  const auto overrider = FtwOverrider::make(no_overrides);
  size_t transactions = 0;
  FtwRunner runner(program, options, *overrider, [&](const Outcome&) { ++transactions; });
  const FtwResult passed = runner.run(test, "a.yaml");
  EXPECT_EQ(passed.outcome, FtwResult::Outcome::passed) << passed.reason;
  EXPECT_EQ(passed.id, "1-1");
  EXPECT_EQ(transactions, 2U);
  test.stages[1].output.expect_ids = {1};
  const FtwResult failed = runner.run(test, "a.yaml");
  EXPECT_EQ(failed.outcome, FtwResult::Outcome::failed);
  EXPECT_TRUE(failed.reason.starts_with("stage 1: ")) << failed.reason;
  for (FtwStage& stage : test.stages) stage.output = {};
  const FtwResult vacuous = runner.run(test, "a.yaml");
  EXPECT_EQ(vacuous.outcome, FtwResult::Outcome::failed);
  EXPECT_EQ(vacuous.reason, "no stage expects anything: the test cannot fail");
}

TEST(FtwResultFormats, EveryRowWritesWholeLines) {
  FtwResult failed;
  failed.id = "1-1";
  failed.outcome = FtwResult::Outcome::failed;
  failed.reason = "expected log of 1";
  FtwResult ignored;
  ignored.id = "1-2";
  ignored.outcome = FtwResult::Outcome::ignored;
  for (const FtwResultFormat& row : ftw_result_formats()) {
    EXPECT_EQ(find_ftw_result_format(row.name), &row);
    EXPECT_FALSE(row.doc.empty());
    const std::string text = row.write({failed, ignored}, {});
    EXPECT_TRUE(text.ends_with('\n')) << row.name;
    EXPECT_NE(text.find("1-1"), std::string::npos) << row.name;
  }
  EXPECT_TRUE(text_report({failed, ignored}).ends_with("\n0 passed, 1 failed, 1 skipped\n"));
  EXPECT_TRUE(json_report({failed, ignored})
                  .starts_with(R"({"schema":1,"total":2,"passed":0,"failed":1,"skipped":1,)"));
}

}  // namespace
}  // namespace wafcheck::formats
