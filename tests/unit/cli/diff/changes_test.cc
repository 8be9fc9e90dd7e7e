// Changes of every kind to one ruleset, and the cause that wafcheck diff names for the verdict that
// each of them changes.

#include <gmock/gmock.h>

#include <nlohmann/json.hpp>

#include "tests/unit/cli/scratch.h"

using ::testing::Contains;

namespace wafcheck::cli {
namespace {

using Json = nlohmann::json;

constexpr std::string_view kSetup = R"(SecRuleEngine On
SecRequestBodyAccess On
SecDefaultAction "phase:2,log,auditlog,pass"
SecAction "id:10,phase:1,pass,nolog,t:none,setvar:tx.critical=5,setvar:tx.threshold=5,setvar:tx.pl=1,setvar:'tx.methods=GET POST'"
)";
constexpr std::string_view kRules =
    R"(SecRule REQUEST_METHOD "!@within %{tx.methods}" "id:100,phase:1,pass,t:none,log,msg:'Method',setvar:tx.score=+%{tx.critical}"
SecRule REQUEST_FILENAME "@beginsWith /static/" "id:110,phase:2,pass,t:none,nolog,skipAfter:END-SQL"
SecRule ARGS "@rx (?i)union\s+select" "id:200,phase:2,pass,t:none,t:urlDecodeUni,log,msg:'Union',tag:'attack-sqli',setvar:tx.score=+%{tx.critical}"
SecRule ARGS "@pmFromFile words.data" "id:210,phase:2,pass,t:none,log,msg:'Words',tag:'attack-rce',setvar:tx.score=+%{tx.critical}"
SecMarker END-SQL
SecRule TX:pl "@lt 2" "id:300,phase:2,pass,t:none,nolog,skipAfter:END-PL2"
SecRule ARGS "@contains --" "id:310,phase:2,pass,t:none,log,msg:'Comment',tag:'paranoia-level/2',setvar:tx.score=+%{tx.critical}"
SecMarker END-PL2
SecRule REQUEST_HEADERS:X-Admin "@streq 1" "id:320,phase:2,deny,status:403,t:none,log,msg:'Admin',chain"
    SecRule REMOTE_ADDR "!@ipMatch 10.0.0.0/8" "t:none"
)";
constexpr std::string_view kBlock =
    R"(SecRule TX:score "@ge %{tx.threshold}" "id:900,phase:2,deny,status:403,t:none,log,msg:'Score'"
)";

/// Requests, as transaction lines.
Json header(const std::string& name, const std::string& value) {
  return Json::array({name, value});
}
std::string get(const std::string& uri, const Json& headers = Json::array()) {
  return Json{{"id", "1"}, {"request", {{"method", "GET"}, {"uri", uri}, {"headers", headers}}}}
             .dump() +
         "\n";
}
std::string post(const std::string& body) {
  const Json headers = Json::array({header("Content-Type", "application/x-www-form-urlencoded"),
                                    header("Content-Length", std::to_string(body.size()))});
  Json request = {{"method", "POST"}, {"uri", "/form"}, {"body", body}};
  request["headers"] = headers;
  return Json{{"id", "1"}, {"request", request}}.dump() + "\n";
}

struct ChangeCase {
  std::string name;
  std::string file;      ///< in which the new ruleset differs
  std::string from, to;  ///< a text of it, and what becomes of it
  std::string request;
  std::string change;  ///< of the verdict
  std::string reason;
  int rule_id;  ///< of the cause; 0: none
};

const std::string kUnion = get("/?a=union%20select");
const Json kAdmin = Json::array({header("X-Admin", "1")});

