// wafcheck test: FTW regression tests and expectations of traffic, in-process.

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <iterator>
#include <memory>
#include <ostream>

#include "cli/command.h"
#include "cli/crs_suite.h"
#include "cli/expectation_tests.h"
#include "cli/ftw_tests.h"
#include "cli/inputs.h"
#include "cli/notices.h"
#include "cli/options.h"
#include "cli/quiet_traffic.h"
#include "cli/ruleset_options.h"
#include "cli/run_identity.h"
#include "cli/summaries/summaries.h"
#include "formats/ftw/result_format.h"
#include "formats/ftw/runner.h"
#include "formats/traffic/jsonl.h"
#include "parser/base/shown.h"

namespace wafcheck::cli {
namespace {

using formats::FtwResult;

/// Ids of CRS's rules.
bool is_crs_test(const FtwResult& result) {
  return result.id.size() > 7 && result.id[0] == '9' && result.id[6] == '-';
}

struct TestOptions {
  RulesetOptions ruleset;
  std::vector<std::string> tests;
  std::string crs_suite;  ///< a clone of CRS

  /// Takes from --crs-suite what it stands for.
  void take_suite() {
    if (crs_suite.empty()) return;
    ruleset.crs = crs_suite;
    ruleset.rules.clear();  // a project's own, of wafcheck.toml
    if (tests.empty()) tests = {crs_suite + "/tests/regression/tests"};
  }
  std::string front = "httpd";
  bool front_is_given = false;
  std::string format = "text";
  std::string output;
  std::string summary;  ///< the file that gets it; empty: none
  std::string shard;
  std::string filter;
  std::string overrides;
  bool list = false;
  bool emit_transactions = false;
  bool fail_fast = false;
  bool allow_empty = false;
  bool expect_no_match = false;
  unsigned jobs = 0;
};

class TestCommand {
 public:
  TestCommand(const TestOptions& options, Console& console)
      : options_(options), console_(console) {}

  int run() {
    if (!compile_filter() || !read_overrides() || !check_part()) return kTrouble;
    if (options_.expect_no_match) return run_quiet();
    FtwInputOptions input;
    input.allow_empty = options_.allow_empty;
    input.expectations = &expectations_;
    const std::vector<formats::FtwFile> files = read_ftw_files(options_.tests, input, console_);
    std::vector<FtwJob> jobs = ftw_jobs(files);
    std::erase_if(jobs, [&](const FtwJob& job) { return !is_selected(job.test->id()); });
    for (formats::ExpectationFile& file : expectations_) {
      std::erase_if(file.expectations, [&](const formats::Expectation& expectation) {
        return !is_selected(expectation.id());
      });
    }
    std::erase_if(expectations_, [](const auto& file) { return file.expectations.empty(); });
    const std::string work = take_part(jobs);
    auto output = console_.open(options_.output);
    std::optional<Output> summary;
    if (!output || !open_summary(options_.summary, *output, summary, console_)) return kTrouble;
    if (options_.list) {
      list(jobs, *output);
      for (const formats::ExpectationFile& file : expectations_) list(file, *output);
    } else {
      const bool others = part_ && part_->of > 1;  // may have them
      if (jobs.empty() && expectations_.empty() && !options_.allow_empty && !others &&
          !console_.failed()) {
        console_.error("no tests to run");
      }
      if (!load()) return kTrouble;
      run_all(jobs, *output);
      if (!options_.emit_transactions) write_results(*output);
      if (summary) write_summary(*summary, work);
    }
    console_.finish(*output);
    if (options_.emit_transactions) return console_.failed() ? kTrouble : kOk;
    tell_settings();
    return verdict();
  }

 private:
  bool check_part() {
    read_shard(options_.shard, part_, console_);
    const bool in_parts = part_ || !options_.summary.empty();
    if (in_parts && options_.expect_no_match) {
      console_.error("--expect-no-match goes with neither --shard nor --summary",
                     "  help: replay --fail-on matched has both\n");
    }
    if (!options_.summary.empty() && (options_.list || options_.emit_transactions)) {
      console_.error("--summary goes with neither --list nor --emit-transactions");
    }
    if (!options_.summary.empty() && options_.fail_fast) {
      console_.error("--summary does not go with --fail-fast, which leaves tests out");
    }
    return !console_.failed();
  }

