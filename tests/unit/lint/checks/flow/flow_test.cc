// What the checks on the flow find, and above all what they leave alone.

#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <vector>

#include "tests/unit/lint/cases.h"

namespace wafcheck::lint {
namespace {

using Case = PlaceCase;

class Flow : public testing::TestWithParam<Case> {};
TEST_P(Flow, IsJudgedRight) {
  expect_places(GetParam());
}

INSTANTIATE_TEST_SUITE_P(
    Phases, Flow,
    testing::Values(
        Case{"variable-not-available-in-phase",
             "macro_in_message",
             "SecAction \"id:1,phase:1,pass,log,msg:'%{RESPONSE_STATUS}'\"\n",
             {"error 1 %{RESPONSE_STATUS}"}},
        Case{"variable-not-available-in-phase",
             "link_has_phase_of_starter",
             "SecRule ARGS \"a\" \"id:1,phase:1,pass,chain\"\n  SecRule FILES \"b\"\n",
             {"error 2 FILES"}},
        Case{"variable-not-available-in-phase", "arguments_of_the_query",
             "SecRule ARGS|ARGS_NAMES|ARGS_COMBINED_SIZE|REQBODY_PROCESSOR \"a\" "
             "\"id:1,phase:1,pass\"\n"},
        Case{"variable-not-available-in-phase", "excluded",
             "SecRule ARGS|!ARGS_POST:x \"a\" \"id:1,phase:1,pass\"\n"},
        Case{"variable-not-available-in-phase", "removed",
             "SecRule FILES \"a\" \"id:1,phase:1,pass\"\nSecRuleRemoveById 1\n"},
        Case{"phase-too-late", "a_link_needs_the_body",
             "SecRule REQUEST_URI \"a\" \"id:1,phase:2,deny,chain\"\n  SecRule ARGS \"b\"\n"},
        Case{"phase-too-late", "reads_tx",
             "SecRule REQUEST_URI|TX:x \"a\" \"id:1,phase:2,deny\"\n"},
        Case{"phase-too-late", "controls_others",
             "SecRule REQUEST_URI \"a\" \"id:1,phase:2,deny,ctl:ruleRemoveById=2\"\n"},
        Case{"phase-too-late",
             "response_head_in_phase_4",
             "SecRule RESPONSE_STATUS \"@eq 500\" \"id:1,phase:4,deny\"\n",
             {"info 1 phase:4"}},
        Case{"disruptive-in-phase-5", "allow_and_pass",
             "SecAction \"id:1,phase:5,allow\"\nSecAction \"id:2,phase:5,pass\"\n"},
        Case{"disruptive-in-phase-5", "the_last_one_holds",
             "SecAction \"id:1,phase:5,deny,pass\"\n"},
        Case{"disruptive-in-phase-5",
             "in_default_action",
             "SecDefaultAction \"phase:5,log,deny\"\n",
             {"error 1 deny"}},
        Case{"body-access-off", "turned_on_by_ctl",
             "SecRequestBodyAccess Off\n"
             "SecAction \"id:1,phase:1,pass,ctl:requestBodyAccess=On\"\n"
             "SecRule ARGS \"a\" \"id:2,phase:2,deny\"\n"},
        Case{"body-access-off", "the_last_one_counts",
             "SecRequestBodyAccess Off\nSecRule ARGS \"a\" \"id:2,phase:2,deny\"\n"
             "SecRequestBodyAccess On\n"},
        Case{"body-access-off",
             "response",
             "SecResponseBodyAccess Off\nSecRule RESPONSE_BODY \"a\" \"id:2,phase:4,deny\"\n",
             {"warning 1 Off"}},
        Case{"body-access-off", "no_rule_needs_it",
             "SecResponseBodyAccess Off\nSecRule ARGS \"a\" \"id:2,phase:2,deny\"\n"}),
    case_name);

INSTANTIATE_TEST_SUITE_P(
    Variables, Flow,
    testing::Values(
        Case{"tx-used-never-set", "existence_makes_it_optional",
             "SecRule &TX:opt \"@eq 1\" \"id:1,phase:1,pass,chain\"\n  SecRule TX:opt \"@eq 2\"\n"},
        Case{"tx-used-never-set", "a_comment_offers_it",
             "#  setvar:tx.Opt=1\"\nSecRule TX:opt \"@eq 2\" \"id:1,phase:1,pass\"\n"},
        Case{"tx-used-never-set", "set_under_a_pattern",
             "SecAction \"id:1,phase:1,pass,setvar:'tx.n_%{ARGS.x}=1'\"\n"
             "SecRule TX:n_admin \"@eq 2\" \"id:2,phase:1,pass\"\n"},
        Case{"tx-used-never-set", "regex_reads_nothing_in_particular",
             "SecRule TX:/^x/ \"@eq 2\" \"id:2,phase:1,pass\"\n"},
        Case{"tx-used-never-set", "set_by_the_engine",
             "SecRule TX:MSC_PCRE_LIMITS_EXCEEDED \"@eq 1\" \"id:2,phase:1,pass\"\n"},
        Case{"tx-used-never-set", "set_by_default_action",
             "SecDefaultAction \"phase:1,log,pass,setvar:tx.n=+1\"\n"
             "SecRule TX:n \"@eq 2\" \"id:2,phase:2,pass\"\nSecAction \"id:3,phase:1\"\n"},
        Case{"tx-used-never-set",
             "in_a_message_only",
             "SecAction \"id:1,phase:1,pass,log,msg:'%{tx.nope}'\"\n",
             {"warning 1 %{tx.nope}"}},
        Case{"tx-used-never-set",
             "once_for_each_name",
             "SecRule TX:a \"@eq %{tx.A}\" \"id:1,phase:1,pass\"\nSecRule TX:a|TX:b \"@eq 1\" "
             "\"id:2,phase:1,pass\"\n",
             {"error 1 a", "error 2 b"}},
        Case{"tx-used-never-set",
             "setter_is_removed",
             "SecAction \"id:1,phase:1,pass,setvar:tx.a=1\"\nSecRule TX:a \"@eq 1\" "
             "\"id:2,phase:1,pass\"\nSecRuleRemoveById 1\n",
             {"error 2 a"}},
        Case{"tx-used-never-set", "counter_starts_by_adding",
             "SecRule ARGS \"a\" \"id:1,phase:2,pass,setvar:tx.a=+1\"\nSecRule TX:a \"@gt 3\" "
             "\"id:2,phase:2,deny\"\n"},
        Case{"tx-used-never-set", "message_of_starter_reads_what_a_link_sets",
             "SecRule ARGS \"a\" \"id:1,phase:2,pass,log,msg:'%{tx.a}',chain\"\n"
             "  SecRule ARGS \"b\" \"setvar:tx.a=1\"\n"},
        Case{"tx-set-after-use-in-phase",
             "in_the_same_rule",
             "SecRule TX:a \"@eq 1\" \"id:1,phase:1,pass,setvar:tx.a=2\"\n",
             {"warning 1 a"}},
        Case{"tx-set-after-use-in-phase", "set_before_too",
             "SecAction \"id:1,phase:1,pass,setvar:tx.a=1\"\nSecRule TX:a \"@eq 1\" "
             "\"id:2,phase:2,pass\"\nSecAction \"id:3,phase:2,pass,setvar:tx.a=2\"\n"},
        Case{"tx-set-never-read", "read_by_expression",
             "SecAction \"id:1,phase:1,pass,setvar:tx.a_1=1\"\nSecRule TX:/^A_/ \"@eq 1\" "
             "\"id:2,phase:2,pass\"\n"},
        Case{"tx-set-never-read", "only_unset", "SecAction \"id:1,phase:1,pass,setvar:!tx.a\"\n"},
        Case{"tx-set-never-read", "under_a_pattern",
             "SecAction \"id:1,phase:1,pass,setvar:'tx.%{RULE.id}=1'\"\n"},
        Case{"collection-without-initcol", "setsid_opens_session",
             "SecAction \"id:1,phase:1,pass,setsid:%{REQUEST_COOKIES.s}\"\nSecRule SESSION:a "
             "\"@eq 1\" \"id:2,phase:1,pass\"\n"},
        Case{"collection-without-initcol",
             "once_for_each_collection",
             "SecRule IP:a|IP:b|GLOBAL:c \"@eq 1\" \"id:2,phase:1,pass\"\n",
             {"warning 1 IP:a", "warning 1 GLOBAL:c"}},
        Case{"expirevar-without-setvar", "set_under_a_pattern",
             "SecAction "
             "\"id:1,phase:1,pass,initcol:ip=a,setvar:'ip.%{ARGS.n}=1',expirevar:ip.x=9\"\n"}),
    case_name);

INSTANTIATE_TEST_SUITE_P(
    Captures, Flow,
    testing::Values(
        Case{
            "capture-missing", "captured_by_an_earlier_link",
            "SecRule ARGS \"@rx (a)\" \"id:1,phase:2,deny,capture,chain\"\n  SecRule TX:1 \"@streq "
            "%{tx.0}\" \"setvar:tx.x=%{TX.1}\"\n"},
        Case{"capture-missing",
             "captured_by_a_later_link",
             "SecRule ARGS \"@rx (a)\" \"id:1,phase:2,deny,chain\"\n  SecRule TX:1 \"@rx (a)\" "
             "\"capture\"\n",
             {"error 2 TX:1"}},
        Case{
            "capture-missing", "message_of_starter_and_capture_of_last",
            "SecRule ARGS \"@rx (a)\" \"id:1,phase:2,deny,log,logdata:'%{TX.0}',chain\"\n  SecRule "
            "ARGS \"@rx (b)\" \"capture\"\n"},
        Case{"capture-missing",
             "operator_captures_nothing",
             "SecRule ARGS \"@streq a\" \"id:1,phase:2,deny,log,capture,logdata:'%{TX.0}'\"\n",
             {"warning 1 %{TX.0}"}},
        Case{"capture-missing",
             "in_setvar",
             "SecRule ARGS \"@rx (a)\" \"id:1,phase:2,pass,setvar:tx.x=%{TX.1}\"\n",
             {"error 1 %{TX.1}"}},
        Case{"capture-missing", "set_by_hand",
             "SecAction \"id:1,phase:1,pass,setvar:tx.1=a\"\n"
             "SecAction \"id:2,phase:1,pass,log,msg:'%{TX.1}'\"\n"},
        Case{"standalone-txn",
             "count",
             "SecRule &TX:1 \"@eq 1\" \"id:1,phase:2,deny\"\n",
             {"error 1 &TX:1"}},
        Case{"standalone-txn", "other_numbers", "SecRule TX:10 \"@eq 1\" \"id:1,phase:2,deny\"\n"},
        Case{"chained-capture-overwrite", "a_member_by_name",
             "SecRule ARGS:id \"@rx (a)\" \"id:1,phase:2,deny,capture,chain\"\n  SecRule TX:1 "
             "\"b\"\n"},
        Case{"chained-capture-overwrite",
             "two_targets",
             "SecRule REQUEST_URI|ARGS:id \"@rx (a)\" \"id:1,phase:2,deny,capture,chain\"\n"
             "  SecRule TX:1 \"b\"\n",
             {"warning 2 TX:1"}},
        Case{"chained-capture-overwrite", "nearest_capture_counts",
             "SecRule ARGS \"@rx (a)\" \"id:1,phase:2,deny,capture,chain\"\n"
             "  SecRule REQUEST_URI \"@rx (b)\" \"capture,chain\"\n    SecRule TX:1 \"b\"\n"},
        Case{"chained-capture-overwrite",
             "once_a_link",
             "SecRule ARGS \"@rx (a)(b)\" \"id:1,phase:2,deny,capture,chain\"\n"
             "  SecRule TX:1|TX:2 \"@streq %{TX.0}\"\n",
             {"warning 2 TX:1"}},
        Case{"matched-var-after-chain", "last_rule_inspects_what_matched",
             "SecRule ARGS \"a\" \"id:1,phase:2,deny,log,logdata:'%{MATCHED_VAR}',chain\"\n"
             "  SecRule MATCHED_VARS \"b\"\n"},
        Case{"matched-var-after-chain", "both_are_of_the_last_rule",
             "SecRule REQUEST_METHOD \"POST\" \"id:1,phase:2,deny,log,logdata:'%{TX.0} in "
             "%{MATCHED_VAR}',chain\"\n  SecRule ARGS \"b\" \"capture\"\n"},
        Case{"matched-var-after-chain",
             "it_is_a_text_of_the_rule",
             "SecRule ARGS \"a\" \"id:1,phase:2,deny,log,logdata:'%{MATCHED_VAR}',"
             "chain\"\n  SecRule REQUEST_METHOD \"@streq POST\"\n",
             {"warning 1 %{MATCHED_VAR}"}},
        Case{"matched-var-after-chain", "alone_it_may_be_meant",
             "SecRule REQUEST_METHOD \"POST\" \"id:1,phase:2,deny,log,logdata:'%{MATCHED_VAR}',"
             "chain\"\n  SecRule ARGS \"b\"\n"}),
    case_name);

INSTANTIATE_TEST_SUITE_P(
    Chains, Flow,
    testing::Values(
        Case{
            "setvar-in-chain-runs-early", "a_later_link_reads_it",
            "SecRule ARGS \"a\" \"id:1,phase:2,deny,setvar:tx.x=1,chain\"\n  SecRule TX:x \"b\"\n"},
        Case{"setvar-in-chain-runs-early", "a_later_link_reads_by_expression",
             "SecRule ARGS \"a\" \"id:1,phase:2,deny,setvar:tx.x=1,chain\"\n  SecRule TX:/x/ "
             "\"b\"\n"},
        Case{"setvar-in-chain-runs-early", "the_message_reads_it",
             "SecRule ARGS \"a\" \"id:1,phase:2,deny,log,msg:'%{tx.x}',setvar:tx.x=1,chain\"\n"
             "  SecRule ARGS \"b\"\n"},
        Case{"setvar-in-chain-runs-early", "keeps_what_matched",
             "SecRule ARGS \"a\" \"id:1,phase:2,deny,setvar:tx.x=%{MATCHED_VAR},chain\"\n"
             "  SecRule ARGS \"b\"\nSecRule TX:x \"a\" \"id:2,phase:2,deny\"\n"},
        Case{"setvar-in-chain-runs-early", "a_script_may_read_it",
             "SecRule ARGS \"a\" \"id:1,phase:2,deny,setvar:tx.x=1,chain\"\n"
             "  SecRule ARGS \"b\" \"exec:/usr/bin/check\"\n"},
        Case{"setvar-in-chain-runs-early",
             "in_the_middle",
             "SecRule ARGS \"a\" \"id:1,phase:2,deny,chain\"\n  SecRule ARGS \"b\" "
             "\"setvar:tx.x=1,chain\"\n    SecRule ARGS \"c\" \"setvar:tx.x=2\"\n",
             {"warning 2 setvar:tx.x=1"}},
        Case{
            "setvar-in-chain-runs-early",
            "ctl",
            "SecRule ARGS \"a\" \"id:1,phase:2,pass,ctl:ruleEngine=Off,ctl:auditLogParts=+E,chain\""
            "\n  SecRule ARGS \"b\" \"ctl:ruleRemoveById=9\"\n",
            {"warning 1 ctl:ruleEngine=Off"}},
        Case{"commented-out-chain-member",
             "a_note",
             "SecRule ARGS \"a\" \"id:1,phase:2,deny,chain\"\n# note\n  SecRule ARGS \"c\"\n",
             {"warning 2 # note"}},
        Case{"commented-out-chain-member", "a_whole_rule_above",
             "#SecRule ARGS \"a\" \"id:1,phase:2,deny\"\nSecRule ARGS \"a\" "
             "\"id:1,phase:2,deny,chain\"\n  SecRule ARGS \"c\"\n"}),
    case_name);

INSTANTIATE_TEST_SUITE_P(
    Reach, Flow,
    testing::Values(
        Case{"skip-lands-wrong", "single_rules",
             "SecAction \"id:1,phase:1,pass,skip:2\"\nSecAction \"id:2,phase:1,pass\"\nSecAction "
             "\"id:3,phase:1,pass\"\n"},
        Case{
            "skip-lands-wrong", "chain_behind_the_end",
            "SecAction \"id:1,phase:1,pass,skip:1\"\nSecAction \"id:2,phase:1,pass\"\nSecRule ARGS "
            "\"a\" \"id:3,phase:1,pass,chain\"\n  SecRule ARGS \"b\"\n"},
        Case{"skip-lands-wrong",
             "rules_of_other_phases_do_not_count",
             "SecAction \"id:1,phase:1,pass,skip:1\"\nSecAction \"id:2,phase:2,pass\"\n",
             {"warning 1 skip:1"}},
        Case{"unreachable-rule", "a_condition",
             "SecRule ARGS \"a\" \"id:1,phase:1,deny\"\nSecAction \"id:2,phase:1,pass\"\n"},
        Case{"unreachable-rule", "another_phase",
             "SecAction \"id:1,phase:1,deny\"\nSecAction \"id:2,phase:2,pass\"\n"},
        Case{"unreachable-rule", "jumped_over",
             "SecRule ARGS \"a\" \"id:1,phase:1,pass,skipAfter:M\"\nSecAction "
             "\"id:2,phase:1,deny\"\n"
             "SecMarker M\nSecAction \"id:3,phase:1,pass\"\n"},
        Case{"unreachable-rule", "skipped",
             "SecRule ARGS \"a\" \"id:1,phase:1,pass,skip:1\"\nSecAction \"id:2,phase:1,deny\"\n"
             "SecAction \"id:3,phase:1,pass\"\n"},
        Case{"unreachable-rule", "a_ctl_may_take_it_out",
             "SecRule ARGS \"a\" \"id:1,phase:1,pass,ctl:ruleRemoveById=2\"\nSecAction "
             "\"id:2,phase:1,deny\"\nSecAction \"id:3,phase:1,pass\"\n"},
        Case{"unreachable-rule",
             "up_to_the_marker",
             "SecAction \"id:1,phase:1,pass,skipAfter:M\"\nSecAction \"id:2,phase:1,pass\"\n"
             "SecAction \"id:3,phase:1,pass\"\nSecMarker M\nSecAction \"id:4,phase:1,pass\"\n",
             {"warning 2 2"}},
        Case{"unreachable-rule", "nothing_before_the_marker",
             "SecAction \"id:1,phase:1,pass,skipAfter:M\"\nSecMarker M\nSecAction "
             "\"id:4,phase:1,pass\"\n"},
        Case{"include-order", "requests_and_responses_apart",
             "#: file rules/RESPONSE-950-A.conf\nSecMarker A\n#: file rules/REQUEST-999-B.conf\n"
             "SecMarker B\n#: file other/REQUEST-901-C.conf\nSecMarker C\n"}),
    case_name);

INSTANTIATE_TEST_SUITE_P(
    ExclusionChecks, Flow,
    testing::Values(
        Case{"exclusion-of-nothing", "range_with_one",
             "SecAction \"id:1,phase:1,pass,ctl:ruleRemoveById=5-10\"\nSecAction "
             "\"id:7,phase:2,pass\"\n"},
        Case{"exclusion-of-nothing", "recommended_rules",
             "SecAction \"id:1,phase:1,pass,ctl:ruleRemoveById=200002\"\n"},
        Case{"exclusion-of-nothing", "tag_by_expression",
             "SecAction \"id:1,phase:1,pass,ctl:ruleRemoveByTag=/^attack-/\"\nSecAction "
             "\"id:7,phase:2,pass,tag:'attack-sqli'\"\n"},
        Case{"exclusion-of-nothing",
             "expression_in_another_case",
             "SecAction \"id:1,phase:1,pass,ctl:ruleRemoveByTag=/^ATTACK-/\"\nSecAction "
             "\"id:7,phase:2,pass,tag:'attack-sqli'\"\n",
             {"warning 1 ^ATTACK-"}},
        Case{"exclusion-of-nothing",
             "directive_with_several",
             "SecAction \"id:7,phase:2,pass\"\nSecRuleRemoveById 7 77\n",
             {"warning 2 77"}},
        Case{"exclusion-of-nothing",
             "message",
             "SecAction \"id:7,phase:2,pass,msg:'One'\"\nSecRuleRemoveByMsg \"Two\"\n",
             {"warning 2 Two"}},
        Case{"exclusion-of-nothing",
             "tag_that_one_engine_takes_for_an_expression",
             "SecAction \"id:7,phase:2,pass,tag:'OWASP_X/A'\"\nSecRuleRemoveByTag OWASP_X\n",
             {"warning 2 OWASP_X"}},
        Case{"exclusion-of-nothing", "where_only_that_engine_is_asked",
             "#: engine modsecurity2@2.9\n"
             "SecAction \"id:7,phase:2,pass,tag:'OWASP_X/A'\"\nSecRuleRemoveByTag OWASP_X\n"},
        Case{"exclusion-of-nothing", "rules_of_crs_that_are_elsewhere",
             "SecRuleRemoveById 942100\nSecRuleRemoveByTag attack-sqli\n"},
        Case{"exclusion-of-nothing",
             "rules_of_a_file_that_is_here",
             "SecAction \"id:942200,phase:2,pass\"\nSecRuleRemoveById 942100\n",
             {"warning 2 942100"}},
        Case{"tx-used-never-set", "a_file_of_crs_alone",
             "SecRule TX:DETECTION_PARANOIA_LEVEL \"@lt 1\" \"id:942011,phase:1,pass\"\n"},
        Case{"tx-used-never-set",
             "beside_what_initialises_crs",
             "SecAction \"id:901100,phase:1,pass\"\n"
             "SecRule TX:DETECTION_PARANOIA_LEVEL \"@lt 1\" \"id:942011,phase:1,pass\"\n",
             {"error 2 DETECTION_PARANOIA_LEVEL"}},
        Case{"ctl-after-target", "one_of_a_tag_is_still_to_come",
             "SecAction \"id:7,phase:1,pass,tag:'t'\"\n"
             "SecAction \"id:1,phase:1,pass,ctl:ruleRemoveByTag=t\"\n"
             "SecAction \"id:8,phase:2,pass,tag:'t'\"\n"},
        Case{"ctl-after-target",
             "all_of_a_tag_have_run",
             "SecAction \"id:7,phase:1,pass,tag:'t'\"\n"
             "SecAction \"id:1,phase:1,pass,ctl:ruleRemoveByTag=t\"\n",
             {"error 2 ruleRemoveByTag=t"}},
        Case{"ctl-after-target", "removed_anyway",
             "SecAction \"id:7,phase:1,pass\"\nSecAction "
             "\"id:1,phase:1,pass,ctl:ruleRemoveById=7\"\n"
             "SecRuleRemoveById 7\n"},
        Case{"update-before-load", "one_of_a_tag_is_loaded",
             "SecAction \"id:7,phase:1,pass,tag:'t'\"\nSecRuleRemoveByTag t\nSecAction "
             "\"id:8,phase:1,pass,tag:'t'\"\n"},
        Case{"ctl-target-not-in-rule", "member_of_the_whole",
             "SecAction \"id:1,phase:1,pass,ctl:ruleRemoveTargetById=2;ARGS:x\"\nSecRule "
             "ARGS_NAMES|ARGS \"a\" \"id:2,phase:2,deny\"\n"},
        Case{"ctl-target-not-in-rule", "kin",
             "SecAction \"id:1,phase:1,pass,ctl:ruleRemoveTargetById=2;ARGS:x\"\nSecRule "
             "ARGS_POST \"a\" \"id:2,phase:2,deny\"\n"},
        Case{"ctl-target-not-in-rule",
             "another_member",
             "SecAction \"id:1,phase:1,pass,ctl:ruleRemoveTargetById=2;ARGS:x\"\nSecRule "
             "ARGS:y \"a\" \"id:2,phase:2,deny\"\n",
             {"warning 1 ARGS:x"}},
        Case{"ctl-target-not-in-rule",
             "by_directive",
             "SecRule ARGS \"a\" \"id:2,phase:2,deny\"\n"
             "SecRuleUpdateTargetById 2 \"!REQUEST_COOKIES:x\"\n",
             {"warning 2 !REQUEST_COOKIES:x"}},
        Case{"ctl-target-not-in-rule", "directive_adds",
             "SecRule ARGS \"a\" \"id:2,phase:2,deny\"\n"
             "SecRuleUpdateTargetById 2 \"REQUEST_COOKIES:x\"\n"},
        Case{"exclusion-in-chain-child", "in_both",
             "SecAction \"id:1,phase:1,pass,ctl:ruleRemoveTargetById=2;ARGS:x\"\nSecRule ARGS "
             "\"a\" \"id:2,phase:2,deny,chain\"\n  SecRule ARGS \"b\"\n"},
        Case{"exclusion-in-chain-child", "what_has_matched",
             "SecAction \"id:1,phase:1,pass,ctl:ruleRemoveTargetById=2;ARGS:x\"\nSecRule ARGS "
             "\"a\" \"id:2,phase:2,deny,chain\"\n  SecRule MATCHED_VARS \"b\"\n"},
        Case{"updateactionbyid-drops-chain", "no_chain",
             "SecRule ARGS \"a\" \"id:2,phase:2,deny\"\nSecRuleUpdateActionById 2 \"pass\"\n"},
        Case{"updateactionbyid-drops-chain", "last_link",
             "SecRule ARGS \"a\" \"id:2,phase:2,deny,chain\"\n  SecRule ARGS \"b\"\n"
             "SecRuleUpdateActionById 2:1 \"t:none\"\n"}),
    case_name);

struct FixCase {
  std::string_view check, what, before, after;
};

class FlowFixes : public testing::TestWithParam<FixCase> {};
TEST_P(FlowFixes, MendTheText) {
  const Found found = find(GetParam().check, GetParam().before);
  EXPECT_EQ(apply(std::string(GetParam().before), found.edits), GetParam().after);
  EXPECT_TRUE(find(GetParam().check, GetParam().after).places.empty());
}

INSTANTIATE_TEST_SUITE_P(
    Fixes, FlowFixes,
    testing::Values(
        FixCase{"skipafter-missing-marker", "quoted",
                "SecAction \"id:1,phase:1,pass,skipAfter:'END_A1'\"\nSecMarker END_A\n",
                "SecAction \"id:1,phase:1,pass,skipAfter:'END_A'\"\nSecMarker END_A\n"},
        FixCase{"variable-not-available-in-phase", "phase",
                "SecRule RESPONSE_BODY \"a\" \"id:1,phase:'2',deny\"\n",
                "SecRule RESPONSE_BODY \"a\" \"id:1,phase:'4',deny\"\n"},
        FixCase{"phase-too-late", "phase",
                "SecRule REQUEST_URI \"a\" \"id:1,phase:request,deny\"\n",
                "SecRule REQUEST_URI \"a\" \"id:1,phase:1,deny\"\n"},
        FixCase{"marker-unused", "marker", "SecMarker A\n", "\n"},
        FixCase{
            "tx-used-never-set", "name",
            "SecAction \"id:1,phase:1,pass,setvar:tx.score=1\"\nSecRule ARGS \"@gt %{tx.scroe}\" "
            "\"id:2,phase:2,deny\"\n",
            "SecAction \"id:1,phase:1,pass,setvar:tx.score=1\"\nSecRule ARGS \"@gt %{tx.score}\" "
            "\"id:2,phase:2,deny\"\n"},
        FixCase{"tx-set-never-read", "last_action",
                "SecAction \"id:1,phase:1,pass,\\\n    setvar:tx.a=1\"\n",
                "SecAction \"id:1,phase:1,pass\"\n"},
        FixCase{"capture-missing", "own_message",
                "SecRule ARGS \"@rx (a)\" \"id:1,phase:2,deny,log,msg:'%{TX.1}'\"\n",
                "SecRule ARGS \"@rx (a)\" \"id:1,phase:2,deny,log,capture,msg:'%{TX.1}'\"\n"},
        FixCase{
            "capture-missing", "link_before",
            "SecRule ARGS \"@rx (a)\" \"id:1,phase:2,deny,chain\"\n  SecRule TX:1 \"b\"\n",
            "SecRule ARGS \"@rx (a)\" \"capture,id:1,phase:2,deny,chain\"\n  SecRule TX:1 \"b\"\n"},
        FixCase{
            "ctl-after-target", "phase",
            "SecAction \"id:1,phase:2,pass,ctl:ruleRemoveById=2\"\nSecAction \"id:2,phase:1\"\n",
            "SecAction \"id:1,phase:1,pass,ctl:ruleRemoveById=2\"\nSecAction \"id:2,phase:1\"\n"},
        FixCase{"updateactionbyid-drops-chain", "chain",
                "SecRule ARGS \"a\" \"id:2,phase:2,deny,chain\"\n  SecRule ARGS \"b\"\n"
                "SecRuleUpdateActionById 2 \"pass\"\n",
                "SecRule ARGS \"a\" \"id:2,phase:2,deny,chain\"\n  SecRule ARGS \"b\"\n"
                "SecRuleUpdateActionById 2 \"chain,pass\"\n"}),
    [](const auto& test) {
      std::string name = std::string(test.param.check) + "_" + std::string(test.param.what);
      std::ranges::replace(name, '-', '_');
      return name;
    });

TEST(FlowFixes, AreUnsafeWhereTheVerdictChanges) {
  EXPECT_TRUE(
      find("capture-missing", "SecRule ARGS \"@rx (a)\" \"id:1,phase:2,deny,log,msg:'%{TX.1}'\"\n")
          .safe);
  EXPECT_FALSE(find("capture-missing",
                    "SecRule ARGS \"@rx (a)\" \"id:1,phase:2,deny,chain\"\n  SecRule TX:1 \"b\"\n")
                   .safe);
}

TEST(FlowFixes, AddNoCaptureThatIsNotInTheExpression) {
  EXPECT_TRUE(
      find("capture-missing", "SecRule ARGS \"@rx (a)\" \"id:1,phase:2,deny,log,msg:'%{TX.2}'\"\n")
          .edits.empty());
}

}  // namespace
}  // namespace wafcheck::lint
