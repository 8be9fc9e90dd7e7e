// wafcheck and libmodsecurity over the same rules and traffic, in turns: what a transaction takes,
// what loading takes, and where their answers differ. Nothing is asserted but that wafcheck's own
// modes agree.

#include <fmt/format.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <array>
#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <optional>
#include <stdexcept>

#include "process.h"
#include "report.h"
#include "tests/scratch.h"

namespace wafcheck::peer {
namespace {

namespace fs = std::filesystem;

struct Options {
  unsigned rounds = 5;
  size_t turn = 50;
  std::vector<std::string> rules = {"pl1.conf", "pl4.conf"};
  std::vector<std::string> traffic = {"benign", "crs-tests"};
  size_t unseen = 1000;
  bool only_unseen = false;
  std::string json;
};

/// The result, or the end of the program.
template <typename T>
T expect(Result<T> result) {
  if (!result) throw std::runtime_error(result.error().message);
  return std::move(*result);
}

fs::path shared() {
  const char* given = std::getenv("WAFCHECK_SHARED");
  return fs::weakly_canonical(given != nullptr ? given : WAFCHECK_SHARED_DEFAULT);
}

/// A side and the process that runs it.
struct Runner {
  Runner(std::vector<std::string> command, Side& filled)
      : process(expect(Process::start(command))), side(filled) {
    side.introduction = process.introduction();
    side.name = side.introduction["name"];
  }

  void begin_round() {
    expect(process.ask("round"));
    side.rounds.emplace_back();
  }
  void turn(size_t first, size_t end) {
    for (const double elapsed_us : expect(process.ask(fmt::format("turn {} {}", first, end))))
      side.rounds.back().push_back(elapsed_us);
  }
  void finish() {
    side.peak_kib = expect(process.ask("peak"));
    side.ids = expect(process.ask("ids"));
  }

  Process process;
  Side& side;
};

void measure(const Options& options, Comparison& all) {
  const std::string rules = shared() / "crs" / all.rules;
  Runner library({PEER_MODSECURITY, rules, all.traffic}, all.library);
  Runner warm({PEER_WAFCHECK, rules, all.traffic, "warm"}, all.warm);
  Runner cold({PEER_WAFCHECK, rules, all.traffic, "cold"}, all.cold);
  Runner off({PEER_WAFCHECK, rules, all.traffic, "off"}, all.off);
  std::array<Runner*, 4> runners = {&library, &warm, &cold, &off};

  const bool watched = isatty(STDERR_FILENO) != 0;
  const size_t transactions = all.library.introduction["transactions"];
  if (transactions == 0) throw std::runtime_error("no traffic: " + all.traffic);
  for (unsigned round = 0; round <= options.rounds; ++round) {
    for (Runner* runner : runners) runner->begin_round();
    for (size_t first = 0; first < transactions; first += options.turn) {
      for (Runner* runner : runners)
        runner->turn(first, std::min(first + options.turn, transactions));
      std::ranges::rotate(runners, runners.begin() + 1);  // nobody is always the first
    }
    if (watched) {
      fmt::print(stderr, "\r{}, {}: round {} of {} + 1 ", all.rules, all.traffic, round + 1,
                 options.rounds);
    }
  }
  if (watched) fmt::print(stderr, "\r{:60}\r", "");
  for (Runner* runner : runners) runner->finish();
}

void compare_answers(Comparison& all) {
  const std::string rules = shared() / "crs" / all.rules;
  Side modelled;
  Runner runner({PEER_WAFCHECK, rules, all.traffic, "modsecurity3"}, modelled);
  runner.begin_round();
  runner.turn(0, all.library.introduction["transactions"]);
  runner.finish();
  all.modelled = differences(all.library.ids, modelled.ids);
  all.standard = differences(all.library.ids, all.off.ids);
  if (all.warm.ids != all.off.ids || all.cold.ids != all.off.ids)
    throw std::runtime_error("wafcheck logs other rules with its cache than without");
}

/// A file with the first transaction, gone afterwards.
class OneTransaction {
 public:
  OneTransaction() {
    std::string line;
    std::ifstream traffic(shared() / "bench" / "benign.jsonl");
    std::getline(traffic, line);
    path_ = directory_.write("one.jsonl", line + '\n');
  }
  const std::string& path() const { return path_; }

 private:
  tests::ScratchDirectory directory_;
  std::string path_;
};

Startup start_up(const std::string& name, unsigned runs) {
  const std::string rules = shared() / "crs" / name;
  const OneTransaction traffic;
  Startup made;
  made.rules = name;
  const auto load = [](const std::vector<std::string>& worker, Startup::Kind& kind) {
    Process process = expect(Process::start(worker));
    kind.ms.push_back(process.introduction()["load_ms"]);
    kind.peak_kib = std::max(kind.peak_kib, expect(process.ask("peak")).get<size_t>());
  };
  for (unsigned run = 0; run < runs; ++run) {
    load({PEER_MODSECURITY, rules, "none"}, made.library_load);
    load({PEER_WAFCHECK, rules, "none", "warm"}, made.load);
    const Usage replay = expect(run_to_end({PEER_REPLAY, "replay", "-r", rules, traffic.path()}));
    made.replay.ms.push_back(replay.elapsed_ms);
    made.replay.peak_kib = std::max(made.replay.peak_kib, replay.peak_kib);
  }
  return made;
}

/// Files of transactions that no process has seen, by the names of --traffic; gone afterwards.
class UnseenTraffic {
 public:
  explicit UnseenTraffic(size_t count) {
    made_ = directory_.write("made.jsonl", "");
    tests_ = directory_.write("crs-tests.jsonl", "");
    expect(run_to_end({PEER_MAKE_TRAFFIC, std::to_string(count)}, made_));
    expect(run_to_end({PEER_REPLAY, "test", "--emit-transactions", "-r",
                       shared() / "crs" / "regression.conf", shared() / "crs-tests"},
                      tests_));
  }
  const std::string& path(const std::string& traffic) const {
    return traffic == "benign" ? made_ : tests_;
  }

