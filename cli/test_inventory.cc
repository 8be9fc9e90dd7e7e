#include "cli/test_inventory.h"

#include <algorithm>
#include <iterator>
#include <memory>
#include <sstream>
#include <utility>

#include "cli/ftw_tests.h"
#include "cli/options.h"
#include "cli/ruleset_options.h"
#include "formats/ftw/runner.h"

namespace wafcheck::cli {
namespace {

using formats::FtwFile;
using formats::FtwTest;

std::vector<uint64_t> expected_by(const FtwTest& test) {
  std::vector<uint64_t> ids;
  for (const formats::FtwStage& stage : test.stages) {
    for (const uint64_t id : stage.output.expect_ids) {
      if (std::ranges::find(ids, id) == ids.end()) ids.push_back(id);
    }
  }
  return ids;
}

/// The test, expecting nothing but that `ids` are logged where they were expected.
FtwTest reduced(const FtwTest& test, const std::vector<uint64_t>& ids) {
  FtwTest only = test;
  for (formats::FtwStage& stage : only.stages) {
    formats::FtwOutput output;
    std::ranges::copy_if(stage.output.expect_ids, std::back_inserter(output.expect_ids),
                         [&](uint64_t id) { return std::ranges::find(ids, id) != ids.end(); });
    stage.output = std::move(output);
  }
  return only;
}

lint::TestCase examine(const FtwJob& job, formats::FtwRunner* runner) {
  lint::TestCase test{*job.file,         job.test->line,         job.test->id(),
                      job.test->rule_id, expected_by(*job.test), {}};
  if (runner == nullptr || test.expected.empty()) return test;
  const auto fails = [&](const std::vector<uint64_t>& ids) {
    return runner->run(reduced(*job.test, ids), *job.file).outcome ==
           formats::FtwResult::Outcome::failed;
  };
  if (!fails(test.expected)) return test;
  for (const uint64_t id : test.expected) {
    if (fails({id})) test.silent.push_back(id);
  }
  return test;
}

}  // namespace

std::optional<std::vector<lint::TestCase>> test_inventory(const std::vector<std::string>& inputs,
                                                          const std::vector<std::string>& rules,
                                                          const std::string& crs,
                                                          Console& console) {
  FtwInputOptions input;
  input.option = "--tests";
  input.notes = false;
  const std::vector<FtwFile> files = read_ftw_files(inputs, input, console);
  if (console.failed()) return std::nullopt;
  RulesetOptions options;
  options.rules = rules;
  options.crs = crs;
  // The linter reports the errors of the rules itself.
  std::istringstream no_input;
  std::ostringstream discarded;
  Streams streams{no_input, discarded, discarded};
  Console silent(streams, console.options());
  if (!silent.guard_files()) return std::nullopt;
  const auto program = load_program(options, silent);
  const auto collections = program ? open_collections(options, silent) : nullptr;
  const formats::FtwOverrides no_overrides;
  const auto overrider = formats::FtwOverrider::make(no_overrides);
  const bool can_run = collections != nullptr && overrider.has_value();
  std::vector<lint::TestCase> tests;
  run_ftw_jobs<lint::TestCase>(
      ftw_jobs(files), can_run && !program->ordered() ? thread_count(0) : 1,
      [&] {
        std::shared_ptr<formats::FtwRunner> runner;
        if (can_run) {
          formats::EvaluatorOptions evaluation = evaluator_options(options, *collections);
          evaluation.front = formats::Front::httpd;
          runner = std::make_shared<formats::FtwRunner>(program, evaluation, *overrider);
        }
        return [runner](FtwJob&& job) { return examine(job, runner.get()); };
      },
      [&](lint::TestCase&& test) {
        tests.push_back(std::move(test));
        return true;
      });
  return tests;
}

}  // namespace wafcheck::cli