const ChangeCase kCases[] = {
    {"WiderExpression", "rules.conf", R"(union\s+select)", R"(union.+select)",
     get("/?a=union/**/select"), "newly_blocked", "expression", 200},
    {"NarrowerExpression", "rules.conf", R"(union\s+select)", R"(union\s+select\s+from)", kUnion,
     "newly_passed", "expression", 200},
    {"OtherExpression", "rules.conf", R"(union\s+select)", R"(insert\s+into)",
     get("/?a=insert%20into"), "newly_blocked", "expression", 200},
    {"Operator", "rules.conf", R"(@contains --)", R"(@streq --)", get("/?a=1--"), "same", "", 0},
    {"OperatorOfAnotherKind", "rules.conf", R"(@rx (?i)union\s+select)", R"(@streq union select)",
     get("/?a=1+union+select"), "newly_passed", "operator", 200},
    {"Negation", "rules.conf", R"("!@within %{tx.methods}")", R"("@within %{tx.methods}")",
     get("/"), "newly_blocked", "operator", 100},
    {"MoreTargets", "rules.conf", "SecRule ARGS \"@rx", "SecRule ARGS|REQUEST_COOKIES \"@rx",
     get("/", Json::array({header("Cookie", "c=union select")})), "newly_blocked", "targets", 200},
    {"FewerTargets", "rules.conf", "SecRule ARGS \"@rx", "SecRule ARGS_GET \"@rx",
     post("a=union+select"), "newly_passed", "targets", 200},
    {"ExcludedTarget", "rules.conf", "SecRule ARGS \"@rx", "SecRule ARGS|!ARGS:a \"@rx", kUnion,
     "newly_passed", "targets", 200},
    {"MoreTransformations", "rules.conf", "t:urlDecodeUni", "t:urlDecodeUni,t:replaceComments",
     get("/?a=union/**/select"), "newly_blocked", "transformations", 200},
    {"FewerTransformations", "rules.conf", "t:none,t:urlDecodeUni", "t:none",
     get("/?a=union%2520select"), "newly_passed", "transformations", 200},
    {"Phase", "rules.conf", "id:200,phase:2", "id:200,phase:1", post("a=union+select"),
     "newly_passed", "phase", 200},
    {"PhaseOfTheRuleThatBlocks", "block.conf", "id:900,phase:2", "id:900,phase:1", kUnion,
     "newly_passed", "phase", 900},
    {"Score", "rules.conf", "tag:'attack-sqli',setvar:tx.score=+%{tx.critical}",
     "tag:'attack-sqli',setvar:tx.score=+2", kUnion, "newly_passed", "variables", 200},
    {"ScoreInTheSetup", "setup.conf", "tx.critical=5", "tx.critical=2", kUnion, "newly_passed",
     "variable", 10},
    {"Threshold", "setup.conf", "tx.threshold=5", "tx.threshold=10", kUnion, "newly_passed",
     "threshold", 900},
    {"ThresholdInTheRule", "block.conf", "%{tx.threshold}", "20", kUnion, "newly_passed",
     "threshold", 900},
    {"HigherLevel", "setup.conf", "tx.pl=1", "tx.pl=2", get("/?a=1--"), "newly_blocked", "variable",
     10},
    {"LevelOfARule", "rules.conf", R"(SecRule TX:pl "@lt 2")", R"(SecRule TX:pl "@lt 1")",
     get("/?a=1--"), "newly_blocked", "operator", 300},
    {"Tag", "rules.conf", "tag:'attack-rce'", "tag:'attack-generic'", get("/?a=attack"),
     "newly_passed", "exclusion", 210},
    {"TargetExcludedByDirective", "after.conf", "", "SecRuleUpdateTargetById 200 \"!ARGS:a\"\n",
     kUnion, "newly_passed", "exclusion", 200},
    {"RuleRemovedByDirective", "after.conf", "", "SecRuleRemoveById 200\n", kUnion, "newly_passed",
     "exclusion", 200},
    {"RuleRemovedByTag", "after.conf", "", "SecRuleRemoveByTag attack-sqli\n", kUnion,
     "newly_passed", "exclusion", 200},
    {"ActionsUpdatedByDirective", "after.conf", "",
     "SecRuleUpdateActionById 200 \"deny,status:406\"\n", kUnion, "otherwise", "exclusion", 200},
    {"RuleRemovedByCtl", "setup.conf", "",
     "SecAction \"id:20,phase:1,pass,nolog,t:none,ctl:ruleRemoveById=200\"\n", kUnion,
     "newly_passed", "exclusion", 200},
    {"TargetExcludedByCtl", "setup.conf", "",
     "SecAction \"id:20,phase:1,pass,nolog,t:none,ctl:ruleRemoveTargetById=200;ARGS:a\"\n", kUnion,
     "newly_passed", "exclusion", 200},
    {"TargetExcludedByTag", "setup.conf", "",
     "SecAction "
     "\"id:20,phase:1,pass,nolog,t:none,ctl:ruleRemoveTargetByTag=attack-sqli;ARGS:a\"\n",
     kUnion, "newly_passed", "exclusion", 200},
    {"ExclusionThatStopsToApply", "exclude.conf", "@beginsWith /free", "@beginsWith /open",
     get("/free?a=union%20select"), "newly_blocked", "exclusion", 200},
    {"NewRule", "block.conf", "",
     "SecRule ARGS \"@contains evil\" \"id:400,phase:2,deny,status:403,t:none,log,msg:'Evil'\"\n",
     get("/?a=evil"), "newly_blocked", "rule-added", 400},
    {"RuleGone", "block.conf", kBlock.data(), "", kUnion, "newly_passed", "rule-removed", 900},
    {"TooLateToCount", "rules.conf", "id:200,phase:2", "id:200,phase:5", kUnion, "newly_passed",
     "phase", 200},
    {"OrderOfIncludes", "main.conf", "Include rules.conf\nInclude block.conf\n",
     "Include block.conf\nInclude rules.conf\n", kUnion, "newly_passed", "order", 900},
    {"PlaceOfAMarker", "rules.conf", "SecMarker END-SQL\nSecRule TX:pl \"@lt 2\"",
     "SecRule TX:pl \"@lt 1\"", get("/static/?a=1"), "same", "", 0},
    {"Action", "block.conf", "deny,status:403", "pass", kUnion, "newly_passed", "action", 900},
    {"Status", "block.conf", "status:403", "status:406", kUnion, "otherwise", "action", 900},
    {"LinkGone", "rules.conf",
     ",chain\"\n    SecRule REMOTE_ADDR \"!@ipMatch 10.0.0.0/8\" \"t:none\"", "\"",
     get("/", kAdmin), "same", "", 0},
    {"LastLink", "rules.conf", "!@ipMatch 10.0.0.0/8", "!@ipMatch 10.0.0.0/8,127.0.0.0/8",
     get("/", kAdmin), "newly_passed", "operator", 320},
    {"TargetOfAChain", "rules.conf", "REQUEST_HEADERS:X-Admin", "REQUEST_HEADERS:X-Root",
     get("/", kAdmin), "newly_passed", "targets", 320},
    {"SkippedTo", "rules.conf", "nolog,skipAfter:END-SQL", "nolog,skipAfter:END-PL2",
     get("/static/?a=1"), "same", "", 0},
    {"ConditionOfASkip", "rules.conf", "@beginsWith /static/", "@beginsWith /files/",
     get("/static/?a=union%20select"), "newly_blocked", "operator", 110},
    {"Marker", "rules.conf", "SecMarker END-SQL\n", "", get("/static/?a=1"), "same", "", 0},
    {"WordGone", "words.data", "attack\n", "", get("/?a=attack"), "newly_passed", "data", 210},
    {"NewWord", "words.data", "attack\n", "attack\nrobbery\n", get("/?a=robbery"), "newly_blocked",
     "data", 210},
    {"Engine", "setup.conf", "SecRuleEngine On", "SecRuleEngine DetectionOnly", kUnion, "otherwise",
     "setting", 0},
    {"BodyAccess", "setup.conf", "SecRequestBodyAccess On", "SecRequestBodyAccess Off",
     post("a=union+select"), "newly_passed", "setting", 0},
    {"VariableOfTheSetup", "setup.conf", "GET POST", "GET POST PUT",
     Json{{"id", "1"}, {"request", {{"method", "PUT"}, {"uri", "/"}}}}.dump() + "\n",
     "newly_passed", "variable", 10},
    {"DefaultAction", "setup.conf", "phase:2,log,auditlog,pass", "phase:2,log,auditlog,deny",
     get("/?a=default"), "newly_blocked", "action", 500},
};

