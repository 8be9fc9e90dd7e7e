#include "cli/traffic_runner.h"

#include <gmock/gmock.h>

#include <chrono>
#include <sstream>
#include <string>

using ::testing::HasSubstr;
using ::testing::Not;

namespace wafcheck::cli {
namespace {

/// A run whose results are the requests' targets.
struct Trial {
  std::istringstream in;
  std::ostringstream out, err;
  Streams streams{in, out, err};
  TrafficOptions options;
  GlobalOptions global;
  std::chrono::milliseconds each{0};  ///< by which a transaction moves the clock; one thread only
  Progress::Clock::time_point time{};
  size_t most = SIZE_MAX;  ///< after which the run is ended
  bool failed = false;
  uint64_t unreadable = 0;

  void start(size_t threads) {
    Console console(streams, global);
    TrafficRunner runner(options, console, [this] { return time; });
    size_t count = 0;
    runner.run<std::string>(
        threads,
        [this] {
          return [this](TrafficJob&& job) {
            if (each.count() != 0) time += each;
            return job.exchange.request.uri + " ";
          };
        },
        [&](std::string&& uri) {
          runner.make_room();
          streams.out << uri;
          return ++count < most;
        },
        [](const std::string& uri) { return uri.size(); });
    failed = console.failed();
    unreadable = runner.unreadable();
  }
};

std::string line(int number) {
  return R"({"request":{"method":"GET","uri":"/)" + std::to_string(number) + "\"}}\n";
}

TEST(TrafficRunner, ResultsAndErrorsComeInTheOrderOfTheInput) {
  std::string input, expected;
  for (int i = 0; i < 500; ++i) {
    input += i % 100 == 50 ? "{\"request\":}\n" : line(i);
    if (i % 100 != 50) expected += "/" + std::to_string(i) + " ";
  }
  std::string errors;
  for (const size_t threads : {1, 4}) {
    SCOPED_TRACE(threads);
    Trial run;
    run.in.str(input);
    run.options.inputs = {"no-such-file.har", "-"};
    run.start(threads);
    EXPECT_EQ(run.out.str(), expected);
    EXPECT_TRUE(run.failed);
    EXPECT_EQ(run.unreadable, 5u);
    EXPECT_TRUE(run.err.str().starts_with("wafcheck: error: cannot open no-such-file.har"));
    EXPECT_THAT(run.err.str(), HasSubstr("-:51:12: entry 50 at byte "));
    if (errors.empty()) errors = run.err.str();
    EXPECT_EQ(run.err.str(), errors);
  }
}

TEST(TrafficRunner, EndsWhereItsResultsAreNoLongerWanted) {
  std::string input;
  for (int i = 0; i < 1000; ++i) input += line(i);
  for (const size_t threads : {1, 4}) {
    SCOPED_TRACE(threads);
    Trial run;
    run.in.str(input + "broken\n");
    run.options.inputs = {"-"};
    run.most = 3;
    run.start(threads);
    EXPECT_EQ(run.out.str(), "/0 /1 /2 ");
    EXPECT_FALSE(run.failed) << run.err.str();
  }
}

/// Hands out `bytes`, then cannot be read further.
class BrokenBuffer : public std::streambuf {
 public:
  explicit BrokenBuffer(std::string bytes) : bytes_(std::move(bytes)) {
    setg(bytes_.data(), bytes_.data(), bytes_.data() + bytes_.size());
  }

 protected:
  int_type underflow() override { throw std::ios_base::failure("input/output error"); }

 private:
  std::string bytes_;
};

TEST(TrafficRunner, AReadErrorIsNoEnd) {
  std::string input;
  for (int i = 0; i < 200; ++i) input += line(i);
  BrokenBuffer buffer(input);
  std::istream broken(&buffer);
  std::ostringstream out, err;
  Streams streams{broken, out, err};
  TrafficOptions options;
  options.inputs = {"-"};
  const GlobalOptions global;
  Console console(streams, global);
  TrafficRunner runner(options, console);
  size_t read = 0;
  runner.run<int>(
      1, [] { return [](TrafficJob&&) { return 0; }; }, [&](int&&) { return ++read > 0; });
  EXPECT_EQ(read, 200u);
  EXPECT_THAT(err.str(), HasSubstr("the input cannot be read further"));
  EXPECT_TRUE(console.failed());
}

TEST(TrafficRunner, ShowsHowFarItIsOnATerminalOnly) {
  struct Row {
    std::string_view name;
    bool err_is_terminal, out_is_terminal, no_progress, quiet, shown;
  };
  const Row rows[] = {
      {"terminal", true, false, false, false, true},
      {"results on the terminal too", true, true, false, false, true},
      {"no terminal", false, false, false, false, false},
      {"only results on a terminal", false, true, false, false, false},
      {"--no-progress", true, false, true, false, false},
      {"--quiet", true, false, false, true, false},
  };
  for (const Row& row : rows) {
    SCOPED_TRACE(row.name);
    Trial run;
    run.in.str(line(0) + line(1) + "x\n");
    run.streams.err_is_terminal = row.err_is_terminal;
    run.streams.out_is_terminal = row.out_is_terminal;
    run.streams.err_columns = 40;
    run.global.no_progress = row.no_progress;
    run.global.quiet = row.quiet;
    run.options.inputs = {"-"};
    run.each = std::chrono::milliseconds(260);
    run.start(1);
    EXPECT_EQ(run.out.str(), "/0 /1 ");
    const std::string err = run.err.str();
    if (row.shown) {
      EXPECT_THAT(err, HasSubstr("2 tx  "));
      EXPECT_THAT(err, Not(HasSubstr(" %"))) << "the size of a pipe is not known";
      EXPECT_THAT(err, HasSubstr("\r\x1b[Kwafcheck: error: ")) << "erased before a message";
    } else {
      EXPECT_TRUE(err.starts_with("wafcheck: error: ")) << err;
      EXPECT_THAT(err, Not(HasSubstr("\x1b")));
    }
  }
}

}  // namespace
}  // namespace wafcheck::cli
