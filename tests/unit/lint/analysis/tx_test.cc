#include "lint/analysis/tx.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "lint/checks/example.h"

namespace wafcheck::lint {
namespace {

using parser::Variable;

constexpr std::string_view kAccess[] = {"assign", "add",  "subtract", "capture", "unset",
                                        "expire", "open", "target",   "count",   "macro"};

struct Case {
  std::string_view what;
  std::string_view rules;
  /// "PHASE/RULE/STEP ACCESS collection NAME", in load order
  std::vector<std::string> uses;
};

std::string describe(const TxUse& use) {
  return std::to_string(use.moment.phase) + "/" + std::to_string(use.moment.rule) + "/" +
         std::to_string(use.moment.step) + " " +
         std::string(kAccess[static_cast<size_t>(use.access)]) + " " +
         tx_title(use.collection, use.name.text);
}

class Uses : public testing::TestWithParam<Case> {};
TEST_P(Uses, AreFoundInOrder) {
  Example example(GetParam().rules);
  const parser::RulesetModel ruleset = example.load();
  const TxIndex index(ruleset);
  std::vector<std::string> uses;
  for (const TxUse& use : index.uses()) uses.push_back(describe(use));
  EXPECT_EQ(uses, GetParam().uses);
}

INSTANTIATE_TEST_SUITE_P(
    Tx, Uses,
    testing::Values(
        Case{"setvar",
             "SecAction \"id:1,phase:1,pass,setvar:tx.a=1,setvar:tx.b=+%{tx.c},setvar:!tx.d\"\n",
             {"1/0/3 assign tx.a", "1/0/3 macro tx.c", "1/0/3 add tx.b", "1/0/3 unset tx.d"}},
        Case{"targets",
             "SecRule TX:a|&TX:b|!TX:c|TX:/^d/|&TX|ARGS:x \"@eq 1\" \"id:1,phase:2,pass\"\n",
             {"2/0/0 target tx.a", "2/0/0 count tx.b", "2/0/0 target tx.^d", "2/0/0 count tx."}},
        Case{"operator_argument",
             "SecRule ARGS \"@streq %{tx.a}\" \"id:1,phase:2,pass\"\n",
             {"2/0/1 macro tx.a"}},
        Case{"no_macros_in_pm", "SecRule ARGS \"@pm %{tx.a}\" \"id:1,phase:2,pass\"\n", {}},
        Case{"messages_after_the_last_link",
             "SecRule ARGS \"a\" \"id:1,phase:2,pass,msg:'%{tx.a}',capture,chain\"\n"
             "SecRule ARGS \"b\" \"setvar:tx.a=1\"\n",
             {"2/1/4 macro tx.a", "2/0/2 capture tx.", "2/1/3 assign tx.a"}},
        Case{"name_with_macro",
             "SecAction \"id:1,phase:1,pass,setvar:'tx.n_%{ARGS.x}_z=1'\"\n",
             {"1/0/3 assign tx.n_%{ARGS.x}_z"}},
        Case{"collections",
             "SecAction \"id:1,phase:1,pass,initcol:ip=%{tx.key},expirevar:ip.block=60\"\n",
             {"1/0/3 macro tx.key", "1/0/3 open ip.", "1/0/3 expire ip.block"}},
        Case{"setsid",
             "SecAction \"id:1,phase:1,pass,setsid:%{tx.sid}\"\n",
             {"1/0/3 macro tx.sid", "1/0/3 open session."}},
        Case{"removed_rules_take_no_part",
             "SecAction \"id:1,phase:1,pass,setvar:tx.a=1\"\nSecRuleRemoveById 1\n",
             {}},
        Case{"updates_do",
             "SecRule ARGS \"a\" \"id:1,phase:2,pass\"\n"
             "SecRuleUpdateTargetById 1 \"TX:a\"\n"
             "SecRuleUpdateActionById 1 \"setvar:tx.b=1\"\n",
             {"2/0/0 target tx.a", "2/0/3 assign tx.b"}},
        Case{"default_actions_do",
             "SecDefaultAction \"phase:2,log,pass,setvar:tx.hits=+1\"\n"
             "SecRule ARGS \"a\" \"id:1,phase:2\"\n",
             {"2/0/3 add tx.hits"}}),
    [](const auto& test) { return std::string(test.param.what); });

struct Name {
  std::string_view what;
  std::string_view setvar;  ///< a name in setvar
  std::string_view name;
  bool matches;
};

class Patterns : public testing::TestWithParam<Name> {};
TEST_P(Patterns, StandForNames) {
  Example example("SecAction \"id:1,phase:1,pass,setvar:'tx." + std::string(GetParam().setvar) +
                  "=1'\"\nSecRule TX:" + std::string(GetParam().name) +
                  " \"@eq 1\" \"id:2,phase:1,pass\"\n");
  const parser::RulesetModel ruleset = example.load();
  const TxIndex index(ruleset);
  const TxVariable* variable = index.find(Variable::TX, GetParam().name);
  ASSERT_NE(variable, nullptr);
  EXPECT_EQ(index.earliest_value(*variable) != nullptr, GetParam().matches);
}

INSTANTIATE_TEST_SUITE_P(
    Tx, Patterns,
    testing::Values(Name{"the_same", "Score", "sCORE", true},
                    Name{"another", "score", "scores", false},
                    Name{"macro_last", "s_%{RULE.id}", "s_941", true},
                    Name{"macro_empty", "s_%{RULE.id}", "s_", true},
                    Name{"macro_first", "%{RULE.id}-x", "941-x", true},
                    Name{"macro_first_other_end", "%{RULE.id}-x", "941-y", false},
                    Name{"macro_between", "a%{RULE.id}b%{RULE.id}c", "a1b2c", true},
                    Name{"pieces_overlap", "ab%{RULE.id}bc", "abc", false},
                    Name{"piece_missing", "a%{RULE.id}b%{RULE.id}c", "a12c", false},
                    Name{"macro_alone", "%{RULE.id}", "any", true}),
    [](const auto& test) { return std::string(test.param.what); });

TEST(TxIndex, KnowsWhatIsRead) {
  Example example(
      "SecAction \"id:1,phase:1,pass,setvar:tx.score_a=1,setvar:tx.other=1,setvar:ip.x=1\"\n"
      "SecRule TX:/^score_/ \"@eq 1\" \"id:2,phase:1,pass\"\n"
      "SecRule &IP \"@eq 1\" \"id:3,phase:1,pass\"\n");
  const parser::RulesetModel ruleset = example.load();
  const TxIndex index(ruleset);
  EXPECT_TRUE(index.is_read(*index.find(Variable::TX, "score_a")));
  EXPECT_FALSE(index.is_read(*index.find(Variable::TX, "other")));
  EXPECT_TRUE(index.is_read(*index.find(Variable::IP, "x")));
  EXPECT_EQ(index.find(Variable::SESSION, "x"), nullptr);
}

TEST(TxIndex, FindsTheEarliestValue) {
  Example example(
      "SecAction \"id:1,phase:2,pass,setvar:tx.a=1\"\n"
      "SecAction \"id:2,phase:1,pass,setvar:'tx.%{RULE.id}=1'\"\n"
      "SecAction \"id:3,phase:1,pass,setvar:!tx.a\"\n");
  const parser::RulesetModel ruleset = example.load();
  const TxIndex index(ruleset);
  EXPECT_EQ(index.earliest_value(*index.find(Variable::TX, "a"))->rule, 1U);
}

TEST(TxIndex, KnowsWhatEnginesSet) {
  EXPECT_TRUE(is_set_by_engines(Variable::TX, "MSC_PCRE_LIMITS_EXCEEDED"));
  EXPECT_TRUE(is_set_by_engines(Variable::IP, "is_new"));
  EXPECT_FALSE(is_set_by_engines(Variable::TX, "is_new"));
}

TEST(TxIndex, IsLinearInHostileNames) {
  std::string rules;
  for (int i = 0; i < 20000; ++i) {
    const std::string n = std::to_string(i);
    rules += "SecAction \"id:" + std::to_string(i + 1) + ",phase:1,pass,setvar:'tx.a" + n +
             "%{RULE.id}x=1',setvar:tx.b" + n + "=1,setvar:'tx.c=%{tx.d" + n + "}'\"\n";
  }
  Example example(rules);
  const parser::RulesetModel ruleset = example.load();
  const TxIndex index(ruleset);
  size_t valued = 0;
  for (const TxVariable& variable : index.variables()) {
    valued += index.earliest_value(variable) != nullptr;
  }
  EXPECT_EQ(valued, 40001U);  // beyond the patterns that are looked at, each may stand for any name
}

}  // namespace
}  // namespace wafcheck::lint
