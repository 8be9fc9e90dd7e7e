// wafcheck diff: two rulesets, what differs between them, and what that does to traffic.

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <memory>
#include <optional>
#include <utility>

#include "cli/command.h"
#include "cli/diff/comparison.h"
#include "cli/diff/needs.h"
#include "cli/diff/report.h"
#include "cli/diff/revision.h"
#include "cli/diff/rx.h"
#include "cli/fail_on.h"
#include "cli/mask_options.h"
#include "cli/options.h"
#include "cli/programs.h"
#include "cli/ruleset_options.h"
#include "cli/run_identity.h"
#include "cli/summaries/summaries.h"
#include "cli/traffic_runner.h"
#include "lint/analysis/analysis.h"
#include "parser/language/semantics.h"

namespace wafcheck::cli {
namespace {

constexpr int kLevels = 4;

/// What is given for one side alone.
struct SideOptions {
  std::vector<std::string> rules;
  std::vector<std::string> set, directives;
  int paranoia_level = 0;
  std::string engine;

  /// `side`: "old" or "new".
  void add_to(CLI::App& app, const std::string& side) {
    const std::string group = "Rules";
    const std::string of = fmt::format("of the {} rules (repeatable)", side);
    app.add_option("--" + side, rules,
                   fmt::format("The {} rules: a file, directory, glob, or git:REVISION[:PATH] "
                               "(repeatable, in load order)",
                               side))
        ->type_name("RULES")
        ->group(group);
    app.add_option(fmt::format("--{}-set", side), set, "--set " + of)
        ->type_name("VAR=VALUE")
        ->group(group);
    app.add_option(fmt::format("--{}-pl", side), paranoia_level,
                   fmt::format("--pl of the {} rules", side))
        ->check(CLI::Range(1, kLevels))
        ->type_name("N")
        ->group(group);
    app.add_option(fmt::format("--{}-directive", side), directives, "--directive " + of)
        ->type_name("TEXT")
        ->group(group);
    app.add_option(fmt::format("--{}-engine", side), engine,
                   fmt::format("--engine of the {} rules", side))
        ->check(CLI::Validator(
            [](std::string& text) {
              const auto known = parser::parse_engine(text);
              return known ? std::string() : known.error().message;
            },
            ""))
        ->type_name("ENGINE")
        ->group(group);
  }
};

struct DiffOptions {
  RulesetOptions ruleset;  ///< of both sides
  SideOptions old, now;
  TrafficOptions traffic;
  MaskOptions masks;
  std::pair<std::string, std::string> rx;
  std::vector<std::string> transformations;
  bool each_level = false;
  std::string format = "text";
  std::string output;
  std::string summary;  ///< the file that gets it; empty: none
  std::string fail_on = "changed";
  bool no_timing = false;
  bool measures = false;
};

/// A ruleset as it was loaded.
struct LoadedSide {
  std::string name;  ///< as it was named on the command line
  RulesetOptions options;
  std::unique_ptr<RevisionFiles> revision;  ///< null: the rules are files
  std::unique_ptr<RulesetPlan> plan;
  std::shared_ptr<const parser::RulesetModel> ruleset;
  std::unique_ptr<lint::Analysis> analysis;
};

class DiffCommand {
 public:
  DiffCommand(const DiffOptions& options, bool compares_rx, Console& console)
      : options_(options),
        compares_rx_(compares_rx),
        console_(console),
        runner_(options.traffic, console),
        masks_(options.masks.masks()) {}

