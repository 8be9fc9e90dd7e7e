#pragma once
// wafcheck as a side of a comparison: an exchange in, the ids of the rules that logged out, or all
// that it says.

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "answer.h"
#include "cases.h"
#include "engine/collections.h"
#include "engine/state/match_memory.h"
#include "engine/transaction.h"
#include "parser/base/result.h"
#include "parser/ruleset/ruleset.h"

namespace wafcheck::differential {

/// The version of libmodsecurity that Debian packages.
inline constexpr parser::Engine kPackaged{parser::Profile::modsecurity3, {3, 0, 9}};

/// Records persist between exchanges, as they do in libmodsecurity.
class Wafcheck {
 public:
  /// Loads and compiles one rules file; an error is the first diagnostic.
  static Result<Wafcheck> load(const std::string& path, const parser::Engine& engine);

  Ids run(const formats::Exchange& exchange);
  /// The same, with all that it says; `time_us` as in engine::TransactionOptions.
  Answer answer(const formats::Exchange& exchange, std::optional<int64_t> time_us = {});
  std::vector<std::string> lines(const formats::Exchange& exchange) {
    return answer(exchange).lines;
  }

  /// What values turn out to be is kept for the exchanges that follow, anew with each call. It
  /// changes no answer.
  void remember() { memory_ = std::make_unique<engine::MatchMemory>(*program_); }

  const engine::Program& program() const { return *program_; }

 private:
  explicit Wafcheck(std::shared_ptr<const engine::Program> program);
  void evaluate(const formats::Exchange& exchange, std::optional<int64_t> time_us);

  std::shared_ptr<const engine::Program> program_;
  std::unique_ptr<engine::MemoryStore> records_;
  std::unique_ptr<engine::MatchMemory> memory_;  ///< null: nothing is kept
  std::unique_ptr<engine::Transaction> transaction_;
};

}  // namespace wafcheck::differential
