// wafcheck profile: traffic through the rules, and where the time went.

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <chrono>
#include <memory>
#include <mutex>
#include <ostream>

#include "cli/command.h"
#include "cli/notices.h"
#include "cli/output.h"
#include "cli/ruleset_options.h"
#include "cli/traffic_runner.h"
#include "engine/collections.h"
#include "engine/profile.h"
#include "formats/front.h"
#include "formats/outcome.h"
#include "formats/profile_report.h"

namespace wafcheck::cli {
namespace {

using Clock = std::chrono::steady_clock;

double us_since(Clock::time_point begin) {
  return std::chrono::duration<double, std::micro>(Clock::now() - begin).count();
}

struct ProfileOptions {
  RulesetOptions ruleset;
  TrafficOptions traffic;
  std::string format = "text";
  std::string output;
  std::string sort = "time";
  std::string by;
  size_t top = 0;  ///< 0: as the format has it
};

/// Collections as they are, whatever is written to them.
class Unsaved : public engine::CollectionStore {
 public:
  explicit Unsaved(engine::CollectionStore& store) : store_(store) {}
  Result<std::optional<engine::StoredRecord>> load(const Key& key, int64_t now) override {
    return store_.load(key, now);
  }
  Result<void> save(const Key&, const engine::StoredRecord&) override { return {}; }

 private:
  engine::CollectionStore& store_;
};

/// What one thread evaluates with. Each of its transactions runs twice, with and without a profile,
/// now one first, now the other; what is remembered of values is kept apart.
struct Lane {
  explicit Lane(const engine::Program& program)
      : transaction(program), profile(program), profiled_memory(program), plain_memory(program) {}

  engine::Transaction transaction;
  engine::Profile profile;
  engine::MatchMemory profiled_memory, plain_memory;
  // Of transactions that ran both ways without being preempted.
  uint64_t compared = 0, profiled_ticks = 0, plain_ticks = 0;
  uint64_t rejected = 0;
  bool profiled_first = false;
};

class Profiling {
 public:
  Profiling(const ProfileOptions& options, Streams& streams, const GlobalOptions& global)
      : options_(options),
        streams_(streams),
        global_(global),
        front_(*formats::find_front(options.traffic.front)),
        runner_(options.traffic, streams, global) {}

  int run() {
    if (!runner_.check()) return kTrouble;
    auto output = Output::open(options_.output, streams_.out);
    if (!output) return complain(output.error().message);
    if (!load()) return kTrouble;
    runner_.run<bool>(threads(), [this] { return make_worker(); }, [](bool&&) { return true; });
    const std::string report = make_report();
    output->write(report);
    const bool told = notices_.print(streams_.err, global_.quiet);
    if (const auto done = output->commit(); !done && !output->reader_gone()) {
      return complain(done.error().message);
    }
    return told && !runner_.trouble() ? kOk : kTrouble;
  }

 private:
  int complain(std::string_view message) {
    streams_.err << "wafcheck: error: " << message << '\n';
    return kTrouble;
  }

  bool load() {
    const auto began = Clock::now();
    program_ = load_program(options_.ruleset, streams_, global_);
    if (!program_) return false;
    figures_.load_us = us_since(began);
    // Else whatever rule asks first would seem to be slow.
    const auto loaded = Clock::now();
    program_->prepare();
    figures_.compile_us = us_since(loaded);
    collections_ = open_collections(options_.ruleset, streams_);
    return collections_ != nullptr;
  }

  size_t threads() {
    figures_.threads = options_.traffic.threads();
    if (program_->ordered() && figures_.threads > 1) {
      streams_.err << "wafcheck: note: the rules use persistent collections, so transactions run "
                      "in order, one at a time\n";
      figures_.threads = 1;
    }
    return figures_.threads;
  }

  TrafficRunner::Worker<bool> make_worker() {
    const auto lane = std::make_shared<Lane>(*program_);
    const std::scoped_lock lock(lanes_mutex_);
    lanes_.push_back(lane);
    return [this, lane](TrafficJob&& job) {
      evaluate_twice(*lane, job);
      return true;
    };
  }

