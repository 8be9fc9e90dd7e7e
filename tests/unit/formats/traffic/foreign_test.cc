#include "formats/traffic/foreign.h"

#include <gtest/gtest.h>

#include "formats/traffic/formats.h"

using namespace std::literals;

namespace wafcheck::formats {
namespace {

TEST(ForeignFiles, AreNamedForWhatTheyAre) {
  struct Row {
    std::string_view head, name;
  };
  const Row rows[] = {
      {"PK\x03\x04\x14\x00"sv, "a ZIP archive"},
      {"BZh91AY", "compressed by bzip2"},
      {"\xFD"
       "7zXZ\0"sv,
       "compressed by xz"},
      {"\x28\xB5\x2F\xFD\x04", "compressed by zstd"},
      {"\xD4\xC3\xB2\xA1\x02\x00"sv, "a capture of packets (pcap)"},
      {"\xA1\xB2\x3C\x4D\x00\x02"sv, "a capture of packets (pcap)"},
      {"\x0A\x0D\x0D\x0A\x1C\x00"sv, "a capture of packets (pcap)"},
      {"\xFF\xFE{\0"sv, "UTF-16"},
      {"\xFE\xFF\0{"sv, "UTF-16"},
      {"<\0?\0x\0"sv, "UTF-16"},
      {"\n <!DOCTYPE HTML>\n<html>", "HTML"},
      {"<html lang=en>", "HTML"},
      {"<?xml version=\"1.0\"?><issues>", "XML that is no Burp export"},
      {"[{\"request\":", "a JSON array"},
      {"\xEF\xBB\xBF[ ]", "a JSON array"},
      {"callback({\"log\":", "JSONP, JSON in a function call"},
      {"SecRuleEngine On\n", "rules"},
      {"h 192.0.2.1 - - [2026/11/29 16:00:00]\n\"GET / HTTP/1.1\"\n200\n",
       "an index of Coraza's audit log"},
      {"[Sun Nov 29 16:00:00.123456 2026] [security2:error] [pid 1] x",
       "an error log, which holds no requests"},
      {"2026/11/29 16:00:00 [warn] 1#1: *1 x", "an error log, which holds no requests"},
  };
  for (const Row& row : rows) {
    SCOPED_TRACE(row.head);
    const auto foreign = find_foreign(row.head);
    EXPECT_EQ(foreign ? foreign->name : "", row.name);
    if (foreign) {
      EXPECT_FALSE(foreign->help.empty());
    }
    EXPECT_EQ(detect_traffic_format(row.head), nullptr) << "a format claims it";
  }
  for (const std::string_view head : {"", "hello world",
                                      "\x7F"
                                      "ELF",
                                      "[x", "{\"a\":1}"}) {
    EXPECT_FALSE(find_foreign(head).has_value()) << head;
  }
}

}  // namespace
}  // namespace wafcheck::formats
