#include <gmock/gmock.h>

#include "tests/unit/parser/support.h"

namespace wafcheck::parser {
namespace {

using testing::ElementsAre;
using testing::ElementsAreArray;
using testing::IsEmpty;

constexpr std::string_view kRules =
    "SecRule ARGS|TX:a x \"id:1,deny,tag:'attack/sqli',msg:'One'\"\n"
    "SecRule ARGS x \"id:2,deny,tag:'attack',chain\"\n SecRule TX:b x \"t:lowercase\"\n"
    "SecRule ARGS x \"id:5,pass,tag:'other',msg:'Five'\"\n";

std::vector<uint64_t> removed(const RulesetModel& ruleset) {
  std::vector<uint64_t> ids;
  for (const Rule& rule : ruleset.rules) {
    if (rule.removed()) ids.push_back(rule.id.value_or(0));
  }
  return ids;
}

struct RemovalCase {
  std::string directive;
  std::vector<uint64_t> removed;  ///< 0 for a link
  uint32_t hits;
};

TEST(Removals, TakeOutTheRulesTheyName) {
  for (const RemovalCase& c : std::vector<RemovalCase>{
           {"SecRuleRemoveById 1", {1}, 1},
           {"SecRuleRemoveById 2", {2, 0}, 1},
           {"SecRuleRemoveById 1-2", {1, 2, 0}, 2},
           {"SecRuleRemoveById \"1,5-9\"", {1, 5}, 2},
           {"SecRuleRemoveById 1 5", {1, 5}, 2},
           {"SecRuleRemoveById 3-4", {}, 0},
           {"SecRuleRemoveByTag attack", {2, 0}, 1},
           {"SecRuleRemoveByTag /^attack/", {1, 2, 0}, 2},
           {"SecRuleRemoveByTag Attack", {}, 0},
           {"SecRuleRemoveByMsg Five", {5}, 1},
           {"SecRuleRemoveByMsg /^(One|Five)$/", {1, 5}, 2},
       }) {
    const RulesetModel ruleset = load_text(std::string(kRules) + c.directive);
    EXPECT_THAT(told(ruleset), IsEmpty()) << c.directive;
    EXPECT_THAT(removed(ruleset), ElementsAreArray(c.removed)) << c.directive;
    ASSERT_EQ(ruleset.updates.size(), 1u);
    EXPECT_EQ(ruleset.updates[0].hits, c.hits) << c.directive;
  }
}

TEST(Removals, ReachEarlierRulesOnlyButInModSecurity3) {
  const std::string text = "SecRuleRemoveById 1\n" + std::string(kRules);
  EXPECT_THAT(removed(load_text(text)), IsEmpty());
  EXPECT_THAT(removed(load_text(text, Profile::modsecurity2)), IsEmpty());
  EXPECT_THAT(removed(load_text(text, Profile::modsecurity3)), ElementsAre(1u));
}

TEST(Removals, ByTagAreExpressionsInModSecurity2) {
  const std::string text = std::string(kRules) + "SecRuleRemoveByTag attack";
  EXPECT_THAT(removed(load_text(text, Profile::modsecurity2)), ElementsAre(1u, 2u, 0u));
}

std::string targets(const Rule& rule) {
  std::string out;
  for (const Target& target : rule.targets) {
    out += fmt::format("{}{}{}{}{} ", target.updated ? "+" : "", target.excluded ? "!" : "",
                       info(target.variable).name, target.selector.text.empty() ? "" : ":",
                       target.selector.text);
  }
  return out;
}

TEST(TargetUpdates, AddExcludeAndReplace) {
  struct Case {
    std::string directive;
    std::string first;
    std::string last;
  };
  for (const Case& c : std::vector<Case>{
           {"SecRuleUpdateTargetById 1 !ARGS:id", "ARGS TX:a +!ARGS:id ", "ARGS "},
           {"SecRuleUpdateTargetById 1-5 \"!ARGS:id,FILES\"", "ARGS TX:a +!ARGS:id +FILES ",
            "ARGS +!ARGS:id +FILES "},
           {"SecRuleUpdateTargetById 1 5 FILES", "ARGS TX:a +FILES ", "ARGS +FILES "},
           {"SecRuleUpdateTargetById 1 FILES ARGS", "TX:a +FILES ", "ARGS "},
           {"SecRuleUpdateTargetById 1 FILES TX:A", "ARGS +FILES ", "ARGS "},
           {"SecRuleUpdateTargetByTag other FILES", "ARGS TX:a ", "ARGS +FILES "},
           {"SecRuleUpdateTargetByMsg One \"!TX:a\"", "ARGS TX:a +!TX:a ", "ARGS "},
       }) {
    const RulesetModel ruleset = load_text(std::string(kRules) + c.directive);
    EXPECT_THAT(told(ruleset), IsEmpty()) << c.directive;
    EXPECT_EQ(targets(ruleset.rules.front()), c.first) << c.directive;
    EXPECT_EQ(targets(ruleset.rules.back()), c.last) << c.directive;
  }
}

TEST(ActionUpdates, AreMergedIntoTheRule) {
  const RulesetModel ruleset =
      load_text(std::string(kRules) +
                "SecRuleUpdateActionById 1 \"pass,status:404,t:none\"\n"
                "SecRuleUpdateActionById 2:1 \"t:none,t:urlDecode,nolog\"\n"
                "SecRuleUpdateActionById 2:2 \"log\"\n");
  EXPECT_THAT(told(ruleset), IsEmpty());
  const Rule& rule = ruleset.rules[0];
  EXPECT_FALSE(rule.has(Action::deny));
  EXPECT_TRUE(rule.has(Action::pass));
  ASSERT_TRUE(rule.has(Action::status));
  EXPECT_TRUE(rule.find(Action::status)->updated);
  EXPECT_TRUE(rule.has(Action::msg));
  EXPECT_THAT(ruleset.rules[2].pipeline, ElementsAre(Transformation::urlDecode));
  EXPECT_TRUE(ruleset.rules[2].has(Action::nolog));
  ASSERT_EQ(ruleset.updates.size(), 3u);
  EXPECT_EQ(ruleset.updates[1].hits, 1u);
  EXPECT_EQ(ruleset.updates[2].hits, 0u);
}

TEST(ActionUpdates, GiveTagsThatLaterUpdatesName) {
  const RulesetModel ruleset = load_text(std::string(kRules) +
                                         "SecRuleUpdateActionById 5 \"tag:'new',tag:'new'\"\n"
                                         "SecRuleUpdateActionById 2:1 \"tag:'new'\"\n"
                                         "SecRuleUpdateTargetByTag new !ARGS:x\n"
                                         "SecRuleRemoveByTag new\n");
  EXPECT_THAT(removed(ruleset), ElementsAre(5));  // a link's tag names no chain
  ASSERT_EQ(ruleset.updates.size(), 4u);
  EXPECT_EQ(ruleset.updates[2].hits, 1u);
  EXPECT_EQ(ruleset.updates[3].hits, 1u);
}

TEST(Removals, NameRulesOnBothSidesOfAnEarlierOne) {
  const RulesetModel ruleset = load_text(
      "SecAction \"id:1,phase:1,pass,tag:'a'\"\nSecRuleRemoveByTag a\n"
      "SecAction \"id:2,phase:1,pass,tag:'a'\"\nSecRuleRemoveByTag a\n"
      "SecAction \"id:3,phase:1,pass,tag:'a'\"\nSecRuleRemoveById 1-9\n"
      "SecAction \"id:4,phase:1,pass,tag:'a'\"\n");
  EXPECT_THAT(removed(ruleset), ElementsAre(1, 2, 3));
  ASSERT_EQ(ruleset.updates.size(), 3u);
  for (const Update& update : ruleset.updates) EXPECT_EQ(update.hits, 1u);
}

TEST(Updates, ThatCannotBeUsedAreReported) {
  struct Case {
    std::string directive;
    std::vector<std::string> told;
  };
  for (const Case& c : std::vector<Case>{
           {"SecRuleRemoveById", {"invalid-directive-argument 1:1"}},
           {"SecRuleRemoveById 9-5", {"invalid-rule-id 1:19"}},
           {"SecRuleRemoveById 1 x", {"invalid-rule-id 1:21"}},
           {"SecRuleRemoveByTag /a(/", {"invalid-regex 1:22"}},
           {"SecRuleRemoveByTag a b", {"invalid-directive-argument 1:22"}},
           {"SecRuleUpdateTargetById 1", {"invalid-directive-argument 1:1"}},
           {"SecRuleUpdateTargetById 1 !ARGZ", {"unknown-variable 1:28"}},
           {"SecRuleUpdateTargetById 1 ARGS TX:a x", {"invalid-directive-argument 1:37"}},
           {"SecRuleUpdateActionById 1 \"id:2,pass\"", {"update-of-id-or-phase 1:28"}},
           {"SecRuleUpdateActionById 1:x pass", {"invalid-directive-argument 1:26"}},
           {"SecRuleUpdateActionById 1", {"invalid-directive-argument 1:1"}},
       }) {
    EXPECT_THAT(told(load_text(c.directive)), ElementsAreArray(c.told)) << c.directive;
  }
}

}  // namespace
}  // namespace wafcheck::parser
