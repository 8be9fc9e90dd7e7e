#include "cli/ordered_pool.h"

#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <string>

namespace wafcheck::cli {
namespace {

using Pool = OrderedPool<int, std::string>;

TEST(OrderedPool, ResultsComeInTheOrderOfTheJobs) {
  struct Row {
    std::string_view name;
    PoolLimits limits;
    size_t job_bytes, result_bytes;
  };
  const Row rows[] = {
      {"nothing weighs anything", {}, 0, 0},
      {"one job a thread", {.jobs = 1}, 0, 0},
      {"each job over the limit", {.job_bytes = 10}, 100, 0},
      {"each result over the limit", {.result_bytes = 10}, 0, 100},
      {"both", {.job_bytes = 10, .result_bytes = 10}, 100, 100},
  };
  for (const Row& row : rows) {
    SCOPED_TRACE(row.name);
    std::string taken, expected;
    {
      Pool pool(
          4,
          [] {
            return [](int&& job) {
              // The earlier of two neighbours takes longer.
              if (job % 2 == 0) std::this_thread::sleep_for(std::chrono::microseconds(200));
              return std::to_string(job) + " ";
            };
          },
          [&](std::string&& result) { taken += result; },
          [&](const std::string&) { return row.result_bytes; }, row.limits);
      for (int job = 0; job < 300; ++job) {
        expected += std::to_string(job) + " ";
        pool.give(int{job}, row.job_bytes);
      }
      pool.finish();
    }
    EXPECT_EQ(taken, expected);
  }
}

TEST(OrderedPool, NoMoreIsUnderWayThanTheLimitsAllow) {
  struct Row {
    std::string_view name;
    PoolLimits limits;
    size_t job_bytes;
    int most;
  };
  const Row rows[] = {
      {"jobs", {.jobs = 3}, 0, 6},
      {"bytes", {.job_bytes = 100}, 50, 4},
      {"each over the limit alone", {.job_bytes = 100}, 500, 1},
  };
  for (const Row& row : rows) {
    SCOPED_TRACE(row.name);
    std::atomic<int> given = 0;
    int most = 0, taken = 0;
    Pool pool(
        2, [] { return [](int&&) { return std::string(); }; },
        [&](std::string&&) {
          most = std::max(most, given.load() - taken);
          ++taken;
        },
        nullptr, row.limits);
    for (int job = 0; job < 200; ++job) {
      pool.give(int{job}, row.job_bytes);
      ++given;
    }
    pool.finish();
    EXPECT_EQ(taken, 200);
    EXPECT_LE(most, row.most);
  }
}

TEST(OrderedPool, ThreadsWaitWithResultsThatAreNotYetWanted) {
  std::atomic<bool> first_may_end = false;
  std::atomic<int> made = 0;
  std::string taken;
  Pool pool(
      2,
      [&] {
        return [&](int&& job) {
          while (job == 0 && !first_may_end) std::this_thread::yield();
          ++made;
          return std::to_string(job);
        };
      },
      [&](std::string&& result) { taken += result; }, [](const std::string&) { return size_t{8}; },
      {.jobs = 8, .result_bytes = 8});
  for (int job = 0; job < 10; ++job) pool.give(int{job});
  std::this_thread::sleep_for(std::chrono::milliseconds(50));
  EXPECT_EQ(made, 3) << "two results wait for the first, a third is kept by its thread";
  first_may_end = true;
  pool.finish();
  EXPECT_EQ(taken, "0123456789");
}

}  // namespace
}  // namespace wafcheck::cli
