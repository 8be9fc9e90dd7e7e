// wafcheck diff as a command: its options, its formats and its exit codes.

#include <gmock/gmock.h>

#include <cstdlib>
#include <nlohmann/json.hpp>

#include "tests/unit/cli/scratch.h"

using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;

namespace wafcheck::cli {
namespace {

using Json = nlohmann::json;

constexpr std::string_view kOld =
    "SecRuleEngine On\n"
    "SecRule TX:detection_paranoia_level \"@lt 3\" \"id:1,phase:2,pass,nolog,skipAfter:END\"\n"
    "SecRule ARGS \"@rx ab+\" \"id:2,phase:2,deny,log,msg:'AB',tag:'paranoia-level/3'\"\n"
    "SecMarker END\n";

std::string get_line(const std::string& uri) {
  return Json{{"request", {{"method", "GET"}, {"uri", uri}}}}.dump() + "\n";
}

std::string replaced(std::string_view text, std::string_view from, std::string_view to) {
  std::string out(text);
  return out.replace(out.find(from), from.size(), to);
}

class Diff : public Scratch {
 protected:
  void SetUp() override {
    Scratch::SetUp();
    write("old.conf", kOld);
    write("new.conf", replaced(kOld, "ab+", "ab*c"));
    write("traffic.jsonl", get_line("/?q=ab&token=secret") + get_line("/?q=none"));
  }

