// Both kinds of overrides files, and what they make of a stage.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "formats/ftw/ftw.h"

namespace wafcheck::formats {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using Kind = FtwVerdict::Kind;

constexpr std::string_view kPlatform = R"(---
version: "v0.0.0"
meta:
  engine: coraza
  platform: go
  annotations:
    - purpose: "x"
test_overrides:
  - rule_id: 920100
    test_ids: [4, 8]
    reason: "refused by the server"
    output:
      status: 400
      log: {no_expect_ids: [920100]}
  - rule_id: 920100
    test_ids: [8]
    stage_ids: [1, 2]
    retry_once: true
    reason: "passes as it is"
)";

FtwTest test_of(uint64_t rule, std::string test) {
  FtwTest made;
  made.rule_id = rule;
  made.test_id = std::move(test);
  return made;
}

TEST(FtwOverrides, ReadsAPlatformsFile) {
  const FtwOverridesFile file = parse_ftw_overrides(kPlatform);
  EXPECT_THAT(file.problems, IsEmpty());
  EXPECT_THAT(file.notes, IsEmpty());
  ASSERT_EQ(file.overrides.rows.size(), 2U);
  const FtwOverrides::Row& first = file.overrides.rows[0];
  EXPECT_EQ(first.rule_id, 920100U);
  EXPECT_THAT(first.test_ids, ElementsAre("4", "8"));
  EXPECT_THAT(first.stage_ids, IsEmpty());
  EXPECT_EQ(first.reason, "refused by the server");
  ASSERT_TRUE(first.output);
  EXPECT_EQ(first.output->status, 400);
  EXPECT_THAT(first.output->no_expect_ids, ElementsAre(920100));
  EXPECT_THAT(file.overrides.rows[1].stage_ids, ElementsAre(1, 2));
  EXPECT_FALSE(file.overrides.rows[1].output);
}

TEST(FtwOverrides, AcceptsAnnotationsAsAMap) {
  const FtwOverridesFile file =
      parse_ftw_overrides("version: v\nmeta: {annotations: {a: b}}\ntest_overrides: []\n");
  EXPECT_THAT(file.problems, IsEmpty());
  EXPECT_THAT(file.notes, IsEmpty());
}

TEST(FtwOverrides, ReadsTheRunnersConfiguration) {
  const FtwOverridesFile file = parse_ftw_overrides(R"(logfile: /var/log/x
testoverride:
  input: {dest_addr: 10.0.0.1}
  ignore:
    '920\d+-1$': "known"
    '^1-': ~
  forcepass: {'2-2': "fine"}
  forcefail: {'3-3': "bad"}
)");
  EXPECT_THAT(file.problems, IsEmpty());
  EXPECT_THAT(file.overrides.ignore,
              ElementsAre(std::pair("920\\d+-1$", "known"), std::pair("^1-", "")));
  EXPECT_THAT(file.overrides.forcepass, ElementsAre(std::pair("2-2", "fine")));
  EXPECT_THAT(file.overrides.forcefail, ElementsAre(std::pair("3-3", "bad")));
  EXPECT_THAT(file.notes, ElementsAre("line 1: this setting does not apply to a run in process",
                                      "line 3: this setting does not apply to a run in process"));
}

TEST(FtwOverrides, SaysWhatIsWrong) {
  const std::tuple<std::string_view, uint32_t, std::string_view> cases[] = {
      {"[]", 1, "expected a map, found a list"},
      {"test_overrides: x\n", 1, "expected a list, found 'x'"},
      {"test_overrides:\n  - test_ids: [1]\n", 2, "expected a rule_id"},
      {"test_overrides:\n  - rule_id: 1\n    test_ids: [a]\n", 3,
       "expected a whole number, found 'a'"},
      {"testoverride:\n  ignore:\n    '(': x\n", 3, "expected a regular expression: "},
      {"a: [\n", 2, "while parsing a flow node: did not find expected node content"},
  };
  for (const auto& [yaml, line, message] : cases) {
    const FtwOverridesFile file = parse_ftw_overrides(yaml);
    ASSERT_EQ(file.problems.size(), 1U) << yaml;
    EXPECT_EQ(file.problems[0].line, line) << yaml;
    EXPECT_THAT(file.problems[0].message, HasSubstr(message));
    EXPECT_THAT(file.overrides.rows, IsEmpty()) << yaml;
  }
}

TEST(FtwOverrides, NotesRowsWithoutEffectAndUnknownKeys) {
  EXPECT_THAT(parse_ftw_overrides("test_overrides:\n  - rule_id: 1\n").notes,
              ElementsAre(HasSubstr("it applies to no test")));
  EXPECT_THAT(parse_ftw_overrides("test_override: []\n").notes,
              ElementsAre(HasSubstr("did you mean 'test_overrides'?")));
  EXPECT_THAT(parse_ftw_overrides("# nothing\n").notes,
              ElementsAre("holds no overrides, only comments"));
}

TEST(FtwOverrider, AppliesRows) {
  const FtwOverridesFile file = parse_ftw_overrides(kPlatform);
  const auto overrider = FtwOverrider::make(file.overrides);
  ASSERT_TRUE(overrider);
  const FtwVerdict replaced = overrider->verdict(test_of(920100, "4"), 0);
  EXPECT_EQ(replaced.kind, Kind::run);
  ASSERT_NE(replaced.output, nullptr);
  EXPECT_EQ(replaced.output->status, 400);

  EXPECT_EQ(overrider->verdict(test_of(920100, "8"), 0).kind, Kind::run);
  const FtwVerdict passed = overrider->verdict(test_of(920100, "8"), 1);
  EXPECT_EQ(passed.kind, Kind::force_pass);
  EXPECT_EQ(passed.reason, "passes as it is");

  EXPECT_EQ(overrider->verdict(test_of(920100, "5"), 0).output, nullptr);
  EXPECT_EQ(overrider->verdict(test_of(920101, "4"), 0).output, nullptr);
}

TEST(FtwOverrider, AppliesExpressionsInOrderOfPrecedence) {
  FtwOverrides overrides;
  overrides.forcepass = {{"1", "pass"}};
  overrides.forcefail = {{"1-1", "fail"}};
  overrides.ignore = {{"^1-1$", "ignore"}};
  const auto overrider = FtwOverrider::make(overrides);
  ASSERT_TRUE(overrider);
  EXPECT_EQ(overrider->verdict(test_of(1, "1"), 0).kind, Kind::ignore);
  EXPECT_EQ(overrider->verdict(test_of(1, "1"), 0).reason, "ignore");
  EXPECT_EQ(overrider->verdict(test_of(1, "10"), 0).kind, Kind::force_fail) << "not anchored";
  EXPECT_EQ(overrider->verdict(test_of(21, "2"), 0).kind, Kind::force_pass);
  EXPECT_EQ(overrider->verdict(test_of(2, "2"), 0).kind, Kind::run);

  overrides.ignore = {{"(", ""}};
  EXPECT_FALSE(FtwOverrider::make(overrides));
}

}  // namespace
}  // namespace wafcheck::formats
