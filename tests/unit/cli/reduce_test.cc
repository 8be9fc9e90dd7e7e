// wafcheck reduce: what it writes to files.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <sstream>

#include "cli/command.h"
#include "tests/scratch.h"

namespace wafcheck::cli {
namespace {

using ::testing::HasSubstr;

class Reduce : public testing::Test {
 protected:
  void SetUp() override {
    directory_.write("rules.conf",
                     "SecRuleEngine On\nSecRule ARGS \"@contains evil\" \"id:1,phase:1,deny\"\n");
    directory_.write("a.http", "GET /?a=an-evil-one HTTP/1.1\r\nHost: h\r\n\r\n");
    directory_.write("b.http", "GET /?b=an-evil-one HTTP/1.1\r\nHost: h\r\n\r\n");
  }
  std::string at(const std::string& name) const { return directory_ / name; }
  int run(std::vector<std::string> arguments) {
    arguments.insert(arguments.begin() + 1, {"-r", at("rules.conf")});
    std::istringstream in;
    std::ostringstream out, err;
    Streams streams{in, out, err};
    const int code = cli::run(arguments, streams);
    told_ = out.str() + err.str();
    return code;
  }

  tests::ScratchDirectory directory_;
  std::string told_;
};

TEST_F(Reduce, AddsExpectations) {
  const std::vector<std::string> add = {"reduce", "--emit", "expect", "-o", at("all.jsonl")};
  const auto add_from = [&](const std::string& name, std::vector<std::string> more) {
    std::vector<std::string> arguments = add;
    arguments.insert(arguments.end(), more.begin(), more.end());
    arguments.push_back(at(name));
    return run(arguments);
  };
  EXPECT_EQ(add_from("a.http", {}), kOk) << told_;
  EXPECT_EQ(add_from("b.http", {"--id", "1"}), kOk) << told_;
  EXPECT_EQ(run({"test", at("all.expect.yaml")}), kOk) << told_;
  EXPECT_THAT(told_, HasSubstr("2 passed, 0 failed"));
  EXPECT_EQ(add_from("a.http", {"--false-positive"}), kOk) << told_;
  EXPECT_EQ(run({"test", at("all.expect.yaml")}), kNo);
  EXPECT_THAT(told_, HasSubstr("expected pass, found block"));
}

TEST_F(Reduce, ExpectationsNeedAFile) {
  EXPECT_EQ(run({"reduce", "--emit", "expect", at("a.http")}), kTrouble);
  EXPECT_THAT(told_, HasSubstr("it takes -o"));
}

TEST_F(Reduce, WritesNothingWhereTheMatchIsPrivate) {
  EXPECT_EQ(run({"reduce", "--mask", "a", "-o", at("out.http"), at("a.http")}), kNo);
  EXPECT_THAT(told_, HasSubstr("ARGS_GET:a"));
  EXPECT_FALSE(std::filesystem::exists(at("out.http")));
}

}  // namespace
}  // namespace wafcheck::cli
