// lint --fix and --diff on files: what is written, and what is not.

#include <sys/stat.h>

#include <string>

#include "tests/unit/cli/scratch.h"

namespace wafcheck::cli {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kStale =
    "# wafcheck: ignore[duplicate-id] once\r\nSecAction \"id:1,phase:1,pass,nolog\"\t\n";
constexpr std::string_view kFixed = "SecAction \"id:1,phase:1,pass,nolog\"\t\n";

class LintFix : public Scratch {};

TEST_F(LintFix, WritesWhatChangedAndKeepsModeAndLinks) {
  write("real/a.conf", kStale);
  fs::permissions("real/a.conf", fs::perms(0640));
  fs::create_symlink("real/a.conf", "a.conf");
  write("clean.conf", "SecAction \"id:2,phase:1,pass,nolog\"\n");
  const auto written = fs::last_write_time("clean.conf");
  EXPECT_EQ(run({"lint", "--select", "COR001,COR012,MNT007", "--fix", "a.conf", "clean.conf"}), kOk)
      << err_;
  EXPECT_EQ(out_, "2 files, 2 rules: nothing found\n1 fixed, 0 left\n");
  EXPECT_EQ(read("real/a.conf"), kFixed);
  EXPECT_TRUE(fs::is_symlink("a.conf"));
  EXPECT_EQ(fs::status("real/a.conf").permissions(), fs::perms(0640));
  EXPECT_EQ(fs::last_write_time("clean.conf"), written);
  EXPECT_EQ(std::distance(fs::directory_iterator("real"), {}), 1) << "leaves a file behind";
  EXPECT_EQ(run({"lint", "--select", "COR001,COR012,MNT007", "--fix", "a.conf"}), kOk);
  EXPECT_EQ(out_, "1 file, 1 rule: nothing found\n0 fixed, 0 left\n");
}

TEST_F(LintFix, LeavesAloneWhatIsIncludedFromElsewhere) {
  write("vendor/a.conf", kStale);
  write("site/below/b.conf", "# wafcheck: ignore[COR012]\nSecAction \"id:2,phase:1,pass,nolog\"\n");
  write("site/main.conf", "Include ../vendor/a.conf\nInclude below/b.conf\n");
  EXPECT_EQ(run({"lint", "--select", "COR001,COR012,MNT007", "--fix", "site/main.conf"}), kNo)
      << out_;
  EXPECT_NE(out_.find("1 fixed, 1 left\n"), std::string::npos) << out_;
  EXPECT_EQ(read("vendor/a.conf"), kStale);
  EXPECT_EQ(read("site/below/b.conf"), "SecAction \"id:2,phase:1,pass,nolog\"\n");
  EXPECT_EQ(
      run({"lint", "--select", "COR001,COR012,MNT007", "--fix", "vendor", "site/below/b.conf"}),
      kOk)
      << out_;
  EXPECT_EQ(read("vendor/a.conf"), kFixed);
}

TEST_F(LintFix, ShowsADifferenceAndChangesNothing) {
  write("a.conf", kStale);
  EXPECT_EQ(run({"lint", "--select", "COR001,COR012,MNT007", "--diff", "a.conf"}), kNo);
  EXPECT_EQ(out_,
            "--- a.conf\n+++ a.conf\n@@ -1,2 +1 @@\n-# wafcheck: ignore[duplicate-id] once\r\n"
            " SecAction \"id:1,phase:1,pass,nolog\"\t\n");
  EXPECT_EQ(err_, "wafcheck: note: 1 finding would be fixed\n");
  EXPECT_EQ(read("a.conf"), kStale);
  EXPECT_EQ(run({"lint", "--select", "COR001,COR012,MNT007", "--diff", "--fix", "--quiet",
                 "--exit-zero", "a.conf"}),
            kOk);
  EXPECT_EQ(err_, "");
  EXPECT_EQ(read("a.conf"), kStale);
  write("a.conf", kFixed);
  EXPECT_EQ(run({"lint", "--select", "COR001,COR012,MNT007", "--diff", "a.conf"}), kOk);
  EXPECT_EQ(out_, "");
}

TEST_F(LintFix, TakesUnsafeFixesOnlyWhenAsked) {
  const std::string misspelt =
      "# wafcheck: ignore[duplicat-id]\nSecAction \"id:1,phase:1,pass,nolog\"\n";
  write("a.conf", misspelt);
  EXPECT_EQ(run({"lint", "--select", "COR001,COR012,MNT007", "a.conf"}), kNo);
  EXPECT_NE(out_.find("fixable: 1 with --unsafe-fixes\n"), std::string::npos) << out_;
  EXPECT_EQ(run({"lint", "--select", "COR001,COR012,MNT007", "--fix", "a.conf"}), kNo);
  EXPECT_EQ(read("a.conf"), misspelt);
  EXPECT_EQ(run({"lint", "--select", "COR001,COR012,MNT007", "--unsafe-fixes", "a.conf"}),
            kTrouble);
  EXPECT_EQ(err_, "wafcheck: error: --unsafe-fixes goes with --fix or --diff\n");
  // Read aright it is stale, and goes.
  EXPECT_EQ(run({"lint", "--select", "COR001,COR012,MNT007", "--fix", "--unsafe-fixes", "a.conf"}),
            kOk);
  EXPECT_EQ(read("a.conf"), "SecAction \"id:1,phase:1,pass,nolog\"\n");
  EXPECT_NE(out_.find("2 fixed, 0 left\n"), std::string::npos) << out_;
}

TEST_F(LintFix, WritesStandardInputToStandardOutput) {
  EXPECT_EQ(run({"lint", "--select", "COR001,COR012,MNT007", "--fix", "-"}, std::string(kStale)),
            kOk);
  EXPECT_EQ(out_, kFixed);
  EXPECT_EQ(err_, "1 file, 1 rule: nothing found\n1 fixed, 0 left\n");
  EXPECT_EQ(run({"lint", "--select", "COR001,COR012,MNT007", "--fix", "-"}, std::string(kFixed)),
            kOk);
  EXPECT_EQ(out_, kFixed);
}

TEST_F(LintFix, SaysSoWhereItCannotWrite) {
  if (geteuid() == 0) GTEST_SKIP() << "root may write everywhere";
  write("ro/a.conf", kStale);
  fs::permissions("ro/a.conf", fs::perms(0440));
  EXPECT_EQ(run({"lint", "--select", "COR001,COR012,MNT007", "--fix", "ro/a.conf"}), kTrouble);
  EXPECT_EQ(read("ro/a.conf"), kStale);
}

TEST_F(LintFix, CountsInJson) {
  write("a.conf",
        "# wafcheck: ignore[COR008]\nSecAction \"id:1,phase:1,pass,skipAfter:A\"\n"
        "# wafcheck: ignore[COR008]\nSecMarker B\n");
  EXPECT_EQ(run({"lint", "--select", "COR008,MNT007", "--fix", "--format", "json", "a.conf"}), kOk)
      << out_;
  EXPECT_NE(out_.find(R"("suppressed":1,"fixed":1)"), std::string::npos) << out_;
}

TEST_F(LintFix, SuppressedErrorsOfTheSyntaxStillEndWithTwo) {
  write("a.conf",
        "# wafcheck: ignore[unknown-directive]\nSecNew On\nSecAction \"id:1,phase:1,pass\"\n");
  EXPECT_EQ(run({"lint", "--select", "COR001,COR012,MNT007", "a.conf"}), kTrouble);
  EXPECT_EQ(out_, "1 file, 1 rule: nothing found, 1 suppressed\n");
  EXPECT_EQ(err_,
            "wafcheck: error: the rules did not load completely; their errors are not shown\n");
}

}  // namespace
}  // namespace wafcheck::cli