  int run() {
    if (compares_rx_) return run_rx();
    const auto format = std::ranges::find(kDiffFormats, options_.format, &DiffFormat::name);
    if (format->page && !console_.may_write_page(options_.output)) return kTrouble;
    if (!check() || (has_traffic() && !runner_.check())) return kTrouble;
    auto output = console_.open(options_.output);
    std::optional<Output> summary;
    if (!output || !open_summary(options_.summary, *output, summary, console_)) return kTrouble;
    LoadedSide old, now;
    if (!load(options_.old, options_.now, old) || !load(options_.now, options_.old, now)) {
      return kTrouble;
    }
    const lint::RulePairs pairs(*old.ruleset, *now.ruleset);
    const lint::RulesetChange change = compare_rulesets(*old.analysis, *now.analysis, pairs);
    const Rulesets rulesets{*old.analysis, *now.analysis, pairs, change};
    DiffResult result;
    result.rulesets = &rulesets;
    result.expressions = compare_expressions_of(rulesets);
    result.needs = new_needs(*old.analysis, *now.analysis);
    DiffSummary& found = result.summary;
    found.old_name = old.name;
    found.new_name = now.name;
    found.rules = written_rules(result);
    found.old_dropped = old.ruleset->dropped.size();
    found.new_dropped = now.ruleset->dropped.size();
    found.timing = !options_.no_timing;
    found.measured = options_.measures && found.timing;
    if (has_traffic()) {
      const auto programs = compile(old, now);
      if (programs.empty() || !console_.may_write(*output)) return kTrouble;
      if (summary) runner_.expect_summary();
      found.traffic = compare_traffic(rulesets, programs, options_.ruleset, options_.traffic,
                                      options_.measures, masks_, runner_, console_);
      if (!found.traffic) return kTrouble;
      if (options_.masks.mask_json) found.traffic->hide_uris(masks_);
      if (summary) write_summary(*summary, found, identity_of(old, now, programs.front()));
      if (format->name != "json") found.traffic->hide_uris(masks_);
    }
    const std::string report = format->write(result);
    output->write(format->name == "text" ? console_.in_locale(report) : report);
    console_.finish(*output);
    tell_unanswered(unanswered(options_.fail_on, found), "verdict", options_.fail_on, console_);
    if (console_.failed()) return kTrouble;
    const int code = fails(options_.fail_on, found) ? kNo : kOk;
    return found.old_dropped + found.new_dropped == 0 ? code : worse(code, kDropped);
  }

 private:
  bool has_traffic() const {
    return !options_.traffic.inputs.empty() || !options_.traffic.curl.empty();
  }

  int run_rx() {
    if (!options_.old.rules.empty() || !options_.now.rules.empty() || has_traffic()) {
      return console_.error("--rx compares two expressions, and no rules or traffic");
    }
    if (options_.format != "text" && options_.format != "json") {
      return console_.error("--rx has no format " + options_.format + ": text or json");
    }
    auto output = console_.open(options_.output);
    if (!output) return kTrouble;
    const int code = compare_expressions({{options_.rx.first, options_.rx.second},
                                          options_.transformations,
                                          options_.ruleset.engine,
                                          options_.format},
                                         console_, *output);
    if (code == kTrouble) return code;
    console_.finish(*output);
    return console_.failed() ? kTrouble : code;
  }

  bool check() {
    if (options_.old.rules.empty() || options_.now.rules.empty()) {
      console_.error("--old and --new name the rules before and after a change",
                     "  help: wafcheck diff --old git:HEAD --new rules/*.conf\n");
    }
    if (!options_.transformations.empty()) {
      console_.error("--transformations goes with --rx");
    }
    const bool levels = options_.ruleset.paranoia_level != 0 || options_.old.paranoia_level != 0 ||
                        options_.now.paranoia_level != 0;
    if (options_.each_level && levels) {
      console_.error("--each-pl runs all paranoia levels: it does not go with --pl");
    }
    if (options_.each_level && !has_traffic()) console_.error("--each-pl needs traffic");
    if (options_.measures && !has_traffic()) console_.error("--profile needs traffic");
    if (!options_.summary.empty() && !has_traffic()) console_.error("--summary needs traffic");
    return !console_.failed();
  }

  /// Of both sides, and of what they are compared by.
  std::string identity_of(const LoadedSide& old, const LoadedSide& now,
                          const ProgramPair& pair) const {
    const auto side = [&](const LoadedSide& each, const engine::Program& program) {
      return cli::identity_of(each.options, options_.traffic, program);
    };
    std::vector<std::string> texts = {side(old, *pair.old),
                                      side(now, *pair.now),
                                      options_.each_level ? "each level" : "",
                                      options_.measures ? "measured" : "",
                                      options_.masks.show_secrets ? "shown" : "hidden",
                                      options_.masks.mask_json ? "hidden in JSON" : ""};
    texts.insert(texts.end(), options_.masks.names.begin(), options_.masks.names.end());
    return identity_of_texts(texts);
  }

