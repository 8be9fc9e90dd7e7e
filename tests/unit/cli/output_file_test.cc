// Files that are written to stay what they are: their mode, their names, the links that lead there.

#include "cli/output_file.h"

#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>
#include <string>

#include "tests/unit/cli/scratch.h"

namespace wafcheck::cli {
namespace {

namespace fs = std::filesystem;
using Mode = OutputFile::Mode;

class Outputs : public Scratch {
 protected:
  static bool put(const std::string& path, std::string_view bytes, Mode mode = Mode::replace) {
    auto file = OutputFile::open(path, mode);
    if (!file) return false;
    file->write(bytes);
    return file->finish() == 0;
  }
  static size_t files() {
    return static_cast<size_t>(std::distance(fs::directory_iterator("."), {}));
  }
};

TEST_F(Outputs, KeepTheModeOfAFile) {
  write("a", "before");
  fs::permissions("a", fs::perms(0600));
  ASSERT_TRUE(put("a", "after"));
  EXPECT_EQ(read("a"), "after");
  EXPECT_EQ(fs::status("a").permissions(), fs::perms(0600));
  EXPECT_EQ(files(), 1U);
}

TEST_F(Outputs, GoThroughSymbolicLinks) {
  write("a", "before");
  fs::create_symlink("a", "link");
  ASSERT_TRUE(put("link", "after"));
  EXPECT_TRUE(fs::is_symlink("link"));
  EXPECT_EQ(read("a"), "after");
}

TEST_F(Outputs, KeepHardLinks) {
  write("a", "before, and longer");
  fs::create_hard_link("a", "b");
  ASSERT_TRUE(put("a", "after"));
  EXPECT_EQ(read("b"), "after");
  EXPECT_EQ(fs::hard_link_count("a"), 2U);
  EXPECT_EQ(files(), 2U);
}

TEST_F(Outputs, RefuseALinkToNothing) {
  fs::create_symlink("nothing", "link");
  EXPECT_FALSE(put("link", "after"));
  EXPECT_FALSE(fs::exists("nothing"));
}

TEST_F(Outputs, AppendToWhatIsThere) {
  write("a", "1\n");
  auto first = OutputFile::open("a", Mode::append);
  auto second = OutputFile::open("a", Mode::append);
  ASSERT_TRUE(first && second);
  first->write("2\n");
  second->write("3\n");
  first->write("4\n");
  EXPECT_EQ(first->finish() + second->finish(), 0);
  EXPECT_EQ(read("a"), "1\n2\n3\n4\n");
}

TEST_F(Outputs, AreRemovedWhenASignalComes) {
  auto file = OutputFile::open("a", Mode::replace);
  ASSERT_TRUE(file);
  file->write("half");
  EXPECT_EQ(files(), 1U);
  remove_temporary_files();
  EXPECT_EQ(files(), 0U);
}

TEST_F(Outputs, AreNoInputs) {
  write("a.conf", "SecAction \"id:1,phase:1,pass,log,auditlog\"\n");
  write("x.http", "GET / HTTP/1.1\r\nHost: a\r\n\r\n");
  fs::create_symlink("x.http", "link.http");
  fs::create_hard_link("a.conf", "other.conf");
  const std::vector<std::vector<std::string>> cases = {
      {"replay", "-r", "a.conf", "x.http", "-o", "x.http"},
      {"replay", "-r", "a.conf", "link.http", "-o", "x.http"},
      {"replay", "-r", "a.conf", "x.http", "-o", "a.conf"},
      {"replay", "-r", "a.conf", "x.http", "--audit-log", "x.http"},
      {"replay", "-r", "a.conf", "x.http", "--audit-log", "other.conf"},
      {"replay", "-r", "a.conf", "x.http", "--error-log", "a.conf"},
      {"lint", "a.conf", "-o", "a.conf"},
      {"index", "a.conf", "-o", "other.conf"},
      {"profile", "-r", "a.conf", "x.http", "-o", "x.http"},
  };
  const std::string rules = read("a.conf"), traffic = read("x.http");
  for (const auto& arguments : cases) {
    EXPECT_EQ(run(arguments), static_cast<int>(kTrouble)) << arguments.back();
    EXPECT_NE(err_.find("is an input: it is not written to"), std::string::npos) << err_;
    EXPECT_EQ(read("a.conf"), rules);
    EXPECT_EQ(read("x.http"), traffic);
  }
  EXPECT_EQ(run({"replay", "-r", "a.conf", "x.http", "-o", "r", "--error-log", "r"}),
            static_cast<int>(kTrouble));
  EXPECT_NE(err_.find("r is named for two outputs"), std::string::npos) << err_;
}

TEST_F(Outputs, AuditLogsGrow) {
  write("a.conf", "SecAuditEngine On\nSecAction \"id:1,phase:1,pass,log,auditlog\"\n");
  write("x.http", "GET / HTTP/1.1\r\nHost: a\r\n\r\n");
  std::vector<std::string> arguments = {"replay", "-r", "a.conf", "x.http", "--audit-log", "audit"};
  run(arguments);
  const std::string once = read("audit");
  ASSERT_FALSE(once.empty());
  run(arguments);
  EXPECT_GT(read("audit").size(), once.size());
  EXPECT_TRUE(read("audit").starts_with(once));
  arguments.emplace_back("--audit-log-truncate");
  run(arguments);
  EXPECT_EQ(read("audit").size(), once.size());
}

}  // namespace
}  // namespace wafcheck::cli
