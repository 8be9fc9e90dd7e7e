#include "engine/state/chain_matches.h"

#include <gtest/gtest.h>

namespace wafcheck::engine {
namespace {

Match match_of(std::string_view text) {
  Match match;
  match.transformed = text;
  return match;
}
template <typename Matches>
std::string texts(const Matches& matches) {
  std::string text;
  for (const Match& match : matches) text += match.transformed;
  return text;
}

TEST(ChainMatches, BeginAnewWithEachChain) {
  ChainMatches matches(false);
  matches.begin_chain();
  matches.add(match_of("a"));
  matches.add(match_of("b"));
  EXPECT_EQ(texts(matches.all()), "ab");
  EXPECT_EQ(texts(matches.of_chain()), "ab");
  matches.chain_failed();
  matches.begin_chain();
  EXPECT_EQ(texts(matches.all()), "");
  EXPECT_EQ(matches.last()->transformed, "b") << "MATCHED_VAR stays";
}

TEST(ChainMatches, AccumulateUntilAChainFails) {
  ChainMatches matches(true);
  matches.begin_chain();
  matches.add(match_of("a"));
  matches.begin_chain();
  matches.add(match_of("b"));
  EXPECT_EQ(texts(matches.all()), "ab");
  EXPECT_EQ(texts(matches.of_chain()), "b");
  matches.chain_failed();
  EXPECT_EQ(texts(matches.all()), "");
  EXPECT_EQ(texts(matches.of_chain()), "");
}

}  // namespace
}  // namespace wafcheck::engine