  void evaluate_twice(Lane& lane, TrafficJob& job) {
    if (formats::pass_front(front_, job.exchange).refused) {
      ++lane.rejected;
      return;
    }
    const uint64_t preemptions = engine::preemptions();
    lane.profiled_first = !lane.profiled_first;
    // Both see the collections as transactions before left them, and only one adds to them.
    Unsaved unsaved(*collections_);
    const uint64_t first = evaluate(lane, job, lane.profiled_first, unsaved);
    const uint64_t second = evaluate(lane, job, !lane.profiled_first, *collections_);
    if (engine::preemptions() == preemptions) {
      ++lane.compared;
      lane.profiled_ticks += lane.profiled_first ? first : second;
      lane.plain_ticks += lane.profiled_first ? second : first;
    }
    notices_.collect(lane.transaction.problems());
  }

  /// The ticks it took.
  uint64_t evaluate(Lane& lane, const TrafficJob& job, bool profiled,
                    engine::CollectionStore& store) {
    engine::TransactionOptions own;
    own.time_us = job.exchange.time_us;
    own.id = formats::unique_id(job.exchange, job.source);
    own.collections = &store;
    own.prefilter = !options_.ruleset.no_prefilter;
    if (!options_.ruleset.no_memo)
      own.memory = profiled ? &lane.profiled_memory : &lane.plain_memory;
    if (profiled) own.profile = &lane.profile;
    const uint64_t began = engine::read_ticks();
    if (profiled) lane.profile.start();
    lane.transaction.reset(std::move(own));
    formats::evaluate(job.exchange, lane.transaction);
    if (profiled) lane.profile.stop();
    return engine::read_ticks() - began;
  }

  std::string make_report() {
    const double us_per_tick = rate_.us_per_tick();
    engine::Profile whole(*program_);
    for (const auto& lane : lanes_) {
      whole.merge(std::move(lane->profile));
      figures_.rejected += lane->rejected;
      figures_.compared += lane->compared;
      figures_.profiled_us += static_cast<double>(lane->profiled_ticks) * us_per_tick;
      figures_.plain_us += static_cast<double>(lane->plain_ticks) * us_per_tick;
    }
    figures_.unreadable = runner_.unreadable();
    const auto steps = engine::count_match_steps(*program_, whole);
    const auto report =
        formats::make_profile_report(*program_, whole, steps, us_per_tick, figures_);
    return options_.format == "json" ? formats::profile_json(report, view())
                                     : formats::profile_text(report, view());
  }

  formats::ProfileView view() const {
    formats::ProfileView view;
    for (const formats::ProfileTableName& row : formats::kProfileTables) {
      if (row.name == options_.by) view.only = row.table;
    }
    for (const formats::ProfileOrderName& row : formats::kProfileOrders) {
      if (row.name == options_.sort) view.order = row.order;
    }
    const size_t usual = options_.format == "json" ? SIZE_MAX : 20;
    view.top = options_.top != 0 ? options_.top : usual;
    if (streams_.out_columns != 0 && options_.output.empty()) view.columns = streams_.out_columns;
    return view;
  }

  const ProfileOptions& options_;
  Streams& streams_;
  const GlobalOptions& global_;
  const formats::Front front_;
  const engine::TickRate rate_;
  TrafficRunner runner_;
  std::shared_ptr<const engine::Program> program_;
  std::unique_ptr<engine::CollectionStore> collections_;
  std::mutex lanes_mutex_;
  std::vector<std::shared_ptr<Lane>> lanes_;
  RunNotices notices_;
  formats::ProfileRun figures_;
};

template <typename Row, size_t N>
std::vector<std::string> names_of(const Row (&rows)[N]) {
  std::vector<std::string> names;
  for (const Row& row : rows) names.emplace_back(row.name);
  return names;
}

}  // namespace

std::function<int()> add_profile(CLI::App& app, Streams& streams, GlobalOptions& global) {
  auto options = std::make_shared<ProfileOptions>();
  options->traffic.jobs = 1;
  options->traffic.add_to(app);
  options->ruleset.add_to(app);
  app.add_option("--format", options->format, "What to print")
      ->check(CLI::IsMember({"text", "json"}))
      ->default_str("text")
      ->group("Output");
  app.add_option("-o,--output", options->output, "Write the result to a file")
      ->type_name("FILE")
      ->group("Output");
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
  app.add_option("-j,--jobs", options->traffic.jobs, "Threads, over which times are summed")
      ->check(CLI::Range(1U, 1024U))
      ->type_name("N")
      ->default_str("1")
      ->group("Terminal");
  return [options, &streams, &global] { return Profiling(*options, streams, global).run(); };
}

}  // namespace wafcheck::cli