 private:
  tests::ScratchDirectory directory_;
  std::string made_, tests_;
};

Unseen measure_unseen(const Options& options, const UnseenTraffic& files, const std::string& name,
                      const std::string& traffic) {
  const std::string rules = shared() / "crs" / name;
  const std::string& path = files.path(traffic);
  Unseen made;
  made.rules = name;
  made.traffic = traffic;
  made.bytes = fs::file_size(path);
  std::ifstream file(path);
  for (std::string line; std::getline(file, line);) ++made.transactions;
  const auto run = [](const std::vector<std::string>& command, Unseen::Kind& kind) {
    const Usage used = expect(run_to_end(command));
    kind.processor_ms.push_back(used.processor_ms);
    kind.peak_kib = std::max(kind.peak_kib, used.peak_kib);
  };
  for (unsigned round = 0; round < options.rounds; ++round) {
    // The library's runs are long, and vary less.
    if (round < 2) run({PEER_MODSECURITY, rules, "file:" + path}, made.library);
    run({PEER_REPLAY, "replay", "-q", "-j", "1", "-r", rules, "--format", "jsonl", path},
        made.ours);
  }
  return made;
}

void run(const Options& options) {
  nlohmann::ordered_json document = {{"schema", 1}};
  fmt::print("{}", legend());
  std::optional<UnseenTraffic> unseen;
  if (options.unseen != 0) unseen.emplace(options.unseen);
  for (const std::string& rules : options.rules) {
    for (const std::string& traffic : options.traffic) {
      if (unseen) {
        const Unseen made = measure_unseen(options, *unseen, rules, traffic);
        fmt::print("{}", text(made));
        std::fflush(stdout);
        document["unseen"].push_back(to_json(made));
      }
      if (options.only_unseen) continue;
      Comparison all;
      all.rules = rules;
      all.traffic = traffic;
      measure(options, all);
      compare_answers(all);
      fmt::print("{}", text(all));
      std::fflush(stdout);
      document["engine"] = all.library.name;
      document["comparisons"].push_back(to_json(all));
    }
    if (options.only_unseen) continue;
    const Startup startup = start_up(rules, std::max(options.rounds, 3U));
    fmt::print("{}", text(startup));
    document["start_up"].push_back(to_json(startup));
  }
  if (options.json.empty()) return;
  std::ofstream out(options.json);
  out << document.dump(2) << '\n';
  if (!out.flush()) throw std::runtime_error("cannot write " + options.json);
}

int run_program(int count, char** arguments) {
  Options options;
  CLI::App app("wafcheck and libmodsecurity over the same rules and traffic, in turns");
  app.add_option("--rounds", options.rounds,
                 "Rounds over the traffic that count; one more goes before them")
      ->check(CLI::Range(1, 1000))
      ->capture_default_str();
  app.add_option("--turn", options.turn,
                 "Transactions that a side runs before it is the next one's turn")
      ->check(CLI::Range(1, 1'000'000))
      ->capture_default_str();
  app.add_option("--rules", options.rules, "Of the test data's CRS configurations")
      ->capture_default_str();
  app.add_option("--traffic", options.traffic, "benign, crs-tests")
      ->check(CLI::IsMember({"benign", "crs-tests"}))
      ->capture_default_str();
  app.add_option("--unseen", options.unseen,
                 "Transactions made for the comparison of whole processes; 0: leave that out")
      ->check(CLI::Range(0, 100'000'000))
      ->capture_default_str();
  app.add_flag("--only-unseen", options.only_unseen, "The comparison of whole processes alone");
  app.add_option("--json", options.json, "Write the figures to this file too")->type_name("FILE");
  CLI11_PARSE(app, count, arguments);

  if (!fs::exists(shared() / "crs") || !fs::exists(shared() / "bench")) {
    fmt::print(stderr, "skipped: no test data in {}: set WAFCHECK_SHARED\n", shared().string());
    return 0;
  }
#ifndef NDEBUG
  fmt::print(stderr, "peer: this is no optimised build: its figures mean nothing\n");
#endif
  std::signal(SIGPIPE, SIG_IGN);  // a worker that went away is an error like others
  try {
    run(options);
  } catch (const std::exception& error) {
    fmt::print(stderr, "peer: {}\n", error.what());
    return 1;
  }
  return 0;
}

}  // namespace
}  // namespace wafcheck::peer

int main(int count, char** arguments) {
  return wafcheck::peer::run_program(count, arguments);
}
