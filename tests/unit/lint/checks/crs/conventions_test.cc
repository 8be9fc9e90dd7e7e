// What the checks on CRS's conventions find, and what they must not.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "tests/unit/lint/cases.h"

namespace wafcheck::lint {
namespace {

using Case = NamedCase;

class Conventions : public testing::TestWithParam<Case> {};
TEST_P(Conventions, AreChecked) {
  expect_said(GetParam());
}

const std::string kLevel1 =
    "SecRule TX:DETECTION_PARANOIA_LEVEL \"@lt 1\" \"id:942011,phase:1,pass,nolog\"\n";
const std::string kCrs =
    "#: file REQUEST-901-INITIALIZATION.conf\n"
    "SecRule TX:blocking_paranoia_level \"@gt 1\" \"id:901100,phase:1,pass,nolog\"\n"
    "SecRule &TX:sampling_percentage \"@eq 0\" \"id:901130,phase:1,pass,nolog\"\n";

INSTANTIATE_TEST_SUITE_P(
    Rows, Conventions,
    testing::Values(
        Case{
            "settings_that_are_read", "setup-variable-typo",
            "SecAction \"id:900130,phase:1,pass,nolog,setvar:tx.Sampling_Percentage=50\"\n" + kCrs},
        Case{"variables_of_ones_own", "setup-variable-typo",
             "SecAction \"id:1,phase:1,pass,nolog,setvar:tx.is_api=1\"\n" + kCrs},
        Case{"a_near_name_that_is_read", "setup-variable-typo",
             "SecAction \"id:1,phase:1,pass,nolog,setvar:tx.sampling_percentag=1\"\n"
             "SecRule TX:sampling_percentag \"@eq 1\" \"id:2,phase:1,pass,nolog\"\n" +
                 kCrs},
        Case{"old_names_without_crs", "setup-variable-typo",
             "SecAction \"id:1,phase:1,pass,nolog,setvar:tx.paranoia_level=1\"\n"},
        Case{"gone_from_crs",
             "setup-variable-typo",
             "SecAction \"id:900700,phase:1,pass,nolog,setvar:tx.dos_block_timeout=600\"\n" + kCrs,
             {"1:51 warning no rule of CRS reads tx.dos_block_timeout any more"}},
        Case{"misspelled",
             "setup-variable-typo",
             "SecAction \"id:900400,phase:1,pass,nolog,setvar:tx.sampling_precentage=50\"\n" + kCrs,
             {"1:51 warning no rule of CRS reads tx.sampling_precentage"}},
        Case{"same_level", "stricter-sibling",
             "SecRule ARGS \"@rx a\" \"id:942100,phase:2,block,tag:'paranoia-level/1'\"\n"
             "SecRule FILES \"@rx a\" \"id:942101,phase:2,block,tag:'paranoia-level/1'\"\n"},
        Case{"tags_of_crs_3", "approved-tags",
             "SecRule ARGS \"@rx a\" \"id:942100,phase:2,block,tag:'PCI/6.5.2'\"\n"},
        Case{"tag_above_all_levels", "paranoia-level",
             "SecRule ARGS \"@rx a\" \"id:942100,phase:2,block,tag:'paranoia-level/3'\"\n"},
        Case{"nolog_needs_no_tag", "paranoia-level",
             kLevel1 + "SecRule ARGS \"@rx a\" \"id:942100,phase:2,pass,nolog\"\n"},
        Case{"nolog_with_tag",
             "paranoia-level",
             kLevel1 +
                 "SecRule ARGS \"@rx a\" \"id:942100,phase:2,pass,nolog,tag:'paranoia-level/1'\"\n",
             {"2:56 warning paranoia-level/1 is only used in logs, and this rule does not log"}},
        Case{"no_tag",
             "paranoia-level",
             kLevel1 + "SecRule ARGS \"@rx a\" \"id:942100,phase:2,block\"\n",
             {"2:26 warning this rule of paranoia level 1 lacks the tag for its level"}},
        Case{"levels_end_with_the_file", "paranoia-level",
             kLevel1 + "#: file b.conf\nSecRule ARGS \"@rx a\" \"id:942100,phase:2,block\"\n"},
        Case{"rules_of_ones_own_have_no_level", "paranoia-level",
             kLevel1 + "SecRule ARGS \"@rx a\" \"id:1001,phase:2,block\"\n"},
        Case{"score_in_a_link",
             "severity-vs-score",
             "SecRule ARGS \"@rx a\" \"id:942100,phase:2,block,severity:'ERROR',chain\"\n"
             "SecRule ARGS \"@rx b\" "
             "\"setvar:'tx.inbound_anomaly_score_pl1=+%{tx.critical_anomaly_score}'\"\n",
             {"2:61 warning this scores as critical, but the severity is error"}},
        Case{"score_by_number", "severity-vs-score",
             "SecRule ARGS \"@rx a\" \"id:942100,phase:2,block,severity:2,"
             "setvar:'tx.inbound_anomaly_score_pl1=+%{tx.critical_anomaly_score}'\"\n"},
        Case{
            "scores_are_reset", "severity-vs-score",
            "SecAction \"id:901200,phase:1,pass,nolog,setvar:'tx.inbound_anomaly_score_pl1=0'\"\n"},
        Case{"no_file_tag_for_administration", "file-tag",
             "#: file REQUEST-949-BLOCKING-EVALUATION.conf\n"
             "SecRule TX:a \"@eq 1\" \"id:949110,phase:2,deny,tag:'OWASP_CRS'\"\n"},
        Case{"no_tags_for_settings", "file-tag", "SecAction \"id:900000,phase:1,pass,nolog\"\n"},
        Case{"versions_agree", "version",
             "SecAction \"id:942100,phase:1,pass,ver:'OWASP_CRS/4.0.0'\"\n"},
        Case{"classes_have_room_for_json", "args-names-json-prefix",
             "SecRule ARGS_NAMES \"@rx ^[^a]*b\" \"id:942100,phase:2,block\"\n"},
        Case{"not_anchored", "args-names-json-prefix",
             "SecRule ARGS_NAMES \"@rx user\" \"id:942100,phase:2,block\"\n"},
        Case{"files_of_crs_have_ids_of_crs", "id-collision-with-crs-range",
             "#: file REQUEST-942-APPLICATION-ATTACK-SQLI.conf\n"
             "SecRule ARGS \"@rx a\" \"id:942100,phase:2,block\"\n"},
        Case{"settings_have_ids_of_crs", "id-collision-with-crs-range",
             "SecAction \"id:900000,phase:1,pass,nolog\"\n"},
        Case{"responses_in_phase_5", "request-response-half",
             "SecRule TX:a \"@eq 1\" \"id:980170,phase:5,pass\"\n"},
        Case{"messages_of_variations", "message-duplicate",
             "SecRule ARGS \"@rx a\" \"id:942100,phase:2,block,msg:'a'\"\n"
             "SecRule ARGS \"@rx b\" \"id:942101,phase:2,block,msg:'a'\"\n"},
        Case{"plugin_after_crs", "plugin-files",
             "#: file REQUEST-901-INITIALIZATION.conf\n"
             "SecAction \"id:901001,phase:1,pass,nolog\"\n"
             "#: file foo-after.conf\nSecAction \"id:9500100,phase:2,pass,nolog\"\n"},
        Case{"tests_by_expectation", "missing-test",
             "#: test 942100-1 942100,942110\n"
             "SecRule ARGS \"@rx a\" \"id:942100,phase:2,block\"\n"
             "SecRule ARGS \"@rx b\" \"id:942110,phase:2,block\"\n"},
        Case{"tests_that_were_not_given", "missing-test",
             "SecRule ARGS \"@rx a\" \"id:942100,phase:2,block\"\n"}),
    [](const auto& row) { return row.param.name; });

TEST(ApprovedTags, AreThoseOfTheList) {
  Example example(
      "SecRule ARGS \"@rx a\" \"id:942100,phase:2,block,tag:'attack-sql',tag:'mine'\"\n");
  const parser::RulesetModel ruleset = example.load();
  example.options.selection.select = {"approved-tags"};
  example.options.crs.approved_tags = tags_in("# known\nattack-sqli\r\n\nmine\n");
  const parser::Diagnostics findings = run_checks(ruleset, example.options);
  ASSERT_EQ(findings.size(), 1U);
  EXPECT_EQ(findings[0].message, "attack-sql is not a tag of CRS");
  EXPECT_EQ(findings[0].help, "did you mean attack-sqli?");
}

TEST(Version, IsTheOneThatWasAskedFor) {
  Example example("SecAction \"id:942100,phase:1,pass,ver:'OWASP_CRS/4.0.0'\"\n");
  const parser::RulesetModel ruleset = example.load();
  example.options.selection.select = {"version"};
  example.options.crs.version = "4.1.0";
  const parser::Diagnostics findings = run_checks(ruleset, example.options);
  ASSERT_EQ(findings.size(), 1U);
  EXPECT_EQ(findings[0].message,
            "this rule has version OWASP_CRS/4.0.0, but should have OWASP_CRS/4.1.0");
}

}  // namespace
}  // namespace wafcheck::lint
