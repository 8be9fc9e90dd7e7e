#include "formats/why/why.h"

#include <fmt/format.h>
#include <gmock/gmock.h>

#include <nlohmann/json.hpp>

#include "formats/records/evaluator.h"
#include "formats/why/report.h"
#include "formats/why/words.h"
#include "parser/ruleset/ruleset.h"
#include "tests/unit/parser/support.h"

namespace wafcheck::formats {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

/// Rules that score like CRS's, by other names.
constexpr std::string_view kScoring =
    "SecAction \"id:1,phase:1,pass,nolog,setvar:tx.limit=5,setvar:tx.weight=3,setvar:tx.sum=0\"\n"
    "SecRule ARGS \"@rx (?i)\\b(?:select|insert)\\b.*\\bfrom\\b\" "
    "\"id:10,phase:2,pass,log,t:none,t:lowercase,msg:'sql in %{MATCHED_VAR_NAME}',"
    "tag:paranoia-level/2,setvar:tx.part=+%{tx.weight}\"\n"
    "SecRule ARGS \"@pm evil wicked\" \"id:11,phase:2,pass,log,msg:'a word',"
    "setvar:tx.part=+%{tx.weight}\"\n"
    "SecAction \"id:20,phase:2,pass,nolog,setvar:tx.sum=+%{tx.part}\"\n"
    "SecRule TX:sum \"@ge %{tx.limit}\" \"id:30,phase:2,deny,status:403,log,msg:'too much'\"\n";

class Explained {
 public:
  Explained(std::string_view rules, std::string uri, std::string body = {},
            std::string type = "application/x-www-form-urlencoded",
            parser::Profile profile = parser::Profile::standard) {
    auto ruleset = std::make_shared<parser::RulesetModel>(parser::load_text(
        "SecRuleEngine On\nSecRequestBodyAccess On\n" + std::string(rules), profile));
    EXPECT_EQ(parser::told(*ruleset), std::vector<std::string>());
    program_ = engine::Program::compile(std::move(ruleset)).program;
    EvaluatorOptions options;
    options.evidence = true;
    evaluator_ = std::make_unique<Evaluator>(program_, options);
    Exchange exchange;
    exchange.id = "t1";
    exchange.request = {body.empty() ? "GET" : "POST",
                        std::move(uri),
                        "HTTP/1.1",
                        {{"Host", "a"}, {"Content-Type", std::move(type)}},
                        std::move(body)};
    outcome_ = evaluator_->run(std::move(exchange), "test");
    explainer_ = std::make_unique<Explainer>(*program_);
    why_ = explainer_->explain(*outcome_.transaction, *outcome_.evidence, Depth::names);
  }

  const Why& why() const { return why_; }
  std::string text(const Masks* masks = nullptr) const {
    ReportStyle style;
    style.ruleset = &program_->ruleset();
    style.masks = masks;
    style.columns = 80;
    return why_text(why_, style);
  }
  std::string lines() const {
    ReportStyle style;
    style.ruleset = &program_->ruleset();
    style.columns = 80;
    return match_lines(why_, style);
  }
  nlohmann::json json(size_t room = SIZE_MAX) const {
    std::string out;
    JsonWriter json(out);
    json.begin_object();
    write_why(json, why_, program_->ruleset(), nullptr, room);
    json.end_object();
    return nlohmann::json::parse(out);
  }
  /// The bytes of the value that are marked in the first match of a rule.
  std::string marked(uint64_t id) const {
    for (const MatchedRuleReason& rule : why_.rules) {
      if (rule.starter->id != id || rule.values.empty()) continue;
      const MatchedValue& value = rule.values[0];
      if (!value.match || !value.match_in_value()) return "(none)";
      return std::string(
          value.tested->value.substr(value.match->begin, value.match->end - value.match->begin));
    }
    return "(no rule)";
  }
  const MatchedValue& first(uint64_t id) const {
    for (const MatchedRuleReason& rule : why_.rules) {
      if (rule.starter->id == id) return rule.values.at(0);
    }
    throw std::out_of_range("no such rule");
  }

