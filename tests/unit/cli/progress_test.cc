#include "cli/progress.h"

#include <gtest/gtest.h>

#include <sstream>
#include <string_view>

namespace wafcheck::cli {
namespace {

TEST(Progress, TheLineSaysHowFarAndHowFast) {
  struct Row {
    std::string_view name;
    ProgressState state;
    size_t columns;
    std::string_view line;
  };
  constexpr uint64_t kMb = 1'000'000;
  const Row rows[] = {
      {"begun", {0, 100 * kMb, 0, 0}, 80, "  0 %  [>                   ]  0 tx"},
      {"under way",
       {40 * kMb, 100 * kMb, 1200, 4},
       80,
       " 40 %  [========>           ]  1200 tx  300 tx/s  10.0 MB/s  0:06 left"},
      {"minutes",
       {kMb, 400 * kMb, 1, 1},
       80,
       "  0 %  [>                   ]  1 tx  1 tx/s  1.0 MB/s  6:39 left"},
      {"hours",
       {kMb, 4001 * kMb, 1, 1},
       80,
       "  0 %  [>                   ]  1 tx  1 tx/s  1.0 MB/s  1:06:40 left"},
      {"all read",
       {100 * kMb, 100 * kMb, 1200, 10},
       80,
       "100 %  [====================]  1200 tx  120 tx/s  10.0 MB/s"},
      {"the file has grown",
       {150 * kMb, 100 * kMb, 1200, 10},
       80,
       "100 %  [====================]  1200 tx  120 tx/s  15.0 MB/s"},
      {"size not known", {40 * kMb, 0, 1200, 4}, 80, "1200 tx  300 tx/s  10.0 MB/s"},
      {"just fits",
       {40 * kMb, 100 * kMb, 1200, 4},
       70,
       " 40 %  [========>           ]  1200 tx  300 tx/s  10.0 MB/s  0:06 left"},
      {"no room for the bar",
       {40 * kMb, 100 * kMb, 1200, 4},
       69,
       " 40 %  1200 tx  300 tx/s  10.0 MB/s  0:06 left"},
      {"no room for the time left",
       {40 * kMb, 100 * kMb, 1200, 4},
       40,
       " 40 %  1200 tx  300 tx/s  10.0 MB/s"},
      {"little room", {40 * kMb, 100 * kMb, 1200, 4}, 5, " 40 %"},
      {"no room", {40 * kMb, 100 * kMb, 1200, 4}, 3, ""},
  };
  for (const Row& row : rows) {
    EXPECT_EQ(progress_line(row.state, row.columns), row.line) << row.name;
  }
}

/// A clock that stands still until it is moved.
struct Clock {
  Progress::Clock::time_point time{};
  Progress::Now now() {
    return [this] { return time; };
  }
};

TEST(Progress, IsDrawnNowAndThenAndErased) {
  std::ostringstream terminal;
  Clock clock;
  {
    Progress progress(terminal, true, 80, clock.now());
    clock.time += Progress::kDelay - std::chrono::milliseconds(1);
    progress.update(1, 2, 3);
    EXPECT_EQ(terminal.str(), "") << "a run that is over at once shows nothing";
    clock.time += std::chrono::milliseconds(1);
    for (int i = 0; i < 100; ++i) progress.update(1, 2, 3);
    const std::string once = terminal.str();
    EXPECT_TRUE(once.starts_with("\r\x1b[K 50 %  [")) << once;
    EXPECT_EQ(once.find(" 50 %"), once.rfind(" 50 %")) << "drawn once in a tenth of a second";
    clock.time += Progress::kInterval;
    progress.update(1, 2, 3);
    EXPECT_EQ(terminal.str().substr(once.size()).find(" 50 %"), 4u) << "and then again";
  }
  EXPECT_TRUE(terminal.str().ends_with("\r\x1b[K"));
}

TEST(Progress, IsNotDrawnWhereItIsNotWanted) {
  std::ostringstream terminal;
  Clock clock;
  {
    Progress progress(terminal, false, 80, clock.now());
    clock.time += 2 * Progress::kDelay;
    progress.update(1, 2, 3);
  }
  EXPECT_EQ(terminal.str(), "");
}

}  // namespace
}  // namespace wafcheck::cli
