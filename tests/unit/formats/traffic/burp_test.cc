#include <gmock/gmock.h>

#include "parser/base/base64.h"
#include "tests/unit/formats/traffic_testing.h"

using namespace std::literals;

namespace wafcheck::formats {
namespace {

using namespace testing;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

constexpr std::string_view kBegin = R"(<?xml version="1.1"?>
<!DOCTYPE items [
<!ELEMENT items (item*)>
<!ATTLIST items burpVersion CDATA "">
<!ELEMENT item (time, url, host, port, protocol, method, path, extension, request)>
<!ENTITY lol "lol">
]>
<items burpVersion="2026.1" exportTime="Sun Nov 29 16:00:00 UTC 2026">
)";

std::string items(std::string_view inside) {
  return std::string(kBegin) + std::string(inside) + "</items>\n";
}
std::string item(std::string_view request, std::string_view rest = {}) {
  return fmt::format("  <item>\n    <request base64=\"true\"><![CDATA[{}]]></request>{}</item>\n",
                     base64_encode(request), rest);
}
constexpr std::string_view kGet = "GET /a HTTP/1.1\r\nHost: h\r\n\r\n";

TEST(Burp, AnItemIsATransaction) {
  const std::string request =
      "POST /p?q HTTP/1.1\r\nHost: h\r\nContent-Length: 4\r\n\r\n\0\xFF\r\n"s;
  const std::string response =
      "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\n\r\n";
  const Exchange exchange = read_one(
      "burp", items(item(request,
                         "<time>Sun Nov 29 16:00:00 CET 2026</time><url><![CDATA[https://x/]]>"
                         "</url><host ip=\"192.0.2.7\">h</host><port>8443</port>"
                         "<protocol>https</protocol><response base64=\"true\"><![CDATA[" +
                             base64_encode(response) + "]]></response>")));
  EXPECT_EQ(describe(exchange),
            R"(0: {"time":"2026-11-29T15:00:00Z","server":{"ip":"192.0.2.7","port":8443},)"
            R"("request":{"method":"POST","uri":"/p?q","protocol":"HTTP/1.1","headers":)"
            R"([["Host","h"],["Content-Length","4"]],"body_base64":"AP8NCg=="},"response":)"
            R"({"status":200,"reason":"OK","protocol":"HTTP/1.1","headers":)"
            R"([["Transfer-Encoding","chunked"]],"body":"ok"}})"
            "\n");
  EXPECT_TRUE(exchange.wire.has_value());
}

TEST(Burp, PlainMessagesKeepTheirBytes) {
  std::string bytes;
  for (int byte = 0; byte < 256; ++byte) bytes += static_cast<char>(byte);
  bytes += "]]\xEE\x80\x80&#0;&amp;</item>";
  const std::string request = "POST / HTTP/1.1\r\nHost: h\r\n\r\n" + bytes;
  const std::string xml =
      items("<item><request base64=\"false\"><![CDATA[" + request + "]]></request></item>");
  EXPECT_EQ(read_one("burp", xml).request.body, bytes);
  // Without CDATA, references stand for their characters, also for those that XML does not have.
  const std::string escaped = items(
      "<item><request>POST / "
      "HTTP/1.1&#13;\n&#xd;\n&lt;&amp;&#0;&#x1f;&#233;&#65;</request></item>");
  EXPECT_EQ(read_one("burp", escaped).request.body,
            "<&\0\x1F\xC3\xA9"
            "A"s);
}

TEST(Burp, Http2IsNoTextOfHttp1) {
  const Exchange exchange = read_one("burp", items(item("POST /x HTTP/2\r\nHost: h\r\n\r\nbody")));
  EXPECT_EQ(exchange.request.protocol, "HTTP/2.0");
  EXPECT_EQ(exchange.request.body, "body");
  EXPECT_FALSE(exchange.wire.has_value());
}

TEST(Burp, TimesHaveZonesWithNames) {
  struct Row {
    std::string_view time, wanted;
    bool gap;
  };
  const Row rows[] = {
      {"Sun Nov 29 16:00:00 UTC 2026", "2026-11-29T16:00:00Z", false},
      {"Sun Nov 29 16:00:00 EST 2026", "2026-11-29T21:00:00Z", false},
      {"Sun Nov 09 16:00:00 CEST 2026", "2026-11-09T14:00:00Z", false},
      {"Sun Nov 29 16:00:00 IST 2026", "2026-11-29T16:00:00Z", true},
      {"2026-11-29T16:00:00+01:00", "2026-11-29T15:00:00Z", false},
  };
  for (const Row& row : rows) {
    SCOPED_TRACE(row.time);
    const Exchange exchange =
        read_one("burp", items(item(kGet, fmt::format("<time>{}</time>", row.time))));
    EXPECT_THAT(transaction_line(exchange), HasSubstr(fmt::format("\"time\":\"{}\"", row.wanted)));
    EXPECT_EQ(!exchange.gaps.empty(), row.gap);
  }
  const Exchange exchange = read_one("burp", items(item(kGet, "<time>soon</time>")));
  EXPECT_THAT(exchange.notes, ElementsAre("\"soon\" is no time"));
}

TEST(Burp, ABadItemIsThatEntrysError) {
  struct Row {
    std::string_view item;
    std::string error;
  };
  const Row rows[] = {
      {"<item/>", "the item has no request"},
      {"<item></item>", "the item has no request"},
      {"<item><request/></item>", "the item has no request"},
      {"<item><request>&lol;</request></item>", "no well-formed XML: Entity 'lol' not defined"},
      {"<item><request>GET /</item>", "no well-formed XML"},
      {"<item><request base64=\"true\">R0V_*</request></item>", "request: "},
      {"<item a=\"<\"></item>", "no well-formed XML"},
  };
  for (const Row& row : rows) {
    SCOPED_TRACE(row.item);
    const auto entries = read_all("burp", items(item(kGet) + std::string(row.item) + item(kGet)));
    ASSERT_EQ(entries.size(), 3u) << describe(entries);
    ASSERT_FALSE(entries[1].has_value());
    EXPECT_THAT(entries[1].error().message, HasSubstr(row.error));
    EXPECT_EQ(entries[1].error().entry, 1u);
    EXPECT_EQ(entries[1].error().offset, kBegin.size() + item(kGet).size());
    EXPECT_FALSE(entries[1].error().fatal);
    EXPECT_TRUE(entries[2].has_value());
  }
  const Exchange exchange = read_one("burp", items(item(kGet, "<response>no response</response>")));
  EXPECT_THAT(exchange.notes, ElementsAre(HasSubstr("response left out: bad status line")));
}

TEST(Burp, CommentsAndOtherElementsArePassedOver) {
  EXPECT_EQ(read_all("burp", items("<!-- <item> --><other/>" + item(kGet) + "<!-- </items> -->" +
                                   item(kGet, "<!-- </item> --><comment><item/></comment>")))
                .size(),
            2u);
}

TEST(Burp, AnInputThatBreaksOffIsTold) {
  const std::string whole = items(item(kGet));
  struct Row {
    size_t bytes;
    std::string_view error;
  };
  const Row rows[] = {{20, "the input ends before <items>"},
                      {kBegin.size() + 30, "the input ends within an item"},
                      {whole.size() - 10, "the input ends before </items>"}};
  for (const Row& row : rows) {
    const auto entries = read_all("burp", whole.substr(0, row.bytes));
    ASSERT_FALSE(entries.empty() || entries.back().has_value());
    EXPECT_EQ(entries.back().error().message, row.error);
    EXPECT_TRUE(entries.back().error().fatal);
  }
  for (size_t bytes = 0; bytes < whole.size(); ++bytes) {
    const std::string_view part = std::string_view(whole).substr(0, bytes);
    EXPECT_EQ(describe(read_slowly("burp", part)), describe(read_all("burp", part)));
  }
}

TEST(Burp, ALargeItemIsAnErrorOfItsOwn) {
  const auto entries =
      read_all("burp", items(item(std::string(5000, 'x')) + item(kGet)), {.entry_bytes = 1000});
  ASSERT_EQ(entries.size(), 2u);
  EXPECT_EQ(entries[0].error().message, "the item is over the limit of 1000 bytes");
  EXPECT_TRUE(entries[1].has_value());
}

}  // namespace
}  // namespace wafcheck::formats
