// wafcheck replay: traffic through the rules, decisions out.

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <chrono>
#include <map>
#include <memory>
#include <optional>
#include <ostream>
#include <set>
#include <utility>

#include "cli/command.h"
#include "cli/fail_on.h"
#include "cli/mask_options.h"
#include "cli/notices.h"
#include "cli/options.h"
#include "cli/programs.h"
#include "cli/ruleset_options.h"
#include "cli/run_identity.h"
#include "cli/summaries/summaries.h"
#include "cli/traffic_runner.h"
#include "engine/collections.h"
#include "engine/program.h"
#include "engine/program/settings.h"
#include "formats/metrics/metrics.h"
#include "formats/records/audit_log.h"
#include "formats/records/error_log.h"
#include "formats/records/evaluator.h"
#include "formats/records/record_format.h"
#include "parser/base/ascii.h"
#include "parser/base/escape.h"

namespace wafcheck::cli {
namespace {

using Clock = std::chrono::steady_clock;
using formats::RecordKind;

struct ReplayOptions {
  RulesetOptions ruleset;
  TrafficOptions traffic;
  MaskOptions masks;
  std::string format = "text";
  std::string output;
  std::string audit_log, audit_format;
  bool audit_log_truncate = false;
  std::string error_log;
  std::string metrics;
  std::string summary;
  std::string fail_on = "none";
  std::string only;
  bool all_matches = false;
  bool trace = false, trace_matched = false;
  bool why = false, names = false;
  bool statistics = false;
  std::vector<uint64_t> entries;
  std::vector<std::string> transactions;
  std::vector<uint64_t> trace_ids;
  std::vector<int> trace_phases;
  bool emit_transactions = false;
  bool no_timing = false;
};

/// Where records of one format go.
struct RecordStream {
  Output output;
  std::unique_ptr<formats::RecordWriter> writer;
  size_t records = 0;
};

/// A transaction when a worker is done with it.
struct Evaluated {
  std::vector<std::string> records;  ///< by stream; empty: it shows nothing of the transaction
  formats::Summary summary;
  std::optional<formats::Metrics> metrics = std::nullopt;  ///< where they are asked for
  /// Not evaluated yet: the rules are not loaded for its engine, which is the main thread's to do.
  std::optional<TrafficJob> waiting = std::nullopt;
};

/// A thread's evaluators, by the program that they run.
using Evaluators = std::map<const engine::Program*, std::unique_ptr<formats::Evaluator>>;

class Replay {
 public:
  Replay(const ReplayOptions& options, Console& console)
      : options_(options),
        console_(console),
        runner_(options.traffic, console),
        programs_(options.ruleset, console),
        masks_(options.masks.masks()),
        result_format_(options.emit_transactions
                           ? formats::find_record_format(RecordKind::traffic, "transactions")
                           : formats::find_record_format(RecordKind::decision, options.format)) {}

  int run() {
    if (result_format_->page && !console_.may_write_page(options_.output)) return kTrouble;
    if (!runner_.check() || !open_outputs()) return kTrouble;
    if (!options_.emit_transactions && !load()) return kTrouble;
    // By now all inputs are known.
    for (const RecordStream& stream : streams_) {
      if (!console_.may_write(stream.output)) return kTrouble;
    }
    for (const std::optional<Output>* output : {&metrics_output_, &summary_output_}) {
      if (*output && !console_.may_write(**output)) return kTrouble;
    }
    add_writers();
    const auto started = Clock::now();
    begin_streams();
    read_all();
    const std::chrono::duration<double, std::milli> elapsed = Clock::now() - started;
    end_streams(elapsed.count());
    if (collections_) close_collections(*collections_, console_);
    tell_unanswered(unanswered(options_.fail_on, summary_), "transaction", options_.fail_on,
                    console_);
    tell_partial();
    if (console_.failed()) return kTrouble;
    if (fails(options_.fail_on, summary_)) return kNo;
    return summary_.dropped.empty() ? kOk : kDropped;
  }