class Changes : public Scratch {
 protected:
  static void write_rules(const std::string& folder) {
    write(folder + "/setup.conf", kSetup);
    write(folder + "/exclude.conf",
          "SecRule REQUEST_FILENAME \"@beginsWith /free\" "
          "\"id:30,phase:1,pass,nolog,t:none,ctl:ruleRemoveById=200\"\n");
    write(
        folder + "/rules.conf",
        std::string(kRules) +
            "SecRule ARGS \"@streq default\" \"id:500,phase:2,block,t:none,log,msg:'Default'\"\n");
    write(folder + "/block.conf", kBlock);
    write(folder + "/after.conf", "SecRuleRemoveByTag attack-generic\n");
    write(folder + "/words.data", "attack\nbomb\n");
    write(folder + "/main.conf",
          "Include setup.conf\nInclude exclude.conf\nInclude rules.conf\nInclude block.conf\n"
          "Include after.conf\n");
  }

  Json diff(const std::string& traffic) {
    write("traffic.jsonl", traffic);
    run({"diff", "-q", "--no-config", "--old", "old/main.conf", "--new", "new/main.conf",
         "traffic.jsonl", "--format", "json"});
    EXPECT_EQ(err_, "");
    return Json::parse(out_, nullptr, false);
  }

  /// Every change, and its causes as "reason rule".
  static std::vector<std::string> causes_of(const Json& result) {
    std::vector<std::string> causes;
    for (const Json& change : result["changes"]) {
      for (const Json& cause : change["cause"]) {
        causes.push_back(
            cause["reason"].get<std::string>() + " " +
            std::to_string(cause["rule_id"].is_null() ? 0 : cause["rule_id"].get<int>()));
      }
    }
    return causes;
  }
};

