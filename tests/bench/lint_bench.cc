// What linting the whole of CRS costs, reading included.

#include <benchmark/benchmark.h>

#include <filesystem>
#include <string>

#include "lint/check.h"
#include "parser/ruleset.h"
#include "tests/test_data.h"

namespace wafcheck::lint {
namespace {

std::string crs() {
  return tests::shared() / "crs/pl1.conf";
}

void run(benchmark::State& state, const Options& options) {
  if (!std::filesystem::exists(crs())) return state.SkipWithError("no CRS: set WAFCHECK_SHARED");
  for (auto _ : state) {
    const parser::Ruleset ruleset = parser::load({crs()});
    benchmark::DoNotOptimize(run_checks(ruleset, options));
  }
}

void lint_crs_parsed_only(benchmark::State& state) {
  if (!std::filesystem::exists(crs())) return state.SkipWithError("no CRS: set WAFCHECK_SHARED");
  for (auto _ : state) benchmark::DoNotOptimize(parser::load({crs()}));
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