  void write_summary(Output& output, const DiffSummary& found, const std::string& rules) {
    output.write(text_of({runs_of(rules, options_.traffic, runner_.spans()), found}));
    console_.finish(output);
  }

  // --- rules ---

  bool load(const SideOptions& own, const SideOptions& other, LoadedSide& side) {
    side.options = options_.ruleset;
    side.options.rules = own.rules;
    side.options.set.insert(side.options.set.end(), own.set.begin(), own.set.end());
    side.options.directives.insert(side.options.directives.end(), own.directives.begin(),
                                   own.directives.end());
    if (own.paranoia_level != 0) side.options.paranoia_level = own.paranoia_level;
    if (!own.engine.empty()) side.options.engine = own.engine;
    for (const std::string& input : own.rules) {
      side.name += (side.name.empty() ? "" : " ") + input;
    }
    if (!open_revision(own.rules, other.rules, side)) return false;
    side.plan = plan_ruleset(side.options, console_);
    if (!side.plan) return false;
    take_engine_of_traffic(side);
    if (side.revision && !read_through(*side.revision, side.options.rules, *side.plan, console_)) {
      return false;
    }
    side.ruleset = load_rules(side.options, *side.plan, console_);
    if (!side.ruleset) return false;
    side.analysis = std::make_unique<lint::Analysis>(*side.ruleset, side.plan->files.get());
    return true;
  }

  /// Rules of a revision are read from it. "git:REVISION" alone means what the other side names.
  bool open_revision(const std::vector<std::string>& rules, const std::vector<std::string>& other,
                     LoadedSide& side) {
    const auto first = std::ranges::find_if(rules, is_revision);
    if (first == rules.end()) return true;
    const std::string revision = parse_revision(*first).revision;
    auto files = RevisionFiles::open(revision, console_.files());
    if (!files) {
      console_.error(fmt::format("{}: {}", *first, files.error().message));
      return false;
    }
    side.revision = std::move(*files);
    side.options.rules.clear();
    for (const std::string& input : rules) {
      if (!add_of_revision(input, revision, other, side)) return false;
    }
    return true;
  }
  bool add_of_revision(const std::string& input, const std::string& revision,
                       const std::vector<std::string>& other, LoadedSide& side) {
    if (!is_revision(input)) {
      if (input.starts_with('/')) {
        side.options.rules.push_back(input);
        return true;
      }
      console_.error(
          fmt::format("{}: one side is read from one revision", input),
          fmt::format("  help: name it git:{}:./{}, or by its absolute path\n", revision, input));
      return false;
    }
    const RevisionPath parts = parse_revision(input);
    if (parts.revision != revision) {
      console_.error(
          fmt::format("{}: one side is read from one revision, here {}", input, revision));
      return false;
    }
    if (!parts.path.empty()) {
      side.options.rules.push_back(side.revision->name_of(input));
      return true;
    }
    for (const std::string& path : other) {
      if (is_revision(path)) {
        const std::string named = parse_revision(path).path;
        if (named.empty()) continue;
        side.options.rules.push_back(
            side.revision->name_of(fmt::format("git:{}:{}", revision, named)));
      } else {
        side.options.rules.push_back(path.starts_with('/') ? path : side.revision->name_of(path));
      }
    }
    if (side.options.rules.empty()) {
      console_.error(fmt::format("{}: which of its files? git:{}:PATH", input, revision));
      return false;
    }
    return true;
  }

  /// Without --engine, a log says which engine wrote it.
  void take_engine_of_traffic(LoadedSide& side) {
    if (!side.options.engine.empty() || !has_traffic()) return;
    if (!first_record_) first_record_ = runner_.first_record().value_or(formats::Exchange{});
    const parser::Engine engine = Programs(side.options, console_).engine_of(*first_record_);
    if (engine == parser::semantics_of(parser::Engine{}).engine()) return;
    side.plan->load.profile = engine.profile;
    side.plan->load.version = engine.version;
    side.plan->semantics = parser::semantics_of(engine);
  }

