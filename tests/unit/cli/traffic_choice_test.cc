// --host and the other options that choose among the entries of traffic, and --curl.

#include <fmt/format.h>
#include <gmock/gmock.h>

#include <string>
#include <vector>

#include "tests/unit/cli/scratch.h"

using ::testing::HasSubstr;

namespace wafcheck::cli {
namespace {

std::string line_of(int number) {
  return fmt::format(
      R"({{"time":"2026-11-{:02}T10:00:00Z","request":{{"method":"{}","uri":"/{}","headers":[["Host","{}.test"]]}},"response":{{"status":{}}}}})"
      "\n",
      number % 28 + 1, number % 2 == 0 ? "GET" : "POST", number, number % 3, 200 + number);
}

class TrafficChoices : public Scratch {
 protected:
  void SetUp() override {
    Scratch::SetUp();
    std::string lines;
    for (int i = 0; i < 100; ++i) lines += line_of(i);
    write("t.jsonl", lines);
    write("r.conf", "SecAction \"id:1,phase:1,pass,nolog\"\n");
  }

  /// The targets of what is chosen, and the exit code.
  std::vector<std::string> chosen(std::vector<std::string> options, int code = 0) {
    options.insert(options.begin(),
                   {"replay", "-r", "r.conf", "--format", "jsonl", "--only", "all"});
    EXPECT_EQ(run(options), code) << err_;
    std::vector<std::string> uris;
    for (size_t at = 0; (at = out_.find("\"uri\":\"", at)) != std::string::npos;) {
      at += 7;
      uris.push_back(out_.substr(at, out_.find('"', at) - at));
    }
    return uris;
  }
};

TEST_F(TrafficChoices, WhatIsLeftOutIsCounted) {
  struct Row {
    std::vector<std::string> options;
    size_t count;
  };
  const Row rows[] = {
      {{"--method", "post"}, 50},
      {{"--host", "0.test,1.*"}, 67},
      {{"--path", "/1"}, 11},
      {{"--path", "/?"}, 10},
      {{"--status", "2xx"}, 100},
      {{"--status", "200-209", "--status", "250"}, 11},
      {{"--since", "2026-11-28"}, 3},
      {{"--since", "2026-11-02", "--until", "2026-11-03"}, 8},
      {{"--method", "GET", "--path", "/1"}, 5},
      {{"--sample", "7"}, 7},
      {{"--sample", "1000"}, 100},
      {{"--sample", "7", "--method", "GET"}, 7},
  };
  for (const Row& row : rows) {
    for (const char* threads : {"1", "4"}) {
      SCOPED_TRACE(row.options[0] + " " + row.options[1]);
      std::vector<std::string> options = row.options;
      options.insert(options.end(), {"t.jsonl", "-j", threads});
      EXPECT_EQ(chosen(options).size(), row.count);
      const std::string left_out = fmt::format(", {} not selected", 100 - row.count);
      EXPECT_EQ(err_.find(left_out) != std::string::npos, row.count != 100) << err_;
    }
  }
}

TEST_F(TrafficChoices, ShardsAreTheWhole) {
  std::vector<std::string> all;
  for (const char* shard : {"1/3", "2/3", "3/3"}) {
    for (std::string& uri : chosen({"--shard", shard, "t.jsonl"})) all.push_back(std::move(uri));
  }
  std::vector<std::string> whole = chosen({"t.jsonl"});
  EXPECT_THAT(all, ::testing::UnorderedElementsAreArray(whole));
}

TEST_F(TrafficChoices, ASampleOfAShardIsAmongIt) {
  const std::vector<std::string> shard = chosen({"--shard", "2/7", "t.jsonl"});
  const std::vector<std::string> sample = chosen({"--shard", "2/7", "--sample", "3", "t.jsonl"});
  EXPECT_EQ(sample.size(), 3u);
  for (const std::string& uri : sample) EXPECT_THAT(shard, ::testing::Contains(uri));
}

TEST_F(TrafficChoices, ASampleIsInOrderAndAlwaysTheSame) {
  const std::vector<std::string> first = chosen({"--sample", "5", "t.jsonl"});
  EXPECT_THAT(first, ::testing::ElementsAre("/0", "/16", "/32", "/64", "/80"));
  EXPECT_EQ(chosen({"--sample", "5", "-j", "1", "t.jsonl"}), first);
}

TEST_F(TrafficChoices, ErrorsOfEntriesAreToldAllTheSame) {
  write("bad.jsonl", line_of(0) + "{\n" + line_of(2));
  chosen({"--path", "/2", "bad.jsonl"}, 2);
  EXPECT_THAT(err_, HasSubstr("bad.jsonl:2:2: entry 1"));
  // That an input breaks off, the part tells that comes to its end.
  write("cut.har", R"({"log":{"entries":[{"request":{"method":"GET","url":"http://h/"}},)");
  chosen({"--shard", "1/2", "cut.har"}, 2);
  EXPECT_TRUE(chosen({"--shard", "2/2", "cut.har"}).empty());
}

TEST_F(TrafficChoices, AnInputOfWhichNothingIsSelectedIsNoError) {
  EXPECT_TRUE(chosen({"--path", "/nowhere", "t.jsonl"}).empty());
  EXPECT_THAT(err_, HasSubstr("note: t.jsonl: none of its entries is selected"));
  write("u.jsonl", line_of(5));
  EXPECT_TRUE(chosen({"--path", "/nowhere", "t.jsonl", "u.jsonl"}).empty());
  EXPECT_THAT(err_, HasSubstr("note: of 2 inputs no entry is selected; the first: t.jsonl"));
  EXPECT_EQ(chosen({"--path", "/0", "t.jsonl", "u.jsonl"}).size(), 1u);
  EXPECT_THAT(err_, HasSubstr("note: u.jsonl: none of its entries is selected"));
}

TEST_F(TrafficChoices, WhatCannotBeChosenAmongIsTold) {
  write("poor.jsonl", R"({"request":{"method":"GET","uri":"/"}})"
                      "\n");
  struct Row {
    const char *option, *value, *note;
  };
  const Row rows[] = {
      {"--host", "h", "1 entry has no host: left out, as --host cannot choose"},
      {"--status", "200", "1 entry has no status"},
      {"--since", "2026-01-01", "1 entry has no time: left out, as --since and --until"},
  };
  for (const Row& row : rows) {
    EXPECT_TRUE(chosen({row.option, row.value, "poor.jsonl"}).empty());
    EXPECT_THAT(err_, HasSubstr(row.note));
  }
}

TEST_F(TrafficChoices, BadValuesAreRefused) {
  const std::vector<std::string> rows[] = {
      {"--status", "40"},  {"--since", "now"}, {"--until", "2026"},
      {"--shard", "0/3"},  {"--shard", "4/3"}, {"--shard", "1"},
      {"--shard", "1/3x"}, {"--sample", "0"},  {"--sample", "few"},
  };
  for (std::vector<std::string> options : rows) {
    const std::string option = options[0];
    options.emplace_back("t.jsonl");
    chosen(options, 2);
    EXPECT_THAT(err_, HasSubstr(option)) << err_;
  }
}

TEST_F(TrafficChoices, CurlStandsInPlaceOfAnInputOrBesides) {
  EXPECT_THAT(chosen({"--curl", "curl h/a", "--curl", "curl 'h/b' \\\n h/d"}),
              ::testing::ElementsAre("/a", "/b", "/d"));
  EXPECT_THAT(out_, HasSubstr(R"("source":"--curl","entry":2)"));
  EXPECT_EQ(chosen({"--curl", "curl h/a", "t.jsonl"}).size(), 101u);
  EXPECT_EQ(chosen({"--curl", "curl h/a", "--input-format", "jsonl", "t.jsonl"}).size(), 101u);
  chosen({"--curl", "wget h/a"}, 2);
  EXPECT_THAT(err_, HasSubstr("--curl: no transactions"));
  chosen({"--curl", "curl --nope h/a"}, 2);
  EXPECT_THAT(err_, HasSubstr("--curl:1:6: entry 0 at byte 5: the curl option --nope"));
  EXPECT_EQ(run({"replay", "-r", "r.conf"}), 2);
  EXPECT_THAT(err_, HasSubstr("TRAFFIC is required"));
}

}  // namespace
}  // namespace wafcheck::cli
