#include <gmock/gmock.h>

#include "tests/unit/formats/traffic_testing.h"

namespace wafcheck::formats {
namespace {

using namespace testing;
using ::testing::ElementsAre;

constexpr std::string_view kEnd = "\n\xF0\x9F\x90\xB5\xF0\x9F\x99\x88\xF0\x9F\x99\x89\n";

std::string record(std::string_view meta, std::string_view message) {
  return fmt::format("{}\n{}{}", meta, message, kEnd);
}
std::string get(std::string_view id, std::string_view path) {
  return record(fmt::format("1 {} 1764428400123456789", id),
                fmt::format("GET {} HTTP/1.1\r\nHost: h\r\n\r\n", path));
}
std::string answer(char type, std::string_view id, int status) {
  return record(fmt::format("{} {} 1764428400223456789 100", type, id),
                fmt::format("HTTP/1.1 {} X\r\n\r\nbody", status));
}

std::string summary(const std::vector<Entry>& entries) {
  std::string text;
  for (const Exchange& each : exchanges(entries)) {
    text += fmt::format("{} {} {} {}\n", each.entry.value(), each.id, each.request.uri,
                        each.response ? each.response->status : 0);
  }
  return text;
}

TEST(Gor, ResponsesComeToTheirRequestsById) {
  const auto entries =
      read_all("gor", get("a1", "/1") + get("a2", "/2") + answer('2', "a2", 202) + get("a3", "/3") +
                          answer('3', "a1", 301) + answer('2', "a1", 201) + answer('3', "a2", 302) +
                          answer('3', "a3", 303));
  EXPECT_EQ(summary(entries), "0 a1 /1 201\n1 a2 /2 202\n2 a3 /3 303\n");
  EXPECT_TRUE(errors(entries).empty());
  EXPECT_EQ(exchanges(entries)[0].time_us, 1764428400123456);
}

TEST(Gor, BodiesKeepTheirBytes) {
  const std::string body("\0\xFF\r\n\n", 5);
  const std::string request = "POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 5\r\n\r\n" + body;
  const Exchange exchange = read_one("gor", record("1 ab 1 1", request));
  EXPECT_EQ(exchange.request.body, body);
  EXPECT_TRUE(exchange.notes.empty());
  // Without the last separator, as a recording that was ended.
  const std::string cut = record("1 ab 1", request);
  EXPECT_EQ(read_one("gor", cut.substr(0, cut.size() - kEnd.size())).request.body, body);
}

TEST(Gor, HoldsABoundedNumberOfRequests) {
  std::string text;
  for (int i = 0; i < 3000; ++i) text += get(fmt::format("{:04x}", i), fmt::format("/{}", i));
  text += answer('2', "0000", 200) + answer('2', "0bb7", 200);
  std::istringstream in(text);
  const auto reader = find_traffic_format("gor")->open(in, {});
  std::vector<Entry> entries;
  while (auto entry = reader->next()) entries.push_back(std::move(*entry));
  ASSERT_EQ(entries.size(), 3000u);
  EXPECT_FALSE(entries[0]->response.has_value()) << "it was too long ago";
  EXPECT_TRUE(entries[2999]->response.has_value());
  EXPECT_THAT(reader->remarks(), ElementsAre("1 response without its request is passed over"));
}

TEST(Gor, ABadRecordIsThatEntrysError) {
  const std::string_view metas[] = {"",     "4 ab 1",         "1",      "1 ab x",
                                    "1  1", "GET / HTTP/1.1", "1 ab 1x"};
  for (const std::string_view meta : metas) {
    SCOPED_TRACE(meta);
    const auto entries =
        read_all("gor", get("a1", "/1") + record(meta, "GET / HTTP/1.1\n\n") + get("a2", "/2"));
    ASSERT_EQ(entries.size(), 3u);
    ASSERT_FALSE(entries[1].has_value());
    EXPECT_THAT(entries[1].error().message,
                ::testing::StartsWith("not the first line of a record: "));
    EXPECT_TRUE(entries[2].has_value());
  }
  const auto large = read_all("gor", record("1 ab 1", std::string(2000, 'x')) + get("a2", "/2"),
                              {.entry_bytes = 1000});
  ASSERT_EQ(large.size(), 2u);
  EXPECT_EQ(large[0].error().message, "the record is over the limit of 1000 bytes");
  EXPECT_EQ(read_one("gor", get("a1", "/1") + record("2 a1 1", "nonsense")).notes.size(), 1u);
}

TEST(Gor, IsReadTheSameFromASlowPipe) {
  const std::string text = get("a1", "/1") + get("a2", "/2") + answer('2', "a1", 200) + "x";
  EXPECT_EQ(describe(read_slowly("gor", text)), describe(read_all("gor", text)));
}

}  // namespace
}  // namespace wafcheck::formats
