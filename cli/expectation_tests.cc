#include "cli/expectation_tests.h"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <string>
#include <utility>

#include "cli/traffic_runner.h"

namespace wafcheck::cli {
namespace {

/// Of a transaction that an expectation selects.
struct Selected {
  size_t expectation = 0;
  std::string fault;  ///< empty: none
  double elapsed_us = 0;
  bool undecided = false;
};

/// What becomes of an expectation over all transactions.
struct Held {
  uint64_t selected = 0, faults = 0;
};

}  // namespace

std::vector<formats::FtwResult> run_expectations(const formats::ExpectationFile& file,
                                                 const ExpectationRun& run, Console& console) {
  std::vector<formats::FtwResult> results;
  for (const formats::Expectation& expectation : file.expectations) {
    formats::FtwResult& result = results.emplace_back();
    result.id = expectation.id();
    result.file = file.path;
  }
  const std::string traffic =
      (std::filesystem::path(file.path).parent_path() / file.traffic).string();
  TrafficOptions options;
  options.inputs = {traffic};
  // It is no word of the user's where it lies.
  console.files().distrust(options.inputs);
  TrafficRunner runner(options, console);
  if (!runner.check()) return results;
  std::vector<Held> held(results.size());
  const auto make = [&] {
    const auto evaluator = std::make_shared<formats::Evaluator>(run.program, run.evaluation);
    return [&, evaluator](TrafficJob&& job) {
      std::vector<Selected> selected;
      const formats::Exchange exchange = std::move(job.exchange);
      for (size_t at = 0; at < file.expectations.size(); ++at) {
        if (file.expectations[at].selects(exchange)) selected.push_back({at, {}});
      }
      const formats::Outcome outcome = evaluator->run(exchange, job.source);
      run.see(outcome);
      for (Selected& one : selected) {
        one.fault = file.expectations[one.expectation].fault(outcome);
        one.elapsed_us = outcome.elapsed_us;
        one.undecided = outcome.transaction->undecided();
      }
      return selected;
    };
  };
  const auto take = [&](std::vector<Selected>&& selected) {
    for (Selected& one : selected) {
      formats::FtwResult& result = results[one.expectation];
      ++held[one.expectation].selected;
      result.elapsed_us += one.elapsed_us;
      result.undecided |= one.undecided;
      if (one.fault.empty()) continue;
      if (held[one.expectation].faults++ == 0) result.reason = std::move(one.fault);
    }
    return true;
  };
  runner.run<std::vector<Selected>>(run.threads, make, take);
  for (size_t at = 0; at < results.size(); ++at) {
    formats::FtwResult& result = results[at];
    const uint64_t faults = held[at].faults;
    if (faults > 1) result.reason += fmt::format("; and {} more", faults - 1);
    if (held[at].selected == 0) {
      result.reason = fmt::format("it selects no transaction of {}", traffic);
    }
    if (!result.reason.empty()) result.outcome = formats::FtwResult::Outcome::failed;
  }
  return results;
}

}  // namespace wafcheck::cli
