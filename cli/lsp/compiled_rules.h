#pragma once
// Rulesets of the editor as programs that evaluate transactions.

#include <memory>
#include <string>
#include <vector>

#include "cli/lsp/ruleset.h"
#include "engine/program.h"

namespace wafcheck::cli::lsp {

/// How rules are set up for a run.
enum class RunSetup : uint8_t {
  as_written,
  regression_tests,  ///< of CRS, with the settings that its tests take for granted
};

struct CompiledRules {
  std::shared_ptr<const engine::Program> program;  ///< null: there is a fault
  std::string fault;
};

/// Loads and compiles the inputs through `files`, which outlives the program.
CompiledRules compiled_rules(parser::FileSystem& files, const std::vector<std::string>& inputs,
                             const Project& project, RunSetup setup);

}  // namespace wafcheck::cli::lsp
