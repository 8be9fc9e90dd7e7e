// --shard: the parts of an input are, together, the whole, whatever their number.

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <sstream>
#include <string>
#include <utility>
#include <vector>

#include "formats/json/reader.h"
#include "tests/unit/cli/scratch.h"

namespace wafcheck::cli {
namespace {

using formats::JsonValue;

class ShardTest : public Scratch {
 protected:
  void SetUp() override {
    Scratch::SetUp();
    write("rules.conf",
          "SecRuleEngine On\nSecRule ARGS \"@contains attack\" \"id:1,phase:1,deny\"\n");
  }

  /// What a run over the inputs says of each transaction, by source and offset.
  std::multimap<std::string, std::string> transactions(std::vector<std::string> arguments) {
    arguments.insert(arguments.begin(), {"replay", "-r", "rules.conf", "--format", "jsonl",
                                         "--no-timing", "--skip-unreadable"});
    EXPECT_EQ(run(arguments), 0) << err_;
    std::multimap<std::string, std::string> lines;
    for (std::string_view rest = out_; !rest.empty();) {
      const size_t end = rest.find('\n');
      const std::string line(rest.substr(0, end));
      rest.remove_prefix(end + 1);
      const auto document = formats::parse_json(line, 100);
      const JsonValue root = document->root();
      std::string what = fmt::format("{} {} {}", root.member("id").string(),
                                     root.member("request").member("uri").string(),
                                     root.member("decision").string());
      const std::string key = fmt::format("{}@{}", root.member("source").string(),
                                          root.member("offset").integer().value_or(-1));
      lines.emplace(key, std::move(what));
    }
    return lines;
  }

  void expect_whole(const std::vector<std::string>& inputs, size_t count) {
    const auto whole = transactions(inputs);
    EXPECT_EQ(whole.size(), count);
    for (const size_t shards : {1, 2, 3, 7, 40}) {
      std::multimap<std::string, std::string> together;
      for (size_t shard = 1; shard <= shards; ++shard) {
        std::vector<std::string> arguments = inputs;
        arguments.insert(arguments.end(), {"--shard", fmt::format("{}/{}", shard, shards)});
        together.merge(transactions(arguments));
      }
      EXPECT_EQ(together, whole) << shards;
    }
  }

