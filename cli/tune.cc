// wafcheck tune: traffic known to be good, and the narrowest exclusions that let it through.

#include "cli/tune/tuner.h"

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <filesystem>
#include <map>
#include <memory>

#include "cli/command.h"
#include "cli/options.h"
#include "cli/rewrite.h"
#include "cli/run_identity.h"
#include "cli/summaries/summaries.h"
#include "cli/tune/check.h"
#include "cli/tune/files.h"
#include "cli/tune/migration.h"
#include "cli/tune/plugin.h"
#include "cli/tune/report.h"
#include "formats/ftw/expectations.h"

namespace wafcheck::cli {
namespace {

namespace fs = std::filesystem;

/// The values of --max-breadth, in the order of Breadth.
constexpr std::string_view kBreadths[] = {"target", "rule", "tag"};

struct TuneOptions {
  TunePlan plan;
  std::string out;
  std::string expectations;  ///< the file that gets them; empty: none
  std::string breadth = "target";
  std::string format = "text";
  std::string output;
  std::string summary;                ///< the file that gets the evidence; empty: none
  std::vector<std::string> evidence;  ///< summaries in place of traffic
  uint64_t explain = 0;
  std::vector<std::string> checks;
  std::vector<std::string> from, to, exclusions;  ///< of a migration
};

class TuneCommand {
 public:
  TuneCommand(TuneOptions& options, Console& console) : options_(options), console_(console) {}

  int run() {
    TunePlan& plan = options_.plan;
    plan.directory = options_.out;
    plan.breadth = static_cast<Breadth>(std::ranges::find(kBreadths, options_.breadth) -
                                        std::begin(kBreadths));
    if (!check_evidence() || !check_migration() || !check_plugin() || !check_inputs() ||
        !check_directory() || !check_expectations()) {
      return kTrouble;
    }
    const auto format = std::ranges::find(kTuneFormats, options_.format, &TuneFormat::name);
    if (format->page && (!options_.checks.empty() || !options_.from.empty())) {
      return console_.error("--check and --from have no format html: text, json or markdown");
    }
    if (format->page && !console_.may_write_page(options_.output)) return kTrouble;
    auto output = console_.open(options_.output);
    if (!output) return kTrouble;
    if (!options_.checks.empty()) return check(*output);
    if (!options_.summary.empty()) return keep(*output);
    if (!options_.evidence.empty() && !read_evidence()) return kTrouble;
    std::optional<Migration> migration;
    if (!options_.from.empty()) {
      migration = migrate(plan, options_.from, options_.exclusions, console_);
      if (!migration) return kTrouble;
      plan.present = migration->files;
    }
    Tuner tuner(plan, console_);
    const std::optional<TuneResult> result = tuner.run();
    if (!result) return kTrouble;
    if (options_.explain != 0 && !has_id(*result, options_.explain)) {
      return console_.error(fmt::format("--explain: no exclusion has the id {}", options_.explain));
    }
    TuneView view;
    view.explain = options_.explain;
    view.files = options_.out.empty();
    if (migration && format->name == "json") view.migration = migration_json(*migration);
    std::string report = format->write(*result, view);
    if (migration && format->name == "text") report = migration_text(*migration) + "\n" + report;
    if (migration && format->name == "markdown") report += migration_markdown(*migration);
    output->write(format->name == "text" ? console_.in_locale(std::move(report)) : report);
    if (!options_.out.empty() && options_.explain == 0) write_files(*result, tuner.lock_text());
    if (!options_.expectations.empty()) {
      write_file(options_.expectations, expectations_text(*result));
    }
    console_.finish(*output);
    if (console_.failed()) return kTrouble;
    const int code = result->left.empty() ? kOk : kNo;
    return tuner.ruleset().dropped.empty() ? code : worse(code, kDropped);
  }

