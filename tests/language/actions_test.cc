// Every action has its effect, or is told about.

#include <gtest/gtest.h>

#include "words.h"

namespace wafcheck::tests {
namespace {

const std::string kLog = "SecAction \"id:1,phase:1,pass";
const std::string kOpenIp = action(8, 1, "pass,nolog,initcol:ip=a");
const std::string kUnlessSeen = "SecRule &IP:n \"@eq 0\" \"id:2,phase:1,pass,nolog,setvar:ip.n=10";

/// Metadata, as RULE shows it.
WordRow of_rule(const std::string& name, const std::string& value) {
  return {name,
          kLog + "{{," + name + ":'" + value + "'}},logdata:'%{rule." + name + "}'\"",
          {},
          "[" + value + "]",
          "[]"};
}
WordRow hiding(const std::string& name, const std::string& argument, const std::string& hidden) {
  return {name, "SecRule ARGS:a \"@rx s.\" \"id:1,phase:1,pass{{," + name + argument + "}}\"",
          get("/?a=asdf"), "1 hides " + hidden, "1"};
}
/// A collection that an action opens, by what is then in it.
WordRow opening(const std::string& name, const std::string& argument,
                const std::string& collection) {
  return {name,
          kLog + ",nolog{{," + name + ":" + argument + "}}\"\n" +
              action(2, 1, "pass,nolog,setvar:" + collection + ".n=1") + "SecRule " + collection +
              ":n \"@eq 1\" \"id:3,phase:1,pass\"",
          {},
          "3",
          ""};
}
WordRow noted(const std::string& name, const std::string& argument) {
  return {name, kLog + "{{," + name + ":" + argument + "}}\"", {}, "", ""};
}

std::vector<WordRow> rows() {
  const std::string second = "\n" + action(2, 1);
  return {
      of_rule("accuracy", "8"),
      {"allow", "SecAction \"id:1,phase:1{{,allow}}\"" + second, {}, "1", "1 2"},
      noted("append", "x"),
      {"auditlog", kLog + ",nolog{{,auditlog}}\"", {}, "1", ""},
      {"block",
       "SecDefaultAction \"phase:1,deny\"\n" + kLog + "{{,block}}\"",
       {},
       "1 deny 403",
       "1"},
      {"capture",
       "SecRule ARGS:a \"@rx a(b)\" \"id:1,phase:1,pass,nolog{{,capture}}\"\n" +
           action(2, 1, "pass,logdata:'%{tx.1}'"),
       get("/?a=ab"), "[b]", "[]"},
      {"chain",
       "SecRule ARGS:a \"@eq 1\" \"id:1,phase:1,pass{{,chain}}\"\n"
       "SecRule ARGS:b \"@eq 2\" \"id:2\"",
       get("/?a=1"), "", "1"},
      {"ctl", kLog + "{{,ctl:ruleRemoveById=2}}\"" + second, {}, "1", "1 2"},
      {"deny", kLog + "{{,deny}}\"", {}, "1 deny 403", "1"},
      {"deprecatevar",
       kOpenIp + kUnlessSeen + "\"\n" + action(3, 1, "pass,nolog{{,deprecatevar:ip.n=3/60}}") +
           action(4, 1, "pass,logdata:'%{ip.n}'"),
       {},
       "[4]",
       "[10]",
       {.again = 125}},
      {"drop", kLog + "{{,drop}}\"", {}, "1 drop 403", "1"},
      noted("exec", "/bin/true"),
      {"expirevar",
       kOpenIp + kUnlessSeen + "{{,expirevar:ip.n=60}},setvar:ip.new=+1\"\n" +
           action(4, 1, "pass,logdata:'%{ip.new}'"),
       {},
       "[2]",
       "[1]",
       {.again = 61}},
      {"id", "SecAction \"{{id:1,}}phase:1,pass\"", {}, "1", "does not load"},
      opening("initcol", "ip=a", "ip"),
      {"log", kLog + ",nolog{{,log}}\"", {}, "1", ""},
      {"logdata", kLog + "{{,logdata:'x%{REQUEST_METHOD}'}}\"", {}, "[xGET]", "1"},
      of_rule("maturity", "7"),
      of_rule("msg", "hello"),
      {"multiMatch", "SecRule ARGS:a \"@streq A\" \"id:1,phase:1,pass,t:lowercase{{,multiMatch}}\"",
       get("/?a=A"), "1", ""},
      {"noauditlog",
       "SecAuditEngine RelevantOnly\n" + kLog + "{{,noauditlog}}\"",
       {},
       "1 not audited",
       "1 audited"},
      {"nolog", kLog + "{{,nolog}}\"", {}, "", "1"},
      {"pass",
       "SecDefaultAction \"phase:1,deny\"\nSecAction \"id:1,phase:1{{,pass}}\"",
       {},
       "1",
       "1 deny 403"},
      noted("pause", "1000"),
      {"phase", "SecAction \"id:1,pass{{,phase:1}}\"" + second, {}, "1 2", "2 1"},
      noted("prepend", "x"),
      {"proxy", kLog + "{{,proxy:http://h/}}\"", {}, "1 proxy 403 http://h/", "1"},
      {"redirect", kLog + "{{,redirect:/sorry}}\"", {}, "1 redirect 302 /sorry", "1"},
      of_rule("rev", "5"),
      hiding("sanitiseArg", ":b", "b"),
      hiding("sanitiseMatched", "", "a"),
      hiding("sanitiseMatchedBytes", "", "\"sd\""),
      hiding("sanitiseRequestHeader", ":Authorization", "authorization"),
      hiding("sanitiseResponseHeader", ":Set-Cookie", "set-cookie"),
      {"setenv", kLog + "{{,setenv:WAFCHECK_X=7}},logdata:'%{env.WAFCHECK_X}'\"", {}, "[7]", "[]"},
      opening("setrsc", "a", "resource"),
      opening("setsid", "a", "session"),
      opening("setuid", "a", "user"),
      {"setvar", kLog + "{{,setvar:tx.a=7}},logdata:'%{tx.a}'\"", {}, "[7]", "[]"},
      {"severity", kLog + "{{,severity:CRITICAL}},logdata:'%{rule.severity}'\"", {}, "[2]", "[]"},
      {"skip", kLog + "{{,skip:1}}\"" + second + action(3, 1), {}, "1 3", "1 2 3"},
      {"skipAfter",
       kLog + "{{,skipAfter:END}}\"" + second + "SecMarker END\n" + action(3, 1),
       {},
       "1 3",
       "1 2 3"},
      {"status", kLog + ",deny{{,status:418}}\"", {}, "1 deny 418", "1 deny 403"},
      {"t", "SecRule ARGS:a \"@streq a\" \"id:1,phase:1,pass{{,t:lowercase}}\"", get("/?a=A"), "1",
       ""},
      {"tag", kLog + "{{,tag:'x'}}\"\nSecRuleRemoveByTag x", {}, "", "1"},
      of_rule("ver", "OWN/1"),
      {"xmlns",
       action(2, 1, "pass,nolog,ctl:requestBodyProcessor=XML") +
           "SecRule XML:/p:a \"@streq v\" \"id:1,phase:2,pass{{,xmlns:p=urn:x}}\"",
       post("text/xml", "<a xmlns='urn:x'>v</a>"), "1", ""},
  };
}

class Actions : public testing::TestWithParam<WordRow> {};
TEST_P(Actions, HaveTheirEffectOrAreTold) {
  const auto known = parser::find_action(GetParam().word);
  ASSERT_TRUE(known);
  expect_row(GetParam(), parser::info(*known).support);
}
INSTANTIATE_TEST_SUITE_P(Rows, Actions, testing::ValuesIn(rows()), test_name);

TEST(ActionsOfTheTable, HaveARowEach) {
  std::set<std::string, std::less<>> shown;
  for (const WordRow& row : rows()) shown.insert(row.word);
  for (const auto& row : parser::actions()) EXPECT_TRUE(shown.contains(row.name)) << row.name;
}

}  // namespace
}  // namespace wafcheck::tests
