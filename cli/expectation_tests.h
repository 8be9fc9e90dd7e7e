#pragma once
// Expectations of recorded traffic, as `wafcheck test` runs them.

#include <functional>
#include <memory>
#include <vector>

#include "cli/console.h"
#include "engine/program.h"
#include "formats/ftw/expectations.h"
#include "formats/ftw/ftw.h"
#include "formats/records/evaluator.h"

namespace wafcheck::cli {

struct ExpectationRun {
  std::shared_ptr<const engine::Program> program;
  formats::EvaluatorOptions evaluation;
  size_t threads = 1;
  /// Gets each transaction; on any thread.
  std::function<void(const formats::Outcome&)> see;
};

/// Runs a file's traffic through the rules once, and gives a result for each expectation, in order.
/// One that selects no transaction fails. Errors of the traffic are printed.
std::vector<formats::FtwResult> run_expectations(const formats::ExpectationFile& file,
                                                 const ExpectationRun& run, Console& console);

}  // namespace wafcheck::cli