  int diff(std::vector<std::string> more) {
    std::vector<std::string> arguments = {"diff",  "--no-config", "-q",    "--no-timing",
                                          "--old", "old.conf",    "--new", "new.conf"};
    arguments.insert(arguments.end(), more.begin(), more.end());
    return run(arguments);
  }
  Json diff_json(std::vector<std::string> more) {
    more.insert(more.end(), {"--format", "json"});
    diff(more);
    return Json::parse(out_, nullptr, false);
  }
  static int git(const std::string& arguments) {
    return std::system(
        ("git -c user.name=a -c user.email=a@example.org " + arguments + " > git.out 2>&1")
            .c_str());
  }
};

/// A record of an audit log of ModSecurity 3.
std::string record_of(std::string_view version) {
  return Json{{"transaction",
               {{"unique_id", "u"},
                {"request", {{"method", "GET"}, {"http_version", 1.1}, {"uri", "/"}}},
                {"producer", {{"modsecurity", std::string(version)}}},
                {"messages", Json::array()}}}}
             .dump() +
         "\n";
}

TEST_F(Diff, CountsRecordsOfEnginesThatAreNotModelled) {
  write("log.json", record_of("ModSecurity v3.0.3 (Linux)") +
                        record_of("ModSecurity v3.0.3 (Linux)") +
                        record_of("ModSecurity v3.0.14 (Linux)"));
  EXPECT_EQ(diff_json({"log.json"})["summary"]["other_engine"], 1);
  EXPECT_EQ(diff_json({"log.json", "--engine", "modsecurity3"})["summary"]["other_engine"], 0);
  diff({"log.json"});
  EXPECT_THAT(out_, HasSubstr("1 recorded on another engine than the one modelled"));
}

TEST_F(Diff, WithoutTrafficOnlyComparesRules) {
  EXPECT_EQ(diff({}), 0) << err_;
  EXPECT_THAT(out_, HasSubstr("~ 2  expression (different)"));
  EXPECT_THAT(out_, Not(HasSubstr("Traffic")));
}

TEST_F(Diff, ShowsWhatOnlyOneExpressionMatches) {
  const Json rule = diff_json({})["rules"]["changed"][0];
  EXPECT_EQ(rule["id"], 2);
  EXPECT_EQ(rule["expression"]["relation"], "different");
  EXPECT_EQ(rule["expression"]["only_new"], "ac");
  EXPECT_EQ(rule["expression"]["only_old"], "ab");
}

TEST_F(Diff, FailsWhereAVerdictChanges) {
  EXPECT_EQ(diff({"--pl", "3", "traffic.jsonl"}), 1);
  EXPECT_EQ(diff({"--pl", "3", "traffic.jsonl", "--fail-on", "newly-passed"}), 1);
  EXPECT_EQ(diff({"--pl", "3", "traffic.jsonl", "--fail-on", "newly-blocked"}), 0);
  EXPECT_EQ(diff({"--pl", "3", "traffic.jsonl", "--fail-on", "never"}), 0);
}

TEST_F(Diff, ComparesAtEachParanoiaLevel) {
  const Json levels = diff_json({"--each-pl", "traffic.jsonl"})["paranoia_levels"];
  ASSERT_EQ(levels.size(), 4u) << out_ << err_;
  EXPECT_EQ(levels[1]["newly_passed"], 0);
  EXPECT_EQ(levels[2]["newly_passed"], 1);
  EXPECT_EQ(levels[3]["same"], 1);
}

TEST_F(Diff, OneSideMayHaveSettingsOfItsOwn) {
  write("new.conf", kOld);
  const Json result = diff_json({"--old-pl", "3", "--new-pl", "2", "traffic.jsonl"});
  EXPECT_EQ(result["summary"]["newly_passed"], 1) << out_ << err_;
  const Json other =
      diff_json({"--pl", "3", "--new-directive", "SecRuleRemoveById 2", "traffic.jsonl"});
  EXPECT_EQ(other["changes"][0]["cause"][0]["reason"], "exclusion") << out_ << err_;
}

TEST_F(Diff, ReadsRulesAsTheyWereCommitted) {
  if (git("init -q .") != 0) GTEST_SKIP() << "git is not installed";
  write("rules/a.conf", "SecRuleEngine On\nInclude more/b.conf\n");
  write("rules/more/b.conf",
        "SecRule ARGS \"@pmFromFile words.data\" \"id:7,phase:2,deny,log,msg:'W'\"\n");
  write("rules/more/words.data", "evil\n");
  ASSERT_EQ(git("add rules"), 0);
  ASSERT_EQ(git("commit -qm first"), 0);
  write("rules/more/words.data", "good\n");
  write("traffic.jsonl", get_line("/?q=evil"));
  run({"diff", "--no-config", "-q", "--old", "git:HEAD", "--new", "rules/a.conf", "--format",
       "json", "traffic.jsonl"});
  const Json result = Json::parse(out_, nullptr, false);
  ASSERT_TRUE(result.is_object()) << err_;
  EXPECT_EQ(result["summary"]["newly_passed"], 1);
  EXPECT_EQ(result["changes"][0]["cause"][0]["reason"], "data");
  EXPECT_EQ(run({"diff", "--no-config", "-q", "--old", "git:HEAD:rules/a.conf", "--new",
                 "git:HEAD:rules", "traffic.jsonl"}),
            0)
      << out_ << err_;
}

TEST_F(Diff, ARevisionThatIsNotThereIsAnError) {
  if (git("init -q .") != 0) GTEST_SKIP() << "git is not installed";
  EXPECT_EQ(run({"diff", "--no-config", "--old", "git:nope:old.conf", "--new", "new.conf"}), 2);
  EXPECT_THAT(err_, HasSubstr("there is no revision \"nope\""));
  EXPECT_EQ(run({"diff", "--no-config", "--old", "git:--all:old.conf", "--new", "new.conf"}), 2);
}

TEST_F(Diff, MarkdownBeginsWithTheLineThatABotLooksFor) {
  diff({"--pl", "3", "--format", "markdown", "traffic.jsonl"});
  EXPECT_THAT(out_, StartsWith("<!-- wafcheck diff -->\n"));
}

TEST_F(Diff, WhatPeopleSeeHasNoQueries) {
  for (const char* const format : {"text", "markdown"}) {
    diff({"--pl", "3", "--format", format, "traffic.jsonl"});
    EXPECT_THAT(out_, HasSubstr("GET /")) << format;
    EXPECT_THAT(out_, Not(HasSubstr("secret"))) << format;
  }
}

TEST_F(Diff, NamesExclusionsWithoutARule) {
  write("new.conf", replaced(kOld, "id:2,", "id:3,") + "SecRuleUpdateTargetById 2 \"!ARGS:x\"\n");
  write("old.conf", std::string(kOld) + "SecRuleUpdateTargetById 2 \"!ARGS:x\"\n");
  const Json result = diff_json({});
  ASSERT_EQ(result["exclusions"]["void"].size(), 1u) << out_ << err_;
  EXPECT_EQ(result["exclusions"]["void"][0]["line"], 5);
}

TEST_F(Diff, NamesVariablesThatNobodyReadsAnyMore) {
  write("old.conf",
        "SecAction \"id:8,phase:1,pass,nolog,setvar:tx.list=a\"\n"
        "SecRule ARGS \"@within %{tx.list}\" \"id:9,phase:2,pass,nolog\"\n");
  write("new.conf", "SecAction \"id:8,phase:1,pass,nolog,setvar:tx.list=a\"\n");
  EXPECT_EQ(diff_json({})["variables"]["unread"][0]["name"], "tx.list") << out_ << err_;
}

TEST_F(Diff, FindsRenumberedRulesByWhatTheyTest) {
  write("old.conf", "SecRule ARGS \"@rx abcdefghijklmnop\" \"id:5,phase:2,deny,msg:'A'\"\n");
  write("new.conf", "SecRule ARGS \"@rx abcdefghijklmnop\" \"id:6,phase:2,deny,msg:'A'\"\n");
  const Json rules = diff_json({})["rules"];
  ASSERT_EQ(rules["renumbered"].size(), 1u) << out_;
  EXPECT_EQ(rules["renumbered"][0]["by"], "test");
  EXPECT_TRUE(rules["added"].empty());
  EXPECT_TRUE(rules["removed"].empty());
}

TEST_F(Diff, NamesWhatOlderEnginesDoNotKnow) {
  write("new.conf", replaced(kOld, "deny,log", "deny,t:escapeSeqDecode,log"));
  const Json needs = diff_json({})["needs"];
  ASSERT_EQ(needs.size(), 1u) << out_ << err_;
  EXPECT_THAT(needs[0]["text"].get<std::string>(), HasSubstr("t:escapeSeqDecode"));
  EXPECT_EQ(needs[0]["line"], 3);
}

TEST_F(Diff, MeasuresRules) {
  run({"diff", "--no-config", "-q", "--old", "old.conf", "--new", "new.conf", "--format", "json",
       "--profile", "--pl", "3", "traffic.jsonl"});
  const Json result = Json::parse(out_, nullptr, false);
  ASSERT_TRUE(result.is_object()) << err_;
  const auto& rules = result["per_rule"];
  ASSERT_FALSE(rules.empty());
  for (const Json& rule : rules) EXPECT_GT(rule["old_us"].get<double>(), 0) << rule;
}

TEST_F(Diff, ExpressionsAtHand) {
  EXPECT_EQ(run({"diff", "--no-config", "--rx", "ab+", "ab{1,}"}), 0) << out_ << err_;
  EXPECT_EQ(run({"diff", "--no-config", "--rx", "ab+", "ab*"}), 1);
  EXPECT_EQ(run({"diff", "--no-config", "--rx", "ab(", "ab"}), 2);
}

TEST_F(Diff, NeedsBothSides) {
  EXPECT_EQ(run({"diff", "--no-config", "--old", "old.conf"}), 2);
  EXPECT_THAT(err_, HasSubstr("--old and --new name the rules before and after a change"));
}

}  // namespace
}  // namespace wafcheck::cli
