#include "parser/utf8.h"

#include <gtest/gtest.h>

#include "parser/xml_escape.h"

namespace wafcheck {
namespace {

using namespace std::string_view_literals;

struct SequenceCase {
  std::string_view bytes;
  size_t length;
  char32_t character = 0;
};

TEST(Utf8, LengthAndCharacter) {
  constexpr SequenceCase kCases[] = {
      {"", 0},
      {"a\xff", 1, 'a'},
      {"\0"sv, 1, 0},
      {"\x7f", 1, 0x7F},
      {"\x80", 0},
      {"\xc1\xbf", 0},  // overlong
      {"\xc2\x80", 2, 0x80},
      {"\xc2", 0},  // cut short
      {"\xc2\x41", 0},
      {"\xdf\xbfx", 2, 0x7FF},
      {"\xe0\x9f\xbf", 0},  // overlong
      {"\xe0\xa0\x80", 3, 0x800},
      {"\xed\x9f\xbf", 3, 0xD7FF},
      {"\xed\xa0\x80", 0},  // a surrogate
      {"\xef\xbf\xbf", 3, 0xFFFF},
      {"\xf0\x8f\xbf\xbf", 0},  // overlong
      {"\xf0\x90\x80\x80", 4, 0x10000},
      {"\xf4\x8f\xbf\xbf", 4, 0x10FFFF},
      {"\xf4\x90\x80\x80", 0},  // beyond Unicode
      {"\xf5\x80\x80\x80", 0},
      {"\xf0\x90\x80", 0},  // cut short
  };
  for (const SequenceCase& row : kCases) {
    SCOPED_TRACE(testing::PrintToString(row.bytes));
    ASSERT_EQ(utf8_length(row.bytes), row.length);
    if (row.length != 0) {
      EXPECT_EQ(utf8_character(row.bytes.substr(0, row.length)), row.character);
    }
  }
}

TEST(Utf8, EscapesOnlyWhatIsInvalid) {
  EXPECT_EQ(escape_invalid_utf8("a\\ é\xff\xe9z\0\n"sv), "a\\ é\\xff\\xe9z\0\n"sv);
  EXPECT_EQ(escape_invalid_utf8("\xe2\x82"), "\\xe2\\x82");
}

TEST(Xml, EscapesWhatItCannotHold) {
  EXPECT_EQ(xml_escaped("<a b=\"c\">&'é\t\n\r\x01\x7f\xff\0"sv),
            "&lt;a b=&quot;c&quot;&gt;&amp;'é&#9;&#10;&#13;\\x01\\x7F\\xFF\\x00");
  EXPECT_EQ(xml_escaped("\xef\xbf\xbf"), "\\xEF\\xBF\\xBF") << "a noncharacter";
}

}  // namespace
}  // namespace wafcheck
