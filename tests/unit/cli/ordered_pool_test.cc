#include "cli/ordered_pool.h"

#include <gtest/gtest.h>

#include <atomic>
#include <deque>
#include <latch>
#include <stdexcept>
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
    std::deque<std::latch> later_done;
    for (int pair = 0; pair < 150; ++pair) later_done.emplace_back(1);
    {
      Pool pool(
          4,
          [&] {
            return [&](int&& job) {
              // The earlier of two neighbours ends last, unless the limits keep the later one back.
              if (job % 2 == 0 && row.limits.job_bytes > row.job_bytes)
                later_done[static_cast<size_t>(job / 2)].wait();
              if (job % 2 == 1) later_done[static_cast<size_t>(job / 2)].count_down();
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
  std::latch three_done(3);
  std::atomic<bool> first_done = false, too_early = false;
  std::string taken;
  Pool pool(
      2,
      [&] {
        return [&](int&& job) {
          if (job == 0) {
            three_done.wait();
            first_done = true;
          } else if (job <= 3) {
            three_done.count_down();
          } else if (!first_done) {
            too_early = true;
          }
          return std::to_string(job);
        };
      },
      [&](std::string&& result) { taken += result; }, [](const std::string&) { return size_t{8}; },
      {.jobs = 8, .result_bytes = 8});
  for (int job = 0; job < 10; ++job) pool.give(int{job});
  pool.finish();
  EXPECT_FALSE(too_early) << "two results wait for the first, a third is held by its thread";
  EXPECT_EQ(taken, "0123456789");
}

TEST(OrderedPool, WhatAWorkerThrowsIsThrownInItsTurn) {
  std::string taken;
  const auto run = [&] {
    Pool pool(
        3,
        [] {
          return [](int&& job) {
            if (job >= 20) throw std::runtime_error(std::to_string(job));
            return std::to_string(job) + " ";
          };
        },
        [&](std::string&& result) { taken += result; });
    for (int job = 0; job < 30; ++job) pool.give(int{job});
    pool.finish();
  };
  try {
    run();
    ADD_FAILURE() << "nothing was thrown";
  } catch (const std::runtime_error& error) {
    EXPECT_EQ(error.what(), std::string("20"));
  }
  EXPECT_EQ(taken, "0 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 ");
}

}  // namespace
}  // namespace wafcheck::cli
