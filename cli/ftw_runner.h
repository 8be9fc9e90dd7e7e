#pragma once
// Runs one FTW test in-process: bytes, transaction, backend, log lines, checks.

#include <memory>
#include <optional>

#include "cli/notices.h"
#include "cli/ruleset_options.h"
#include "engine/collections.h"
#include "engine/program.h"
#include "engine/transaction.h"
#include "formats/front.h"
#include "formats/ftw.h"

namespace wafcheck::cli {

class FtwRunner {
 public:
  /// Requests pass `front` on their way to the rules; how they are evaluated is in `options`.
  FtwRunner(std::shared_ptr<const engine::Program> program, const RulesetOptions& options,
            const formats::FtwOverrider& overrides,
            formats::Front front, engine::CollectionStore& collections, RunNotices& notices);

  formats::FtwResult run(const formats::FtwTest& test, const std::string& file);

 private:
  Result<std::string> run_stage(const formats::FtwTest& test, size_t number);
  Result<formats::FtwObserved> exchange(const formats::FtwInput& input);

  std::shared_ptr<const engine::Program> program_;
  const formats::FtwOverrider& overrides_;
  const formats::Front front_;
  const bool prefilter_;
  std::optional<engine::MatchMemory> memory_;
  engine::Transaction transaction_;
  engine::CollectionStore& collections_;
  RunNotices& notices_;
  formats::FtwBackend backend_;
  std::optional<std::pair<formats::FtwInput, formats::Response>> previous_;  ///< of this test
};

}  // namespace wafcheck::cli
