// wafcheck replay: traffic through the rules, decisions out.

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <chrono>
#include <ostream>

#include "cli/command.h"
#include "cli/notices.h"
#include "cli/output.h"
#include "cli/ruleset_options.h"
#include "cli/traffic_runner.h"
#include "engine/collections.h"
#include "formats/audit_log.h"
#include "formats/decisions.h"
#include "formats/error_log.h"
#include "formats/front.h"
#include "formats/outcome.h"
#include "formats/trace.h"
#include "formats/traffic.h"
#include "formats/utf8.h"
#include "parser/ascii.h"

namespace wafcheck::cli {
namespace {

using Clock = std::chrono::steady_clock;

struct ReplayOptions {
  RulesetOptions ruleset;
  TrafficOptions traffic;
  std::string format = "text";
  std::string output;
  std::string audit_log, audit_format;
  std::string error_log;
  std::string fail_on = "none";
  std::string only;
  bool all_matches = false;
  bool trace = false;
  std::vector<uint64_t> trace_ids;
  std::vector<int> trace_phases;
  bool emit_transactions = false;
};

/// What a worker makes of a job: text that is ready to be written in order.
struct Done {
  std::string members;  ///< of the JSON object; or the text line
  std::string trace;    ///< as text, below the line
  std::vector<std::string> error_lines;
  std::string audit_record;
  formats::Summary summary;
  bool interrupted = false, matched = false, rejected = false;
};

class Replay {
 public:
  Replay(const ReplayOptions& options, Streams& streams, const GlobalOptions& global)
      : options_(options),
        streams_(streams),
        global_(global),
        front_(*formats::find_front(options.traffic.front)),
        runner_(options.traffic, streams, global) {}

  int run() {
    if (!runner_.check() || !open_outputs()) return kTrouble;
    if (!options_.emit_transactions) {
      program_ = load_program(options_.ruleset, streams_, global_);
      if (!program_) return kTrouble;
      choose_audit_format();
      collections_ = open_collections(options_.ruleset, streams_);
      if (!collections_) return kTrouble;
    }
    const auto started = Clock::now();
    begin_document();
    read_all();
    const double elapsed_ms = std::chrono::duration<double, std::milli>(Clock::now() - started).count();
    end_document(elapsed_ms);
    if (!commit()) return kTrouble;
    if (trouble_ || runner_.trouble()) return kTrouble;
    const bool no = (options_.fail_on == "interrupted" && interrupted_) ||
                    (options_.fail_on == "matched" && (matched_ || interrupted_));
    return no ? kNo : kOk;
  }

 private:
  void complain(std::string_view message) {
    streams_.err << "wafcheck: error: " << message << '\n';
    trouble_ = true;
  }

  // --- outputs ---

  bool open(std::optional<Output>& output, const std::string& path) {
    auto opened = Output::open(path, streams_.out);
    if (!opened) {
      complain(opened.error().message);
      return false;
    }
    output.emplace(std::move(*opened));
    return true;
  }

  bool open_outputs() {
    if (!open(result_, options_.output)) return false;
    if (!options_.audit_log.empty() && !open(audit_, options_.audit_log)) return false;
    return options_.error_log.empty() || open(errors_, options_.error_log);
  }

  /// --audit-format wins over SecAuditLogFormat.
  void choose_audit_format() {
    audit_format_ = formats::audit_format(*program_);
    for (const formats::AuditFormatName& row : formats::kAuditFormats) {
      if (row.name == options_.audit_format) audit_format_ = row.format;
    }
    const bool ocsf = options_.audit_format.empty() && iequals(program_->settings().audit_format, "OCSF");
    if (audit_ && ocsf && !global_.quiet) {
      streams_.err << "wafcheck: note: SecAuditLogFormat OCSF is not written here: the records are in Coraza's JSON\n";
    }
  }

  bool commit() {
    bool all = true;
    for (std::optional<Output>* output : {&result_, &audit_, &errors_}) {
      if (!output->has_value()) continue;
      auto done = (*output)->commit();
      // A reader of standard output that went away has seen enough.
      if (!done && (*output)->is_file()) {
        complain(done.error().message);
        all = false;
      }
    }
    return all;
  }

  void begin_document() {
    if (options_.emit_transactions || options_.format != "json") return;
    result_->stream() << fmt::format(
        "{{\"schema\":1,\"engine\":{{\"name\":\"wafcheck\",\"version\":\"{}\",\"profile\":\"{}\"}},"
        "\"transactions\":[", WAFCHECK_VERSION, parser::to_string(program_->semantics().profile));
  }

