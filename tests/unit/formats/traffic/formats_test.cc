#include <gmock/gmock.h>

#include <fstream>
#include <set>

#include "tests/unit/formats/traffic_testing.h"

using namespace std::literals;

namespace wafcheck::formats {
namespace {

using namespace testing;

TEST(TrafficFormats, EachHasANameAndADoc) {
  std::set<std::string_view> names;
  for (const TrafficFormat& format : traffic_formats()) {
    EXPECT_TRUE(names.insert(format.name).second) << format.name;
    EXPECT_FALSE(format.title.empty());
    EXPECT_FALSE(format.doc.empty());
    EXPECT_EQ(find_traffic_format(format.name), &format);
  }
  EXPECT_THAT(names, ::testing::IsSupersetOf({"har"sv, "http"sv, "jsonl"sv}));
  EXPECT_EQ(find_traffic_format("nope"), nullptr);
}

TEST(TrafficFormats, AreFoundFromTheContent) {
  struct Row {
    std::string_view head, format;  ///< empty: none
  };
  const Row rows[] = {
      {R"({"log":{"version":"1.2","entries":[)", "har"},
      {"\xEF\xBB\xBF \r\n{\n  \"log\": {", "har"},
      {R"({"log":{"request":1}})", "har"},
      {R"({"_a":{"request":1},"log":{"entries":[]}})", "har"},
      {"{", "har"},
      {"{}", "har"},
      {R"({"lo)", "har"},
      {R"({"other": [1,2],)", "har"},
      {R"({"request":{"method":"GET","uri":"/"}})", "jsonl"},
      {R"({"id":"log","request":{"method":"GET","uri":"/"}})", "jsonl"},
      {R"({"x":{"log":[]}, "request" : {)", "jsonl"},
      {R"({"log":"stderr","request":{"method":"GET","uri":"/"}})", "jsonl"},
      {R"({"id":7,"log":{"version":"1.2","entries":[]}})", "har"},
      {R"({"log":{"entries":[{"request":{}}]},"id":7})", "har"},
      {"\n\n{\"time\":\"2026\",", "jsonl"},
      {"\xEF\xBB\xBF{\"client\":{", "jsonl"},
      {"GET / HTTP/1.1\r\nHost: h\r\n", "http"},
      {"\r\n\r\nGET / HTTP/1.1", "http"},
      {"### login\nPOST /login HTTP/1.1\n", "http"},
      {"PROPFIND /x HTTP/1.1\n", "http"},
      {"BREW /pot HTCPCP/1.0\n", "http"},
      {"get / HTTP/1.1\n", "http"},
      {"GET\n", "http"},
      {"GET /\n", "http"},
      {"GET  /a b c\n", "http"},
      {"HTTP/1.1 200 OK\n", "http"},
      {"curl http://h/\n", "curl"},
      {"\xEF\xBB\xBF#!/bin/sh\n\n  $ curl \\\n", "curl"},
      {"C:\\x\\curl.exe ^\"http://h/^\"", "curl"},
      {"curly http://h/\n", ""},
      {"# a comment\n", ""},
      {"<?xml version=\"1.1\"?>\n<!DOCTYPE items [\n<!ELEMENT items (item*)>", "burp"},
      {"<items burpVersion=\"1\">", "burp"},
      {"<itemset>", ""},
      {"1 ab12 1764428400123456789\nGET / HTTP/1.1\r\n", "gor"},
      {"2 ab12 1764428400123456789 5\nHTTP/1.1 200 OK\r\n", "gor"},
      {"1 2 3\n4 5 6\n", ""},
      {"192.0.2.1 - - [29/Nov/2026:16:00:00 +0100] \"GET / HTTP/1.1\" 200 1\n", "accesslog"},
      {"h:80 ::1 - u [29/Nov/2026:16:00:00 +0100] \"-\" 408 - \"-\" \"-\"\n", "accesslog"},
      {"h 192.0.2.1 - - [29/Nov/2026:16:00:00 +0100] \"GET / HTTP/1.1\" 200 1 \"-\" \"-\" ID \"-\" "
       "/20261129/x 0 900 md5:0123456789abcdef0123456789abcdef\n",
       ""},
      {R"({"timestamp":1,"formatVersion":1,"webaclId":"arn:x","action":"BLOCK")", "awswaf"},
      {"G{}T / http/1.1\n", "http"},
      {"", ""},
      {"\n\n", ""},
      {"hello world", ""},
      {"[1,2]", ""},
      {"SecRule ARGS \"@rx x\" \"id:1\"\n", ""},
      {"# comment\nSecRuleEngine On\n", ""},
      {"<?xml version=\"1.0\"?>", ""},
      {"---\nmeta:\n  author: x\n", ""},
      {"\x7f\x45\x4c\x46\x00"sv, ""},
  };
  for (const Row& row : rows) {
    SCOPED_TRACE(row.head);
    const TrafficFormat* format = detect_traffic_format(row.head);
    EXPECT_EQ(format == nullptr ? "" : format->name, row.format);
    // The order of the table does not matter: no other format is as sure of it.
    for (const TrafficFormat& other : traffic_formats()) {
      const Likeness likeness = other.looks_like(row.head);
      if (format == nullptr) {
        EXPECT_EQ(likeness, Likeness::none) << other.name;
      } else if (&other != format) {
        EXPECT_LT(likeness, format->looks_like(row.head)) << other.name;
      }
    }
  }
}

// What a reader has found keeps nothing of the reader: other threads decode it later.
TEST(TrafficFormats, EntriesAreDecodedAfterTheirReaderIsGone) {
  struct Row {
    std::string_view format, text;
  };
  const Row rows[] = {
      {"har", R"({"log":{"entries":[{"request":{"method":"GET","url":"http://h/a"}},{},)"},
      {"http", "GET /a HTTP/1.1\nHost: h\n\nbody\n###\nHTTP/1.1 200 OK\n\n"},
      {"jsonl", "{\"request\":{\"method\":\"GET\",\"uri\":\"/a\"}}\n[]\n{"},
      {"curl", "curl h/a -d x\ncurl --nope\n"},
      {"burp", "<items><item><request>GET / HTTP/1.0</request></item><item>"},
      {"gor", "1 ab 1\nGET / HTTP/1.0\n\n\xF0\x9F\x90\xB5\xF0\x9F\x99\x88\xF0\x9F\x99\x89\nx"},
      {"accesslog", "192.0.2.1 - - [29/Nov/2026:16:00:00 +0100] \"GET / HTTP/1.1\" 200 1\nx\n"},
      {"awswaf", R"({"action":"ALLOW","httpRequest":{"httpMethod":"GET","uri":"/"}})"
                 "\n{"},
  };
  for (const Row& row : rows) {
    SCOPED_TRACE(row.format);
    std::vector<PendingEntry> pending;
    {
      std::istringstream in{std::string(row.text)};
      const auto reader = find_traffic_format(row.format)->open(in, {});
      while (auto entry = reader->next_pending()) pending.push_back(std::move(*entry));
    }
    EXPECT_GT(pending[0].bytes, 0u) << "what waits is counted";
    std::vector<Entry> entries(pending.size());
    for (size_t i = pending.size(); i-- > 0;) entries[i] = pending[i].decode();
    EXPECT_EQ(describe(entries), describe(read_all(row.format, row.text)));
    EXPECT_EQ(exchanges(entries).size(), 1u);
  }
}

TEST(TrafficFormats, SecLangIsRecognised) {
  struct Row {
    std::string_view head;
    bool seclang;
  };
  const Row rows[] = {
      {"SecRuleEngine On\n", true},
      {"SecRule ARGS \"@rx x\"", true},
      {"\xEF\xBB\xBFSecAction \"id:1\"", true},
      {"\r\n# comment\r\n\r\n  SecMarker X\r\n", true},
      {"Include rules/*.conf\n", true},
      {"IncludeOptional\tx.conf\n", true},
      {"# Set-up\n#\n#SecAction \\\n#  \"id:900000\"\n", true},
      {"# just\n# comments\n", false},
      {"### request\nGET /SecRule HTTP/1.1\n", false},
      {"Security first", false},
      {"Includes", false},
      {"Include", false},
      {"GET / HTTP/1.1\nSecRule: x\n", false},
      {"{\"log\":{}}", false},
      {"", false},
  };
  for (const Row& row : rows) EXPECT_EQ(looks_like_seclang(row.head), row.seclang) << row.head;
}

/// The files under samples/ that README and the man pages show.
TEST(TrafficFormats, SamplesReadWithoutAFault) {
  struct Row {
    std::string_view file, format;
    size_t exchanges;
  };
  const Row rows[] = {
      {"traffic.har", "har", 12}, {"log4shell.http", "http", 1}, {"upload.http", "http", 1},
      {"login.http", "http", 1},  {"traffic.jsonl", "jsonl", 4}, {"copied.curl", "curl", 2},
  };
  for (const Row& row : rows) {
    SCOPED_TRACE(row.file);
    std::ifstream in(fmt::format("{}/samples/{}", WAFCHECK_SOURCE_DIR, row.file), std::ios::binary);
    std::ostringstream bytes;
    bytes << in.rdbuf();
    const TrafficFormat* format = detect_traffic_format(bytes.view().substr(0, 4096));
    ASSERT_NE(format, nullptr);
    EXPECT_EQ(format->name, row.format);
    const auto items = read_all(row.format, bytes.view());
    EXPECT_EQ(items.size(), row.exchanges);
    for (const Exchange& exchange : exchanges(items)) {
      EXPECT_FALSE(exchange.http_error.has_value()) << describe(exchange);
      EXPECT_TRUE(exchange.notes.empty()) << describe(exchange);
      EXPECT_NE(header(exchange.request.headers, "Host"), "(none)");
    }
    EXPECT_TRUE(errors(items).empty()) << describe(items);
  }
}

}  // namespace
}  // namespace wafcheck::formats
