// Comments that silence checks: what they reach, and when they are stale.

#include "lint/checks/comments/suppressions.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "lint/checks/check.h"
#include "lint/checks/example.h"
#include "lint/report/text.h"

namespace wafcheck::lint {
namespace {

struct Case {
  std::string_view about, rules;
  std::vector<std::string> found;
  size_t suppressed;
};

std::vector<std::string> found_in(const Examination& report, const parser::RulesetModel& ruleset) {
  std::vector<std::string> found;
  for (const parser::Diagnostic& finding : report.findings) {
    const parser::Place at = ruleset.sources.begin_of(finding.span);
    found.push_back(std::to_string(at.line) + " " + std::string(finding.check));
  }
  return found;
}

// A missing marker is a fault that every line can have, and that stops nothing from loading.
TEST(Suppressions, Reach) {
  const Case cases[] = {
      {"a name, in the next directive only",
       "# wafcheck: ignore[skipafter-missing-marker] why\n"
       "SecAction \"id:1,phase:1,pass,skipAfter:A\"\n"
       "SecAction \"id:2,phase:1,pass,skipAfter:A\"\n",
       {"3 skipafter-missing-marker"},
       1},
      {"a code, whatever its case, and no reason",
       "  #WAFCHECK:Ignore[ cor008 ]\n\n# more\nSecAction \\\n  \"id:1,phase:1,pass,\\\n  "
       "skipAfter:A\"\n",
       {},
       1},
      {"several names",
       "# wafcheck: ignore[COR008,COR012]\nSecAction \"id:1,phase:1,pass,skipAfter:A\"\n",
       {"1 stale-suppression"},
       1},
      {"several comments",
       "# wafcheck: ignore[COR008]\n# wafcheck: ignore[COR001]\n"
       "SecAction \"id:1,phase:1,pass,skipAfter:A\"\n",
       {"2 stale-suppression"},
       1},
      {"the second comment to the same effect",
       "# wafcheck: ignore[COR008]\n# wafcheck: ignore[skipafter-missing-marker]\n"
       "SecAction \"id:1,phase:1,pass,skipAfter:A\"\n",
       {"2 stale-suppression"},
       1},
      {"a link is a directive of its own",
       "# wafcheck: ignore[COR007]\n"
       "SecRule ARGS a \"id:1,phase:1,pass,chain\"\nSecRule ARGS b \"msg:'x'\"\n",
       {"1 stale-suppression", "3 metadata-in-chained-rule"},
       0},
      {"above the link",
       "SecRule ARGS a \"id:1,phase:1,pass,chain\"\n"
       "# wafcheck: ignore[COR007]\nSecRule ARGS b \"msg:'x'\"\n",
       {},
       1},
      {"the whole file, from below too",
       "SecAction \"id:1,phase:1,pass,skipAfter:A\"\n# wafcheck: ignore-file[COR008]\n",
       {},
       1},
      {"that file only",
       "# wafcheck: ignore-file[COR008]\nSecAction \"id:1,phase:1,pass,skipAfter:A\"\n"
       "#: file b.conf\nSecAction \"id:2,phase:1,pass,skipAfter:A\"\n",
       {"1 skipafter-missing-marker"},
       1},
      {"a file that is loaded twice",
       "Include b.conf\nInclude b.conf\n#: file b.data\n#: file b.conf\n"
       "# wafcheck: ignore[COR008]\nSecAction \"id:2,phase:1,pass,skipAfter:A\"\n",
       {"2 duplicate-id"},
       1},
      {"nothing below", "SecMarker A\n# wafcheck: ignore[COR001]\n", {"2 stale-suppression"}, 0},
      {"the complaint about itself",
       "# wafcheck: ignore[COR001, MNT007] for others to come\nSecMarker A\n",
       {},
       1},
      {"errors of the syntax",
       "# wafcheck: ignore[unknown-directive] of the next version\nSecNew On\nSecMarker A\n",
       {},
       1},
      {"a misspelt name, and one that is nothing",
       "# wafcheck: ignore[duplicat-id]\n# wafcheck: ignore[zzz]\nSecMarker A\n",
       {"1 stale-suppression", "2 stale-suppression"},
       0},
      {"what cannot be read",
       "# wafcheck: ignore duplicate-id\n# wafcheck: ingore[COR001]\n# wafcheck: ignore[]\n"
       "# wafcheck: ignore[COR001\nSecMarker A\n",
       {"1 stale-suppression", "2 stale-suppression", "3 stale-suppression", "4 stale-suppression"},
       0},
      {"a remark", "# wafcheck: see the manual\n# wafcheck is a linter\nSecMarker A\n", {}, 0},
      {"of crs-linter: the whole chain, and silence about what it does not do here",
       "#crs-linter:ignore:duplicated_ids\n#CRS-linter : ignore : pass_nolog , some_new_one\n"
       "SecRule ARGS a \"id:1,phase:1,pass,chain\"\nSecRule ARGS b\n",
       {},
       0},
      {"of crs-linter, misspelt",
       "#crs-linter:ignore:duplicated_id\nSecMarker A\n",
       {"1 stale-suppression"},
       0},
      {"of crs-linter, used",
       "SecAction \"id:1,phase:1,pass\"\n#crs-linter:ignore:duplicated\n"
       "SecAction \"id:1,phase:1,pass\"\n",
       {},
       1},
  };
  for (const Case& row : cases) {
    Example example(row.rules);
    const parser::RulesetModel ruleset = example.load();
    example.options.selection.select = {"COR001", "COR007", "COR008", "COR012", "MNT007"};
    const Examination report = examine(ruleset, example.options);
    EXPECT_EQ(found_in(report, ruleset), row.found) << row.about;
    EXPECT_EQ(report.suppressed, row.suppressed) << row.about;
  }
}

TEST(Suppressions, OfCrsLinterReachTheWholeChain) {
  Example example(
      "#crs-linter:ignore:variables_usage,duplicated\n"
      "SecRule ARGS a \"id:1,phase:1,pass,chain\"\nSecRule ARGS b\nSecMarker A\n");
  const parser::RulesetModel ruleset = example.load();
  Suppressions suppressions(ruleset, example);
  const auto silenced = [&](parser::Span span) {
    parser::Diagnostics one(1);
    one[0].check = "duplicate-id";
    one[0].row = static_cast<parser::CheckRow>(Check::duplicate_id);
    one[0].span = span;
    return suppressions.silence(one) == 1;
  };
  EXPECT_TRUE(silenced(ruleset.rules[0].span));
  EXPECT_TRUE(silenced(ruleset.rules[1].span));
  EXPECT_FALSE(silenced(ruleset.markers[0].span));
  EXPECT_FALSE(silenced({}));
}

TEST(Suppressions, OfWhatWasNotLookedForAreNotStale) {
  Example example("# wafcheck: ignore[COR008]\nSecMarker A\n");
  const parser::RulesetModel ruleset = example.load();
  const auto found = [&](const Options& options) {
    return examine(ruleset, options).findings.size();
  };
  Options options = example.options;
  options.selection.select = {"COR008", "MNT007"};
  EXPECT_EQ(found(options), 1U);
  options.selection.ignore = {"COR008"};
  EXPECT_EQ(found(options), 0U);
  options.selection.ignore.clear();
  options.severities = {{"COR008", std::nullopt}};
  EXPECT_EQ(found(options), 0U);
  options.severities.clear();
  options.per_file_ignores = {{"*.conf", {"COR"}}};
  EXPECT_EQ(found(options), 0U);
}

TEST(Settling, SeveritiesAndFilesAreAsConfigured) {
  Example example(
      "SecAction \"id:1,phase:1,pass,skipAfter:A\"\n#: file other.conf\n"
      "SecAction \"id:2,phase:1,pass,skipAfter:B\"\nSecMarker X\nSecMarker X\n");
  const parser::RulesetModel ruleset = example.load();
  example.options.selection.select = {"COR008", "COR012"};
  example.options.severities = {{"COR008", parser::Severity::info},
                                {"marker-duplicate", std::nullopt}};
  example.options.per_file_ignores = {{"other.*", {"COR008"}}};
  const Examination report = examine(ruleset, example.options);
  ASSERT_EQ(report.findings.size(), 1U);
  EXPECT_EQ(report.findings[0].severity, parser::Severity::info);
  EXPECT_EQ(ruleset.sources.begin_of(report.findings[0].span).path, "example.conf");
  EXPECT_EQ(report.suppressed, 0U);
}

TEST(Suppressions, TakeNoTimeInGreatNumbers) {
  std::string rules;
  for (int i = 0; i < 50'000; ++i)
    rules += "# wafcheck: ignore[COR008]\n#crs-linter:ignore:duplicated\n";
  for (int i = 0; i < 20'000; ++i) rules += "SecRule ARGS a \"phase:1,chain\"\n";
  Example example(rules);
  const parser::RulesetModel ruleset = example.load();
  Suppressions suppressions(ruleset, example);
  parser::Diagnostics findings = ruleset.diagnostics;
  EXPECT_EQ(suppressions.silence(findings), 0U);
}

}  // namespace
}  // namespace wafcheck::lint
