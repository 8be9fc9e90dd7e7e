// What a rule is about, and how an index shows it.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "lint/index/explain.h"
#include "lint/index/index_formats.h"
#include "lint/index/resolved.h"
#include "tests/unit/lint/index/indexed.h"

namespace wafcheck::lint {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

TEST(Facts, AreOfWholeChains) {
  const Indexed rules(R"(
SecRule ARGS|!ARGS:id|ARGS "@rx a" "id:1,phase:1,deny,t:none,t:lowercase,msg:'m',severity:ERROR,tag:a,tag:paranoia-level/3,ver:v,chain"
  SecRule REQUEST_COOKIES:/^a\/b/ "@pm b" "t:none,t:urlDecode,setvar:tx.Score=+1,setvar:!ip.x"
)");
  ASSERT_EQ(rules.facts.size(), 1);
  const RuleFacts& facts = rules[1];
  EXPECT_EQ(facts.phase, 1);
  EXPECT_EQ(facts.links, 2);
  EXPECT_EQ(facts.severity, 3);
  EXPECT_EQ(facts.paranoia_level, 3);
  EXPECT_EQ(facts.message, "m");
  EXPECT_EQ(facts.version, "v");
  EXPECT_EQ(facts.disruptive, "deny");
  EXPECT_EQ(facts.line, 2);
  EXPECT_FALSE(facts.removed);
  EXPECT_THAT(facts.tags, ElementsAre("a", "paranoia-level/3"));
  EXPECT_THAT(facts.variables, ElementsAre("ARGS", "REQUEST_COOKIES"));
  EXPECT_THAT(facts.targets, ElementsAre("ARGS", "!ARGS:id", "REQUEST_COOKIES:/^a\\/b/"));
  EXPECT_THAT(facts.operators, ElementsAre("rx", "pm"));
  EXPECT_THAT(facts.transformations, ElementsAre("lowercase", "urlDecode"));
  EXPECT_THAT(facts.writes, ElementsAre("score", "ip.x"));
}

TEST(Facts, FollowDefaultsAndUpdates) {
  const Indexed rules(R"(
SecDefaultAction "phase:2,log,deny,t:lowercase"
SecRule ARGS "@rx a" "id:1,phase:2,block"
SecRuleUpdateTargetById 1 "!ARGS:id"
SecRuleUpdateActionById 1 "tag:late"
)");
  EXPECT_EQ(rules[1].disruptive, "deny");
  EXPECT_THAT(rules[1].transformations, ElementsAre("lowercase"));
  EXPECT_THAT(rules[1].targets, ElementsAre("ARGS", "!ARGS:id"));
  EXPECT_THAT(rules[1].tags, ElementsAre("late"));
}

TEST(Facts, AreAbsentWhereNothingIsSaid) {
  const Indexed rules(
      "SecAction \"id:1,phase:1,nolog,pass,tag:paranoia-level/x,tag:paranoia-level/\"\n");
  EXPECT_EQ(rules[1].paranoia_level, std::nullopt);
  EXPECT_EQ(rules[1].severity, std::nullopt);
  EXPECT_THAT(rules[1].operators, IsEmpty());
  EXPECT_EQ(rules[1].disruptive, "pass");
}

TEST(Resolved, IsTheRuleAsItHolds) {
  const Indexed rules(R"(SecDefaultAction "phase:2,log,deny,t:lowercase"
SecRule ARGS "a\"b" "id:1,block,t:trim,msg:'it, is',chain"
  SecRule TX:x "!@eq 1" ""
SecRuleUpdateTargetById 1 "!ARGS:id"
)");
  EXPECT_EQ(resolved_rule(rules.ruleset, *rules[1].rule), R"(SecRule ARGS|!ARGS:id "@rx a\"b" \
    "id:1,\
    phase:2,\
    log,\
    deny,\
    msg:'it, is',\
    t:none,\
    t:lowercase,\
    t:trim,\
    chain"
    SecRule TX:x "!@eq 1" \
        "t:none,\
        t:lowercase"
)");
}

TEST(Resolved, LoadsAgainAsTheSameRule) {
  const std::string_view text = R"(SecDefaultAction "phase:2,log,deny,t:lowercase"
SecRule ARGS:/a\/b/|&REQUEST_HEADERS "@rx it's \"x\"" "id:1,phase:2,block,t:trim,msg:'it\'s, so',setvar:'tx.a=b c',chain"
  SecRule REQUEST_URI "@contains x" "setvar:tx.b=1"
)";
  const Indexed first(text);
  const std::string resolved = resolved_rule(first.ruleset, *first[1].rule);
  const Indexed second(resolved);
  EXPECT_FALSE(parser::has_errors(second.ruleset.diagnostics)) << resolved;
  EXPECT_EQ(second[1].targets, first[1].targets);
  EXPECT_EQ(second[1].message, first[1].message);
  EXPECT_EQ(second[1].transformations, first[1].transformations);
  EXPECT_EQ(second[1].disruptive, first[1].disruptive);
  EXPECT_EQ(second[1].writes, first[1].writes);
  EXPECT_EQ(resolved_rule(second.ruleset, *second[1].rule), resolved);
}

std::string show(const Indexed& rules, std::string (*write)(const IndexView&), bool whole = true) {
  return write({rules.analysis, rules.facts, false, whole});
}

