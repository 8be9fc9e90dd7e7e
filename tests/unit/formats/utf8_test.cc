#include "formats/utf8.h"

#include <gtest/gtest.h>

using namespace std::literals;

namespace wafcheck::formats {
namespace {

TEST(Utf8, JsonTextEscapesExactlyTheInvalidBytes) {
  struct Row {
    std::string_view name, bytes, text;
  };
  const Row rows[] = {
      {"ASCII", "a b", "a b"},
      {"NUL is valid", "a\0b"sv, "a\0b"sv},
      {"two, three, four bytes", "\u00e4\u20ac\U0001f600", "\u00e4\u20ac\U0001f600"},
      {"last scalar", "\xf4\x8f\xbf\xbf", "\xf4\x8f\xbf\xbf"},
      {"above the last scalar", "\xf4\x90\x80\x80", R"(\xf4\x90\x80\x80)"},
      {"lead byte beyond", "\xf5\x80\x80\x80", R"(\xf5\x80\x80\x80)"},
      {"lone continuation", "a\x80z", R"(a\x80z)"},
      {"overlong of two", "\xc0\xaf", R"(\xc0\xaf)"},
      {"overlong of three", "\xe0\x80\xaf", R"(\xe0\x80\xaf)"},
      {"overlong of four", "\xf0\x80\x80\xaf", R"(\xf0\x80\x80\xaf)"},
      {"surrogate", "\xed\xa0\x80", R"(\xed\xa0\x80)"},
      {"last before the surrogates", "\xed\x9f\xbf", "\xed\x9f\xbf"},
      {"cut off at the end", "x\xe2\x82", R"(x\xe2\x82)"},
      {"cut off by a valid byte", "\xe2\x82(", R"(\xe2\x82()"},
      {"0xFE and 0xFF", "\xfe\xff", R"(\xfe\xff)"},
      {"a backslash stays single", "\\x41\xff", R"(\x41\xff)"},
  };
  for (const Row& row : rows) {
    SCOPED_TRACE(row.name);
    const JsonText json = json_bytes(row.bytes);
    EXPECT_EQ(json.text, row.text);
    EXPECT_EQ(json.escaped, row.bytes != row.text);
    EXPECT_EQ(is_valid_utf8(row.bytes), row.bytes == row.text);
    EXPECT_TRUE(is_valid_utf8(json.text));
  }
}

TEST(Utf8, PrefixEndsBeforeTheFirstFault) {
  EXPECT_EQ(valid_utf8_prefix("ab\xff"), 2u);
  EXPECT_EQ(valid_utf8_prefix("\u20ac\xe2\x82"), 3u);
  EXPECT_EQ(valid_utf8_prefix(""), 0u);
}

TEST(Utf8, ExcerptIsOneBoundedLine) {
  EXPECT_EQ(excerpt("a\r\n\0\x7f\xff\u20ac"sv), "a\\x0d\\x0a\\x00\\x7f\\xff\u20ac");
  EXPECT_EQ(excerpt("abcdef", 3), "abc...");
  EXPECT_EQ(excerpt("abc", 3), "abc");
  EXPECT_EQ(excerpt("ab\u20ac", 3), "ab...") << "a sequence is not cut in two";
}

}  // namespace
}  // namespace wafcheck::formats