  static std::vector<ExpressionChange> compare_expressions_of(const Rulesets& rulesets) {
    std::vector<ExpressionChange> all;
    for (const lint::ChangedRule& changed : rulesets.change.changed) {
      for (const lint::FieldChange& field : changed.fields) {
        if (field.field != lint::RuleField::operator_) continue;
        const parser::Rule& old = changed.pair.old[field.link];
        const parser::Rule& now = changed.pair.now[field.link];
        const bool both = old.op.id == parser::Operator::rx && now.op.id == parser::Operator::rx &&
                          old.op.negated == now.op.negated;
        if (!both) continue;
        all.push_back({&changed.pair, field.link,
                       compare_rules(rulesets.old.ruleset, old, rulesets.now.ruleset, now)});
      }
    }
    return all;
  }

  std::vector<ProgramPair> compile(const LoadedSide& old, const LoadedSide& now) {
    std::vector<ProgramPair> programs;
    for (int level = options_.each_level ? 1 : 0; level <= (options_.each_level ? kLevels : 0);
         ++level) {
      ProgramPair pair{level, compile(old, level), compile(now, level)};
      if (!pair.old || !pair.now) return {};
      programs.push_back(std::move(pair));
    }
    return programs;
  }
  /// What is to be said of the rules is said once.
  std::shared_ptr<const engine::Program> compile(const LoadedSide& side, int level) {
    side.plan->compile.pinned_tx = pins(side, level);
    if (level <= 1) return compile_rules(side.ruleset, *side.plan, console_);
    return engine::Program::compile(side.ruleset, side.plan->compile).program;
  }
  static std::vector<std::pair<std::string, std::string>> pins(const LoadedSide& side, int level) {
    auto pins = side.plan->compile.pinned_tx;
    if (level == 0) return pins;
    for (const char* const name : {"blocking_paranoia_level", "detection_paranoia_level"}) {
      std::erase_if(pins, [&](const auto& pin) { return pin.first == name; });
      pins.emplace_back(name, std::to_string(level));
    }
    return pins;
  }

  const DiffOptions& options_;
  const bool compares_rx_;
  Console& console_;
  TrafficRunner runner_;
  const formats::Masks masks_;
  std::optional<formats::Exchange> first_record_;
};

}  // namespace

std::function<int()> add_diff(CLI::App& app, Console& console) {
  auto options = std::make_shared<DiffOptions>();
  options->old.add_to(app, "old");
  options->now.add_to(app, "new");
  options->ruleset.add_evaluation(app);
  options->traffic.required = false;
  options->traffic.add_to(app);
  app.add_flag("--each-pl", options->each_level, "Compare at each of CRS's four paranoia levels")
      ->group("Traffic");
  app.add_flag("--profile", options->measures,
               "Also measure the time that each rule takes, old and new; runs all three times")
      ->group("Traffic");
  CLI::Option* const rx =
      app.add_option("--rx", options->rx,
                     "Compare two expressions, and show what only one of them matches")
          ->type_name("OLD NEW")
          ->group("Expressions");
  app.add_option("--transformations", options->transformations,
                 "With --rx: what the values have gone through, such as lowercase (repeatable)")
      ->type_name("NAME")
      ->delimiter(',')
      ->group("Expressions");
  add_choice(app, "--format", options->format, "What to print (default: text):", kDiffFormats);
  add_output(app, options->output);
  add_summary(app, options->summary);
  app.add_option("--fail-on", options->fail_on,
                 "Exit with 1 when verdicts have changed, or when ...")
      ->check(CLI::IsMember({"changed", "newly-blocked", "newly-passed", "score", "never"}))
      ->default_str("changed")
      ->group("Output");
  app.add_flag("--no-timing", options->no_timing,
               "Leave out times, so that two runs print the same")
      ->group("Output");
  options->masks.add_to(app, true);
  add_jobs(app, options->traffic.jobs);
  return [options, rx, &console] { return DiffCommand(*options, rx->count() != 0, console).run(); };
}

}  // namespace wafcheck::cli
