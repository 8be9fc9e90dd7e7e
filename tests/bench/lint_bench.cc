// What linting the whole of CRS costs, reading included.

#include <benchmark/benchmark.h>

#include <filesystem>
#include <string>

#include "inputs.h"
#include "lint/checks/check.h"
#include "parser/ruleset/ruleset.h"

namespace wafcheck::lint {
namespace {

const std::string kRules = bench::crs("pl1.conf");

void run(benchmark::State& state, const Options& options) {
  if (!std::filesystem::exists(kRules)) return bench::skip_without_data(state);
  for (auto _ : state) {
    const parser::RulesetModel ruleset = parser::load_model({kRules});
    benchmark::DoNotOptimize(run_checks(ruleset, options));
  }
}

void lint_crs_parsed_only(benchmark::State& state) {
  if (!std::filesystem::exists(kRules)) return bench::skip_without_data(state);
  for (auto _ : state) benchmark::DoNotOptimize(parser::load_model({kRules}));
}
BENCHMARK(lint_crs_parsed_only)->Unit(benchmark::kMillisecond);

void lint_crs_default_without_redos_search(benchmark::State& state) {
  Options options;
  options.selection.ignore = {"redos-exponential", "redos-polynomial"};
  run(state, options);
}
BENCHMARK(lint_crs_default_without_redos_search)->Unit(benchmark::kMillisecond);

void lint_crs_default(benchmark::State& state) {
  run(state, {});
}
BENCHMARK(lint_crs_default)->Unit(benchmark::kMillisecond);

void lint_crs_strict(benchmark::State& state) {
  Options options;
  options.selection.profile = Profile::strict;
  run(state, options);
}
BENCHMARK(lint_crs_strict)->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace wafcheck::lint