  void end_document(double elapsed_ms) {
    if (options_.emit_transactions) return;
    if (options_.format == "json") {
      result_->stream() << "],\"summary\":" << formats::summary_json(summary_, elapsed_ms) << "}\n";
    } else if (options_.format == "text") {
      result_->stream() << (emitted_ > 0 ? "\n" : "") << formats::summary_text(summary_, elapsed_ms);
    } else if (!global_.quiet) {
      streams_.err << formats::summary_text(summary_, elapsed_ms);
    }
    trouble_ |= !notices_.print(streams_.err, global_.quiet);
    if (audit_ && program_->settings().audit == engine::AuditMode::off && !global_.quiet) {
      streams_.err << "wafcheck: note: SecAuditEngine is Off: only transactions whose rules turn it on are recorded\n";
    }
  }

  // --- evaluating ---

  void read_all() {
    size_t threads = options_.emit_transactions ? 1 : options_.traffic.threads();
    if (program_ && program_->ordered() && threads > 1) {
      if (options_.traffic.jobs > 1 || global_.verbose) {
        streams_.err << "wafcheck: note: the rules use persistent collections, so transactions run in order, one at a time\n";
      }
      threads = 1;
    }
    const auto make = [this] { return make_worker(); };
    const auto receive = [this](Done&& done) {
      take(std::move(done));
      return !stopped();
    };
    const auto weigh = [](const Done& done) {
      return done.members.size() + done.trace.size() + done.audit_record.size();
    };
    runner_.run<Done>(threads, make, receive, weigh);
    summary_.unreadable = runner_.unreadable();
  }

  bool stopped() {
    for (const std::optional<Output>* output : {&result_, &audit_, &errors_}) {
      broken_pipe_ |= output->has_value() && (*output)->reader_gone();
    }
    return broken_pipe_;
  }

  TrafficRunner::Worker<Done> make_worker() {
    if (options_.emit_transactions) {
      return [](TrafficJob&& job) {
        Done done;
        done.members = formats::transaction_line(job.exchange);
        return done;
      };
    }
    auto transaction = std::make_shared<engine::Transaction>(*program_);
    std::shared_ptr<engine::MatchMemory> memory;
    if (!options_.ruleset.no_memo) memory = std::make_shared<engine::MatchMemory>(*program_);
    std::shared_ptr<formats::TraceRecorder> trace;
    if (options_.trace) {
      trace = std::make_shared<formats::TraceRecorder>(
          formats::TraceFilter{options_.trace_ids, options_.trace_phases});
    }
    return [this, transaction, memory, trace](TrafficJob&& job) {
      return evaluate(*transaction, memory.get(), trace.get(), job);
    };
  }

  Done evaluate(engine::Transaction& transaction, engine::MatchMemory* memory, formats::TraceRecorder* trace,
                TrafficJob& job) {
    engine::TransactionOptions own;
    own.time_us = job.exchange.time_us;
    own.id = formats::unique_id(job.exchange, job.source);
    own.collections = collections_.get();
    own.keep_all_matches = options_.all_matches;
    own.observer = trace;
    own.prefilter = !options_.ruleset.no_prefilter;
    own.memory = memory;
    if (trace != nullptr) trace->clear();
    transaction.reset(std::move(own));
    const auto started = Clock::now();
    const bool rejected = formats::pass_front(front_, job.exchange).refused;
    if (rejected) {
      formats::note_refused(job.exchange, transaction);
    } else {
      formats::evaluate(job.exchange, transaction);
    }
    const double elapsed = std::chrono::duration<double, std::micro>(Clock::now() - started).count();

    const formats::Outcome outcome{&job.exchange, &transaction, job.source, rejected, elapsed};
    Done done;
    done.rejected = rejected;
    done.interrupted = transaction.interruption() || transaction.would_interrupt();
    done.matched = formats::has_shown_match(outcome);
    done.summary.add(outcome);
    if (wanted(done)) {
      done.members = options_.format == "text" ? formats::decision_text(outcome)
                                               : formats::decision_members(outcome);
      if (options_.format == "text" && done.members.empty()) done.members = pass_line(job.exchange);
      if (trace != nullptr && options_.format == "text") done.trace = trace->text(program_->ruleset());
      if (trace != nullptr && options_.format != "text") {
        done.members += ",\"trace\":" + trace->json(program_->ruleset());
      }
    }
    if (errors_) done.error_lines = formats::error_log(outcome);
    if (audit_ && !rejected && formats::is_audited(outcome)) {
      done.audit_record = formats::audit_record(outcome, audit_format_);
    }
    notices_.collect(transaction.problems());
    return done;
  }