TEST(IndexCsv, QuotesWhatNeedsIt) {
  const Indexed rules(
      R"(SecRule ARGS|!ARGS:a "@rx a" "id:1,phase:2,deny,t:none,msg:'a \"b\", c',tag:x,tag:y"
)");
  EXPECT_EQ(show(rules, index_csv),
            "id,phase,severity,paranoia_level,disruptive,message,targets,operators,transformations,"
            "tags,reads,"
            "writes,links,removed,file,line\n"
            "1,2,,,deny,\"a \"\"b\"\", c\",ARGS|!ARGS:a,rx,,x|y,,,1,false,example.conf,1\n");
}

TEST(IndexDot, LeadsFromWriterOverVariableToReader) {
  const Indexed rules(R"(SecAction "id:1,phase:1,pass,nolog,setvar:tx.a=1,skipAfter:END"
SecRule TX:a "@eq 1" "id:2,phase:1,deny,t:none,msg:'say \"x\"'"
SecMarker END
SecMarker UNUSED
)");
  const std::string dot = show(rules, index_dot);
  EXPECT_THAT(dot, HasSubstr("\"rule 1\" -> \"tx.a\";"));
  EXPECT_THAT(dot, HasSubstr("\"tx.a\" -> \"rule 2\";"));
  EXPECT_THAT(dot, HasSubstr("\"rule 1\" -> \"marker END\" [style=dashed];"));
  EXPECT_THAT(dot, HasSubstr(R"("rule 2" [tooltip="say \"x\""])"));
  EXPECT_THAT(dot, Not(HasSubstr("UNUSED")));
}

TEST(IndexJson, HoldsAnyBytes) {
  const Indexed rules("SecAction \"id:1,phase:1,pass,nolog,msg:'\xff'\"\n");
  const auto document = nlohmann::json::parse(show(rules, index_json));
  EXPECT_EQ(document["rules"][0]["message"], "\xef\xbf\xbd");
}

TEST(IndexText, CountsOnlyAWholeRuleset) {
  const Indexed rules("SecAction \"id:1,phase:1,pass,nolog\"\n");
  EXPECT_THAT(show(rules, index_text), HasSubstr("\n1 rule, 0 chains (0 removed) in 1 file\n"));
  EXPECT_THAT(show(rules, index_text, false), HasSubstr("\n1 rule\n"));
}

TEST(ExplainRule, TellsWhatTargetsSelect) {
  struct Case {
    std::string_view targets;
    std::vector<std::string> meanings;
  };
  const Case cases[] = {
      {"REQUEST_HEADERS", {"The headers of the request"}},
      {"REQUEST_HEADERS:User-Agent", {"The headers of the request, only User-Agent"}},
      {"REQUEST_HEADERS:/^x\\/y/",
       {"The headers of the request, only those whose name matches /^x\\/y/"}},
      {"&REQUEST_HEADERS", {"the number of them"}},
      {"&REQUEST_HEADERS:Host", {"the number of them, counting only Host"}},
      {"&REQUEST_HEADERS:/^x/",
       {"the number of them, counting only those whose name matches /^x/"}},
      {"XML:/*", {"The XML request body, by XPath"}},
      {"REQUEST_HEADERS|!REQUEST_HEADERS:Host", {"The headers of the request", "excludes Host"}},
      {"REQUEST_HEADERS|!REQUEST_HEADERS:/^x/",
       {"The headers of the request", "excludes those whose name matches /^x/"}},
  };
  for (const Case& row : cases) {
    const Indexed rules("SecRule " + std::string(row.targets) +
                        " \"@rx a\" \"id:1,phase:1,deny,t:none\"\n");
    const auto document = nlohmann::json::parse(explain_json(rules.analysis, rules[1]));
    std::vector<std::string> meanings;
    for (const auto& target : document["links"][0]["targets"])
      meanings.push_back(target["meaning"]);
    EXPECT_EQ(meanings, row.meanings) << row.targets;
  }
}

TEST(ExplainRule, NamesThePlaceOfWhatComesFromElsewhere) {
  const Indexed rules(R"(SecDefaultAction "phase:1,log,deny,t:none"
SecRule ARGS "@rx a" "id:1,phase:1,block"
SecRuleUpdateTargetById 1 "!ARGS:id"
)");
  const std::string text = explain_text(rules.analysis, rules[1]);
  EXPECT_THAT(text, HasSubstr("(from example.conf:1)"));
  EXPECT_THAT(text, HasSubstr("excludes id (from example.conf:3)"));
}

TEST(ExplainRule, KeepsToTheWidth) {
  const Indexed rules(
      "SecRule ARGS \"@rx a\" \"id:1,phase:1,deny,msg:'one two three four five six seven'\"\n");
  std::string text = explain_text(rules.analysis, rules[1], 40);
  for (size_t at = 0; at < text.size();) {
    const size_t end = text.find('\n', at);
    EXPECT_LE(end - at, 40) << text.substr(at, end - at);
    at = end + 1;
  }
}

TEST(ExplainRule, ShowsControlBytesAsText) {
  const Indexed rules("SecRule ARGS \"@rx a\x1b[31m\" \"id:1,phase:1,deny\"\n");
  EXPECT_THAT(explain_text(rules.analysis, rules[1]), Not(HasSubstr("\x1b")));
}

}  // namespace
}  // namespace wafcheck::lint
