// --shard with --summary: parts of raw HTTP and native audit logs begin where a record seems to,
// and merge proves that one does, or says which part has to be run from the start of the file.

#include <fmt/format.h>

#include <algorithm>
#include <functional>
#include <ostream>
#include <random>
#include <regex>
#include <set>
#include <sstream>
#include <string>
#include <utility>
#include <vector>

#include "formats/json/reader.h"
#include "tests/unit/cli/scratch.h"

namespace wafcheck::cli {
namespace {

using formats::JsonValue;

/// What became of the parts of a run.
struct ProvedParts {
  std::set<size_t> guessed;  ///< began amid a file
  std::set<size_t> refused;  ///< did not begin at a record
  std::set<size_t> without;  ///< guessed, and found no record
};

class ShardProofTest : public Scratch {
 protected:
  void SetUp() override {
    Scratch::SetUp();
    write("rules.conf",
          "SecRuleEngine On\nSecRequestBodyAccess On\n"
          "SecRule ARGS \"@contains attack\" \"id:1,phase:2,deny\"\n");
  }

  static std::string part_name(size_t part, size_t parts) {
    return fmt::format("{}/{}", part, parts);
  }
  static std::string summary_name(size_t part) { return fmt::format("{}.summary", part); }

  /// The lines of what was printed, sorted, without what counts within a run.
  static std::vector<std::string> sorted_lines(const std::string& text) {
    std::vector<std::string> lines;
    std::istringstream in(text);
    const std::regex index("\"index\":[0-9]+,");
    for (std::string line; std::getline(in, line);) {
      lines.push_back(std::regex_replace(line, index, ""));
    }
    std::ranges::sort(lines);
    return lines;
  }

  void run_part(const std::vector<std::string>& inputs, size_t part, size_t parts,
                const std::vector<std::string>& more = {}) {
    std::vector<std::string> arguments = {"replay",
                                          "-r",
                                          "rules.conf",
                                          "--no-timing",
                                          "--skip-unreadable",
                                          "--format",
                                          "jsonl",
                                          "-q",
                                          "-o",
                                          fmt::format("{}.jsonl", part),
                                          "--summary",
                                          summary_name(part),
                                          "--shard",
                                          part_name(part, parts)};
    arguments.insert(arguments.end(), inputs.begin(), inputs.end());
    arguments.insert(arguments.end(), more.begin(), more.end());
    ASSERT_EQ(run(arguments), 0) << err_;
  }

  int merge(const std::vector<size_t>& parts, const std::vector<std::string>& more = {}) {
    std::vector<std::string> arguments = {"merge", "--format", "json"};
    for (const size_t part : parts) arguments.push_back(summary_name(part));
    arguments.insert(arguments.end(), more.begin(), more.end());
    return run(arguments);
  }
  static std::vector<size_t> all(size_t parts) {
    std::vector<size_t> numbers;
    for (size_t part = 1; part <= parts; ++part) numbers.push_back(part);
    return numbers;
  }
  std::set<size_t> named_parts() const {
    std::set<size_t> named;
    const std::regex part("part ([0-9]+) of [0-9]+ does not begin");
    for (auto it = std::sregex_iterator(err_.begin(), err_.end(), part);
         it != std::sregex_iterator(); ++it) {
      named.insert(std::stoul((*it)[1]));
    }
    return named;
  }

  static void read_spans(const std::string& summary, ProvedParts& proved) {
    const auto document = formats::parse_json(summary, 100);
    formats::JsonElements runs(document->root().member("runs"));
    while (const auto one = runs.next()) {
      formats::JsonElements spans(one->member("spans"));
      while (const auto span = spans.next()) {
        if (span->member("from").integer() == 0) continue;
        const auto part = static_cast<size_t>(*span->member("part").integer());
        proved.guessed.insert(part);
        if (!span->member("first").integer()) proved.without.insert(part);
      }
    }
  }