 private:
  std::shared_ptr<const engine::Program> program_;
  std::unique_ptr<Evaluator> evaluator_;
  Outcome outcome_;
  std::unique_ptr<Explainer> explainer_;
  Why why_;
};

TEST(Why, AScoreIsTheSumOfWhatRulesAdded) {
  const Explained explained(kScoring, "/?a=SELECT%20x%20FROM%20y&b=evil");
  ASSERT_EQ(explained.why().sums.size(), 1U);
  const ScoreSum& sum = explained.why().sums[0];
  EXPECT_TRUE(sum.reached);
  EXPECT_EQ(sum.total, 6);
  EXPECT_EQ(sum.threshold, 5);
  EXPECT_EQ(sum.rule->starter->id, 30U);
  ASSERT_NE(sum.threshold_set, nullptr);
  EXPECT_EQ(sum.threshold_set->rule->id, 1U);
  std::vector<std::string> parts;
  for (const MatchedRuleReason& rule : explained.why().rules) {
    parts.push_back(fmt::format("{} {} PL{}", *rule.starter->id, rule.score, rule.paranoia_level));
  }
  EXPECT_THAT(parts, ElementsAre("10 3 PL2", "11 3 PL0", "30 0 PL0"));
}

TEST(Why, AScoreBelowItsThresholdIsToldWithoutAnInterruption) {
  const Explained explained(kScoring, "/?b=evil");
  ASSERT_EQ(explained.why().sums.size(), 1U);
  EXPECT_FALSE(explained.why().sums[0].reached);
  EXPECT_THAT(explained.text(), HasSubstr("score 3 stays below 5 (tx.limit"));
}

TEST(Why, AValueThatMatchesTwiceAddsTwice) {
  const Explained explained(kScoring, "/?a=evil&b=wicked");
  ASSERT_FALSE(explained.why().rules.empty());
  EXPECT_EQ(explained.why().rules[0].score, 6);
  EXPECT_EQ(explained.why().rules[0].values[0].score, 3);
  EXPECT_EQ(explained.why().rules[0].values[1].score, 3);
}

TEST(Why, ARuleThatDeniesByItselfDecides) {
  const Explained explained("SecRule ARGS:q \"@streq x\" \"id:7,phase:2,deny,log,msg:'no'\"\n",
                            "/?q=x");
  ASSERT_EQ(explained.why().rules.size(), 1U);
  EXPECT_EQ(explained.why().rules[0].decides, "deny");
  EXPECT_THAT(explained.why().sums, IsEmpty());
  EXPECT_THAT(explained.text(), HasSubstr("deny  7  no"));
}

TEST(Why, TheMatchIsFoundInTheValueAndAsItWasSent) {
  const Explained explained(kScoring, "/?a=now%20SELECT%20x%20FROM%20y&b=evil");
  EXPECT_EQ(explained.marked(10), "SELECT x FROM");
  const MatchedValue& value = explained.first(10);
  EXPECT_EQ(value.sent, "now%20SELECT%20x%20FROM%20y");
  ASSERT_TRUE(value.match_sent);
  EXPECT_EQ(
      value.sent.substr(value.match_sent->begin, value.match_sent->end - value.match_sent->begin),
      "SELECT%20x%20FROM");
  EXPECT_THAT(value.branches->pieces, ElementsAre("\\bselect\\b", "\\bfrom\\b"));
}

TEST(Why, AMatchThatCannotBeFollowedBackIsMarkedInTheTransformedText) {
  const Explained explained(
      "SecRule ARGS \"@rx 0015\" \"id:7,phase:2,deny,log,t:none,t:md5,t:hexEncode\"\n", "/?a=abc");
  EXPECT_EQ(explained.marked(7), "(none)");
  const nlohmann::json why = explained.json()["why"][0];
  EXPECT_EQ(why["match_in"], "transformed");
  EXPECT_EQ(why["match"], nlohmann::json({1, 5}));
  EXPECT_EQ(why["transformations"], nlohmann::json({"md5", "hexEncode"}));
}

TEST(Why, LongValuesAreCutAroundTheMatchInJson) {
  const Explained explained("SecRule ARGS \"@rx HIT\" \"id:7,phase:2,deny,log,t:none\"\n",
                            "/?a=" + std::string(1000, 'x') + "HIT" + std::string(1000, 'y'));
  const nlohmann::json whole = explained.json()["why"][0];
  EXPECT_EQ(std::string(whole["value"]).size(), 2003U);
  EXPECT_FALSE(whole.contains("value_from"));
  const nlohmann::json cut = explained.json(100)["why"][0];
  const size_t from = cut["value_from"];
  const size_t begin = cut["match"][0];
  EXPECT_EQ(std::string(cut["value"]).substr(begin - from, 3), "HIT");
}

TEST(Why, ChainsAreToldLinkByLink) {
  const Explained explained(
      "SecRule ARGS:a \"@streq 1\" \"id:7,phase:2,deny,log,chain\"\n"
      "SecRule &ARGS \"@gt 1\" \"t:none\"\n",
      "/?a=1&b=2");
  ASSERT_EQ(explained.why().rules.size(), 1U);
  ASSERT_EQ(explained.why().rules[0].values.size(), 2U);
  EXPECT_THAT(explained.text(), HasSubstr("and, link 2 of the chain"));
  EXPECT_THAT(explained.text(), HasSubstr("2 is above 1"));
}

TEST(Why, WordsTellWhatAnOperatorFound) {
  struct Row {
    std::string_view rule, uri, words;
  };
  const Row rows[] = {
      {"ARGS \"@pm evil wicked\"", "/?a=so%20WICKED", "contains the phrase \"wicked\""},
      {"ARGS \"@detectSQLi\"", "/?a=1%27%20or%201=1--", "fingerprint s&1c: string 1, logic"},
      {"ARGS \"@detectXSS\"", "/?a=<script>", "reads as HTML that runs a script"},
      {"ARGS \"@validateByteRange 1-255\"", "/?a=x%00", "byte 0 is not in 1-255"},
      {"REQUEST_URI_RAW \"@validateUrlEncoding\"", "/?a=%zz", "not followed by two hexadecimal"},
      {"REQUEST_METHOD \"!@within GET POST\"", "/", "(none)"},
      {"ARGS \"!@rx ^\\d+$\"", "/?a=x", "does not match \"^\\d+$\""},
      {"ARGS \"@gt 10\"", "/?a=12", "12 is above 10"},
      {"ARGS \"!@lt 10\"", "/?a=12", "12 is at least 10"},
      {"REMOTE_ADDR \"@ipMatch 127.0.0.0/8\"", "/", "is in \"127.0.0.0/8\""},
      {"ARGS \"@unconditionalMatch\"", "/?a=1", "matches whatever the value is"},
      {"ARGS \"@beginsWith ab\"", "/?a=abc", "begins with \"ab\""},
  };
  for (const Row& row : rows) {
    const Explained explained(
        fmt::format("SecRule {} \"id:7,phase:2,deny,log,t:none\"\n", row.rule),
        std::string(row.uri));
    const auto& rules = explained.why().rules;
    const std::string words =
        rules.empty() ? "(none)" : reason_words(rules[0].values.at(0), 100, false);
    EXPECT_THAT(words, HasSubstr(std::string(row.words))) << row.rule;
  }
}

TEST(Why, LinesShowTheMatchBetweenMarks) {
  const Explained explained(kScoring, "/?a=now%20SELECT%20x%20FROM%20y&b=evil");
  EXPECT_THAT(explained.lines(), HasSubstr("+3  10  ARGS:a = \"now »SELECT x FROM« y\""));
}

TEST(Why, PrivateValuesAreHiddenWithTheirTokens) {
  const Explained explained("SecRule ARGS \"@detectSQLi\" \"id:7,phase:2,deny,log,t:none\"\n",
                            "/?password=1%27%20or%201=1--");
  const Masks masks;
  EXPECT_THAT(explained.text(&masks), Not(HasSubstr("1=1")));
  EXPECT_THAT(explained.text(&masks), HasSubstr("\"***********\""));
}

TEST(Why, MembersOfJsonAreNamedAsEachEngineDoes) {
  const Explained explained(
      "SecRule REQUEST_URI \"@unconditionalMatch\" "
      "\"id:1,phase:1,pass,nolog,ctl:requestBodyProcessor=JSON\"\n"
      "SecRule ARGS \"@streq evil\" \"id:7,phase:2,deny,log,t:none\"\n",
      "/", "{\"items\":[{\"t\":\"evil\"}]}", "application/json");
  std::vector<std::string> names;
  for (const auto& [engine, name] : explained.first(7).names) {
    names.push_back(fmt::format("{} {}", engine, name));
  }
  EXPECT_THAT(names, ElementsAre("modsecurity2 items.items.t", "modsecurity3 json.items.array_0.t",
                                 "coraza json.items.0.t"));
}

}  // namespace
}  // namespace wafcheck::formats
