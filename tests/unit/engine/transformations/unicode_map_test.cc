#include "engine/transformations/unicode_map.h"
#include "parser/language/semantics.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <fstream>
#include <iterator>
#include <string>

namespace wafcheck::engine {
namespace {

constexpr std::string_view kTwoPages =
    "1250 (ANSI - Central Europe)\r\n00a1:21 0100:41\r\n\r\n"
    "20127 (US-ASCII)\n00c0:41 2019:27\t00fF:fF\n20261 (T.61)\n00a0:20\n";

TEST(UnicodeMap, HoldsThePairsOfItsPageAlone) {
  const auto map = transformations::parse_unicode_map(kTwoPages, 20127);
  ASSERT_TRUE(map);
  EXPECT_EQ((**map)[0xc0], 'A');
  EXPECT_EQ((**map)[0x2019], '\'');
  EXPECT_EQ((**map)[0xff], 0xff);
  EXPECT_EQ((**map)[0xa1], -1);
  EXPECT_EQ((**map)[0xa0], -1);
}

TEST(UnicodeMap, HoldsTheFullStopsOfEveryScript) {
  const auto map = transformations::parse_unicode_map("1 (x)\n00c0:41\n", 1);
  ASSERT_TRUE(map);
  for (const unsigned code_unit : {0x3002, 0xff61, 0xff0e, 0x002e}) {
    EXPECT_EQ((**map)[code_unit], '.');
  }
}

TEST(UnicodeMap, MayBeEmpty) {
  const auto map = transformations::parse_unicode_map("1 (x)\n2 (y)\n00c0:41\n", 1);
  ASSERT_TRUE(map);
  EXPECT_EQ((**map)[0xc0], -1);
}

TEST(UnicodeMap, ReadsPairsBesideThePageToo) {
  const auto map = transformations::parse_unicode_map("20127 00c0:41", 20127);
  ASSERT_TRUE(map);
  EXPECT_EQ((**map)[0xc0], 'A');
}

TEST(UnicodeMap, NamesAMissingPage) {
  const auto map = transformations::parse_unicode_map(kTwoPages, 437);
  ASSERT_FALSE(map);
  EXPECT_EQ(map.error().message, "the map has no code page 437");
}

TEST(UnicodeMap, NamesWhatIsNoPair) {
  for (const std::string pair : {"00c0:", ":41", "00g0:41", "100c0:41", "00c0:141", "00c0:4g"}) {
    const auto map = transformations::parse_unicode_map("1 (x)\n00a0:20 " + pair, 1);
    ASSERT_FALSE(map) << pair;
    EXPECT_EQ(map.error().at, 14u) << pair;
    EXPECT_NE(map.error().message.find(pair), std::string::npos);
  }
}

TEST(UnicodeMap, TheShippedFileIsTheBuiltInMap) {
  std::ifstream file(WAFCHECK_SOURCE_DIR "/rules/unicode.mapping");
  const std::string text(std::istreambuf_iterator<char>(file), {});
  const auto map = transformations::parse_unicode_map(text, 20127);
  ASSERT_TRUE(map) << map.error().message;
  EXPECT_EQ(**map, transformations::us_ascii_best_fit());
}

TEST(UnicodeMap, FitsLookAlikesToAscii) {
  const transformations::UnicodeMap& map = transformations::us_ascii_best_fit();
  for (const auto& [code_unit, byte] : {std::pair{0xff1c, '<'},
                                        {0x2019, '\''},
                                        {0x201c, '"'},
                                        {0x2013, '-'},
                                        {0x2215, '/'},
                                        {0x00c0, 'A'},
                                        {0x0131, 'i'},
                                        {0x212a, 'K'},
                                        {0x2039, '<'},
                                        {0x00a0, ' '}}) {
    EXPECT_EQ(map[static_cast<size_t>(code_unit)], byte) << code_unit;
  }
  EXPECT_EQ(map[0x4e00], -1);
}

TEST(UnicodeMap, HasAPartForCoraza) {
  const transformations::UnicodeMap& map = transformations::coraza_best_fit();
  EXPECT_EQ(std::ranges::count_if(map, [](int16_t byte) { return byte >= 0; }), 370);
  for (const auto& [code_unit, byte] :
       {std::pair{0x2019, '\''}, {0x00a2, 'c'}, {0x2122, 'T'}, {0x0300, '`'}, {0xff5e, '~'}}) {
    EXPECT_EQ(map[static_cast<size_t>(code_unit)], byte) << code_unit;
  }
  // These keep their low byte there.
  for (const int code_unit : {0x00a3, 0x3002, 0xff61, 0x2215, 0xff1f, 0x4e00}) {
    EXPECT_EQ(map[static_cast<size_t>(code_unit)], -1) << code_unit;
  }
}

TEST(UnicodeMap, DirectsUrlDecodeUni) {
  const auto map = transformations::parse_unicode_map("1 (x)\n2019:27 ff1c:5b\n", 1);
  ASSERT_TRUE(map);
  std::string out;
  const transformations::TransformationContext context{
      parser::semantics_of(parser::Profile::standard), map->get()};
  ASSERT_TRUE(transformations::function_of(parser::Transformation::urlDecodeUni)(
      "%u2019%uff1c%uff1e%u0141", out, context));
  EXPECT_EQ(out, "'[>A");
}

}  // namespace
}  // namespace wafcheck::engine
