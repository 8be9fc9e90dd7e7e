// The checks that depend on --engine: what they say, and what they leave alone.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "tests/unit/lint/cases.h"

namespace wafcheck::lint {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

using Case = SaidCase;
class Portability : public testing::TestWithParam<Case> {};
TEST_P(Portability, IsJudged) {
  expect_said(GetParam());
}

#define RULE(targets, op, actions) \
  "SecRule " targets " \"" op "\" \"id:1,phase:2,deny," actions "\"\n"
#define NOLOG(action) "SecAction \"id:1,phase:1,pass,nolog," action "\"\n"

INSTANTIATE_TEST_SUITE_P(
    Directives, Portability,
    testing::Values(
        Case{"PORT001",
             "#: engine coraza\nSecUnicodeMapFile unicode.mapping 20127\n",
             {"2:1 error Coraza does not support SecUnicodeMapFile"}},
        Case{"PORT001",
             "#: engine coraza\nSecArgumentSeparator ;\n",
             {"2:1 warning Coraza ignores SecArgumentSeparator"}},
        // That is what it does anyway.
        Case{"PORT001", "#: engine coraza\nSecArgumentSeparator &\nSecCookieFormat 0\n", {}},
        Case{"PORT001",
             "#: engine coraza\nSecTmpDir /tmp\n",
             {"2:1 info SecTmpDir has no effect in Coraza"}},
        Case{"PORT001",
             "#: engine coraza@3.3\n#: engine modsecurity3@3.0.5\n"
             "SecRequestBodyJsonDepthLimit 5\n",
             {"3:1 error Coraza 3.3 and ModSecurity 3.0.5 do not support "
              "SecRequestBodyJsonDepthLimit"}},
        Case{"PORT001",
             "#: engine coraza@3.3\nSecRequestBodyJsonDepthLimit 5\n",
             {"2:1 error Coraza 3.3 does not support SecRequestBodyJsonDepthLimit; it came with "
              "3.4.0"}},
        Case{"PORT001", "#: engine coraza@3.4\nSecRequestBodyJsonDepthLimit 5\n", {}},
        Case{"PORT001",
             "#: engine modsecurity3\nSecAuditLogType Syslog\nSecConnEngine Off\n",
             {"2:17 error ModSecurity 3 does not support SecAuditLogType Syslog"}},
        Case{"PORT001",
             "#: engine modsecurity3\nSecRuleEngine \"On\"\nSecAuditLog \"/var/log/a\"\n",
             {"2:15 error ModSecurity 3 does not support quotes around this value"}},
        Case{"PORT001",
             "#: engine coraza\nSecRuleEngine\tOn\n",
             {"2:1 error Coraza does not support a directive with a tab after its name"}},
        Case{"PORT001",
             "#: engine modsecurity3\nSecRuleUpdateTargetById 1-5 \"!ARGS:x\"\n",
             {"2:25 error ModSecurity 3 misreads a range of ids in SecRuleUpdateTargetById"}},
        Case{"PORT001",
             "#: engine modsecurity3\nSecRuleRemoveById 1,2\nSecRuleRemoveById 1 5-9\n",
             {"2:19 error ModSecurity 3 misreads a list of ids with commas"}},
        // Collections are another check's business.
        Case{"PORT001", "#: engine coraza\nSecDataDir /tmp\n", {}},
        Case{"PORT014",
             "#: engine modsecurity3\nSecRuleScript a.lua \"id:1,phase:1,pass\"\n",
             {"2:1 info not every build of ModSecurity 3 has SecRuleScript"}},
        Case{"PORT015",
             "#: engine modsecurity3\nSecDataDir /tmp\n",
             {"2:1 info SecDataDir has no effect in ModSecurity 3"}},
        Case{"PORT015", "#: engine modsecurity2\nSecDataDir /tmp\n", {}}));

INSTANTIATE_TEST_SUITE_P(
    Actions, Portability,
    testing::Values(
        Case{"PORT002",
             "#: engine modsecurity3@3.0.9\n" RULE("ARGS", "@rx a", "ver:v1,rev:'1'"),
             {"2:41 error ModSecurity 3.0.9 does not support ver without quotes"}},
        Case{"PORT002",
             "#: engine modsecurity3\n" RULE("ARGS", "@rx a", "maturity:9,t:none"),
             {"2:41 error ModSecurity 3 misreads a number without quotes here"}},
        Case{"PORT002", "#: engine modsecurity2\n" RULE("ARGS", "@rx a", "maturity:9,ver:v1"), {}},
        // What rules take from SecDefaultAction is looked at where it is written.
        Case{"PORT002",
             "#: engine coraza\nSecDefaultAction \"phase:1,pass,sanitiseMatched\"\n"
             "SecAction \"id:1,phase:1,nolog\"\n",
             {"2:32 error Coraza does not support sanitiseMatched"}},
        Case{"PORT002",
             "#: engine modsecurity3\n" NOLOG("ctl:auditLogParts=ABZ"),
             {"2:54 error ModSecurity 3 does not support ctl:auditLogParts without + or -"}},
        Case{
            "PORT002",
            "#: engine coraza@3.3.3\n" NOLOG("ctl:auditLogParts=+E"),
            {"2:54 error Coraza 3.3.3 does not support ctl:auditLogParts with + or -; it came with "
             "3.4.0"}},
        Case{"PORT002", "#: engine coraza\n" NOLOG("ctl:auditLogParts=+E"), {}},
        Case{"PORT002",
             "#: engine modsecurity3\n" NOLOG("ctl:requestBodyProcessor=MULTIPART"),
             {"2:61 error ModSecurity 3 does not support ctl:requestBodyProcessor=MULTIPART"}},
        Case{"PORT002",
             "#: engine modsecurity3\n" NOLOG("ctl:ruleRemoveByMsg=x"),
             {"2:40 error ModSecurity 3 does not support ctl:ruleRemoveByMsg"}},
        Case{"PORT002",
             "#: engine modsecurity3@3.0.15\n" NOLOG("ctl:ruleRemoveTargetById=1;XML://@*"),
             {"2:63 error ModSecurity 3.0.15 does not support @ in the target of ctl; it came with "
              "3.0.16"}},
        Case{"PORT002",
             "#: engine modsecurity2@2.9.13\n" NOLOG("ctl:ruleRemoveTargetById=1;XML://@*"),
             {}},
        Case{"PORT002",
             "#: engine modsecurity2@2.9.13\n" NOLOG("ctl:ruleRemoveTargetByTag=a;XML://@*"),
             {"2:64 warning ModSecurity 2.9.13 ignores an XML attribute in "
              "ctl:ruleRemoveTargetByTag; it came with 2.9.14"}},
        Case{"PORT015",
             "#: engine modsecurity3@3.0.10\n" NOLOG("expirevar:ip.a=60"),
             {"2:36 warning ModSecurity 3.0.10 ignores expirevar; it came with 3.0.11"}},
        Case{"PORT015", "#: engine coraza\n" NOLOG("setvar:tx.a=1"), {}},
        Case{"COR041", "#: engine coraza\n" NOLOG("ctl:ruleRemoveTargetById=1-5;ARGS:a"), {}},
        Case{"COR041", "#: engine modsecurity3\n" NOLOG("ctl:ruleRemoveById=1-5"), {}},
        Case{"COR040", "#: engine coraza@3.5\n" NOLOG("ctl:ruleRemoveTargetById=1;ARGS:/a/"), {}}));

INSTANTIATE_TEST_SUITE_P(
    Rules, Portability,
    testing::Values(
        Case{"PORT003",
             "#: engine modsecurity3\n" RULE("ARGS", "@noMatch", "t:none"),
             {"2:15 error ModSecurity 3 misreads @noMatch"}},
        Case{"PORT003", "#: engine coraza\n" RULE("ARGS", "@pmf a.data", "t:none"), {}},
        Case{"PORT003", "#: engine coraza\n" RULE("ARGS", "a%{2}b", "t:none"), {}},
        Case{"PORT003", "#: engine modsecurity2\n" RULE("ARGS", "@RX %{tx.a}", "t:none"), {}},
        Case{"PORT016",
             "#: engine coraza\nSecAuditLogParts ABIJDEFHZ\n",
             {"2:18 info without part C, no request bodies are recorded by Coraza"}},
        Case{"PORT016", "#: engine modsecurity2\nSecAuditLogParts ABIJDEFHZ\n", {}},
        Case{"PORT016", "#: engine coraza\nSecAuditLogParts ABCFHZ\n", {}},
        Case{"PORT016", "#: engine coraza\nSecAuditEngine Off\nSecAuditLogParts ABFHZ\n", {}},
        Case{"PORT011",
             "#: engine coraza\n" RULE("ARGS|!REMOTE_USER", "@rx a", "t:none"),
             {"2:14 error Coraza does not support REMOTE_USER"}},
        // What is never filled may well be counted, excluded or logged.
        Case{"PORT011",
             "#: engine coraza\n" RULE("ARGS|!PATH_INFO", "@rx a", "logdata:'%{PATH_INFO}'"),
             {}},
        Case{"PORT011", "#: engine coraza\n" RULE("XML:/*|XML://@*", "@rx a", "t:none"), {}},
        Case{"PORT011",
             "#: engine coraza@3.3\n" RULE("ARGS|!ARGS_NAMES:a", "@rx a", "t:none"),
             {"2:26 error Coraza 3.3 does not support a selector on a collection of names; it came "
              "with "
              "3.4.0"}},
        Case{"PORT011",
             "#: engine coraza\n" RULE("ARGS", "@streq %{MODSEC_BUILD}", "t:none"),
             {"2:22 error Coraza does not support MODSEC_BUILD"}},
        Case{"PORT007",
             RULE("ARGS", "!@rx (?i)^a$", "t:none"),
             {"1:20 warning ModSecurity 3 and Coraza also match ^ and $ at line breaks: one line "
              "that passes lets the whole value pass"}},
        // It finds as much or more there.
        Case{"PORT007", RULE("ARGS", "@rx ^a$", "t:none"), {}},
        Case{"PORT007", RULE("ARGS", "!@rx ^a\\$", "t:none"), {}},
        Case{"PORT007", RULE("ARGS", "!@rx ^a$", "t:none,t:removeWhitespace"), {}},
        Case{"PORT007", RULE("REQUEST_METHOD", "!@rx ^a$", "t:none"), {}},
        Case{"PORT007", "#: engine modsecurity2\n" RULE("ARGS", "!@rx ^a$", "t:none"), {}},
        Case{"PORT008", RULE("ARGS:id|ARGS_GET:id", "@rx a", "t:none"), {}},
        Case{"PORT008", "#: engine modsecurity2\n" RULE("ARGS:id|ARGS:ID", "@rx a", "t:none"), {}},
        Case{"PORT008",
             RULE("ARGS|!ARGS:/^[Tt]oken\\W/", "@rx a", "t:none"),
             {"1:21 error Coraza compares names of arguments in lower case: T never matches"}},
        Case{"PORT008",
             RULE("REQUEST_COOKIES|!REQUEST_COOKIES:/^Se\\W/", "@rx a", "t:none"),
             {"1:43 error Coraza converts the expression to lower case: \\W becomes \\w"}},
        Case{"PORT008", RULE("REQUEST_COOKIES|!REQUEST_COOKIES:/^Sess/", "@rx a", "t:none"), {}},
        // Only what is excluded is compared so.
        Case{"PORT008", RULE("ARGS:/A/", "@rx a", "t:none"), {}},
        Case{"PORT009", RULE("ARGS", "@rx a\\\"b", "t:none"), {}},
        Case{"PORT009", RULE("ARGS", "@rx a\\x5cb\\.c", "t:none"), {}},
        Case{"PORT009", "#: engine modsecurity2\n" RULE("ARGS", "@rx a\\\\\\\\b", "t:none"), {}},
        Case{"PORT009", "#: engine modsecurity3\n" RULE("ARGS", "@rx a\\\\\\\\b", "t:none"), {}},
        Case{"PORT009",
             "#: engine modsecurity3\n" RULE("ARGS", "@streq \\\"", "t:none"),
             {"2:22 error ModSecurity 3 keeps the backslash of \\\" in the argument"}},
        // One backslash or two, the class is the same; outside of it there are one or two of them.
        Case{"PORT009", RULE("ARGS", R"(@rx a[\\\\'\"]*b)", "t:none"), {}},
        Case{
            "PORT009",
            RULE("ARGS", R"(@rx a[^]\\\\]\\\\b)", "t:none"),
            {R"(1:28 error httpd, which reads the rules for ModSecurity 2, makes one backslash of \\; )"
             "others keep both"}},
        Case{
            "PORT009",
            RULE("ARGS", R"(@rx [\\/])", "t:none"),
            {R"(1:20 error httpd, which reads the rules for ModSecurity 2, makes one backslash of \\; )"
             "others keep both"}},
        Case{"PORT010",
             "SecAction \"id:1,nolog\"\n",
             {"1:1 info a rule without a phase gets that of the latest SecDefaultAction in "
              "ModSecurity 2, and phase 2 elsewhere"}},
        Case{"PORT010", "#: engine modsecurity3\nSecAction \"id:1,nolog\"\n", {}},
        Case{"PORT010", "SecAction \"id:1,phase:9,nolog\"\n", {}},
        // A link has the phase of its starter.
        Case{"PORT010", RULE("ARGS", "@rx a", "chain") "SecRule ARGS \"@rx b\" \"t:none\"\n", {}},
        // The SecDefaultAction below is none of its business.
        Case{"PORT010",
             "SecAction \"id:1,nolog\"\nSecDefaultAction \"phase:1,log,pass\"\n",
             {"1:1 info a rule without a phase gets that of the latest SecDefaultAction in "
              "ModSecurity 2, and phase 2 elsewhere"}}));

TEST(Fixes, NameEachRuleOfARange) {
  constexpr std::string_view kText =
      "SecAction \"id:5,phase:1,pass,nolog,ctl:ruleRemoveTargetById=7-9;ARGS:x,t:none\"\n"
      "SecAction \"id:7,phase:1,pass,nolog\"\n"
      "SecAction \"id:9,phase:1,pass,nolog\"\n";
  const std::string after = fixed("COR041", kText);
  EXPECT_EQ(after.substr(0, after.find('\n')),
            "SecAction \"id:5,phase:1,pass,nolog,ctl:ruleRemoveTargetById=7;ARGS:x,"
            "ctl:ruleRemoveTargetById=9;ARGS:x,t:none\"");
  EXPECT_THAT(said("COR041", after), IsEmpty());
}

TEST(Fixes, LeaveARangeOfRulesThatAreNotLoaded) {
  EXPECT_EQ(fixed("COR041", NOLOG("ctl:ruleRemoveTargetById=7-9;ARGS:x")), "");
}

TEST(Fixes, WriteThePhase) {
  const std::string after = fixed("PORT010", "SecAction \"id:1,nolog\"\n");
  EXPECT_EQ(after, "SecAction \"id:1,phase:2,nolog\"\n");
  EXPECT_THAT(said("PORT010", after), IsEmpty());
  // Which of the two phases was meant only its author knows.
  EXPECT_EQ(fixed("PORT010", "SecDefaultAction \"phase:1,log,pass\"\nSecAction \"id:1\"\n"), "");
}

TEST(Portability, NamesTheEngines) {
  Example example("#: engine coraza\n#: engine modsecurity3\n" RULE("ARGS", "@rx a", "append:'a'"));
  const parser::RulesetModel ruleset = example.load();
  example.options.selection.select = {"PORT002"};
  const parser::Diagnostics findings = run_checks(ruleset, example.options);
  ASSERT_EQ(findings.size(), 1U);
  EXPECT_THAT(findings[0].engines, ElementsAre("coraza", "modsecurity3"));
  EXPECT_EQ(findings[0].rule_id, 1U);
}

}  // namespace
}  // namespace wafcheck::lint
