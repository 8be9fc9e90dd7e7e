#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "formats/traffic/http.h"
#include "tests/unit/formats/traffic_testing.h"

using namespace std::literals;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

namespace wafcheck::formats {
namespace {

using namespace testing;

TEST(HttpRequest, StartLinesOfEveryShape) {
  struct Row {
    std::string_view line, method, uri, protocol;
    std::string_view error;  ///< empty: none
  };
  const Row rows[] = {
      {"GET / HTTP/1.1", "GET", "/", "HTTP/1.1", ""},
      {"GET / HTTP/1.0", "GET", "/", "HTTP/1.0", ""},
      {"GET /a?b=%zz'\"<>\\ HTTP/1.1", "GET", "/a?b=%zz'\"<>\\", "HTTP/1.1", ""},
      {"GET /\xff\x80 HTTP/1.1", "GET", "/\xff\x80", "HTTP/1.1", ""},
      {"OPTIONS * HTTP/1.1", "OPTIONS", "*", "HTTP/1.1", ""},
      {"GET http://example.com/a HTTP/1.1", "GET", "http://example.com/a", "HTTP/1.1", ""},
      {"GET / HTTP/2", "GET", "/", "HTTP/2", ""},
      {"GET / HTTP/3.0", "GET", "/", "HTTP/3.0", ""},
      {"m-SEARCH_x /a HTTP/1.1", "m-SEARCH_x", "/a", "HTTP/1.1", ""},
      {"GET /", "GET", "/", "", "missing HTTP version"},
      {"GET / ", "GET", "/", "", "missing HTTP version"},
      {"GET", "GET", "", "", "malformed request line"},
      {"GET  ", "GET", "", "", "malformed request line"},
      {" / HTTP/1.1", "", "/", "HTTP/1.1", "malformed request line"},
      {"GET HTTP/1.1", "GET", "", "HTTP/1.1", "malformed request line"},
      {"G(T / HTTP/1.1", "G(T", "/", "HTTP/1.1", "malformed request line"},
      {"GET / http/1.1", "GET", "/", "http/1.1", "bad HTTP version"},
      {"GET / HTTP/1", "GET", "/", "HTTP/1", "bad HTTP version"},
      {"GET / HTTP/1.10", "GET", "/", "HTTP/1.10", "bad HTTP version"},
      {"GET / HTTP/4.0", "GET", "/", "HTTP/4.0", ""},
      {"GET / HTTP/0.9", "GET", "/", "HTTP/0.9", "bad HTTP version"},
      {"GET / HTTP/", "GET", "/", "HTTP/", "bad HTTP version"},
      {"GET / 1.1", "GET", "/", "1.1", "bad HTTP version"},
      {"GET / JUNK/1.1", "GET", "/", "JUNK/1.1", "bad HTTP version"},
      {"GET /a b HTTP/1.1", "GET", "/a b", "HTTP/1.1", "whitespace in the request target"},
      {"GET /a\tb HTTP/1.1", "GET", "/a\tb", "HTTP/1.1", "whitespace in the request target"},
      {"GET  / HTTP/1.1", "GET", "/", "HTTP/1.1", "whitespace in the request target"},
      {"GET /  HTTP/1.1", "GET", "/", "HTTP/1.1", "whitespace in the request target"},
      {"GET / HTTP/1.1 ", "GET", "/", "HTTP/1.1", "whitespace in the request target"},
      {"GET /\x01 HTTP/1.1", "GET", "/\x01", "HTTP/1.1", "control character in the request target"},
      {"GET /\0x HTTP/1.1"sv, "GET", "/\0x"sv, "HTTP/1.1",
       "control character in the request target"},
  };
  for (const Row& row : rows) {
    for (const std::string_view end : {"\r\n", "\n"}) {
      SCOPED_TRACE(row.line);
      const Exchange exchange =
          parse_http_request(std::string(row.line) + std::string(end) + "Host: h\n\n");
      EXPECT_EQ(exchange.request.method, row.method);
      EXPECT_EQ(exchange.request.uri, row.uri);
      EXPECT_EQ(exchange.request.protocol, row.protocol);
      EXPECT_EQ(exchange.http_error ? exchange.http_error->reason : "", row.error);
      if (exchange.http_error) {
        EXPECT_EQ(exchange.http_error->status, 400);
      }
    }
  }
}

TEST(HttpRequest, HeadersOfEveryShape) {
  struct Row {
    std::string_view name, lines;
    std::vector<Header> headers;
    std::string_view error;  ///< empty: none
  };
  const Row rows[] = {
      {"plain", "Host: h\r\n", {{"Host", "h"}}, ""},
      {"blanks around the value", "Host:\t h \t\r\n", {{"Host", "h"}}, ""},
      {"no blank", "Host:h\n", {{"Host", "h"}}, ""},
      {"empty value", "Host: h\nA:\nB: \n", {{"Host", "h"}, {"A", ""}, {"B", ""}}, ""},
      {"colons in the value", "Host: h:80\nA: b: c\n", {{"Host", "h:80"}, {"A", "b: c"}}, ""},
      {"repeated headers stay apart",
       "Host: h\nA: 1\na: 2\n",
       {{"Host", "h"}, {"A", "1"}, {"a", "2"}},
       ""},
      {"high bytes", "Host: h\nA: \xff\n", {{"Host", "h"}, {"A", "\xff"}}, ""},
      {"no line end at the end", "Host: h", {{"Host", "h"}}, ""},
      {"no colon",
       "Host: h\nnonsense\n",
       {{"Host", "h"}, {"nonsense", ""}},
       "header without a colon"},
      {"space before the colon", "Host : h\n", {{"Host", "h"}}, "space before a header's colon"},
      {"space in the name", "Host: h\nA B: c\n", {{"Host", "h"}, {"A B", "c"}}, "bad header name"},
      {"no name", "Host: h\n: c\n", {{"Host", "h"}, {"", "c"}}, "bad header name"},
      {"high byte in the name",
       "Host: h\n\xff: c\n",
       {{"Host", "h"}, {"\xff", "c"}},
       "bad header name"},
      {"folded", "Host: h\nA: 1\r\n\t2\r\n  3\n", {{"Host", "h"}, {"A", "1 2 3"}}, "folded header"},
      {"folded into an empty value",
       "Host: h\nA:\n b\n",
       {{"Host", "h"}, {"A", "b"}},
       "folded header"},
      {"blank before the first header", " Host: h\n", {{"Host", "h"}}, ""},
      {"bare CR",
       "Host: h\nA: b\rc\n",
       {{"Host", "h"}, {"A", "b\rc"}},
       "bare CR in the header block"},
      {"two CRs at the end",
       "Host: h\nA: b\r\r\n",
       {{"Host", "h"}, {"A", "b\r"}},
       "bare CR in the header block"},
      {"NUL",
       "Host: h\nA: b\0c\n"sv,
       {{"Host", "h"}, {"A", "b\0c"s}},
       "NUL byte in the header block"},
      {"no Host", "A: b\n", {{"A", "b"}}, "missing Host"},
      {"empty Host", "Host:\n", {{"Host", ""}}, ""},
      {"two Hosts", "Host: a\nhost: a\n", {{"Host", "a"}, {"host", "a"}}, "repeated Host"},
      {"Content-Length of a word",
       "Host: h\nContent-Length: x\n",
       {{"Host", "h"}, {"Content-Length", "x"}},
       "bad Content-Length"},
      {"Content-Length with a sign",
       "Host: h\nContent-Length: +0\n",
       {{"Host", "h"}, {"Content-Length", "+0"}},
       "bad Content-Length"},
      {"empty Content-Length",
       "Host: h\nContent-Length:\n",
       {{"Host", "h"}, {"Content-Length", ""}},
       "bad Content-Length"},
      {"Content-Length list",
       "Host: h\nContent-Length: 0, 0\n",
       {{"Host", "h"}, {"Content-Length", "0, 0"}},
       "bad Content-Length"},
      {"Content-Length too large",
       "Host: h\nContent-Length: 99999999999999999999\n",
       {{"Host", "h"}, {"Content-Length", "99999999999999999999"}},
       "bad Content-Length"},
      {"two Content-Lengths",
       "Host: h\nContent-Length: 0\nContent-Length: 0\n",
       {{"Host", "h"}, {"Content-Length", "0"}, {"Content-Length", "0"}},
       "repeated Content-Length"},
      {"a coding after chunked",
       "Host: h\nTransfer-Encoding: chunked, gzip\n",
       {{"Host", "h"}, {"Transfer-Encoding", "chunked, gzip"}},
       "bad Transfer-Encoding"},
  };
  for (const Row& row : rows) {
    SCOPED_TRACE(row.name);
    const Exchange exchange = parse_http_request("GET / HTTP/1.1\r\n" + std::string(row.lines));
    EXPECT_EQ(exchange.request.headers, row.headers);
    EXPECT_EQ(exchange.http_error ? exchange.http_error->reason : "", row.error);
  }
}

TEST(HttpRequest, HostIsNeededInHttp11Alone) {
  EXPECT_FALSE(parse_http_request("GET / HTTP/1.0\r\n\r\n").http_error.has_value());
  EXPECT_FALSE(parse_http_request("GET / HTTP/2\r\n\r\n").http_error.has_value());
  EXPECT_EQ(parse_http_request("GET / HTTP/1.1\r\n\r\n").http_error->reason, "missing Host");
}

TEST(HttpRequest, Bodies) {
  struct Row {
    std::string_view name, headers, rest, body;
    std::vector<std::string> notes;
    std::string_view error;
  };
  const std::string_view chunked = "Transfer-Encoding: chunked\r\n";
  const Row rows[] = {
      {"none", "", "", "", {}, ""},
      {"without a length", "", "a=b\r\n", "a=b\r\n", {}, ""},
      {"of the length it says", "Content-Length: 3\r\n", "a=b", "a=b", {}, ""},
      {"NULs", "Content-Length: 3\r\n", "\0a\0"sv, "\0a\0"sv, {}, ""},
      {"longer than it says",
       "Content-Length: 2\r\n",
       "a=b",
       "a=b",
       {"Content-Length is 2, the body has 3 bytes"},
       ""},
      {"shorter than it says",
       "Content-Length: 4000000000\r\n",
       "a=b",
       "a=b",
       {"Content-Length is 4000000000, the body has 3 bytes"},
       ""},
      {"chunks", chunked, "3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n", "abcde", {}, ""},
      {"chunks with LF alone", chunked, "3\nabc\n0\n\n", "abc", {}, ""},
      {"chunks with NULs and line ends",
       chunked,
       "4\r\n\0\r\n\0\r\n0\r\n\r\n"sv,
       "\0\r\n\0"sv,
       {},
       ""},
      {"chunk extensions", chunked, "3;a=b;c\r\nabc\r\n0;x\r\n\r\n", "abc", {}, ""},
      {"hexadecimal sizes",
       chunked,
       "00a\r\n0123456789\r\nA \r\n0123456789\r\n0\r\n\r\n",
       "01234567890123456789",
       {},
       ""},
      {"trailers",
       chunked,
       "1\r\na\r\n0\r\nX: y\r\nZ: w\r\n\r\n",
       "a",
       {"2 trailer line(s) left out"},
       ""},
      {"no line end after the last chunk", chunked, "1\r\na\r\n0", "a", {}, ""},
      {"bytes after the last chunk",
       chunked,
       "1\r\na\r\n0\r\n\r\nGET / HTTP/1.1\r\n",
       "a",
       {"16 bytes after the last chunk left out"},
       ""},
      {"codings before chunked",
       "Transfer-Encoding: gzip , CHUNKED\r\n",
       "1\r\na\r\n0\r\n\r\n",
       "a",
       {},
       ""},
      {"chunks and a length",
       "Content-Length: 1\r\nTransfer-Encoding: chunked\r\n",
       "3\r\nabc\r\n0\r\n\r\n",
       "abc",
       {},
       "both Content-Length and Transfer-Encoding"},
      {"not chunked at all", chunked, "a=b", "a=b", {"no chunk size: \"a=b\""}, "bad chunked body"},
      {"no chunk",
       chunked,
       "",
       "",
       {"the chunked body breaks off before its last chunk"},
       "bad chunked body"},
      {"broken off in a chunk",
       chunked,
       "5\r\nab",
       "ab",
       {"the chunked body breaks off inside a chunk"},
       "bad chunked body"},
      {"broken off after a chunk",
       chunked,
       "2\r\nab\r\n",
       "ab",
       {"the chunked body breaks off before its last chunk"},
       "bad chunked body"},
      {"longer than its size",
       chunked,
       "1\r\nab\r\n0\r\n\r\n",
       "ab\r\n0\r\n\r\n",
       {"a chunk is longer than its size"},
       "bad chunked body"},
      {"a size with a sign",
       chunked,
       "+1\r\na\r\n",
       "+1\r\na\r\n",
       {"no chunk size: \"+1\""},
       "bad chunked body"},
      {"a size past all counting",
       chunked,
       "fffffffffffffffff\r\na",
       "fffffffffffffffff\r\na",
       {"no chunk size: \"fffffffffffffffff\""},
       "bad chunked body"},
      {"the largest size",
       chunked,
       "fffffffffffffff\r\na",
       "a",
       {"the chunked body breaks off inside a chunk"},
       "bad chunked body"},
  };
  for (const Row& row : rows) {
    SCOPED_TRACE(row.name);
    const Exchange exchange =
        parse_http_request("POST / HTTP/1.1\r\nHost: h\r\n" + std::string(row.headers) + "\r\n" +
                           std::string(row.rest));
    EXPECT_EQ(exchange.request.body, row.body);
    EXPECT_EQ(exchange.notes, row.notes);
    EXPECT_EQ(exchange.http_error ? exchange.http_error->reason : "", row.error);
  }
}

TEST(HttpRequest, TellsAllFaults) {
  HttpFaults faults;
  const Exchange exchange = parse_http_request(
      "GET /a b HTTP/9\r\nA : b\r\n c\r\nContent-Length: x\r\nTransfer-Encoding: y\r\n\r\n",
      faults);
  for (const HttpFault fault :
       {HttpFault::bad_version, HttpFault::target_whitespace, HttpFault::space_before_colon,
        HttpFault::folding, HttpFault::content_length, HttpFault::transfer_encoding,
        HttpFault::two_lengths}) {
    EXPECT_TRUE(faults.has(fault)) << to_string(fault);
  }
  EXPECT_FALSE(faults.has(HttpFault::missing_host)) << "HTTP/9 asks for none";
  EXPECT_EQ(faults.first(), HttpFault::bad_version);
  EXPECT_EQ(exchange.http_error->reason, "bad HTTP version");
}

TEST(HttpRequest, EmptyLinesInFrontArePassedOver) {
  EXPECT_EQ(parse_http_request("\r\n\n\r\nGET / HTTP/1.0\r\n\r\n").request.method, "GET");
}

TEST(HttpRequest, AnyBytesGiveARequest) {
  for (const std::string_view bytes :
       {""sv, "\r\n"sv, "\0"sv, "\xff\xfe"sv, " "sv, ":"sv, "\r"sv}) {
    const Exchange exchange = parse_http_request(bytes);
    ASSERT_TRUE(exchange.http_error.has_value());
    EXPECT_EQ(exchange.http_error->reason, "malformed request line");
  }
}

TEST(HttpRequest, ResponsesAreWrittenAsTheyAre) {
  EXPECT_EQ(serialize_response({.status = 404,
                                .reason = "Not Found",
                                .protocol = "HTTP/1.0",
                                .headers = {{"A", "b"}, {"A", ""}},
                                .body = "x\0y"s}),
            "HTTP/1.0 404 Not Found\r\nA: b\r\nA: \r\n\r\nx\0y"s);
}

}  // namespace
}  // namespace wafcheck::formats