  static std::string pass_line(const formats::Exchange& exchange) {
    return fmt::format("PASS {} {}", formats::excerpt(exchange.request.method, 20),
                       formats::excerpt(exchange.request.uri, 120));
  }

  bool wanted(const Done& done) const {
    const std::string_view only = !options_.only.empty()      ? std::string_view(options_.only)
                                  : options_.format == "text" && !options_.trace ? "matched"
                                                              : "all";
    if (only == "interrupted") return done.interrupted;
    return only == "all" || done.matched || done.interrupted || done.rejected;
  }

  void take(Done&& done) {
    std::ostream& out = result_->stream();
    if (!done.members.empty() || !done.error_lines.empty() || !done.audit_record.empty()) {
      runner_.make_room();
    }
    if (options_.emit_transactions) {
      out << done.members;
      return;
    }
    summary_.merge(done.summary);
    interrupted_ |= done.interrupted;
    matched_ |= done.matched;
    if (!done.members.empty()) {
      if (options_.format == "text") {
        out << done.members << '\n' << done.trace;
      } else {
        if (options_.format == "json" && emitted_ > 0) out << ",\n";
        out << formats::decision_json(done.members, emitted_);
        if (options_.format == "jsonl") out << '\n';
      }
      ++emitted_;
    }
    for (const std::string& line : done.error_lines) errors_->write(line + "\n");
    if (!done.audit_record.empty()) audit_->write(done.audit_record);  // commit() tells of a failure
  }

  const ReplayOptions& options_;
  Streams& streams_;
  const GlobalOptions& global_;
  const formats::Front front_;
  TrafficRunner runner_;
  std::shared_ptr<const engine::Program> program_;
  std::unique_ptr<engine::CollectionStore> collections_;
  std::optional<Output> result_, audit_, errors_;
  formats::AuditFormat audit_format_ = formats::AuditFormat::modsecurity;
  RunNotices notices_;
  formats::Summary summary_;
  size_t emitted_ = 0;
  bool interrupted_ = false, matched_ = false;
  bool trouble_ = false, broken_pipe_ = false;
};

}  // namespace

std::function<int()> add_replay(CLI::App& app, Streams& streams, GlobalOptions& global) {
  auto options = std::make_shared<ReplayOptions>();
  options->ruleset.add_to(app);
  options->traffic.add_to(app);
  app.add_flag("--emit-transactions", options->emit_transactions, "Write the traffic as transaction lines; no rules run")
      ->group("Traffic");
  app.add_option("--format", options->format, "What to print")
      ->check(CLI::IsMember({"text", "jsonl", "json"}))->default_str("text")->group("Output");
  app.add_option("-o,--output", options->output, "Write the result to a file")->type_name("FILE")->group("Output");
  app.add_option("--only", options->only, "Which transactions to print (text: matched, JSON: all)")
      ->check(CLI::IsMember({"interrupted", "matched", "all"}))->group("Output");
  app.add_flag("--all-matches", options->all_matches, "Also show matched rules that neither log nor audit")->group("Output");
  app.add_flag("--trace", options->trace, "Tell of every rule that was reached what it saw and did")->group("Output");
  app.add_option("--id", options->trace_ids, "With --trace: only rules of this id (repeatable)")
      ->type_name("ID")->delimiter(',')->group("Output");
  app.add_option("--phase", options->trace_phases, "With --trace: only rules of this phase (repeatable)")
      ->type_name("N")->check(CLI::Range(1, 5))->delimiter(',')->group("Output");
  app.add_option("--audit-log", options->audit_log, "Write the audit records of what SecAuditEngine has recorded")
      ->type_name("FILE")->group("Output");
  std::vector<std::string> audit_formats;
  for (const formats::AuditFormatName& row : formats::kAuditFormats) audit_formats.emplace_back(row.name);
  app.add_option("--audit-format", options->audit_format, "Layout of audit records, over SecAuditLogFormat")
      ->check(CLI::IsMember(audit_formats))->default_str("modsecurity")->group("Output");
  app.add_option("--error-log", options->error_log, "Write an error-log line for each logged match")
      ->type_name("FILE")->group("Output");
  app.add_option("--fail-on", options->fail_on, "Exit with 1 when a transaction was, or would have been, ...")
      ->check(CLI::IsMember({"none", "interrupted", "matched"}))->default_str("none")->group("Output");
  options->traffic.add_jobs_to(app);
  return [options, &streams, &global] { return Replay(*options, streams, global).run(); };
}

}  // namespace wafcheck::cli
