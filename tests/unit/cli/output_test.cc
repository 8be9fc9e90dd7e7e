// A result that cannot be written is an error in every command.

#include "cli/output.h"

#include <cerrno>
#include <fstream>
#include <functional>
#include <string>
#include <vector>

#include "tests/unit/cli/scratch.h"

namespace wafcheck::cli {
namespace {

class FullDisk : public Scratch {
 protected:
  void SetUp() override {
    Scratch::SetUp();
    write("a.conf", "SecRuleEngine On\nSecAction   \"id:1,phase:1,deny,status:403,log\"\n");
    write("x.http", "GET / HTTP/1.1\r\nHost: a\r\n\r\n");
    write("a.yaml",
          "rule_id: 1\ntests:\n  - test_id: 1\n    stages:\n"
          "      - input: {dest_addr: 127.0.0.1, method: GET, uri: /, version: HTTP/1.1, headers: "
          "{Host: a}}\n"
          "        output: {log: {expect_ids: [1]}}\n");
  }

  /// With standard output on a device that takes nothing.
  int run_full(const std::vector<std::string>& arguments) {
    std::istringstream in(read("a.conf"));
    std::ofstream full("/dev/full", std::ios::binary);
    std::ostringstream err;
    Streams streams{in, full, err};
    const int code = cli::run(arguments, streams);
    err_ = err.str();
    return code;
  }
};

TEST_F(FullDisk, EveryCommandEndsWithTwo) {
  const std::vector<std::vector<std::string>> cases = {
      {"replay", "-r", "a.conf", "x.http"},
      {"replay", "-r", "a.conf", "--format", "json", "x.http"},
      {"replay", "-r", "a.conf", "--format", "jsonl", "--only", "all", "x.http"},
      {"replay", "-r", "a.conf", "--fail-on", "interrupted", "x.http"},
      {"replay", "-r", "a.conf", "-q", "--format", "jsonl", "--audit-log", "-", "x.http"},
      {"replay", "--emit-transactions", "x.http"},
      {"profile", "-r", "a.conf", "x.http"},
      {"profile", "-r", "a.conf", "--format", "json", "x.http"},
      {"test", "-r", "a.conf", "a.yaml"},
      {"test", "-r", "a.conf", "--format", "junit", "a.yaml"},
      {"test", "--list", "a.yaml"},
      {"lint", "a.conf"},
      {"lint", "--format", "json", "a.conf"},
      {"lint", "--exit-zero", "a.conf"},
      {"lint", "--diff", "--select", "STY", "a.conf"},
      {"lint", "--fix", "-"},
      {"lint", "--list"},
      {"lint", "--explain", "duplicate-id"},
      {"fmt", "a.conf"},
      {"fmt", "--diff", "a.conf"},
      {"fmt", "-"},
      {"index", "a.conf"},
      {"index", "--fields"},
      {"explain", "a.conf", "--id", "1"},
      {"explain", "duplicate-id"},
      {"--help"},
      {"replay", "--help"},
      {"--version"},
      {"--version", "--json"},
  };
  for (const auto& arguments : cases) {
    std::string shown;
    for (const std::string& word : arguments) shown += word + " ";
    const std::string before = read("a.conf");
    EXPECT_EQ(run(arguments, before), run(arguments, before)) << shown << ": the same twice";
    if (out_.empty()) continue;  // nothing to write, so nothing that could be lost
    write("a.conf", before);
    EXPECT_EQ(run_full(arguments), static_cast<int>(kTrouble)) << shown;
    constexpr std::string_view kMessage =
        "wafcheck: error: cannot write to standard output: No space left on device\n";
    const size_t at = err_.find(kMessage);
    ASSERT_NE(at, std::string::npos) << shown << '\n' << err_;
    EXPECT_EQ(err_.find("cannot write", at + kMessage.size()), std::string::npos)
        << shown << ": told once\n"
        << err_;
    write("a.conf", before);
  }
}

TEST_F(FullDisk, AFileIsNoLessAnError) {
  for (const std::string command : {"replay", "profile", "test", "index", "lint"}) {
    std::vector<std::string> arguments = {command, "-o", "/dev/full"};
    if (command == "index" || command == "lint") {
      arguments.push_back("a.conf");
    } else {
      arguments.insert(arguments.end(), {"-r", "a.conf", command == "test" ? "a.yaml" : "x.http"});
    }
    EXPECT_EQ(run(arguments), static_cast<int>(kTrouble)) << command;
    EXPECT_NE(err_.find("cannot write /dev/full: No space left on device\n"), std::string::npos)
        << command << '\n'
        << err_;
  }
}

TEST_F(FullDisk, AnUnfinishedFileIsRemoved) {
  {
    std::ostringstream out;
    auto output = Output::open("result", out);
    ASSERT_TRUE(output);
    output->write("half");
  }
  EXPECT_FALSE(std::filesystem::exists("result"));
  size_t files = 0;
  for ([[maybe_unused]] const auto& entry : std::filesystem::directory_iterator(".")) ++files;
  EXPECT_EQ(files, 3U);
}

}  // namespace
}  // namespace wafcheck::cli