  /// Leaves the tests, and files of expectations, of the part; returns a hash of all of them.
  std::string take_part(std::vector<FtwJob>& jobs) {
    std::vector<std::string> work;
    uint64_t place = 0;
    const auto is_other = [&] {
      places_.push_back(place++);
      if (!part_ || part_->has(places_.back())) return false;
      places_.pop_back();
      return true;
    };
    std::erase_if(jobs, [&](const FtwJob& job) {
      work.insert(work.end(), {*job.file, job.test->id()});
      return is_other();
    });
    std::erase_if(expectations_, [&](const formats::ExpectationFile& file) {
      work.push_back(file.path);
      for (const formats::Expectation& expectation : file.expectations) {
        work.push_back(expectation.id());
      }
      return is_other();
    });
    return identity_of_texts(work);
  }

  void write_summary(Output& output, const std::string& work) {
    TrafficOptions traffic;
    traffic.front = options_.front;
    const std::string rules =
        identity_of_texts({identity_of(options_.ruleset, traffic, *program_), overrides_text_});
    RunSummary summary{runs_of(rules, work, part_), formats::TestSummary()};
    auto& tests = std::get<formats::TestSummary>(summary.body);
    tests.dropped = dropped_;
    const std::string& run = summary.runs.runs.begin()->first;
    size_t at = 0;
    for (size_t i = 0; i < std::min(places_.size(), counts_.size()); ++i) {
      const auto from = results_.begin() + static_cast<std::ptrdiff_t>(at);
      tests.results[{run, places_[i]}] = {from, from + static_cast<std::ptrdiff_t>(counts_[i])};
      at += counts_[i];
    }
    output.write(text_of(summary));
    console_.finish(output);
  }

  int verdict() {
    if (console_.failed()) return kTrouble;
    if (std::ranges::count(results_, FtwResult::Outcome::failed, &FtwResult::outcome) > 0) {
      return kNo;
    }
    return dropped_.empty() ? kOk : kDropped;
  }

  /// The inputs are traffic, each transaction of which is a test.
  int run_quiet() {
    if (options_.list || options_.emit_transactions) {
      return console_.error("--expect-no-match goes with neither --list nor --emit-transactions");
    }
    auto output = console_.open(options_.output);
    if (!output || !load()) return kTrouble;
    RunNotices notices;
    formats::EvaluatorOptions evaluation = evaluator_options(options_.ruleset, *collections_);
    evaluation.front = front_of_traffic();
    results_ = run_quiet_traffic(
        options_.tests, options_.allow_empty, options_.fail_fast,
        [this](const std::string& id) { return is_selected(id); }, run_of(evaluation, notices),
        console_);
    close_collections(*collections_, console_);
    notices.print(console_);
    if (results_.empty() && !options_.allow_empty && !console_.failed()) {
      console_.error("no transactions to run");
    }
    write_results(*output);
    console_.finish(*output);
    return verdict();
  }

  /// Recorded traffic went through its server already: no front stands before it unless asked for.
  formats::Front front_of_traffic() const {
    return options_.front_is_given ? *formats::find_front(options_.front) : formats::Front::none;
  }

  ExpectationRun run_of(const formats::EvaluatorOptions& evaluation, RunNotices& notices) const {
    return {program_, evaluation, program_->ordered() ? 1 : thread_count(options_.jobs),
            [&](const formats::Outcome& outcome) { notices.collect(*outcome.transaction); }};
  }

  bool compile_filter() {
    if (options_.filter.empty()) return true;
    auto regex = parser::Pcre::compile(options_.filter, {});
    if (!regex) {
      console_.error(fmt::format("--filter \"{}\": {}", options_.filter, regex.error().message));
      return false;
    }
    filter_.emplace(std::move(*regex));
    return true;
  }

  bool is_selected(const std::string& id) const {
    constexpr uint32_t kMatchLimit = 100'000;
    return !filter_ || filter_->match(id, 0, kMatchLimit, nullptr) == parser::PcreResult::matched;
  }

  bool read_overrides() {
    formats::FtwOverridesFile file;
    if (!options_.overrides.empty()) {
      auto opened = console_.open_input(options_.overrides);
      if (!opened) {
        console_.error(opened.error().message);
        return false;
      }
      const auto bytes = (*opened)->read_whole();
      if (!bytes) {
        console_.error(fmt::format("{}: {}", options_.overrides, bytes.error().message));
        return false;
      }
      overrides_text_ = *bytes;
      file = formats::parse_ftw_overrides(*bytes);
    }
    for (const formats::FtwProblem& problem : file.problems) {
      console_.error(fmt::format("{}:{}:{}: {}", options_.overrides, problem.line, problem.column,
                                 problem.message));
    }
    if (!file.problems.empty()) return false;
    for (const std::string& note : file.notes) {
      console_.note(fmt::format("{}: {}", options_.overrides, note));
    }
    override_rows_ = std::move(file.overrides);
    auto compiled = formats::FtwOverrider::make(override_rows_);
    if (!compiled) {
      console_.error(fmt::format("{}: {}", options_.overrides, compiled.error().message));
      return false;
    }
    overrides_.emplace(std::move(*compiled));
    return true;
  }

