// What the checks on single rules find, and what they leave alone.

#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <vector>

#include "tests/unit/lint/cases.h"

namespace wafcheck::lint {
namespace {

using Case = PlaceCase;

class Rules : public testing::TestWithParam<Case> {};
TEST_P(Rules, AreJudgedRight) {
  expect_places(GetParam());
}

INSTANTIATE_TEST_SUITE_P(
    Targets, Rules,
    testing::Values(
        Case{"negated-target-only", "excluded_by_an_update",
             "SecRule ARGS \"a\" \"id:1,phase:2,deny\"\n"
             "SecRuleUpdateTargetById 1 \"!REQUEST_COOKIES:x\"\n"},
        Case{"negated-target-only",
             "of_a_derived_collection",
             "SecRule ARGS_GET|!ARGS:x \"a\" \"id:1,phase:2,deny\"\n",
             {"error 1 !ARGS:x"}},
        Case{"header-name-case-or-underscore", "named_in_both_ways",
             "SecRule REQUEST_HEADERS:X_File|REQUEST_HEADERS:x-file \"a\" \"id:1,phase:1,deny\"\n"},
        Case{"header-name-case-or-underscore", "expression",
             "SecRule REQUEST_HEADERS:/x_/ \"a\" \"id:1,phase:1,deny\"\n"},
        Case{"duplicate-target", "count_is_another_thing",
             "SecRule ARGS|&ARGS:x \"1\" \"id:1,phase:2,deny\"\n"},
        Case{"duplicate-target", "put_back_after_an_exclusion",
             "SecRule ARGS|!ARGS:/^x/|ARGS:xy \"1\" \"id:1,phase:2,deny\"\n"},
        Case{"duplicate-target",
             "excluded_twice",
             "SecRule ARGS|!ARGS:x|!ARGS:X \"1\" \"id:1,phase:2,deny\"\n",
             {"warning 1 !ARGS:X"}},
        Case{"duplicate-target", "documents", "SecRule XML|XML:/* \"1\" \"id:1,phase:2,deny\"\n"},
        Case{"overlapping-target", "names_are_no_values",
             "SecRule ARGS|ARGS_GET_NAMES \"1\" \"id:1,phase:2,deny\"\n"},
        Case{"overlapping-target", "a_member_is_not_the_whole",
             "SecRule ARGS:x|ARGS_GET \"1\" \"id:1,phase:2,deny\"\n"}),
    case_name);

INSTANTIATE_TEST_SUITE_P(
    Operators, Rules,
    testing::Values(
        Case{"within-order", "a_list", "SecRule ARGS:x \"@within a,b\" \"id:1,phase:2,deny\"\n"},
        Case{"within-order", "a_macro",
             "SecRule ARGS:x \"@within %{tx.list}\" \"id:1,phase:2,deny\"\n"},
        Case{"within-order",
             "an_expression",
             "SecRule REQUEST_METHOD \"!@within ^(GET|POST)$\" \"id:1,phase:1,deny\"\n",
             {"warning 1 ^(GET|POST)$"}},
        Case{"within-undelimited", "delimited",
             "SecRule ARGS:x \"@within |a| |b|\" \"id:1,phase:2,deny\"\n"},
        Case{"within-undelimited", "value_kept_in_tx",
             "SecRule TX:x \"@within a b\" \"id:1,phase:2,deny\"\n"},
        Case{"numeric-operator-on-text", "signed",
             "SecRule ARGS:x \"@gt -5\" \"id:1,phase:2,deny\"\n"},
        Case{"numeric-operator-on-text", "length",
             "SecRule REQUEST_URI \"@gt 5\" \"id:1,phase:1,deny,t:length\"\n"},
        Case{"numeric-operator-on-text",
             "length_cleared",
             "SecRule REQUEST_URI \"@gt 5\" \"id:1,phase:1,deny,t:length,t:none\"\n",
             {"error 1 REQUEST_URI"}},
        Case{"numeric-operator-on-text", "macro",
             "SecRule &ARGS \"@gt %{tx.max}\" \"id:1,phase:2,deny\"\n"},
        Case{"numeric-operator-on-text",
             "fraction",
             "SecRule ARGS:x \"@gt 1.5\" \"id:1,phase:2,deny\"\n",
             {"error 1 1.5"}},
        Case{"count-with-string-operator",
             "digits",
             "SecRule &ARGS \"@streq 0\" \"id:1,phase:2,deny\"\n",
             {"warning 1 &ARGS"}},
        Case{"count-with-string-operator", "expression_of_digits",
             "SecRule &ARGS \"@rx ^[2-9]$\" \"id:1,phase:2,deny\"\n"},
        Case{"count-with-string-operator",
             "phrases",
             "SecRule &ARGS \"@pm a b\" \"id:1,phase:2,deny\"\n",
             {"error 1 &ARGS"}},
        Case{"negated-operator-on-collection", "member_by_name",
             "SecRule ARGS:x \"!@rx a\" \"id:1,phase:2,deny\"\n"},
        Case{"negated-operator-on-collection", "count",
             "SecRule &ARGS \"!@eq 1\" \"id:1,phase:2,deny\"\n"},
        Case{"negated-operator-on-collection",
             "list_of_what_may_be",
             "SecRule ARGS \"!^a\" \"id:1,phase:2,deny\"\n",
             {"info 1 !"}},
        Case{"negated-operator-on-collection",
             "lets_pass_in_a_link",
             "SecRule ARGS \"!@rx a\" \"id:1,phase:2,pass,chain\"\n"
             "  SecRule REQUEST_URI \"b\" \"ctl:ruleEngine=Off\"\n",
             {"warning 1 !@rx"}},
        Case{
            "identical-rules", "another_phase",
            "SecRule ARGS \"a\" \"id:1,phase:1,deny\"\nSecRule ARGS \"a\" \"id:2,phase:2,deny\"\n"},
        Case{"identical-rules", "another_transformation",
             "SecRule ARGS \"a\" \"id:1,phase:2,deny,t:none\"\n"
             "SecRule ARGS \"a\" \"id:2,phase:2,deny,t:lowercase\"\n"},
        Case{"identical-rules", "another_link",
             "SecRule ARGS \"a\" \"id:1,phase:2,deny,chain\"\n  SecRule ARGS \"b\"\n"
             "SecRule ARGS \"a\" \"id:2,phase:2,deny,chain\"\n  SecRule ARGS \"c\"\n"},
        Case{"identical-rules", "do_not_block",
             "SecRule ARGS \"a\" \"id:1,phase:2,pass,setvar:tx.a=1\"\n"
             "SecRule ARGS \"a\" \"id:2,phase:2,pass,setvar:tx.b=1\"\n"},
        Case{"identical-rules",
             "written_in_another_way",
             "SecRule args \"a\" \"id:1,phase:2,deny,t:none\"\n"
             "SecRule ARGS \"@rx a\" \"id:2,phase:2,block\"\n",
             {"warning 2 2"}}),
    case_name);

INSTANTIATE_TEST_SUITE_P(
    Transformations, Rules,
    testing::Values(
        Case{"transformation-order", "done_again_behind",
             "SecRule ARGS \"a\" \"id:1,phase:2,deny,t:lowercase,t:urlDecode,t:lowercase\"\n"},
        Case{"transformation-order", "taken_back",
             "SecRule ARGS \"a\" \"id:1,phase:2,deny,t:lowercase,t:none,t:urlDecode\"\n"},
        Case{"transformation-order",
             "entities_before_url",
             "SecRule ARGS \"a\" \"id:1,phase:2,deny,t:htmlEntityDecode,t:urlDecodeUni\"\n",
             {"warning 1 t:urlDecodeUni"}},
        Case{"transformation-order", "entities_between_two",
             "SecRule ARGS \"a\" "
             "\"id:1,phase:2,deny,t:urlDecode,t:htmlEntityDecode,t:urlDecode\"\n"},
        Case{"transformation-order", "no_letters_are_sought",
             "SecRule ARGS \"@rx [0-9]\\(\" \"id:1,phase:2,deny,t:lowercase,t:urlDecode\"\n"
             "SecRule ARGS \"@rx (?i)a[b-d]\" \"id:2,phase:2,deny,t:lowercase,t:urlDecode\"\n"
             "SecRule ARGS \"@pm a b\" \"id:3,phase:2,deny,t:lowercase,t:urlDecode\"\n"
             "SecRule ARGS \"@contains <>\" \"id:4,phase:2,deny,t:lowercase,t:urlDecode\"\n"},
        Case{"transformation-order",
             "a_class_of_letters_is_sought",
             "SecRule ARGS \"@rx [a-z]\" \"id:1,phase:2,deny,t:lowercase,t:urlDecode\"\n",
             {"warning 1 t:urlDecode"}},
        Case{"transformation-order", "every_step_is_tested",
             "SecRule ARGS \"a\" \"id:1,phase:2,deny,multiMatch,t:lowercase,t:urlDecode\"\n"},
        Case{"transformation-order", "encoders",
             "SecRule ARGS \"a\" \"id:1,phase:2,deny,t:lowercase,t:sha1,t:hexEncode\"\n"},
        Case{"t-none-not-first",
             "first_and_last",
             "SecRule ARGS \"a\" \"id:1,phase:2,deny,t:none,t:trim,t:none\"\n",
             {"warning 1 t:none"}},
        Case{"t-none-not-first", "by_an_update",
             "SecRule ARGS \"a\" \"id:1,phase:2,deny,t:trim\"\n"
             "SecRuleUpdateActionById 1 \"t:none\"\n"},
        Case{"t-none-missing", "other_phase",
             "SecDefaultAction \"phase:1,log,pass,t:lowercase\"\n"
             "SecRule ARGS \"a\" \"id:1,phase:2,deny\"\n"},
        Case{"t-none-missing", "no_transformations_to_inherit",
             "SecDefaultAction \"phase:2,log,pass\"\nSecRule ARGS \"a\" "
             "\"id:1,phase:2,deny,t:lowercase\"\n"},
        Case{
            "t-none-missing", "actions_have_no_value",
            "SecDefaultAction \"phase:2,log,pass,t:lowercase\"\nSecAction \"id:1,phase:2,pass\"\n"},
        Case{"double-decode",
             "among_other_targets",
             "SecRule REQUEST_COOKIES|ARGS_NAMES \"a\" \"id:1,phase:2,deny,t:urlDecode\"\n",
             {"info 1 t:urlDecode"}},
        Case{"double-decode", "excluded_or_counted",
             "SecRule REQUEST_COOKIES|!ARGS:x|&ARGS \"a\" \"id:1,phase:2,deny,t:urlDecode\"\n"}),
    case_name);

INSTANTIATE_TEST_SUITE_P(
    Actions, Rules,
    testing::Values(
        Case{"duplicate-action", "nolog_with_auditlog",
             "SecRule ARGS \"a\" \"id:1,phase:2,deny,nolog,auditlog\"\n"},
        Case{"duplicate-action", "by_an_update",
             "SecRule ARGS \"a\" \"id:1,phase:2,deny,log\"\n"
             "SecRuleUpdateActionById 1 \"pass,nolog\"\n"},
        Case{"duplicate-action", "status_of_the_default",
             "SecDefaultAction \"phase:2,log,deny\"\n"
             "SecRule ARGS \"a\" \"id:1,phase:2,status:404\"\n"},
        Case{"duplicate-action",
             "two_dispositions",
             "SecRule ARGS \"a\" \"id:1,phase:2,block,deny\"\n",
             {"warning 1 deny"}},
        Case{"duplicate-action", "pause_beside_a_disposition",
             "SecRule ARGS \"a\" \"id:1,phase:2,deny,pause:10\"\n"},
        Case{"duplicate-action",
             "two_pauses",
             "SecRule ARGS \"a\" \"id:1,phase:2,deny,pause:10,pause:20\"\n",
             {"warning 1 pause:20"}},
        Case{"duplicate-action",
             "the_same_tag",
             "SecRule ARGS \"a\" \"id:1,phase:2,deny,tag:'a',tag:'b',tag:'a'\"\n",
             {"warning 1 tag:'a'"}},
        Case{"nolog-with-msg", "audited",
             "SecRule ARGS \"a\" \"id:1,phase:2,deny,nolog,auditlog,msg:'a'\"\n"},
        Case{"log-without-msg",
             "logged_by_default",
             "SecDefaultAction \"phase:2,log,pass\"\nSecRule ARGS \"a\" \"id:1,phase:2,deny\"\n",
             {"info 2 1"}},
        Case{"log-without-msg", "a_link_has_it",
             "SecRule ARGS \"a\" \"id:1,phase:2,deny,log,chain\"\n"
             "  SecRule ARGS \"b\" \"logdata:'b'\"\n"},
        Case{"pass-without-nolog", "log_is_meant",
             "#: profile crs\nSecRule ARGS \"a\" \"id:1,phase:2,pass,log\"\n"},
        Case{"severity-word-and-number-mixed", "numbers_only",
             "#: profile crs\nSecAction \"id:1,phase:1,pass,severity:2\"\n"
             "SecAction \"id:2,phase:1,pass,severity:'3'\"\n"},
        Case{"severity-word-and-number-mixed", "another_file",
             "#: profile crs\n#: file a.conf\nSecAction \"id:1,phase:1,pass,severity:2\"\n"
             "#: file b.conf\nSecAction \"id:2,phase:1,pass,severity:ERROR\"\n"}),
    case_name);

struct FixCase {
  std::string_view check, what, before, after;
  bool safe = false;
};

class RuleFixes : public testing::TestWithParam<FixCase> {};
TEST_P(RuleFixes, MendTheText) {
  const Found found = find(GetParam().check, GetParam().before);
  EXPECT_EQ(apply(std::string(GetParam().before), found.edits), GetParam().after);
  EXPECT_EQ(found.safe, GetParam().safe);
  EXPECT_TRUE(find(GetParam().check, GetParam().after).places.empty());
}

INSTANTIATE_TEST_SUITE_P(
    Fixes, RuleFixes,
    testing::Values(
        FixCase{"within-order", "contains", "SecRule ARGS \"!@within /a\" \"id:1,phase:2,deny\"\n",
                "SecRule ARGS \"!@contains /a\" \"id:1,phase:2,deny\"\n"},
        FixCase{"negated-target-only", "the_rest",
                "SecRule !ARGS:a|!ARGS:b \"a\" \"id:1,phase:2,deny\"\n",
                "SecRule ARGS|!ARGS:a|!ARGS:b \"a\" \"id:1,phase:2,deny\"\n"},
        FixCase{"header-name-case-or-underscore", "selector",
                "SecRule &REQUEST_HEADERS:User_Agent \"@eq 0\" \"id:1,phase:1,deny\"\n",
                "SecRule &REQUEST_HEADERS:User-Agent \"@eq 0\" \"id:1,phase:1,deny\"\n"},
        FixCase{"header-name-case-or-underscore", "alias",
                "SecRule HTTP_User_Agent \"a\" \"id:1,phase:1,deny\"\n",
                "SecRule REQUEST_HEADERS:User-Agent \"a\" \"id:1,phase:1,deny\"\n"},
        FixCase{"duplicate-target", "safe", "SecRule ARGS|ARGS:x \"a\" \"id:1,phase:2,deny\"\n",
                "SecRule ARGS \"a\" \"id:1,phase:2,deny\"\n", true},
        FixCase{"duplicate-target", "matches_are_counted",
                "SecRule ARGS:x|ARGS \"a\" \"id:1,phase:2,deny,setvar:tx.n=+1\"\n",
                "SecRule ARGS \"a\" \"id:1,phase:2,deny,setvar:tx.n=+1\"\n"},
        FixCase{"overlapping-target", "part",
                "SecRule ARGS|ARGS_POST|FILES \"a\" \"id:1,phase:2,deny\"\n",
                "SecRule ARGS|FILES \"a\" \"id:1,phase:2,deny\"\n"},
        FixCase{"transformation-order", "behind_the_last_decoder",
                "SecRule ARGS \"a\" \"id:1,phase:2,deny,t:none,\\\n  t:lowercase,\\\n  "
                "t:urlDecode,t:jsDecode,t:trim\"\n",
                "SecRule ARGS \"a\" \"id:1,phase:2,deny,t:none,\\\n  "
                "t:urlDecode,t:jsDecode,t:lowercase,t:trim\"\n"},
        FixCase{"t-none-not-first", "to_the_front",
                "SecRule ARGS \"a\" \"id:1,phase:2,deny,t:trim,t:none\"\n",
                "SecRule ARGS \"a\" \"id:1,phase:2,deny,t:none,t:trim\"\n"},
        FixCase{"t-none-missing", "spelled_out",
                "SecDefaultAction \"phase:2,log,pass,t:lowercase\"\n"
                "SecRule ARGS \"a\" \"id:1,phase:2,deny,t:trim\"\n"
                "SecRule ARGS \"a\" \"id:2,phase:2,deny\"\n",
                "SecDefaultAction \"phase:2,log,pass,t:lowercase\"\n"
                "SecRule ARGS \"a\" \"id:1,phase:2,deny,t:none,t:lowercase,t:trim\"\n"
                "SecRule ARGS \"a\" \"id:2,phase:2,deny,t:none,t:lowercase\"\n",
                true},
        FixCase{"duplicate-action", "without_effect",
                "SecRule ARGS \"a\" \"id:1,phase:2,log,deny,nolog\"\n",
                "SecRule ARGS \"a\" \"id:1,phase:2,deny,nolog\"\n"},
        FixCase{"nolog-with-msg", "message",
                "SecRule ARGS \"a\" \"id:1,phase:2,msg:'a',pass,nolog\"\n",
                "SecRule ARGS \"a\" \"id:1,phase:2,pass,nolog\"\n"},
        FixCase{"pass-without-nolog", "nolog",
                "#: profile crs\nSecRule ARGS \"a\" \"id:1,phase:2,pass,t:none\"\n",
                "#: profile crs\nSecRule ARGS \"a\" \"id:1,phase:2,pass,nolog,t:none\"\n"},
        FixCase{"severity-word-and-number-mixed", "word",
                "#: profile crs\nSecAction \"id:1,phase:1,pass,severity:'2'\"\n"
                "SecAction \"id:2,phase:1,pass,severity:ERROR\"\n",
                "#: profile crs\nSecAction \"id:1,phase:1,pass,severity:'CRITICAL'\"\n"
                "SecAction \"id:2,phase:1,pass,severity:ERROR\"\n",
                true}),
    [](const auto& test) {
      std::string name = std::string(test.param.check) + "_" + std::string(test.param.what);
      std::ranges::replace(name, '-', '_');
      return name;
    });

}  // namespace
}  // namespace wafcheck::lint