 private:
  // --- outputs ---

  /// Before the rules are loaded: a file that cannot be written need not wait for them.
  bool open_outputs() {
    using Mode = OutputFile::Mode;
    std::vector<std::pair<std::string, Mode>> paths = {{options_.output, Mode::replace}};
    if (writes_audit_log()) {
      const Mode mode = options_.audit_log_truncate ? Mode::replace : Mode::append;
      paths.emplace_back(options_.audit_log, mode);
    }
    if (writes_error_log()) paths.emplace_back(options_.error_log, Mode::replace);
    for (const auto& [path, mode] : paths) {
      auto output = open_output(path, mode);
      if (!output) return false;
      streams_.push_back({std::move(*output), nullptr});
    }
    return open_output(writes_metrics(), options_.metrics, metrics_output_) &&
           open_output(writes_summary(), options_.summary, summary_output_);
  }

  bool open_output(bool wanted, const std::string& path, std::optional<Output>& to) {
    if (!wanted) return true;
    auto output = open_output(path, OutputFile::Mode::replace);
    if (output) to.emplace(std::move(*output));
    return output.has_value();
  }

  std::optional<Output> open_output(const std::string& path, OutputFile::Mode mode) {
    auto output = console_.open(path, mode);
    if (!output) return std::nullopt;
    const OutputFile* const file = output->file();
    if (file != nullptr && !file->is_device() && !targets_.insert(file->target()).second) {
      console_.error(fmt::format("{} is named for two outputs", path));
      return std::nullopt;
    }
    return output;
  }

  // Logs and metrics need transactions that were evaluated.
  bool writes_audit_log() const {
    return !options_.audit_log.empty() && !options_.emit_transactions;
  }
  bool writes_error_log() const {
    return !options_.error_log.empty() && !options_.emit_transactions;
  }
  bool writes_metrics() const { return !options_.metrics.empty() && !options_.emit_transactions; }
  bool writes_summary() const { return !options_.summary.empty() && !options_.emit_transactions; }

  bool load() {
    // Of a log, the first record tells which engine's outputs are written; each tells its own.
    program_ =
        programs_.load(programs_.engine_of(runner_.first_record().value_or(formats::Exchange{})));
    if (!program_) return false;
    summary_.dropped = formats::dropped_rules(program_->ruleset());
    tell_unknown_ids();
    collections_ = open_collections(options_.ruleset, console_);
    return collections_ != nullptr;
  }

  /// A trace of rules that there are not shows nothing.
  void tell_unknown_ids() {
    for (const uint64_t id : options_.trace_ids) {
      const bool known = std::ranges::any_of(
          program_->ruleset().rules, [&](const parser::Rule& rule) { return rule.id == id; });
      if (!known) console_.warning(fmt::format("--id {}: no rule has this id", id));
    }
    const bool phases = !options_.trace_phases.empty() || options_.trace_matched;
    if (!options_.trace && (phases || (!options_.trace_ids.empty() && !options_.why))) {
      console_.warning(
          "--id, --phase and --matched choose what --trace shows: without it they do nothing");
    }
  }

  /// In the order of open_outputs().
  void add_writers() {
    formats::RecordContext context{program_.get()};
    context.timing = !options_.no_timing;
    context.limits = options_.ruleset.limits;
    context.entries = options_.entries;
    context.ids = options_.transactions;
    context.why = options_.why;
    context.names = options_.names;
    if (options_.why) context.why_rules = options_.trace_ids;
    context.masks = &masks_;
    context.mask_json = options_.masks.mask_json;
    context.ascii = console_.is_ascii();
    const bool terminal = !streams_[0].output.is_file();
    context.color = console_.is_coloured(terminal && console_.streams().out_is_terminal);
    if (terminal) context.columns = console_.streams().out_columns;
    context.selection = options_.only == "interrupted" ? formats::Selection::interrupted
                        : options_.only == "matched"   ? formats::Selection::matched
                        : options_.only == "all"       ? formats::Selection::all
                                                       : formats::Selection::usual;
    std::vector<const formats::RecordFormat*> formats = {result_format_};
    if (writes_audit_log()) formats.push_back(audit_format());
    if (writes_error_log()) {
      formats.push_back(formats::find_record_format(RecordKind::error_log, "error-log"));
    }
    for (size_t at = 0; at < streams_.size(); ++at) {
      streams_[at].writer = formats[at]->make(context);
    }
  }

