#include "engine/program.h"

#include "engine/program/compile.h"
#include "engine/program/program_data.h"
#include "parser/ruleset.h"

namespace wafcheck::engine {

Program::Compiled Program::compile(const std::shared_ptr<const parser::Ruleset>& ruleset,
                                   ProgramOptions options) {
  return compile(ruleset->model(), std::move(options));
}

Program::Compiled Program::compile(std::shared_ptr<const parser::RulesetModel> ruleset,
                                   ProgramOptions options) {
  Compiled compiled;
  auto data = compile_program(std::move(ruleset), std::move(options), compiled.diagnostics);
  if (data != nullptr) compiled.program = std::make_shared<const Program>(std::move(data));
  return compiled;
}

Program::Program(std::unique_ptr<const ProgramData> data) : data_(std::move(data)) {}
Program::~Program() = default;

void Program::prepare() const {
  data_->prepare();
}
const parser::RulesetModel& Program::ruleset() const {
  return *data_->ruleset;
}
const parser::Semantics& Program::semantics() const {
  return data_->semantics();
}
const Settings& Program::settings() const {
  return data_->settings;
}
const std::vector<std::string>& Program::unnamed_pins() const {
  return data_->unnamed_pins;
}
bool Program::ordered() const {
  return data_->ordered;
}

}  // namespace wafcheck::engine
