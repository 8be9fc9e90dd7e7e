#include "cli/lsp/test_bench.h"

#include <fmt/format.h>

#include <charconv>

#include "cli/lsp/compiled_rules.h"
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
  CompiledRules rules = compiled_rules(
      snapshot.files(), snapshot.inputs(), project,
      lint::holds_crs(snapshot.model()) ? RunSetup::regression_tests : RunSetup::as_written);
  fault_ = std::move(rules.fault);
  if (!rules.program) return;
  auto overrider = formats::FtwOverrider::make(overrides_);
  if (!overrider) return;
  overrider_ = *std::move(overrider);
  formats::EvaluatorOptions evaluation;
  evaluation.front = formats::Front::httpd;
  evaluation.collections = &collections_;
  runner_.emplace(rules.program, evaluation, *overrider_);
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
