// wafcheck reduce: the smallest request that still does it.

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <filesystem>
#include <map>
#include <memory>
#include <optional>
#include <utility>

#include "cli/command.h"
#include "cli/mask_options.h"
#include "cli/options.h"
#include "cli/programs.h"
#include "cli/progress.h"
#include "cli/ruleset_options.h"
#include "cli/traffic_runner.h"
#include "engine/program.h"
#include "formats/ftw/expectations.h"
#include "formats/json/writer.h"
#include "formats/records/evaluator.h"
#include "formats/records/summary.h"
#include "formats/reduce/emit.h"
#include "formats/reduce/goal.h"
#include "formats/reduce/reducer.h"
#include "formats/traffic/http.h"
#include "formats/traffic/jsonl.h"
#include "parser/base/shown.h"

namespace wafcheck::cli {
namespace {

/// A row of the table of formats.
struct ReduceFormat {
  std::string_view name, doc;
};
constexpr ReduceFormat kReduceFormats[] = {
    {"text", "the request, as --emit says"},
    {"json", "one JSON document: the request, its form, and how it was found"},
};

struct ReduceCommandOptions {
  RulesetOptions ruleset;
  TrafficOptions traffic;
  MaskOptions masks;
  std::optional<uint64_t> id;
  std::string decision;
  std::optional<uint64_t> entry;
  std::string emit = "http";
  std::string format = "text";
  std::string output;
  bool false_positive = false;
  bool keep_values = false;
  size_t max_runs = formats::ReduceOptions().max_runs;
};

/// A transaction that does what is to be kept.
struct Subject {
  formats::Exchange exchange;
  std::string source;
  formats::Goal goal;
  std::shared_ptr<const engine::Program> program;
};

class ReduceCommand {
 public:
  ReduceCommand(const ReduceCommandOptions& options, Console& console)
      : options_(options),
        console_(console),
        runner_(options.traffic, console),
        programs_(options.ruleset, console) {}

  int run() {
    if (!options_.ruleset.state.empty()) {
      return console_.error("--state: each request is run by itself, without earlier ones");
    }
    if (!runner_.check()) return kTrouble;
    const bool to_file = !options_.output.empty() && options_.output != "-";
    if (writes_expectation() && (!to_file || options_.format == "json")) {
      return console_.error("--emit expect adds to files: it takes -o, and no --format json");
    }
    using Mode = OutputFile::Mode;
    auto output =
        console_.open(options_.output, writes_expectation() ? Mode::append : Mode::replace);
    if (!output || !load() || !console_.may_write(*output)) return kTrouble;
    find();
    if (console_.failed()) return kTrouble;
    if (!subject_) return tell_nothing_found();
    const int code = reduce(*output);
    if (code != kOk) return code;
    console_.finish(*output);
    if (console_.failed()) return kTrouble;
    return formats::dropped_rules(subject_->program->ruleset()).empty() ? kOk : kDropped;
  }

 private:
  bool writes_expectation() const { return options_.emit == "expect"; }

  bool load() {
    const auto program =
        programs_.load(programs_.engine_of(runner_.first_record().value_or(formats::Exchange{})));
    if (!program) return false;
    const auto& rules = program->ruleset().rules;
    const bool known = !options_.id || std::ranges::any_of(rules, [&](const parser::Rule& rule) {
      return rule.id == *options_.id;
    });
    if (!known) console_.error(fmt::format("--id {}: no rule has this id", *options_.id));
    collections_ = open_collections(options_.ruleset, console_);
    return known && collections_ != nullptr;
  }

  /// Records of persistent collections end with their transaction: none knows of another.
  formats::EvaluatorOptions evaluation() const {
    formats::EvaluatorOptions evaluation = evaluator_options(options_.ruleset, *collections_);
    evaluation.collections = nullptr;
    evaluation.front = *formats::find_front(options_.traffic.front);
    evaluation.all_matches = true;
    evaluation.decode_bodies = options_.traffic.decode_bodies;
    return evaluation;
  }

  formats::Evaluator& evaluator(const std::shared_ptr<const engine::Program>& program) {
    std::unique_ptr<formats::Evaluator>& evaluator = evaluators_[program.get()];
    if (!evaluator) evaluator = std::make_unique<formats::Evaluator>(program, evaluation());
    return *evaluator;
  }

  // --- the transaction ---

