// CRS over ordinary traffic, with and without what spares work; and what it takes to load it.

#include <fmt/format.h>

#include "engine/collections.h"
#include "engine/program.h"
#include "engine/program/program_data.h"
#include "engine/state/match_memory.h"
#include "engine/transaction.h"
#include "formats/records/outcome.h"
#include "inputs.h"
#include "parser/ruleset/ruleset.h"

namespace wafcheck::bench {
namespace {

enum class Sparing { nothing, prefilter, prefilter_and_cache };

/// All of the traffic an iteration.
void transactions(benchmark::State& state, const std::string& rules, Sparing sparing) {
  const auto crs = program(rules);
  if (!crs || benign().empty()) return skip_without_data(state);
  size_t bytes = 0;
  for (const auto& each : benign()) {
    bytes += each.exchange.request.body.size();
    if (each.exchange.response) bytes += each.exchange.response->body.size();
  }
  engine::MatchMemory memory(*crs);
  engine::MemoryStore records;
  engine::Transaction transaction(*crs);
  const auto run_all = [&] {
    for (const auto& each : benign()) {
      engine::TransactionOptions options;
      options.id = each.name;
      options.references = false;  // as replay has it, but for its logs
      options.collections = &records;
      options.prefilter = sparing != Sparing::nothing;
      options.memory = sparing == Sparing::prefilter_and_cache ? &memory : nullptr;
      transaction.reset(std::move(options));
      formats::evaluate(each.exchange, transaction);
    }
  };
  run_all();  // compiles what is asked, fills the cache
  for (auto _ : state) run_all();
  state.SetItemsProcessed(state.iterations() * static_cast<int64_t>(benign().size()));
  set_bytes(state, bytes);
}

void load(benchmark::State& state, const std::string& rules, bool with_prefilter) {
  if (!program(rules)) return skip_without_data(state);
  for (auto _ : state) {
    auto ruleset = std::make_shared<const parser::RulesetModel>(parser::load_model({crs(rules)}));
    const auto compiled = engine::Program::compile(ruleset).program;
    if (with_prefilter) {
      for (const engine::Patterns& patterns : compiled->data().own_patterns)
        benchmark::DoNotOptimize(patterns.prefilter());
    }
    benchmark::DoNotOptimize(compiled.get());
  }
}

[[maybe_unused]] const bool kRegistered = [] {
  const auto add = [](const std::string& name, auto... arguments) {
    benchmark::RegisterBenchmark(name.c_str(), arguments...)->Unit(benchmark::kMillisecond);
  };
  for (const std::string level : {"pl1", "pl4"}) {
    const std::string rules = level + ".conf";
    add("transactions/" + level + "/nothing_spared", transactions, rules, Sparing::nothing);
    add("transactions/" + level + "/prefilter", transactions, rules, Sparing::prefilter);
    add("transactions/" + level + "/prefilter_and_cache", transactions, rules,
        Sparing::prefilter_and_cache);
    add("load/" + level + "/rules", load, rules, false);
    add("load/" + level + "/rules_and_prefilter", load, rules, true);
  }
  return true;
}();

}  // namespace
}  // namespace wafcheck::bench
