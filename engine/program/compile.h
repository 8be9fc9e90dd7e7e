#pragma once
// From the ruleset model to a program: what can be decided once is decided here.

#include <memory>

#include "engine/program.h"

namespace wafcheck::engine::inline program {

/// Null where there are errors among the `diagnostics` added.
std::unique_ptr<const ProgramData> compile_program(
    std::shared_ptr<const parser::RulesetModel> ruleset, ProgramOptions options,
    parser::Diagnostics& diagnostics);

}  // namespace wafcheck::engine::inline program
