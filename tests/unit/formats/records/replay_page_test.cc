// The data of a replay's page: the facts of the format `json`, in rows.

#include <fmt/format.h>
#include <gmock/gmock.h>

#include <memory>
#include <nlohmann/json.hpp>
#include <string>
#include <utility>

#include "formats/privacy/masks.h"
#include "formats/records/evaluator.h"
#include "formats/records/record_format.h"
#include "tests/unit/formats/evaluated.h"

namespace wafcheck::formats {
namespace {

using nlohmann::json;
using testing::Evaluated;
using testing::form_post;
using ::testing::HasSubstr;
using ::testing::Not;

constexpr const char* kScored =
    "SecAction \"id:1,phase:1,pass,nolog,setvar:tx.inbound_anomaly_score_threshold=5,"
    "setvar:tx.blocking_inbound_anomaly_score=0\"\n"
    "SecRule ARGS \"@rx b+a\" \"id:7,phase:2,pass,log,capture,msg:'found %{MATCHED_VAR}',"
    "severity:CRITICAL,tag:'x/y',setvar:tx.blocking_inbound_anomaly_score=+5\"\n"
    "SecRule TX:blocking_inbound_anomaly_score \"@ge 5\" \"id:9,phase:2,deny,status:403,log\"\n";

std::string page_text(const Outcome& outcome, RecordContext context = {}) {
  context.program = &outcome.transaction->program();
  const auto writer = find_record_format(RecordKind::decision, "html")->make(context);
  RunTotals totals;
  totals.summary.add(outcome);
  std::string text = writer->begin();
  const std::string record = writer->record(outcome);
  if (!record.empty()) text += writer->lead(totals.records++) + record;
  return text + writer->end(totals);
}

std::string page_text(const Evaluated& run, const RecordContext& context = {}) {
  return page_text(run.outcome(), context);
}

json data_of(const std::string& page) {
  const std::string begin = "id=\"data\">";
  const size_t from = page.find(begin) + begin.size();
  return json::parse(page.substr(from, page.find("</script>", from) - from));
}

TEST(ReplayPage, HasTheFactsOfATransaction) {
  const Evaluated run(kScored, form_post("a=cbbad&b=2"));
  const json data = data_of(page_text(run));
  const json row = data.at("transactions").at(0);
  EXPECT_EQ(row.at(0), 0);
  EXPECT_EQ(row.at(1), "test");
  EXPECT_EQ(row.at(2), "POST");
  EXPECT_EQ(row.at(3), "/login?x=1");
  EXPECT_EQ(row.at(4), "deny");
  EXPECT_EQ(row.at(5), 200);
  EXPECT_EQ(row.at(6), 1'795'341'600'000);
  EXPECT_EQ(row.at(7), "192.0.2.1");
  EXPECT_EQ(row.at(8), 5);
  EXPECT_EQ(row.at(11).at("id"), "t1");
  EXPECT_EQ(row.at(11).at("interruption").at("rule_id"), 9);
  EXPECT_EQ(data.at("thresholds"), json::array({5}));
  EXPECT_EQ(data.at("summary").at("interrupted"), 1);
}

TEST(ReplayPage, MarksWhatMatched) {
  const Evaluated run(kScored, form_post("a=cbbad&b=2"));
  const json data = data_of(page_text(run));
  // The rule, its phase and severity, its matches, none left out, its message expanded.
  const json matched = data.at("transactions").at(0).at(10).at(0);
  EXPECT_EQ(matched, json::parse(R"([1,2,2,[["ARGS:a",["c","bba","d"]]],null,"found cbbad"])"));
  const json rule = data.at("rules").at(0);
  EXPECT_EQ(rule.at(0), matched.at(0));
  EXPECT_EQ(rule.at(1), 7);
  EXPECT_EQ(rule.at(2), "found %{MATCHED_VAR}");
  EXPECT_EQ(rule.at(5), json::array({"x/y"}));
  EXPECT_EQ(rule.at(6), json::array({"@rx b+a"}));
}

TEST(ReplayPage, SaysWhatTheOperatorFound) {
  const Evaluated run(
      "SecRule REQUEST_METHOD \"@streq POST\" \"id:7,phase:2,pass,log,chain\"\n"
      "  SecRule ARGS \"!@within x\" \"t:lowercase,chain\"\n"
      "  SecRule ARGS \"@pm one two\" \"t:lowercase\"",
      form_post("a=xTWOx"));
  const json data = data_of(page_text(run));
  const json matches = data.at("transactions").at(0).at(10).at(0).at(3);
  EXPECT_EQ(matches.at(0), json::parse(R"(["REQUEST_METHOD","POST"])"));
  EXPECT_EQ(matches.back(), json::parse(R"(["ARGS:a","xTWOx",["x","two","x"],"two",2])"));
  EXPECT_EQ(data.at("rules").at(0).at(6),
            json::array({"@streq POST", "!@within x", "@pm one two"}));
}

/// The data of a page about a form that is posted, with the reasons.
json explained(const std::string& rules, std::string body, const RecordContext& context = {}) {
  auto ruleset = std::make_shared<parser::RulesetModel>(parser::load_text(
      "SecRuleEngine On\nSecRequestBodyAccess On\n" + rules, parser::Profile::standard));
  Evaluator evaluator(engine::Program::compile(std::move(ruleset)).program, {.evidence = true});
  return data_of(page_text(evaluator.run(form_post(std::move(body)), "test"), context));
}

TEST(ReplayPage, SaysWhyARequestIsHeldBack) {
  const json data = explained(kScored, "a=cbbad&b=2");
  const json row = data.at("transactions").at(0);
  const json matched = row.at(10).at(0);
  EXPECT_EQ(matched.at(6), 5);  // added to the score
  EXPECT_EQ(matched.at(3).at(0).at(1), json::parse(R"(["c","bba","d"])"));
  EXPECT_THAT(matched.at(3).at(0).at(3).get<std::string>(), HasSubstr("b+a"));
  const json sum = row.at(11).at("score_sums").at(0);
  EXPECT_EQ(sum.at("total"), 5);
  EXPECT_EQ(sum.at("threshold"), 5);
  EXPECT_EQ(sum.at("reached"), true);
}

TEST(ReplayPage, WhatMerelyPassedIsShort) {
  Exchange exchange = form_post();
  exchange.client.reset();
  exchange.time_us.reset();
  exchange.response.reset();
  const Evaluated run("SecRule ARGS \"@streq x\" \"id:7,deny\"", std::move(exchange));
  EXPECT_EQ(data_of(page_text(run)).at("transactions"),
            json::parse(R"([[0,"test","POST","/login?x=1","pass"]])"));
}

TEST(ReplayPage, LongValuesAreCutAroundTheMatch) {
  const Evaluated run(kScored,
                      form_post("a=" + std::string(5000, 'x') + "bba" + std::string(9000, 'y')));
  const json value =
      data_of(page_text(run)).at("transactions").at(0).at(10).at(0).at(3).at(0).at(1);
  const std::string before = value.at(0), marked = value.at(1), behind = value.at(2);
  EXPECT_EQ(marked, "bba");
  EXPECT_LT(before.size() + behind.size(), 600U);
  EXPECT_EQ(before.size() + value.at(3).get<size_t>(), 5000U);
  EXPECT_EQ(behind.size() + value.at(4).get<size_t>(), 9000U);
}

TEST(ReplayPage, ManyMatchesAreCounted) {
  std::string body = "a=bba";
  for (int at = 0; at < 99; ++at) body += "&a=bba";
  const Evaluated run(kScored, form_post(body));
  const json matched = data_of(page_text(run)).at("transactions").at(0).at(10).at(0);
  EXPECT_EQ(matched.at(3).size() + matched.at(4).get<size_t>(), 100U);
  EXPECT_LT(matched.at(3).size(), 50U);
}

TEST(ReplayPage, PrivateValuesAreHidden) {
  const Evaluated run(kScored, form_post("password=cbbad"));
  const Masks masks;
  RecordContext context;
  context.masks = &masks;
  EXPECT_THAT(data_of(page_text(run)).dump(), HasSubstr("bba"));
  EXPECT_THAT(data_of(page_text(run, context)).dump(), Not(HasSubstr("bba")));
}

TEST(ReplayPage, ReasonsDoNotTellWhatIsHidden) {
  const Masks masks;
  RecordContext context;
  context.masks = &masks;
  for (const char* test : {"@rx ^7", "@eq 70071", "@contains 0071", "@pm 70071 x", "!@streq x"}) {
    const std::string rule = fmt::format("SecRule ARGS:password \"{}\" \"id:7,deny\"", test);
    const std::string shown = explained(rule, "password=70071").at("transactions").dump();
    EXPECT_THAT(shown, HasSubstr("70071")) << test;
    json row = explained(rule, "password=70071", context).at("transactions").at(0);
    for (json& match : row.at(10).at(0).at(3)) {
      EXPECT_EQ(match.at(1), "*****") << test;
      // What a rule looks for is no secret.
      if (std::string_view(test).contains("70071")) match.erase(3);
    }
    EXPECT_THAT(row.dump(), Not(HasSubstr("70071"))) << test;
  }
}

TEST(ReplayPage, BytesOfTheTrafficAreNoMarkup) {
  Exchange exchange = form_post("a=bba%3C/script%3E%3Cimg%20src=x%3E%00%FF");
  exchange.request.method = "<b>";
  exchange.request.uri = "/</script><!--\xff";
  const Evaluated run(kScored, std::move(exchange));
  const std::string page = page_text(run);
  EXPECT_THAT(page, Not(HasSubstr("<img")));
  EXPECT_THAT(page, Not(HasSubstr("<b>\"")));
  EXPECT_THAT(page, Not(HasSubstr("<!--")));
  EXPECT_THAT(page, HasSubstr(R"(\u003cimg src=x>\u0000\udcff)"));
  EXPECT_THAT(page, HasSubstr(R"("/\u003c/script>\u003c!--\udcff")"));
}

TEST(ReplayPage, OnlyWhatIsAskedForIsInIt) {
  const Evaluated run("SecRule ARGS \"@streq x\" \"id:7,deny\"", form_post());
  RecordContext context;
  context.selection = Selection::matched;
  const json data = data_of(page_text(run, context));
  EXPECT_EQ(data.at("transactions"), json::array());
  EXPECT_EQ(data.at("summary").at("transactions"), 1);
}

}  // namespace
}  // namespace wafcheck::formats