 private:
  /// --summary keeps evidence, --evidence makes proposals of it.
  bool check_evidence() {
    const auto& traffic = options_.plan.traffic;
    const bool others = !options_.checks.empty() || !options_.from.empty();
    const auto alone = [&](std::string_view option) {
      if (others) console_.error(fmt::format("{} goes with neither --check nor --from", option));
    };
    if (!options_.summary.empty()) {
      alone("--summary");
      if (options_.format != "text" && options_.format != "json") {
        console_.error("--summary makes no proposals: it has no format but text and json");
      }
      if (!options_.out.empty() || !options_.expectations.empty() || options_.explain != 0) {
        console_.error(
            "--summary makes no proposals: it goes with none of --out, --expect and --explain");
      }
    }
    if (options_.evidence.empty()) return !console_.failed();
    alone("--evidence");
    if (!options_.summary.empty()) {
      console_.error("--evidence does not go with --summary",
                     "  help: wafcheck merge --summary adds up summaries\n");
    }
    if (!traffic.inputs.empty() || !traffic.curl.empty()) {
      console_.error("--evidence stands in place of traffic");
    }
    return !console_.failed();
  }

  bool read_evidence() {
    auto sum = read_summaries(options_.evidence, false, console_);
    if (!sum) return false;
    GoodTraffic* const good = std::get_if<GoodTraffic>(&sum->body);
    if (good == nullptr) {
      console_.error(fmt::format("--evidence takes summaries of tune, and these are of {}",
                                 kind_of(sum->body).name));
      return false;
    }
    options_.plan.evidence = std::move(*good);
    options_.plan.evidence_rules = sum->runs.rules;
    return true;
  }

  int keep(Output& output) {
    std::optional<Output> summary;
    if (!open_summary(options_.summary, output, summary, console_)) return kTrouble;
    Tuner tuner(options_.plan, console_);
    const GoodTraffic* const good = tuner.gather_only();
    if (good == nullptr) return kTrouble;
    const TunePlan& plan = options_.plan;
    const std::string rules = identity_of(plan.ruleset, plan.traffic, tuner.program());
    summary->write(text_of({runs_of(rules, plan.traffic, tuner.spans()), *good}));
    console_.finish(*summary);
    output.write(options_.format == "json" ? good_traffic_json(*good) : good_traffic_text(*good));
    console_.finish(output);
    if (console_.failed()) return kTrouble;
    return tuner.ruleset().dropped.empty() ? kOk : kDropped;
  }

  int check(Output& output) {
    std::vector<ExclusionFile> files;
    for (const std::string& path : options_.checks) files.push_back({path});
    const auto checked = check_exclusions(options_.plan, files, console_);
    if (!checked) return kTrouble;
    const auto write = options_.format == "json"       ? checked_json
                       : options_.format == "markdown" ? checked_markdown
                                                       : checked_text;
    output.write(write(*checked));
    console_.finish(output);
    if (console_.failed()) return kTrouble;
    const bool all_used = std::ranges::all_of(*checked, [](const CheckedExclusion& each) {
      return each.verdict == ExclusionVerdict::used;
    });
    return all_used ? kOk : kNo;
  }

  static bool has_id(const TuneResult& result, uint64_t id) {
    return std::ranges::find(result.proposals, id, &Proposal::id) != result.proposals.end();
  }

  /// --from, --exclusions and --to go together; --to is another word for -r.
  bool check_migration() {
    std::vector<std::string>& rules = options_.plan.ruleset.rules;
    rules.insert(rules.end(), options_.to.begin(), options_.to.end());
    const bool all = !options_.from.empty() && !options_.exclusions.empty() && !rules.empty();
    const bool none = options_.from.empty() && options_.exclusions.empty() && options_.to.empty();
    if (!all && !none) console_.error("--from, --exclusions and --to go together");
    if (!none && !options_.checks.empty()) console_.error("--check does not go with --from");
    for (const std::string& path : options_.exclusions) {
      console_.files().name(path);
      std::error_code error;
      const fs::path target = fs::path(options_.out) / fs::path(path).filename();
      if (options_.out.empty() || !fs::equivalent(target, path, error)) continue;
      console_.error(fmt::format("--out {}: {} would be replaced", options_.out, path));
    }
    return !console_.failed();
  }

  bool check_plugin() {
    const std::string& name = options_.plan.plugin;
    if (name.empty()) return true;
    if (!is_plugin_name(name)) {
      console_.error(
          fmt::format("--plugin \"{}\": a name has lower-case letters, digits and dashes", name));
    } else if (options_.out.empty()) {
      console_.error("--plugin needs --out, the folder of the plugin");
    }
    return !console_.failed();
  }

