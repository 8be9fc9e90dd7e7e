// wafcheck profile: traffic through the rules, and where the time went.

#include <CLI/CLI.hpp>
#include <algorithm>
#include <chrono>
#include <memory>
#include <optional>

#include "cli/command.h"
#include "cli/notices.h"
#include "cli/options.h"
#include "cli/ruleset_options.h"
#include "cli/run_identity.h"
#include "cli/summaries/summaries.h"
#include "cli/traffic_runner.h"
#include "engine/collections.h"
#include "formats/records/profile_report.h"
#include "formats/records/profiler.h"

namespace wafcheck::cli {
namespace {

struct ProfileOptions {
  RulesetOptions ruleset;
  TrafficOptions traffic;
  std::string format = "text";
  std::string output;
  std::string summary;  ///< the file that gets it; empty: none
  std::string sort = "time";
  std::string by;
  size_t top = 0;  ///< 0: as the format has it
};

class ProfileCommand {
 public:
  ProfileCommand(const ProfileOptions& options, Console& console)
      : options_(options),
        console_(console),
        runner_(options.traffic, console),
        format_(std::ranges::find(formats::kProfileFormats, options.format,
                                  &formats::ProfileFormat::name)) {}

  int run() {
    if (format_->page && !console_.may_write_page(options_.output)) return kTrouble;
    if (!runner_.check()) return kTrouble;
    auto output = console_.open(options_.output);
    std::optional<Output> summary;
    if (!output || !open_summary(options_.summary, *output, summary, console_)) return kTrouble;
    if (!load()) return kTrouble;
    run_.dropped = formats::dropped_rules(program_->ruleset());
    const bool dropped = !run_.dropped.empty();
    formats::EvaluatorOptions evaluation = evaluator_options(options_.ruleset, *collections_);
    evaluation.front = *formats::find_front(options_.traffic.front);
    evaluation.decode_bodies = options_.traffic.decode_bodies;
    formats::Profiler profiler(program_, evaluation);
    choose_threads();
    if (summary) runner_.expect_summary();
    evaluate_all(profiler);
    close_collections(*collections_, console_);
    const formats::ProfileReport result = profiler.report(run_);
    if (summary) {
      const std::string rules = identity_of(options_.ruleset, options_.traffic, *program_);
      summary->write(text_of({runs_of(rules, options_.traffic, runner_.spans()), result}));
      console_.finish(*summary);
    }
    std::string report = format_->write(result, view());
    output->write(format_->name == "text" ? console_.in_locale(std::move(report)) : report);
    notices_.print(console_);
    console_.finish(*output);
    if (console_.failed()) return kTrouble;
    return dropped ? kDropped : kOk;
  }

 private:
  bool load() {
    const auto started = std::chrono::steady_clock::now();
    program_ = load_program(options_.ruleset, console_);
    if (!program_) return false;
    const auto elapsed = std::chrono::steady_clock::now() - started;
    run_.load_us = std::chrono::duration<double, std::micro>(elapsed).count();
    collections_ = open_collections(options_.ruleset, console_);
    return collections_ != nullptr;
  }

  void choose_threads() {
    options_.traffic.choice.tell_order(program_->ordered(), console_);
    run_.threads = thread_count(options_.traffic.jobs);
    if (!program_->ordered() || run_.threads == 1) return;
    console_.note(kOneAtATime);
    run_.threads = 1;
  }

  void evaluate_all(formats::Profiler& profiler) {
    struct Done {};
    const auto make = [&]() -> TrafficRunner::Worker<Done> {
      return [this, &lane = profiler.add_lane()](TrafficJob&& job) {
        const engine::Transaction* counted = lane.run(std::move(job.exchange), job.source);
        if (counted != nullptr) notices_.collect(*counted);
        return Done{};
      };
    };
    runner_.run<Done>(run_.threads, make, [](Done&&) { return true; });
    run_.unreadable = runner_.unreadable();
    run_.skipped = runner_.skipped();
    run_.not_selected = runner_.not_selected();
  }

  formats::ProfileView view() const {
    formats::ProfileView view;
    for (const formats::ProfileTableName& row : formats::kProfileTables) {
      if (row.name == options_.by) view.only = row.table;
    }
    for (const formats::ProfileOrderName& row : formats::kProfileOrders) {
      if (row.name == options_.sort) view.order = row.order;
    }
    view.top = options_.top != 0 ? options_.top : format_->rows;
    const size_t columns = console_.streams().out_columns;
    if (columns != 0 && options_.output.empty()) view.columns = columns;
    return view;
  }

  const ProfileOptions& options_;
  Console& console_;
  TrafficRunner runner_;
  const formats::ProfileFormat* const format_;
  std::shared_ptr<const engine::Program> program_;
  std::unique_ptr<engine::CollectionStore> collections_;
  RunNotices notices_;
  formats::ProfileRun run_;
};

template <typename Row, size_t N>
std::vector<std::string> names_of(const Row (&rows)[N]) {
  std::vector<std::string> names;
  for (const Row& row : rows) names.emplace_back(row.name);
  return names;
}

}  // namespace

std::function<int()> add_profile(CLI::App& app, Console& console) {
  auto options = std::make_shared<ProfileOptions>();
  options->traffic.jobs = 1;
  options->traffic.add_to(app);
  options->ruleset.add_to(app);
  add_choice(app, "--format", options->format,
             "What to print (default: text):", formats::kProfileFormats);
  add_output(app, options->output);
  app.add_option("--by", options->by, "Only this table")
      ->check(CLI::IsMember(names_of(formats::kProfileTables)))
      ->group("Output");
  app.add_option("--sort", options->sort, "What to put first")
      ->check(CLI::IsMember(names_of(formats::kProfileOrders)))
      ->default_str("time")
      ->group("Output");
  app.add_option("--top", options->top, "Rows of a table (text: 20, JSON: all)")
      ->check(CLI::Range(size_t{1}, size_t{1'000'000}))
      ->type_name("N")
      ->group("Output");
  add_summary(app, options->summary);
  add_jobs(app, options->traffic.jobs, "Threads, over which times are summed");
  return [options, &console] { return ProfileCommand(*options, console).run(); };
}

}  // namespace wafcheck::cli
