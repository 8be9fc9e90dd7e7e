#pragma once
// The rules of a run, compiled for each engine that it models: one where --engine names it, else
// one for each engine that the records of a log name.

#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "cli/console.h"
#include "cli/ruleset_options.h"
#include "engine/program.h"
#include "formats/traffic/traffic.h"
#include "parser/profile.h"

namespace wafcheck::cli {

class Programs {
 public:
  Programs(const RulesetOptions& options, Console& console)
      : options_(options), console_(console) {}

  /// The engine to model for a transaction: as --engine says, else as its record does.
  parser::Engine engine_of(const formats::Exchange& exchange) const;

  /// Loads and compiles the rules for an engine, once. Prints what is wrong; null then. To be
  /// called on the main thread.
  std::shared_ptr<const engine::Program> load(const parser::Engine& engine);
  /// The program of an engine that load() was called for; null: not yet. Thread-safe.
  std::shared_ptr<const engine::Program> find(const parser::Engine& engine) const;

 private:
  const RulesetOptions& options_;
  Console& console_;
  mutable std::mutex mutex_;
  std::vector<std::pair<parser::Engine, std::shared_ptr<const engine::Program>>> programs_;
};

}  // namespace wafcheck::cli
