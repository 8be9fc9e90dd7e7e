#pragma once
// Runs FTW tests in-process: request bytes, front, rules, backend, log lines, checks.

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "formats/ftw/ftw.h"
#include "formats/records/evaluator.h"

namespace wafcheck::formats::inline ftw {

/// Not thread-safe: one a thread.
class FtwRunner {
 public:
  /// Gets each request with what became of it, stage by stage.
  using Sink = std::function<void(const Outcome&)>;

  /// `overrides` and what `options` points to must outlive the runner; `sink` may be null.
  FtwRunner(std::shared_ptr<const engine::Program> program, EvaluatorOptions options,
            const FtwOverrider& overrides, Sink sink = nullptr);

  /// `file` is the path of the test's file, for the result.
  FtwResult run(const FtwTest& test, const std::string& file);

 private:
  bool expects_anything(const FtwTest& test) const;
  Result<std::string> run_stage(const FtwTest& test, size_t number);
  Result<FtwObserved> exchange(const FtwInput& input);

  const Front front_;
  const FtwOverrider& overrides_;
  const Sink sink_;
  bool undecided_ = false;  ///< some request of the test that runs
  Evaluator evaluator_;
  FtwBackend backend_;
  std::optional<std::pair<FtwInput, Response>> previous_;  ///< stage of this test
};

/// The input of a stage that follows the redirect in `response`, the answer to `before`. Fails
/// where that is no redirect, or its Location names no place. Source: seclang reference 9.2.
Result<FtwInput> follow_redirect(FtwInput input, const FtwInput& before, const Response& response);

}  // namespace wafcheck::formats::inline ftw
