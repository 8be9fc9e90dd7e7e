// Fingerprints, and baselines made of them.

#include "lint/report/baseline.h"

#include <gtest/gtest.h>

#include <set>
#include <sstream>
#include <string>

#include "lint/checks/check.h"
#include "lint/checks/example.h"
#include "tests/unit/lint/report/scene.h"

namespace wafcheck::lint {
namespace {

/// What the linter finds in a file of this path, by fingerprint.
std::vector<uint64_t> fingerprints(const std::string& path, const std::string& text) {
  Example example("#: file " + path + "\n" + text);
  const parser::RulesetModel ruleset = example.load();
  const parser::Diagnostics found = run_checks(ruleset, example.options);
  std::vector<uint64_t> all;
  for (const Finding& finding : fingerprinted(found, ruleset.sources))
    all.push_back(finding.fingerprint);
  return all;
}

constexpr std::string_view kTwice =
    "SecAction \"id:1,phase:1,pass,skipAfter:X\"\nSecAction \"id:2,phase:1,pass,skipAfter:X\"\n";

TEST(Fingerprint, SurvivesWhatMovesAFinding) {
  const std::string text(kTwice);
  const std::vector<uint64_t> before = fingerprints("rules/a.conf", text);
  ASSERT_EQ(before.size(), 2U);
  EXPECT_EQ(fingerprints("rules/a.conf", "# new\n\n# newer\n" + text), before) << "lines above";
  EXPECT_EQ(fingerprints("checkout/rules/a.conf", text), before) << "another directory";
  EXPECT_EQ(fingerprints("rules/a.conf", "  " + text), before) << "columns";
}

TEST(Fingerprint, TellsFindingsApart) {
  const std::string text(kTwice);
  const std::vector<uint64_t> all = fingerprints("a.conf", text);
  std::set<uint64_t> distinct(all.begin(), all.end());
  const auto add = [&](const std::string& path, const std::string& changed) {
    const std::vector<uint64_t> more = fingerprints(path, changed);
    EXPECT_FALSE(more.empty());
    distinct.insert(more.begin(), more.end());
  };
  EXPECT_EQ(distinct.size(), 2U) << "the rule's id";
  add("b.conf", text);
  EXPECT_EQ(distinct.size(), 4U) << "the file's name";
  add("a.conf", "SecAction \"id:1,phase:1,pass,skipAfter:Z\"\n");
  EXPECT_EQ(distinct.size(), 5U) << "the text";
  add("a.conf", "SecMarker X\nSecAction \"id:1,phase:1,pass,skipAfter:X\"\n");
  EXPECT_EQ(distinct.size(), 6U) << "the check";
}

TEST(Fingerprint, CountsFindingsThatAreAlike) {
  Scene scene;
  const parser::FileId file = scene.file("a.conf", "ARG ARG");
  scene.find({file, 0, 3}, "m");
  scene.find({file, 4, 7}, "m");
  const std::vector<Finding> two = fingerprinted(scene.findings, scene.ruleset.sources);
  EXPECT_NE(two[0].fingerprint, two[1].fingerprint);
  scene.findings.pop_back();
  EXPECT_EQ(fingerprinted(scene.findings, scene.ruleset.sources)[0].fingerprint,
            two[0].fingerprint);
}

TEST(Baseline, HoldsBackWhatItHolds) {
  Scene scene;
  const parser::FileId file = scene.file("a.conf", "A B C\xff");
  scene.find(scene.span(file, "A"), "m", "marker-duplicate");
  scene.find(scene.span(file, "B"), "m", "marker-duplicate");
  std::ostringstream written;
  write_baseline(scene.report(), written);

  scene.findings.erase(scene.findings.begin());
  scene.find(scene.span(file, "C\xff"), "\xff", "marker-duplicate");
  const Result<Baseline> baseline = Baseline::parse(written.str());
  ASSERT_TRUE(baseline) << baseline.error().message;
  EXPECT_EQ(baseline->size(), 2U);
  std::vector<Finding> findings = fingerprinted(scene.findings, scene.ruleset.sources);
  const BaselineUse use = baseline->hold_back(findings);
  EXPECT_EQ(use.held, 1U);
  EXPECT_EQ(use.stale, 1U);
  ASSERT_EQ(findings.size(), 1U);
  EXPECT_EQ(findings[0].diagnostic, &scene.findings[1]);
}

TEST(Baseline, NeverHidesThatRulesDoNotLoad) {
  Scene scene;
  scene.find(scene.span(scene.file("a.conf", "ARG"), "ARG"), "m", "unknown-variable");
  std::ostringstream written;
  write_baseline(scene.report(), written);
  EXPECT_EQ(written.str(), "{\"schema\":1,\"findings\":[\n]}\n");
  std::vector<Finding> findings = fingerprinted(scene.findings, scene.ruleset.sources);
  EXPECT_EQ(Baseline::of(findings).hold_back(findings).held, 0U);
  EXPECT_EQ(findings.size(), 1U);
}

struct BadBaseline {
  std::string_view text, error;
};

TEST(Baseline, SaysWhatIsWrongWithAFile) {
  constexpr BadBaseline kCases[] = {
      {"", "it is not JSON"},
      {"{\"schema\":1,\"findings\":[", "it is not JSON"},
      {"[]", "it has no array \"findings\""},
      {R"({"schema":1,"findings":{}})", "it has no array \"findings\""},
      {R"({"schema":2,"findings":[]})", "its schema is not 1"},
      {R"({"findings":[]})", "its schema is not 1"},
      {R"({"schema":1,"findings":[{"fingerprint":"0123456789abcdef"},7]})",
       "entry 1 of \"findings\" has no \"fingerprint\" of 16 hexadecimal digits"},
      {R"({"schema":1,"findings":[{"fingerprint":"123"}]})",
       "entry 0 of \"findings\" has no \"fingerprint\" of 16 hexadecimal digits"},
      {R"({"schema":1,"findings":[{"fingerprint":"0123456789abcdeg"}]})",
       "entry 0 of \"findings\" has no \"fingerprint\" of 16 hexadecimal digits"},
      {R"({"schema":1,"findings":[{"fingerprint":12}]})",
       "entry 0 of \"findings\" has no \"fingerprint\" of 16 hexadecimal digits"},
  };
  for (const BadBaseline& row : kCases) {
    const Result<Baseline> baseline = Baseline::parse(row.text);
    ASSERT_FALSE(baseline) << row.text;
    EXPECT_EQ(baseline.error().message, row.error) << row.text;
  }
}

}  // namespace
}  // namespace wafcheck::lint
