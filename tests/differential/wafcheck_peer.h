#pragma once
// wafcheck as a side of a comparison: an exchange in, the ids of the rules that logged out.

#include <memory>
#include <string>

#include "cases.h"
#include "engine/collections.h"
#include "engine/transaction.h"
#include "parser/result.h"

namespace wafcheck::differential {

/// Records persist between exchanges, as they do in libmodsecurity.
class Wafcheck {
 public:
  /// Loads and compiles one rules file; an error is the first diagnostic.
  static Result<Wafcheck> load(const std::string& path, parser::Profile profile);

  Ids run(const formats::Exchange& exchange);

  /// What values turn out to be is kept for the exchanges that follow, anew with each call. It
  /// changes no answer.
  void remember() { memory_ = std::make_unique<engine::MatchMemory>(*program_); }

  const engine::Program& program() const { return *program_; }

 private:
  explicit Wafcheck(std::shared_ptr<const engine::Program> program);

  std::shared_ptr<const engine::Program> program_;
  std::unique_ptr<engine::MemoryStore> records_;
  std::unique_ptr<engine::MatchMemory> memory_;  ///< null: nothing is kept
  std::unique_ptr<engine::Transaction> transaction_;
};

}  // namespace wafcheck::differential
