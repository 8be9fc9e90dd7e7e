// The security checks: what they leave alone, and the branches that the examples do not show.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "tests/unit/lint/cases.h"

namespace wafcheck::lint {
namespace {

using Case = SaidCase;
class Security : public testing::TestWithParam<Case> {};
TEST_P(Security, IsJudged) {
  expect_said(GetParam());
}

#define EXCLUDE(id, condition, action) \
  "SecRule " condition " \"id:" id ",phase:1,pass,nolog,t:none," action "\"\n"
#define LIMITED "SecRuleEngine On\nSecPcreMatchLimit 1000\n"
#define ALWAYS(action) "SecAction \"id:1,phase:1,pass,nolog," action "\"\n"
#define TEN_RULES                                                                    \
  "SecAction \"id:11,phase:1,tag:a\"\nSecAction \"id:12,phase:1,tag:a\"\nSecAction " \
  "\"id:13,phase:1,tag:a\"\n"                                                        \
  "SecAction \"id:14,phase:1,tag:a\"\nSecAction \"id:15,phase:1,tag:a\"\nSecAction " \
  "\"id:16,phase:1,tag:a\"\n"                                                        \
  "SecAction \"id:17,phase:1,tag:a\"\nSecAction \"id:18,phase:1,tag:a\"\nSecAction " \
  "\"id:19,phase:1,tag:a\"\n"                                                        \
  "SecAction \"id:20,phase:1,tag:a\"\n"

INSTANTIATE_TEST_SUITE_P(
    Exclusions, Security,
    testing::Values(
        // The summary of CRS's reporting rules blocks nobody.
        Case{"SEC002", "SecRuleRemoveById 980170\n", {}},
        Case{"SEC002", "SecRuleRemoveByTag OWASP_CRS/ATTACK-SQLI\n", {}},
        Case{"SEC002",
             "SecRuleRemoveById \"949000-949200\"\n",
             {"1:20 error rule 949110 is where CRS blocks: without it, scores have no effect"}},
        Case{"SEC002",
             EXCLUDE("1", "REQUEST_FILENAME \"@streq /x\"", "ctl:ruleRemoveById=949110"),
             {}},
        // As CRS does where it means to.
        Case{"SEC002",
             "SecAction \"id:905100,phase:1,pass,nolog,ctl:ruleRemoveByTag=OWASP_CRS\"\n",
             {}},
        Case{"SEC003",
             TEN_RULES "SecRuleRemoveByTag a\n",
             {"11:1 warning 10 rules are removed, on every request"}},
        Case{"SEC003", TEN_RULES "SecRuleRemoveById 11-19\n", {}},
        Case{"SEC003", ALWAYS("ctl:ruleRemoveById=942100"), {}},
        Case{"SEC003",
             ALWAYS("ctl:ruleRemoveById=942000-942999"),
             {"1:55 warning a range of rules is removed, on every request"}},
        Case{"SEC003", ALWAYS("ctl:ruleRemoveTargetById=942100;ARGS:text"), {}},
        Case{"SEC003",
             EXCLUDE("1", "REQUEST_FILENAME \"@streq /x\"", "ctl:ruleRemoveTargetById=942100;ARGS"),
             {}},
        // One mistake, one finding.
        Case{"SEC003", ALWAYS("ctl:ruleRemoveByTag=OWASP_CRS"), {}},
        Case{"SEC004",
             EXCLUDE("9001180", "REQUEST_FILENAME \"@streq /x\"", "ctl:requestBodyAccess=Off"),
             {}},
        Case{"SEC004", ALWAYS("ctl:ruleEngine=DetectionOnly,ctl:requestBodyAccess=On"), {}},
        Case{"SEC005",
             EXCLUDE("1", "REQUEST_URI \"@rx /x\"", "ctl:ruleRemoveById=7"),
             {"1:22 warning a client can make @rx /x match with any path, and so get the "
              "exclusion"}},
        Case{"SEC005", EXCLUDE("1", "REQUEST_URI \"@rx ^/x\"", "ctl:ruleRemoveById=7"), {}},
        Case{"SEC005",
             EXCLUDE("1", "REQUEST_URI \"@rx (?i)(?:^/x|^/y)\"", "ctl:ruleRemoveById=7"),
             {}},
        // It is no exclusion.
        Case{"SEC005", EXCLUDE("1", "REQUEST_URI \"@contains /x\"", "setvar:tx.a=1"), {}},
        // Nor is the path all that is asked for.
        Case{"SEC005",
             EXCLUDE("1", "REQUEST_URI \"@contains /x\"",
                     "ctl:ruleRemoveById=7,chain") "SecRule REMOTE_ADDR \"@ipMatch 192.0.2.1\" "
                                                   "\"t:none\"\n",
             {}},
        Case{"SEC005",
             EXCLUDE("1", "REQUEST_FILENAME \"@endsWith .css\"",
                     "ctl:ruleRemoveById=7,chain") "SecRule REQUEST_FILENAME \"@beginsWith "
                                                   "/static/\" \"t:none\"\n",
             {}},
        Case{"SEC005", EXCLUDE("1", "REQUEST_URI \"!@contains /x\"", "ctl:ruleRemoveById=7"), {}},
        Case{"SEC006",
             EXCLUDE("1", "REQUEST_HEADERS:X-Api-Key \"@streq 7c9e6679\"", "ctl:ruleRemoveById=7"),
             {}},
        // Exclusions for one virtual host, or one path.
        Case{"SEC006",
             EXCLUDE("1", "REQUEST_HEADERS:Host \"@streq a.example\"", "ctl:ruleRemoveById=7"),
             {}},
        Case{"SEC006",
             EXCLUDE("1", "REQUEST_HEADERS:User-Agent \"@contains App/\"",
                     "ctl:ruleRemoveById=7,chain") "SecRule REQUEST_FILENAME \"@streq /api\" "
                                                   "\"t:none\"\n",
             {}},
        Case{"SEC006",
             "SecRule REQUEST_FILENAME \"@streq /api\" \"id:1,phase:1,allow,nolog,t:none,chain\"\n"
             "SecRule REQUEST_HEADERS:User-Agent \"@contains App/\" \"t:none\"\n",
             {"2:9 error any client can send the User-Agent that turns inspection off"}},
        Case{"SEC006",
             EXCLUDE("1", "REQUEST_HEADERS:Referer \"@contains a\"",
                     "ctl:ruleEngine=Off,chain") "SecRule REMOTE_ADDR \"@ipMatch 192.0.2.1\" "
                                                 "\"t:none\"\n",
             {}},
        Case{"SEC006",
             EXCLUDE("1", "REQUEST_HEADERS:User-Agent \"!@rx a\"", "ctl:ruleEngine=Off"),
             {}},
        // Phase by phase or not: no rule of it runs any more.
        Case{"SEC006",
             "SecRule REQUEST_HEADERS:Host \"@streq a\" \"id:1,phase:1,allow:request,nolog\"\n",
             {"1:9 error any client can send the Host that turns inspection off"}}));

INSTANTIATE_TEST_SUITE_P(
    Settings, Security,
    testing::Values(
        Case{"SEC007",
             "SecRuleEngine DetectionOnly\nSecRequestBodyLimitAction ProcessPartial\n",
             {}},
        Case{"SEC007", "SecRequestBodyLimitAction ProcessPartial\n", {}},
        // The last one holds.
        Case{"SEC007",
             "SecRuleEngine On\nSecRequestBodyLimitAction ProcessPartial\n"
             "SecRequestBodyLimitAction Reject\n",
             {}},
        Case{"SEC007",
             "SecRuleEngine On\nSecArgumentsLimit 50000\n",
             {"2:19 warning a limit of 50000 arguments has no effect"}},
        Case{"SEC007",
             "SecRuleEngine On\nSecArgumentsLimit 2000\nSecRequestBodyJsonDepthLimit 512\n",
             {}},
        Case{"SEC008", "SecArgumentsLimit 1000\n", {}},
        Case{"SEC008",
             "SecRuleEngine On\nSecArgumentsLimit 1000\nSecRule &ARGS \"@gt 999\" "
             "\"id:1,phase:2,deny\"\n",
             {}},
        Case{"SEC008",
             "SecRuleEngine On\nSecArgumentsLimit 1000\nSecRule &ARGS \"@ge 1001\" "
             "\"id:1,phase:2,deny\"\n",
             {"2:19 error arguments from the 1000th on are dropped, and no rule refuses the "
              "request"}},
        Case{"SEC008",
             "SecRuleEngine On\nSecArgumentsLimit 1000\n"
             "SecRule &ARGS \"@gt %{tx.max_num_args}\" \"id:1,phase:2,deny\"\n",
             {}},
        Case{"SEC008",
             "SecRuleEngine On\nSecArgumentsLimit 1000\n"
             "SecRule &ARGS:a \"@ge 1\" \"id:1,phase:2,deny\"\n",
             {"2:19 error arguments from the 1000th on are dropped, and no rule refuses the "
              "request"}},
        Case{"SEC009", "SecRequestBodyAccess On\n", {}},
        Case{"SEC009", "SecRuleEngine On\nSecRequestBodyAccess Off\n", {}},
        Case{"SEC009",
             "SecRuleEngine On\nSecRequestBodyAccess On\n"
             "SecRule REQBODY_ERROR|MULTIPART_STRICT_ERROR \"!@eq 0\" \"id:7,phase:2,deny\"\n"
             "SecRuleRemoveById 7\n",
             {"2:22 error no rule checks REQBODY_ERROR or MULTIPART_STRICT_ERROR: a body that "
              "cannot be parsed is not inspected"}},
        // A body that is no JSON does not get so far.
        Case{"SEC009",
             "SecRuleEngine On\nSecRequestBodyAccess On\n"
             "SecRule REQBODY_PROCESSOR \"!@streq JSON\" \"id:7,phase:2,deny\"\n"
             "SecRule REQBODY_ERROR \"!@eq 0\" \"id:8,phase:2,deny\"\n",
             {}},
        Case{"SEC013", LIMITED "SecRule ARGS \"@streq a\" \"id:1,phase:2,deny\"\n", {}},
        // Not the setup of an engine, but a few rules to try something out.
        Case{"SEC013", "SecRuleEngine On\nSecRule ARGS \"@rx a\" \"id:1,phase:2,deny\"\n", {}},
        Case{"SEC013",
             "#: engine coraza\n" LIMITED "SecRule ARGS \"@rx a\" \"id:1,phase:2,deny\"\n",
             {}},
        Case{"SEC013",
             LIMITED "SecRule ARGS \"@rx a\" \"id:1,phase:2,deny\"\n"
                     "SecRule TX:MSC_PCRE_LIMITS_EXCEEDED \"@eq 1\" \"id:2,phase:2,deny\"\n",
             {}},
        Case{"SEC017", "SecAuditEngine Off\nSecAuditLogParts ABCEFHZ\n", {}},
        // ModSecurity 2 alone writes anything into part I.
        Case{"SEC017", "#: engine coraza\nSecAuditLogParts ABIFHZ\n", {}},
        Case{"SEC017",
             "SecAuditLogParts ABIFHZ\n",
             {"1:20 warning part I records request bodies, including passwords, on ModSecurity 2"}},
        Case{
            "SEC017",
            "SecAuditLogParts ABCFHZ\nSecAction \"id:1,phase:2,pass,nolog,sanitiseArg:password\"\n",
            {}},
        Case{"SEC017",
             "SecAuditLogParts ABEFHZ\n",
             {"1:20 warning part E records response bodies, including passwords"}}));

INSTANTIATE_TEST_SUITE_P(
    Inspection, Security,
    testing::Values(
        Case{"SEC010",
             "SecRule REQUEST_HEADERS:Content-Type \"@rx (?i)^application/json\" "
             "\"id:1,phase:1,pass,nolog,ctl:requestBodyProcessor=JSON\"\n",
             {}},
        Case{"SEC010",
             "SecRuleEngine On\nSecRequestBodyAccess On\n" ALWAYS("ctl:requestBodyProcessor=JSON"),
             {}},
        // Whatever it is called, it is read as a form.
        Case{"SEC010", ALWAYS("ctl:requestBodyProcessor=URLENCODED"), {}},
        Case{"SEC010",
             "SecRuleEngine On\nSecRequestBodyAccess On\n",
             {"2:22 warning no rule selects a processor for JSON and XML: such bodies are not "
              "parsed"}},
        Case{"SEC011", "SecRule ARGS \"@rx <script\" \"id:1,phase:2,deny,t:none\"\n", {}},
        Case{"SEC011",
             "SecRule REQUEST_BODY \"@rx (?:<|%3c)script\" \"id:1,phase:2,deny,t:none\"\n",
             {}},
        Case{"SEC011", "SecRule REQUEST_BODY \"@rx (?<!a)b\" \"id:1,phase:2,deny,t:none\"\n", {}},
        Case{"SEC011", "SecRule REQUEST_BODY \"@rx [^0-9]\" \"id:1,phase:2,deny,t:none\"\n", {}},
        Case{"SEC012",
             ALWAYS("setvar:'tx.list=a|b'") "SecRule ARGS:c \"@rx ^(?:%{tx.list})$\" "
                                            "\"id:2,phase:2,deny\"\n",
             {}},
        Case{"SEC012",
             ALWAYS("setvar:'tx.list=(?:a|b)'") "SecRule ARGS:c \"@rx ^%{tx.list}$\" "
                                                "\"id:2,phase:2,deny\"\n",
             {}},
        Case{
            "SEC012",
            ALWAYS(
                "setvar:'tx.list=a|b'") "SecRule ARGS:c \"@rx %{tx.list}\" \"id:2,phase:2,deny\"\n",
            {}},
        // @within has no use for anchors.
        Case{"SEC012",
             ALWAYS("setvar:'tx.list=|a|b|'") "SecRule ARGS:c \"!@within %{tx.list}\" "
                                              "\"id:2,phase:2,deny\"\n",
             {}},
        Case{"SEC014",
             "SecRule XML:/* \"@rx a\" \"id:1,phase:2,deny\"\n"
             "SecRule XML:/* \"@rx b\" \"id:2,phase:2,deny\"\n",
             {"1:9 info XML:/* does not contain the values of attributes (also in 1 more rule of "
              "this file)"}},
        Case{"SEC014", "SecRule XML://b/text() \"@rx a\" \"id:1,phase:2,deny\"\n", {}},
        Case{"SEC019",
             "SecRule ARGS \"@rx a\" \"id:1,phase:2,deny,msg:'%{TX.0} in %{MATCHED_VAR_NAME}'\"\n",
             {}},
        Case{"SEC019",
             "SecRule ARGS \"@rx a\" \"id:1,phase:2,deny,logdata:'%{MATCHED_VAR} %{ARGS.a}'\"\n",
             {}}));

#define RULE(op, actions) "SecRule ARGS \"" op "\" \"id:1,phase:2,deny," actions "\"\n"

INSTANTIATE_TEST_SUITE_P(
    Versions, Security,
    testing::Values(
        Case{"SEC015", "#: engine modsecurity2@2.9.9\n" RULE("@rx a", "sanitiseMatchedBytes"), {}},
        Case{"SEC015",
             "#: engine modsecurity2@2.9.9\n" RULE("@rx a", "sanitiseArg:a"),
             {"2:41 warning sanitiseArg is not safe in ModSecurity 2.9.9: many arguments with the "
              "same "
              "name "
              "use all memory (CVE-2025-48866)"}},
        Case{"SEC016",
             "#: engine modsecurity3@3.0.9\n" RULE("@rx a", "t:none,t:removeNulls,t:removeNulls"),
             {"2:50 warning t:removeNulls is not safe in ModSecurity 3.0.9: a long value takes it "
              "quadratic time (CVE-2023-38285); 2 uses"}},
        Case{"SEC016", "#: engine modsecurity3@3.0.14\n" RULE("@verifyCC a", "t:none"), {}}));

class SecurityFixes : public testing::TestWithParam<FixedCase> {};
TEST_P(SecurityFixes, LeaveNothingToSay) {
  expect_fixed(GetParam());
}
INSTANTIATE_TEST_SUITE_P(
    Fixes, SecurityFixes,
    testing::Values(
        FixedCase{"SEC005", EXCLUDE("1", "REQUEST_URI \"@contains /x\"", "ctl:ruleRemoveById=7"),
                  EXCLUDE("1", "REQUEST_URI \"@beginsWith /x\"", "ctl:ruleRemoveById=7")},
        FixedCase{"SEC008", "SecRuleEngine On\nSecArgumentsLimit 500\n",
                  "SecRuleEngine On\nSecArgumentsLimit 500\nSecRule &ARGS \"@ge 500\" "
                  "\"id:200007,phase:2,deny,status:400,log,t:none,msg:'Too many arguments'\"\n"},
        FixedCase{"SEC009", "SecRuleEngine On\nSecRequestBodyAccess On\n",
                  "SecRuleEngine On\nSecRequestBodyAccess On\n"
                  "SecRule REQBODY_ERROR|MULTIPART_STRICT_ERROR \"!@eq 0\" "
                  "\"id:200002,phase:2,deny,status:400,log,t:none,"
                  "msg:'The request body could not be parsed'\"\n"},
        FixedCase{
            "SEC012",
            ALWAYS("setvar:'tx.a=b|c'") "SecRule ARGS:c \"@rx ^%{tx.a}$\" \"id:2,phase:2,deny\"\n",
            ALWAYS("setvar:'tx.a=b|c'") "SecRule ARGS:c \"@rx ^(?:%{tx.a})$\" "
                                        "\"id:2,phase:2,deny\"\n"},
        FixedCase{
            "SEC013",
            "SecRuleEngine On\nSecPcreMatchLimit 9\nSecRule ARGS \"@rx a\" \"id:1,phase:2,deny\"\n",
            "SecRuleEngine On\nSecPcreMatchLimit 9\nSecRule TX:/^MSC_/ \"!@streq 0\" "
            "\"id:200005,phase:2,deny,log,t:none,"
            "msg:'The engine reached a limit: %{MATCHED_VAR_NAME}'\"\n"
            "SecRule ARGS \"@rx a\" \"id:1,phase:2,deny\"\n"}));

TEST(SecurityFixes, DoNotTakeAnIdThatIsUsed) {
  EXPECT_EQ(fixed("SEC008",
                  "SecRuleEngine On\nSecArgumentsLimit 500\n"
                  "SecAction \"id:200007,phase:1,pass,nolog\"\n"),
            "");
}

}  // namespace
}  // namespace wafcheck::lint