  /// The traffic is read twice, but for --summary.
  bool check_inputs() {
    if (!options_.summary.empty()) return true;
    for (const std::string& input : options_.plan.traffic.inputs) {
      std::error_code error;
      const auto kind = fs::status(input, error).type();
      if (input != "-" && kind != fs::file_type::fifo) continue;
      console_.error(fmt::format("{}: the traffic is read twice, so it must be a file", input));
      return false;
    }
    return true;
  }

  /// Nothing of the user's own may be overwritten.
  bool check_directory() {
    if (options_.out.empty()) return true;
    std::error_code error;
    if (fs::exists(options_.out, error) && !fs::is_directory(options_.out, error)) {
      console_.error(fmt::format("--out {}: not a directory", options_.out));
      return false;
    }
    for (const std::string& path : Tuner::files_of(options_.plan)) {
      if (!fs::exists(path, error)) continue;
      console_.files().name_file(path);
      const auto bytes = console_.files().read(path);
      if (bytes && is_own_file(*bytes)) continue;
      console_.error(fmt::format("{}: not written by wafcheck tune, so it is not replaced", path),
                     "  help: name another directory with --out, or move the file's own "
                     "exclusions away\n");
      return false;
    }
    return true;
  }

  /// They name transactions by their places in one file.
  bool check_expectations() {
    if (options_.expectations.empty()) return true;
    if (!options_.plan.traffic.choice.shard.empty()) {
      console_.error("--expect names entries by their number, which --shard does not know");
      return false;
    }
    const std::vector<std::string>& inputs = options_.plan.traffic.inputs;
    std::error_code error;
    if (!options_.evidence.empty()) {
      console_.error("--expect needs traffic: it does not go with --evidence");
    } else if (inputs.size() != 1 || !fs::is_regular_file(inputs[0], error)) {
      console_.error("--expect needs one file of traffic");
    } else if (fs::exists(options_.expectations, error)) {
      console_.files().name_file(options_.expectations);
      const auto bytes = console_.files().read(options_.expectations);
      if (!bytes || !is_own_file(*bytes)) {
        console_.error(fmt::format("{}: not written by wafcheck tune, so it is not replaced",
                                   options_.expectations));
      }
    }
    return !console_.failed();
  }

  /// That each request which was held back passes.
  std::string expectations_text(const TuneResult& result) const {
    const fs::path traffic = fs::absolute(options_.plan.traffic.inputs[0]);
    const fs::path folder = fs::absolute(options_.expectations).parent_path();
    std::string text = fmt::format(
        "# Written by wafcheck tune. Good requests that the rules held back: wafcheck test runs "
        "it.\ntraffic: {}\ntests:\n",
        traffic.lexically_relative(folder).string());
    std::map<size_t, formats::Expectation> expectations;  // by entry
    for (const Proposal& proposal : result.proposals) {
      for (const NamedRequest& request : proposal.freed) {
        formats::Expectation& expectation = expectations[*request.entry];
        expectation.entry = *request.entry;
        expectation.blocked = false;
        expectation.name = fmt::format("{} passes", request.id);
      }
    }
    for (const auto& [entry, expectation] : expectations) {
      text += formats::expectation_text(expectation);
    }
    return expectations.empty() ? text.replace(text.find("tests:"), 7, "tests: []\n") : text;
  }

  bool write_file(const std::string& path, const std::string& bytes) {
    std::error_code error;
    if (fs::exists(path, error)) {  // of an earlier run, and read in this one
      const auto done = rewrite_file(path, bytes);
      if (!done) console_.error(done.error().message);
      return done.has_value();
    }
    auto file = console_.open(path);
    if (!file) return false;
    file->write(bytes);
    return console_.finish(*file);
  }