  void write_results(Output& output) const {
    const std::string text =
        formats::find_ftw_result_format(options_.format)->write(results_, dropped_);
    const bool lines = options_.format == "text" || options_.format == "tap";
    output.write(lines ? readable_lines(text) : text);
  }

  static void list(const std::vector<FtwJob>& jobs, Output& output) {
    for (const FtwJob& job : jobs) {
      output.write(fmt::format("{}\t{}:{}\n", job.test->id(), *job.file, job.test->line));
    }
  }

  static void list(const formats::ExpectationFile& file, Output& output) {
    for (const formats::Expectation& expectation : file.expectations) {
      output.write(fmt::format("{}\t{}:{}\n", expectation.id(), file.path, expectation.line));
    }
  }

  /// With --crs and no rules: that CRS, set up as its tests want it.
  std::optional<RulesetOptions> suite() {
    const RulesetOptions& given = options_.ruleset;
    if (!given.rules.empty() || given.crs.empty()) return given;
    RulesetOptions suite = given;
    suite.rules = crs_inputs(given.crs);
    if (suite.rules.empty()) {
      console_.error(fmt::format("{} {}: no rules folder with a setup file beside it",
                                 options_.crs_suite.empty() ? "--crs" : "--crs-suite", given.crs));
      return std::nullopt;
    }
    suite.recommended = true;
    if (suite.paranoia_level == 0) suite.paranoia_level = kSuiteParanoia;
    for (const auto& [name, value] : kSuiteVariables) {
      suite.set.insert(suite.set.begin(), fmt::format("tx.{}={}", name, value));
    }
    suite.directives.insert(suite.directives.begin(), std::string(kSuiteDirective));
    console_.note(fmt::format("{}: {} and {}, set up as CRS's tests want them",
                              options_.crs_suite.empty() ? "--crs without -r" : "--crs-suite",
                              suite.rules[0], suite.rules[1]));
    return suite;
  }

  /// Tests of CRS that fail without the settings that they take for granted say nothing.
  void tell_settings() {
    if (options_.ruleset.rules.empty()) return;
    const auto failed =
        static_cast<size_t>(std::ranges::count_if(results_, [](const FtwResult& result) {
          return result.outcome == FtwResult::Outcome::failed && is_crs_test(result);
        }));
    // A few that fail have reasons of their own.
    if (failed * 20 < results_.size() || failed == 0) return;
    std::string settings = fmt::format("--recommended --pl {}", kSuiteParanoia);
    for (const auto& [name, value] : kSuiteVariables) {
      settings += fmt::format(" --set tx.{}={}", name, value);
    }
    settings += fmt::format(" --directive '{}'", kSuiteDirective);
    console_.note(
        fmt::format("tests of CRS take settings for granted, which --crs DIR in place of -r finds: "
                    "{}",
                    settings));
  }

  bool load() {
    const std::optional<RulesetOptions> rules = suite();
    if (!rules) return false;
    program_ = load_program(*rules, console_);
    if (!program_) return false;
    dropped_ = formats::dropped_rules(program_->ruleset());
    collections_ = open_collections(options_.ruleset, console_);
    return collections_ != nullptr;
  }

  /// A test when a worker is done with it.
  struct Tested {
    FtwResult result;
    std::string transactions;  ///< its requests as transaction lines, where these are asked for
  };

  void run_all(const std::vector<FtwJob>& jobs, Output& output) {
    RunNotices notices;
    formats::EvaluatorOptions evaluation = evaluator_options(options_.ruleset, *collections_);
    evaluation.front = *formats::find_front(options_.front);
    run_ftw_jobs<Tested>(
        jobs, program_->ordered() ? 1 : thread_count(options_.jobs),
        [&] {
          const auto requests = std::make_shared<std::vector<formats::Exchange>>();
          const auto take = [&, requests](const formats::Outcome& outcome) {
            notices.collect(*outcome.transaction);
            if (options_.emit_transactions) requests->push_back(*outcome.exchange);
          };
          const auto runner =
              std::make_shared<formats::FtwRunner>(program_, evaluation, *overrides_, take);
          return [runner, requests](FtwJob&& job) {
            requests->clear();
            Tested tested{runner->run(*job.test, *job.file), {}};
            for (size_t stage = 0; stage < requests->size(); ++stage) {
              formats::Exchange& request = (*requests)[stage];
              request.id = job.test->id();
              if (requests->size() > 1) request.id += fmt::format("/{}", stage);
              tested.transactions += formats::transaction_line(request);
            }
            return tested;
          };
        },
        [&](Tested&& tested) {
          output.write(tested.transactions);
          const bool failed = tested.result.outcome == FtwResult::Outcome::failed;
          results_.push_back(std::move(tested.result));
          counts_.push_back(1);
          return !(failed && options_.fail_fast);
        });
    if (!options_.emit_transactions) run_all_expectations(evaluation, notices);
    close_collections(*collections_, console_);
    notices.print(console_);
  }

