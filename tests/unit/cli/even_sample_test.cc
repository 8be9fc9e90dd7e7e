#include "cli/even_sample.h"

#include <gtest/gtest.h>

namespace wafcheck::cli {
namespace {

std::vector<int> sampled(size_t size, int total) {
  EvenSample<int> sample(size);
  for (int i = 0; i < total; ++i) sample.offer(int(i));
  EXPECT_EQ(sample.offered(), static_cast<size_t>(total));
  return sample.take();
}

TEST(EvenSample, TakesAsManyAsThereAre) {
  EXPECT_EQ(sampled(5, 0), std::vector<int>{});
  EXPECT_EQ(sampled(5, 3), (std::vector<int>{0, 1, 2}));
  EXPECT_EQ(sampled(5, 5), (std::vector<int>{0, 1, 2, 3, 4}));
  EXPECT_EQ(sampled(1, 100), (std::vector<int>{0}));
}

TEST(EvenSample, IsSpreadOverAllOfTheSequenceInItsOrder) {
  for (const size_t size : {1, 2, 3, 7, 10, 100}) {
    for (const int total : {1, 2, 9, 10, 11, 19, 20, 21, 99, 100, 1000, 1023, 4096}) {
      SCOPED_TRACE(testing::Message() << size << " of " << total);
      const std::vector<int> chosen = sampled(size, total);
      ASSERT_EQ(chosen.size(), std::min<size_t>(size, static_cast<size_t>(total)));
      int last = 0;
      for (const int each : chosen) {
        // At most twice the even distance, and none twice.
        EXPECT_LE(each - last, 2 * (total / static_cast<int>(size) + 1)) << each;
        if (each != chosen[0]) {
          EXPECT_GT(each, last);
        }
        last = each;
      }
      EXPECT_LE(total - last, 2 * (total / static_cast<int>(size) + 1)) << "the end is left out";
    }
  }
}

}  // namespace
}  // namespace wafcheck::cli
