#include "formats/traffic/har.h"

#include <gmock/gmock.h>

#include "formats/traffic/gaps.h"
#include "formats/traffic/har_entry.h"
#include "tests/unit/formats/traffic_testing.h"

using namespace std::literals;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Pair;

namespace wafcheck::formats {
namespace {

using namespace testing;

std::string har(std::string_view entries) {
  return fmt::format(R"({{"log":{{"version":"1.2","entries":[{}]}}}})", entries);
}

/// A HAR of one entry whose request has `members` besides method and URL.
std::string har_of_request(std::string_view members) {
  return har(fmt::format(R"({{"request":{{"method":"POST","url":"http://h/p",{}}}}})", members));
}

std::string har_of_response(std::string_view members) {
  return har(fmt::format(R"({{"request":{{"method":"GET","url":"http://h/p"}},"response":{{{}}}}})",
                         members));
}

constexpr std::string_view kWhole = R"({"log": {
 "version": "1.2",
 "creator": {"name": "test", "version": "1"},
 "entries": [
  {"startedDateTime": "2026-11-22T10:00:00.250+01:00",
   "request": {"method": "GET", "url": "https://example.com/a?q=%27#top", "httpVersion": "h2",
    "headers": [{"name": ":authority", "value": "example.com"}, {"name": "Accept", "value": "*/*"}]},
   "response": {"status": 200, "statusText": "OK", "httpVersion": "HTTP/1.1",
    "headers": [{"name": "Content-Type", "value": "text/plain"}],
    "content": {"size": 5, "mimeType": "text/plain", "text": "a{}]\"\\"}},
   "serverIPAddress": "[2001:db8::9]", "connection": "50123", "_clientIPAddress": "192.0.2.1"},
  {"request": {"method": "POST", "url": "http://example.com:8080/b",
    "postData": {"mimeType": "text/plain", "text": "x"}}}
 ],
 "pages": [{"id": "p"}]
}}
)";

TEST(Har, ReadsAllThatAnEntryHolds) {
  const auto found = exchanges(read_all("har", kWhole));
  ASSERT_EQ(found.size(), 2u);
  const Exchange& first = found[0];
  EXPECT_EQ(first.entry, 0u);
  EXPECT_EQ(first.time_us, 1'795'338'000'250'000);
  EXPECT_EQ(first.request.method, "GET");
  EXPECT_EQ(first.request.uri, "/a?q=%27");
  EXPECT_EQ(first.request.protocol, "HTTP/2.0");
  EXPECT_THAT(first.request.headers,
              ElementsAre(Pair("Host", "example.com"), Pair("Accept", "*/*")));
  EXPECT_EQ(first.client->ip, "192.0.2.1");
  EXPECT_EQ(first.client->port, 50123);
  EXPECT_EQ(first.server->ip, "2001:db8::9");
  EXPECT_EQ(first.server->port, 443);
  ASSERT_TRUE(first.response.has_value());
  EXPECT_EQ(first.response->status, 200);
  EXPECT_EQ(first.response->reason, "OK");
  EXPECT_EQ(first.response->protocol, "HTTP/1.1");
  EXPECT_THAT(first.response->headers, ElementsAre(Pair("Content-Type", "text/plain")));
  EXPECT_EQ(first.response->body, R"(a{}]"\)");
  EXPECT_THAT(first.notes, IsEmpty());

  const Exchange& second = found[1];
  EXPECT_EQ(second.entry, 1u);
  EXPECT_EQ(second.request.body, "x");
  EXPECT_EQ(header(second.request.headers, "Host"), "example.com:8080");
  EXPECT_EQ(second.server->port, 8080);
  EXPECT_EQ(second.server->ip, "");
  EXPECT_FALSE(second.client.has_value());
  EXPECT_FALSE(second.response.has_value());
  EXPECT_FALSE(second.time_us.has_value());
}

TEST(Har, UrlBecomesOriginForm) {
  struct Row {
    std::string_view url, target, host;
    uint16_t port;
  };
  const Row rows[] = {
      {"http://example.com/", "/", "example.com", 80},
      {"https://example.com", "/", "example.com", 443},
      {"https://example.com?x=1", "/?x=1", "example.com", 443},
      {"https://example.com#f", "/", "example.com", 443},
      {"http://example.com/a#b?c", "/a", "example.com", 80},
      {"HTTP://EXAMPLE.com/A", "/A", "EXAMPLE.com", 80},
      {"ws://example.com/s", "/s", "example.com", 80},
      {"wss://example.com/s", "/s", "example.com", 443},
      {"http://example.com:80/", "/", "example.com", 80},
      {"http://example.com:443/", "/", "example.com:443", 443},
      {"http://u:p@example.com/", "/", "example.com", 80},
      {"http://[2001:db8::1]:81/", "/", "[2001:db8::1]:81", 81},
      {"http://[2001:db8::1]/", "/", "[2001:db8::1]", 80},
      {"http://h/%2e%2e/a b?<x>='%zz", "/%2e%2e/a b?<x>='%zz", "h", 80},
      {"http://h//x/../y?u=http://z/#", "//x/../y?u=http://z/", "h", 80},
      {"/origin?x#y", "/origin?x", "(none)", 0},
      {"*", "*", "(none)", 0},
  };
  for (const Row& row : rows) {
    SCOPED_TRACE(row.url);
    const Exchange exchange = read_one(
        "har", har(fmt::format(R"({{"request":{{"method":"GET","url":"{}"}}}})", row.url)));
    EXPECT_EQ(exchange.request.uri, row.target);
    EXPECT_EQ(header(exchange.request.headers, "host"), row.host);
    EXPECT_EQ(exchange.server ? exchange.server->port : 0, row.port);
  }
}

TEST(Har, ConnectKeepsItsAuthority) {
  const Exchange exchange =
      read_one("har", har(R"({"request":{"method":"CONNECT","url":"example.com:443"}})"));
  EXPECT_EQ(exchange.request.uri, "example.com:443");
}

TEST(Har, VersionsAreThoseOfTheRequestLine) {
  struct Row {
    std::string_view version, protocol;
  };
  const Row rows[] = {
      {"HTTP/1.1", "HTTP/1.1"}, {"http/1.1", "HTTP/1.1"}, {"HTTP/1.0", "HTTP/1.0"},
      {"h2", "HTTP/2.0"},       {"HTTP/2", "HTTP/2.0"},   {"http/2.0", "HTTP/2.0"},
      {"h3", "HTTP/3.0"},       {"H3-29", "HTTP/3.0"},    {"HTTP/3", "HTTP/3.0"},
      {"unknown", "HTTP/1.1"},  {"", "HTTP/1.1"},         {"spdy/3.1", "HTTP/1.1"},
  };
  for (const Row& row : rows) EXPECT_EQ(har_protocol(row.version), row.protocol) << row.version;
}

TEST(Har, PseudoHeadersBecomeHostOrGo) {
  struct Row {
    std::string_view name, headers;
    std::vector<Header> expected;
  };
  const Row rows[] = {
      {"no headers", R"([])", {{"Host", "h"}}},
      {"null headers", R"(null)", {{"Host", "h"}}},
      {"a Host stays where it is",
       R"([{"name":"A","value":"1"},{"name":"host","value":"x"}])",
       {{"A", "1"}, {"host", "x"}}},
      {"authority wins over the URL", R"([{"name":":authority","value":"x"}])", {{"Host", "x"}}},
      {"a Host wins over authority",
       R"([{"name":":authority","value":"x"},{"name":"Host","value":"y"}])",
       {{"Host", "y"}}},
      {"the others are dropped",
       R"([{"name":":method","value":"GET"},{"name":":path","value":"/"},{"name":":scheme","value":"s"}])",
       {{"Host", "h"}}},
      {"repeated headers stay apart",
       R"([{"name":"A","value":"1"},{"name":"a","value":"2"}])",
       {{"Host", "h"}, {"A", "1"}, {"a", "2"}}},
      {"a number counts as text", R"([{"name":"A","value":1}])", {{"Host", "h"}, {"A", "1"}}},
      {"a missing value is empty",
       R"([{"name":"A"},{"name":"B","value":null}])",
       {{"Host", "h"}, {"A", ""}, {"B", ""}}},
      {"a NUL stays", R"([{"name":"A","value":"\u0000x"}])", {{"Host", "h"}, {"A", "\0x"s}}},
  };
  for (const Row& row : rows) {
    SCOPED_TRACE(row.name);
    const Exchange exchange =
        read_one("har", har_of_request(fmt::format(R"("headers":{})", row.headers)));
    EXPECT_EQ(exchange.request.headers, row.expected);
  }
}

constexpr std::string_view kForm =
    R"("headers":[{"name":"content-type","value":"application/x-www-form-urlencoded"}],)";

TEST(Har, RequestBodies) {
  struct Row {
    std::string_view name;
    std::string members;
    std::string body, type;
  };
  const Row rows[] = {
      {"none", R"("headers":[])", "", "(none)"},
      {"null", R"("postData":null)", "", "(none)"},
      {"text", R"("postData":{"mimeType":"text/plain","text":"a\u00e4"})", "a\u00e4", "text/plain"},
      {"empty text", R"("postData":{"mimeType":"text/plain","text":""})", "", "(none)"},
      {"base64", R"("postData":{"text":"AP8=","encoding":"base64"})", "\0\xff"s, "(none)"},
      {"underscored base64", R"("postData":{"text":"AP8=","_encoding":"base64"})", "\0\xff"s,
       "(none)"},
      {"another encoding is no encoding", R"("postData":{"text":"AP8=","encoding":"utf8"})",
       "AP8=", "(none)"},
      {"params", std::string(kForm) + R"("postData":{"mimeType":"x","params":[
          {"name":"a b","value":"1&2=3"},{"name":"ä","value":"<%>"},{"name":"empty"}]})",
       "a+b=1%262%3D3&%C3%A4=%3C%25%3E&empty=", "application/x-www-form-urlencoded"},
      {"params beside an empty text",
       std::string(kForm) + R"("postData":{"text":"","params":[{"name":"a","value":"1"}]})", "a=1",
       "application/x-www-form-urlencoded"},
      {"text wins over params",
       std::string(kForm) + R"("postData":{"text":"a=%31","params":[{"name":"a","value":"1"}]})",
       "a=%31", "application/x-www-form-urlencoded"},
      {"params without any type", R"("postData":{"params":[{"name":"a","value":"1"}]})", "a=1",
       "(none)"},
      {"plain-text params",
       R"("postData":{"mimeType":"text/plain","params":[{"name":"a","value":"1 2"}]})", "a=1 2\r\n",
       "text/plain"},
      {"multipart with its own boundary",
       R"("headers":[{"name":"Content-Type","value":"multipart/form-data; boundary=\"b b\""}],
          "postData":{"mimeType":"x","params":[{"name":"n","value":"v"},
          {"name":"f\"","fileName":"a\r\n.php","contentType":"text/php","value":"<?php"}]})",
       "--b b\r\nContent-Disposition: form-data; name=\"n\"\r\n\r\nv\r\n"
       "--b b\r\nContent-Disposition: form-data; name=\"f%22\"; filename=\"a%0D%0A.php\"\r\n"
       "Content-Type: text/php\r\n\r\n<?php\r\n--b b--\r\n",
       "multipart/form-data; boundary=\"b b\""},
      {"multipart without a boundary",
       R"("headers":[{"name":"Content-Type","value":"multipart/form-data"}],
          "postData":{"params":[{"name":"n","value":"--wafcheck-form-boundaryxx"}]})",
       "--wafcheck-form-boundaryxxx\r\nContent-Disposition: form-data; name=\"n\"\r\n\r\n"
       "--wafcheck-form-boundaryxx\r\n--wafcheck-form-boundaryxxx--\r\n",
       "multipart/form-data; boundary=wafcheck-form-boundaryxxx"},
      {"multipart known from postData alone",
       R"("postData":{"mimeType":"multipart/form-data; charset=x; boundary=b",
          "params":[{"name":"f","fileName":""}]})",
       "--b\r\nContent-Disposition: form-data; name=\"f\"; filename=\"\"\r\n\r\n\r\n--b--\r\n",
       "multipart/form-data; charset=x; boundary=b"},
  };
  for (const Row& row : rows) {
    SCOPED_TRACE(row.name);
    const Exchange exchange = read_one("har", har_of_request(row.members));
    EXPECT_EQ(exchange.request.body, row.body);
    EXPECT_EQ(header(exchange.request.headers, "content-type"), row.type);
  }
}

