// What the parser and the linter's index do with long input must cost in proportion to its size:
// sizes double, the fitted line and how far the figures are from it (RMS) say whether it does.

#include <benchmark/benchmark.h>
#include <fmt/format.h>

#include <string>
#include <string_view>

#include "lint/checks/example.h"
#include "lint/index/query.h"
#include "parser/language/semantics.h"
#include "parser/regex/analysis.h"
#include "parser/regex/parse.h"
#include "parser/ruleset/macro.h"
#include "parser/ruleset/ruleset.h"
#include "parser/syntax/syntax.h"

namespace wafcheck::parser {
namespace {

/// `unit` as often as it takes to fill `range(0)` bytes.
std::string repeated(const benchmark::State& state, std::string_view unit) {
  std::string text;
  while (text.size() < static_cast<size_t>(state.range(0))) text += unit;
  return text;
}

void growth_syntax(benchmark::State& state, std::string_view head, std::string_view unit) {
  Sources sources;
  const FileId file = sources.add("a.conf", std::string(head) + repeated(state, unit));
  const Semantics& semantics = semantics_of(Profile::standard);
  for (auto _ : state) {
    Diagnostics diagnostics;
    benchmark::DoNotOptimize(parse_syntax(sources, file, semantics, diagnostics));
  }
  state.SetComplexityN(state.range(0));
}

void growth_macros(benchmark::State& state) {
  Sources sources;
  const FileId file = sources.add("a.conf", repeated(state, "%{"));
  Text text(file);
  text.append(sources[file].bytes, 0);
  for (auto _ : state) {
    Diagnostics diagnostics;
    benchmark::DoNotOptimize(parse_macros(text, semantics_of(Profile::standard), diagnostics));
  }
  state.SetComplexityN(state.range(0));
}

void growth_regex_analyses(benchmark::State& state) {
  const Result<regex::Tree> tree = regex::parse(repeated(state, "(?:a|b[c-z]?)"), {});
  if (!tree) return state.SkipWithError(tree.error().message.c_str());
  for (auto _ : state) {
    benchmark::DoNotOptimize(regex::shape(*tree));
    benchmark::DoNotOptimize(regex::required_literals(*tree));
    benchmark::DoNotOptimize(regex::required_sets(*tree));
    benchmark::DoNotOptimize(regex::plain_form(*tree));
    benchmark::DoNotOptimize(regex::always_matches(*tree));
  }
  state.SetComplexityN(state.range(0));
}

/// `range(0)` rules, of which every tenth is removed by its id.
void growth_rules(benchmark::State& state) {
  std::string text;
  for (int64_t id = 1; id <= state.range(0); ++id) {
    text += fmt::format(
        "SecRule ARGS|REQUEST_URI \"@contains x{0}\" \"id:{0},phase:2,deny,tag:'tag{0}'\"\n", id);
  }
  for (int64_t id = 1; id <= state.range(0) / 10; ++id) {
    text += fmt::format("SecRuleRemoveById {0}\nSecRuleRemoveByTag tag{0}\n", id);
  }
  lint::Example example(text);
  for (auto _ : state) benchmark::DoNotOptimize(example.load());
  state.SetComplexityN(state.range(0));
}

/// A pattern of 200 stars on `range(0)` bytes.
void growth_query_glob(benchmark::State& state) {
  std::string pattern;
  for (int i = 0; i < 200; ++i) pattern += "*a";
  lint::Example example(fmt::format("SecAction \"id:1,phase:1,pass,msg:'{}'\"\n",
                                    std::string(static_cast<size_t>(state.range(0)), 'a')));
  const RulesetModel ruleset = example.load();
  const lint::Analysis analysis(ruleset, example.options.files);
  const auto rules = lint::rule_facts(analysis);
  const auto query = lint::Query::parse("msg=" + pattern + "b");
  for (auto _ : state) benchmark::DoNotOptimize(query->matches(rules.front()));
  state.SetComplexityN(state.range(0));
}

void doubling(benchmark::internal::Benchmark* benchmark, int64_t from, int64_t to) {
  benchmark->RangeMultiplier(2)->Range(from, to)->Complexity(benchmark::oN);
  benchmark->Unit(benchmark::kMicrosecond);
}
constexpr auto kBytes = [](auto* benchmark) { doubling(benchmark, 1 << 12, 1 << 20); };
BENCHMARK_CAPTURE(growth_syntax, word, "SecMarker \"", "a")->Apply(kBytes);
BENCHMARK_CAPTURE(growth_syntax, escapes, "SecMarker \"", "\\\"")->Apply(kBytes);
BENCHMARK_CAPTURE(growth_syntax, blanks, "", "\\   ")->Apply(kBytes);
BENCHMARK_CAPTURE(growth_syntax, continuations, "", "SecMarker \\\n")->Apply(kBytes);
BENCHMARK_CAPTURE(growth_syntax, open_quotes, "", "SecMarker \"\n")->Apply(kBytes);
BENCHMARK_CAPTURE(growth_syntax, open_blocks, "", "SecDataset a `\n")->Apply(kBytes);
BENCHMARK_CAPTURE(growth_syntax, comments, "SecMarker \"", "\\\n#\n")->Apply(kBytes);
BENCHMARK(growth_macros)->Apply(kBytes);
BENCHMARK(growth_regex_analyses)->Apply([](auto* benchmark) {
  doubling(benchmark, 1 << 10, 1 << 17);
});
BENCHMARK(growth_rules)->Apply([](auto* benchmark) { doubling(benchmark, 1 << 8, 1 << 15); });
BENCHMARK(growth_query_glob)->Apply([](auto* benchmark) { doubling(benchmark, 1 << 8, 1 << 15); });

}  // namespace
}  // namespace wafcheck::parser
