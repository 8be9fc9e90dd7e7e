#include "parser/base/base64.h"

#include <gtest/gtest.h>

using namespace std::literals;

namespace wafcheck::formats {
namespace {

struct Row {
  std::string_view name, text;
  std::optional<std::string_view> bytes;  ///< nothing: an error
};

constexpr auto kBad = std::nullopt;

TEST(Base64, DecodesWhatToolsWrite) {
  const Row rows[] = {
      {"empty", "", ""},
      {"one byte", "QQ==", "A"},
      {"two bytes", "QUI=", "AB"},
      {"three bytes", "QUJD", "ABC"},
      {"four bytes", "QUJDRA==", "ABCD"},
      {"NUL and high bytes", "AP+A/w==", "\0\xff\x80\xff"sv},
      {"no padding", "QUI", "AB"},
      {"half of the padding", "QQ=", kBad},
      {"line breaks", "QU\r\nJD\n", "ABC"},
      {"URL-safe", "-_-_", "\xfb\xff\xbf"},
      {"stray bits", "QR==", "A"},
      {"one digit", "Q", kBad},
      {"five digits", "QUJDR", kBad},
      {"padding alone", "====", kBad},
      {"padding too long", "QQ===", kBad},
      {"padding after whole groups", "QUJD=", kBad},
      {"more after padding", "QQ==QQ==", kBad},
      {"foreign byte", "QU*D", kBad},
      {"NUL in the text", "QU\0D"sv, kBad},
  };
  for (const Row& row : rows) {
    SCOPED_TRACE(row.name);
    const auto decoded = base64_decode_lenient(row.text);
    ASSERT_EQ(decoded.has_value(), row.bytes.has_value());
    if (decoded) {
      EXPECT_EQ(*decoded, *row.bytes);
    }
  }
}

TEST(Base64, NamesTheFaultyByte) {
  EXPECT_EQ(base64_decode_lenient("QUJDQ!==").error().at, 5u);
  EXPECT_EQ(base64_decode_lenient("QQ==Q").error().at, 4u);
}

TEST(Base64, EveryByteSurvivesARoundTrip) {
  std::string bytes;
  for (int c = 0; c < 256; ++c) {
    bytes += static_cast<char>(c);
    EXPECT_EQ(base64_decode_lenient(base64_encode(bytes)), bytes);
  }
}

}  // namespace
}  // namespace wafcheck::formats