  /// --audit-format wins over SecAuditLogFormat.
  const formats::RecordFormat* audit_format() {
    const engine::Settings& settings = program_->settings();
    if (options_.audit_format.empty() && iequals(settings.audit_format, "OCSF")) {
      console_.note("SecAuditLogFormat OCSF cannot be written: the records are in Coraza's JSON");
    }
    if (settings.audit == engine::AuditMode::off) {
      console_.note(
          "SecAuditEngine is Off: only transactions for which rules turn it on are recorded");
    }
    return formats::find_record_format(RecordKind::audit, options_.audit_format.empty()
                                                              ? formats::audit_format(*program_)
                                                              : options_.audit_format);
  }

  void begin_streams() {
    for (RecordStream& stream : streams_) stream.output.write(stream.writer->begin());
  }

  void end_streams(double elapsed_ms) {
    // For people, --quiet leaves the times out; a document has them as always.
    const bool quiet = console_.options().quiet && options_.format == "text";
    const std::optional<double> shown_ms =
        options_.no_timing || quiet ? std::nullopt : std::optional(elapsed_ms);
    if (program_) summary_.exclusions.complete(program_->ruleset(), summary_.transactions);
    for (RecordStream& stream : streams_) {
      const formats::RunTotals totals{summary_, shown_ms, stream.records};
      stream.output.write(stream.writer->end(totals));
      console_.finish(stream.output);
    }
    write_metrics();
    write_summary();
    if (result_format_->summary_apart && !console_.options().quiet) {
      console_.err() << formats::summary_text(summary_, shown_ms, console_.is_ascii());
      if (summary_.statistics) {
        console_.err() << formats::statistics_text(*summary_.statistics, 0, console_.is_ascii());
      }
    }
    notices_.print(console_);
  }

  void write_metrics() {
    if (!metrics_output_) return;
    metrics_.unreadable = summary_.unreadable;
    metrics_output_->write(
        formats::metrics_text(metrics_, {.timing = !options_.no_timing, .process = {}}));
    console_.finish(*metrics_output_);
  }

  void write_summary() {
    if (!summary_output_) return;
    RunSummary summary{runs_of(identity_of(options_.ruleset, options_.traffic, *program_),
                               options_.traffic, runner_.spans()),
                       summary_};
    if (options_.no_timing) std::get<formats::Summary>(summary.body).engine_us = 0;
    summary_output_->write(text_of(summary));
    console_.finish(*summary_output_);
  }

  // --- evaluating ---

  void read_all() {
    options_.traffic.choice.tell_order(program_ && program_->ordered(), console_);
    size_t threads = thread_count(options_.traffic.jobs);
    if (program_ && program_->ordered() && threads > 1) {
      if (options_.traffic.jobs > 1 || console_.options().verbose) {
        console_.note(kOneAtATime);
      }
      threads = 1;
    }
    const auto make = [this] { return make_worker(); };
    const auto receive = [this](Evaluated&& transaction) {
      if (transaction.waiting) {
        TrafficJob job = std::move(*transaction.waiting);
        if (!programs_.load(programs_.engine_of(job.exchange))) return false;
        if (!late_worker_) late_worker_ = make_worker();
        transaction = late_worker_(std::move(job));
      }
      write(std::move(transaction));
      return !is_reader_gone();
    };
    const auto weigh = [](const Evaluated& transaction) {
      size_t bytes = 0;
      for (const std::string& record : transaction.records) bytes += record.size();
      return bytes;
    };
    if (summary_output_) runner_.expect_summary();
    runner_.run<Evaluated>(threads, make, receive, weigh);
    summary_.unreadable = runner_.unreadable();
    summary_.skipped = runner_.skipped();
    summary_.not_selected = runner_.not_selected();
    if (const auto& part = runner_.part()) summary_.part = {part->part, part->of};
  }

