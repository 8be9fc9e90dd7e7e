#include "formats/records/profiler.h"

#include <gtest/gtest.h>

#include "tests/unit/formats/evaluated.h"

namespace wafcheck::formats {
namespace {

using testing::form_post;

std::shared_ptr<const engine::Program> compile(const std::string& rules) {
  auto ruleset = std::make_shared<parser::RulesetModel>(
      parser::load_text("SecRuleEngine On\nSecRequestBodyAccess On\n" + rules));
  return engine::Program::compile(std::move(ruleset)).program;
}

TEST(Profiler, CountsEachExchangeOnceThoughItRunsTwice) {
  const auto program = compile("SecRule ARGS \"@rx x\" \"id:1,phase:2,pass,nolog\"");
  Profiler profiler(program, {});
  Profiler::Lane& first = profiler.add_lane();
  Profiler::Lane& second = profiler.add_lane();
  first.run(form_post(), "x");
  second.run(form_post(), "x");
  second.run(form_post("a=3"), "x");
  const ProfileReport report = profiler.report({});
  EXPECT_EQ(report.run.transactions, 3U);
  EXPECT_LE(report.run.compared, 3U);
  EXPECT_GT(report.run.compile_us, 0);
  ASSERT_EQ(report.rules.size(), 1U);
  EXPECT_EQ(report.rules[0].counts.runs, 3U);
}

TEST(Profiler, BothRunsSeeTheCollectionsOfEarlierExchanges) {
  const auto program =
      compile("SecAction \"id:1,phase:1,nolog,pass,initcol:ip=%{REMOTE_ADDR},setvar:ip.n=+1\"");
  engine::MemoryStore store;
  EvaluatorOptions options;
  options.collections = &store;
  Profiler profiler(program, options);
  Profiler::Lane& lane = profiler.add_lane();
  for (int run = 0; run < 3; ++run) lane.run(form_post(), "x");
  const auto record = store.load({parser::Variable::IP, "default", "192.0.2.1"}, 1'795'341'600);
  ASSERT_TRUE(record && *record);
  EXPECT_EQ((*record)->members.at("n").value, "3");
}

TEST(Profiler, ARefusedRequestIsNoTransaction) {
  EvaluatorOptions options;
  options.front = Front::httpd;
  Profiler profiler(compile("SecAction \"id:1,phase:1,pass,nolog\""), options);
  Exchange exchange = form_post();
  exchange.request.headers = {};  // HTTP/1.1 without a Host
  profiler.add_lane().run(exchange, "x");
  const ProfileReport report = profiler.report({});
  EXPECT_EQ(report.run.rejected, 1U);
  EXPECT_EQ(report.run.transactions, 0U);
  EXPECT_TRUE(report.rules.empty());
}

}  // namespace
}  // namespace wafcheck::formats
