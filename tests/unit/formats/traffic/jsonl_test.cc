#include "formats/traffic/jsonl.h"

#include <gmock/gmock.h>

#include <nlohmann/json.hpp>

#include "formats/traffic/gaps.h"
#include "tests/unit/formats/traffic_testing.h"

using namespace std::literals;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Pair;

namespace wafcheck::formats {
namespace {

using namespace testing;

constexpr std::string_view kMinimal = R"({"request":{"method":"GET","uri":"/"}})";

constexpr std::string_view kFull =
    R"({"id":"t1","time":"2026-11-22T10:00:00Z","client":{"ip":"192.0.2.1","port":54321},)"
    R"("server":{"ip":"192.0.2.9","port":443},"request":{"method":"POST","uri":"/login?x=1",)"
    R"("protocol":"HTTP/1.1","headers":[["Host","example.com"]],"body":"a=b"},)"
    R"("response":{"status":200,"protocol":"HTTP/1.1","headers":[["Content-Type","text/html"]],)"
    R"("body":"<p>ok</p>"}})"
    "\n";

TEST(Jsonl, ReadsAllMembers) {
  const Exchange exchange = read_one("jsonl", kFull);
  EXPECT_EQ(exchange.id, "t1");
  EXPECT_EQ(exchange.time_us, 1'795'341'600'000'000);
  EXPECT_EQ(exchange.client->ip, "192.0.2.1");
  EXPECT_EQ(exchange.client->port, 54321);
  EXPECT_EQ(exchange.server->ip, "192.0.2.9");
  EXPECT_EQ(exchange.server->port, 443);
  EXPECT_EQ(exchange.request.method, "POST");
  EXPECT_EQ(exchange.request.uri, "/login?x=1");
  EXPECT_THAT(exchange.request.headers, ElementsAre(Pair("Host", "example.com")));
  EXPECT_EQ(exchange.request.body, "a=b");
  ASSERT_TRUE(exchange.response.has_value());
  EXPECT_EQ(exchange.response->status, 200);
  EXPECT_THAT(exchange.response->headers, ElementsAre(Pair("Content-Type", "text/html")));
  EXPECT_EQ(exchange.response->body, "<p>ok</p>");
}

TEST(Jsonl, OnlyMethodAndUriAreRequired) {
  const Exchange exchange = read_one("jsonl", kMinimal);
  EXPECT_EQ(exchange.request.protocol, "HTTP/1.1");
  EXPECT_THAT(exchange.request.headers, IsEmpty());
  EXPECT_EQ(exchange.id, "");
  EXPECT_FALSE(exchange.time_us || exchange.client || exchange.server || exchange.response);
}

TEST(Jsonl, WritesTheDocumentedLine) {
  EXPECT_EQ(transaction_line(read_one("jsonl", kFull)), kFull);
}

TEST(Jsonl, BytesThatAreNoTextAreGivenAsBase64) {
  Exchange exchange;
  exchange.request.method = "GET";
  exchange.request.uri = "/\xff";
  exchange.request.headers = {{"A\x80", "ok"}, {"B", "\xfe"}};
  exchange.request.body = "\0\xff"s;
  EXPECT_EQ(transaction_line(exchange),
            R"({"request":{"method":"GET","uri":{"base64":"L/8="},"protocol":"HTTP/1.1",)"
            R"("headers":[[{"base64":"QYA="},"ok"],["B",{"base64":"/g=="}]],)"
            R"("body_base64":"AP8="}})"
            "\n");
}

TEST(Jsonl, WhatIsWrittenReadsBack) {
  Exchange exchange;
  exchange.id = "\"id\"\n";
  exchange.time_us = 1'795'341'600'123'456;
  exchange.client = Endpoint{"2001:db8::1", 1};
  exchange.server = Endpoint{"", 443};
  exchange.request = {.method = "PO\xffST",
                      .uri = "/\0?\x80"s,
                      .protocol = "",
                      .headers = {{"", ""}, {"X", "a\r\n b"}, {"X", "\xc3"}},
                      .body = "line\nfeed \u20ac \x7f"};
  exchange.response = Response{.status = 418,
                               .reason = "I'm a \xff",
                               .protocol = "HTTP/2.0",
                               .headers = {{"Set-Cookie", "a"}, {"Set-Cookie", "b"}},
                               .body = "\x1f\x8b\x08\0"s};
  exchange.http_error = HttpError{400, "bad HTTP version"};
  exchange.notes = {"one", "two"};
  const std::string line = transaction_line(exchange);
  EXPECT_EQ(line.find('\n'), line.size() - 1) << "a transaction is one line";
  const Exchange back = read_one("jsonl", line);
  EXPECT_EQ(transaction_line(back), line);
  EXPECT_EQ(back.id, exchange.id);
  EXPECT_EQ(back.time_us, exchange.time_us);
  EXPECT_EQ(back.request.method, exchange.request.method);
  EXPECT_EQ(back.request.uri, exchange.request.uri);
  EXPECT_EQ(back.request.protocol, "");
  EXPECT_EQ(back.request.headers, exchange.request.headers);
  EXPECT_EQ(back.request.body, exchange.request.body);
  EXPECT_EQ(back.response->status, 418);
  EXPECT_EQ(back.response->reason, exchange.response->reason);
  EXPECT_EQ(back.response->headers, exchange.response->headers);
  EXPECT_EQ(back.response->body, exchange.response->body);
  EXPECT_EQ(back.http_error->reason, "bad HTTP version");
  EXPECT_EQ(back.notes, exchange.notes);
}

TEST(Jsonl, WhatALogKnowsReadsBack) {
  Exchange exchange;
  exchange.request = {"GET", "/", "HTTP/1.1", {}, ""};
  Recorded& recorded = exchange.recorded.emplace();
  exchange.gaps = {Gap::request_body, Gap::sanitised, Gap::time_zone};
  const auto again = [&] {
    const std::string line = transaction_line(exchange);
    const Exchange read = read_one("jsonl", line);
    EXPECT_EQ(transaction_line(read), line);
    EXPECT_EQ(read.gaps, exchange.gaps);
    return line;
  };
  EXPECT_THAT(again(), HasSubstr(R"("recorded":{"decision":"pass","rule_ids":[]},"incomplete":)"
                                 R"(["request-body","sanitised","time-zone"])"));
  recorded.producer = "ModSecurity/2.9.7";
  recorded.engine = *parser::parse_engine("modsecurity2@2.9.7");
  recorded.decision = "deny";
  recorded.status = 403;
  recorded.rule_ids = {942100, 949110};
  recorded.score = 15;
  recorded.phase = 2;
  EXPECT_THAT(again(), HasSubstr(R"("recorded":{"producer":"ModSecurity/2.9.7","engine":)"
                                 R"("modsecurity2@2.9.7","decision":"deny","status":403,)"
                                 R"("rule_ids":[942100,949110],"score":15,"phase":2})"));
  recorded.inferred = recorded.detection_only = recorded.would_interrupt = true;
  EXPECT_THAT(again(), HasSubstr(R"("phase":2,"inferred":true,"detection_only":true,)"
                                 R"("would_interrupt":true})"));
}

TEST(Jsonl, WhatALogKnowsIsChecked) {
  struct Row {
    std::string_view members, error;
  };
  const Row rows[] = {
      {R"("recorded":[])", "recorded must be an object, not an array"},
      {R"("recorded":{"decision":"maybe"})", "recorded.decision \"maybe\" is none"},
      {R"("recorded":{"status":1000})", "recorded.status must be a number of 0 to 999"},
      {R"("recorded":{"rule_ids":["1"]})", "recorded.rule_ids must be an array of rule ids"},
      {R"("recorded":{"rule_ids":[-1]})", "recorded.rule_ids must be an array of rule ids"},
      {R"("recorded":{"phase":1.5})", "recorded.phase must be a number of 0 to 5"},
      {R"("recorded":{"inferred":1})", "recorded.inferred must be true or false"},
      {R"("incomplete":{})", "incomplete must be an array"},
      {R"("incomplete":["x"])", "incomplete: \"x\" is not known"},
  };
  for (const Row& row : rows) {
    const auto line = fmt::format(R"({{"request":{{"method":"GET","uri":"/"}},{}}})", row.members);
    EXPECT_EQ(read_error("jsonl", line).message, row.error);
  }
  const auto line = R"({"request":{"method":"GET","uri":"/"},"recorded":{"engine":"nope"}})";
  EXPECT_THAT(read_error("jsonl", line).message, HasSubstr("recorded.engine: "));
  EXPECT_FALSE(read_one("jsonl", R"({"request":{"method":"GET","uri":"/"},"recorded":null,)"
                                 R"("incomplete":null})")
                   .recorded.has_value());
}

TEST(Jsonl, LinesOfEveryShapeAreRead) {
  struct Row {
    std::string_view name;
    std::string text;
    size_t entries;
  };
  const std::string line(kMinimal);
  const Row rows[] = {
      {"empty input", "", 0},
      {"no line end", line, 1},
      {"CRLF", line + "\r\n" + line + "\r\n", 2},
      {"empty lines", "\n\r\n  \n" + line + "\n\n\n" + line + "\n\n", 2},
      {"byte order mark", "\xEF\xBB\xBF" + line + "\n", 1},
      {"unknown members", R"({"x":[{}],"request":{"method":"A","uri":"/","y":null},"z":1})", 1},
      {"nulls",
       R"({"id":null,"time":null,"client":null,"response":null,)"
       R"("request":{"method":"A","uri":"/","headers":null,"body":null}})",
       1},
      {"id as a number", R"({"id":7,"request":{"method":"A","uri":"/"}})", 1},
  };
  for (const Row& row : rows) {
    SCOPED_TRACE(row.name);
    const auto items = read_all("jsonl", row.text);
    EXPECT_EQ(exchanges(items).size(), row.entries) << describe(items);
    EXPECT_THAT(errors(items), IsEmpty()) << describe(items);
    EXPECT_EQ(describe(read_slowly("jsonl", row.text)), describe(items));
  }
}

TEST(Jsonl, ABadLineDoesNotStopTheOthers) {
  struct Row {
    std::string_view line, message;
    uint32_t column;
  };
  const Row rows[] = {
      {"nonsense", "invalid literal", 2},
      {R"({"request":{"method":"GET","uri":"/"})", "unexpected end of input; expected '}'", 38},
      {R"({"request":{"method":"GET","uri":"/"}} x)", "expected end of input", 40},
      {"{\"request\":{\"method\":\"G\xff\"}}", "ill-formed UTF-8", 24},
      {R"([])", "a transaction must be an object, not an array", 1},
      {R"({})", "request is missing", 1},
      {R"({"request":[]})", "request must be an object, not an array", 1},
      {R"({"request":{"uri":"/"}})", "request.method is missing", 1},
      {R"({"request":{"method":"GET"}})", "request.uri is missing", 1},
      {R"({"request":{"method":"GET","uri":1}})", "request.uri must be a string or {\"base64\"", 1},
      {R"({"request":{"method":"GET","uri":{"base64":"*"}}})",
       "request.uri: not a base64 character at its byte 0", 1},
      {R"({"request":{"method":"GET","uri":{"base64":1}}})",
       "request.uri must be a string of base64, not a number", 1},
      {R"({"request":{"method":"GET","uri":"/","headers":{}}})",
       "request.headers must be an array, not an object", 1},
      {R"({"request":{"method":"GET","uri":"/","headers":[["a"]]}})",
       "request.headers[0] must be [name, value], not an array", 1},
      {R"({"request":{"method":"GET","uri":"/","headers":[["a",1]]}})",
       "request.headers[0][1] must be a string", 1},
      {R"({"request":{"method":"GET","uri":"/","body":1}})", "request.body must be a string", 1},
      {R"({"request":{"method":"GET","uri":"/","body":"","body_base64":""}})",
       "request.body and request.body_base64 exclude each other", 1},
      {R"({"request":{"method":"GET","uri":"/"},"response":{"status":"200"}})",
       "response.status must be a number of 1 to 999", 1},
      {R"({"request":{"method":"GET","uri":"/"},"response":{"status":1000}})",
       "response.status must be a number of 1 to 999", 1},
      {R"({"request":{"method":"GET","uri":"/"},"client":{"port":65536}})",
       "client.port must be a number of 0 to 65535", 1},
      {R"({"request":{"method":"GET","uri":"/"},"client":{"port":-1}})",
       "client.port must be a number of 0 to 65535", 1},
      {R"({"request":{"method":"GET","uri":"/"},"client":{"port":18446744073709551615}})",
       "client.port must be a number of 0 to 65535", 1},
      {R"({"request":{"method":"GET","uri":"/"},"time":"now"})", "time \"now\" is no ISO 8601", 1},
      {R"({"request":{"method":"GET","uri":"/"},"time":1})", "time must be a string", 1},
      {R"({"request":{"method":"GET","uri":"/"},"id":[]})", "id must be a string", 1},
  };
  for (const Row& row : rows) {
    SCOPED_TRACE(row.line);
    const auto items =
        read_all("jsonl", fmt::format("{}\n\n{}\r\n{}\n", kMinimal, row.line, kMinimal));
    ASSERT_EQ(items.size(), 3u) << describe(items);
    EXPECT_EQ(items[2]->entry, 2u);
    ASSERT_FALSE(items[1].has_value()) << describe(items);
    const auto& error = items[1].error();
    EXPECT_THAT(error.message, HasSubstr(row.message));
    EXPECT_EQ(error.entry, 1u);
    EXPECT_EQ(error.line, 3u);
    EXPECT_EQ(error.column, row.column);
    EXPECT_EQ(error.offset, kMinimal.size() + 2 + row.column - 1);
    EXPECT_FALSE(error.fatal);
  }
}

TEST(Jsonl, LimitsHoldForTheLineAlone) {
  struct Row {
    std::string_view name;
    std::string line;
    TrafficLimits limits;
    std::string_view message;
  };
  const std::string header_line =
      R"({"request":{"method":"GET","uri":"/","headers":[["a","b"],["c","d"]]}})";
  const Row rows[] = {
      {"bytes",
       std::string(200'000, 'x'),
       {.entry_bytes = 100},
       "line is over the limit of 100 bytes"},
      {"depth", std::string(1'000'000, '['), {}, "nested deeper than 200 levels"},
      {"headers", header_line, {.headers = 1}, "2 headers, the limit is 1"},
      {"header bytes",
       header_line,
       {.header_bytes = 1},
       "request.headers[0] is over the limit of 1 bytes"},
  };
  for (const Row& row : rows) {
    SCOPED_TRACE(row.name);
    const auto items =
        read_all("jsonl", fmt::format("{0}\n{1}\n{0}", kMinimal, row.line), row.limits);
    ASSERT_EQ(items.size(), 3u);
    ASSERT_FALSE(items[1].has_value());
    EXPECT_EQ(items[1].error().message, row.message);
    EXPECT_TRUE(items[2].has_value());
  }
}

TEST(Jsonl, EveryPrefixEndsInATransactionOrAnError) {
  const std::string text = std::string(kFull) + std::string(kMinimal);
  for (size_t size = 1; size < text.size(); ++size) {
    const auto items = read_all("jsonl", std::string_view(text).substr(0, size));
    const bool first_whole = size >= kFull.size() - 1;
    EXPECT_EQ(exchanges(items).size(), first_whole ? 1u : 0u) << size;
    const bool second_begun = size > kFull.size();
    EXPECT_EQ(errors(items).size(), !first_whole || second_begun ? 1u : 0u) << size;
  }
}

}  // namespace
}  // namespace wafcheck::formats
