#include "cli/lsp/test_bench.h"

#include <fmt/format.h>

#include <charconv>

#include "cli/crs_suite.h"
#include "lint/checks/crs/crs.h"
#include "parser/base/ascii.h"
#include "parser/base/lines.h"

namespace wafcheck::cli::lsp {

std::optional<TestFile> read_test_file(const std::string& path, std::string_view yaml) {
  TestFile file;
  file.path = path;
  bool tests = false;
  for (const std::string_view line : split_lines(yaml)) {
    const std::string_view text = trim(line);
    tests |= text == "tests:";
    if (text.starts_with("rule_id:")) {
      const std::string_view number = trim(text.substr(text.find(':') + 1));
      std::from_chars(number.data(), number.data() + number.size(), file.rule_id);
    }
    if (text.starts_with("- test_id:") || text.starts_with("- test_title:")) ++file.tests;
  }
  if (!tests || file.rule_id == 0 || file.tests == 0) return std::nullopt;
  return file;
}

TestBench::TestBench(const Snapshot& snapshot, const Project& project) {
  parser::LoadOptions load = project.load;
  load.files = &snapshot.files();
  engine::ProgramOptions compile;
  compile.files = &snapshot.files();
  if (lint::is_part_of_crs(snapshot.model())) {
    load.first = load.shipped_rules + "/wafcheck/recommended.conf";
    load.directives.emplace_back(kSuiteDirective);
    for (const auto& [name, value] : kSuiteVariables) compile.pinned_tx.emplace_back(name, value);
    const std::string level = std::to_string(kSuiteParanoia);
    compile.pinned_tx.emplace_back("blocking_paranoia_level", level);
    compile.pinned_tx.emplace_back("detection_paranoia_level", level);
  }
  auto model =
      std::make_shared<const parser::RulesetModel>(parser::load_model(snapshot.inputs(), load));
  if (parser::has_errors(model->diagnostics)) {
    fault_ = "the ruleset has errors";
    return;
  }
  const engine::Program::Compiled compiled = engine::Program::compile(std::move(model), compile);
  auto overrider = formats::FtwOverrider::make(overrides_);
  if (!compiled.program || !overrider) {
    fault_ = "the ruleset does not compile";
    return;
  }
  overrider_ = *std::move(overrider);
  formats::EvaluatorOptions evaluation;
  evaluation.front = formats::Front::httpd;
  evaluation.collections = &collections_;
  runner_.emplace(compiled.program, evaluation, *overrider_);
}

void TestBench::run(const std::string& path, std::string_view yaml,
                    const std::function<bool()>& cancelled, Tally& tally) {
  if (!runner_) return;
  const formats::FtwFile file = formats::parse_ftw(path, yaml);
  for (const formats::FtwTest& test : file.tests) {
    if (cancelled()) return;
    const formats::FtwResult result = runner_->run(test, path);
    if (result.outcome == formats::FtwResult::Outcome::passed) ++tally.passed;
    if (result.outcome != formats::FtwResult::Outcome::failed) continue;
    ++tally.failed;
    tally.failures.push_back(result.id);
  }
}

}  // namespace wafcheck::cli::lsp