  void find() {
    const auto make = [this] {
      return [this](TrafficJob&& job) { return examine(std::move(job)); };
    };
    const auto take = [this](std::optional<Subject>&& subject) {
      if (subject) subject_ = std::move(subject);
      return !subject_ && !console_.failed();
    };
    runner_.run<std::optional<Subject>>(1, make, take);
  }

  std::optional<Subject> examine(TrafficJob&& job) {
    if (options_.entry && job.exchange.entry != *options_.entry) return std::nullopt;
    ++examined_;
    const auto program = programs_.load(programs_.engine_of(job.exchange));
    if (!program) return std::nullopt;
    const formats::Outcome outcome = evaluator(program).run(job.exchange, job.source);
    const auto goal = goal_of(outcome);
    if (!goal) return std::nullopt;
    return Subject{std::move(job.exchange), std::string(job.source), *goal, program};
  }

  std::optional<formats::Goal> goal_of(const formats::Outcome& outcome) const {
    if (options_.id) {
      if (!formats::matches_rule(outcome, *options_.id)) return std::nullopt;
      return formats::Goal::rule(*options_.id);
    }
    if (!formats::is_interrupted(outcome)) return std::nullopt;
    const formats::Goal goal = formats::Goal::interruption(outcome);
    if (!options_.decision.empty() && goal.decision() != options_.decision) return std::nullopt;
    return goal;
  }

  int tell_nothing_found() {
    const std::string what = options_.id ? fmt::format("rule {} matches", *options_.id)
                             : options_.decision.empty()
                                 ? std::string("the rules hold back")
                                 : fmt::format("the rules {}", options_.decision);
    console_.warning(fmt::format("{} none of {} transaction{}, each run by itself", what, examined_,
                                 examined_ == 1 ? "" : "s"));
    return kNo;
  }

  // --- the reduction ---

  int reduce(Output& output) {
    formats::Evaluator& evaluator = this->evaluator(subject_->program);
    const formats::Holds holds = [&](const formats::Exchange& exchange) {
      return subject_->goal.holds(evaluator.run(as_received(exchange), subject_->source));
    };
    const formats::EmitContext context{holds, subject_->goal, subject_->program, evaluation(),
                                       options_.false_positive};
    auto reduction = search(holds);
    if (!reduction) {
      return console_.error(fmt::format(
          "{}: entry {}: taken apart and written anew, the request does not do it any more",
          subject_->source,
          formats::entry_name(subject_->exchange.entry, subject_->exchange.offset)));
    }
    if (!reduction->secrets.empty() && !options_.keep_values) {
      console_.warning(fmt::format(
          "nothing is written: the match is in what is private ({}); --keep-values keeps the bytes "
          "that it needs, --show-secrets takes nothing for private",
          fmt::join(reduction->secrets, ", ")));
      return kNo;
    }
    if (writes_expectation()) {
      // By its bytes: the same request has the same id wherever it came from.
      reduction->exchange.id =
          formats::unique_id(reduction->exchange, formats::transaction_line(reduction->exchange));
    }
    const auto text =
        formats::emit(*formats::find_emit_form(options_.emit), reduction->exchange, context);
    if (!text) return console_.error(text.error().message);
    if (writes_expectation() && !add_expectation(reduction->exchange.id)) return kTrouble;
    output.write(options_.format == "json" ? document(*reduction, *text) : *text);
    tell(*reduction);
    return kOk;
  }

  /// Adds to the expectations beside the output, which begin with the name of that.
  bool add_expectation(const std::string& id) {
    const std::filesystem::path traffic = options_.output;
    const std::string path =
        std::filesystem::path(traffic).replace_extension(".expect.yaml").string();
    formats::Expectation expectation;
    expectation.transaction = id;
    if (!subject_->goal.decision().empty()) {
      expectation.blocked = !options_.false_positive;
    } else {
      (options_.false_positive ? expectation.no_rules : expectation.rules) = {*options_.id};
    }
    std::string text = formats::expectation_text(expectation);
    if (file_bytes(path) == 0) {
      text = fmt::format("traffic: {}\ntests:\n", traffic.filename().string()) + text;
    }
    auto output = console_.open(path, OutputFile::Mode::append);
    if (!output) return false;
    output->write(text);
    return console_.finish(*output);
  }

  std::optional<formats::Reduction> search(const formats::Holds& holds) {
    formats::ReduceOptions options;
    options.max_runs = options_.max_runs;
    options.keep_values = options_.keep_values;
    options.masks = options_.masks.masks();
    const bool shown = console_.streams().err_is_terminal && !console_.options().no_progress &&
                       !console_.options().quiet;
    Progress progress(console_.err(), shown, console_.streams().err_columns);
    options.progress = [&](size_t runs) { progress.update(0, 0, runs); };
    return formats::find_smallest(subject_->exchange, holds, options);
  }