TEST(Har, Responses) {
  struct Row {
    std::string_view name, members;
    int status;  ///< 0: no response
    std::string body, type;
  };
  const Row rows[] = {
      {"empty object", "", 0, "", ""},
      {"status 0", R"("status":0,"content":{"text":"x"})", 0, "", ""},
      {"status -1", R"("status":-1)", 0, "", ""},
      {"status alone", R"("status":204)", 204, "", "(none)"},
      {"null content", R"("status":200,"content":null)", 200, "", "(none)"},
      {"no text", R"("status":200,"content":{"size":10,"mimeType":"image/png"})", 200, "",
       "(none)"},
      {"text", R"("status":404,"content":{"text":"x","mimeType":"text/html"})", 404, "x",
       "text/html"},
      {"base64", R"("status":200,"content":{"text":"AP8=","encoding":"BASE64"})", 200, "\0\xff"s,
       "(none)"},
      {"unknown type", R"("status":200,"content":{"text":"x","mimeType":"x-unknown"})", 200, "x",
       "(none)"},
  };
  for (const Row& row : rows) {
    SCOPED_TRACE(row.name);
    const Exchange exchange = read_one("har", har_of_response(row.members));
    ASSERT_EQ(exchange.response.has_value(), row.status != 0);
    if (!exchange.response) continue;
    EXPECT_EQ(exchange.response->status, row.status);
    EXPECT_EQ(exchange.response->body, row.body);
    EXPECT_EQ(header(exchange.response->headers, "content-type"), row.type);
  }
}

