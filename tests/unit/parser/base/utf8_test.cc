#include "parser/base/utf8.h"

#include <gtest/gtest.h>

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

TEST(Utf8, EncodesWhatItDecodes) {
  for (const char32_t character :
       {0x0, 0x7F, 0x80, 0x7FF, 0x800, 0xD7FF, 0xE000, 0xFFFF, 0x10000, 0x10FFFF}) {
    std::string bytes = "x";
    append_utf8(bytes, character);
    const std::string_view sequence = std::string_view(bytes).substr(1);
    ASSERT_EQ(utf8_length(sequence), sequence.size()) << uint32_t{character};
    EXPECT_EQ(utf8_character(sequence), character);
  }
  for (const char32_t no_scalar : {0xD800, 0xDFFF, 0x110000}) {
    std::string bytes;
    append_utf8(bytes, no_scalar);
    EXPECT_EQ(bytes, "\xEF\xBF\xBD") << uint32_t{no_scalar};
  }
}

TEST(Utf8, PrefixEndsBeforeTheFirstFault) {
  EXPECT_EQ(valid_utf8_prefix("ab\xff"), 2u);
  EXPECT_EQ(valid_utf8_prefix("\u20ac\xe2\x82"), 3u);
  EXPECT_EQ(valid_utf8_prefix(""), 0u);
}

}  // namespace
}  // namespace wafcheck