  static std::string lines(size_t from, size_t to) {
    std::string text;
    for (size_t i = from; i < to; ++i) {
      text += fmt::format(R"({{"request":{{"method":"GET","uri":"/{}?q={}"}}}})", i,
                          std::string(i * 7 % 50, 'x') + (i % 5 == 0 ? "attack" : ""));
      text += i % 6 == 0 ? "\r\n\n" : "\n";
    }
    return text;
  }
  static std::string har(size_t entries) {
    std::string text =
        R"({"log":{"version":"1.2","creator":{"name":"a{","version":"}"},"pages":[],"entries":[)";
    for (size_t i = 0; i < entries; ++i) {
      text += i == 0 ? "\n" : ",\n";
      if (i == 4) {
        text += "{\"request\":oops},";
        text += "{\"startedDateTime\":\"x\"},";
      }
      // What looks like an entry inside a string, and inside another object.
      text += fmt::format(
          R"({{"startedDateTime":"2026-01-01T00:00:00Z","request":{{"method":"GET","url":"http://h/{}?q={}",)"
          R"("headers":[{{"name":"X","value":"{{\"request\":{{\"method\":\"GET\",\"url\":\"/\"}},\"response\":{{}}}}"}}]}},)"
          R"("response":{{"status":200,"headers":[{{"name":"a{{","value":":"}}],"content":{{"text":"{{"}}}}}})",
          i, std::string(i * 13 % 90, 'y') + (i % 3 == 0 ? "attack" : ""));
    }
    return text + "]}}\n";
  }
};

TEST_F(ShardTest, OfLines) {
  write("a.jsonl", lines(0, 40));
  expect_whole({"a.jsonl"}, 40);
}

TEST_F(ShardTest, OfAHar) {
  write("a.har", har(12));
  expect_whole({"a.har"}, 12);
}

TEST_F(ShardTest, OfAnAccessLog) {
  std::string text;
  for (int i = 0; i < 30; ++i) {
    text += fmt::format("192.0.2.{} - - [10/Oct/2026:13:55:36 +0000] \"GET /{} HTTP/1.1\" 200 12\n",
                        i, std::string(static_cast<size_t>(i), 'a'));
  }
  write("access.log", text);
  expect_whole({"access.log"}, 30);
}

TEST_F(ShardTest, OfWhatIsReadFromItsBeginning) {
  std::string http, gor;
  for (int i = 0; i < 9; ++i) {
    // The body holds what looks like a request.
    const std::string body = fmt::format("GET /inner{} HTTP/1.1\r\nHost: x\r\n\r\n", i);
    http += fmt::format("POST /{} HTTP/1.1\r\nHost: h\r\nContent-Length: {}\r\n\r\n{}\r\n", i,
                        body.size(), body);
    gor += fmt::format("1 {:x} 1\nGET /{} HTTP/1.1\r\nHost: h\r\n\r\n\n🐵🙈🙉\n", i + 10, i);
  }
  write("a.http", http);
  write("a.gor", gor);
  expect_whole({"a.http"}, 9);
  expect_whole({"a.gor"}, 9);
}

TEST_F(ShardTest, OfBurpsXml) {
  std::string xml =
      "<?xml version=\"1.0\"?>\n<!DOCTYPE items [\n<!ELEMENT items (item*)>\n]>\n<items>\n";
  for (int i = 0; i < 12; ++i) {
    // What looks like an item inside one.
    xml += fmt::format(
        "<item>\n<url><![CDATA[http://h/{0}]]></url>\n<method><![CDATA[POST]]></method>\n"
        "<request base64=\"false\"><![CDATA[POST /{0}?q={1} HTTP/1.1\r\nHost: h\r\n"
        "Content-Length: 33\r\n\r\n</item><item><url><![CDATA[x</item>]]></request>\n</item>\n",
        i, std::string(static_cast<size_t>(i) * 17 % 60, 'x') + (i % 4 == 0 ? "attack" : ""));
  }
  write("a.xml", xml + "</items>\n");
  expect_whole({"a.xml"}, 12);
}

TEST_F(ShardTest, OfGoReplayWithResponsesBehindOtherRequests) {
  std::string gor;
  for (int i = 0; i < 12; ++i) {
    gor += fmt::format("1 {:x} 1\nGET /{}?q={} HTTP/1.1\r\nHost: h\r\n\r\n\n🐵🙈🙉\n", i + 16, i,
                       i % 3 == 0 ? "attack" : "");
    if (i == 0) continue;
    gor += fmt::format("2 {:x} 1\nHTTP/1.1 2{:02} OK\r\n\r\n\n🐵🙈🙉\n", i + 15, i);
  }
  write("a.gor", gor);
  expect_whole({"a.gor"}, 12);
  // The status of the response is that of the request before.
  size_t count = 0;
  for (const char* const part : {"1/3", "2/3", "3/3"}) {
    ASSERT_EQ(run({"replay", "--emit-transactions", "a.gor", "--shard", part}), 0) << err_;
    std::istringstream lines(out_);
    for (std::string line; std::getline(lines, line); ++count) {
      const auto document = formats::parse_json(line, 100);
      const JsonValue root = document->root();
      const int number = std::stoi(root.member("request").member("uri").string().substr(1));
      if (number == 11) continue;
      EXPECT_EQ(root.member("response").member("status").integer(), 201 + number) << line;
    }
  }
  EXPECT_EQ(count, 12U);
}

TEST_F(ShardTest, OfANativeAuditLog) {
  std::string log;
  for (int i = 0; i < 9; ++i) {
    log += fmt::format(
        "--{0:08x}-A--\n[23/Nov/2026:09:00:00 +0000] id{0} 192.0.2.1 53360 192.0.2.2 80\n"
        "--{0:08x}-B--\nGET /{0}?q={1} HTTP/1.1\nHost: h\n\n--{0:08x}-Z--\n\n",
        i, i % 2 == 0 ? "attack" : "x");
  }
  write("audit.log", log);
  expect_whole({"audit.log"}, 9);
}

TEST_F(ShardTest, OfADirectory) {
  write("d/a.jsonl", lines(0, 5));
  write("d/b.jsonl", lines(5, 6));
  write("d/c.har", har(6));
  write("d/e.jsonl", lines(6, 30));
  expect_whole({"d"}, 36);
  expect_whole({"d/e.jsonl", "d/a.jsonl", "d/e.jsonl"}, 53);
}

TEST_F(ShardTest, OfStandardInputKeepsItsPart) {
  const std::string input = lines(0, 10);
  size_t count = 0;
  for (const char* const part : {"1/3", "2/3", "3/3"}) {
    EXPECT_EQ(run({"replay", "-r", "rules.conf", "--format", "jsonl", "--shard", part, "-"}, input),
              0)
        << err_;
    count += static_cast<size_t>(std::ranges::count(out_, '\n'));
    EXPECT_NE(out_.find("\"entry\":null"), std::string::npos);
  }
  EXPECT_EQ(count, 10U);
}

TEST_F(ShardTest, ByClientKeepsAClientTogether) {
  std::string text;
  for (int i = 0; i < 40; ++i) {
    text += fmt::format(
        R"({{"client":{{"ip":"192.0.2.{}"}},"request":{{"method":"GET","uri":"/{}","headers":[["Host","H{}"]]}}}})",
        i % 5, i, i % 4);
    text += '\n';
  }
  write("a.jsonl", text);
  for (const char* const by : {"client", "host"}) {
    std::map<std::string, std::string> part_of;
    size_t count = 0;
    for (int part = 1; part <= 3; ++part) {
      const auto own =
          transactions({"a.jsonl", "--shard", fmt::format("{}/3", part), "--shard-by", by});
      count += own.size();
      for (const auto& [key, line] : own) {
        const int number = std::stoi(line.substr(line.find('/') + 1));
        const std::string owner =
            std::to_string(std::string(by) == "client" ? number % 5 : number % 4);
        EXPECT_EQ(part_of.try_emplace(owner, std::to_string(part)).first->second,
                  std::to_string(part));
      }
    }
    EXPECT_EQ(count, 40U);
  }
  EXPECT_EQ(run({"replay", "-r", "rules.conf", "a.jsonl", "--shard-by", "host"}), 2);
  EXPECT_NE(err_.find("--shard-by: is of use with --shard only"), std::string::npos) << err_;
}

TEST_F(ShardTest, AFaultIsToldByOnePart) {
  write("a.jsonl", lines(0, 6) + "{\"request\":\n" + lines(6, 12));
  int told = 0;
  for (int part = 1; part <= 4; ++part) {
    const int code =
        run({"replay", "-r", "rules.conf", "a.jsonl", "--shard", fmt::format("{}/4", part)});
    told += code == 2 ? 1 : 0;
    if (code == 2) {
      EXPECT_NE(err_.find("a.jsonl: at byte "), std::string::npos) << err_;
    }
  }
  EXPECT_EQ(told, 1);
}

}  // namespace
}  // namespace wafcheck::cli
