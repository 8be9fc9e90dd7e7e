#include "cli/test_inventory.h"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <memory>
#include <ostream>
#include <sstream>
#include <thread>
#include <utility>

#include "cli/ftw_runner.h"
#include "cli/inputs.h"
#include "cli/notices.h"
#include "cli/ordered_pool.h"
#include "cli/ruleset_options.h"
#include "formats/ftw.h"

namespace wafcheck::cli {
namespace {

using formats::FtwFile;
using formats::FtwTest;

struct Job {
  const FtwTest* test = nullptr;
  const std::string* file = nullptr;
};

bool read(const std::vector<std::string>& inputs, std::vector<FtwFile>& files, Streams& streams) {
  bool good = true;
  const auto complain = [&](const std::string& message) {
    streams.err << "wafcheck: error: --tests: " << message << '\n';
    good = false;
  };
  for (const std::string& input : inputs) {
    const auto found = expand_input(input, {".yaml", ".yml"});
    if (!found) {
      complain(found.error().message);
      continue;
    }
    if (found->empty()) complain(fmt::format("{}: no test files in this directory", input));
    for (const InputFile& file : *found) {
      auto opened = InputStream::open(file.path, streams.in);
      if (!opened) {
        complain(opened.error().message);
        continue;
      }
      const std::string bytes(std::istreambuf_iterator<char>((*opened)->stream()), {});
      files.push_back(formats::parse_ftw(file.path, bytes));
      for (const formats::FtwProblem& problem : files.back().problems) {
        complain(
            fmt::format("{}:{}:{}: {}", file.path, problem.line, problem.column, problem.message));
      }
    }
  }
  return good;
}

std::vector<uint64_t> expected_by(const FtwTest& test) {
  std::vector<uint64_t> ids;
  for (const formats::FtwStage& stage : test.stages) {
    for (const uint64_t id : stage.output.expect_ids) {
      if (std::ranges::find(ids, id) == ids.end()) ids.push_back(id);
    }
  }
  return ids;
}

/// The test with nothing to be checked but that `ids` are logged where they were expected.
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

lint::TestCase examine(const Job& job, FtwRunner* runner) {
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
                                                          const std::string& crs, Streams& streams,
                                                          const GlobalOptions& global) {
  std::vector<FtwFile> files;
  if (!read(inputs, files, streams)) return std::nullopt;
  RulesetOptions options;
  options.rules = rules;
  options.crs = crs;
  // What is wrong with the rules is the linter's to say.
  std::istringstream none;
  std::ostringstream unheard;
  Streams silent{none, unheard, unheard};
  const auto program = load_program(options, silent, global);
  const auto collections = program ? open_collections(options, silent) : nullptr;
  const formats::FtwOverrides no_overrides;
  const auto overrider = formats::FtwOverrider::make(no_overrides);
  RunNotices notices;
  std::vector<lint::TestCase> tests;
  const bool runs = collections != nullptr && overrider.has_value();
  const size_t threads =
      runs && !program->ordered() ? std::max(1U, std::thread::hardware_concurrency()) : 1;
  OrderedPool<Job, lint::TestCase> pool(
      threads,
      [&] {
        std::shared_ptr<FtwRunner> runner;
        if (runs) {
          runner = std::make_shared<FtwRunner>(program, options, *overrider, *formats::find_front("httpd"),
                                               *collections, notices);
        }
        return [runner](Job&& job) { return examine(job, runner.get()); };
      },
      [&](lint::TestCase&& test) { tests.push_back(std::move(test)); });
  for (const FtwFile& file : files) {
    for (const FtwTest& test : file.tests) pool.give({&test, &file.path});
  }
  pool.finish();
  return tests;
}

}  // namespace wafcheck::cli
