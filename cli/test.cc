// wafcheck test: FTW regression tests, in-process.

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <fstream>
#include <iterator>
#include <ostream>
#include <thread>

#include "cli/command.h"
#include "cli/ftw_runner.h"
#include "cli/inputs.h"
#include "cli/ordered_pool.h"
#include "cli/output.h"
#include "cli/ruleset_options.h"
#include "formats/front.h"
#include "formats/ftw.h"
#include "formats/json_writer.h"
#include "formats/traffic.h"

namespace wafcheck::cli {
namespace {

using formats::FtwFile;
using formats::FtwResult;
using formats::FtwTest;

struct TestOptions {
  RulesetOptions ruleset;
  std::vector<std::string> tests;
  std::string front = "httpd";
  std::string format = "text";
  std::string output;
  std::string filter;
  std::string overrides;
  bool list = false;
  bool fail_fast = false;
  bool allow_empty = false;
  unsigned jobs = 0;
};

struct Job {
  const FtwTest* test;
  const std::string* file;
};

class TestRun {
 public:
  TestRun(const TestOptions& options, Streams& streams, const GlobalOptions& global)
      : options_(options), streams_(streams), global_(global) {}

  int run() {
    if (!compile_filter() || !read_overrides()) return kTrouble;
    read_tests();
    if (options_.list) return list();
    if (select().empty() && !options_.allow_empty && !trouble_) complain("no tests to run");
    program_ = load_program(options_.ruleset, streams_, global_);
    if (!program_) return kTrouble;
    collections_ = open_collections(options_.ruleset, streams_);
    if (!collections_) return kTrouble;
    run_all();
    trouble_ |= !notices_.print(streams_.err, global_.quiet);
    if (!report()) return kTrouble;
    if (trouble_) return kTrouble;
    return count(FtwResult::Outcome::failed) > 0 ? kNo : kOk;
  }

 private:
  void complain(std::string_view message) {
    streams_.err << "wafcheck: error: " << message << '\n';
    trouble_ = true;
  }

  bool compile_filter() {
    if (options_.filter.empty()) return true;
    auto regex = parser::Pcre::compile(options_.filter, {});
    if (!regex) {
      complain(fmt::format("--filter \"{}\": {}", options_.filter, regex.error().message));
      return false;
    }
    filter_.emplace(std::move(*regex));
    return true;
  }

  bool read_file(const std::string& path, std::string& bytes) {
    auto opened = InputStream::open(path, streams_.in);
    if (!opened) {
      complain(opened.error().message);
      return false;
    }
    bytes.assign(std::istreambuf_iterator<char>((*opened)->stream()), {});
    return true;
  }

  bool read_overrides() {
    formats::FtwOverridesFile read;
    if (!options_.overrides.empty()) {
      std::string bytes;
      if (!read_file(options_.overrides, bytes)) return false;
      read = formats::parse_ftw_overrides(bytes);
      for (const formats::FtwProblem& problem : read.problems) {
        complain(fmt::format("{}:{}:{}: {}", options_.overrides, problem.line, problem.column, problem.message));
      }
      if (!read.problems.empty()) return false;
    }
    for (const std::string& note : read.notes) {
      if (!global_.quiet) streams_.err << fmt::format("{}: note: {}\n", options_.overrides, note);
    }
    override_rows_ = std::move(read.overrides);
    auto compiled = formats::FtwOverrider::make(override_rows_);
    if (!compiled) {
      complain(fmt::format("{}: {}", options_.overrides, compiled.error().message));
      return false;
    }
    overrides_.emplace(std::move(*compiled));
    return true;
  }

  void read_tests() {
    for (const std::string& input : options_.tests) {
      const auto found = expand_input(input, {".yaml", ".yml"});
      if (!found) {
        complain(found.error().message);
        continue;
      }
      if (found->empty() && !options_.allow_empty) complain(fmt::format("{}: no test files in this directory", input));
      for (const InputFile& file : *found) read_test_file(file);
    }
  }

  void read_test_file(const InputFile& input) {
    std::string bytes;
    if (!read_file(input.path, bytes)) return;
    if (formats::looks_like_seclang(std::string_view(bytes).substr(0, 4096))) {
      complain(fmt::format("{}: these are rules, not tests", input.path));
      streams_.err << "  help: repeat -r for each rules file, or quote the glob\n";
      return;
    }
    FtwFile file = formats::parse_ftw(input.path, bytes);
    for (const formats::FtwProblem& problem : file.problems) {
      complain(fmt::format("{}:{}:{}: {}", file.path, problem.line, problem.column, problem.message));
    }
    for (const std::string& note : file.notes) {
      if (!global_.quiet) streams_.err << fmt::format("{}: note: {}\n", file.path, note);
    }
    const bool named_but_empty = file.tests.empty() && file.problems.empty() && !input.searched;
    if (named_but_empty && !options_.allow_empty) complain(fmt::format("{}: no tests", file.path));
    files_.push_back(std::move(file));
  }

