// wafcheck merge: sums of parts are what the whole comes to, in any order.

#include <fmt/format.h>

#include <algorithm>
#include <random>
#include <string>
#include <vector>

#include "tests/unit/cli/scratch.h"

namespace wafcheck::cli {
namespace {

class MergeTest : public Scratch {
 protected:
  void SetUp() override {
    Scratch::SetUp();
    write("rules.conf",
          "SecRuleEngine On\nSecRequestBodyAccess On\n"
          "SecRule ARGS \"@rx attack\" \"id:1,phase:1,deny,msg:'an attack by %{ARGS.n}'\"\n"
          "SecRule ARGS:n \"@rx 3$\" "
          "\"id:2,phase:1,pass,msg:'three',ctl:ruleRemoveTargetById=1;ARGS:q\"\n"
          "SecRule REQUEST_URI \"@rx ^/b\" \"id:3,phase:1,pass,msg:'b'\"\n");
    std::string lines;
    for (int i = 0; i < 60; ++i) {
      lines += fmt::format(
          R"({{"request":{{"method":"POST","uri":"/{}?n={}&q={}","headers":[["Content-Type","text/x{}"]],"body":"{{"}}}})",
          i % 3 == 0 ? "b" : "a", i, i % 7 == 0 ? "attack" : "x", i % 2);
      lines += '\n';
      if (i == 30) lines += "{\n";
    }
    write("t.jsonl", lines);
  }

  std::vector<std::string> command(const std::string& summary) {
    return {"replay",       "-r",          "rules.conf", "t.jsonl", "--skip-unreadable",
            "--statistics", "--no-timing", "-o",         "out.txt", "--summary",
            summary};
  }
  void make_parts(int count) {
    for (int part = 1; part <= count; ++part) {
      std::vector<std::string> arguments = command(fmt::format("{}.summary", part));
      arguments.insert(arguments.end(), {"--shard", fmt::format("{}/{}", part, count)});
      ASSERT_EQ(run(arguments), 0) << err_;
    }
  }
  std::string merged(std::vector<std::string> inputs, int code = 0) {
    inputs.insert(inputs.begin(), {"merge", "--format", "json"});
    EXPECT_EQ(run(inputs), code) << err_;
    return out_;
  }
  void expect_refusal(std::vector<std::string> inputs, const std::string& why) {
    merged(std::move(inputs), 2);
    EXPECT_NE(err_.find(why), std::string::npos) << err_;
  }
};

TEST_F(MergeTest, PartsAreTheWholeInAnyOrder) {
  ASSERT_EQ(run(command("whole.summary")), 0) << err_;
  const std::string whole = merged({"whole.summary"});
  EXPECT_NE(whole.find("\"transactions\":60,"), std::string::npos) << whole;
  EXPECT_NE(whole.find("\"unreadable\":1,"), std::string::npos) << whole;
  make_parts(5);
  std::vector<std::string> parts = {"1.summary", "2.summary", "3.summary", "4.summary",
                                    "5.summary"};
  std::mt19937 random(7);
  for (int round = 0; round < 10; ++round) {
    EXPECT_EQ(merged(parts), whole);
    std::ranges::shuffle(parts, random);
  }
}

TEST_F(MergeTest, SumsCanBeAdded) {
  make_parts(4);
  const std::string all = merged({"1.summary", "2.summary", "3.summary", "4.summary"});
  merged({"3.summary", "1.summary", "--partial", "--summary", "a.summary"});
  merged({"4.summary", "--partial", "--summary", "b.summary"});
  merged({"b.summary", "2.summary", "--partial", "--summary", "c.summary"});
  EXPECT_EQ(merged({"c.summary", "a.summary"}), all);
}

TEST_F(MergeTest, ThePartsOfADirectory) {
  make_parts(2);
  write("parts/1.summary", read("1.summary"));
  write("parts/2.summary", read("2.summary"));
  write("parts/notes.txt", "no summary");
  EXPECT_EQ(merged({"parts"}), merged({"1.summary", "2.summary"}));
}

TEST_F(MergeTest, APartThatIsMissingOrThereTwiceIsAnError) {
  make_parts(4);
  expect_refusal({"1.summary", "3.summary"}, "there is no summary of parts 2, 4 of 4");
  EXPECT_NE(err_.find("--partial"), std::string::npos) << err_;
  merged({"1.summary", "3.summary", "--partial"});
  expect_refusal({"1.summary", "2.summary", "1.summary", "3.summary", "4.summary"},
                 "1.summary: part 1 of 4 is there twice");
}

TEST_F(MergeTest, OtherRulesAreAnError) {
  make_parts(2);
  write("rules.conf", read("rules.conf") + "SecAction \"id:9,phase:1,pass\"\n");
  ASSERT_EQ(run(command("other.summary")), 0);
  expect_refusal({"1.summary", "2.summary", "other.summary"},
                 "other.summary: it is of other rules");
}

TEST_F(MergeTest, WhatBreaksOffOrWasChangedIsAnError) {
  ASSERT_EQ(run(command("whole.summary")), 0);
  const std::string text = read("whole.summary");
  for (size_t length = 0; length + 1 < text.size(); length += 37) {
    write("cut.summary", text.substr(0, length));
    expect_refusal({"cut.summary"}, "cut.summary: ");
  }
  std::string changed = text;
  changed[text.find("\"transactions\":60") + 15] = '7';
  write("changed.summary", changed);
  expect_refusal({"changed.summary"}, "it is damaged: its checksum does not fit");
  write("other.summary", "{\"transactions\":60}\n");
  expect_refusal({"other.summary"}, "not a summary that replay --summary writes");
}

TEST_F(MergeTest, FailsWhereTheSumDoes) {
  make_parts(3);
  EXPECT_EQ(run({"merge", "--fail-on", "interrupted", "1.summary", "2.summary", "3.summary"}), 1);
  EXPECT_EQ(run({"merge", "--fail-on", "undecided", "1.summary", "2.summary", "3.summary"}), 0);
  EXPECT_NE(out_.find("60 transactions: "), std::string::npos) << out_;
}

}  // namespace
}  // namespace wafcheck::cli