  /// Runs all parts, those that merge refuses from the start, and expects the sum of the whole.
  ProvedParts expect_whole(const std::vector<std::string>& inputs, size_t parts) {
    run_part(inputs, 1, 1);
    EXPECT_EQ(merge({1}), 0) << err_;
    const std::string sum = out_;
    const std::vector<std::string> whole = sorted_lines(read("1.jsonl"));
    EXPECT_FALSE(whole.empty());
    ProvedParts proved;
    for (size_t part = 1; part <= parts; ++part) {
      run_part(inputs, part, parts);
      read_spans(read(summary_name(part)), proved);
    }
    while (merge(all(parts)) != 0) {
      const size_t before = proved.refused.size();
      for (const size_t part : named_parts()) {
        proved.refused.insert(part);
        run_part(inputs, part, parts, {"--shard-from-start"});
      }
      EXPECT_GT(proved.refused.size(), before) << err_;
      if (proved.refused.size() == before) return proved;
    }
    EXPECT_EQ(out_, sum);
    std::string together;
    for (size_t part = 1; part <= parts; ++part) together += read(fmt::format("{}.jsonl", part));
    EXPECT_EQ(sorted_lines(together), whole) << parts;
    return proved;
  }
};

// --- records ---

std::string raw_request(int number, const std::string& body, const std::string& end = "\r\n") {
  return fmt::format("POST /{0} HTTP/1.1{3}Host: h{3}Content-Length: {1}{3}{3}{2}{3}{3}", number,
                     body.size(), body, end);
}
/// `end`: of its lines.
std::string native_record(int number, const std::string& body, const std::string& end = "\n") {
  const std::string mark = fmt::format("--{:08x}-", number);
  const std::string begin = fmt::format(
      "{0}A--\n[23/Nov/2026:09:00:00 +0000] id{1} 192.0.2.1 53360 192.0.2.2 80\n"
      "{0}B--\nPOST /{1}?q={2} HTTP/1.1\nHost: h\nContent-Length: {3}\n\n"
      "{0}C--\n",
      mark, number, number % 2 == 0 ? "attack" : "x", body.size());
  const std::regex line_end("\n");
  return std::regex_replace(begin, line_end, end) + body +
         std::regex_replace(fmt::format("\n{}Z--\n\n", mark), line_end, end);
}

/// A format of records, as the tests of both have it.
struct RecordStyle {
  std::string name, file;
  std::function<std::string(int number, const std::string& body)> record;
};
void PrintTo(const RecordStyle& style, std::ostream* out) {
  *out << style.name;
}

class ShardProofStyleTest : public ShardProofTest, public testing::WithParamInterface<RecordStyle> {
 protected:
  std::string record(int number, const std::string& body = "a=1") const {
    return GetParam().record(number, body);
  }
  std::string records(int from, int to) const {
    std::string text;
    for (int number = from; number < to; ++number) {
      text += record(number, "a=" + std::string(static_cast<size_t>(number) * 37 % 90, 'x'));
    }
    return text;
  }
  const std::string& file() const { return GetParam().file; }
  /// A record whose body is made of others, long enough for parts to begin in it.
  std::string forged() const { return record(99, records(100, 115)); }
};

TEST_P(ShardProofStyleTest, PartsBeginAmidTheFile) {
  write(file(), records(0, 60));
  for (const size_t parts : {2, 5}) {
    const ProvedParts proved = expect_whole({file()}, parts);
    EXPECT_EQ(proved.guessed.size(), parts - 1);
    EXPECT_TRUE(proved.refused.empty());
  }
}

TEST_P(ShardProofStyleTest, PartsWithoutARecordHandOnWhatPrecedesThem) {
  write(file(), records(0, 2));
  const ProvedParts proved = expect_whole({file()}, 12);
  EXPECT_GT(proved.without.size(), 5U);
  EXPECT_TRUE(proved.refused.empty());
}

TEST_P(ShardProofStyleTest, ARecordIsLongerThanThreeParts) {
  write(file(), records(0, 9) + record(9, std::string(20'000, 'y')) + records(10, 19));
  const ProvedParts proved = expect_whole({file()}, 8);
  EXPECT_GE(proved.without.size(), 3U);
  EXPECT_TRUE(proved.refused.empty());
}

TEST_P(ShardProofStyleTest, ABodyThatLooksLikeRecordsIsFoundOut) {
  write(file(), records(0, 20) + forged() + records(20, 40));
  const ProvedParts proved = expect_whole({file()}, 4);
  EXPECT_EQ(proved.guessed.size(), 3U);
  EXPECT_EQ(proved.refused, std::set<size_t>{3});
}

TEST_P(ShardProofStyleTest, ABodyOfSeveralPartsIsFoundOut) {
  write(file(), records(0, 9) + record(99, records(100, 140)) + records(10, 19));
  EXPECT_GT(expect_whole({file()}, 6).refused.size(), 2U);
}

TEST_P(ShardProofStyleTest, ARefusalSaysWhatToDo) {
  write(file(), records(0, 3) + forged());
  for (const size_t part : all(2)) run_part({file()}, part, 2);
  EXPECT_EQ(merge(all(2)), 2);
  EXPECT_EQ(out_, "");
  EXPECT_NE(err_.find(file() + ": part 2 of 2 does not begin where the record before it ends"),
            std::string::npos)
      << err_;
  EXPECT_NE(err_.find("--shard-from-start"), std::string::npos) << err_;
}

TEST_P(ShardProofStyleTest, SeveralFilesAndOneThatIsNamedTwice) {
  write("1" + file(), records(0, 9));
  write("2" + file(), records(9, 10));
  write("3" + file(), forged() + records(10, 30));
  expect_whole({"1" + file(), "2" + file(), "3" + file()}, 5);
  const ProvedParts proved = expect_whole({"3" + file(), "1" + file(), "3" + file()}, 4);
  EXPECT_FALSE(proved.guessed.empty());
  EXPECT_TRUE(proved.refused.empty());
}

TEST_P(ShardProofStyleTest, GroupsAreProvedWhenTheyMeet) {
  write(file(), records(0, 20) + forged() + records(20, 40));
  for (const size_t part : all(4)) run_part({file()}, part, 4);
  ASSERT_EQ(merge(all(4)), 2);
  const std::set<size_t> wrong = named_parts();
  ASSERT_EQ(wrong, std::set<size_t>{3});
  const size_t bad = 3;
  // Alone, or without its neighbours, nothing speaks against it.
  EXPECT_EQ(merge({bad}, {"--partial", "--summary", "a.summary"}), 0) << err_;
  EXPECT_EQ(run({"merge", "--partial", "a.summary", summary_name(bad - 1)}), 2);
  EXPECT_EQ(named_parts(), wrong);
  EXPECT_EQ(run({"merge", "--partial", summary_name(bad - 1), "a.summary"}), 2);
  EXPECT_EQ(named_parts(), wrong);
  // In place of it, one from the start; in any order, and any groups.
  run_part({file()}, bad, 4, {"--shard-from-start"});
  ASSERT_EQ(merge(all(4)), 0) << err_;
  const std::string sum = out_;
  std::vector<size_t> parts = all(4);
  std::mt19937 random(3);
  for (int round = 0; round < 3; ++round) {
    std::ranges::shuffle(parts, random);
    EXPECT_EQ(merge({parts[0], parts[1]}, {"--partial", "--summary", "a.summary"}), 0) << err_;
    EXPECT_EQ(run({"merge", "--format", "json", summary_name(parts[3]), "a.summary",
                   summary_name(parts[2])}),
              0)
        << err_;
    EXPECT_EQ(out_, sum);
  }
}

TEST_P(ShardProofStyleTest, WithoutASummaryNothingIsGuessed) {
  write(file(), records(0, 9) + forged() + records(10, 19));
  run_part({file()}, 1, 1);
  std::string together;
  for (const size_t part : all(5)) {
    ASSERT_EQ(run({"replay", "-r", "rules.conf", "--no-timing", "--format", "jsonl", "-q",
                   "--shard", part_name(part, 5), file()}),
              0)
        << err_;
    together += out_;
  }
  EXPECT_EQ(sorted_lines(together), sorted_lines(read("1.jsonl")));
}

TEST_P(ShardProofStyleTest, AnyFileAndAnyNumberOfParts) {
  std::mt19937 random(11);
  const auto below = [&](int bound) {
    return static_cast<int>(random() % static_cast<unsigned>(bound));
  };
  for (int round = 0; round < 4; ++round) {
    std::string text;
    for (int i = 0; i < 25; ++i) {
      const int kind = below(8);
      std::string one = kind == 0   ? record(i, records(100, 100 + below(9)))
                        : kind == 1 ? record(i, std::string(static_cast<size_t>(below(3000)), 'z'))
                                    : record(i);
      if (below(9) == 0) one.resize(one.size() * 2 / 3);  // breaks off
      if (below(9) == 0) one += "something else\n";
      text += one;
    }
    write(file(), text);
    expect_whole({file()}, static_cast<size_t>(2 + below(4)));
  }
}

INSTANTIATE_TEST_SUITE_P(Styles, ShardProofStyleTest,
                         testing::Values(RecordStyle{"http", "a.http",
                                                     [](int number, const std::string& body) {
                                                       return raw_request(number, body);
                                                     }},
                                         RecordStyle{"http_lf", "b.http",
                                                     [](int number, const std::string& body) {
                                                       return raw_request(number, body, "\n");
                                                     }},
                                         RecordStyle{"native", "audit.log",
                                                     [](int number, const std::string& body) {
                                                       return native_record(number, body);
                                                     }},
                                         RecordStyle{"native_crlf", "audit2.log",
                                                     [](int number, const std::string& body) {
                                                       return native_record(number, body, "\r\n");
                                                     }}),
                         [](const auto& info) { return info.param.name; });

// --- what only one of them has ---

TEST_F(ShardProofTest, AnEntryThatCannotBeReadStandsAtABorder) {
  std::string native, http;
  for (int i = 0; i < 20; ++i) {
    // A record without part B, and a response without a request.
    native += native_record(i, "a") +
              fmt::format(
                  "--{0:08x}-A--\n[23/Nov/2026:09:00:00 +0000] x 192.0.2.1 1 192.0.2.2 80\n"
                  "--{0:08x}-Z--\n\n",
                  i + 50);
    http += raw_request(i, "a") + "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n" +
            "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n";
  }
  write("audit.log", native);
  write("a.http", http);
  for (const size_t parts : {3, 5}) {
    EXPECT_TRUE(expect_whole({"audit.log"}, parts).refused.empty());
    // Only its predecessors tell that it is a response to nothing.
    expect_whole({"a.http"}, parts);
  }
}

TEST_F(ShardProofTest, RecordsThatOverlapAreReadFromTheStart) {
  std::string text;
  for (int i = 0; i < 20; i += 2) {
    const std::string one = native_record(i, "a=1"), other = native_record(i + 1, "b=2");
    const std::string mark = fmt::format("--{:08x}-C--", i);
    text += one.substr(0, one.find(mark)) + other + one.substr(one.find(mark));
  }
  write("audit.log", text);
  const ProvedParts proved = expect_whole({"audit.log"}, 6);
  EXPECT_FALSE(proved.refused.empty());
}

TEST_F(ShardProofTest, ARecordThatEndsBehindTheNextBelongsToThePartInWhichItBegins) {
  const std::string one = native_record(1, "a=1"), other = native_record(2, "b=2");
  const size_t cut = one.find("--00000001-C--");
  write("audit.log", one.substr(0, cut) + other + one.substr(cut));
  size_t count = 0;
  for (const char* const part : {"1/2", "2/2"}) {
    ASSERT_EQ(run({"replay", "-r", "rules.conf", "--format", "jsonl", "-q", "--shard", part,
                   "audit.log"}),
              0)
        << err_;
    count += static_cast<size_t>(std::ranges::count(out_, '\n'));
  }
  EXPECT_EQ(count, 2U);
}

TEST_F(ShardProofTest, ARecordThatBrokeOffIsOfNoConcernForLong) {
  std::string text = native_record(0, "a");
  const std::string broken = native_record(1, std::string(100, 'x'));
  text += broken.substr(0, broken.find("xxx"));
  for (int i = 2; i < 1500; ++i) text += native_record(i, "a");
  write("audit.log", text);
  EXPECT_TRUE(expect_whole({"audit.log"}, 3).refused.empty());
}

TEST_F(ShardProofTest, ALogInTheLinesOfAContainerIsReadFromItsStart) {
  std::string text;
  for (int i = 0; i < 20; ++i) {
    std::istringstream lines(native_record(i, "a=1"));
    for (std::string line; std::getline(lines, line);) {
      text += fmt::format("2026-11-29T16:00:00.123Z stdout F {}\n", line);
    }
  }
  write("audit.log", text);
  EXPECT_TRUE(expect_whole({"audit.log"}, 4).guessed.empty());
}

TEST_F(ShardProofTest, EveryCommandThatReadsTrafficProvesItsParts) {
  std::string text, inner;
  for (int i = 100; i < 140; ++i) inner += native_record(i, "a");
  for (int i = 0; i < 9; ++i) text += native_record(i, "a");
  text += native_record(99, inner) + native_record(10, "a");
  write("audit.log", text);
  write("now.conf", read("rules.conf") + "SecAction \"id:7,phase:1,pass\"\n");
  const std::vector<std::vector<std::string>> commands = {
      {"diff", "--old", "rules.conf", "--new", "now.conf", "audit.log"},
      {"profile", "-r", "rules.conf", "audit.log"},
      {"tune", "-r", "rules.conf", "--include-suspicious", "audit.log"},
      {"alerts", "audit.log"}};
  for (const std::vector<std::string>& command : commands) {
    const auto run_one = [&](size_t part, std::vector<std::string> more) {
      std::vector<std::string> arguments = command;
      arguments.insert(arguments.end(), {"-o", "out.txt", "--skip-unreadable", "--summary",
                                         summary_name(part), "--shard", part_name(part, 2)});
      arguments.insert(arguments.end(), more.begin(), more.end());
      EXPECT_LE(run(arguments), 1) << err_;
    };
    for (const size_t part : all(2)) run_one(part, {});
    EXPECT_EQ(merge(all(2)), 2) << command[0];
    EXPECT_EQ(named_parts(), std::set<size_t>{2}) << err_;
    run_one(2, {"--shard-from-start"});
    EXPECT_EQ(merge(all(2)), 0) << err_;
  }
}

TEST_F(ShardProofTest, FromTheStartIsOfUseWithShardOnly) {
  write("a.http", raw_request(1, "a"));
  for (const std::vector<std::string>& command :
       {std::vector<std::string>{"replay", "-r", "rules.conf", "a.http"},
        std::vector<std::string>{"alerts", "a.http"}}) {
    std::vector<std::string> arguments = command;
    arguments.emplace_back("--shard-from-start");
    EXPECT_EQ(run(arguments), 2);
    EXPECT_NE(err_.find("--shard-from-start: is of use with --shard only"), std::string::npos)
        << err_;
  }
}

}  // namespace
}  // namespace wafcheck::cli