  /// Each file begins with empty persistent collections, unless they are kept in a directory.
  void run_all_expectations(formats::EvaluatorOptions evaluation, RunNotices& notices) {
    evaluation.front = front_of_traffic();
    evaluation.all_matches = true;
    ExpectationRun run = run_of(evaluation, notices);
    for (const formats::ExpectationFile& file : expectations_) {
      const auto failed = [](const FtwResult& result) {
        return result.outcome == FtwResult::Outcome::failed;
      };
      if (options_.fail_fast && std::ranges::any_of(results_, failed)) return;
      if (options_.ruleset.state.empty()) {
        collections_ = open_collections(options_.ruleset, console_);
        run.evaluation.collections = collections_.get();
      }
      std::vector<FtwResult> results = run_expectations(file, run, console_);
      counts_.push_back(results.size());
      std::ranges::move(results, std::back_inserter(results_));
    }
  }

  const TestOptions& options_;
  Console& console_;
  std::vector<formats::ExpectationFile> expectations_;
  std::shared_ptr<const engine::Program> program_;
  std::unique_ptr<engine::CollectionStore> collections_;
  std::optional<parser::Pcre> filter_;
  std::optional<Shard> part_;     ///< none: all tests are run
  std::vector<uint64_t> places_;  ///< of what is run in the list of all tests
  std::vector<size_t> counts_;    ///< results of each
  std::string overrides_text_;
  formats::FtwOverrides override_rows_;
  std::optional<formats::FtwOverrider> overrides_;
  std::vector<FtwResult> results_;
  std::vector<formats::DroppedRule> dropped_;
};

}  // namespace

std::function<int()> add_test(CLI::App& app, Console& console) {
  auto options = std::make_shared<TestOptions>();
  app.add_option("TESTS", options->tests,
                 "FTW YAML, or expectations of traffic; files, directories, globs or -")
      ->type_name("");
  app.add_option("--crs-suite", options->crs_suite,
                 "Run CRS's own tests: rules, setup, tests and settings of this clone of it")
      ->type_name("DIR")
      ->group("Tests");
  app.parse_complete_callback([options] {
    if (options->tests.empty() && options->crs_suite.empty()) throw CLI::RequiredError("TESTS");
  });
  options->ruleset.add_to(app);
  add_front(app, options->front, "Tests");
  app.add_option("--filter", options->filter, "Only tests whose RULE-TEST id matches")
      ->type_name("REGEX")
      ->group("Tests");
  app.add_option("--overrides", options->overrides,
                 "A platform's overrides, or the testoverride part of .ftw.yaml")
      ->type_name("FILE")
      ->group("Tests");
  app.add_flag("--list", options->list, "List the tests and run none")->group("Tests");
  app.add_flag("--emit-transactions", options->emit_transactions,
               "Write the tests' requests, and the answers to them, as transaction lines")
      ->group("Tests");
  app.add_flag("--expect-no-match", options->expect_no_match,
               "TESTS are traffic in which no rule may match: each transaction is a test")
      ->group("Tests");
  app.add_option("--shard", options->shard, "Only the K-th of N parts of the tests, K from 1")
      ->type_name("K/N")
      ->group("Tests");
  app.add_flag("--fail-fast", options->fail_fast, "Stop at the first failure")->group("Tests");
  app.add_flag("--allow-empty", options->allow_empty, "An input without tests is no error")
      ->group("Tests");
  add_choice(app, "--format", options->format,
             "What to print (default: text):", formats::ftw_result_formats());
  add_output(app, options->output);
  add_summary(app, options->summary);
  add_jobs(app, options->jobs);
  return [options, &app, &console] {
    options->front_is_given = app.count("--front") != 0;
    options->take_suite();
    return TestCommand(*options, console).run();
  };
}

}  // namespace wafcheck::cli
