// wafcheck merge: sums of parts are what the whole comes to, in any order.

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <filesystem>
#include <ostream>
#include <random>
#include <regex>
#include <sstream>
#include <string>
#include <utility>
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

TEST_F(MergeTest, WhatIsOfAnotherPartIsNotCounted) {
  const auto make = [&](const std::string& shard, const std::string& summary,
                        std::vector<std::string> more) {
    std::vector<std::string> arguments = command(summary);
    arguments.insert(arguments.end(), {"--path", "/a", "--shard", shard});
    arguments.insert(arguments.end(), more.begin(), more.end());
    ASSERT_EQ(run(arguments), 0) << err_;
  };
  make("1/1", "whole.summary", {});
  const std::string whole = merged({"whole.summary"});
  EXPECT_NE(whole.find("\"unreadable\":1,\"skipped\":0,\"not_selected\":20,"), std::string::npos)
      << whole;
  for (int part = 1; part <= 3; ++part) {
    make(fmt::format("{}/3", part), fmt::format("{}.summary", part), {"--shard-by", "host"});
  }
  EXPECT_EQ(merged({"1.summary", "2.summary", "3.summary"}), whole);
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

TEST_F(MergeTest, OtherLimitsAreAnError) {
  make_parts(2);
  std::vector<std::string> arguments = command("other.summary");
  arguments.insert(arguments.end(), {"--limit", "xml-depth=9"});
  ASSERT_EQ(run(arguments), 0) << err_;
  expect_refusal({"1.summary", "2.summary", "other.summary"},
                 "other.summary: it is of other rules, or of other options");
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
  expect_refusal({"other.summary"}, "not a summary that wafcheck writes with --summary");
}

TEST_F(MergeTest, FailsWhereTheSumDoes) {
  make_parts(3);
  EXPECT_EQ(run({"merge", "--fail-on", "interrupted", "1.summary", "2.summary", "3.summary"}), 1);
  EXPECT_EQ(run({"merge", "--fail-on", "undecided", "1.summary", "2.summary", "3.summary"}), 0);
  EXPECT_NE(out_.find("60 transactions: "), std::string::npos) << out_;
}

TEST_F(MergeTest, SaysWhichPartItIs) {
  make_parts(3);
  EXPECT_EQ(run({"replay", "-r", "rules.conf", "t.jsonl", "--skip-unreadable", "--shard", "3/3"}),
            0);
  EXPECT_NE(out_.find(" transactions, part 3 of 3: "), std::string::npos) << out_;
  EXPECT_EQ(run({"replay", "-r", "rules.conf", "t.jsonl", "--skip-unreadable", "--shard", "3/3",
                 "--format", "markdown"}),
            0);
  EXPECT_NE(out_.find("\n- part 3 of 3\n"), std::string::npos) << out_;
  EXPECT_EQ(run({"replay", "-r", "rules.conf", "t.jsonl", "--skip-unreadable", "--shard", "2/3",
                 "--format", "json"}),
            0);
  EXPECT_NE(out_.find("\"summary\":{\"part\":{\"part\":2,\"of\":3},"), std::string::npos) << out_;
}

TEST_F(MergeTest, ThereIsNoAnswerWhereVerdictsAreOpen) {
  write("slow.conf",
        "SecRuleEngine On\nSecPcreMatchLimit 1000\n"
        "SecRule ARGS \"@rx ^(a+)+$\" \"id:1,phase:1,deny\"\n");
  write("slow.jsonl",
        R"({"request":{"method":"GET","uri":"/?q=aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaab"}})");
  ASSERT_EQ(run({"replay", "-r", "slow.conf", "slow.jsonl", "--summary", "a.summary"}), 0) << err_;
  ASSERT_NE(out_.find("1 undecided"), std::string::npos) << out_;
  EXPECT_EQ(run({"merge", "--fail-on", "interrupted", "a.summary"}), 2);
  EXPECT_NE(err_.find("1 verdict is undecided, so that --fail-on interrupted has no answer"),
            std::string::npos)
      << err_;
}

/// A command, and what of its results differs from run to run.
struct MergeKind {
  std::string name;
  std::vector<std::string> command;
  std::string unsteady;  ///< an expression; empty: nothing does
  std::string text;      ///< in what the sum is for people
  int code = 0;
};
void PrintTo(const MergeKind& kind, std::ostream* out) {
  *out << kind.name;
}

class MergeKindTest : public MergeTest, public testing::WithParamInterface<MergeKind> {
 protected:
  void SetUp() override {
    MergeTest::SetUp();
    std::string now = read("rules.conf");
    now.replace(now.find("attack\" "), 6, "attack|^5$");
    write("now.conf", now);
    std::string tests = "---\nmeta:\n  author: wafcheck\nrule_id: 1\ntests:\n";
    for (int i = 1; i <= 9; ++i) {
      tests += fmt::format(
          "  - test_id: {}\n    stages:\n      - input:\n          uri: /?q={}\n          "
          "headers:\n"
          "            Host: h\n        output:\n          status: 403\n",
          i, i == 7 ? "x" : "attack");
    }
    write("tests.yaml", tests);
    write("expect.yaml",
          "traffic: good.jsonl\ntests:\n  - name: a\n    entry: 0\n    expect: block\n"
          "  - name: b\n    entry: 1\n    expect: pass\n");
    std::string good;
    for (const std::string& line : lines_of(read("t.jsonl"))) {
      if (line != "{") good += line + "\n";
    }
    write("good.jsonl", good);
    ASSERT_EQ(run({"replay", "-q", "-r", "rules.conf", "good.jsonl", "-o", "out.txt", "--error-log",
                   "error.log"}),
              0)
        << err_;
    write("error.log", read("error.log") + "a line of something else\n");
  }

  static std::vector<std::string> lines_of(const std::string& text) {
    std::istringstream in(text);
    std::vector<std::string> lines;
    for (std::string line; std::getline(in, line);) lines.push_back(line);
    return lines;
  }

  void make(const std::string& shard, const std::string& summary,
            std::vector<std::string> more = {}) {
    std::vector<std::string> arguments = GetParam().command;
    arguments.insert(arguments.end(), {"--shard", shard, "--summary", summary, "-o", "out.txt"});
    arguments.insert(arguments.end(), more.begin(), more.end());
    ASSERT_LE(run(arguments), 1) << err_;
  }
  void make_all_parts() {
    for (int part = 1; part <= 5; ++part) {
      make(fmt::format("{}/5", part), fmt::format("{}.summary", part));
    }
  }

  std::string sum(const std::string& format, std::vector<std::string> inputs) {
    inputs.insert(inputs.begin(), {"merge", "--format", format});
    EXPECT_EQ(run(inputs), GetParam().code) << err_;
    return steady(out_);
  }
  static std::string steady(const std::string& text) {
    const std::string& unsteady = GetParam().unsteady;
    std::string left = unsteady.empty() ? text : std::regex_replace(text, std::regex(unsteady), "");
    if (GetParam().name != "profile") return left;
    // Rows stand by their times.
    std::vector<std::string> rows;
    std::istringstream in(left);
    for (std::string row; std::getline(in, row, '{');) rows.push_back(row.substr(0, row.find('}')));
    std::ranges::sort(rows);
    return fmt::format("{}", fmt::join(rows, "\n"));
  }
};

TEST_P(MergeKindTest, PartsAreTheWholeInAnyOrder) {
  make("1/1", "whole.summary");
  make_all_parts();
  std::vector<std::string> parts = {"1.summary", "2.summary", "3.summary", "4.summary",
                                    "5.summary"};
  std::mt19937 random(7);
  for (const std::string format : {"json", "text"}) {
    const std::string whole = sum(format, {"whole.summary"});
    if (format == "text") {
      EXPECT_NE(whole.find(GetParam().text), std::string::npos) << whole;
    }
    for (int round = 0; round < 5; ++round) {
      EXPECT_EQ(sum(format, parts), whole);
      std::ranges::shuffle(parts, random);
    }
  }
}

TEST_P(MergeKindTest, SumsAreAddedInAnyGroups) {
  make_all_parts();
  const auto add = [&](std::vector<std::string> inputs, const std::string& to) {
    inputs.insert(inputs.begin(), {"merge", "--partial", "-o", "out.txt", "--summary", to});
    EXPECT_EQ(run(inputs) & ~1, 0) << err_;
  };
  add({"4.summary", "2.summary"}, "a.summary");
  add({"a.summary", "5.summary"}, "b.summary");
  add({"3.summary", "1.summary"}, "c.summary");
  add({"b.summary", "c.summary"}, "one.summary");
  add({"1.summary", "2.summary", "3.summary", "4.summary", "5.summary"}, "other.summary");
  // All but times, and so the checksum.
  const std::regex times(R"re("(\w+_us|\w+_ms|checksum)":("\w+"|[0-9.]+))re");
  EXPECT_EQ(std::regex_replace(read("one.summary"), times, ""),
            std::regex_replace(read("other.summary"), times, ""));
}

TEST_P(MergeKindTest, WhatIsNoPartOfItIsAnError) {
  make_all_parts();
  const std::string text = read("3.summary");
  write("cut.summary", text.substr(0, text.size() / 2));
  std::string changed = text;
  changed[changed.size() / 2] ^= 1;
  write("changed.summary", changed);
  const std::pair<std::string, std::string> faults[] = {
      {"cut.summary", "cut.summary: it breaks off"},
      {"changed.summary", "changed.summary: it is damaged"},
      {"1.summary", "1.summary: part 1 of 5 is there twice"},
      {"5.summary", "there is no summary of part 3 of 5"},
      {"none.summary", "none.summary"}};
  for (const auto& [third, why] : faults) {
    std::vector<std::string> inputs = {"merge", "1.summary", "2.summary", "4.summary", third};
    if (third != "5.summary") inputs.emplace_back("5.summary");
    EXPECT_EQ(run(inputs), 2);
    EXPECT_NE(err_.find(why), std::string::npos) << err_;
    EXPECT_EQ(out_, "");
  }
}

TEST_P(MergeKindTest, OtherKindsAreAnError) {
  make("1/1", "whole.summary");
  const bool is_replay = GetParam().name == "replay";
  const std::vector<std::string> other =
      is_replay ? std::vector<std::string>{"alerts",  "error.log", "-o",
                                           "out.txt", "--summary", "other.summary"}
                : command("other.summary");
  ASSERT_EQ(run(other), 0) << err_;
  EXPECT_EQ(run({"merge", "whole.summary", "other.summary"}), 2);
  EXPECT_NE(err_.find(fmt::format("other.summary: it is a summary of {}, and those before it are "
                                  "of {}",
                                  is_replay ? "alerts" : "replay", GetParam().name)),
            std::string::npos)
      << err_;
}

TEST_P(MergeKindTest, OtherRulesOrOptionsAreAnError) {
  make_all_parts();
  const bool of_logs = GetParam().name == "alerts";
  if (!of_logs) write("rules.conf", read("rules.conf") + "SecAction \"id:9,phase:1,pass\"\n");
  make("1/1", "other.summary",
       of_logs ? std::vector<std::string>{"--mask", "x"} : std::vector<std::string>());
  EXPECT_EQ(run({"merge", "--partial", "1.summary", "other.summary"}), 2);
  EXPECT_NE(err_.find("other.summary: it is of other rules"), std::string::npos) << err_;
}

/// Counts that hang on what a thread, or a sample, saw before.
constexpr const char* kProfileTimes =
    R"re("(\w+_us|share|threads|compared|overhead_percent|candidates|cached)":-?[0-9.]+,?)re"
    R"re(|"steps":(null|\{[^}]*\})|(: )[^]*us/tx[^]*)re";

INSTANTIATE_TEST_SUITE_P(
    All, MergeKindTest,
    testing::Values(MergeKind{"replay",
                              {"replay", "-r", "rules.conf", "t.jsonl", "--skip-unreadable",
                               "--statistics", "--no-timing"},
                              "",
                              "60 transactions: 9 interrupted"},
                    MergeKind{"diff",
                              {"diff", "--old", "rules.conf", "--new", "now.conf", "--no-timing",
                               "t.jsonl", "--skip-unreadable"},
                              "",
                              "of 60 verdicts change",
                              1},
                    MergeKind{"tune",
                              {"tune", "-r", "rules.conf", "good.jsonl"},
                              "",
                              "60 transactions: 9 held back\n      9         1\n"},
                    MergeKind{"profile",
                              {"profile", "-r", "rules.conf", "good.jsonl"},
                              kProfileTimes,
                              "60 transactions"},
                    MergeKind{"alerts", {"alerts", "error.log"}, "", "1 lines of other logs"},
                    MergeKind{"test",
                              {"test", "-r", "rules.conf", "tests.yaml", "expect.yaml"},
                              R"re("elapsed_us":[0-9.]+)re",
                              "10 passed, 1 failed, 0 skipped",
                              1}),
    [](const auto& info) { return info.param.name; });

class MergeOneKindTest : public MergeTest {
 protected:
  void make_diff(const std::vector<std::string>& rules) {
    write("t.jsonl", R"({"request":{"method":"GET","uri":"/?q=attack"}})");
    std::vector<std::string> arguments = {"diff",    "t.jsonl",   "-o",
                                          "out.txt", "--summary", "d.summary"};
    arguments.insert(arguments.end(), rules.begin(), rules.end());
    ASSERT_LE(run(arguments), 1) << err_;
  }
};

TEST_F(MergeOneKindTest, DiffFailsAsItDoesAlone) {
  write("none.conf", "SecRuleEngine On\nSecAction \"id:7,phase:1,pass\"\n");
  make_diff({"--old", "rules.conf", "--new", "none.conf"});
  EXPECT_EQ(run({"merge", "d.summary"}), 1);
  EXPECT_EQ(run({"merge", "d.summary", "--fail-on", "newly-passed"}), 1);
  EXPECT_EQ(run({"merge", "d.summary", "--fail-on", "newly-blocked"}), 0);
  EXPECT_EQ(run({"merge", "d.summary", "--fail-on", "never"}), 0);
  EXPECT_EQ(run({"merge", "d.summary", "--fail-on", "interrupted"}), 2);
  EXPECT_NE(err_.find("--fail-on interrupted: of diff there is only changed, newly-blocked"),
            std::string::npos)
      << err_;
}

TEST_F(MergeOneKindTest, TheSumOfADiffIsPrintedAsTheDiffWas) {
  write("none.conf", "SecRuleEngine On\nSecAction \"id:7,phase:1,pass\"\n");
  make_diff({"--old", "rules.conf", "--new", "none.conf", "--format", "json", "--no-timing"});
  const std::string alone = read("out.txt");
  run({"merge", "--format", "json", "d.summary"});
  EXPECT_EQ(out_, alone);
  make_diff({"--old", "rules.conf", "--new", "none.conf", "--no-timing"});
  const std::string text = read("out.txt");
  run({"merge", "d.summary"});
  EXPECT_EQ(out_, text);
}

/// Both rulesets set what a rule reads, so that only a trace tells why it matches in one of them.
class MergeDiffTest : public MergeOneKindTest {
 protected:
  void SetUp() override {
    MergeOneKindTest::SetUp();
    std::string rules = "SecRuleEngine On\n";
    for (int bit = 0; bit < 8; ++bit) {
      rules += fmt::format("SecRule ARGS:bits \"@contains {}\" \"id:{},phase:1,pass,nolog\"\n", bit,
                           100 + bit);
    }
    rules += "SecRule TX:v \"@rx ^(?:[5-9]|[0-9]{2})\" \"id:50,phase:1,deny\"\n";
    const std::string set = "SecAction \"id:10,phase:1,pass,nolog,setvar:tx.v=%{ARGS.";
    write("old.conf", set + "n}\"\n" + rules);
    write("new.conf", set + "m}\"\n" + rules);
  }

  /// Transactions whose groups are told by what they match.
  static std::string traffic(int transactions, int groups) {
    std::string lines;
    for (int i = 0; i < transactions; ++i) {
      std::string bits;
      for (int bit = 0; bit < 8; ++bit) {
        if ((i % groups & 1 << bit) != 0) bits += std::to_string(bit);
      }
      lines += fmt::format(R"({{"request":{{"method":"GET","uri":"/?n={}&m={}&bits={}"}}}})"
                           "\n",
                           i % 5, i % 7 == 0 ? 0 : 5 + i, bits);
    }
    return lines;
  }

  std::string sum(const std::string& format, std::vector<std::string> inputs) {
    inputs.insert(inputs.begin(), {"merge", "--format", format});
    EXPECT_EQ(run(inputs), 1) << err_;
    return out_;
  }
  /// The parts, in some orders and groups, come to what one run comes to, which holds `text`.
  void expect_whole(const std::vector<std::string>& inputs, const std::string& text) {
    const auto make = [&](const std::string& shard, const std::string& summary) {
      std::vector<std::string> arguments = {"diff",     "--old",   "old.conf", "--new",
                                            "new.conf", "-o",      "out.txt",  "--summary",
                                            summary,    "--shard", shard,      "--no-timing"};
      arguments.insert(arguments.end(), inputs.begin(), inputs.end());
      ASSERT_EQ(run(arguments), 1) << err_;
    };
    make("1/1", "whole.summary");
    std::vector<std::string> parts;
    for (int part = 1; part <= 5; ++part) {
      parts.push_back(fmt::format("{}.summary", part));
      make(fmt::format("{}/5", part), parts.back());
    }
    const std::string whole = sum("json", {"whole.summary"});
    EXPECT_NE(sum("text", {"whole.summary"}).find(text), std::string::npos) << out_;
    std::mt19937 random(7);
    for (int round = 0; round < 5; ++round) {
      std::ranges::shuffle(parts, random);
      EXPECT_EQ(sum("json", parts), whole);
      EXPECT_EQ(run({"merge", "--partial", parts[0], parts[1], parts[2], "--summary", "a.summary"}),
                1)
          << err_;
      EXPECT_EQ(sum("json", {parts[3], "a.summary", parts[4]}), whole);
    }
  }
};

TEST_F(MergeDiffTest, MoreGroupsThanAreTraced) {
  write("t.jsonl", traffic(600, 256));
  expect_whole({"t.jsonl"}, "rule 50: not looked into");
}

TEST_F(MergeDiffTest, OfAGroupTheSameOneIsTraced) {
  write("1.jsonl", traffic(40, 2));
  write("2.jsonl", traffic(50, 4));
  expect_whole({"2.jsonl", "1.jsonl"}, "rule 10 sets ");
}

TEST_F(MergeOneKindTest, EvidenceOfPartsMakesTheProposalsOfTheWhole) {
  std::string good;
  for (int i = 0; i < 40; ++i) {
    good += fmt::format(
        R"({{"client":{{"ip":"192.0.2.{}"}},"request":{{"method":"GET","uri":"/{}/{}?{}={}","headers":[["Host","h"]]}}}})",
        i % 5, i % 3 == 0 ? "shop" : "cart", i, i % 2 == 0 ? "q" : "r",
        i % 4 == 0 ? "attack" : "x");
    good += '\n';
  }
  write("good.jsonl", good);
  for (const std::string format : {"text", "json"}) {
    ASSERT_EQ(run({"tune", "-r", "rules.conf", "good.jsonl", "--shard", "1/1", "--format", format}),
              0)
        << err_;
    const std::string whole = out_;
    if (format == "text") {
      EXPECT_NE(whole.find("10 before, 0 after"), std::string::npos) << whole;
    }
    std::vector<std::string> arguments = {"tune", "-r", "rules.conf", "--format", format};
    for (const char* const part : {"3", "1", "4", "2"}) {
      ASSERT_EQ(run({"tune", "-r", "rules.conf", "good.jsonl", "--shard", fmt::format("{}/4", part),
                     "--summary", fmt::format("{}.summary", part)}),
                0)
          << err_;
      arguments.insert(arguments.end(), {"--evidence", fmt::format("{}.summary", part)});
    }
    EXPECT_EQ(run(arguments), 0) << err_;
    EXPECT_EQ(out_, whole);
  }
}

TEST_F(MergeOneKindTest, EvidenceIsKeptOfStandardInput) {
  const std::string line = R"({"request":{"method":"GET","uri":"/?q=attack"}})";
  EXPECT_EQ(run({"tune", "-r", "rules.conf", "-", "--summary", "e.summary"}, line), 0) << err_;
  EXPECT_EQ(out_, "1 transaction: 1 held back\n      1         1\n");
  EXPECT_EQ(run({"tune", "-r", "rules.conf", "-"}, line), 2);
  EXPECT_NE(err_.find("the traffic is read twice"), std::string::npos) << err_;
}

TEST_F(MergeOneKindTest, EvidenceOfOtherRulesIsAnError) {
  ASSERT_EQ(
      run({"tune", "-r", "rules.conf", "t.jsonl", "--skip-unreadable", "--summary", "e.summary"}),
      0)
      << err_;
  write("other.conf", read("rules.conf") + "SecAction \"id:9,phase:1,pass\"\n");
  EXPECT_EQ(run({"tune", "-r", "other.conf", "--evidence", "e.summary"}), 2);
  EXPECT_NE(err_.find("--evidence: it is of other rules"), std::string::npos) << err_;
  ASSERT_EQ(run(command("r.summary")), 0) << err_;
  EXPECT_EQ(run({"tune", "-r", "rules.conf", "--evidence", "r.summary"}), 2);
  EXPECT_NE(err_.find("--evidence takes summaries of tune, and these are of replay"),
            std::string::npos)
      << err_;
}

TEST_F(MergeOneKindTest, WhatASummaryDoesNotGoWithIsAnError) {
  const std::pair<std::vector<std::string>, std::string> cases[] = {
      {{"tune", "-r", "rules.conf", "t.jsonl", "--summary", "s", "--out", "d"},
       "goes with none of"},
      {{"tune", "-r", "rules.conf", "t.jsonl", "--evidence", "s"}, "stands in place of traffic"},
      {{"tune", "-r", "rules.conf"}, "TRAFFIC is required"},
      {{"diff", "--old", "rules.conf", "--new", "rules.conf", "--summary", "s"},
       "--summary needs traffic"},
      {{"test", "-r", "rules.conf", "t.jsonl", "--expect-no-match", "--shard", "1/2"},
       "goes with neither --shard nor --summary"},
      {{"test", "-r", "rules.conf", "t.jsonl", "--fail-fast", "--summary", "s"},
       "does not go with --fail-fast"},
      {{"test", "-r", "rules.conf", "t.jsonl", "--shard", "3/2"}, "is not K/N"},
      {{"alerts", "t.jsonl", "--shard", "0/2"}, "is not K/N"},
      {{"profile", "-r", "rules.conf", "t.jsonl", "-o", "s", "--summary", "s"},
       "s is named for two outputs"}};
  for (const auto& [arguments, why] : cases) {
    EXPECT_EQ(run(arguments), 2);
    EXPECT_NE(err_.find(why), std::string::npos) << err_;
    EXPECT_FALSE(std::filesystem::exists("s"));
  }
}

}  // namespace
}  // namespace wafcheck::cli
