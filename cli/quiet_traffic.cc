#include "cli/quiet_traffic.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <memory>
#include <optional>

#include "cli/traffic_runner.h"
#include "parser/base/escape.h"
#include "parser/ruleset/ruleset.h"

namespace wafcheck::cli {
namespace {

using formats::FtwResult;

/// "entry 3: GET /path".
std::string id_of(const formats::Exchange& exchange) {
  const formats::Request& request = exchange.request;
  return fmt::format("entry {}: {} {}", formats::entry_name(exchange.entry, exchange.offset),
                     excerpt(request.method),
                     excerpt(request.uri.substr(0, request.uri.find('?'))));
}

/// "rule 942100 (ARGS:q)".
std::string text_of(const engine::MatchedRule& rule) {
  const std::string id = rule.id ? fmt::to_string(*rule.id) : "without an id";
  const std::string target =
      rule.matches.empty() ? "" : fmt::format(" ({})", excerpt(rule.matches.front().name()));
  return fmt::format("rule {}{}", id, target);
}

/// What fired; empty: nothing.
std::string fault_of(const formats::Outcome& outcome) {
  constexpr size_t kNamed = 8;
  if (outcome.rejected) {
    return fmt::format("the front refuses it: {}", outcome.exchange->http_error->reason);
  }
  std::vector<std::string> faults;
  size_t others = 0;
  for (const engine::MatchedRule& rule : outcome.transaction->matched_rules()) {
    if (faults.size() == kNamed) {
      ++others;
    } else {
      faults.push_back(text_of(rule));
    }
  }
  // A limit of the engine interrupts without a rule.
  if (faults.empty() && is_interrupted(outcome)) return "it is interrupted";
  if (others != 0) faults.push_back(fmt::format("and {} more", others));
  if (faults.empty() && outcome.transaction->undecided()) {
    return "a limit leaves it open whether a rule matches";
  }
  return fmt::format("{}", fmt::join(faults, ", "));
}

}  // namespace

std::vector<FtwResult> run_quiet_traffic(const std::vector<std::string>& inputs, bool allow_empty,
                                         bool fail_fast,
                                         const std::function<bool(const std::string&)>& is_selected,
                                         const ExpectationRun& run, Console& console) {
  TrafficOptions options;
  options.inputs = inputs;
  options.allow_empty = allow_empty;
  TrafficRunner runner(options, console);
  std::vector<FtwResult> results;
  if (!runner.check()) return results;
  using Tested = std::optional<FtwResult>;
  const auto make = [&] {
    const auto evaluator = std::make_shared<formats::Evaluator>(run.program, run.evaluation);
    return [&, evaluator](TrafficJob&& job) -> Tested {
      FtwResult result;
      result.id = id_of(job.exchange);
      result.file = job.source;
      // Persistent collections know of all of them, so all of them are run.
      const formats::Outcome outcome = evaluator->run(std::move(job.exchange), job.source);
      run.see(outcome);
      if (!is_selected(result.id)) return std::nullopt;
      result.reason = fault_of(outcome);
      if (!result.reason.empty()) result.outcome = FtwResult::Outcome::failed;
      result.elapsed_us = outcome.elapsed_us;
      result.undecided = outcome.transaction->undecided();
      return result;
    };
  };
  const auto take = [&](Tested&& tested) {
    if (!tested) return true;
    results.push_back(std::move(*tested));
    return !fail_fast || results.back().outcome != FtwResult::Outcome::failed;
  };
  runner.run<Tested>(run.threads, make, take);
  return results;
}

}  // namespace wafcheck::cli
