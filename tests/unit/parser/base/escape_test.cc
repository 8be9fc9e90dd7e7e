#include "parser/base/escape.h"

#include <gtest/gtest.h>

#include "parser/base/ascii.h"
#include "parser/base/utf8.h"

namespace wafcheck {
namespace {

using namespace std::literals;

TEST(Escape, InvalidUtf8AndNothingElse) {
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
    const std::string text = escape_invalid_utf8(row.bytes);
    EXPECT_EQ(text, row.text);
    EXPECT_EQ(is_valid_utf8(row.bytes), row.bytes == row.text);
    EXPECT_TRUE(is_valid_utf8(text));
  }
}

TEST(Escape, ExcerptIsOneBoundedLine) {
  EXPECT_EQ(excerpt("a\r\n\0\x7f\xff\u20ac"sv), "a\\x0d\\x0a\\x00\\x7f\\xff\u20ac");
  EXPECT_EQ(excerpt("abcdef", 3), "abc...");
  EXPECT_EQ(excerpt("abc", 3), "abc");
  EXPECT_EQ(excerpt("ab\u20ac", 3), "ab...") << "a sequence is not cut in two";
}

TEST(Escape, InvalidUtf8AmongOtherBytes) {
  EXPECT_EQ(escape_invalid_utf8("a\\ é\xff\xe9z\0\n"sv), "a\\ é\\xff\\xe9z\0\n"sv);
  EXPECT_EQ(escape_invalid_utf8("\xe2\x82"), "\\xe2\\x82");
}

TEST(Escape, XmlEscapesWhatItCannotHold) {
  EXPECT_EQ(xml_escaped("<a b=\"c\">&'é\t\n\r\x01\x7f\xff\0"sv),
            "&lt;a b=&quot;c&quot;&gt;&amp;'é&#9;&#10;&#13;\\x01\\x7F\\xFF\\x00");
  EXPECT_EQ(xml_escaped("\xef\xbf\xbf"), "\\xEF\\xBF\\xBF") << "a noncharacter";
}

TEST(Escape, PicksBytes) {
  EXPECT_EQ(hex_escaped("a\n\0\xff~\x7f"sv, is_control), "a\\x0a\\x00\xff~\\x7f");
  EXPECT_EQ(hex_escaped("a\n\0\xff~\x7f"sv, [](char c) { return !is_printable(c); }),
            "a\\x0a\\x00\\xff~\\x7f");
  const auto is_plain = [](char c) { return is_alnum(static_cast<unsigned char>(c)); };
  EXPECT_EQ(percent_encoded("a b+\xff\0"sv, is_plain), "a%20b%2B%FF%00");
  EXPECT_EQ(form_encoded("a b+\xff\0"sv, is_plain), "a+b%2B%FF%00");
  EXPECT_EQ(form_encoded("a b+\xff\0"sv, is_plain, kHexDigits), "a+b%2b%ff%00");
}

}  // namespace
}  // namespace wafcheck