  /// A front reads the text of a request.
  formats::Exchange as_received(const formats::Exchange& exchange) const {
    if (*formats::find_front(options_.traffic.front) == formats::Front::none) return exchange;
    formats::Exchange read =
        formats::parse_http_request(formats::serialize_request(exchange.request));
    read.client = exchange.client;
    read.server = exchange.server;
    read.time_us = exchange.time_us;
    read.response = exchange.response;
    return read;
  }

  void tell(const formats::Reduction& reduction) {
    console_.note(fmt::format("{} {} {} bytes in {} runs; {}", grouped(reduction.before),
                              console_.is_ascii() ? "->" : "→", grouped(reduction.after),
                              grouped(reduction.runs), subject_->goal.text()));
    if (!reduction.minimal) {
      console_.warning(fmt::format("it may not be the smallest: --max-runs {} ended the search",
                                   options_.max_runs));
    }
    if (options_.false_positive) {
      console_.note("the test fails until the rule no longer matches");
    }
  }

  std::string document(const formats::Reduction& reduction, const std::string& text) const {
    std::string out;
    formats::JsonWriter json(out);
    json.begin_object();
    json.key("schema");
    json.number(1);
    json.bytes("source", subject_->source);
    json.number("entry", subject_->exchange.entry);
    json.key("offset");
    json.number(subject_->exchange.offset);
    json.number("rule_id", subject_->goal.rule_id());
    json.key("decision");
    if (subject_->goal.decision().empty()) {
      json.null();
    } else {
      json.string(subject_->goal.decision());
    }
    for (const auto& [name, number] : {std::pair("before", reduction.before),
                                       {"after", reduction.after},
                                       {"runs", reduction.runs}}) {
      json.key(name);
      json.number(number);
    }
    json.key("minimal");
    json.boolean(reduction.minimal);
    json.member("form", options_.emit);
    json.bytes("text", text);
    json.key("transaction");
    std::string line = formats::transaction_line(reduction.exchange);
    line.pop_back();
    json.raw(line);
    json.end_object();
    return out + "\n";
  }

  const ReduceCommandOptions& options_;
  Console& console_;
  TrafficRunner runner_;
  Programs programs_;
  std::unique_ptr<engine::CollectionStore> collections_;
  std::map<const engine::Program*, std::unique_ptr<formats::Evaluator>> evaluators_;
  std::optional<Subject> subject_;
  size_t examined_ = 0;
};

}  // namespace

std::function<int()> add_reduce(CLI::App& app, Console& console) {
  auto options = std::make_shared<ReduceCommandOptions>();
  options->ruleset.add_to(app);
  options->traffic.add_to(app);
  const auto add = [&](const char* name, auto& value, const char* type, const char* doc) {
    return app.add_option(name, value, doc)->type_name(type)->group("Reduction");
  };
  CLI::Option* const id =
      add("--id", options->id, "ID", "Keep that this rule matches, whether or not it logs");
  add("--decision", options->decision, "DECISION", "Keep this decision (default: whatever it is)")
      ->check(CLI::IsMember({"deny", "drop", "redirect"}))
      ->excludes(id);
  add("--entry", options->entry, "K",
      "The transaction at this place in its source, from 0 (default: the first that does it)");
  add("--max-runs", options->max_runs, "N", "How often the rules may be run at most")
      ->check(CLI::Range(size_t{1}, size_t{100'000'000}))
      ->default_str(std::to_string(options->max_runs));
  app.add_flag("--keep-values", options->keep_values,
               "Keep the bytes that the match needs as they were sent, private ones, too")
      ->group("Reduction");
  options->masks.add_to(app);
  add_choice(app, "--emit", options->emit,
             "The form of the request (default: http):", formats::emit_forms())
      ->type_name("FORM");
  app.add_flag("--false-positive", options->false_positive,
               "With --emit ftw or expect: the rule must not match, or the request must pass")
      ->group("Output");
  add_choice(app, "--format", options->format, "What to print (default: text):", kReduceFormats);
  add_output(app, options->output);
  return [options, &app, &console] {
    // As `wafcheck test` runs tests.
    if (options->emit == "ftw" && app.count("--front") == 0) options->traffic.front = "httpd";
    return ReduceCommand(*options, console).run();
  };
}

}  // namespace wafcheck::cli
