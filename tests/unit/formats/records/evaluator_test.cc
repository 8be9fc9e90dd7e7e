#include "formats/records/evaluator.h"

#include <gtest/gtest.h>

#include "tests/unit/formats/evaluated.h"

namespace wafcheck::formats {
namespace {

using testing::form_post;

std::shared_ptr<const engine::Program> compile(const std::string& rules) {
  auto ruleset = std::make_shared<parser::RulesetModel>(
      parser::load_text("SecRuleEngine On\nSecRequestBodyAccess On\n" + rules));
  auto compiled = engine::Program::compile(std::move(ruleset));
  EXPECT_NE(compiled.program, nullptr) << rules;
  return compiled.program;
}

constexpr const char* kDenies =
    "SecRule ARGS:a \"@streq 1\" \"id:1,phase:2,deny,status:406,log\"\n"
    "SecRule RESPONSE_STATUS \"@streq 500\" \"id:2,phase:3,deny,status:502,log\"";

TEST(Evaluator, BeginsEachExchangeAnew) {
  Evaluator evaluator(compile(kDenies));
  const Outcome first = evaluator.run(form_post(), "a.har");
  EXPECT_EQ(decision_of(first), "deny");
  EXPECT_TRUE(is_interrupted(first));
  EXPECT_EQ(first.source, "a.har");
  EXPECT_GT(first.elapsed_us, 0);
  const Outcome second = evaluator.run(form_post("a=2"), "a.har");
  EXPECT_EQ(decision_of(second), "pass");
  EXPECT_FALSE(is_interrupted(second));
  EXPECT_EQ(second.exchange->request.body, "a=2");
}

TEST(Evaluator, TellsWhereMatchesStandToLogsOnly) {
  const auto program = compile(kDenies);
  Evaluator plain(program);
  EXPECT_EQ(plain.run(form_post(), "a.har").transaction->matched_rules()[0].reference, "");
  Evaluator logging(program, {.references = true});
  EXPECT_NE(logging.run(form_post(), "a.har").transaction->matched_rules()[0].reference, "");
}

TEST(Evaluator, NamesAnExchangeByItsPlace) {
  Evaluator evaluator(compile(kDenies));
  Exchange exchange = form_post();
  EXPECT_EQ(evaluator.run(exchange, "x").transaction->id(), "t1");
  exchange.id.clear();
  const std::string id(evaluator.run(exchange, "x").transaction->id());
  EXPECT_EQ(evaluator.run(exchange, "x").transaction->id(), id);
  EXPECT_NE(evaluator.run(exchange, "y").transaction->id(), id);
  exchange.offset = 1;
  EXPECT_NE(evaluator.run(exchange, "x").transaction->id(), id);
}

TEST(Evaluator, ARequestThatTheFrontRefusesRunsNoRule) {
  EvaluatorOptions options;
  options.front = Front::httpd;
  Evaluator evaluator(compile("SecAction \"id:1,phase:1,deny,log\""), options);
  Exchange exchange = form_post();
  exchange.request.headers = {};  // HTTP/1.1 without a Host
  bool asked = false;
  const Outcome outcome = evaluator.run(exchange, "x", [&](const Request&) {
    asked = true;
    return Response{};
  });
  EXPECT_TRUE(outcome.rejected);
  EXPECT_EQ(decision_of(outcome), "reject");
  EXPECT_TRUE(outcome.transaction->matched_rules().empty());
  EXPECT_EQ(outcome.transaction->first(parser::Variable::REMOTE_ADDR), "192.0.2.1");
  EXPECT_FALSE(asked);
}

TEST(Evaluator, AsksForTheResponseOnlyOfWhatTheRulesLetThrough) {
  Evaluator evaluator(compile(kDenies));
  int asked = 0;
  const auto respond = [&](const Request& request) {
    ++asked;
    EXPECT_EQ(request.body, "a=2");
    return Response{500, "", "HTTP/1.1", {}, ""};
  };
  EXPECT_EQ(evaluator.run(form_post(), "x", respond).transaction->interruption()->status, 406);
  EXPECT_EQ(asked, 0);
  const Outcome outcome = evaluator.run(form_post("a=2"), "x", respond);
  EXPECT_EQ(asked, 1);
  EXPECT_EQ(outcome.transaction->interruption()->status, 502);
  EXPECT_EQ(outcome.exchange->response->status, 500);
}

TEST(Evaluator, KeepsCollectionsFromOneExchangeToTheNext) {
  engine::MemoryStore store;
  EvaluatorOptions options;
  options.collections = &store;
  Evaluator evaluator(
      compile("SecAction \"id:1,phase:1,nolog,pass,initcol:ip=%{REMOTE_ADDR},setvar:ip.n=+1\"\n"
              "SecRule IP:n \"@gt 1\" \"id:2,phase:1,deny,log\""),
      options);
  EXPECT_EQ(decision_of(evaluator.run(form_post(), "x")), "pass");
  EXPECT_EQ(decision_of(evaluator.run(form_post(), "x")), "deny");
}

TEST(Evaluator, TracesOneExchangeAtATime) {
  EvaluatorOptions options;
  options.trace.emplace();
  const auto program = compile(
      "SecRule ARGS \"@rx .\" "
      "\"id:1,phase:2,pass,nolog,setvar:tx.n=+1,setvar:tx.m=%{MATCHED_VAR}\"");
  Evaluator evaluator(program, options);
  for (int run = 0; run < 2; ++run) {
    const Outcome outcome = evaluator.run(form_post("a=1&b=2&c=3"), "x");
    ASSERT_NE(outcome.trace, nullptr);
    const std::string json = outcome.trace->json(program->ruleset(), nullptr);
    EXPECT_NE(json.find(R"("tx":{"n":[null,"4"],"m":[null,"3"]})"), std::string::npos) << json;
    EXPECT_EQ(json.find("rule_id"), json.rfind("rule_id"));
  }
}

}  // namespace
}  // namespace wafcheck::formats
