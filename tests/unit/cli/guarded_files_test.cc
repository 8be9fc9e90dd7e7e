// Rules of others read no file that is not theirs, and wait for none.

#include "cli/guarded_files.h"

#include <sys/stat.h>

#include <cstdlib>
#include <filesystem>
#include <string>

#include "tests/unit/cli/scratch.h"

namespace wafcheck::cli {
namespace {

namespace fs = std::filesystem;

/// The working directory is `tree`; beside it stands a secret.
class Guarded : public Scratch {
 protected:
  void SetUp() override {
    Scratch::SetUp();
    write("secret", "root:$6$hash:19000\n");
    write("tree/request.http", "GET / HTTP/1.1\r\nHost: a\r\n\r\n");
    fs::current_path("tree");
    secret_ = fs::canonical("../secret").string();
  }

  /// Whether the command ends with 2, and prints nothing of the secret.
  void refuses(const std::vector<std::string>& arguments) {
    EXPECT_EQ(run(arguments), static_cast<int>(kTrouble)) << out_ << err_;
    EXPECT_EQ((out_ + err_).find("$6$"), std::string::npos) << out_ << err_;
  }

  std::string secret_;
};

TEST_F(Guarded, IncludesStayBelowTheRoot) {
  for (const std::string& line :
       {"Include " + secret_, std::string("Include ../secret"), std::string("Include link.conf"),
        std::string("IncludeOptional ../secret"),
        std::string("SecRule ARGS \"@pmFromFile ../secret\" \"id:2,phase:2,pass\"")}) {
    write("a.conf", line + "\nSecAction \"id:1,phase:1,pass\"\n");
    fs::remove("link.conf");
    fs::create_symlink("../secret", "link.conf");
    refuses({"lint", "--root", ".", "--format", "full", "a.conf"});
    EXPECT_NE((out_ + err_).find("outside of the root"), std::string::npos) << line << out_ << err_;
    refuses({"replay", "--root", ".", "-r", "a.conf", "request.http"});
    refuses({"index", "--root", ".", "a.conf"});
  }
  refuses({"fmt", "--diff", "--root", ".", "link.conf"});
  refuses({"lint", "--root", ".", "link.conf"});
  refuses({"replay", "--root", ".", "link.conf"});
}

TEST_F(Guarded, WhatIsAllowedIsNotQuoted) {
  write("a.conf", "Include ../secret\nSecAction \"id:1,phase:1,pass\"\n");
  for (const char* format : {"full", "concise", "json", "sarif", "github"}) {
    refuses({"lint", "--root", ".", "--allow", secret_, "--format", format, "a.conf"});
    EXPECT_NE((out_ + err_).find("unknown-directive"), std::string::npos) << out_ << err_;
  }
  refuses({"replay", "--root", ".", "--allow", "..", "-r", "a.conf", "request.http"});
}

TEST_F(Guarded, NamedInputsAreRead) {
  write("../rules/a.conf", "Include b.inc\n");
  write("../rules/b.inc", "SecAction \"id:1,phase:1,pass\"\n");
  EXPECT_EQ(run({"replay", "--root", ".", "-r", "../rules/a.conf", "request.http"}), 0) << err_;
  write("wafcheck.toml", "rules = [\"../rules/a.conf\"]\n");
  refuses({"replay", "--root", ".", "request.http"});
}

TEST_F(Guarded, WhatIsNotThereIsSaidToBeMissing) {
  refuses({"fmt", "--root", ".", "nowhere.conf"});
  EXPECT_EQ(err_, "wafcheck: error: cannot read nowhere.conf (No such file or directory)\n");
}

TEST_F(Guarded, TheConfigurationMayBeFoundAboveTheRoot) {
  write("top/wafcheck.toml", "[lint.severity]\nCOR008 = 'off'\n");
  write("top/tree/a.conf", "SecAction \"id:1,phase:1,pass,nolog,skipAfter:A\"\n");
  fs::current_path("top/tree");
  EXPECT_EQ(run({"lint", "--root", ".", "a.conf"}), 0) << out_ << err_;
  fs::create_symlink("../../../secret", "wafcheck.toml");
  refuses({"lint", "--root", ".", "a.conf"});
}

TEST_F(Guarded, InCiTheRootIsTheWorkingTree) {
  write("a.conf", "Include ../secret\nSecAction \"id:1,phase:1,pass\"\n");
  const char* const before = std::getenv("CI");
  const std::string kept = before == nullptr ? "" : before;
  setenv("CI", "true", 1);
  fs::create_directory(".git");
  refuses({"lint", "--format", "full", "a.conf"});
  before == nullptr ? unsetenv("CI") : setenv("CI", kept.c_str(), 1);
}

TEST_F(Guarded, TheEnvironmentIsNotShown) {
  setenv("WAFCHECK_TEST_SECRET", "hush", 1);
  write("a.conf",
        "SecAction \"id:1,phase:1,pass,log,msg:'[%{ENV.WAFCHECK_TEST_SECRET}]'\"\n"
        "SecRule ENV:WAFCHECK_TEST_SECRET \"@rx .\" \"id:2,phase:1,pass,log\"\n");
  run({"replay", "-r", "a.conf", "--format", "jsonl", "request.http"});
  EXPECT_EQ(out_.find("hush"), std::string::npos) << out_;
  run({"replay", "-r", "a.conf", "--format", "jsonl", "--env", "WAFCHECK_TEST_SECRET",
       "request.http"});
  EXPECT_NE(out_.find("[hush]"), std::string::npos) << out_;
  EXPECT_NE(out_.find("\"id\":2"), std::string::npos) << out_;
}

TEST_F(Guarded, PipesAreNotWaitedFor) {
  ASSERT_EQ(mkfifo("pipe", 0600), 0);
  for (const std::string line : {"Include pipe", "IncludeOptional pipe",
                                 "SecRule ARGS \"@pmFromFile pipe\" \"id:2,phase:2,pass\""}) {
    write("a.conf", line + "\nSecAction \"id:1,phase:1,pass\"\n");
    EXPECT_EQ(run({"lint", "a.conf"}), static_cast<int>(kTrouble)) << line;
    EXPECT_NE(out_.find("it is a pipe, and no regular file"), std::string::npos) << out_;
  }
}

TEST_F(Guarded, NothingMovesTheCursor) {
  write("a.conf", "SecAction \"id:1,phase:1,pass,log,msg:'\x1b[2J',tag:'=1+1',tag:'\xC2\x9B'\"\n");
  write("x.http", "GET /\xC2\x9B\xE2\x80\xAE\xE2\x80\xA8 HTTP/1.1\r\nHost: a\r\n\r\n");
  const std::vector<std::vector<std::string>> cases = {
      {"replay", "-r", "a.conf", "x.http"},
      {"replay", "-r", "a.conf", "--trace", "x.http"},
      {"explain", "a.conf", "--id", "1"},
      {"index", "a.conf"},
      {"index", "--format", "csv", "a.conf"},
      {"index", "--format", "dot", "a.conf"},
      {"lint", "--format", "github", "a.conf"},
      {"lint", "--format", "full", "a.conf"},
      {"lint", "--diff", "--select", "ALL", "--color", "always", "a.conf"},
      {"replay", "nothing\x1b[2J"},
  };
  for (const auto& arguments : cases) {
    run(arguments);
    const std::string all = out_ + err_;
    EXPECT_EQ(all.find("\x1b[2J"), std::string::npos) << arguments[0] << arguments.back();
    for (const char* hidden : {"\xC2\x9B", "\xE2\x80\xAE", "\xE2\x80\xA8"}) {
      EXPECT_EQ(all.find(hidden), std::string::npos) << arguments[0] << ' ' << arguments[1];
    }
  }
  run({"index", "--format", "csv", "a.conf"});
  EXPECT_NE(out_.find("'=1+1"), std::string::npos) << out_;
}

TEST_F(Guarded, WhatIsPassedOverIsNamed) {
  write("traffic/a.HTTP", "GET / HTTP/1.1\r\nHost: a\r\n\r\n");
  write("traffic/b.har.xz", "x");
  write("elsewhere/c.http", "GET / HTTP/1.1\r\nHost: a\r\n\r\n");
  fs::create_symlink("nothing", "traffic/d.http");
  fs::create_symlink("../elsewhere", "traffic/e");
  write("a.conf", "SecAction \"id:1,phase:1,pass\"\n");
  run({"replay", "-r", "a.conf", "--format", "json", "traffic"});
  EXPECT_NE(out_.find("\"transactions\":1"), std::string::npos) << out_;
  EXPECT_NE(err_.find("traffic: 3 entries are passed over: traffic/b.har.xz (compressed), "
                      "traffic/d.http (a link to nothing), traffic/e (a link to a directory)"),
            std::string::npos)
      << err_;
}

}  // namespace
}  // namespace wafcheck::cli