  bool is_reader_gone() const {
    return std::ranges::any_of(
        streams_, [](const RecordStream& stream) { return stream.output.reader_gone(); });
  }

  TrafficRunner::Worker<Evaluated> make_worker() {
    if (options_.emit_transactions) {
      return [this](TrafficJob&& job) {
        return Evaluated{records_of({&job.exchange, nullptr, job.source}), {}};
      };
    }
    const auto evaluators = std::make_shared<Evaluators>();
    return [this, evaluators](TrafficJob&& job) {
      const parser::Engine engine = programs_.engine_of(job.exchange);
      const auto program = programs_.find(engine);
      if (!program) return Evaluated{{}, {}, {}, std::move(job)};
      std::unique_ptr<formats::Evaluator>& evaluator = (*evaluators)[program.get()];
      if (!evaluator) {
        evaluator = std::make_unique<formats::Evaluator>(program, evaluation_options(*program));
      }
      const formats::Outcome outcome = evaluator->run(std::move(job.exchange), job.source);
      Evaluated transaction{records_of(outcome), {}};
      transaction.summary.add(outcome);
      if (options_.statistics) transaction.summary.statistics.emplace().add(outcome, masks_);
      if (writes_metrics()) transaction.metrics.emplace().add(outcome);
      notices_.collect(*outcome.transaction);
      return transaction;
    };
  }

  formats::EvaluatorOptions evaluation_options(const engine::Program& program) {
    formats::EvaluatorOptions evaluation = evaluator_options(options_.ruleset, *collections_);
    evaluation.front = *formats::find_front(options_.traffic.front);
    evaluation.all_matches = options_.all_matches;
    evaluation.references =
        writes_audit_log() || (writes_error_log() && formats::error_log_refers(program));
    evaluation.decode_bodies = options_.traffic.decode_bodies;
    if (options_.trace) {
      evaluation.trace = {options_.trace_ids, options_.trace_phases, options_.trace_matched};
    }
    evaluation.evidence = options_.why || options_.format == "text" || result_format_->page;
    return evaluation;
  }

  std::vector<std::string> records_of(const formats::Outcome& outcome) const {
    std::vector<std::string> records;
    for (const RecordStream& stream : streams_) records.push_back(stream.writer->record(outcome));
    return records;
  }

  void write(Evaluated&& transaction) {
    const bool shown = !std::ranges::all_of(transaction.records, &std::string::empty);
    if (shown) runner_.make_room();
    for (size_t at = 0; at < streams_.size(); ++at) {
      const std::string& record = transaction.records[at];
      if (record.empty()) continue;
      RecordStream& stream = streams_[at];
      // One write a record: another run may append to the same file.
      stream.output.write(stream.writer->lead(stream.records++) + record);
    }
    summary_.merge(transaction.summary);
    if (transaction.metrics) metrics_.merge(*transaction.metrics);
  }

  /// --fail-on changed asks for whole records.
  void tell_partial() {
    const uint64_t count = summary_.records.partial_changed;
    if (options_.fail_on != "changed" || count == 0) return;
    console_.warning(
        fmt::format("--fail-on changed does not count {} partial record{} that would "
                    "change",
                    count, count == 1 ? "" : "s"));
  }

