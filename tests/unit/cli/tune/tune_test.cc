// wafcheck tune as a whole, over a small ruleset.

#include <gmock/gmock.h>

#include <nlohmann/json.hpp>

#include "cli/tune/report.h"
#include "tests/unit/cli/scratch.h"

using ::testing::HasSubstr;
using ::testing::Not;

namespace wafcheck::cli {
namespace {

using Json = nlohmann::json;

constexpr std::string_view kRules = R"(SecRuleEngine On
SecRequestBodyAccess On
SecAction "id:1,phase:1,pass,t:none,nolog,setvar:tx.score=0"
SecRule ARGS "@rx select" "id:200,phase:2,pass,t:none,log,msg:'SQL',tag:'attack-sqli',setvar:tx.score=+5"
SecRule ARGS "@rx from" "id:210,phase:2,pass,t:none,log,msg:'From',tag:'attack-sqli',setvar:tx.score=+5"
SecRule ARGS "@rx union" "id:220,phase:2,pass,t:none,log,msg:'Union',tag:'attack-sqli',setvar:tx.score=+2"
SecRule TX:score "@ge 5" "id:900,phase:2,deny,t:none,log,msg:'Score'"
)";
constexpr std::string_view kBefore = "out/REQUEST-900-EXCLUSION-RULES-BEFORE-CRS.conf";
constexpr std::string_view kAfter = "out/RESPONSE-999-EXCLUSION-RULES-AFTER-CRS.conf";

std::string get(const std::string& uri, const std::string& id) {
  return Json{{"id", id}, {"request", {{"method", "GET"}, {"uri", uri}}}}.dump() + "\n";
}

class Tune : public Scratch {
 protected:
  void SetUp() override {
    Scratch::SetUp();
    write("rules.conf", kRules);
  }

  int tune(std::vector<std::string> more = {}) {
    std::vector<std::string> arguments = {"tune", "--no-config", "-r", "rules.conf", "good.jsonl"};
    arguments.insert(arguments.end(), more.begin(), more.end());
    return run(arguments);
  }

