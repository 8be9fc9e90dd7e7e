#include <gmock/gmock.h>

#include "tests/unit/parser/support.h"

namespace wafcheck::parser {
namespace {

using testing::ElementsAre;

/// The names of the actions that hold for the last rule, then its pipeline.
std::string holds(const RulesetModel& ruleset) {
  std::string out;
  const Rule& rule = ruleset.rules.back();
  for (const ActionUse* use : rule.effective) {
    if (use->id == Action::id || use->id == Action::phase) continue;
    out += fmt::format("{}{}{} ", info(use->id).name, use->raw.empty() ? "" : ":", use->raw);
  }
  for (const Transformation t : rule.pipeline) out += fmt::format("t:{} ", info(t).name);
  return out;
}

struct ResolveCase {
  std::string name;
  std::string text;
  std::string holds;
  Profile profile = Profile::standard;
};

class Resolve : public testing::TestWithParam<ResolveCase> {};

TEST_P(Resolve, TakesDefaultsAndOwnActionsTogether) {
  EXPECT_EQ(holds(load_text(GetParam().text, GetParam().profile)), GetParam().holds);
}

const std::string kDefaults =
    "SecDefaultAction \"phase:1,log,auditlog,deny,status:418,t:lowercase,tag:d\"\n"
    "SecDefaultAction \"phase:2,nolog,pass\"\n";

INSTANTIATE_TEST_SUITE_P(
    Actions, Resolve,
    testing::ValuesIn(std::vector<ResolveCase>{
        {"own_only", "SecAction \"id:1,phase:1,log,msg:'a'\"", "log msg:a "},
        {"inherits", kDefaults + "SecAction \"id:1,phase:1\"",
         "log auditlog deny status:418 tag:d t:lowercase "},
        {"by_phase", kDefaults + "SecAction \"id:1,phase:2\"", "nolog pass "},
        {"phase_of_none", kDefaults + "SecAction \"id:1\"", "nolog pass "},
        {"other_phase", kDefaults + "SecAction \"id:1,phase:3\"", ""},
        {"earlier_rule", "SecAction \"id:1,phase:1\"\n", ""},
        {"own_disruptive_takes_none_of_the_defaults", kDefaults + "SecAction \"id:1,phase:1,pass\"",
         "log auditlog tag:d pass t:lowercase "},
        {"block", kDefaults + "SecAction \"id:1,phase:1,block,msg:'m'\"",
         "log auditlog deny status:418 tag:d msg:m t:lowercase "},
        {"own_deny_takes_the_status_of_the_defaults", kDefaults + "SecAction \"id:1,phase:1,deny\"",
         "log auditlog status:418 tag:d deny t:lowercase "},
        {"defaults_with_block_too",
         "SecDefaultAction \"phase:2,deny,block\"\nSecAction \"id:1,phase:2,block\"", "deny "},
        {"block_with_status", kDefaults + "SecAction \"id:1,phase:1,block,status:404\"",
         "log auditlog deny tag:d status:404 t:lowercase "},
        {"block_without_defaults", "SecAction \"id:1,phase:1,block\"", ""},
        {"last_disruptive_wins", "SecAction \"id:1,deny,block,pass\"", "pass "},
        {"t_none_clears", kDefaults + "SecAction \"id:1,phase:1,pass,t:none,t:urlDecode\"",
         "log auditlog tag:d pass t:urlDecode "},
        {"t_appends", kDefaults + "SecAction \"id:1,phase:1,pass,t:urlDecode\"",
         "log auditlog tag:d pass t:lowercase t:urlDecode "},
        {"nolog_silences_the_audit_log", kDefaults + "SecAction \"id:1,phase:1,pass,nolog\"",
         "tag:d pass nolog t:lowercase "},
        {"nolog_then_auditlog", "SecAction \"id:1,nolog,auditlog\"", "nolog auditlog "},
        {"log_then_noauditlog", "SecAction \"id:1,log,noauditlog\"", "log noauditlog "},
        {"log_after_nolog", kDefaults + "SecAction \"id:1,log\"", "pass log "},
        {"single_ones_replace", "SecAction \"id:1,msg:a,msg:b,severity:1,severity:2\"",
         "msg:b severity:2 "},
        {"many_stay", "SecAction \"id:1,tag:a,tag:b,setvar:tx.a,setvar:tx.b\"",
         "tag:a tag:b setvar:tx.a setvar:tx.b "},
        {"link_takes_transformations_only",
         kDefaults + "SecRule ARGS a \"id:1,phase:1,chain\"\nSecRule ARGS b \"setvar:tx.a\"",
         "setvar:tx.a t:lowercase "},
        {"modsecurity3_inherits_no_disruptive", kDefaults + "SecAction \"id:1,phase:1\"",
         "log auditlog status:418 tag:d t:lowercase ", Profile::modsecurity3},
        {"modsecurity3_blocks", kDefaults + "SecAction \"id:1,phase:1,block\"",
         "log auditlog deny status:418 tag:d t:lowercase ", Profile::modsecurity3},
        {"modsecurity2_knows_one_default", kDefaults + "SecAction \"id:1,phase:1\"", "nolog pass ",
         Profile::modsecurity2},
    }),
    [](const auto& test) { return test.param.name; });

TEST(ResolvePhases, ModSecurity2TakesThatOfTheDefault) {
  const std::string text = "SecDefaultAction \"phase:4,pass\"\nSecAction id:1";
  EXPECT_EQ(load_text(text).rules[0].phase, 2);
  EXPECT_EQ(load_text(text, Profile::modsecurity2).rules[0].phase, 4);
}

TEST(ResolvePhases, DefaultsReachBackInModSecurity3) {
  const std::string text = "SecAction \"id:1,phase:1\"\nSecDefaultAction \"phase:1,nolog,pass\"";
  EXPECT_EQ(holds(load_text(text)), "");
  EXPECT_EQ(holds(load_text(text, Profile::modsecurity3)), "nolog ");
}

TEST(ResolvedActions, StayWhereTheyAreWhenTheRulesetMoves) {
  RulesetModel ruleset = load_text(kDefaults + "SecAction \"id:1,phase:1,msg:'m'\"");
  const ActionUse* const message = ruleset.rules[0].find(Action::msg);
  const ActionUse* const deny = ruleset.rules[0].find(Action::deny);
  const RulesetModel moved = std::move(ruleset);
  EXPECT_EQ(moved.rules[0].find(Action::msg), message);
  EXPECT_EQ(message->raw, "m");
  EXPECT_EQ(moved.rules[0].find(Action::deny), deny);
  EXPECT_EQ(moved.sources.text(deny->span), "deny");
}

}  // namespace
}  // namespace wafcheck::parser
