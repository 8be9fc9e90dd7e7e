#include "parser/ruleset/alphabet.h"

#include <gtest/gtest.h>

#include <string_view>
#include <vector>

namespace wafcheck::parser {
namespace {

TEST(Alphabet, IsWhatTheWholePipelineLeaves) {
  const auto holds = [](std::vector<Transformation> pipeline, std::string_view text) {
    return !Alphabet(pipeline).obstacle(text, false).has_value();
  };
  EXPECT_TRUE(holds({}, std::string_view("A \0", 3)));
  EXPECT_FALSE(holds({Transformation::replaceNulls}, std::string_view("\0", 1)));
  EXPECT_TRUE(holds({Transformation::removeWhitespace, Transformation::replaceNulls}, " "));
  EXPECT_FALSE(holds({Transformation::length, Transformation::hexEncode}, "g"));
  EXPECT_TRUE(holds({Transformation::length, Transformation::hexDecode}, "g"));
  EXPECT_FALSE(holds({Transformation::replaceComments}, "/*"));
  EXPECT_TRUE(holds({Transformation::removeComments}, "/*"));
}

TEST(Alphabet, IsADomain) {
  const Transformation pipeline[] = {Transformation::lowercase, Transformation::compressWhitespace};
  const regex::Domain domain = Alphabet(pipeline).domain();
  EXPECT_FALSE(domain.bytes.contains('A'));
  EXPECT_TRUE(domain.bytes.contains('a'));
  EXPECT_EQ(domain.absent, std::vector<std::string>{"  "});
}

}  // namespace
}  // namespace wafcheck::parser
