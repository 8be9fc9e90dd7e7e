#include "formats/why/expression.h"

#include <gmock/gmock.h>

namespace wafcheck::formats {
namespace {

using ::testing::ElementsAre;

constexpr uint32_t kSteps = 100'000;

std::optional<TakenBranches> taken_branches(std::string_view pattern, parser::PcreOptions options,
                                            std::string_view subject, uint32_t steps) {
  const auto finder = BranchFinder::make(pattern, options);
  return finder ? finder->find(subject, steps) : std::nullopt;
}

std::vector<std::string> pieces(std::string_view pattern, std::string_view subject) {
  const auto taken = taken_branches(pattern, {.dotall = true}, subject, kSteps);
  return taken ? taken->pieces : std::vector<std::string>{"(none)"};
}

TEST(TakenBranches, AreThoseThatMatched) {
  EXPECT_THAT(pieces("(?i)\\b(?:select|insert)\\b", "INSERT x"), ElementsAre("\\binsert\\b"));
  EXPECT_THAT(pieces("s(?:e(?:lect|t)|how)", "x set y"), ElementsAre("set"));
  EXPECT_THAT(pieces("(a|b)(c|d)\\1", "bdb"), ElementsAre("bd\\1"));
  EXPECT_THAT(pieces("(?:a|b)+x", "abx"), ElementsAre("(?:b)+x"));
  EXPECT_THAT(pieces("a(?:long|list)?b", "ab"), ElementsAre("ab"));
  EXPECT_THAT(pieces("a(?:long\\w+)?b", "ab"), ElementsAre("ab"));
  EXPECT_THAT(pieces("a(?:long\\w+)?b", "alonggb"), ElementsAre("along\\w+b"));
  EXPECT_THAT(pieces("(?:(x)?c|d)\\1", "xcx"), ElementsAre("xc\\1"));
  EXPECT_THAT(pieces("(?=x|y)[xy]", "y"), ElementsAre("(?=y)[xy]"));
}

TEST(TakenBranches, EndAPieceAtWhatTakesAnything) {
  EXPECT_THAT(pieces("\\b(?:select|union)\\b.*?\\b(?:from|into)\\b", "select x from y"),
              ElementsAre("\\bselect\\b", "\\bfrom\\b"));
}

TEST(TakenBranches, TellWhichBranchOfTheWholeItWas) {
  const auto taken = taken_branches("(?i)(?:one|two|three)", {}, "three", kSteps);
  ASSERT_TRUE(taken);
  EXPECT_EQ(taken->branch, 3U);
  EXPECT_EQ(taken->branches, 3U);
  EXPECT_EQ(taken_branches("x(?:a|b)", {}, "xb", kSteps)->branches, 0U);
}

TEST(TakenBranches, KeepTheOptionsThatABranchSetsForTheNext) {
  EXPECT_THAT(pieces("a(?i)b|c", "C"), ElementsAre("c"));
}

TEST(TakenBranches, OfAnExpressionWithoutAnyAreTheWhole) {
  EXPECT_THAT(pieces("(?i)<a[^>]*>[\\s\\S]*?x", "<A>x"), ElementsAre("<a", ">", "x"));
}

TEST(TakenBranches, AreNoneWithoutAMatchOrWhereGroupsWouldChangeIt) {
  EXPECT_FALSE(taken_branches("a|b", {}, "c", kSteps));
  EXPECT_FALSE(taken_branches("(?|(a)|(b))\\1", {}, "bb", kSteps));
  EXPECT_FALSE(taken_branches("(a|(?1)b)", {}, "a", kSteps));
}

TEST(TakenBranches, AreNoneWhereTheExpressionMatchedElsewhere) {
  const auto finder = BranchFinder::make("a|b", {});
  EXPECT_TRUE(finder->find("xa", kSteps, parser::Pcre::Group{1, 2}));
  EXPECT_FALSE(finder->find("xa", kSteps, parser::Pcre::Group{0, 1}));
}

TEST(TakenBranches, OfASearchThatIsGivenUpAreNone) {
  EXPECT_FALSE(taken_branches("(?:a|a)*b", {}, std::string(40, 'a'), 100));
}

}  // namespace
}  // namespace wafcheck::formats