  Json tune_json(std::vector<std::string> more = {}, int code = 0) {
    more.insert(more.end(), {"--format", "json"});
    EXPECT_EQ(tune(more), code) << err_;
    return Json::parse(out_, nullptr, false);
  }
};

TEST_F(Tune, OnlyAsMuchIsExcludedAsTheScoreHasToLose) {
  write("good.jsonl", get("/a?q=select+union", "1"));
  const Json result = tune_json();
  ASSERT_EQ(result["exclusions"].size(), 1u) << out_;
  EXPECT_EQ(result["exclusions"][0]["rule_id"], 200);
  EXPECT_EQ(result["exclusions"][0]["target"], "ARGS:q");
  EXPECT_EQ(result["exclusions"][0]["path"], "^/a$");
  EXPECT_EQ(result["good"]["before"], 1);
  EXPECT_EQ(result["good"]["after"], 0);
}

TEST_F(Tune, PathsThatDifferInANumberShareAnExpression) {
  write("good.jsonl", get("/item/1?q=select", "1") + get("/item/2", "2"));
  EXPECT_EQ(tune_json()["exclusions"][0]["path"], "^/item/[0-9]+$");
  // One path is no evidence for others.
  write("good.jsonl", get("/item/1?q=select", "1"));
  EXPECT_EQ(tune_json()["exclusions"][0]["path"], "^/item/1$");
}

TEST_F(Tune, ATargetOnManyPathsIsExcludedForAllRequestsWhereThatIsAskedFor) {
  std::string traffic;
  for (const char path : std::string_view("abcde")) {
    traffic += get(std::string("/") + path + "?q=select", std::string(1, path));
  }
  write("good.jsonl", traffic);
  EXPECT_EQ(tune_json()["exclusions"].size(), 5u);
  const Json result = tune_json({"--max-breadth", "rule", "--out", "out"});
  ASSERT_EQ(result["exclusions"].size(), 1u);
  EXPECT_EQ(result["exclusions"][0]["kind"], "update-target");
  EXPECT_TRUE(result["exclusions"][0]["id"].is_null());
  EXPECT_THAT(read(kAfter), HasSubstr("SecRuleUpdateTargetById 200 \"!ARGS:q\"\n"));
}

TEST_F(Tune, ATagReplacesSeveralRulesWhereThatIsAskedFor) {
  write("rules.conf", std::string(kRules) +
                          "SecRule ARGS \"@rx where\" \"id:230,phase:2,deny,t:none,"
                          "tag:'attack-sqli'\"\n");
  write("good.jsonl", get("/a?q=select+from+where+union", "1"));
  EXPECT_EQ(tune_json()["exclusions"].size(), 3u);
  const Json result = tune_json({"--max-breadth", "tag"});
  ASSERT_EQ(result["exclusions"].size(), 1u) << out_;
  EXPECT_THAT(std::string(result["exclusions"][0]["text"]),
              HasSubstr("ctl:ruleRemoveTargetByTag=attack-sqli;ARGS:q"));
}

TEST_F(Tune, SeveralHostsAreACondition) {
  const auto on = [](const std::string& host, const std::string& id) {
    const Json headers = Json::array({Json::array({"Host", host})});
    return Json{{"id", id},
                {"request", {{"method", "GET"}, {"uri", "/a?q=select"}, {"headers", headers}}}}
               .dump() +
           "\n";
  };
  write("good.jsonl", on("One.example:8080", "1"));
  EXPECT_EQ(tune_json()["exclusions"][0]["hosts"], Json::array());
  write("good.jsonl", on("One.example:8080", "1") + get("/", "2"));
  EXPECT_EQ(tune_json()["exclusions"][0]["hosts"], Json::array({"one.example"}));
}

TEST_F(Tune, WhatAnEngineIgnoresIsNotProposed) {
  // The argument is in the second link, which ctl does not reach in ModSecurity.
  write("rules.conf",
        "SecRuleEngine On\n"
        "SecRule REQUEST_METHOD \"@streq GET\" \"id:200,phase:2,deny,t:none,chain\"\n"
        "SecRule ARGS \"@rx select\" \"t:none\"\n");
  write("good.jsonl", get("/a?q=select", "1"));
  EXPECT_EQ(tune_json()["exclusions"][0]["target"], "ARGS:q");
  const Json result = tune_json({"--engine", "modsecurity2"});
  EXPECT_NE(result["exclusions"][0]["target"], "ARGS:q");
  EXPECT_EQ(result["good"]["after"], 0);
}

TEST_F(Tune, ARuleBeforeAllExclusionsIsLeft) {
  // The exclusions belong behind the file of the user's own, which comes later than the rule.
  write("rules.conf",
        "SecRuleEngine On\n"
        "SecRule ARGS \"@rx select\" \"id:200,phase:1,deny,t:none\"\n"
        "Include REQUEST-900-EXCLUSION-RULES-BEFORE-CRS.conf\n");
  write("REQUEST-900-EXCLUSION-RULES-BEFORE-CRS.conf",
        "SecAction \"id:300,phase:1,pass,t:none,nolog\"\n");
  write("good.jsonl", get("/a?q=select", "1"));
  const Json result = tune_json({}, 1);
  EXPECT_EQ(result["good"]["after"], 1);
  EXPECT_THAT(std::string(result["good"]["left"][0]["reason"]), HasSubstr("200: ARGS:q"));
  EXPECT_EQ(result["exclusions"], Json::array());
}

TEST_F(Tune, IdsStayAndOwnFilesAreReplaced) {
  write("good.jsonl", get("/b?q=select", "1"));
  const std::vector<std::string> out = {"--out", "out", "--id-base", "1000"};
  EXPECT_EQ(tune_json(out)["exclusions"][0]["id"], 1000);
  const std::string first = read(kBefore);
  // A new exclusion before it in the file does not take its id.
  write("good.jsonl", get("/a?q=select", "2") + get("/b?q=select", "1"));
  const Json both = tune_json(out)["exclusions"];
  ASSERT_EQ(both.size(), 2u);
  EXPECT_EQ(both[0]["id"], 1001);
  EXPECT_EQ(both[1]["id"], 1000);
  // With the files in force, the result is the same.
  write("rules.conf", "Include " + std::string(kBefore) + "\n" + std::string(kRules));
  EXPECT_EQ(tune_json(out)["exclusions"], both);
  write("rules.conf", kRules);
  write("good.jsonl", get("/b?q=select", "1"));
  tune(out);
  EXPECT_EQ(read(kBefore), first);
}

TEST_F(Tune, FilesOfTheUsersOwnAreNotReplaced) {
  write("good.jsonl", get("/a?q=select", "1"));
  write(kBefore, "# mine\n");
  EXPECT_EQ(tune({"--out", "out"}), 2);
  EXPECT_THAT(err_, HasSubstr("not written by wafcheck tune"));
  EXPECT_EQ(read(kBefore), "# mine\n");
}

TEST_F(Tune, AttacksAmongGoodTrafficAreSuspicious) {
  write("attacks.jsonl", get("/x?y=1+union+select+all+from+users", "a"));
  write("good.jsonl",
        get("/a?q=please+select", "good") + get("/b?q=1+union+select+all+from+users", "attack"));
  const Json result = tune_json({"--attacks", "attacks.jsonl"});
  EXPECT_EQ(result["good"]["before"], 1);
  ASSERT_EQ(result["good"]["suspicious"].size(), 1u);
  EXPECT_EQ(result["good"]["suspicious"][0]["id"], "attack");
  for (const Json& each : result["exclusions"]) EXPECT_EQ(each["path"], "^/a$");
  const Json all = tune_json({"--attacks", "attacks.jsonl", "--include-suspicious"});
  EXPECT_EQ(all["good"]["before"], 2);
  EXPECT_EQ(all["good"]["suspicious"], Json::array());
}

TEST_F(Tune, AWordOfAnAttackIsNotSuspicious) {
  write("attacks.jsonl", get("/x?y=select_all_of_it", "a"));
  write("good.jsonl", get("/a?q=the+word+select_all_of_it", "1"));
  EXPECT_EQ(tune_json({"--attacks", "attacks.jsonl"})["good"]["suspicious"], Json::array());
  write("good.jsonl", get("/a?q=select_all_of_it", "1"));
  EXPECT_EQ(tune_json({"--attacks", "attacks.jsonl"})["good"]["suspicious"].size(), 1u);
}

TEST_F(Tune, LostAttacksAreCountedAndListed) {
  write("attacks.jsonl", get("/x?y=1;select+1", "a") + get("/a?q=select", "b"));
  write("good.jsonl", get("/a?q=please+select", "good"));
  const Json result = tune_json({"--attacks", "attacks.jsonl"});
  // Two attacks as they are, and their two payloads put into the target.
  EXPECT_EQ(result["attacks"]["before"], 4);
  EXPECT_EQ(result["attacks"]["after"], 1);
  EXPECT_EQ(result["attacks"]["lost"].size(), 3u);
  EXPECT_EQ(result["exclusions"][0]["tried"], 2);
  EXPECT_EQ(result["exclusions"][0]["lost"], 2);
}

TEST_F(Tune, WhatNoRuleDecidesIsLeft) {
  write("rules.conf",
        std::string(kRules) + "SecRequestBodyLimit 4\nSecRequestBodyLimitAction Reject\n");
  write("good.jsonl",
        R"({"id":"1","request":{"method":"POST","uri":"/","headers":[],"body":"too long"}})"
        "\n");
  for (const char* const engine : {"modsecurity3", "coraza@3.3"}) {
    const Json result = tune_json({"--engine", engine}, 1);
    ASSERT_EQ(result["good"]["left"].size(), 1u) << engine;
    EXPECT_THAT(std::string(result["good"]["left"][0]["reason"]),
                HasSubstr("no rule interrupts it"));
  }
}

TEST_F(Tune, APluginHasASwitchAndTestsInPairs) {
  write("good.jsonl", get("/a?q=select", "1"));
  ASSERT_EQ(tune({"--plugin", "shop", "--out", "out"}), 0) << err_;
  EXPECT_THAT(read("out/shop-config.conf"), HasSubstr("tx.shop-plugin_enabled=0"));
  EXPECT_THAT(read("out/shop-before.conf"), HasSubstr("id:9900100,"));
  const std::string tests = "out/tests/regression/shop-plugin/9900100.yaml";
  write("with.conf",
        "Include out/shop-before.conf\n" + std::string(kRules) + "Include out/shop-after.conf\n");
  EXPECT_EQ(run({"test", "--no-config", "-r", "with.conf", tests}), 0) << out_ << err_;
  EXPECT_THAT(out_, HasSubstr("2 passed, 0 failed"));
  write("off.conf",
        "SecAction \"id:5,phase:1,pass,t:none,nolog,setvar:tx.shop-plugin_enabled=0\"\n"
        "Include with.conf\n");
  EXPECT_EQ(run({"test", "--no-config", "-r", "off.conf", tests}), 1);
  EXPECT_EQ(tune({"--plugin", "No Name", "--out", "out"}), 2);
}

TEST_F(Tune, CheckTellsWhatExclusionsAreWorth) {
  write("good.jsonl", get("/a?q=select", "1") + get("/b", "2"));
  write("own.conf",
        "SecRule REQUEST_FILENAME \"@streq /a\" \"id:1000,phase:1,pass,t:none,nolog,"
        "ctl:ruleRemoveTargetById=200;ARGS:q\"\n"
        "SecRule REQUEST_FILENAME \"@streq /b\" \"id:1001,phase:1,pass,t:none,nolog,"
        "ctl:ruleRemoveTargetById=200;ARGS:q\"\n"
        "SecRule REQUEST_FILENAME \"@streq /c\" \"id:1002,phase:1,pass,t:none,nolog,"
        "ctl:ruleRemoveById=200\"\n");
  const Json result = tune_json({"--check", "own.conf"}, 1);
  ASSERT_EQ(result["checked"].size(), 3u);
  EXPECT_EQ(result["checked"][0]["verdict"], "used");
  EXPECT_EQ(result["checked"][1]["verdict"], "unused");
  EXPECT_EQ(result["checked"][2]["verdict"], "unused");
  EXPECT_EQ(result["checked"][1]["line"], 2);
}

TEST_F(Tune, CheckFindsWhatIsVoidOrTooWide) {
  write("good.jsonl", get("/a?q=select", "1"));
  write("void.conf",
        "SecRule REQUEST_FILENAME \"@streq /a\" \"id:1000,phase:2,pass,t:none,nolog,"
        "ctl:ruleRemoveTargetById=200;ARGS:q\"\n");
  write("late.conf", "Include rules.conf\nInclude void.conf\n");
  EXPECT_EQ(run({"tune", "--no-config", "-r", "late.conf", "--check", "void.conf", "--format",
                 "json", "good.jsonl"}),
            1);
  EXPECT_EQ(Json::parse(out_)["checked"][0]["verdict"], "void") << out_;
  write("wide.conf", "SecRuleRemoveById 200\n");
  EXPECT_EQ(tune_json({"--check", "wide.conf"}, 1)["checked"][0]["verdict"], "wider");
  write("wide.conf", "SecRuleUpdateTargetById 200 \"!ARGS:q\"\n");
  EXPECT_THAT(std::string(tune_json({"--check", "wide.conf"}, 1)["checked"][0]["reason"]),
              HasSubstr("only on /a"));
}

TEST_F(Tune, ExclusionsAreCarriedOverToNewRules) {
  write("old.conf", kRules);
  std::string now(kRules);
  now.replace(now.find("id:200"), 6, "id:201");
  now.replace(now.find("id:220"), 6, "id:221");
  now.replace(now.find("union"), 5, "something else");
  write("rules.conf", now);
  write("own.conf",
        "# Ours.\n"
        "SecRule REQUEST_FILENAME \"@streq /a\" \"id:1000,phase:1,pass,t:none,nolog,\\\n"
        "    ctl:ruleRemoveTargetById=200;ARGS:q,\\\n"
        "    ctl:ruleRemoveTargetById=220;ARGS:q\"\n"
        "SecRule REQUEST_FILENAME \"@streq /z\" \"id:1001,phase:1,pass,t:none,nolog,"
        "ctl:ruleRemoveById=210\"\n"
        "SecRule REMOTE_ADDR \"@ipMatch 10.0.0.1\" \"id:1002,phase:1,pass,t:none,nolog,"
        "ctl:ruleEngine=DetectionOnly\"\n");
  write("good.jsonl", get("/a?q=select", "1") + get("/b?q=from", "2"));
  const Json result = tune_json({"--from", "old.conf", "--exclusions", "own.conf", "--out", "out"});
  const Json migrated = result["migration"]["exclusions"];
  ASSERT_EQ(migrated.size(), 4u);
  EXPECT_EQ(migrated[0]["fate"], "kept");
  EXPECT_EQ(migrated[0]["became"], "ruleRemoveTargetById=201;ARGS:q");
  EXPECT_EQ(migrated[1]["fate"], "no such rule");
  EXPECT_EQ(migrated[2]["fate"], "not needed");
  EXPECT_EQ(migrated[3]["fate"], "no exclusion, left as it is");
  EXPECT_EQ(migrated[3]["text"], "ctl:ruleEngine=DetectionOnly");
  EXPECT_EQ(result["migration"]["renumbered"], Json::array({Json{{"old", 200}, {"new", 201}}}));
  // What is left of the traffic gets an exclusion of its own.
  ASSERT_EQ(result["exclusions"].size(), 1u);
  EXPECT_EQ(result["exclusions"][0]["rule_id"], 210);
  const std::string rewritten = read("out/own.conf");
  EXPECT_THAT(rewritten, HasSubstr("    ctl:ruleRemoveTargetById=201;ARGS:q\"\n"));
  EXPECT_THAT(rewritten, HasSubstr("# not needed:\n# SecRule REQUEST_FILENAME \"@streq /z\""));
  EXPECT_THAT(rewritten, Not(HasSubstr("220")));
}

TEST_F(Tune, ExpectationsHoldWithTheExclusionsAndNotWithout) {
  write("good.jsonl", get("/a?q=select", "1") + get("/b", "2"));
  EXPECT_EQ(tune({"--out", "out", "--expect", "good.expect.yaml"}), 0) << err_;
  EXPECT_EQ(tune({"--out", "out", "--expect", "good.expect.yaml"}), 0) << err_;  // replaced
  EXPECT_THAT(read("good.expect.yaml"), HasSubstr("traffic: good.jsonl\ntests:\n"));
  EXPECT_EQ(run({"test", "--no-config", "-r", "rules.conf", "good.expect.yaml"}), 1) << out_;
  write("all.conf",
        "Include out/REQUEST-900-EXCLUSION-RULES-BEFORE-CRS.conf\nInclude rules.conf\n"
        "Include out/RESPONSE-999-EXCLUSION-RULES-AFTER-CRS.conf\n");
  EXPECT_EQ(run({"test", "--no-config", "-r", "all.conf", "good.expect.yaml"}), 0) << out_ << err_;
}

TEST_F(Tune, MigrationNeedsAllOfItsOptions) {
  write("good.jsonl", get("/a", "1"));
  EXPECT_EQ(tune({"--from", "rules.conf"}), 2);
  EXPECT_THAT(err_, HasSubstr("--from, --exclusions and --to go together"));
}

TEST_F(Tune, StandardInputCannotBeReadTwice) {
  EXPECT_EQ(run({"tune", "--no-config", "-r", "rules.conf", "-"}, get("/a", "1")), 2);
  EXPECT_THAT(err_, HasSubstr("read twice"));
}

TEST_F(Tune, ABadLockFileIsAnError) {
  write("good.jsonl", get("/a?q=select", "1"));
  write("out/wafcheck-tune.lock", "{");
  EXPECT_EQ(tune({"--out", "out"}), 2);
  EXPECT_THAT(err_, HasSubstr("wafcheck-tune.lock"));
}

TEST_F(Tune, NamesOfAnyBytesAreExcludedOrLeft) {
  for (const std::string name : {"a[b]", "a%20b", "a%2C%27%22%3B%7C", "%ff%00", "%2Fx%2F", ""}) {
    write("good.jsonl", get("/a%22%0a%25b?" + name + "=select", "1"));
    const int code = tune({"--out", "out"});
    EXPECT_EQ(code, 0) << name << out_ << err_;
    std::filesystem::remove_all("out");
  }
}

}  // namespace
}  // namespace wafcheck::cli
