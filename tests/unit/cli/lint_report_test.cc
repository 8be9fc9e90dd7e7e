// What lint does with its findings: exit codes, streams, files and baselines.

#include <gtest/gtest.h>

#include <cstdlib>
#include <iterator>
#include <sstream>
#include <string>
#include <vector>

#include "cli/command.h"
#include "tests/scratch.h"
#include "tests/test_data.h"

namespace wafcheck::cli {
namespace {

using Arguments = std::vector<std::string>;

class LintReport : public testing::Test {
 protected:
  void SetUp() override {
    write("good.conf", "SecAction \"id:1,phase:1,pass,nolog\"\n");
    write("marker.conf",
          "SecAction \"id:1,phase:1,pass,nolog,skipAfter:A\"\nSecMarker A\nSecMarker A\n");
    write("broken.conf", "SecRul ARGS x\nSecAction \"id:1,phase:1,pass,nolog\"\n");
    write("warning.conf", "\xEF\xBB\xBFSecAction \"id:1,phase:1,pass,nolog\"\n");
    write("empty.conf", "# nothing\n");
  }

  std::string at(const std::string& name) const { return directory_ / name; }
  void write(const std::string& name, std::string_view text) const { directory_.write(name, text); }
  std::string read(const std::string& name) const { return tests::read(at(name)); }

  int lint(const std::string& rules, const Arguments& more = {}) {
    Arguments arguments = {"lint"};
    arguments.insert(arguments.end(), more.begin(), more.end());
    if (!rules.empty()) arguments.push_back(at(rules));
    std::istringstream in;
    std::ostringstream out, err;
    Streams streams{in, out, err, terminal_, terminal_, columns_};
    const int code = run(arguments, streams);
    out_ = out.str();
    err_ = err.str();
    return code;
  }