TEST(Har, FoldedSetCookieIsUnfolded) {
  const Exchange exchange =
      read_one("har", har_of_response(
                          R"("status":200,"headers":[{"name":"set-cookie","value":"a=1\nb=2"},
                    {"name":"X","value":"1\n2"}])"));
  EXPECT_THAT(exchange.response->headers,
              ElementsAre(Pair("set-cookie", "a=1"), Pair("set-cookie", "b=2"), Pair("X", "1\n2")));
}

TEST(Har, AddressesAreTakenWhereTheyAreSome) {
  struct Row {
    std::string_view members, client, server;
  };
  const Row rows[] = {
      {R"("connection":"443")", ":443", ":80"},
      {R"("connection":50000)", ":50000", ":80"},
      {R"("connection":"65535")", ":65535", ":80"},
      {R"("connection":"65536")", "none", ":80"},
      {R"("connection":"0")", "none", ":80"},
      {R"("connection":"c-17")", "none", ":80"},
      {R"("connection":"1234567890123")", "none", ":80"},
      {R"("_clientIPAddress":"198.51.100.7")", "198.51.100.7:0", ":80"},
      {R"("_clientIPAddress":"[2001:db8::7]","connection":"1")", "2001:db8::7:1", ":80"},
      {R"("serverIPAddress":"203.0.113.5")", "none", "203.0.113.5:80"},
      {R"("serverIPAddress":"")", "none", ":80"},
  };
  const auto text = [](const std::optional<Endpoint>& end) {
    return end ? fmt::format("{}:{}", end->ip, end->port) : "none";
  };
  for (const Row& row : rows) {
    SCOPED_TRACE(row.members);
    const Exchange exchange = read_one(
        "har",
        har(fmt::format(R"({{"request":{{"method":"GET","url":"http://h/"}},{}}})", row.members)));
    EXPECT_EQ(text(exchange.client), row.client);
    EXPECT_EQ(text(exchange.server), row.server);
  }
}

TEST(Har, NotesWhatItCannotTakeAsItStands) {
  struct Row {
    std::string document, note, second = {};
  };
  const Row rows[] = {
      {har_of_request(R"("bodySize":12)"), "the HAR does not hold the request body of 12 bytes"},
      {har_of_request(R"("postData":{"mimeType":"a/b","text":"x"})"),
       "Content-Type taken from request.postData.mimeType",
       "Content-Length taken from the body: the HAR has none"},
      {har_of_request(
           R"("headers":[{"name":"content-type","value":"a/b"},{"name":"Content-Type","value":"a/b"}])"),
       "the header Content-Type stands there in two spellings: taken once"},
      {har_of_response(R"("status":200,"content":{"mimeType":"a/b","text":"x"})"),
       "Content-Type taken from response.content.mimeType"},
      {har(R"({"startedDateTime":"yesterday","request":{"method":"GET","url":"/"}})"),
       "startedDateTime \"yesterday\" is no ISO 8601 time"},
      {har(R"({"request":{"method":"GET","url":"http://h/evil","url":"http://h/"}})"),
       "request holds \"url\" more than once: the last was taken"},
      {har(R"({"request":{"method":"GET","url":"http://h/evil","\u0075rl":"http://h/"}})"),
       "request holds \"url\" more than once: the last was taken"},
      {har(R"({"request":{"method":"GET","url":"/evil"},"request":{"method":"GET","url":"/"}})"),
       "the entry holds \"request\" more than once: the last was taken"},
      {har_of_request(R"("headers":[{"name":"A","value":"evil","value":"1"},{"name":"B"}])"),
       "a header holds \"value\" more than once: the last was taken"},
      {har_of_response(R"("status":200,"content":{"text":"evil","text":"x"})"),
       "response.content holds \"text\" more than once: the last was taken"},
  };
  for (const Row& row : rows) {
    std::vector<std::string> notes = {row.note};
    if (!row.second.empty()) notes.push_back(row.second);
    EXPECT_EQ(read_one("har", row.document).notes, notes);
  }
}

TEST(Har, HeadersAreTakenAsTheRecorderMeantThem) {
  struct Row {
    std::string_view members;
    std::vector<Header> headers;  ///< behind Host
  };
  const Row rows[] = {
      {R"("headers":[{"name":"Accept","value":["a/b","c/d"]}])", {{"Accept", "a/b, c/d"}}},
      {R"("headers":[{"name":"accept","value":"a"},{"name":"Accept","value":"b"}])",
       {{"accept", "a"}, {"Accept", "b"}}},
      {R"("headers":[{"name":"Accept","value":"a"},{"name":"Accept","value":"a"}])",
       {{"Accept", "a"}, {"Accept", "a"}}},
      {R"("headers":[{"name":"accept","value":"a"},{"name":"Accept","value":"a"}])",
       {{"accept", "a"}}},
      {R"("headers":[{"name":"Content-Type","value":"a/b"}],"postData":{"text":"xyz"})",
       {{"Content-Type", "a/b"}, {"Content-Length", "3"}}},
      {R"("headers":[{"name":"content-length","value":"9"}],"postData":{"mimeType":"","text":"xyz"})",
       {{"content-length", "9"}}},
  };
  for (const Row& row : rows) {
    SCOPED_TRACE(row.members);
    std::vector<Header> headers = read_one("har", har_of_request(row.members)).request.headers;
    headers.erase(headers.begin());
    EXPECT_EQ(headers, row.headers);
  }
}

TEST(Har, CookiesInAnArrayStayApart) {
  const Exchange exchange = read_one(
      "har",
      har_of_response(R"("status":200,"headers":[{"name":"Set-Cookie","value":["a=1","b=2"]}])"));
  EXPECT_THAT(exchange.response->headers,
              ElementsAre(Pair("Set-Cookie", "a=1"), Pair("Set-Cookie", "b=2")));
}

TEST(Har, WhatNoServerIsAskedForIsNoRequest) {
  for (const std::string_view url :
       {"data:text/plain,x", "blob:https://h/1", "chrome-extension://a/b", "about:blank"}) {
    SCOPED_TRACE(url);
    const std::vector<Entry> entries =
        read_all("har", har(fmt::format(R"({{"request":{{"method":"GET","url":"{}"}}}})", url)));
    ASSERT_EQ(entries.size(), 1u);
    ASSERT_FALSE(entries[0].has_value());
    EXPECT_TRUE(entries[0].error().no_request);
  }
}

TEST(Har, WhatTheRecorderLeftOutIsAGap) {
  struct Row {
    std::string_view name, members;  ///< of the request
    std::vector<Gap> gaps;
  };
  const Row rows[] = {
      {"whole",
       R"("headers":[{"name":"Content-Length","value":"3"}],"postData":{"text":"a=b"})",
       {}},
      {"no body", R"("headers":[],"bodySize":0)", {}},
      {"a size and no body", R"("headers":[],"bodySize":7)", {Gap::request_body}},
      {"a length and no body",
       R"("headers":[{"name":"content-length","value":"7"}])",
       {Gap::request_body}},
      {"a part",
       R"("headers":[{"name":"Content-Length","value":"9"}],"postData":{"text":"a=b"})",
       {Gap::request_body_cut}},
      {"decoded",
       R"("headers":[{"name":"Content-Length","value":"9"},{"name":"Content-Encoding",)"
       R"("value":"gzip"}],"postData":{"text":"a=b"})",
       {}},
      {"bytes that are no text",
       R"("headers":[],"postData":{"text":"a\ufffdb"})",
       {Gap::replaced_bytes}},
      {"a file of a form",
       R"("headers":[],"postData":{"mimeType":"multipart/form-data",)"
       R"("params":[{"name":"f","fileName":"x.png"}]})",
       {Gap::request_body_fields}},
      {"a file that is there",
       R"("headers":[],"postData":{"mimeType":"multipart/form-data",)"
       R"("params":[{"name":"f","fileName":"x","value":"v"}]})",
       {}},
  };
  for (const Row& row : rows) {
    const Exchange exchange = read_one(
        "har",
        har(fmt::format(R"({{"request":{{"method":"POST","url":"http://h/",{}}}}})", row.members)));
    EXPECT_EQ(exchange.gaps, row.gaps) << row.name;
  }
  const auto gaps_of = [](std::string_view content) {
    return read_one("har", har_of_response(fmt::format(R"("status":200,"content":{})", content)))
        .gaps;
  };
  EXPECT_EQ(gaps_of(R"({"size":9})"), std::vector{Gap::response_body});
  EXPECT_EQ(gaps_of(R"({"size":9,"text":""})"), std::vector<Gap>{});
  EXPECT_EQ(gaps_of(R"({"size":0})"), std::vector<Gap>{});
}

TEST(Har, MessagesOfAWebSocketAreLeftOut) {
  const Exchange exchange =
      read_one("har", har(R"({"request":{"method":"GET","url":"wss://h/s"},"_webSocketMessages":)"
                          R"([{"type":"send","data":"x"},{"type":"receive","data":"y"}]})"));
  EXPECT_EQ(exchange.request.uri, "/s");
  EXPECT_THAT(exchange.notes, ElementsAre("2 messages of the WebSocket are left out"));
}

TEST(Har, DocumentsOfEveryShapeAreRead) {
  constexpr std::string_view kEntry = R"({"request":{"method":"GET","url":"/"}})";
  struct Row {
    std::string_view name;
    std::string document;
    size_t entries;
  };
  const Row rows[] = {
      {"byte order mark", "\xEF\xBB\xBF" + har(kEntry), 1},
      {"no entries", har(""), 0},
      {"blanks everywhere",
       " \r\n\t{ \"log\" :\n{ \"entries\" : [ " + std::string(kEntry) + " ,\n" +
           std::string(kEntry) + " ] } } \n",
       2},
      {"entries first", fmt::format(R"({{"log":{{"entries":[{}],"version":"1.2"}}}})", kEntry), 1},
      {"members around log",
       fmt::format(R"({{"_a":[1,{{"log":2}}],"log":{{"entries":[{}]}},"b":null}})", kEntry), 1},
      {"log inside another member is not the log",
       fmt::format(R"({{"x":{{"log":{{"entries":[1]}}}},"log":{{"entries":[{}]}}}})", kEntry), 1},
      {"entries inside another member are not the entries",
       fmt::format(R"({{"log":{{"x":{{"entries":[1,2]}},"entries":[{}]}}}})", kEntry), 1},
      {"entries twice", fmt::format(R"({{"log":{{"entries":[{0}],"entries":[{0}]}}}})", kEntry), 2},
      {"members twice: the last wins", har(R"({"request":{"method":"A","method":"B","url":"/"}})"),
       1},
      {"unknown members and comments",
       har(R"({"_x":{"y":[]},"comment":"c","cache":{},"timings":{"wait":1.5e3},
              "request":{"method":"GET","url":"/","_z":1,"comment":"\"}]"}})"),
       1},
      {"scalars of all kinds beside it",
       fmt::format(R"({{"a":1.5,"b":true,"c":null,"d":-0,"e":"","log":{{"entries":[{}]}}}})",
                   kEntry),
       1},
  };
  for (const Row& row : rows) {
    SCOPED_TRACE(row.name);
    const auto items = read_all("har", row.document);
    EXPECT_EQ(exchanges(items).size(), row.entries) << describe(items);
    EXPECT_THAT(errors(items), IsEmpty()) << describe(items);
    EXPECT_EQ(describe(read_slowly("har", row.document)), describe(items));
  }
}

TEST(Har, ABadEntryDoesNotStopTheOthers) {
  constexpr std::string_view kGood = R"({"request":{"method":"GET","url":"/"}})";
  struct Row {
    std::string_view name, entry, message;
    size_t column;  ///< within the entry, from 1
  };
  const Row rows[] = {
      {"missing colon", R"({"request" {}})", "expected ':'", 12},
      {"missing comma", R"({"a":1 "b":2})", "expected '}'", 8},
      {"trailing comma", R"({"a":1,})", "expected the name of a member", 8},
      {"bare word", R"({"a":nope})", "invalid literal", 7},
      {"unclosed array", R"({"a":[1,2})", "expected ']'", 10},
      {"stray bracket", R"({"a":1]})", "expected '}'", 7},
      {"bad escape", R"({"a":"\x41"})", "invalid string", 8},
      {"raw line feed in a string", "{\"a\":\"x\ny\"}", "control character U+000A", 8},
      {"invalid UTF-8", "{\"a\":\"x\xff\"}", "ill-formed UTF-8 byte", 8},
      {"lone surrogate", R"({"a":"\ud800"})", "surrogate", 13},
      {"not an object", R"(42)", "entry must be an object, not a number", 1},
      {"an array", R"([1])", "entry must be an object, not an array", 1},
      {"null", R"(null)", "entry must be an object, not null", 1},
      {"nothing", R"()", "expected an entry", 1},
      {"no request", R"({})", "request is missing", 1},
      {"request null", R"({"request":null})", "request is missing", 1},
      {"request of a wrong kind", R"({"request":"GET /"})",
       "request must be an object, not a string", 1},
      {"no method", R"({"request":{"url":"/"}})", "request.method is missing", 1},
      {"empty method", R"({"request":{"method":"","url":"/"}})", "request.method is empty", 1},
      {"method of a wrong kind", R"({"request":{"method":1,"url":"/"}})",
       "request.method must be a string, not a number", 1},
      {"no URL", R"({"request":{"method":"GET"}})", "request.url is missing", 1},
      {"URL of a wrong kind", R"({"request":{"method":"GET","url":["/"]}})",
       "request.url must be a string, not an array", 1},
      {"URL of another scheme", R"({"request":{"method":"GET","url":"ftp://h/x"}})",
       "request.url is no HTTP URL: \"ftp://h/x\"", 1},
      {"headers of a wrong kind", R"({"request":{"method":"GET","url":"/","headers":{}}})",
       "request.headers must be an array, not an object", 1},
      {"a header of a wrong kind", R"({"request":{"method":"GET","url":"/","headers":[[]]}})",
       "request.headers[0] must be an object, not an array", 1},
      {"bad base64",
       R"({"request":{"method":"GET","url":"/","postData":{"text":"a*","encoding":"base64"}}})",
       "request.postData.text: not a base64 character at its byte 1", 1},
      {"params of a wrong kind",
       R"({"request":{"method":"GET","url":"/","postData":{"params":{}}}})",
       "request.postData.params must be an array, not an object", 1},
      {"status of a wrong kind",
       R"({"request":{"method":"GET","url":"/"},"response":{"status":"200"}})",
       "response.status must be a number, not a string", 1},
      {"status out of range",
       R"({"request":{"method":"GET","url":"/"},"response":{"status":1000}})",
       "response.status 1000 is no HTTP status", 1},
      {"status beyond a number",
       R"({"request":{"method":"GET","url":"/"},"response":{"status":1e999}})",
       "response.status 1e999 is no HTTP status", 1},
      {"bad base64 of a response",
       R"({"request":{"method":"GET","url":"/"},
           "response":{"status":200,"content":{"text":"=","encoding":"base64"}}})",
       "response.content.text: misplaced base64 padding", 1},
  };
  for (const Row& row : rows) {
    SCOPED_TRACE(row.name);
    const std::string before =
        "{\"log\":{\"entries\":[" + std::string(kGood) + "," + std::string(kGood) + ",\n ";
    const std::string document = before + std::string(row.entry) + ",\n" + std::string(kGood) +
                                 "," + std::string(kGood) + "]}}";
    const auto items = read_all("har", document);
    EXPECT_EQ(describe(read_slowly("har", document)), describe(items));
    ASSERT_EQ(items.size(), 5u) << describe(items);
    for (const size_t good : {0u, 1u, 3u, 4u}) {
      ASSERT_TRUE(items[good].has_value()) << describe(items);
      EXPECT_EQ(items[good]->entry, good);
    }
    ASSERT_FALSE(items[2].has_value()) << describe(items);
    const auto& error = items[2].error();
    EXPECT_EQ(error.entry, 2u);
    EXPECT_FALSE(error.fatal);
    EXPECT_THAT(error.message, HasSubstr(row.message));
    EXPECT_EQ(error.offset, before.size() + row.column - 1);
    EXPECT_EQ(error.line, 2u);
    EXPECT_EQ(error.column, row.column + 1);
  }
}

TEST(Har, FaultsBetweenEntriesDoNotStopThem) {
  constexpr std::string_view kGood = R"({"request":{"method":"GET","url":"/"}})";
  for (const std::string_view between : {"", " x ,", "},", "\n  \"\" 12,", "}}}}"}) {
    SCOPED_TRACE(between);
    const auto items =
        read_all("har", har(std::string(kGood) + std::string(between) + std::string(kGood)));
    EXPECT_EQ(exchanges(items).size(), 2u) << describe(items);
    ASSERT_EQ(errors(items).size(), 1u) << describe(items);
    EXPECT_THAT(errors(items)[0].message, HasSubstr("expected ',' or ']' after an entry"));
  }
}

TEST(Har, WhatIsNoHarIsAFatalError) {
  struct Row {
    std::string_view name, document, message;
    uint64_t offset;
  };
  const Row rows[] = {
      {"empty", "", "the input is empty", 0},
      {"blanks", " \n ", "the input is empty", 3},
      {"text", "hello", "not a HAR: expected '{', found 'h'", 0},
      {"array", "[]", "not a HAR: expected '{', found '['", 0},
      {"empty object", "{}", "not a HAR: it has no log.entries", 2},
      {"no entries", R"({"log":{"version":"1.2"}})", "it has no log.entries", 25},
      {"log of a wrong kind", R"({"log":[]})", "log must be an object: expected '{', found '['", 7},
      {"entries of a wrong kind", R"({"log":{"entries":{}}})",
       "log.entries must be an array: expected '[', found '{'", 18},
      {"name without quotes", R"({log:{}})", "expected the name of a member, found 'l'", 1},
      {"no colon", R"({"a" 1})", "expected ':', found '1'", 5},
      {"no value", R"({"a":,"log":{}})", "expected the value of \"a\", found ','", 5},
      {"no comma", R"({"a":1 "b":2})", "expected ',' or '}', found '\"'", 7},
      {"no comma in log", R"({"log":{"a":1 "b":2}})", "in log: expected ',' or '}', found '\"'",
       14},
      {"more after the end", R"({"log":{"entries":[]}} {})",
       "expected nothing after the document, found '{'", 23},
  };
  for (const Row& row : rows) {
    SCOPED_TRACE(row.name);
    const EntryError error = read_error("har", row.document);
    EXPECT_TRUE(error.fatal);
    EXPECT_THAT(error.message, HasSubstr(row.message));
    EXPECT_EQ(error.offset, row.offset);
  }
}

// A file that was cut off gives the entries that are whole, then says where it broke off.
TEST(Har, EveryPrefixGivesItsEntriesAndAnError) {
  const auto whole = exchanges(read_all("har", kWhole));
  const size_t document_end = kWhole.rfind('}') + 1;
  size_t most = 0;
  for (size_t size = 0; size < document_end; ++size) {
    SCOPED_TRACE(size);
    const auto items = read_all("har", kWhole.substr(0, size));
    ASSERT_FALSE(items.empty());
    const auto found = exchanges(items);
    ASSERT_LE(found.size(), whole.size());
    for (size_t i = 0; i < found.size(); ++i)
      EXPECT_EQ(transaction_line(found[i]), transaction_line(whole[i]));
    EXPECT_GE(found.size(), most) << "a longer prefix gives no fewer entries";
    most = found.size();
    const auto faults = errors(items);
    ASSERT_EQ(faults.size(), 1u) << describe(items);
    EXPECT_TRUE(faults[0].fatal);
    EXPECT_FALSE(items.back().has_value());
    EXPECT_THAT(faults[0].message, ::testing::AnyOf(HasSubstr("end of input"), HasSubstr("empty"),
                                                    HasSubstr("invalid string")));
    EXPECT_LE(faults[0].offset, size);
    EXPECT_GT(faults[0].line, 0u);
  }
  EXPECT_EQ(most, whole.size());
}

TEST(Har, ATruncatedEntryNamesThePlaceAndWhatWasExpected) {
  const EntryError error = read_error("har", "{\"log\":{\"entries\":[\n{\"request\":{\"a\":1");
  EXPECT_EQ(error.offset, 37u);
  EXPECT_EQ(error.line, 2u);
  EXPECT_EQ(error.column, 18u);
  EXPECT_THAT(error.message, HasSubstr("unexpected end of input; expected '}'"));
  EXPECT_TRUE(error.fatal);
}

// A missing quote makes the rest look like a part of its entry: the error is where the quote is.
TEST(Har, AnUnclosedStringIsReportedWhereItIs) {
  const auto items =
      read_all("har", har("{\"request\":{\"method\":\"GET,\n\"url\":\"/\"}},\n{\"request\":{}}"));
  ASSERT_EQ(errors(items).size(), 1u);
  EXPECT_TRUE(errors(items)[0].fatal);
  EXPECT_EQ(errors(items)[0].line, 1u);
  EXPECT_THAT(errors(items)[0].message, HasSubstr("control character U+000A"));
}

TEST(Har, LimitsHoldForTheEntryAlone) {
  constexpr std::string_view kGood = R"({"request":{"method":"GET","url":"/"}})";
  const std::string deep = "{\"a\":" + std::string(100'000, '[') + std::string(100'000, ']') + "}";
  const std::string many_headers = fmt::format(
      R"({{"request":{{"method":"GET","url":"/","headers":[{}{{"name":"x","value":"y"}}]}}}})",
      std::string(30, ' '));
  struct Row {
    std::string_view name;
    std::string entry;
    TrafficLimits limits;
    std::string_view message;
  };
  const Row rows[] = {
      {"bytes",
       "{\"a\":\"" + std::string(5000, 'x') + "\"}",
       {.entry_bytes = 1000},
       "entry is over the limit of 1000 bytes"},
      {"depth", deep, {}, "nested deeper than 200 levels"},
      {"open brackets only",
       "{\"a\":" + std::string(300, '{') + std::string(300, '}') + "}",
       {},
       "nested deeper than 200 levels"},
      {"headers", many_headers, {.headers = 0}, "1 headers, the limit is 0"},
      {"header bytes",
       many_headers,
       {.header_bytes = 1},
       "request.headers[0] is over the limit of 1 bytes"},
  };
  for (const Row& row : rows) {
    SCOPED_TRACE(row.name);
    const auto items =
        read_all("har", har(fmt::format("{0},{1},{0}", kGood, row.entry)), row.limits);
    ASSERT_EQ(items.size(), 3u) << describe(items).substr(0, 500);
    ASSERT_FALSE(items[1].has_value());
    EXPECT_EQ(items[1].error().message, row.message);
    EXPECT_TRUE(items[2].has_value());
  }
}

TEST(Har, DepthOutsideEntriesCostsNothing) {
  const std::string document = "{\"x\":" + std::string(1'000'000, '[') +
                               std::string(1'000'000, ']') + ",\"log\":{\"entries\":[]}}";
  EXPECT_THAT(read_all("har", document), IsEmpty());
}

/// Gives some bytes, then fails as a disk does.
class BrokenBuffer : public std::streambuf {
 public:
  explicit BrokenBuffer(std::string bytes) : bytes_(std::move(bytes)) {
    setg(bytes_.data(), bytes_.data(), bytes_.data() + bytes_.size());
  }

 protected:
  int_type underflow() override { throw std::ios_base::failure("read error"); }

 private:
  std::string bytes_;
};

TEST(Har, AReadErrorIsTold) {
  for (const std::string_view bytes :
       {"", "{\"log\":", "{\"log\":{\"entries\":[{\"a\"", "{\"log\":{\"entries\":[]}}"}) {
    SCOPED_TRACE(bytes);
    BrokenBuffer buffer{std::string(bytes)};
    std::istream in(&buffer);
    const auto faults = errors(read_all("har", in, 10));
    ASSERT_EQ(faults.size(), 1u);
    EXPECT_TRUE(faults[0].fatal);
    EXPECT_EQ(faults[0].message, "the input cannot be read further");
  }
}

}  // namespace
}  // namespace wafcheck::formats
