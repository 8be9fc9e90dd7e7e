#include "formats/traffic/accesslog.h"

#include <gmock/gmock.h>

#include "formats/traffic/gaps.h"
#include "tests/unit/formats/traffic_testing.h"

namespace wafcheck::formats {
namespace {

using namespace testing;
using ::testing::ElementsAre;

/// The line around a request line and what follows it.
std::string line(std::string_view rest, std::string_view names = "192.0.2.1 - -") {
  return fmt::format("{} [29/Nov/2026:16:00:00 +0100] {}\n", names, rest);
}

TEST(AccessLog, ALineIsARequest) {
  const Exchange exchange =
      read_one("accesslog",
               line(R"x("GET /a?b=c HTTP/1.1" 404 123 "http://r/" "Mozilla/5.0 (X)" 0.001 "x")x"));
  EXPECT_EQ(describe(exchange),
            R"(0: {"time":"2026-11-29T15:00:00Z","client":{"ip":"192.0.2.1"},"request":)"
            R"({"method":"GET","uri":"/a?b=c","protocol":"HTTP/1.1","headers":)"
            R"x([["Referer","http://r/"],["User-Agent","Mozilla/5.0 (X)"]]},"response":)x"
            R"({"status":404,"protocol":"HTTP/1.1","headers":[]},"incomplete":)"
            R"(["request-headers-few","response-headers","response-body"]})"
            "\n");
  EXPECT_TRUE(is_partial(exchange.gaps));
  EXPECT_FALSE(exchange.http_error.has_value());
}

TEST(AccessLog, EscapesOfBothServersAreUndone) {
  struct Row {
    std::string_view logged;
    std::string bytes;
  };
  const Row rows[] = {
      {R"(/\x22\xD0\xBF\x5Cx41)", "/\"\xD0\xBF\\x41"},
      {R"(/\"\\\xff\x00\t)", std::string("/\"\\\xFF\0\t", 6)},
      {R"(/\q\x4\xzz)", R"(/\q\x4\xzz)"},
      {R"(/a b)", "/a b"},
  };
  for (const Row& row : rows) {
    SCOPED_TRACE(row.logged);
    const auto quoted = fmt::format(R"("GET {} HTTP/1.0" 200 - "{}" "-")", row.logged, row.logged);
    const Exchange exchange = read_one("accesslog", line(quoted));
    EXPECT_EQ(exchange.request.uri, row.bytes);
    EXPECT_EQ(header(exchange.request.headers, "Referer"), row.bytes);
    EXPECT_EQ(header(exchange.request.headers, "User-Agent"), "(none)");
  }
}

TEST(AccessLog, NamesInFront) {
  struct Row {
    std::string_view names, client, host;
  };
  const Row rows[] = {
      {"192.0.2.1 - -", "192.0.2.1", "(none)"},
      {"2001:db8::1 - bob", "2001:db8::1", "(none)"},
      {"192.0.2.1 ident user with blanks [x]", "192.0.2.1", "(none)"},
      {"client.example.com - -", "", "(none)"},
      {"www.example.com:80 192.0.2.1 - -", "192.0.2.1", "www.example.com"},
      {"www.example.com:8080 192.0.2.1 - -", "192.0.2.1", "www.example.com:8080"},
  };
  for (const Row& row : rows) {
    SCOPED_TRACE(row.names);
    const Exchange exchange = read_one("accesslog", line(R"("GET / HTTP/1.1" 200 12)", row.names));
    EXPECT_EQ(exchange.client ? exchange.client->ip : "", row.client);
    EXPECT_EQ(header(exchange.request.headers, "Host"), row.host);
  }
}

TEST(AccessLog, BodiesAreNotLogged) {
  struct Row {
    std::string_view method;
    bool lacks_body;
  };
  for (const Row& row : {Row{"GET", false},
                         {"HEAD", false},
                         {"DELETE", false},
                         {"POST", true},
                         {"PUT", true},
                         {"PATCH", true},
                         {"FOO", true}}) {
    const auto gaps =
        read_one("accesslog", line(fmt::format("\"{} / HTTP/1.1\" 200 1", row.method))).gaps;
    EXPECT_EQ(std::ranges::count(gaps, Gap::request_body), row.lacks_body ? 1 : 0) << row.method;
    EXPECT_EQ(std::ranges::count(gaps, Gap::request_headers_few), 1) << row.method;
  }
}

TEST(AccessLog, OtherLinesAreErrors) {
  const std::string text = line(R"("GET /1 HTTP/1.1" 200 1)") + "\nno line\n" +
                           line(R"("GET /2 HTTP/1.1" 2000 1)") + line(R"("GET /3)") +
                           line(R"("-" 408 0 "-" "-")") + line(R"("GET /4 HTTP/1.1" 200 1)");
  const auto entries = read_all("accesslog", text);
  ASSERT_EQ(entries.size(), 6u) << describe(entries);
  std::vector<uint32_t> lines;
  for (const EntryError& error : errors(entries)) {
    lines.push_back(error.line);
    EXPECT_EQ(error.no_request, error.line == 6);
  }
  EXPECT_THAT(lines, ElementsAre(3, 4, 5, 6));
  EXPECT_EQ(exchanges(entries)[1].entry, 5u);
  EXPECT_EQ(describe(read_slowly("accesslog", text)), describe(entries));
}

TEST(AccessLog, WhatIsNoRequestLineIsKept) {
  const Exchange exchange = read_one("accesslog", line(R"("\x16\x03\x01" 400 0)"));
  EXPECT_EQ(exchange.request.method, "\x16\x03\x01");
  EXPECT_EQ(exchange.request.protocol, "");
}

TEST(AccessLog, FilesAreFoundByName) {
  for (const char* name :
       {"access.log", "access_log", "other_vhosts_access.log.1", "x-Access.Log"}) {
    EXPECT_TRUE(is_accesslog_name(name)) << name;
  }
  for (const char* name : {"error.log", "accesslog", "access"}) {
    EXPECT_FALSE(is_accesslog_name(name)) << name;
  }
}

}  // namespace
}  // namespace wafcheck::formats