  const ReplayOptions& options_;
  Console& console_;
  TrafficRunner runner_;
  Programs programs_;
  std::shared_ptr<const engine::Program> program_;  ///< of the first record
  std::unique_ptr<engine::CollectionStore> collections_;
  const formats::Masks masks_;
  const formats::RecordFormat* const result_format_;
  std::vector<RecordStream> streams_;  ///< the result, then logs
  std::optional<Output> metrics_output_, summary_output_;
  std::set<std::string> targets_;                 ///< files that are written
  TrafficRunner::Worker<Evaluated> late_worker_;  ///< of the main thread
  RunNotices notices_;
  formats::Summary summary_;
  formats::Metrics metrics_;
};

}  // namespace

std::function<int()> add_replay(CLI::App& app, Console& console) {
  auto options = std::make_shared<ReplayOptions>();
  options->ruleset.add_to(app);
  options->traffic.add_to(app);
  app.add_flag("--emit-transactions", options->emit_transactions,
               "Write the traffic as transaction lines; no rules run")
      ->group("Traffic");
  add_choice(app, "--format", options->format,
             "What to print (default: text):", formats::record_formats(RecordKind::decision));
  add_output(app, options->output);
  app.add_option("--only", options->only, "Which transactions to print (text: matched, JSON: all)")
      ->check(CLI::IsMember({"interrupted", "matched", "all"}))
      ->group("Output");
  app.add_flag("--all-matches", options->all_matches,
               "Also show matched rules that neither log nor audit")
      ->group("Output");
  app.add_flag("--trace", options->trace,
               "Show for every rule that was reached what it tested and did")
      ->group("Output");
  app.add_flag("--why", options->why,
               "Show the reasons of each interruption: what matched, where, by which part of the "
               "rule, and how the score adds up")
      ->group("Output");
  app.add_flag("--names", options->names,
               "With --why: also what each engine calls a member of a JSON body")
      ->group("Output");
  app.add_option("--entry", options->entries,
                 "Show the transaction at this position of its source, from 0 (repeatable)")
      ->type_name("K")
      ->delimiter(',')
      ->group("Output");
  app.add_option("--transaction", options->transactions,
                 "Show the transaction of this id (repeatable)")
      ->type_name("ID")
      ->group("Output");
  app.add_flag("--statistics", options->statistics,
               "Also count which rules matched which targets, with an example of each")
      ->group("Output");
  app.add_flag("--matched", options->trace_matched,
               "With --trace: only rules that matched, and of these the values that did")
      ->group("Output");
  app.add_option("--id", options->trace_ids,
                 "With --trace or --why: only rules of this id (repeatable)")
      ->type_name("ID")
      ->delimiter(',')
      ->group("Output");
  app.add_option("--phase", options->trace_phases,
                 "With --trace: only rules of this phase (repeatable)")
      ->type_name("N")
      ->check(CLI::Range(1, 5))
      ->delimiter(',')
      ->group("Output");
  app.add_flag("--no-timing", options->no_timing,
               "Leave out times, so that two runs print the same")
      ->group("Output");
  app.add_option("--audit-log", options->audit_log,
                 "Append the audit records that SecAuditEngine asks for")
      ->type_name("FILE")
      ->group("Output");
  app.add_flag("--audit-log-truncate", options->audit_log_truncate,
               "Replace the audit log instead, at the end of the run")
      ->group("Output");
  add_choice(app, "--audit-format", options->audit_format,
             "Layout of audit records (default: as SecAuditLogFormat says):",
             formats::record_formats(RecordKind::audit));
  app.add_option("--error-log", options->error_log, "Write an error-log line for each logged match")
      ->type_name("FILE")
      ->group("Output");
  app.add_option("--metrics", options->metrics,
                 "Write counters and histograms for Prometheus (OpenMetrics text)")
      ->type_name("FILE")
      ->group("Output");
  add_summary(app, options->summary);
  add_fail_on(app, options->fail_on);
  options->masks.add_to(app, true);
  add_jobs(app, options->traffic.jobs);
  return [options, &console] { return Replay(*options, console).run(); };
}

}  // namespace wafcheck::cli
