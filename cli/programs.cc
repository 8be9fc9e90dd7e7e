#include "cli/programs.h"

#include <fmt/format.h>

#include <algorithm>

namespace wafcheck::cli {

parser::Engine Programs::engine_of(const formats::Exchange& exchange) const {
  if (!options_.engine.empty()) {
    return parser::parse_engine(options_.engine).value_or(parser::Engine{});
  }
  const auto& recorded = exchange.recorded;
  return recorded && recorded->engine ? *recorded->engine : parser::Engine{};
}

std::shared_ptr<const engine::Program> Programs::load(const parser::Engine& engine) {
  if (auto program = find(engine)) return program;
  RulesetOptions options = options_;
  const bool of_log = options.engine.empty() && engine != parser::Engine{};
  if (of_log) options.engine = to_string(engine);
  auto program = load_program(options, console_);
  if (!program) return nullptr;
  if (of_log) {
    console_.note(
        fmt::format("the log names {}: its records are replayed as on that engine "
                    "(--engine changes it)",
                    title_of(engine)));
  }
  const std::lock_guard lock(mutex_);
  programs_.emplace_back(engine, program);
  return program;
}

std::shared_ptr<const engine::Program> Programs::find(const parser::Engine& engine) const {
  const std::lock_guard lock(mutex_);
  const auto found = std::ranges::find(programs_, engine, &decltype(programs_)::value_type::first);
  return found == programs_.end() ? nullptr : found->second;
}

}  // namespace wafcheck::cli
