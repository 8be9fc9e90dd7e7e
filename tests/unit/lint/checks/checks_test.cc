// Every check finds its `bad` example and leaves its `good` one alone.

#include <gtest/gtest.h>

#include <algorithm>
#include <cctype>
#include <set>
#include <string>

#include "lint/checks/check.h"
#include "lint/checks/example.h"
#include "lint/report/text.h"
#include "parser/ruleset/ruleset.h"

namespace wafcheck::lint {
namespace {

bool finds(const CheckInfo& check, std::string_view text) {
  Example example(text);
  const parser::RulesetModel ruleset = example.load();
  example.options.selection.select = {std::string(check.name)};
  return std::ranges::any_of(
      run_checks(ruleset, example.options),
      [&](const parser::Diagnostic& finding) { return finding.check == check.name; });
}

class Examples : public testing::TestWithParam<CheckInfo> {};
TEST_P(Examples, AreJudgedRight) {
  EXPECT_TRUE(finds(GetParam(), GetParam().bad)) << GetParam().bad;
  EXPECT_FALSE(finds(GetParam(), GetParam().good)) << GetParam().good;
}

/// What no rules file can show: NUL bytes, files that are not there, and includes without end.
const std::set<std::string_view> kWithoutExample = {"SYN024", "SYN025", "SYN027", "SYN037"};

std::vector<CheckInfo> with_example() {
  std::vector<CheckInfo> some;
  std::ranges::copy_if(all_checks(), std::back_inserter(some), [](const CheckInfo& check) {
    return !kWithoutExample.contains(check.code);
  });
  return some;
}
INSTANTIATE_TEST_SUITE_P(Checks, Examples, testing::ValuesIn(with_example()),
                         [](const auto& check) { return std::string(check.param.code); });

TEST(Table, HasOneRowACodeAndName) {
  std::set<std::string_view> codes, names;
  for (const CheckInfo& check : all_checks()) {
    EXPECT_TRUE(codes.insert(check.code).second) << check.code;
    EXPECT_TRUE(names.insert(check.name).second) << check.name;
    EXPECT_TRUE(check.doc.ends_with('.')) << check.code;
    EXPECT_TRUE(check.why.ends_with('.')) << check.code;
    EXPECT_FALSE(check.good.empty()) << check.code;
    EXPECT_EQ(check.bad.empty(), kWithoutExample.contains(check.code)) << check.code;
    EXPECT_FALSE(category(check).empty()) << check.code;
    EXPECT_EQ(find_check(check.code), find_check(check.name));
  }
}

TEST(Selection, IgnoreWinsOverSelect) {
  Selection selection;
  selection.select = {"COR"};
  selection.ignore = {"marker-duplicate"};
  EXPECT_TRUE(selection.holds(*find_check("COR008"), false));
  EXPECT_FALSE(selection.holds(*find_check("COR012"), false));
  EXPECT_FALSE(selection.holds(*find_check("SYN001"), false));
}

TEST(Report, SaysTheSameThingOnce) {
  parser::Diagnostics twice(2);
  for (parser::Diagnostic& finding : twice) finding.message = "again";
  sort(twice);
  EXPECT_EQ(twice.size(), 1U);
}

}  // namespace
}  // namespace wafcheck::lint
