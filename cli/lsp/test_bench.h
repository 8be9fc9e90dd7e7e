#pragma once
// Regression tests of rules, run against a ruleset as it stands in the editor.

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "cli/lsp/ruleset.h"
#include "engine/collections.h"
#include "engine/program.h"
#include "formats/ftw/ftw.h"
#include "formats/ftw/runner.h"

namespace wafcheck::cli::lsp {

/// The tests of a rule in one file.
struct TestFile {
  std::string path;
  uint64_t rule_id = 0;
  size_t tests = 0;
};

/// What a file of regression tests is about, read no further than that; nothing: it holds none.
std::optional<TestFile> read_test_file(const std::string& path, std::string_view yaml);

class TestBench {
 public:
  /// The snapshot outlives the bench.
  TestBench(const Snapshot& snapshot, const Project& project);

  /// Why no test can be run; empty: they can.
  const std::string& fault() const { return fault_; }

  struct Tally {
    size_t passed = 0, failed = 0;
    std::vector<std::string> failures;  ///< ids of the tests, in order
  };
  /// Runs the tests of a file until `cancelled` says so.
  void run(const std::string& path, std::string_view yaml, const std::function<bool()>& cancelled,
           Tally& tally);

 private:
  std::string fault_;
  engine::MemoryStore collections_;
  formats::FtwOverrides overrides_;
  std::optional<formats::FtwOverrider> overrider_;
  std::optional<formats::FtwRunner> runner_;
};

}  // namespace wafcheck::cli::lsp
