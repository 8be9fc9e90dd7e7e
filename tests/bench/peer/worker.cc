// One side of the comparison: worker RULES TRAFFIC [MODE]. Loads, says so in a line of JSON, then
// answers each line of its input with another one:
//
//   round             a new round begins                           null
//   turn FIRST END    runs these exchanges, each by itself         [microseconds of processor time,
//   ...] ids               which rules logged, by the name of the exchange peak              most
//   memory that was in use, in KiB
//
// TRAFFIC is "benign", "crs-tests", or "none" for loading alone. "file:PATH" is another way to run:
// the transactions of a file of JSON lines one after the other, a line of output each, then the
// end.

#include <time.h>
#include <unistd.h>

#include <chrono>
#include <cstdio>
#include <fstream>
#include <iostream>
#include <limits>
#include <nlohmann/json.hpp>
#include <sstream>
#include <string>
#include <vector>

#include "formats/traffic/jsonl.h"
#include "side.h"

namespace wafcheck::peer {
namespace {

using differential::Case;
using nlohmann::json;

/// Processor time of this thread: what others do on the machine is not in it.
double thread_us() {
  timespec now{};
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
  return 1e6 * static_cast<double>(now.tv_sec) + 1e-3 * static_cast<double>(now.tv_nsec);
}

/// A number of /proc/self/status, in KiB.
size_t status_of(const std::string& field) {
  std::ifstream status("/proc/self/status");
  std::string word;
  size_t number = 0;
  while (status >> word) {
    if (word != field) {
      status.ignore(std::numeric_limits<std::streamsize>::max(), '\n');
      continue;
    }
    status >> number;
    break;
  }
  return number;
}

std::vector<Case> cases_of(const std::string& traffic) {
  if (traffic == "benign") return differential::benign_cases();
  if (traffic == "crs-tests") return differential::regression_cases();
  return {};
}

class Worker {
 public:
  Worker(Side& side, std::vector<Case> cases)
      : side_(side), cases_(std::move(cases)), logged_(cases_.size()) {}

  json load(const std::string& rules) {
    const size_t before = status_of("VmRSS:");
    const auto start = std::chrono::steady_clock::now();
    const auto loaded = side_.load(rules);
    const std::chrono::duration<double, std::milli> elapsed =
        std::chrono::steady_clock::now() - start;
    if (!loaded) return {{"error", loaded.error().message}};
    size_t request_bytes = 0, response_bytes = 0;
    for (const Case& each : cases_) {
      request_bytes += each.exchange.request.body.size();
      if (each.exchange.response) response_bytes += each.exchange.response->body.size();
    }
    return {{"name", side_.name()},       {"transactions", cases_.size()},
            {"load_ms", elapsed.count()}, {"request_body_bytes", request_bytes},
            {"before_load_kib", before},  {"response_body_bytes", response_bytes}};
  }

  json answer(const std::string& line) {
    std::istringstream words(line);
    std::string verb;
    size_t first = 0, end = 0;
    words >> verb >> first >> end;
    if (verb == "turn" && first <= end && end <= cases_.size()) return turn(first, end);
    if (verb == "ids") return ids();
    if (verb == "peak") return status_of("VmHWM:");
    if (verb == "round") side_.begin_round();
    return nullptr;
  }

 private:
  json turn(size_t first, size_t end) {
    std::vector<double> elapsed_us;
    for (size_t at = first; at < end; ++at) {
      const double start_us = thread_us();
      differential::Ids ids = side_.run(cases_[at].exchange);
      elapsed_us.push_back(thread_us() - start_us);
      logged_[at] = std::move(ids);
    }
    return elapsed_us;
  }

  json ids() const {
    json all = json::array();
    for (size_t at = 0; at < cases_.size(); ++at) all.push_back({cases_[at].name, logged_[at]});
    return all;
  }

  Side& side_;
  std::vector<Case> cases_;
  std::vector<differential::Ids> logged_;  ///< when it was last run
};

constexpr std::string_view kFile = "file:";

/// Reads, runs and writes as a program would that replays a file.
int run_file(Side& side, const std::string& rules, const std::string& path, FILE* out) {
  if (const auto loaded = side.load(rules); !loaded) {
    std::cerr << loaded.error().message << '\n';
    return 2;
  }
  std::ifstream file(path, std::ios::binary);
  const auto reader = formats::open_jsonl(file, {});
  while (auto entry = reader->next()) {
    if (!*entry) return 1;
    std::string line = (*entry)->id;
    for (const uint64_t id : side.run(**entry)) (line += ' ') += std::to_string(id);
    line += '\n';
    std::fwrite(line.data(), 1, line.size(), out);
  }
  return std::fflush(out) == 0 ? 0 : 1;
}

int run(const std::vector<std::string>& arguments) {
  // Nothing that a library prints gets between the answers.
  FILE* const answers = fdopen(dup(STDOUT_FILENO), "w");
  dup2(STDERR_FILENO, STDOUT_FILENO);

  const auto side = make_side(arguments.size() > 2 ? arguments[2] : "");
  if (arguments.size() < 2 || !side || answers == nullptr) {
    std::cerr << "usage: worker RULES TRAFFIC [MODE]\n";
    return 2;
  }
  if (arguments[1].starts_with(kFile)) {
    return run_file(*side, arguments[0], arguments[1].substr(kFile.size()), answers);
  }
  const auto send = [&](const json& value) {
    const std::string text = value.dump(-1, ' ', false, json::error_handler_t::replace) + '\n';
    std::fwrite(text.data(), 1, text.size(), answers);
    std::fflush(answers);
  };
  Worker worker(*side, cases_of(arguments[1]));
  send(worker.load(arguments[0]));
  for (std::string line; std::getline(std::cin, line);) send(worker.answer(line));
  std::fclose(answers);
  return 0;
}

}  // namespace
}  // namespace wafcheck::peer

int main(int count, char** arguments) {
  return wafcheck::peer::run({arguments + 1, arguments + count});
}
