// --state and --reset-collections: what one run leaves to the next.

#include <gtest/gtest.h>

#include <sstream>

#include "cli/command.h"
#include "engine/store/lmdb_store.h"
#include "tests/scratch.h"

namespace wafcheck::cli {
namespace {

class State : public testing::Test {
 protected:
  void SetUp() override {
    write("rules.conf",
          "SecRuleEngine On\n"
          "SecAction \"id:1,phase:1,nolog,pass,initcol:ip=%{REMOTE_ADDR},setvar:ip.n=+1\"\n"
          "SecRule IP:n \"@gt 2\" \"id:2,phase:1,log,deny,status:429\"\n");
    write("once.jsonl", R"({"time":"2026-11-22T10:00:00Z","request":{"method":"GET","uri":"/"}})"
                        "\n");
    write("later.jsonl", R"({"time":"2026-11-22T12:00:00Z","request":{"method":"GET","uri":"/"}})"
                         "\n");
    write("tests.yaml",
          "rule_id: 2\ntests:\n  - test_id: 1\n    stages:\n"
          "      - input: {dest_addr: 127.0.0.1, method: GET, uri: /, version: HTTP/1.1, headers: "
          "{Host: a}}\n"
          "        output: {status: 200}\n");
  }

  std::string at(const std::string& name) const { return directory_ / name; }
  void write(const std::string& name, std::string_view text) const { directory_.write(name, text); }

  int run(std::vector<std::string> arguments) {
    std::istringstream in;
    std::ostringstream out, err;
    Streams streams{in, out, err};
    const int code = cli::run(arguments, streams);
    err_ = err.str();
    return code;
  }
  /// 1 when the transaction was interrupted.
  int replay(const std::string& traffic, const std::vector<std::string>& more = {}) {
    std::vector<std::string> arguments = {"replay",    "-r",          at("rules.conf"),
                                          "--fail-on", "interrupted", at(traffic)};
    arguments.insert(arguments.end(), more.begin(), more.end());
    return run(arguments);
  }

  tests::ScratchDirectory directory_;
  std::string err_;
};

TEST_F(State, ContinuesFromRunToRun) {
  const std::vector<std::string> state = {"--state", at("state")};
  EXPECT_EQ(replay("once.jsonl", state), kOk);
  EXPECT_EQ(replay("once.jsonl", state), kOk);
  EXPECT_EQ(replay("once.jsonl", state), kNo) << "the third";
  EXPECT_EQ(err_, "");
  EXPECT_EQ(replay("later.jsonl", state), kOk)
      << "the record has expired by the clock of the traffic";
}

TEST_F(State, WithoutItEachRunStartsEmpty) {
  for (int i = 0; i < 3; ++i) EXPECT_EQ(replay("once.jsonl"), kOk);
}

TEST_F(State, ResetStartsEmpty) {
  const std::vector<std::string> state = {"--state", at("state")};
  for (int i = 0; i < 2; ++i) EXPECT_EQ(replay("once.jsonl", state), kOk);
  EXPECT_EQ(replay("once.jsonl", {"--state", at("state"), "--reset-collections"}), kOk);
  EXPECT_EQ(replay("once.jsonl", state), kOk) << "the second since the reset";
  EXPECT_EQ(replay("once.jsonl", state), kNo);
}

TEST_F(State, IsSharedWithTests) {
  const std::vector<std::string> test = {"test",    "-r",        at("rules.conf"),
                                         "--state", at("state"), at("tests.yaml")};
  EXPECT_EQ(run(test), kOk) << err_;
  EXPECT_EQ(run(test), kOk) << err_;
  EXPECT_EQ(run(test), kNo) << "the third request has status 429";
}

TEST_F(State, ADirectoryThatCannotBeUsedIsAnError) {
  write("file", "");
  EXPECT_EQ(replay("once.jsonl", {"--state", at("file")}), kTrouble);
  EXPECT_EQ(err_, "wafcheck: error: --state " + at("file") +
                      ": cannot keep collections here: Not a directory\n");
}

TEST_F(State, ADirectoryInUseIsAnError) {
  const auto other = engine::LmdbStore::open(at("state"));
  ASSERT_TRUE(other);
  EXPECT_EQ(replay("once.jsonl", {"--state", at("state")}), kTrouble);
  EXPECT_NE(err_.find("another run is using it"), std::string::npos) << err_;
}

}  // namespace
}  // namespace wafcheck::cli
