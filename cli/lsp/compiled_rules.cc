#include "cli/lsp/compiled_rules.h"

#include <utility>

#include "cli/crs_suite.h"

namespace wafcheck::cli::lsp {

CompiledRules compiled_rules(parser::FileSystem& files, const std::vector<std::string>& inputs,
                             const Project& project, RunSetup setup) {
  parser::LoadOptions load = project.load;
  load.files = &files;
  engine::ProgramOptions compile;
  compile.files = &files;
  if (setup == RunSetup::regression_tests) {
    load.first = load.shipped_rules + "/wafcheck/recommended.conf";
    load.directives.emplace_back(kSuiteDirective);
    for (const auto& [name, value] : kSuiteVariables) compile.pinned_tx.emplace_back(name, value);
    const std::string level = std::to_string(kSuiteParanoia);
    compile.pinned_tx.emplace_back("blocking_paranoia_level", level);
    compile.pinned_tx.emplace_back("detection_paranoia_level", level);
  }
  auto model = std::make_shared<const parser::RulesetModel>(parser::load_model(inputs, load));
  if (parser::has_errors(model->diagnostics)) return {nullptr, "the ruleset has errors"};
  engine::Program::Compiled compiled = engine::Program::compile(std::move(model), compile);
  if (!compiled.program) return {nullptr, "the ruleset does not compile"};
  return {std::move(compiled.program), {}};
}

}  // namespace wafcheck::cli::lsp