  void write_files(const TuneResult& result, const std::string& lock) {
    std::error_code error;
    fs::create_directories(options_.out, error);
    const std::string lock_file = (fs::path(options_.out) / kLockName).string();
    std::vector<std::pair<std::string, std::string>> files = {
        {result.before_file, result.before_text},
        {result.after_file, result.after_text},
        {lock_file, lock}};
    for (const auto& [name, bytes] : result.plugin_files) {
      files.emplace_back((fs::path(options_.out) / name).string(), bytes);
    }
    for (const ExclusionFile& file : options_.plan.present) {
      files.emplace_back(file.path, *file.bytes);
    }
    for (const auto& [path, bytes] : files) {
      fs::create_directories(fs::path(path).parent_path(), error);
      if (!write_file(path, bytes)) return;
    }
    console_.note(fmt::format("written to {}: {} files", options_.out, files.size()));
    if (result.without_tests != 0) {
      console_.note(fmt::format("{} of {} exclusions are of a kind that has no tests",
                                result.without_tests, result.proposals.size()));
    }
  }

  TuneOptions& options_;
  Console& console_;
};

}  // namespace

std::function<int()> add_tune(CLI::App& app, Console& console) {
  auto options = std::make_shared<TuneOptions>();
  TunePlan& plan = options->plan;
  plan.traffic.add_to(app);
  app.parse_complete_callback([options] {
    const TrafficOptions& traffic = options->plan.traffic;
    if (traffic.inputs.empty() && traffic.curl.empty() && options->evidence.empty()) {
      throw CLI::RequiredError("TRAFFIC");
    }
  });
  app.add_option("--evidence", options->evidence,
                 "Propose of what --summary kept of traffic, in place of traffic (repeatable)")
      ->type_name("SUMMARY")
      ->group("Traffic");
  plan.ruleset.add_to(app);
  app.add_option("--attacks", plan.attacks,
                 "Tests or traffic with attacks, to measure what exclusions lose (default: the "
                 "tests beside the rules; repeatable)")
      ->type_name("INPUT")
      ->group("Exclusions");
  app.add_option("--out", options->out, "Write the exclusions here, with the file of their ids")
      ->type_name("DIR")
      ->group("Exclusions");
  app.add_option("--expect", options->expectations,
                 "Write that the freed requests pass, as wafcheck test reads it")
      ->type_name("FILE")
      ->group("Exclusions");
  app.add_option("--plugin", plan.plugin,
                 "Write a plugin of CRS instead, with its tests; --id-base is its first id")
      ->type_name("NAME")
      ->group("Exclusions");
  app.add_option("--id-base", plan.id_base, "First id of new exclusions")
      ->check(CLI::Range(uint64_t{1}, uint64_t{2'000'000'000}))
      ->type_name("N")
      ->default_str("9900000")
      ->group("Exclusions");
  app.add_option("--max-breadth", options->breadth,
                 "The widest exclusion: a rule's target, a rule, or the target for all rules of a "
                 "tag")
      ->check(CLI::IsMember(std::vector<std::string>(std::begin(kBreadths), std::end(kBreadths))))
      ->default_str("target")
      ->group("Exclusions");
  app.add_option("--check", options->checks,
                 "Propose nothing: say which exclusions of this file are unused, void or wider "
                 "than need be (repeatable)")
      ->type_name("FILE")
      ->group("Exclusions");
  app.add_option("--from", options->from, "Carry exclusions over from these rules (repeatable)")
      ->type_name("OLD-RULES")
      ->group("Exclusions");
  app.add_option("--exclusions", options->exclusions,
                 "With --from: the exclusions for them (repeatable)")
      ->type_name("FILE")
      ->group("Exclusions");
  app.add_option("--to", options->to, "With --from: the new rules, as -r (repeatable)")
      ->type_name("RULES")
      ->group("Exclusions");
  app.add_flag("--include-suspicious", plan.include_suspicious,
               "Also exclude for requests that look like attacks")
      ->group("Exclusions");
  add_choice(app, "--format", options->format, "What to print (default: text):", kTuneFormats);
  add_output(app, options->output);
  app.add_option("--summary", options->summary,
                 "Propose nothing: keep what holds requests back in a file, for --evidence and "
                 "wafcheck merge")
      ->type_name("FILE")
      ->group("Output");
  app.add_option("--explain", options->explain, "Print the requests behind this exclusion")
      ->type_name("ID")
      ->group("Output");
  add_jobs(app, plan.traffic.jobs);
  return [options, &console] { return TuneCommand(*options, console).run(); };
}

}  // namespace wafcheck::cli
