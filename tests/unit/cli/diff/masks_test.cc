// wafcheck diff hides what is private: in causes and paths always, in URIs of JSON by --mask-json.

#include <string>
#include <vector>

#include "tests/unit/cli/scratch.h"

namespace wafcheck::cli {
namespace {

class DiffMasksTest : public Scratch {
 protected:
  static constexpr const char* kToken = "ghp_0123456789abcdefghijklmnopqrstuvwxyz";

  void SetUp() override {
    Scratch::SetUp();
    const std::string rules =
        "SecRuleEngine On\nSecRule TX:password \"@rx ^(?:5|ghp)\" \"id:50,phase:1,deny\"\n";
    const std::string set = "SecAction \"id:10,phase:1,pass,nolog,setvar:tx.password=%{ARGS.";
    write("old.conf", set + "n}\"\n" + rules);
    write("new.conf", set + "m}\"\n" + rules);
    write("t.jsonl", R"({"request":{"method":"GET","uri":"/)" + std::string(kToken) +
                         R"(?m=5678&password=hunter2"}})");
  }

  std::string diff(std::vector<std::string> more) {
    std::vector<std::string> arguments = {"diff",     "--old",   "old.conf",   "--new",
                                          "new.conf", "t.jsonl", "--no-timing"};
    arguments.insert(arguments.end(), more.begin(), more.end());
    EXPECT_EQ(run(arguments), 1) << err_;
    return out_;
  }
};

TEST_F(DiffMasksTest, TextHidesPathsAndValuesOfCauses) {
  const std::string text = diff({});
  EXPECT_EQ(text.find(kToken), std::string::npos) << text;
  EXPECT_NE(text.find("rule 10 sets tx.password to ****, before"), std::string::npos) << text;
  const std::string shown = diff({"--show-secrets"});
  EXPECT_NE(shown.find("rule 10 sets tx.password to 5678, before"), std::string::npos) << shown;
  EXPECT_NE(shown.find("ghp_"), std::string::npos) << shown;
}

TEST_F(DiffMasksTest, JsonHasWholeUrisUnlessAsked) {
  EXPECT_NE(diff({"--format", "json"}).find("password=hunter2"), std::string::npos) << out_;
  const std::string masked =
      diff({"--format", "json", "--mask-json", "--mask", "m", "--summary", "a.summary"});
  for (const std::string& text : {masked, read("a.summary")}) {
    EXPECT_EQ(text.find("hunter2"), std::string::npos) << text;
    EXPECT_EQ(text.find("5678"), std::string::npos) << text;
    EXPECT_EQ(text.find(kToken), std::string::npos) << text;
  }
}

TEST_F(DiffMasksTest, MergeHidesForPeople) {
  diff({"--summary", "a.summary"});
  EXPECT_NE(read("a.summary").find(kToken), std::string::npos);
  EXPECT_EQ(run({"merge", "a.summary"}), 1);
  EXPECT_EQ(out_.find(kToken), std::string::npos) << out_;
  EXPECT_NE(out_.find("/****"), std::string::npos) << out_;
}

TEST_F(DiffMasksTest, WhatIsHiddenOtherwiseDoesNotAddUp) {
  diff({"--summary", "a.summary"});
  diff({"--summary", "b.summary", "--mask", "x"});
  EXPECT_EQ(run({"merge", "a.summary", "b.summary"}), 2);
  EXPECT_NE(err_.find("of other options"), std::string::npos) << err_;
}

}  // namespace
}  // namespace wafcheck::cli
