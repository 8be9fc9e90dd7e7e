#include "cli/tune/exclusion.h"

#include <gtest/gtest.h>

#include "tests/unit/parser/support.h"

namespace wafcheck::cli {
namespace {

Scope orders() {
  return {"^/api/orders$", "/api/orders", {"POST"}, {}};
}

std::string text_of(const Exclusion& exclusion, uint64_t id = 9) {
  return seclang_of(std::span(&exclusion, 1), id);
}

TEST(Exclusion, OfATargetIsAChainOfItsConditions) {
  Exclusion first{ExclusionKind::ctl_target, 942200, {}, "ARGS:note", {}, {}, orders()};
  Exclusion second = first;
  second.rule_id = 942440;
  EXPECT_EQ(seclang_of(std::vector{first, second}, 9900000),
            "SecRule REQUEST_METHOD \"@streq POST\" \\\n"
            "    \"id:9900000,\\\n"
            "    phase:1,\\\n"
            "    pass,\\\n"
            "    t:none,\\\n"
            "    nolog,\\\n"
            "    chain\"\n"
            "    SecRule REQUEST_FILENAME \"@streq /api/orders\" \\\n"
            "        \"t:none,\\\n"
            "        ctl:ruleRemoveTargetById=942200;ARGS:note,\\\n"
            "        ctl:ruleRemoveTargetById=942440;ARGS:note\"");
}

TEST(Exclusion, SeveralMethodsHostsAndPathsAreExpressions) {
  Exclusion exclusion{ExclusionKind::ctl_rule, 1, {}, {}, {}, {}, orders()};
  exclusion.scope = {"^/i/[0-9]+$", {}, {"GET", "POST"}, {"a.example"}};
  const std::string text = text_of(exclusion);
  EXPECT_NE(text.find("REQUEST_METHOD \"@rx ^(?:GET|POST)$\""), text.npos) << text;
  EXPECT_NE(text.find("REQUEST_HEADERS:Host \"@rx (?i)^a\\.example(?::[0-9]+)?$\""), text.npos)
      << text;
  EXPECT_NE(text.find("REQUEST_FILENAME \"@rx ^/i/[0-9]+$\""), text.npos) << text;
  EXPECT_NE(text.find("ctl:ruleRemoveById=1\""), text.npos) << text;
}

TEST(Exclusion, EveryKindLoadsInEveryEngine) {
  Exclusion odd{ExclusionKind::ctl_target, 1, {}, "ARGS:a[b].c", {}, {}, orders()};
  odd.scope.literal = "/a \"%{x}\\";
  odd.scope.path = "^/a\\x20\\x22\\x25\\{x\\}\\x5c$";
  const Exclusion rows[] = {
      odd,
      {ExclusionKind::ctl_target, 1, {}, "XML:/*", {}, {}, orders()},
      {ExclusionKind::ctl_tag, 0, "attack-sqli", "REQUEST_COOKIES:a", {}, {}, orders()},
      {ExclusionKind::ctl_rule, 1, {}, {}, {}, {}, orders()},
      {ExclusionKind::update_target, 1, {}, "REQUEST_HEADERS:User-Agent", {}, {}, {}},
      {ExclusionKind::remove, 1, {}, {}, {}, {}, {}},
      {ExclusionKind::setting, 0, {}, {}, "allowed_methods", "GET PUT", {}},
  };
  for (const auto profile : {parser::Profile::standard, parser::Profile::modsecurity2,
                             parser::Profile::modsecurity3, parser::Profile::coraza}) {
    for (const Exclusion& row : rows) {
      const parser::RulesetModel ruleset = parser::load_text(
          "SecRule ARGS|XML:/*|REQUEST_COOKIES|REQUEST_HEADERS \"@rx x\" "
          "\"id:1,phase:2,pass,tag:'attack-sqli'\"\n" +
              text_of(row) + "\n",
          profile);
      EXPECT_EQ(parser::told(ruleset), std::vector<std::string>()) << text_of(row);
    }
  }
}

TEST(Exclusion, AGateIsTheFirstCondition) {
  const Exclusion setting{ExclusionKind::setting, 0, {}, {}, "x", "1", {}};
  EXPECT_TRUE(seclang_of(std::span(&setting, 1), 9, "@contains /3/")
                  .starts_with("SecRule UNIQUE_ID \"@contains /3/\""));
  EXPECT_TRUE(text_of(setting).starts_with("SecAction"));
}

TEST(Exclusion, GroupsTellConditionsAndTargetsApart) {
  const Exclusion a{ExclusionKind::ctl_target, 1, {}, "ARGS:a", {}, {}, orders()};
  Exclusion other_rule = a, other_target = a, other_method = a, whole = a;
  other_rule.rule_id = 2;
  other_target.target = "ARGS:b";
  other_method.scope.methods = {"GET"};
  whole.kind = ExclusionKind::ctl_rule;
  whole.target.clear();
  EXPECT_EQ(a.group(), other_rule.group());
  for (const Exclusion* other : {&other_target, &other_method, &whole}) {
    EXPECT_NE(a.group(), other->group());
  }
}

}  // namespace
}  // namespace wafcheck::cli
