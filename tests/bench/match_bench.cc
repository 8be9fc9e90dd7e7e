// Which of CRS's expressions may match a text: the passes that decide it, and what running all of
// them would cost.

#include <fmt/format.h>

#include <algorithm>
#include <bit>
#include <map>
#include <optional>
#include <utility>

#include "engine/match/gate.h"
#include "engine/match/literal_set.h"
#include "engine/match/prefilter.h"
#include "engine/operators/regex.h"
#include "inputs.h"
#include "parser/regex/pcre.h"
#include "parser/ruleset/ruleset.h"

namespace wafcheck::bench {
namespace {

using engine::Gate;
using engine::LiteralSet;
using engine::Needs;
using engine::PatternBits;
using engine::Prefilter;

/// The expressions that CRS at paranoia level 4 looks for in requests.
struct Expressions {
  std::vector<parser::Pcre> compiled;
  std::vector<Needs> needs;
  std::vector<std::string> patterns;
  parser::PcreOptions options;
};

const std::optional<Expressions>& expressions() {
  static const std::optional<Expressions> made = []() -> std::optional<Expressions> {
    const auto crs = program("pl4.conf");
    if (!crs) return std::nullopt;
    Expressions all;
    const parser::PcreOptions options = engine::operators::regex_options(crs->semantics());
    std::map<std::string, bool> seen;
    for (const parser::Rule& rule : crs->ruleset().rules) {
      const std::string& pattern = rule.op.argument.str();
      const bool searches = rule.kind == parser::RuleKind::rule && rule.phase <= 2 &&
                            rule.op.id == parser::Operator::rx;
      if (!searches || !seen.try_emplace(pattern).second) continue;
      auto compiled = parser::Pcre::compile(pattern, options);
      if (!compiled) continue;
      compiled->jit();
      all.compiled.push_back(std::move(*compiled));
      all.needs.push_back(engine::needs_of_expression(pattern, options));
      all.patterns.push_back(pattern);
      all.options = options;
    }
    return all;
  }();
  return made;
}

void literal_pass(benchmark::State& state, const Texts& texts) {
  const auto& all = expressions();
  if (!all) return skip_without_data(state);
  std::vector<LiteralSet::Literal> literals;
  for (const Needs& needs : all->needs) {
    literals.insert(literals.end(), needs.literals.begin(), needs.literals.end());
  }
  const LiteralSet set(literals);
  size_t found = 0;
  for (auto _ : state) {
    for (const std::string& text : texts.all) set.scan(text, [&](uint32_t) { ++found; });
  }
  benchmark::DoNotOptimize(found);
  state.counters["literals"] = static_cast<double>(set.size());
  set_bytes(state, texts.bytes());
}

void ask(benchmark::State& state, const std::vector<Needs>& needs, const Texts& texts) {
  const Prefilter prefilter(needs);
  std::vector<PatternBits> set(prefilter.words());
  size_t candidates = 0;
  for (const std::string& text : texts.all) {
    prefilter.candidates(text, set.data());
    for (const PatternBits word : set) candidates += static_cast<size_t>(std::popcount(word));
  }
  for (auto _ : state) {
    for (const std::string& text : texts.all) {
      prefilter.candidates(text, set.data());
      benchmark::DoNotOptimize(set.data());
    }
  }
  state.counters["expressions"] = static_cast<double>(needs.size());
  state.counters["candidates"] =
      static_cast<double>(candidates) / static_cast<double>(texts.all.size());
  set_bytes(state, texts.bytes());
}

/// Lengths, first and last bytes, and sets of bytes.
void needs_pass(benchmark::State& state, const Texts& texts) {
  const auto& all = expressions();
  if (!all) return skip_without_data(state);
  std::vector<Needs> needs = all->needs;
  for (Needs& each : needs) each.literals.clear();
  ask(state, needs, texts);
}

void candidates(benchmark::State& state, const Texts& texts) {
  const auto& all = expressions();
  if (!all) return skip_without_data(state);
  ask(state, all->needs, texts);
}

/// The automata that costly expressions are gated by, their states known.
void gate(benchmark::State& state, const Texts& texts) {
  const auto& all = expressions();
  if (!all) return skip_without_data(state);
  std::vector<Gate::Pattern> costly;
  for (uint32_t i = 0; i < all->patterns.size(); ++i) {
    if (all->needs[i].costly) costly.push_back({i, all->patterns[i]});
  }
  state.counters["expressions"] = static_cast<double>(costly.size());
  const Gate gate(std::move(costly), all->options);
  Gate::Dfas dfas;
  std::vector<PatternBits> set(all->patterns.size() / 64 + 1);
  const std::vector<PatternBits> wanted(set.size(), ~PatternBits{0});
  const auto narrow = [&](const std::string& text) {
    std::ranges::fill(set, ~PatternBits{0});
    gate.narrow(text, set.data(), wanted.data(), 0, dfas, engine::LazyDfa::Effort::whole);
    benchmark::DoNotOptimize(set.data());
  };
  for (const std::string& text : texts.all) narrow(text);
  for (auto _ : state) {
    for (const std::string& text : texts.all) narrow(text);
  }
  set_bytes(state, texts.bytes());
}

void all_expressions(benchmark::State& state, const Texts& texts) {
  const auto& all = expressions();
  if (!all) return skip_without_data(state);
  size_t matched = 0;
  for (auto _ : state) {
    for (const std::string& text : texts.all) {
      for (const parser::Pcre& expression : all->compiled) {
        const auto result = expression.match(text, 0, 100'000, nullptr);
        matched += result == parser::PcreResult::matched ? 1 : 0;
      }
    }
  }
  benchmark::DoNotOptimize(matched);
  state.counters["expressions"] = static_cast<double>(all->compiled.size());
  set_bytes(state, texts.bytes());
}

[[maybe_unused]] const bool kRegistered = [] {
  for (const Texts& texts : texts()) {
    const auto add = [&](const char* what, void (*run)(benchmark::State&, const Texts&)) {
      benchmark::RegisterBenchmark(fmt::format("match/{}/{}", what, texts.name).c_str(), run,
                                   texts);
    };
    add("literal_pass", literal_pass);
    add("needs_pass", needs_pass);
    add("candidates", candidates);
    add("automaton_gate", gate);
    add("all_expressions", all_expressions);
  }
  return true;
}();

}  // namespace
}  // namespace wafcheck::bench
