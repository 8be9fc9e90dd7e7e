// The fixes of the examples in the tables: made one after another, they leave nothing that their
// check finds, and make no new errors.

#include <gtest/gtest.h>

#include <algorithm>
#include <string>

#include "lint/check.h"
#include "lint/example.h"
#include "parser/ruleset.h"
#include "tests/unit/lint/apply.h"

namespace wafcheck::lint {
namespace {

/// What is found in a text of one file by one check.
struct Found {
  parser::Diagnostics findings;
  size_t errors = 0;
};

Found find(const CheckInfo& check, const std::string& text) {
  Example example(text);
  const parser::Ruleset ruleset = example.load();
  example.options.selection.select = {std::string(check.name)};
  Found found;
  found.findings = run_checks(ruleset, example.options);
  found.errors = static_cast<size_t>(
      std::ranges::count(found.findings, parser::Severity::error, &parser::Diagnostic::severity));
  std::erase_if(found.findings,
                [&](const parser::Diagnostic& finding) { return finding.check != check.name; });
  return found;
}

/// The fixes of `text`, made one at a time; empty where there is none.
std::string fixed(const CheckInfo& check, std::string text) {
  bool any = false;
  for (int round = 0; round < 50; ++round) {
    const Found found = find(check, text);
    const auto next = std::ranges::find_if(found.findings, [](const parser::Diagnostic& finding) {
      return finding.fix && !finding.fix->edits.empty();
    });
    if (next == found.findings.end()) return any ? text : "";
    any = true;
    const std::string after = apply(text, next->fix->edits);
    EXPECT_NE(after, text) << next->fix->title;
    EXPECT_EQ(next->fix->safe, check.fix == FixKind::safe) << next->fix->title;
    const Found then = find(check, after);
    EXPECT_LT(then.findings.size(), found.findings.size()) << after;
    EXPECT_LE(then.errors, found.errors) << after;
    if (after == text || then.findings.size() >= found.findings.size()) break;
    text = after;
  }
  return text;
}

class Fixes : public testing::TestWithParam<CheckInfo> {};

TEST_P(Fixes, LeaveNothingOfTheExample) {
  const CheckInfo& check = GetParam();
  // Edits are offsets in a file; of several, the first is the one that is fixed, and stands first.
  const std::string text(check.bad);
  const std::string after = fixed(check, text);
  EXPECT_FALSE(after.empty()) << "no fix for\n" << check.bad;
  EXPECT_TRUE(find(check, after).findings.empty()) << after;
}

std::vector<CheckInfo> with_fix() {
  std::vector<CheckInfo> some;
  std::ranges::copy_if(checks(), std::back_inserter(some), [](const CheckInfo& check) {
    return check.fix != FixKind::none && !check.bad.empty();
  });
  return some;
}
INSTANTIATE_TEST_SUITE_P(Checks, Fixes, testing::ValuesIn(with_fix()),
                         [](const auto& check) { return std::string(check.param.code); });

TEST(FixKind, IsNoneWhereNoFixIsOffered) {
  for (const CheckInfo& check : checks()) {
    if (check.fix != FixKind::none || check.bad.empty()) continue;
    for (const parser::Diagnostic& finding : find(check, std::string(check.bad)).findings) {
      EXPECT_FALSE(finding.fix) << check.code << ": " << finding.fix->title;
    }
  }
}

}  // namespace
}  // namespace wafcheck::lint
