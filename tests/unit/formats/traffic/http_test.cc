#include "formats/traffic/http.h"

#include <gmock/gmock.h>

#include "tests/unit/formats/traffic_testing.h"

using namespace std::literals;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

namespace wafcheck::formats {
namespace {

using namespace testing;

/// An exchange in short: method, target and body, then status and body of the response.
std::string summary(const Exchange& exchange) {
  std::string text = fmt::format("{} {} [{}]", exchange.request.method, exchange.request.uri,
                                 exchange.request.body);
  if (exchange.response) {
    text += fmt::format(" {} [{}]", exchange.response->status, exchange.response->body);
  }
  return text;
}

std::string with_crlf(std::string_view text) {
  std::string out;
  for (const char c : text) out += c == '\n' ? "\r\n" : std::string(1, c);
  return out;
}

TEST(Http, FilesOfEveryShape) {
  struct Row {
    std::string_view name, text;
    std::vector<std::string> exchanges;
  };
  const Row rows[] = {
      {"empty", "", {}},
      {"blank", "\n\n\n", {}},
      {"separators alone", "###\n\n### x\n", {}},
      {"one request", "GET / HTTP/1.1\nHost: h\n\n", {"GET / []"}},
      {"no empty line at the end", "GET / HTTP/1.1\nHost: h", {"GET / []"}},
      {"a start line alone", "GET / HTTP/1.1", {"GET / []"}},
      {"blank lines around", "\n\nGET / HTTP/1.1\nHost: h\n\n\n\n", {"GET / []"}},
      {"many requests",
       "GET /1 HTTP/1.1\nHost: h\n\nGET /2 HTTP/1.1\nHost: h\n\n\n\nGET /3 HTTP/1.1\nHost: h\n",
       {"GET /1 []", "GET /2 []", "GET /3 []"}},
      {"separators",
       "### one\nGET /1 HTTP/1.1\nHost: h\n### two\n\nGET /2 HTTP/1.1\nHost: h\n\n###\n",
       {"GET /1 []", "GET /2 []"}},
      {"pairs",
       "GET /1 HTTP/1.1\nHost: h\n\nHTTP/1.1 200 OK\nContent-Length: 2\n\nokGET /2 HTTP/1.1\n"
       "Host: h\n\nHTTP/1.1 404 Not Found\nContent-Length: 0\n\n",
       {"GET /1 [] 200 [ok]", "GET /2 [] 404 []"}},
      {"one with, one without a response",
       "GET /1 HTTP/1.1\nHost: h\n\nGET /2 HTTP/1.1\nHost: h\n\nHTTP/1.1 200\n\n",
       {"GET /1 []", "GET /2 [] 200 []"}},
      {"an interim response gives way",
       "POST /1 HTTP/1.1\nHost: h\nContent-Length: 1\n\nxHTTP/1.1 100 Continue\n\n"
       "HTTP/1.1 201 Created\nContent-Length: 1\n\ny",
       {"POST /1 [x] 201 [y]"}},
      {"101 is final",
       "GET /1 HTTP/1.1\nHost: h\n\nHTTP/1.1 101 Switching Protocols\n\nGET /2 HTTP/1.1\nHost: h\n",
       {"GET /1 [] 101 []", "GET /2 []"}},
      {"no body to HEAD",
       "HEAD /1 HTTP/1.1\nHost: h\n\nHTTP/1.1 200 OK\nContent-Length: 100\n\n"
       "GET /2 HTTP/1.1\nHost: h\n\n",
       {"HEAD /1 [] 200 []", "GET /2 []"}},
      {"no body of 304",
       "GET /1 HTTP/1.1\nHost: h\n\nHTTP/1.1 304 Not Modified\nContent-Length: 100\n\n"
       "GET /2 HTTP/1.1\nHost: h\n\n",
       {"GET /1 [] 304 []", "GET /2 []"}},
      {"a length with the next message right after it",
       "POST /1 HTTP/1.1\nHost: h\nContent-Length: 3\n\na=bPOST /2 HTTP/1.1\nHost: h\n"
       "Content-Length: 1\n\nc",
       {"POST /1 [a=b]", "POST /2 [c]"}},
      {"a length keeps what looks like a message",
       "POST /1 HTTP/1.1\nHost: h\nContent-Length: 18\n\n\n\nGET /x HTTP/1.1\n\n\n"
       "GET /2 HTTP/1.1\nHost: h\n\n",
       {"POST /1 [\n\nGET /x HTTP/1.1\n]", "GET /2 []"}},
      {"no length: up to the end of the file",
       "POST / HTTP/1.1\nHost: h\n\na=b\nc=d\n",
       {"POST / [a=b\nc=d]"}},
      {"no length: empty lines inside",
       "POST / HTTP/1.1\nHost: h\n\na\n\n\nb\n\n\n",
       {"POST / [a\n\n\nb]"}},
      {"no length: up to the next message",
       "POST /1 HTTP/1.1\nHost: h\n\na=b\n\nGET /2 HTTP/1.1\nHost: h\n\n",
       {"POST /1 [a=b]", "GET /2 []"}},
      {"no length: up to the response",
       "POST /1 HTTP/1.1\nHost: h\n\na=b\n\nHTTP/1.1 200 OK\n\n<p>\n\n</p>\n",
       {"POST /1 [a=b] 200 [<p>\n\n</p>]"}},
      {"no length: up to a separator",
       "POST /1 HTTP/1.1\nHost: h\n\na=b\n### next\nGET /2 HTTP/1.1\nHost: h\n\n",
       {"POST /1 [a=b]", "GET /2 []"}},
      {"no length: a start line without an empty line before it is body",
       "POST /1 HTTP/1.1\nHost: h\n\na=b\nGET /2 HTTP/1.1\n",
       {"POST /1 [a=b\nGET /2 HTTP/1.1]"}},
      {"no length: prose is no start line",
       "POST /1 HTTP/1.1\nHost: h\n\nDear\n\nGET well soon\n\nPUT it there\n",
       {"POST /1 [Dear\n\nGET well soon\n\nPUT it there]"}},
      {"next request without a version",
       "GET /1 HTTP/1.1\nHost: h\n\nGET /2\nHost: h\n\n",
       {"GET /1 []", "GET /2 []"}},
      {"next request with a bad version",
       "GET /1 HTTP/1.1\nHost: h\n\nGET /2 HTTP/9\nHost: h\n\n",
       {"GET /1 []", "GET /2 []"}},
      {"chunks",
       "POST /1 HTTP/1.1\nHost: h\nTransfer-Encoding: chunked\n\n3\nabc\n0\n\n"
       "HTTP/1.1 200 OK\nTransfer-Encoding: chunked\n\n2\nde\n0\nX: y\n\nGET /2 HTTP/1.1\n\n",
       {"POST /1 [abc] 200 [de]", "GET /2 []"}},
      {"bad chunks: up to the next message",
       "POST /1 HTTP/1.1\nHost: h\nTransfer-Encoding: chunked\n\n3\nabc\nzz\n\nGET /2 HTTP/1.1\n\n",
       {"POST /1 [abczz]", "GET /2 []"}},
  };
  for (const Row& row : rows) {
    SCOPED_TRACE(row.name);
    const auto items = read_all("http", row.text);
    EXPECT_THAT(errors(items), IsEmpty()) << describe(items);
    std::vector<std::string> found;
    for (const Exchange& exchange : exchanges(items)) {
      EXPECT_EQ(exchange.entry, found.size());
      found.push_back(summary(exchange));
    }
    EXPECT_EQ(found, row.exchanges);
    EXPECT_EQ(describe(read_slowly("http", row.text)), describe(items));
    // With CRLF the lengths above are no longer those of the bodies; all others read the same.
    if (row.text.find("Content-Length") == std::string_view::npos) {
      found.clear();
      for (const Exchange& exchange : exchanges(read_all("http", with_crlf(row.text)))) {
        found.push_back(summary(exchange));
      }
      std::vector<std::string> expected;
      for (const std::string& text : row.exchanges) expected.push_back(with_crlf(text));
      EXPECT_EQ(found, expected);
    }
  }
}

TEST(Http, AWrongLengthIsMendedWithANote) {
  struct Row {
    std::string_view name, text, body, note;
  };
  const Row rows[] = {
      {"too small", "POST / HTTP/1.1\nHost: h\nContent-Length: 2\n\na=b\n\n### end\n", "a=b",
       "Content-Length is 2, the body has 3 bytes"},
      {"too large", "POST / HTTP/1.1\nHost: h\nContent-Length: 99\n\na=b", "a=b",
       "Content-Length is 99, the body has 3 bytes"},
  };
  for (const Row& row : rows) {
    SCOPED_TRACE(row.name);
    const Exchange exchange = read_one("http", row.text);
    EXPECT_EQ(exchange.request.body, row.body);
    EXPECT_THAT(exchange.notes, ElementsAre(row.note));
    EXPECT_FALSE(exchange.http_error.has_value());
  }
}

TEST(Http, AHeadThatIsCutIsNoted) {
  struct Row {
    std::string_view text, note;
  };
  const Row rows[] = {
      {"GET / HTTP/1.1\nHost: h\nX: cu", "the input ends within the headers of the request"},
      {"GET / HTTP/1.1\nHost: h\n", "the input ends within the headers of the request"},
      {"GET / HTTP/1.1\nHost: h\n\nHTTP/1.1 200 OK\nX: cu",
       "the input ends within the headers of the response"},
      {"GET / HTTP/1.1\nHost: h\n\n", ""},
  };
  for (const Row& row : rows) {
    const Exchange exchange = read_one("http", row.text);
    if (row.note.empty()) {
      EXPECT_THAT(exchange.notes, IsEmpty());
    } else {
      EXPECT_THAT(exchange.notes, ElementsAre(row.note));
    }
  }
}

TEST(Http, BodiesAreBytes) {
  const Exchange exchange = read_one(
      "http", "POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 8\r\n\r\n\0\r\n\0\xff\r\n\0"sv);
  EXPECT_EQ(exchange.request.body, "\0\r\n\0\xff\r\n\0"sv);
  EXPECT_THAT(exchange.notes, IsEmpty());
}

TEST(Http, ResponsesAreTakenAsTheyAre) {
  const Exchange exchange = read_one("http",
                                     "GET / HTTP/1.1\r\nHost: h\r\n\r\n"
                                     "HTTP/1.0 500 Server on fire\r\nA: 1\r\nA: 2\r\n\r\nx");
  ASSERT_TRUE(exchange.response.has_value());
  EXPECT_EQ(exchange.response->status, 500);
  EXPECT_EQ(exchange.response->reason, "Server on fire");
  EXPECT_EQ(exchange.response->protocol, "HTTP/1.0");
  EXPECT_EQ(exchange.response->headers, (std::vector<Header>{{"A", "1"}, {"A", "2"}}));
}

TEST(Http, AMalformedRequestIsReadAndNoted) {
  const auto found = exchanges(read_all("http",
                                        "GET /1 HTTP/1.1\nHost: h\n\n"
                                        "GET /2 HTTP/1.1\n\n"
                                        "GET /3\nHost: h\n\n"));
  ASSERT_EQ(found.size(), 3u);
  EXPECT_FALSE(found[0].http_error.has_value());
  EXPECT_EQ(found[1].http_error->reason, "missing Host");
  EXPECT_EQ(found[2].http_error->reason, "missing HTTP version");
}

TEST(Http, FaultyEntriesDoNotStopTheOthers) {
  const std::string good = "GET / HTTP/1.1\nHost: h\n\n";
  struct Row {
    std::string_view name;
    std::string text;
    TrafficLimits limits;
    std::string_view message;
  };
  const Row rows[] = {
      {"a second response",
       "HTTP/1.1 200 OK\nContent-Length: 0\n\nHTTP/1.1 200 OK\n\nx\n\n",
       {},
       "a response without a request before it"},
      {"a bad second status line",
       "HTTP/1.1 200 OK\nContent-Length: 0\n\nHTTP/1.1 2x0\n\n",
       {},
       "bad status line \"HTTP/1.1 2x0\""},
      {"a long line",
       "GET /" + std::string(100'000, 'x') + " HTTP/1.1\n\n",
       {.header_bytes = 100},
       "a line of the header block is over the limit of 100 bytes"},
      {"a long folded header",
       "GET / HTTP/1.1\nA: " + std::string(60, 'x') + "\n " + std::string(60, 'x') + "\n\n",
       {.header_bytes = 100},
       "a folded header is over the limit of 100 bytes"},
      {"many headers",
       "GET / HTTP/1.1\nA: b\nA: b\nA: b\n\n",
       {.headers = 2},
       "more headers than the limit of 2"},
      {"a large body with a length",
       "POST / HTTP/1.1\nContent-Length: 1000\n\n" + std::string(1000, 'x') + "\n\n",
       {.entry_bytes = 500},
       "the body is over the limit of 500 bytes"},
      {"a large body without a length",
       "POST / HTTP/1.1\n\n" + std::string(1000, 'x') + "\n\n",
       {.entry_bytes = 500},
       "the body is over the limit of 500 bytes"},
      {"a large chunked body",
       "POST / HTTP/1.1\nTransfer-Encoding: chunked\n\n3e8\n" + std::string(1000, 'x') + "\n0\n\n",
       {.entry_bytes = 500},
       "the body is over the limit of 500 bytes"},
      {"a large header block",
       "GET / HTTP/1.1\nA: " + std::string(300, 'x') + "\nA: " + std::string(300, 'x') + "\n\n",
       {.entry_bytes = 500},
       "the header block is over the limit of 500 bytes"},
  };
  for (const Row& row : rows) {
    SCOPED_TRACE(row.name);
    const auto items = read_all("http", good + row.text + good, row.limits);
    ASSERT_EQ(items.size(), 3u) << describe(items).substr(0, 2000);
    EXPECT_TRUE(items[0].has_value());
    ASSERT_FALSE(items[1].has_value());
    const auto& error = items[1].error();
    EXPECT_EQ(error.message, row.message);
    EXPECT_EQ(error.entry, 1u);
    EXPECT_FALSE(error.fatal);
    if (!row.text.starts_with("HTTP/")) {
      EXPECT_EQ(error.line, 4u);
      EXPECT_EQ(error.column, 1u);
      EXPECT_EQ(error.offset, good.size());
    }
    ASSERT_TRUE(items[2].has_value());
    EXPECT_EQ(items[2]->entry, 2u);
  }
}

TEST(Http, ABadResponseIsLeftOutOfItsExchange) {
  const auto items = read_all("http",
                              "GET /1 HTTP/1.1\nHost: h\n\nHTTP/1.1 nonsense\nA: b\n\nbody\n\n"
                              "GET /2 HTTP/1.1\nHost: h\n\n");
  const auto found = exchanges(items);
  ASSERT_EQ(found.size(), 2u) << describe(items);
  EXPECT_FALSE(found[0].response.has_value());
  EXPECT_THAT(found[0].notes,
              ElementsAre("response left out: bad status line \"HTTP/1.1 nonsense\""));
}

TEST(Http, EveryPrefixGivesExchanges) {
  const std::string text =
      "\r\n\nPOST /1 HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n"
      "3;x=y\r\nabc\r\n0\r\nT: u\r\n\r\n"
      "HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\n\r\n\0x"
      "GET /2 HTTP/1.1\nHost: h\n folded\n\n### third\n\nPUT /3 HTTP/1.0\nContent-Length: 3\n\nabc"s;
  for (size_t size = 0; size <= text.size(); ++size) {
    SCOPED_TRACE(size);
    const auto items = read_all("http", std::string_view(text).substr(0, size));
    EXPECT_THAT(errors(items), IsEmpty()) << describe(items);
    EXPECT_LE(items.size(), 3u);
    EXPECT_EQ(items.empty(), size <= 3) << "from the first byte of a message there is one";
  }
}

TEST(Http, LooksLikeStartLine) {
  struct Row {
    std::string_view line;
    bool starts;
  };
  const Row rows[] = {
      {"GET / HTTP/1.1", true},
      {"X-ANY /a HTTP/2", true},
      {"GET /", true},
      {"DELETE https://example.com/", true},
      {"OPTIONS *", true},
      {"GET / HTTP/9", true},
      {"HTTP/1.1 200 OK", true},
      {"HTTP/1.1", true},
      {"HTTP/", false},
      {"GET", false},
      {"GET well soon", false},
      {"FOO /", false},
      {"a=b HTTP/1.1", false},
      {"GET HTTP/1.1", false},
      {"a: b c HTTP/1.1", false},
      {"", false},
      {" GET / HTTP/1.1", false},
  };
  for (const Row& row : rows) EXPECT_EQ(looks_like_start_line(row.line), row.starts) << row.line;
}

}  // namespace
}  // namespace wafcheck::formats
