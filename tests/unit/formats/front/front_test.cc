#include "formats/front/front.h"

#include <gtest/gtest.h>

#include "formats/traffic/http.h"

using namespace std::literals;

namespace wafcheck::formats {
namespace {

/// "400 reason", or "METHOD target version", the headers and the body as they are handed over, each
/// behind a `|`.
std::string told(Front front, Exchange exchange) {
  const FrontResult result = pass_front(front, exchange);
  if (result.refused) {
    return std::to_string(exchange.http_error->status) + ' ' + exchange.http_error->reason;
  }
  EXPECT_FALSE(exchange.http_error);
  const Request& request = exchange.request;
  EXPECT_EQ(result.status_line, request.protocol != "HTTP/0.9");
  std::string text = request.method + ' ' + request.uri + ' ' + request.protocol;
  for (const auto& [name, value] : request.headers) text += '|' + name + ": " + value;
  return text + (request.body.empty() ? "" : "||" + request.body);
}

std::string told(Front front, std::string_view bytes) {
  return told(front, parse_http_request(bytes));
}

struct Row {
  std::string_view bytes;
  std::string_view httpd, nginx;
};

TEST(Front, RequestLines) {
  const Row rows[] = {
      {"GET / HTTP/1.1", "GET / HTTP/1.1|Host: h", "GET / HTTP/1.1|Host: h"},
      {"PURGE / HTTP/1.0", "PURGE / HTTP/1.0|Host: h", "PURGE / HTTP/1.0|Host: h"},
      {"M-SEARCH_ / HTTP/1.1", "M-SEARCH_ / HTTP/1.1|Host: h", "M-SEARCH_ / HTTP/1.1|Host: h"},
      {"|get / HTTP/1.1", "|get / HTTP/1.1|Host: h", "400 malformed request line"},
      {"G(T / HTTP/1.1", "400 malformed request line", "400 malformed request line"},
      {" GET / HTTP/1.1", "400 malformed request line", "400 malformed request line"},
      {"\tGET / HTTP/1.1", "400 malformed request line", "400 malformed request line"},
      {"GET", "400 malformed request line", "400 malformed request line"},
      {"GET ", "400 malformed request line", "400 malformed request line"},
      {"GET  / HTTP/1.1", "400 whitespace in the request target", "GET / HTTP/1.1|Host: h"},
      {"GET /  HTTP/1.1", "400 whitespace in the request target", "GET / HTTP/1.1|Host: h"},
      {"GET / HTTP/1.1 ", "400 whitespace in the request target", "GET / HTTP/1.1|Host: h"},
      {"GET /a b HTTP/1.1", "400 whitespace in the request target",
       "400 whitespace in the request target"},
      {"GET /a\tb HTTP/1.1", "400 control character in the request target",
       "400 control character in the request target"},
      {"GET /\x7f HTTP/1.1", "400 control character in the request target",
       "400 control character in the request target"},
      {"GET /\xff HTTP/1.1", "GET /\xff HTTP/1.1|Host: h", "GET /\xff HTTP/1.1|Host: h"},
      {"GET /\0 HTTP/1.1"sv, "400 NUL byte in the header block",
       "400 NUL byte in the header block"},
      {"GET /\r HTTP/1.1", "400 control character in the request target",
       "400 control character in the request target"},
  };
  for (const Row& row : rows) {
    SCOPED_TRACE(row.bytes);
    const std::string bytes = std::string(row.bytes) + "\r\nHost: h\r\n\r\n";
    EXPECT_EQ(told(Front::httpd, bytes), row.httpd);
    EXPECT_EQ(told(Front::nginx, bytes), row.nginx);
  }
}

TEST(Front, Versions) {
  const Row rows[] = {
      {"HTTP/1.9", "GET / HTTP/1.9|Host: h", "GET / HTTP/1.9|Host: h"},
      {"HTTP/1.10", "400 bad HTTP version", "GET / HTTP/1.10|Host: h"},
      {"HTTP/1.100", "400 bad HTTP version", "400 bad HTTP version"},
      {"HTTP/1.", "400 bad HTTP version", "400 bad HTTP version"},
      {"HTTP/1", "400 bad HTTP version", "400 bad HTTP version"},
      {"HTTP/2.0", "GET / HTTP/2.0|Host: h", "505 HTTP version not supported"},
      {"HTTP/4.0", "GET / HTTP/4.0|Host: h", "505 HTTP version not supported"},
      {"HTTP/2", "400 bad HTTP version", "505 HTTP version not supported"},
      {"HTTP/11.1", "400 bad HTTP version", "505 HTTP version not supported"},
      {"HTTP/0.9", "400 bad HTTP version", "400 bad HTTP version"},
      {"HTTP/01.1", "400 bad HTTP version", "400 bad HTTP version"},
      {"http/1.1", "400 bad HTTP version", "400 bad HTTP version"},
      {"HTTP\\1.0", "400 bad HTTP version", "400 bad HTTP version"},
      {"JUNK/1.0", "400 bad HTTP version", "400 bad HTTP version"},
      {"1.1", "400 bad HTTP version", "400 bad HTTP version"},
  };
  for (const Row& row : rows) {
    SCOPED_TRACE(row.bytes);
    const std::string bytes = "GET / " + std::string(row.bytes) + "\r\nHost: h\r\n\r\n";
    EXPECT_EQ(told(Front::httpd, bytes), row.httpd);
    EXPECT_EQ(told(Front::nginx, bytes), row.nginx);
  }
}

TEST(Front, WithoutAVersionThereIsOnlyARequestLine) {
  const Row rows[] = {
      {"GET /a\r\nHost: h\r\n\r\nbody", "GET /a HTTP/0.9", "GET /a HTTP/0.9"},
      {"GET /a \r\nHost: h\r\n\r\n", "GET /a HTTP/0.9", "GET /a HTTP/0.9"},
      {"GET /a\r\n\x01\r\n\r\n", "GET /a HTTP/0.9", "GET /a HTTP/0.9"},
      {"GET /a  \r\n\r\n", "400 whitespace in the request target", "GET /a HTTP/0.9"},
      {"HEAD /a\r\n\r\n", "400 missing HTTP version", "HEAD /a HTTP/0.9"},
  };
  for (const Row& row : rows) {
    SCOPED_TRACE(row.bytes);
    EXPECT_EQ(told(Front::httpd, row.bytes), row.httpd);
    EXPECT_EQ(told(Front::nginx, row.bytes), row.nginx);
  }
}

TEST(Front, Targets) {
  const Row rows[] = {
      {"GET /a/%2f/../?x#y", "400 fragment in the request target",
       "GET /a/%2f/../?x#y HTTP/1.1|Host: h"},
      {"GET /#", "400 fragment in the request target", "GET /# HTTP/1.1|Host: h"},
      {"GET \\a", "400 request target that is no path", "400 request target that is no path"},
      {"GET a", "400 request target that is no path", "400 request target that is no path"},
      {"GET a?b://c", "400 request target that is no path", "400 request target that is no path"},
      {"GET ?a", "GET ?a HTTP/1.1|Host: h", "400 request target that is no path"},
      {"OPTIONS *", "OPTIONS * HTTP/1.1|Host: h", "400 request target that is no path"},
      {"GET *", "400 request target that is no path", "400 request target that is no path"},
      {"GET http://o/a?b", "GET http://o/a?b HTTP/1.1|Host: o", "GET /a?b HTTP/1.1|Host: h"},
      {"GET HTTP://o:81", "GET HTTP://o:81 HTTP/1.1|Host: o:81", "GET / HTTP/1.1|Host: h"},
      {"GET http://o:", "GET http://o: HTTP/1.1|Host: o", "GET / HTTP/1.1|Host: h"},
      {"GET http://[::1]:80/", "GET http://[::1]:80/ HTTP/1.1|Host: [::1]:80",
       "GET / HTTP/1.1|Host: h"},
      {"GET ftp://o/a", "GET ftp://o/a HTTP/1.1|Host: h", "GET /a HTTP/1.1|Host: h"},
      {"GET http://u@o/", "400 user in the request target", "400 bad host in the request target"},
      {"GET http://o:x/", "400 bad port in the request target",
       "400 bad port in the request target"},
      {"GET http://o_/", "GET http://o_/ HTTP/1.1|Host: o_", "400 bad host in the request target"},
      {"GET http://o%00/", "400 bad Host", "400 bad host in the request target"},
      {"CONNECT o:443", "CONNECT o:443 HTTP/1.1|Host: o:443", "400 request target that is no path"},
      {"CONNECT 1.2.3.4:80", "CONNECT 1.2.3.4:80 HTTP/1.1|Host: 1.2.3.4:80",
       "400 request target that is no path"},
      {"CONNECT [::1]:80", "CONNECT [::1]:80 HTTP/1.1|Host: [::1]:80",
       "400 request target that is no path"},
      {"CONNECT o", "400 CONNECT without host and port", "400 request target that is no path"},
      {"CONNECT o:", "400 CONNECT without host and port", "400 request target that is no path"},
      {"CONNECT o:x", "400 CONNECT without host and port", "400 request target that is no path"},
      {"CONNECT [::1", "400 CONNECT without host and port", "400 request target that is no path"},
      {"CONNECT /", "400 CONNECT without host and port", "405 method not allowed"},
      {"TRACE /", "TRACE / HTTP/1.1|Host: h", "405 method not allowed"},
      {"GET /a%", "GET /a% HTTP/1.1|Host: h", "400 bad percent-encoding in the path"},
      {"GET /a%4x", "GET /a%4x HTTP/1.1|Host: h", "400 bad percent-encoding in the path"},
      {"GET /a%00", "GET /a%00 HTTP/1.1|Host: h", "400 encoded NUL in the path"},
      {"GET /?%00%zz/../..", "GET /?%00%zz/../.. HTTP/1.1|Host: h",
       "GET /?%00%zz/../.. HTTP/1.1|Host: h"},
      {"GET /a/../..", "GET /a/../.. HTTP/1.1|Host: h", "400 path above the root"},
      {"GET /%2e%2E%2fa", "GET /%2e%2E%2fa HTTP/1.1|Host: h", "400 path above the root"},
      {"GET //./a/../b/", "GET //./a/../b/ HTTP/1.1|Host: h", "GET //./a/../b/ HTTP/1.1|Host: h"},
  };
  for (const Row& row : rows) {
    SCOPED_TRACE(row.bytes);
    const std::string bytes = std::string(row.bytes) + " HTTP/1.1\r\nHost: h\r\n\r\n";
    EXPECT_EQ(told(Front::httpd, bytes), row.httpd);
    EXPECT_EQ(told(Front::nginx, bytes), row.nginx);
  }
}

TEST(Front, Headers) {
  const Row rows[] = {
      {"A: 1\r\na:2\r\nB: 3\r\nA: \r\n", "|A: 1, 2, |B: 3", "|A: 1|a: 2|B: 3|A: "},
      {"Cookie: a=1\r\nCookie: b=2\r\n", "|Cookie: a=1, b=2", "|Cookie: a=1|Cookie: b=2"},
      {"A:  b c \t\r\n", "|A: b c", "|A: b c \t"},
      {"A: \tb\xff\r\n", "|A: b\xff", "|A: \tb\xff"},
      {"A_b: 1\r\n", "|A_b: 1", ""},
      {"A.b: 1\r\n", "|A.b: 1", ""},
      {"A(b: 1\r\n", "400 bad header name", ""},
      {": 1\r\n", "400 bad header name", "400 bad header name"},
      {":1\r\n", "400 bad header name", ""},
      {"A b: 1\r\n", "400 bad header name", "400 bad header name"},
      {"A : 1\r\n", "400 space before a header's colon", "400 bad header name"},
      {"A\x01: 1\r\n", "400 bad header name", "400 bad header name"},
      {"A\r\n", "400 header without a colon", "|A: "},
      {"A: 1\r\n \t2 \r\n\t3\r\nB: 4\r\n", "|A: 1 2 3|B: 4", "400 folded header"},
      {"A: 1\r\n \r\n", "400 empty folded line", "400 folded header"},
      {"A: 1\r2\r\n", "400 bare CR in the header block", "400 bare CR in the header block"},
      {"A: 1\r\r\n", "400 bare CR in the header block", "400 bare CR in the header block"},
      {"A: \x01\r\n", "400 control character in a header value", "|A: \x01"},
      {"A: \x7f\r\n", "400 control character in a header value", "|A: \x7f"},
      {"A: \0\r\n"sv, "400 NUL byte in the header block", "400 NUL byte in the header block"},
      {"A: 1\nB: 2\r\n", "400 line that ends in a bare LF", "|A: 1|B: 2"},
      {"Expect: 100-Continue\r\n", "|Expect: 100-Continue", "|Expect: 100-Continue"},
      {"Expect: x\r\n", "417 unknown expectation", "|Expect: x"},
      {"If-Match: 1\r\nif-match: 1\r\n", "|If-Match: 1, 1", "400 repeated If-Match"},
  };
  for (const Row& row : rows) {
    SCOPED_TRACE(row.bytes);
    const std::string bytes = "GET / HTTP/1.1\r\nHost: h\r\n" + std::string(row.bytes) + "\r\n";
    const auto expected = [](std::string_view told) {
      const bool refused = !told.empty() && told[0] != '|';
      return (refused ? "" : "GET / HTTP/1.1|Host: h") + std::string(told);
    };
    EXPECT_EQ(told(Front::httpd, bytes), expected(row.httpd));
    EXPECT_EQ(told(Front::nginx, bytes), expected(row.nginx));
  }
  EXPECT_EQ(told(Front::httpd, "GET / HTTP/1.1\r\n A: 1\r\nHost: h\r\n\r\n"),
            "400 folded line before the first header");
}

TEST(Front, LinesOfATextFileEndInLf) {
  EXPECT_EQ(told(Front::httpd, "GET / HTTP/1.1\nHost: h\n\n"), "GET / HTTP/1.1|Host: h");
  EXPECT_EQ(told(Front::httpd, "GET / HTTP/1.1\nHost: h"), "GET / HTTP/1.1|Host: h");
}

TEST(Front, Hosts) {
  const Row rows[] = {
      {"example.com", "", ""},
      {"example.com.:8080", "", ""},
      {"a_b-c", "", ""},
      {"1.2.3.4:80", "", ""},
      {"[::1]", "", ""},
      {"[fe80::1]:80", "", ""},
      {"", "400 empty Host", "400 empty Host"},
      {"a%00", "400 bad Host", ""},
      {"a b", "400 bad Host", "400 bad Host"},
      {"a\tb", "400 bad Host", "400 bad Host"},
      {"a/b", "400 bad Host", "400 bad Host"},
      {"a@b", "400 bad Host", ""},
      {"a..b", "400 bad Host", "400 bad Host"},
      {".", "400 bad Host", "400 bad Host"},
      {":80", "400 bad Host", "400 bad Host"},
      {"a:", "400 bad Host", ""},
      {"a:0", "400 bad Host", ""},
      {"a:65536", "400 bad Host", ""},
      {"123", "400 bad Host", ""},
      {"1.2.3", "400 bad Host", ""},
      {"1.2.3.04", "400 bad Host", ""},
      {"01.2.3.4", "400 bad Host", ""},
      {"a.1b", "400 bad Host", ""},
      {"[::1", "400 bad Host", ""},
      {"[::g]", "400 bad Host", ""},
      {"[::1%25eth0]", "400 bad Host", ""},
  };
  for (const Row& row : rows) {
    SCOPED_TRACE(row.bytes);
    const std::string host(row.bytes);
    const auto expected = [&](std::string_view refusal) {
      return refusal.empty() ? "GET / HTTP/1.1|Host: " + host : std::string(refusal);
    };
    const std::string bytes = "GET / HTTP/1.1\r\nHost: " + host + "\r\n\r\n";
    EXPECT_EQ(told(Front::httpd, bytes), expected(row.httpd));
    EXPECT_EQ(told(Front::nginx, bytes), expected(row.nginx));
  }
}

TEST(Front, MissingAndRepeatedHosts) {
  const Row rows[] = {
      {"GET / HTTP/1.1\r\n\r\n", "400 missing Host", "400 missing Host"},
      {"GET / HTTP/1.0\r\n\r\n", "GET / HTTP/1.0", "GET / HTTP/1.0"},
      {"GET / HTTP/1.0\r\nHost:\r\n\r\n", "GET / HTTP/1.0|Host: ", "400 empty Host"},
      {"GET http://o/ HTTP/1.1\r\n\r\n", "400 missing Host", "400 missing Host"},
      {"GET / HTTP/1.1\r\nHost: a\r\nHost: a\r\n\r\n", "400 repeated Host", "400 repeated Host"},
  };
  for (const Row& row : rows) {
    SCOPED_TRACE(row.bytes);
    EXPECT_EQ(told(Front::httpd, row.bytes), row.httpd);
    EXPECT_EQ(told(Front::nginx, row.bytes), row.nginx);
  }
}

TEST(Front, Bodies) {
  const Row rows[] = {
      {"\r\nabc", "", ""},
      {"Content-Length: 3\r\n\r\nabc", "|Content-Length: 3||abc", "|Content-Length: 3||abc"},
      {"Content-Length: 2\r\n\r\nabc", "|Content-Length: 2||ab", "|Content-Length: 2||ab"},
      {"Content-Length: 0\r\n\r\nabc", "|Content-Length: 0", "|Content-Length: 0"},
      {"Content-Length: 4\r\n\r\nabc", "400 body shorter than its Content-Length",
       "400 body shorter than its Content-Length"},
      {"Content-Length: 3x\r\n\r\nabc", "400 bad Content-Length", "400 bad Content-Length"},
      {"Content-Length: -3\r\n\r\nabc", "400 bad Content-Length", "400 bad Content-Length"},
      {"Content-Length: +3\r\n\r\nabc", "400 bad Content-Length", "400 bad Content-Length"},
      {"Content-Length: 0x3\r\n\r\nabc", "400 bad Content-Length", "400 bad Content-Length"},
      {"Content-Length:\r\n\r\nabc", "400 bad Content-Length", "400 bad Content-Length"},
      {"Content-Length: 9223372036854775808\r\n\r\n", "400 bad Content-Length",
       "400 bad Content-Length"},
      {"Content-Length: 3, 3\r\n\r\nabc", "400 repeated Content-Length", "400 bad Content-Length"},
      {"Content-Length: 3\r\nContent-Length: 3\r\n\r\nabc", "400 repeated Content-Length",
       "400 repeated Content-Length"},
      {"Transfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n",
       "|Transfer-Encoding: chunked||abc", "|Transfer-Encoding: chunked||abc"},
      {"Content-Length: 1\r\nTransfer-Encoding: Chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n",
       "|Transfer-Encoding: Chunked||abc", "400 both Content-Length and Transfer-Encoding"},
      {"Transfer-Encoding: gzip, chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n",
       "|Transfer-Encoding: gzip, chunked||abc", "501 unknown Transfer-Encoding"},
      {"Transfer-Encoding: gzip\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n",
       "|Transfer-Encoding: gzip, chunked||abc", "400 repeated Transfer-Encoding"},
      {"Transfer-Encoding: chunked, gzip\r\n\r\n3\r\nabc\r\n0\r\n\r\n", "400 bad Transfer-Encoding",
       "501 unknown Transfer-Encoding"},
      {"Transfer-Encoding: xchunked\r\n\r\n", "400 bad Transfer-Encoding",
       "501 unknown Transfer-Encoding"},
      {"Transfer-Encoding: chunked\r\n\r\n3\r\nabcd\r\n0\r\n\r\n", "400 bad chunked body",
       "400 bad chunked body"},
      {"Transfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n", "400 bad chunked body",
       "400 bad chunked body"},
      {"Transfer-Encoding: chunked\r\n\r\nx\r\n", "400 bad chunked body", "400 bad chunked body"},
  };
  for (const Row& row : rows) {
    SCOPED_TRACE(row.bytes);
    const auto expected = [](std::string_view told) {
      const bool refused = !told.empty() && told[0] != '|';
      return (refused ? "" : "POST / HTTP/1.1|Host: h") + std::string(told);
    };
    const std::string bytes = "POST / HTTP/1.1\r\nHost: h\r\n" + std::string(row.bytes);
    EXPECT_EQ(told(Front::httpd, bytes), expected(row.httpd));
    EXPECT_EQ(told(Front::nginx, bytes), expected(row.nginx));
  }
  EXPECT_EQ(told(Front::nginx, "GET / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"),
            "400 Transfer-Encoding in HTTP/1.0");
}

TEST(Front, Limits) {
  const auto line = [](size_t size) {
    return "GET /" + std::string(size - 14, 'a') + " HTTP/1.1\r\nHost: h\r\n\r\n";
  };
  const auto field = [](size_t size) {
    return "GET / HTTP/1.1\r\nHost: h\r\nA: " + std::string(size - 3, 'a') + "\r\n\r\n";
  };
  const auto fields = [](size_t count, size_t size) {
    std::string bytes = "GET / HTTP/1.1\r\nHost: h\r\n";
    for (size_t at = 1; at < count; ++at) {
      const std::string name = "A" + std::to_string(at);
      bytes += name + ": " + std::string(size - name.size() - 2, 'a') + "\r\n";
    }
    return bytes + "\r\n";
  };
  const auto folds = [] {
    std::string bytes = "GET / HTTP/1.1\r\nHost: h\r\nA: b\r\n";
    for (int at = 0; at < 10; ++at) bytes += ' ' + std::string(1000, 'a') + "\r\n";
    return bytes + "\r\n";
  };
  const auto repeated = [] {
    const std::string value(5000, 'a');
    return "GET / HTTP/1.1\r\nHost: h\r\nA: " + value + "\r\nA: " + value + "\r\n\r\n";
  };
  struct LimitRow {
    std::string bytes;
    std::string_view httpd, nginx;  ///< empty: handed over
  };
  const LimitRow rows[] = {
      {line(8190), "", ""},
      {line(8191), "414 request line over 8190 bytes", "414 request line over 8192 bytes"},
      {field(8190), "", ""},
      {field(8191), "400 header over 8190 bytes", "400 header block over its buffers"},
      {fields(100, 10), "", ""},
      {fields(101, 10), "400 more than 100 headers", ""},
      {fields(5, 8190), "", ""},
      {fields(6, 8190), "", "400 header block over its buffers"},
      {folds(), "400 header over 8190 bytes", "400 folded header"},
      {repeated(), "400 header over 8190 bytes", ""},
  };
  for (const LimitRow& row : rows) {
    SCOPED_TRACE(row.bytes.size());
    const auto told_of = [&](Front front) {
      const std::string text = told(front, row.bytes);
      return text.starts_with("GET") ? std::string() : text;
    };
    EXPECT_EQ(told_of(Front::httpd), row.httpd);
    EXPECT_EQ(told_of(Front::nginx), row.nginx);
  }
}

Exchange taken_apart(std::string protocol, std::vector<Header> headers, std::string body = "") {
  Exchange exchange;
  exchange.request = {"POST", "/", std::move(protocol), std::move(headers), std::move(body)};
  return exchange;
}

TEST(Front, RequestsWithoutLines) {
  struct PartsRow {
    std::string_view name;
    Exchange exchange;
    std::string_view httpd, nginx;
  };
  const Header host{"Host", "h"}, length{"Content-Length", "2"};
  const PartsRow rows[] = {
      {"merged", taken_apart("HTTP/1.1", {host, {"A", "1"}, {"A", "2"}}),
       "POST / HTTP/1.1|Host: h|A: 1, 2", "POST / HTTP/1.1|Host: h|A: 1|A: 2"},
      {"missing Host", taken_apart("HTTP/1.1", {}), "400 missing Host", "400 missing Host"},
      {"line feed in a value", taken_apart("HTTP/1.1", {host, {"A", "1\r\nB: 2"}}),
       "400 line feed in the header block", "400 line feed in the header block"},
      {"NUL in a value", taken_apart("HTTP/1.1", {host, {"A", "\0"s}}),
       "400 NUL byte in the header block", "400 NUL byte in the header block"},
      {"unframed", taken_apart("HTTP/1.1", {host}, "abc"), "POST / HTTP/1.1|Host: h",
       "POST / HTTP/1.1|Host: h"},
      {"cut", taken_apart("HTTP/1.1", {host, length}, "abc"),
       "POST / HTTP/1.1|Host: h|Content-Length: 2||ab",
       "POST / HTTP/1.1|Host: h|Content-Length: 2||ab"},
      {"recorded in part", taken_apart("HTTP/1.1", {host, length}, "a"),
       "POST / HTTP/1.1|Host: h|Content-Length: 2||a",
       "POST / HTTP/1.1|Host: h|Content-Length: 2||a"},
      {"decoded chunks", taken_apart("HTTP/1.1", {host, {"Transfer-Encoding", "chunked"}}, "abc"),
       "POST / HTTP/1.1|Host: h|Transfer-Encoding: chunked||abc",
       "POST / HTTP/1.1|Host: h|Transfer-Encoding: chunked||abc"},
      {"HTTP/2 frames", taken_apart("HTTP/2.0", {host}, "abc"), "POST / HTTP/2.0|Host: h||abc",
       "POST / HTTP/2.0|Host: h||abc"},
      {"short version", taken_apart("HTTP/2", {host}, "abc"), "POST / HTTP/2.0|Host: h||abc",
       "POST / HTTP/2.0|Host: h||abc"},
      {"bad length", taken_apart("HTTP/1.1", {host, {"Content-Length", "x"}}),
       "400 bad Content-Length", "400 bad Content-Length"},
  };
  for (const PartsRow& row : rows) {
    SCOPED_TRACE(row.name);
    EXPECT_EQ(told(Front::httpd, row.exchange), row.httpd);
    EXPECT_EQ(told(Front::nginx, row.exchange), row.nginx);
  }
}

TEST(Front, NoneChangesNothing) {
  Exchange exchange = parse_http_request("GET /#a HTTP/9\r\nA: 1\r\nA: 2\r\n\r\nbody");
  const Request before = exchange.request;
  EXPECT_FALSE(pass_front(Front::none, exchange).refused);
  EXPECT_EQ(exchange.http_error->reason, "bad HTTP version");
  EXPECT_EQ(exchange.request.protocol, before.protocol);
  EXPECT_EQ(exchange.request.headers, before.headers);
  EXPECT_EQ(exchange.request.body, "body");
}

TEST(Front, ARefusedRequestStaysAsItWas) {
  Exchange exchange = parse_http_request("GET http://o/ HTTP/1.1\r\nA: 1\r\nA: 2\r\n\r\n");
  ASSERT_TRUE(pass_front(Front::httpd, exchange).refused);
  EXPECT_EQ(exchange.request.uri, "http://o/");
  EXPECT_EQ(exchange.request.headers.size(), 2U);
}

TEST(Front, NotesWhatItLeavesOut) {
  Exchange exchange = parse_http_request("POST / HTTP/1.1\r\nHost: h\r\n\r\nbody");
  pass_front(Front::httpd, exchange);
  EXPECT_EQ(exchange.notes,
            std::vector<std::string>{"4 bytes of body left out: no header announces them"});
}

TEST(Front, Names) {
  EXPECT_EQ(find_front("none"), Front::none);
  EXPECT_EQ(find_front("httpd"), Front::httpd);
  EXPECT_EQ(find_front("nginx"), Front::nginx);
  EXPECT_EQ(find_front("iis"), std::nullopt);
}

TEST(Front, AnswersOfRefusals) {
  const auto line = [](Front front, int status) {
    return serialize_response(refusal(front, {status, "why"}));
  };
  EXPECT_EQ(line(Front::httpd, 400), "HTTP/1.1 400 Bad Request\r\n\r\n");
  EXPECT_EQ(line(Front::httpd, 414), "HTTP/1.1 414 Request-URI Too Long\r\n\r\n");
  EXPECT_EQ(line(Front::nginx, 400), "HTTP/1.1 400 Bad Request\r\n\r\n");
  EXPECT_EQ(line(Front::nginx, 414), "HTTP/1.1 414 Request-URI Too Large\r\n\r\n");
}

}  // namespace
}  // namespace wafcheck::formats
