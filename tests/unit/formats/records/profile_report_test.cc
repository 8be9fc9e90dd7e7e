#include "formats/records/profile_report.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "formats/records/outcome.h"
#include "tests/unit/parser/support.h"

namespace wafcheck::formats {
namespace {

ProfileReport sample_report() {
  ProfileReport report;
  report.run = {.transactions = 10,
                .rejected = 2,
                .unreadable = 1,
                .threads = 2,
                .load_us = 1'234.5,
                .compile_us = 98'765,
                .elapsed_us = 1'000,
                .preempted_us = 4'000,
                .compared = 9,
                .profiled_us = 900,
                .plain_us = 750};
  report.engine = {};
  report.parts = {{"operators", 600}, {"rules", 100}, {"transformations", 150},
                  {"prefilter", 90},  {"bodies", 40}, {"rest", 20}};
  const ProfileCounts few{.time_us = 100,
                          .operator_us = 90,
                          .runs = 10,
                          .evaluations = 20,
                          .candidates = 4,
                          .cached = 3,
                          .matches = 2,
                          .searched = 4,
                          .step_candidates = 4,
                          .steps = 48,
                          .sampled = 4,
                          .most_steps = 20};
  const ProfileCounts many{.time_us = 500,
                           .operator_us = 480,
                           .runs = 10,
                           .evaluations = 123'456,
                           .candidates = 12'345,
                           .cached = 9'999,
                           .matches = 0,
                           .searched = 12'345,
                           .step_candidates = 12'345,
                           .steps = 2'469'000,
                           .sampled = 12,
                           .most_steps = 1'000'000,
                           .stopped = false};
  ProfileCounts both = few;
  both.add(many);
  both.time_us = 950;
  report.phases = {{1, {}}, {2, both}, {3, {}}, {4, {}}, {5, {}}};
  report.rules = {
      {1001, 0, 2, "rules/short.conf", 7, few},
      {1002, 1, 2, "rules/a-name-that-is-longer-than-there-is-room-for.conf", 1234, many},
      {std::nullopt, 0, 2, "rules/short.conf", 9, {.runs = 10, .matches = 10}}};
  report.expressions = {
      {"pm", "a b", {1001}, few},
      {"rx", "(?i)\xff\n(?:select|insert|update|delete)", {1002, 1003, 1004}, many}};
  report.transformations = {{"lowercase", 2, 100, 40, 3, 40'000},
                            {"urlDecodeUni", 1, 50, 90, 1, 900}};
  return report;
}

TEST(ProfileText, ShowsAllTablesSlowestFirst) {
  EXPECT_EQ(profile_text(sample_report(), {}), R"(10 transactions: 1.0 ms, 100.0 us each
profiling cost 20 % more, which is in all times
4.0 ms in which something else had the processor are left out
2 more were rejected by the front: no rule saw them
2 threads, over which times are summed
before: rules loaded in 1.2 ms, all expressions compiled in 99 ms

   us/tx  share  where the time goes
   60.00  60.0%  operators, run on values
   10.00  10.0%  rules otherwise: finding values, actions, logging
   15.00  15.0%  transformations
    9.00   9.0%  prefilter: which operators may match a value
    4.00   4.0%  body processors
    2.00   2.0%  the rest: URIs, headers, collections

   us/tx  share   eval   cand cached  match  steps  phase
    0.00   0.0%      0      0      0      0      -  1 request headers
   95.00  95.0%   123k  12.3k  10.0k      2 ~2.47M  2 request body
    0.00   0.0%      0      0      0      0      -  3 response headers
    0.00   0.0%      0      0      0      0      -  4 response body
    0.00   0.0%      0      0      0      0      -  5 logging

   us/tx  share   eval   cand cached  match  steps  rule
   50.00  50.0%   123k  12.3k   9999      0 ~2.47M  1002/1 …s-room-for.conf:1234
   10.00  10.0%     20      4      3      2     48  1001 rules/short.conf:7
    0.00   0.0%      0      0      0     10      -  - rules/short.conf:9

   us/tx  share   eval   cand cached  match  steps  expression
   50.00  50.0%   123k  12.3k   9999      0 ~2.47M  1002+2 @rx (?i)\xff\x0a(?:s…
   10.00  10.0%     20      4      3      2     48  1001 @pm a b

   us/tx  share   runs change  bytes  rules  transformation
   10.00  10.0%     40      3  40.0k      2  lowercase
    5.00   5.0%     90      1    900      1  urlDecodeUni

us/tx: microseconds a transaction. eval: values that met the operator; cand: of
these, values it was run on, as the prefilter could not rule them out; cached:
values ruled out by what an earlier transaction found; steps: tries of an item
of the expression (~ by a sample, > at least). id/n: link n of a chain.
)");
}

TEST(ProfileText, FitsItsColumns) {
  for (const size_t columns : {80, 100}) {
    std::istringstream text(profile_text(sample_report(), {.columns = columns}));
    size_t longest = 0;
    for (std::string line; std::getline(text, line);) {
      const auto continues = [](char byte) {
        return (static_cast<unsigned char>(byte) & 0xC0) == 0x80;
      };
      longest = std::max(longest, line.size() - std::ranges::count_if(line, continues));
    }
    EXPECT_LE(longest, columns);
    EXPECT_GT(longest, 70U);
  }
}

std::string first_rule(ProfileOrder order) {
  const std::string json = profile_json(sample_report(), {.order = order, .top = 1});
  return nlohmann::json::parse(json)["rules"].at(0)["rule_id"].dump();
}

TEST(ProfileOrder, PutsMostFirst) {
  EXPECT_EQ(first_rule(ProfileOrder::time), "1002");
  EXPECT_EQ(first_rule(ProfileOrder::evaluations), "1002");
  EXPECT_EQ(first_rule(ProfileOrder::candidates), "1002");
  EXPECT_EQ(first_rule(ProfileOrder::matches), "null");
  EXPECT_EQ(first_rule(ProfileOrder::steps), "1002");
}

TEST(ProfileOrder, OfTransformations) {
  const auto first = [](ProfileOrder order) {
    const std::string json = profile_json(sample_report(), {.order = order});
    return nlohmann::json::parse(json)["transformations"]
        .at(0)["transformation"]
        .get<std::string>();
  };
  EXPECT_EQ(first(ProfileOrder::time), "lowercase");
  EXPECT_EQ(first(ProfileOrder::evaluations), "urlDecodeUni");
  EXPECT_EQ(first(ProfileOrder::candidates), "urlDecodeUni");
  EXPECT_EQ(first(ProfileOrder::matches), "lowercase");
  EXPECT_EQ(first(ProfileOrder::steps), "lowercase");
}

TEST(ProfileJson, HoldsEveryNumber) {
  const auto json = nlohmann::json::parse(profile_json(sample_report(), {}));
  EXPECT_EQ(json["schema"], 1);
  EXPECT_EQ(json["engine"]["profile"], "default");
  EXPECT_EQ(
      json["summary"].dump(),
      R"j({"compared":9,"compile_us":98765.0,"dropped_rules":0,"elapsed_us":1000.0,"load_us":1234.5,"not_selected":0,)j"
      R"j("overhead_percent":20.0,"parts":[{"name":"operators","share":0.6,)j"
      R"j("time_us":600.0},{"name":"rules","share":0.1,"time_us":100.0},)j"
      R"j({"name":"transformations","share":0.15,"time_us":150.0},)j"
      R"j({"name":"prefilter","share":0.09,"time_us":90.0},{"name":"bodies",)j"
      R"j("share":0.04,"time_us":40.0},{"name":"rest","share":0.02,"time_us":20.0}],)j"
      R"j("preempted_us":4000.0,"rejected":2,"skipped":0,"threads":2,)j"
      R"j("transactions":10,)j"
      R"j("unreadable":1})j");
  EXPECT_EQ(json["phases"].size(), 5U);
  EXPECT_EQ(json["phases"][1].dump(),
            R"j({"cached":10002,"candidates":12349,"evaluations":123476,"matches":2,)j"
            R"j("operator_us":570.0,"phase":2,"runs":20,"share":0.95,)j"
            R"j("steps":{"candidates":12349,"complete":false,"most":1000000,"sampled":16,)j"
            R"j("total":2469048},"time_us":950.0})j");
  EXPECT_EQ(json["rules"][0].dump(),
            R"j({"cached":9999,"candidates":12345,"chain_link":1,"evaluations":123456,)j"
            R"j("file":"rules/a-name-that-is-longer-than-there-is-room-for.conf",)j"
            R"j("line":1234,"matches":0,"operator_us":480.0,"phase":2,"rule_id":1002,)j"
            R"j("runs":10,"share":0.5,"steps":{"candidates":12345,"complete":false,)j"
            R"j("most":1000000,"sampled":12,"total":2469000},"time_us":500.0})j");
  EXPECT_EQ(json["rules"][2].dump(),
            R"j({"cached":0,"candidates":0,"chain_link":0,"evaluations":0,)j"
            R"j("file":"rules/short.conf","line":9,"matches":10,"operator_us":0.0,)j"
            R"j("phase":2,"rule_id":null,"runs":10,"share":0.0,"steps":null,"time_us":0.0})j");
  EXPECT_EQ(json["expressions"][0].dump(),
            R"j({"argument":"(?i)\\xff\n(?:select|insert|update|delete)",)j"
            R"j("argument_base64":"KD9pKf8KKD86c2VsZWN0fGluc2VydHx1cGRhdGV8ZGVsZXRlKQ==",)j"
            R"j("cached":9999,"candidates":12345,"evaluations":123456,"matches":0,)j"
            R"j("operator":"rx","operator_us":480.0,"rules":[1002,1003,1004],"runs":10,)j"
            R"j("share":0.5,"steps":{"candidates":12345,"complete":false,"most":1000000,)j"
            R"j("sampled":12,"total":2469000},"time_us":500.0})j");
  EXPECT_EQ(json["transformations"][0].dump(),
            R"j({"bytes":40000,"changed":3,"rules":2,"runs":40,"share":0.1,)j"
            R"j("time_us":100.0,"transformation":"lowercase"})j");
}

TEST(ProfileJson, HoldsOneTableWhereOneIsAskedFor) {
  for (const auto& [name, table] : kProfileTables) {
    const auto json = nlohmann::json::parse(profile_json(sample_report(), {.only = table}));
    EXPECT_TRUE(json.contains(std::string(name) + "s"));
    EXPECT_EQ(json.size(), 4U) << json.dump();  // schema, engine, summary
  }
}

TEST(ProfileText, HoldsOneTableWhereOneIsAskedFor) {
  const std::string text = profile_text(sample_report(), {.only = ProfileTable::phase, .top = 1});
  EXPECT_NE(text.find("5 logging"), std::string::npos) << text;
  EXPECT_EQ(text.find("1002"), std::string::npos) << text;
  EXPECT_EQ(text.find("lowercase"), std::string::npos) << text;
}

TEST(ProfileText, OfNoTransactions) {
  EXPECT_EQ(profile_text({}, {}), "0 transactions\n");
  ProfileReport refused;
  refused.run.rejected = 3;
  EXPECT_EQ(profile_text(refused, {}), "0 transactions; 3 rejected by the front\n");
}

// --- from what the engine counted ---------------------------------------------------------------

TEST(ProfileTables, AddUp) {
  const auto ruleset = std::make_shared<const parser::RulesetModel>(parser::load_text(R"(
SecRequestBodyAccess On
SecAction "id:1,phase:1,pass,nolog"
SecRule ARGS "@rx ab+c" "id:2,phase:2,pass,t:lowercase"
SecRule ARGS_NAMES "@rx ab+c" "id:3,phase:2,pass,chain"
SecRule ARGS "@eq 77" "t:lowercase,t:trim"
SecRule ARGS "@streq %{REQUEST_METHOD}" "id:4,phase:2,pass"
SecRule ARGS_NAMES "@streq %{REQUEST_METHOD}" "id:5,phase:2,pass"
SecRule RESPONSE_STATUS "@eq 500" "id:6,phase:3,pass"
)"));
  const auto compiled = engine::Program::compile(ruleset);
  ASSERT_NE(compiled.program, nullptr);
  const engine::Program& program = *compiled.program;
  program.prepare();
  engine::Profile profile(program);
  engine::Transaction transaction(program);
  Exchange exchange;
  exchange.request.uri = "/?x=ABBC&abc=y+z";
  for (int i = 0; i < 50; ++i) {
    engine::TransactionOptions options;
    options.profile = &profile;
    profile.start();
    transaction.reset(std::move(options));
    evaluate(exchange, transaction);
    profile.stop();
  }
  const ProfileReport report =
      make_profile_report(program, profile, engine::count_match_steps(program, profile), 0.5, {});
  EXPECT_EQ(report.run.transactions, 50U);
  double parts = 0, operators = 0, own = 0, expressions = 0, transformations = 0;
  for (const ProfilePart& part : report.parts) parts += part.time_us;
  EXPECT_NEAR(parts, report.run.elapsed_us, 0.001);
  for (const ProfiledRule& rule : report.rules) {
    operators += rule.counts.operator_us;
    own += rule.counts.time_us - rule.counts.operator_us;
  }
  for (const ProfiledExpression& row : report.expressions) expressions += row.counts.time_us;
  for (const ProfiledTransformation& row : report.transformations) transformations += row.time_us;
  EXPECT_NEAR(report.parts[0].time_us, operators, 0.001);
  EXPECT_NEAR(report.parts[0].time_us, expressions, 0.001);
  EXPECT_NEAR(report.parts[1].time_us, own, 0.001);
  EXPECT_NEAR(report.parts[2].time_us, transformations, 0.001);

  // Rule 6 was not reached: there are no responses.
  std::string rules;
  for (const ProfiledRule& rule : report.rules) {
    rules += fmt::format("{}/{}:{} {} {}; ", rule.id.value_or(0), rule.link, rule.line,
                         rule.counts.candidates, rule.counts.matches);
  }
  EXPECT_EQ(rules, "1/0:3 0 50; 2/0:4 50 50; 3/0:5 50 50; 3/1:6 100 0; 4/0:7 100 0; 5/0:8 100 0; ");
  ASSERT_EQ(report.expressions.size(), 3U);
  EXPECT_EQ(report.expressions[0].argument, "ab+c");
  EXPECT_EQ(report.expressions[0].rules, (std::set<uint64_t>{2, 3}));
  EXPECT_EQ(report.expressions[0].counts.candidates, 100U);
  EXPECT_EQ(report.expressions[2].argument, "%{REQUEST_METHOD}");
  EXPECT_EQ(report.expressions[2].rules, (std::set<uint64_t>{4, 5}));
  ASSERT_EQ(report.transformations.size(), 2U);
  EXPECT_EQ(report.transformations[0].name, "lowercase");
  EXPECT_EQ(report.transformations[0].rules, 2U);
  EXPECT_EQ(report.phases[0].counts.runs, 50U);
  EXPECT_EQ(report.phases[1].counts.evaluations, report.expressions[0].counts.evaluations +
                                                     report.expressions[1].counts.evaluations +
                                                     report.expressions[2].counts.evaluations);
}

}  // namespace
}  // namespace wafcheck::formats