  std::vector<Job> select() const {
    std::vector<Job> jobs;
    for (const FtwFile& file : files_) {
      for (const FtwTest& test : file.tests) {
        const bool wanted = !filter_ || filter_->match(test.id(), 0, 100'000, nullptr) == parser::PcreResult::matched;
        if (wanted) jobs.push_back({&test, &file.path});
      }
    }
    return jobs;
  }

  int list() {
    for (const Job& job : select()) {
      streams_.out << fmt::format("{}\t{}:{}\n", job.test->id(), *job.file, job.test->line);
    }
    return trouble_ ? kTrouble : kOk;
  }

  void run_all() {
    size_t threads = options_.jobs != 0 ? options_.jobs : std::max(1U, std::thread::hardware_concurrency());
    if (program_->ordered()) threads = 1;
    bool stop = false;
    OrderedPool<Job, FtwResult> pool(
        threads,
        [this] {
          auto runner = std::make_shared<FtwRunner>(
              program_, options_.ruleset, *overrides_, *formats::find_front(options_.front), *collections_, notices_);
          return [runner](Job&& job) { return runner->run(*job.test, *job.file); };
        },
        [this, &stop](FtwResult&& result) {
          if (stop) return;
          stop = options_.fail_fast && result.outcome == FtwResult::Outcome::failed;
          results_.push_back(std::move(result));
        });
    for (Job& job : select()) {
      if (stop) break;
      pool.give(std::move(job));
    }
    pool.finish();
  }

  size_t count(FtwResult::Outcome outcome) const {
    return static_cast<size_t>(std::ranges::count(results_, outcome, &FtwResult::outcome));
  }

  static std::string_view outcome_name(FtwResult::Outcome outcome) {
    switch (outcome) {
      case FtwResult::Outcome::passed: return "passed";
      case FtwResult::Outcome::failed: return "failed";
      case FtwResult::Outcome::skipped: return "skipped";
      case FtwResult::Outcome::ignored: return "ignored";
    }
    return "";
  }

  size_t skipped() const { return count(FtwResult::Outcome::skipped) + count(FtwResult::Outcome::ignored); }

  std::string text_report() const {
    std::string text;
    for (const FtwResult& result : results_) {
      if (result.outcome != FtwResult::Outcome::failed) continue;
      text += fmt::format("FAIL {}  {}\n     {}\n", result.id, result.file, result.reason);
    }
    text += fmt::format("{} passed, {} failed, {} skipped\n", count(FtwResult::Outcome::passed),
                        count(FtwResult::Outcome::failed), skipped());
    return text;
  }

  std::string json_report() const {
    std::string out;
    formats::JsonWriter json(out);
    json.begin_object();
    json.key("schema");
    json.number(1);
    const std::pair<std::string_view, size_t> counts[] = {
        {"total", results_.size()}, {"passed", count(FtwResult::Outcome::passed)},
        {"failed", count(FtwResult::Outcome::failed)}, {"skipped", skipped()}};
    for (const auto& [name, number] : counts) {
      json.key(name);
      json.number(number);
    }
    json.key("tests");
    json.begin_array();
    for (const FtwResult& result : results_) {
      json.begin_object();
      json.member("id", result.id);
      json.bytes("file", result.file);
      json.member("outcome", outcome_name(result.outcome));
      json.key("reason");
      if (result.reason.empty()) {
        json.null();
      } else {
        json.string(result.reason);
      }
      json.key("elapsed_us");
      json.number(result.elapsed_us, 1);
      json.end_object();
    }
    json.end_array();
    json.end_object();
    out.push_back('\n');
    return out;
  }

  bool report() {
    auto output = Output::open(options_.output, streams_.out);
    if (!output) {
      complain(output.error().message);
      return false;
    }
    output->stream() << (options_.format == "json"    ? json_report()
                         : options_.format == "junit" ? formats::junit_report(results_)
                         : options_.format == "tap"   ? formats::tap_report(results_)
                                                      : text_report());
    if (auto done = output->commit(); !done && output->is_file()) {
      complain(done.error().message);
      return false;
    }
    return true;
  }

  const TestOptions& options_;
  Streams& streams_;
  const GlobalOptions& global_;
  std::shared_ptr<const engine::Program> program_;
  std::unique_ptr<engine::CollectionStore> collections_;
  RunNotices notices_;
  std::optional<parser::Pcre> filter_;
  formats::FtwOverrides override_rows_;
  std::optional<formats::FtwOverrider> overrides_;
  std::vector<FtwFile> files_;
  std::vector<FtwResult> results_;
  bool trouble_ = false;
};

}  // namespace

std::function<int()> add_test(CLI::App& app, Streams& streams, GlobalOptions& global) {
  auto options = std::make_shared<TestOptions>();
  app.add_option("TESTS", options->tests, "FTW YAML: files, directories, globs or -")->required()->type_name("");
  options->ruleset.add_to(app);
  app.add_option("--front", options->front, "The web server in front of the rules")
      ->check(CLI::IsMember(std::vector<std::string>(formats::kFrontNames.begin(), formats::kFrontNames.end())))
      ->default_str("httpd")->group("Tests");
  app.add_option("--filter", options->filter, "Only tests whose RULE-TEST id matches")->type_name("REGEX")->group("Tests");
  app.add_option("--overrides", options->overrides, "A platform's overrides, or the testoverride part of .ftw.yaml")
      ->type_name("FILE")->group("Tests");
  app.add_flag("--list", options->list, "List the tests and run none")->group("Tests");
  app.add_flag("--fail-fast", options->fail_fast, "Stop at the first failure")->group("Tests");
  app.add_flag("--allow-empty", options->allow_empty, "An input without tests is no error")->group("Tests");
  app.add_option("--format", options->format, "What to print")
      ->check(CLI::IsMember({"text", "json", "junit", "tap"}))->default_str("text")->group("Output");
  app.add_option("-o,--output", options->output, "Write the result to a file")->type_name("FILE")->group("Output");
  app.add_option("-j,--jobs", options->jobs, "Threads (default: one a core)")->check(CLI::Range(1U, 1024U))
      ->type_name("N")->group("Terminal");
  return [options, &streams, &global] { return TestRun(*options, streams, global).run(); };
}

}  // namespace wafcheck::cli
