#include "cli/tune/cover.h"

#include <gmock/gmock.h>

using ::testing::ElementsAre;
using ::testing::IsEmpty;

namespace wafcheck::cli {
namespace {

using Chosen = std::vector<size_t>;

TEST(Cover, TakesOnlyWhatTheScoreHasToLose) {
  // A score of 13 that may be 4: two of the three amounts of 5, 5 and 3 are not enough.
  EXPECT_THAT(choose_cover({{{9, {{5, {0}}, {5, {1}}, {3, {2}}}}}}, {0, 0, 0}), ElementsAre(0, 1));
  EXPECT_THAT(choose_cover({{{4, {{5, {0}}, {3, {1}}}}}}, {0, 0}), ElementsAre(0));
}

TEST(Cover, PrefersWhatLosesLess) {
  EXPECT_THAT(choose_cover({{{1, {{5, {0}}, {5, {1}}}}}}, {7, 2}), ElementsAre(1));
}

TEST(Cover, PrefersWhatFreesMoreRequests) {
  const CoverRequest both = {{1, {{5, {0}}, {5, {1}}}}};
  const CoverRequest one = {{1, {{5, {1}}}}};
  EXPECT_THAT(choose_cover({both, one}, {0, 0}), ElementsAre(1));
}

TEST(Cover, OneWideCandidateMayReplaceSeveral) {
  const CoverRequest request = {{9, {{3, {0, 3}}, {3, {1, 3}}, {3, {2, 3}}}}};
  EXPECT_THAT(choose_cover({request}, {0, 0, 0, 0}), ElementsAre(3));
  EXPECT_THAT(choose_cover({request}, {0, 0, 0, 50}), ElementsAre(0, 1, 2));
}

TEST(Cover, EveryObstacleOfARequestHasToGo) {
  EXPECT_THAT(choose_cover({{{1, {{5, {0}}}}, {1, {{1, {1}}}}}}, {0, 0}), ElementsAre(0, 1));
}

TEST(Cover, ARequestThatCannotBeFreedGetsNothing) {
  EXPECT_THAT(choose_cover({{{9, {{5, {0}}}}}}, {0}), IsEmpty());
  EXPECT_THAT(choose_cover({{{5, {{5, {0}}}}}}, {-1}), IsEmpty());
}

TEST(Cover, WhatTurnsOutNeedlessIsDropped) {
  // The first choice frees most at once; the two that follow cover all of it.
  const CoverRequest a = {{2, {{1, {0}}, {1, {1}}, {1, {2}}}}};
  const CoverRequest b = {{1, {{1, {1}}}}};
  const CoverRequest c = {{1, {{1, {2}}}}};
  EXPECT_THAT(choose_cover({a, b, c}, {0, 0, 0}), ElementsAre(1, 2));
}

}  // namespace
}  // namespace wafcheck::cli
