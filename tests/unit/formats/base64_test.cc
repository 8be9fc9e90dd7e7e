#include "formats/base64.h"

#include <gtest/gtest.h>

using namespace std::literals;

namespace wafcheck::formats {
namespace {

struct Row {
  std::string_view name, text;
  std::optional<std::string_view> strict, lenient;  ///< nothing: an error
};

constexpr auto kBad = std::nullopt;

TEST(Base64, DecodesAsItsTwoReadingsSay) {
  const Row rows[] = {
      {"empty", "", "", ""},
      {"one byte", "QQ==", "A", "A"},
      {"two bytes", "QUI=", "AB", "AB"},
      {"three bytes", "QUJD", "ABC", "ABC"},
      {"four bytes", "QUJDRA==", "ABCD", "ABCD"},
      {"NUL and high bytes", "AP+A/w==", "\0\xff\x80\xff"sv, "\0\xff\x80\xff"sv},
      {"no padding", "QUI", kBad, "AB"},
      {"half of the padding", "QQ=", kBad, kBad},
      {"line breaks", "QU\r\nJD\n", kBad, "ABC"},
      {"URL-safe", "-_-_", kBad, "\xfb\xff\xbf"},
      {"stray bits", "QR==", kBad, "A"},
      {"one digit", "Q", kBad, kBad},
      {"five digits", "QUJDR", kBad, kBad},
      {"padding alone", "====", kBad, kBad},
      {"padding too long", "QQ===", kBad, kBad},
      {"padding after whole groups", "QUJD=", kBad, kBad},
      {"more after padding", "QQ==QQ==", kBad, kBad},
      {"foreign byte", "QU*D", kBad, kBad},
      {"NUL in the text", "QU\0D"sv, kBad, kBad},
  };
  for (const Row& row : rows) {
    SCOPED_TRACE(row.name);
    const auto strict = base64_decode(row.text);
    EXPECT_EQ(strict.has_value(), row.strict.has_value());
    if (strict && row.strict) {
      EXPECT_EQ(*strict, *row.strict);
    }
    const auto lenient = base64_decode_lenient(row.text);
    EXPECT_EQ(lenient.has_value(), row.lenient.has_value());
    if (lenient && row.lenient) {
      EXPECT_EQ(*lenient, *row.lenient);
    }
  }
}

TEST(Base64, NamesTheFaultyByte) {
  EXPECT_EQ(base64_decode("QUJDQ!==").error().at, 5u);
  EXPECT_EQ(base64_decode("QQ==Q").error().at, 4u);
}

TEST(Base64, EveryByteSurvivesARoundTrip) {
  std::string bytes;
  for (int c = 0; c < 256; ++c) {
    bytes += static_cast<char>(c);
    EXPECT_EQ(base64_decode(base64_encode(bytes)), bytes);
    EXPECT_EQ(base64_decode_lenient(base64_encode(bytes)), bytes);
  }
}

}  // namespace
}  // namespace wafcheck::formats
