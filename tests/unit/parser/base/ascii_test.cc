#include "parser/base/ascii.h"

#include <gtest/gtest.h>

namespace wafcheck {
namespace {

using namespace std::string_view_literals;

TEST(Ascii, ClassesHoldExactlyTheirBytes) {
  const auto members = [](auto in_class) {
    std::string bytes;
    for (unsigned c = 0; c < 256; ++c) {
      if (in_class(static_cast<unsigned char>(c))) bytes += static_cast<char>(c);
    }
    return bytes;
  };
  EXPECT_EQ(members(is_digit), "0123456789");
  EXPECT_EQ(members(is_upper), "ABCDEFGHIJKLMNOPQRSTUVWXYZ");
  EXPECT_EQ(members(is_lower), "abcdefghijklmnopqrstuvwxyz");
  EXPECT_EQ(members(is_hex), "0123456789ABCDEFabcdef");
  EXPECT_EQ(members(is_blank), "\t ");
  EXPECT_EQ(members(is_space), "\t\n\v\f\r ");
}

TEST(Ascii, HexValueOfEveryDigit) {
  constexpr std::string_view kLower = "0123456789abcdef";
  constexpr std::string_view kUpper = "0123456789ABCDEF";
  for (unsigned i = 0; i < 16; ++i) {
    EXPECT_EQ(hex_value(static_cast<unsigned char>(kLower[i])), i);
    EXPECT_EQ(hex_value(static_cast<unsigned char>(kUpper[i])), i);
  }
}

TEST(Ascii, CaseMappingLeavesOtherBytesAlone) {
  for (int c = 0; c < 256; ++c) {
    const char byte = static_cast<char>(c);
    const bool upper = c >= 'A' && c <= 'Z';
    const bool lower = c >= 'a' && c <= 'z';
    EXPECT_EQ(to_lower(byte), upper ? static_cast<char>(c + 32) : byte) << c;
    EXPECT_EQ(to_upper(byte), lower ? static_cast<char>(c - 32) : byte) << c;
  }
}

TEST(Ascii, Lowercase) {
  EXPECT_EQ(lowercase("aZ@[`{\0\xc4"sv), "az@[`{\0\xc4"sv);
  EXPECT_EQ(lowercase(""), "");
}

TEST(Ascii, IgnoresCaseOfLettersOnly) {
  EXPECT_TRUE(iequals("SecRule", "sECrULE"));
  EXPECT_TRUE(iequals("", ""));
  EXPECT_FALSE(iequals("SecRule", "SecRul"));
  EXPECT_FALSE(iequals("@", "`"));  // differ in the case bit
  EXPECT_TRUE(istarts_with("HTTP_Host", "http_"));
  EXPECT_FALSE(istarts_with("HTTP", "http_"));
}

struct TrimCase {
  std::string_view text;
  std::string_view trimmed;
  std::string_view without_blanks;
};

TEST(Ascii, Trim) {
  constexpr TrimCase kCases[] = {
      {"", "", ""},
      {" \t ", "", ""},
      {" a b ", "a b", "a b"},
      {"\r\na\t\n", "a", "\r\na\t\n"},
      {"\v\f a", "a", "\v\f a"},
      {"\0 a\0"sv, "\0 a\0"sv, "\0 a\0"sv},
      {"\xa0 a", "\xa0 a", "\xa0 a"},
  };
  for (const TrimCase& row : kCases) {
    EXPECT_EQ(trim(row.text), row.trimmed);
    EXPECT_EQ(trim_blanks(row.text), row.without_blanks);
  }
}

}  // namespace
}  // namespace wafcheck
