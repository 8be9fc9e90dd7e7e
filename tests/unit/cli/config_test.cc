// wafcheck.toml: what is said of a faulty one, where it is looked for, and what wins over it.

#include "cli/config.h"

#include <cstdlib>
#include <set>
#include <string>

#include "cli/command.h"
#include "tests/unit/cli/scratch.h"

namespace wafcheck::cli {
namespace {

constexpr int kTroubled = kTrouble;

class ConfigFile : public Scratch {
 protected:
  void SetUp() override {
    Scratch::SetUp();
    unsetenv("WAFCHECK_RULES");
    unsetenv("WAFCHECK_CRS");
    write("a.conf", "SecAction \"id:1,phase:1,pass,nolog,skipAfter:A\"\n");
    write("b.conf", "SecMarker B\nSecAction \"id:2,phase:1,deny,status:418\"\nSecMarker B\n");
    write("x.http", "GET / HTTP/1.1\r\nHost: a\r\n\r\n");
  }
  void TearDown() override {
    unsetenv("WAFCHECK_RULES");
    Scratch::TearDown();
  }
};

TEST_F(ConfigFile, NamesRulesets) {
  write("wafcheck.toml",
        "[rulesets.first]\nrules = ['a.conf']\n[rulesets.second]\nrules = ['b.conf']\n");
  EXPECT_EQ(run({"replay", "--ruleset", "second", "--fail-on", "interrupted", "x.http"}), kNo)
      << err_;
  EXPECT_EQ(run({"replay", "--ruleset", "first", "--fail-on", "interrupted", "x.http"}), kOk)
      << err_;
  EXPECT_EQ(run({"lint", "--ruleset", "frist"}), kTroubled);
  EXPECT_NE(err_.find("did you mean first?"), std::string::npos) << err_;
  EXPECT_EQ(run({"replay", "--ruleset", "first", "-r", "b.conf", "x.http"}), kTroubled);
}

TEST_F(ConfigFile, TakesItsOnlyRuleset) {
  write("wafcheck.toml", "[rulesets.only]\nrules = ['b.conf']\n");
  EXPECT_EQ(run({"replay", "--fail-on", "interrupted", "x.http"}), kNo) << err_;
  EXPECT_EQ(run({"diff", "-q", "--old", "a.conf", "x.http"}), kNo) << err_;
}

TEST_F(ConfigFile, TheKeyRulesComesBeforeRulesets) {
  write("wafcheck.toml", "rules = ['a.conf']\n[rulesets.only]\nrules = ['b.conf']\n");
  EXPECT_EQ(run({"replay", "--fail-on", "interrupted", "x.http"}), kOk) << err_;
}

struct Fault {
  std::string_view text, said;
};

TEST_F(ConfigFile, SaysWhatIsWrongAndWhere) {
  const Fault cases[] = {
      {"[lint]\nslect = ['COR']\n",
       "2:1: error: unknown key of [lint] \"slect\"; did you mean select?\n"},
      {"select = ['COR']\n", "1:1: error: unknown key \"select\"; it belongs to [lint]\n"},
      {"[lint]\nrules = []\n",
       "2:1: error: unknown key of [lint] \"rules\"; it belongs above all tables\n"},
      {"\n [lnt]\n", "2:3: error: unknown key \"lnt\"; did you mean lint?\n"},
      {"zzz = 1\n", "1:1: error: unknown key \"zzz\"\n"},
      {"lint = 1\n", "1:8: error: lint takes a table\n"},
      {"rules = 'a.conf'\n", "1:9: error: rules takes a list of paths\n"},
      {"rules = ['a.conf', 1]\n", "1:9: error: rules takes a list of paths\n"},
      {"crs = true\n", "1:7: error: crs takes a path\n"},
      {"[rulesets]\ncrs = ['a.conf']\n",
       "2:7: error: rulesets.crs takes a table with the key rules\n"},
      {"[rulesets.crs]\nrule = ['a.conf']\n",
       "2:1: error: unknown key of [rulesets.crs] \"rule\"; it has rules\n"},
      {"[replay]\npl = '2'\n", "2:6: error: pl takes a number\n"},
      {"[replay]\nall-matches = 1\n", "2:15: error: all-matches takes true or false\n"},
      {"[lint]\nignore = ['COR', 'marker-duplicat']\n",
       "2:18: error: there is no check \"marker-duplicat\"; did you mean marker-duplicate?\n"},
      {"[lint]\nignore = ['']\n", "2:11: error: there is no check \"\"\n"},
      {"[lint]\nengines = ['apache']\n",
       "2:12: error: \"apache\" is not an engine: expected modsecurity2, modsecurity3 or coraza\n"},
      {"[lint]\nfail-on = 'bad'\n", "2:11: error: --fail-on: bad not in {info,warning,error}\n"},
      {"[lint.severity]\nCOR008 = 'warn'\n",
       "2:10: error: a severity is error, warning, info or off\n"},
      {"[lint.severity]\nCOR = 'off'\n", "2:1: error: COR are many checks: name one\n"},
      {"[lint.severity]\nCOR0088 = 'off'\n", "2:1: error: there is no check \"COR0088\"\n"},
      {"[lint]\nseverity = 'off'\n",
       "2:12: error: severity takes a table of checks and severities\n"},
      {"[lint.per-file-ignores]\n'*.conf' = 'COR'\n",
       "2:12: error: a glob of per-file-ignores takes a list of checks\n"},
      {"rules = [\n", "1:11: error: Error while parsing array: encountered end-of-file\n"},
  };
  for (const Fault& row : cases) {
    write("wafcheck.toml", row.text);
    EXPECT_EQ(run({"lint", "a.conf"}), kTroubled) << row.text;
    EXPECT_EQ(err_, "wafcheck.toml:" + std::string(row.said)) << row.text;
    EXPECT_EQ(out_, "") << row.text;
  }
}

TEST_F(ConfigFile, SaysEverythingThatIsWrong) {
  write("wafcheck.toml", "zzz = 1\n[lint]\nyyy = 1\nselect = 2\n");
  run({"lint", "a.conf"});
  EXPECT_EQ(err_,
            "wafcheck.toml:1:1: error: unknown key \"zzz\"\n"
            "wafcheck.toml:3:1: error: unknown key of [lint] \"yyy\"\n"
            "wafcheck.toml:4:10: error: select takes a list of checks\n");
}

TEST_F(ConfigFile, IsFoundUpwardFromTheRulesThenFromHere) {
  write("here/wafcheck.toml", "[lint.severity]\nCOR008 = 'info'\n");
  write("there/wafcheck.toml", "[lint.severity]\nCOR008 = 'off'\n");
  write("there/deep/a.conf", read("a.conf"));
  write("elsewhere/a.conf", read("a.conf"));
  std::filesystem::current_path("here");
  EXPECT_EQ(run({"lint", "../there/deep/a.conf"}), kOk);
  EXPECT_EQ(out_, "1 file, 1 rule: nothing found\n");
  EXPECT_EQ(run({"lint", "../there/*/a.conf"}), kOk);
  EXPECT_EQ(out_, "1 file, 1 rule: nothing found\n");
  EXPECT_EQ(run({"lint", "../elsewhere"}), kOk);
  EXPECT_NE(out_.find("0 errors, 0 warnings, 1 info"), std::string::npos) << out_;
  EXPECT_EQ(run({"lint", "-"}, read("../a.conf")), kOk);
  EXPECT_NE(out_.find("0 errors, 0 warnings, 1 info"), std::string::npos) << out_;
  EXPECT_EQ(run({"lint", "--no-config", "../there/deep/a.conf"}), kNo);
  EXPECT_EQ(run({"lint", "--config", "../there/wafcheck.toml", "../elsewhere/a.conf"}), kOk);
  EXPECT_EQ(out_, "1 file, 1 rule: nothing found\n");
  EXPECT_EQ(run({"lint", "--config", "nowhere.toml", "../a.conf"}), kTroubled);
  EXPECT_EQ(err_, "wafcheck: error: cannot read nowhere.toml (No such file or directory)\n");
}

TEST_F(ConfigFile, NamesPathsFromItsOwnFolder) {
  write("p[1]/rules/a.conf", "SecAction \"id:9,phase:1,deny,status:418\"\n");
  write("p[1]/wafcheck.toml",
        "rules = ['rules/*.conf']\n[lint.per-file-ignores]\n'rules/**' = ['COR']\n");
  EXPECT_EQ(run({"replay", "--config", "p[1]/wafcheck.toml", "x.http"}), kOk) << err_;
  EXPECT_EQ(out_.rfind("DENY 418 9 ", 0), 0U) << out_;
  std::filesystem::current_path("p[1]/rules");
  EXPECT_EQ(run({"replay", "../../x.http"}), kOk) << err_;
  EXPECT_EQ(out_.rfind("DENY 418 9 ", 0), 0U) << out_;
  write("../rules/a.conf", "SecAction \"id:9,phase:1,deny,skipAfter:X\"\n");
  EXPECT_EQ(run({"lint"}), kOk);
  EXPECT_NE(out_.find("nothing found"), std::string::npos) << out_;
}

TEST_F(ConfigFile, LosesToTheCommandLineAndTheEnvironment) {
  write("wafcheck.toml",
        "rules = ['b.conf']\n[lint]\nselect = ['COR012']\n[replay]\nfail-on = 'interrupted'\n");
  EXPECT_EQ(run({"lint"}), kNo);
  EXPECT_NE(out_.find("[marker-duplicate]"), std::string::npos) << out_;
  EXPECT_EQ(run({"lint", "a.conf"}), kOk) << out_;  // COR012 alone
  EXPECT_EQ(run({"lint", "--select", "COR008", "a.conf"}), kNo);
  EXPECT_EQ(run({"replay", "x.http"}), kNo) << err_;
  EXPECT_EQ(run({"replay", "--fail-on", "none", "x.http"}), kOk) << err_;
  setenv("WAFCHECK_RULES", "a.conf", 1);
  EXPECT_EQ(run({"replay", "x.http"}), kOk) << err_;
  EXPECT_EQ(run({"replay", "-r", "b.conf", "x.http"}), kNo) << err_;
  EXPECT_EQ(run({"lint"}), kOk) << out_;
  setenv("WAFCHECK_REPLAY_FAIL_ON", "none", 1);
  EXPECT_EQ(run({"replay", "-r", "b.conf", "x.http"}), kOk) << err_;
  unsetenv("WAFCHECK_REPLAY_FAIL_ON");
}

TEST_F(ConfigFile, ConfiguresOneCommandNotTheOthers) {
  write("wafcheck.toml",
        "engine = 'modsecurity3'\n[test]\nformat = 'tap'\n[replay]\nformat = 'json'\n");
  EXPECT_EQ(run({"replay", "-r", "a.conf", "x.http"}), kOk) << err_;
  EXPECT_NE(out_.find("\"profile\":\"modsecurity3\""), std::string::npos) << out_;
  EXPECT_EQ(run({"lint", "a.conf"}), kNo);
  EXPECT_EQ(err_, "");
}

// Else a key would be taken and do nothing.
TEST(ConfigKeys, NameOptionsThatThereAre) {
  std::set<std::pair<std::string_view, std::string_view>> seen;
  for (const ConfigKey& key : config_keys()) {
    EXPECT_TRUE(seen.emplace(key.table, key.name).second) << key.name;
    EXPECT_TRUE(key.doc.ends_with('.')) << key.name;
    if (key.option.empty()) continue;
    std::istringstream in;
    std::ostringstream out, err;
    Streams streams{in, out, err};
    run({key.table.empty() ? "replay" : std::string(key.table), "--help"}, streams);
    EXPECT_NE(out.str().find("--" + std::string(key.option)), std::string::npos)
        << key.table << ' ' << key.name;
  }
}

}  // namespace
}  // namespace wafcheck::cli