class ChangeCases : public Changes, public testing::WithParamInterface<ChangeCase> {};

TEST_P(ChangeCases, NameTheirCause) {
  const ChangeCase& each = GetParam();
  write_rules("old");
  write_rules("new");
  std::string text = read("new/" + each.file);
  if (each.from.empty()) {
    text += each.to;
  } else {
    const size_t at = text.find(each.from);
    ASSERT_NE(at, std::string::npos);
    text.replace(at, each.from.size(), each.to);
  }
  write("new/" + each.file, text);
  const Json result = diff(each.request);
  ASSERT_TRUE(result.is_object()) << out_;
  const std::string member = each.change == "otherwise" ? "otherwise_changed" : each.change;
  EXPECT_EQ(result["summary"][member], 1) << out_;
  if (each.change == "same") {
    EXPECT_EQ(causes_of(result), std::vector<std::string>());
  } else {
    EXPECT_THAT(causes_of(result), Contains(each.reason + " " + std::to_string(each.rule_id)))
        << out_;
  }
}

TEST_F(Changes, OfLayoutAloneAreNone) {
  write_rules("old");
  write_rules("new");
  std::string text = read("new/rules.conf");
  for (size_t at = 0; (at = text.find(",log,", at)) != std::string::npos; at += 5) {
    text.replace(at, 5, ",\\\n    log,");
  }
  write("new/rules.conf", "# A comment\n\n" + text);
  const Json result = diff(kUnion);
  for (const char* const list : {"added", "removed", "renumbered", "changed", "moved"}) {
    EXPECT_TRUE(result["rules"][list].empty()) << out_;
  }
  EXPECT_TRUE(result["settings"].empty());
  EXPECT_EQ(result["summary"]["same"], 1);
}

INSTANTIATE_TEST_SUITE_P(All, ChangeCases, testing::ValuesIn(kCases),
                         [](const auto& info) { return info.param.name; });

}  // namespace
}  // namespace wafcheck::cli