  tests::ScratchDirectory directory_;
  std::string out_, err_;
  bool terminal_ = false;
  size_t columns_ = 0;
};

struct ExitCase {
  std::string rules;
  Arguments options;
  int code;
};

TEST_F(LintReport, ExitCodes) {
  const ExitCase kCases[] = {
      {"good.conf", {}, kOk},
      {"marker.conf", {}, kNo},
      {"marker.conf", {"--exit-zero"}, kOk},
      {"marker.conf", {"--fail-on", "error"}, kNo},
      {"marker.conf", {"--ignore", "marker-duplicate"}, kOk},
      {"warning.conf", {}, kNo},
      {"warning.conf", {"--fail-on", "error"}, kOk},
      {"warning.conf", {"--fail-on", "info"}, kNo},
      {"broken.conf", {}, kTrouble},
      {"broken.conf", {"--exit-zero"}, kTrouble},
      {"broken.conf", {"--fail-on", "error", "--exit-zero"}, kTrouble},
      {"missing.conf", {"--exit-zero"}, kTrouble},
      {"empty.conf", {}, kTrouble},
      {"empty.conf", {"--exit-zero"}, kTrouble},
      {"empty.conf", {"--allow-empty"}, kOk},
      {"marker.conf", {"--format", "yaml"}, kTrouble},
      {"marker.conf", {"--statistics"}, kNo},
      {"marker.conf", {"--statistics", "--format", "sarif"}, kTrouble},
      {"", {"--list", "--format", "junit"}, kTrouble},
      {"", {"--explain", "nothing-like-it"}, kTrouble},
  };
  for (const ExitCase& row : kCases) {
    std::string shown = row.rules;
    for (const std::string& option : row.options) shown += " " + option;
    EXPECT_EQ(lint(row.rules, row.options), row.code) << shown << '\n' << out_ << err_;
  }
}

TEST_F(LintReport, SummaryGoesWhereTheFormatHasIt) {
  const std::string summary = "1 file, 1 rule: 1 error, 0 warnings, 0 info\n";
  for (const char* format : {"full", "concise"}) {
    lint("marker.conf", {"--format", format});
    EXPECT_TRUE(out_.ends_with(summary)) << out_;
    EXPECT_EQ(err_, "");
  }
  for (const char* format : {"jsonl", "sarif", "github", "gitlab", "junit", "checkstyle"}) {
    lint("marker.conf", {"--format", format});
    EXPECT_EQ(out_.find(summary), out_.npos) << format;
    EXPECT_EQ(err_, summary) << format;
  }
  lint("marker.conf", {"--format", "json"});
  EXPECT_NE(out_.find(R"("summary":{"error":1,"warning":0,"info":0,"suppressed":0})"), out_.npos);
  EXPECT_EQ(err_, "");
}

TEST_F(LintReport, QuietPrintsNoSummary) {
  EXPECT_EQ(lint("good.conf", {"-q"}), kOk);
  EXPECT_EQ(out_ + err_, "");
  EXPECT_EQ(lint("marker.conf", {"-q", "--format", "jsonl"}), kNo);
  EXPECT_EQ(err_, "");
  EXPECT_EQ(lint("empty.conf", {"-q"}), kTrouble);
  EXPECT_NE(err_, "") << "an error is no summary";
}

TEST_F(LintReport, ATerminalGetsCaretsInItsWidth) {
  unsetenv("NO_COLOR");
  terminal_ = true;
  columns_ = 50;
  lint("marker.conf", {"--color", "never"});
  EXPECT_NE(out_.find("\n3 | SecMarker A\n  | ^^^^^^^^^^^\n"), out_.npos) << out_;
  EXPECT_NE(out_.find("\n    "), out_.npos) << "wrapped: " << out_;
  EXPECT_EQ(out_.find('\x1b'), out_.npos);
  lint("marker.conf");
  EXPECT_NE(out_.find('\x1b'), out_.npos);
  lint("marker.conf", {"-o", at("report")});
  EXPECT_EQ(out_, "");
  EXPECT_EQ(read("report").find("| "), std::string::npos) << "a file gets the concise form";
}

TEST_F(LintReport, WritesFilesWholeOrNotAtAll) {
  EXPECT_EQ(lint("marker.conf", {"--format", "json", "-o", at("report.json")}), kNo);
  EXPECT_TRUE(read("report.json").ends_with("}\n"));
  EXPECT_EQ(lint("marker.conf", {"-o", at("nowhere/report")}), kTrouble);
  EXPECT_NE(err_.find("cannot write"), err_.npos);
  EXPECT_EQ(lint("marker.conf", {"-o", "/dev/full"}), kTrouble);
  EXPECT_NE(err_.find("cannot write /dev/full"), err_.npos) << err_;
}

TEST_F(LintReport, BaselineReportsWhatIsNew) {
  EXPECT_EQ(lint("marker.conf", {"--write-baseline", at("base.json")}), kOk) << err_;
  EXPECT_EQ(out_, "1 file, 1 rule: nothing found\nhidden by the baseline: 1 finding\n");
  const std::string written = read("base.json");
  EXPECT_NE(written.find(R"("check":"marker-duplicate")"), written.npos) << written;

  EXPECT_EQ(lint("marker.conf", {"--baseline", at("base.json")}), kOk);
  write("marker.conf",
        "# moved\nSecAction \"id:1,phase:1,pass,nolog,skipAfter:A\"\n"
        "SecMarker A\nSecMarker A\nSecMarker B\nSecMarker B\n");
  EXPECT_EQ(lint("marker.conf", {"--baseline", at("base.json"), "--format", "concise"}), kNo);
  EXPECT_NE(out_.find("marker.conf:6:1: error: "), out_.npos) << out_;
  EXPECT_EQ(out_.find("marker.conf:4:1"), out_.npos) << out_;
  EXPECT_EQ(lint("marker.conf", {"--baseline", at("base.json"), "--exit-zero"}), kOk);

  EXPECT_EQ(lint("good.conf", {"--baseline", at("base.json")}), kOk);
  EXPECT_NE(out_.find("hidden by the baseline: 0 findings; no longer found: 1 of its entries"),
            out_.npos)
      << out_;
  EXPECT_EQ(lint("broken.conf", {"--write-baseline", at("base.json")}), kTrouble);
  EXPECT_EQ(lint("broken.conf", {"--baseline", at("base.json")}), kTrouble);
  EXPECT_NE(out_.find("unknown-directive"), out_.npos) << out_;
}

TEST_F(LintReport, ABaselineMustBeOne) {
  EXPECT_EQ(lint("good.conf", {"--baseline", at("missing.json")}), kTrouble);
  EXPECT_NE(err_.find("--baseline: cannot read"), err_.npos) << err_;
  EXPECT_EQ(lint("good.conf", {"--baseline", at("good.conf")}), kTrouble);
  EXPECT_NE(err_.find("is no baseline: it is not JSON"), err_.npos) << err_;
}

}  // namespace
}  // namespace wafcheck::cli
