#pragma once
// What the benchmarks feed in: the same bytes each time.

#include <benchmark/benchmark.h>

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "cases.h"
#include "engine/program.h"

namespace wafcheck::bench {

/// English words with blanks and full stops between them, exactly `size` bytes.
std::string prose(size_t size);

/// Texts as transactions are made of, by kind.
struct Texts {
  const char* name;
  std::vector<std::string> all;

  size_t bytes() const;
};
/// Words and numbers of forms, a User-Agent, and 4 KiB of prose.
const std::vector<Texts>& texts();

/// A configuration of CRS from the test data ("pl1.conf").
std::string crs(const std::string& name);
/// It compiled, once; null without test data.
std::shared_ptr<const engine::Program> program(const std::string& name);
const std::vector<differential::Case>& benign();

/// Says why there is no figure.
inline void skip_without_data(benchmark::State& state) {
  state.SkipWithError("no test data: set WAFCHECK_SHARED");
}

inline void set_bytes(benchmark::State& state, size_t bytes_each) {
  state.SetBytesProcessed(state.iterations() * static_cast<int64_t>(bytes_each));
}

}  // namespace wafcheck::bench
