#include "cli/ruleset_options.h"

#include <fmt/format.h>

#include <sys/auxv.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <ostream>

#include "cli/embedded_rules.h"
#include "cli/options.h"
#include "cli/shipped_rules.h"
#include "engine/store/lmdb_store.h"
#include "formats/records/offline_notes.h"
#include "lint/report/text.h"
#include "parser/base/ascii.h"
#include "parser/language/semantics.h"
#include "parser/ruleset/includes.h"

namespace wafcheck::cli {
namespace {

namespace fs = std::filesystem;

/// Where packages put the configuration that an engine comes with.
struct OwnConfiguration {
  parser::Profile profile;
  std::string_view path;
};
constexpr OwnConfiguration kOwnConfigurations[] = {
    {parser::Profile::modsecurity2, "/etc/modsecurity/modsecurity.conf-recommended"},
    {parser::Profile::modsecurity3, "/etc/nginx/modsecurity.conf"},
};

std::string environment(const char* name) {
  const char* value = std::getenv(name);
  return value == nullptr ? std::string() : std::string(value);
}

}  // namespace

std::string crs_directory(const std::string& directory) {
  if (!directory.empty()) return directory;
  if (std::string value = environment("WAFCHECK_CRS"); !value.empty()) return value;
  std::error_code error;
  return fs::is_directory(parser::kPackagedCrs, error) ? std::string(parser::kPackagedCrs)
                                                       : std::string();
}

namespace {

/// "tx.NAME=VALUE" into its parts; false when it reads otherwise.
bool add_pin(const std::string& text, engine::ProgramOptions& options) {
  const size_t equals = text.find('=');
  const bool named = istarts_with(text, "tx.") && equals != std::string::npos && equals > 3;
  if (named) options.pinned_tx.emplace_back(text.substr(3, equals - 3), text.substr(equals + 1));
  return named;
}

void print(const parser::Diagnostics& diagnostics, const parser::Sources& sources,
           Console& console) {
  for (const parser::Diagnostic& found : diagnostics) {
    const parser::Diagnostic diagnostic = console.files().without_private(found, sources);
    const bool is_error = diagnostic.severity == parser::Severity::error;
    const bool told = diagnostic.effect != parser::Effect::none;
    if (!is_error && !told && !console.options().verbose) continue;
    const std::string text =
        console.in_locale(lint::full(diagnostic, sources, console.err_is_coloured())) + "\n";
    if (is_error) {
      console.error_lines(text);
    } else {
      console.err() << text;
    }
  }
}

/// What --engine names, for the loader; says so where that very version is not modelled.
void take_engine(const std::string& text, parser::LoadOptions& load, Console& console) {
  const parser::Engine asked = parser::parse_engine(text).value_or(parser::Engine{});
  load.profile = asked.profile;
  load.version = asked.version;
  const parser::Engine modelled = parser::semantics_of(asked).engine();
  // "3.0" means the newest 3.0, so it is the whole versions that may differ.
  if (asked.version.patch == parser::Version::kNewest || asked.version == modelled.version) return;
  console.note(
      fmt::format("{} is not modelled: taken for {}", title_of(asked), title_of(modelled)));
}

/// The recommended configuration of an engine: its own where that is installed, else the one that
/// ships.
std::string recommended_configuration(const parser::LoadOptions& load) {
  std::error_code error;
  for (const OwnConfiguration& own : kOwnConfigurations) {
    if (own.profile == load.profile && fs::exists(own.path, error)) return std::string(own.path);
  }
  return load.shipped_rules + "/wafcheck/recommended.conf";
}

}  // namespace

void RulesetOptions::add_to(CLI::App& app) {
  app.add_option("-r,--rules", rules, "Rules file, directory or glob (repeatable, in load order)")
      ->type_name("RULES")
      ->group("Rules");
  add_evaluation(app);
  app.add_option("--state", state,
                 "Keep persistent collections here from run to run (default: in memory)")
      ->type_name("DIR")
      ->group("Rules");
  app.add_flag("--reset-collections", reset_collections, "Start with empty persistent collections")
      ->group("Rules");
}

void RulesetOptions::add_evaluation(CLI::App& app) {
  app.add_option("--set", set, "Pin a variable: tx.NAME=VALUE (repeatable)")
      ->type_name("VAR=VALUE")
      ->group("Rules");
  app.add_option("--pl", paranoia_level, "Pin CRS's blocking and detection paranoia level")
      ->check(CLI::Range(1, 4))
      ->type_name("N")
      ->group("Rules");
  add_directives(app, directives);
  add_engine(app, engine);
  app.add_flag("--multiphase", multiphase, "With --engine coraza: its multiphase evaluation")
      ->group("Rules");
  add_crs(app, crs, "Rules");
  app.add_flag("--recommended", recommended,
               "Load the engine's recommended configuration first: body access, body processors, "
               "limits")
      ->group("Rules");
  app.add_flag("--skip-invalid", skip_invalid,
               "Leave out rules that do not load, and exit with 4 where all else is well")
      ->group("Rules");
  app.add_option("--env", environment,
                 "Show rules this variable of the environment; ENV is empty else (repeatable)")
      ->type_name("NAME")
      ->group("Rules");
  app.add_flag("--allow-scripts{limited}", allow_scripts,
               "Run scripts in Lua that rules name; with =unsafe they may use files and programs")
      ->check(CLI::IsMember({"limited", "unsafe"}).description(""))
      ->group("Rules");
  add_limits(app, limits);
  app.add_flag("--no-prefilter", no_prefilter,
               "Run every pattern on every value: the same result, slower")
      ->group("Rules");
  app.add_flag("--no-memo", no_memo, "Remember nothing of values from one transaction to the next")
      ->group("Rules");
}

void ReadingOptions::add_to(CLI::App& app) {
  app.add_option("RULES", rules, "Rules files, directories or globs, in load order")->type_name("");
  add_directives(app, directives);
  add_engine(app, engine);
  add_crs(app, crs, "Rules");
  app.add_flag("--allow-empty", allow_empty, "An input without rules is no error")->group("Rules");
}

void allow_packaged_rules(const parser::LoadOptions& load, Console& console) {
  for (const std::string& path : {load.shipped_rules, load.crs, std::string(parser::kPackagedCrs),
                                  std::string(parser::kPackagedCrsSetup)}) {
    console.files().allow_shown(path);
  }
}

std::optional<parser::RulesetModel> read_rules(const ReadingOptions& options, Console& console) {
  if (options.rules.empty()) {
    console.error("no rules: name a file, a directory or a glob");
    return std::nullopt;
  }
  parser::LoadOptions load;
  take_engine(options.engine, load, console);
  load.directives = options.directives;
  load.crs = crs_directory(options.crs);
  load.shipped_rules = shipped_rules_directory();
  for (const std::string& input : options.rules) console.files().name(input);
  allow_packaged_rules(load, console);
  formats::EmbeddedFiles files(console.files());
  load.files = &files;
  const auto inputs = one_ruleset(files, options.rules, console);
  if (!inputs) return std::nullopt;
  parser::RulesetModel ruleset = parser::load_model(*inputs, load);
  print(ruleset.diagnostics, ruleset.sources, console);
  if (ruleset.rules.empty() && !options.allow_empty) {
    if (!parser::has_errors(ruleset.diagnostics)) {
      console.error("these files hold no rules (--allow-empty permits it)");
    }
    return std::nullopt;
  }
  return ruleset;
}

namespace {

/// The program's file. Where there is no /proc the kernel has said it at the start.
fs::path own_path() {
  std::error_code error;
  const fs::path self = fs::read_symlink("/proc/self/exe", error);
  if (!error) return self;
  // NOLINTNEXTLINE(performance-no-int-to-ptr): getauxval has pointers as numbers
  const auto* const started = reinterpret_cast<const char*>(getauxval(AT_EXECFN));
  return started == nullptr ? fs::path() : fs::weakly_canonical(started, error);
}

}  // namespace

std::string shipped_rules_directory() {
  static const std::string directory = [] {
    std::error_code error;
    for (const fs::path& candidate :
         {own_path().parent_path() / "../share/wafcheck/rules",
          fs::path(WAFCHECK_RULES_INSTALL_DIR), fs::path(WAFCHECK_SOURCE_RULES)}) {
      if (fs::is_directory(candidate, error))
        return fs::weakly_canonical(candidate, error).string();
    }
    return std::string(kShippedRules);
  }();
  return directory;
}

std::vector<std::string> crs_inputs(const std::string& directory) {
  std::error_code error;
  const fs::path rules = fs::path(directory) / "rules";
  if (!fs::is_directory(rules, error)) return {};
  for (const std::string& setup :
       {directory + "/crs-setup.conf", directory + "/crs-setup.conf.example",
        std::string(parser::kPackagedCrsSetup)}) {
    if (fs::exists(setup, error)) return {setup, rules.string()};
  }
  return {};
}

bool read_through(parser::FileSystem& files, const std::vector<std::string>& inputs,
                  RulesetPlan& plan, Console& console) {
  plan.files = std::make_shared<formats::EmbeddedFiles>(files);
  plan.load.files = plan.compile.files = plan.files.get();
  plan.inputs.clear();
  if (inputs.empty()) return true;
  auto found = one_ruleset(*plan.files, inputs, console);
  if (found) plan.inputs = *std::move(found);
  return found.has_value();
}

std::unique_ptr<RulesetPlan> plan_ruleset(const RulesetOptions& options, Console& console) {
  auto plan = std::make_unique<RulesetPlan>();
  parser::LoadOptions& load = plan->load;
  take_engine(options.engine, load, console);
  if (options.multiphase && load.profile != parser::Profile::coraza) {
    console.error("--multiphase is Coraza's: it goes with --engine coraza");
    return nullptr;
  }
  plan->semantics = parser::semantics_of(parser::Engine{load.profile, load.version});
  plan->semantics.multiphase = options.multiphase;
  load.semantics = &plan->semantics;
  load.directives = options.directives;
  load.crs = crs_directory(options.crs);
  load.shipped_rules = shipped_rules_directory();
  for (const std::string& input : options.rules) console.files().name(input);
  allow_packaged_rules(load, console);
  if (!read_through(console.files(), options.rules, *plan, console)) return nullptr;

  engine::ProgramOptions& compile = plan->compile;
  if (!options.allow_scripts.empty()) {
    compile.scripts = options.allow_scripts == "unsafe" ? engine::ScriptAccess::unsafe_libraries
                                                        : engine::ScriptAccess::limited;
  }
  for (const std::string& name : options.environment) {
    if (const char* value = std::getenv(name.c_str())) {
      compile.environment.emplace_back(name, value);
    } else {
      console.note(fmt::format("--env {}: there is no such variable", name));
    }
  }
  if (options.paranoia_level != 0) {
    const std::string level = std::to_string(options.paranoia_level);
    compile.pinned_tx.emplace_back("blocking_paranoia_level", level);
    compile.pinned_tx.emplace_back("detection_paranoia_level", level);
  }
  for (const std::string& pin : options.set) {
    if (add_pin(pin, compile)) continue;
    console.error(fmt::format("--set takes tx.NAME=VALUE, got \"{}\"", pin));
    return nullptr;
  }

  if (plan->inputs.empty()) {
    plan->inputs = {load.shipped_rules + "/wafcheck.conf"};
    console.note(fmt::format("no -r: using the shipped rules, {}", plan->inputs[0]));
  }
  load.skip_invalid = options.skip_invalid;
  if (options.recommended) {
    load.first = recommended_configuration(load);
    console.files().allow_shown(load.first);
    console.note(fmt::format("--recommended: {} is loaded first", load.first));
  }
  return plan;
}

std::shared_ptr<const engine::Program> load_program(const RulesetOptions& options,
                                                    Console& console) {
  const auto plan = plan_ruleset(options, console);
  return plan ? load_program(options, *plan, console) : nullptr;
}

std::shared_ptr<const engine::Program> load_program(const RulesetOptions& options,
                                                    const RulesetPlan& plan, Console& console) {
  auto ruleset = load_rules(options, plan, console);
  return ruleset ? compile_rules(std::move(ruleset), plan, console) : nullptr;
}

std::shared_ptr<const parser::RulesetModel> load_rules(const RulesetOptions& options,
                                                       const RulesetPlan& plan, Console& console) {
  auto ruleset =
      std::make_shared<const parser::RulesetModel>(parser::load_model(plan.inputs, plan.load));
  print(ruleset->diagnostics, ruleset->sources, console);
  if (parser::has_errors(ruleset->diagnostics)) {
    console.error("the ruleset did not load completely; nothing was evaluated",
                  options.skip_invalid
                      ? ""
                      : "  help: --skip-invalid leaves out the rules that do not load\n");
    return nullptr;
  }
  if (formats::lacks_rules(*ruleset)) {
    console.error("the ruleset holds no rules");
    return nullptr;
  }
  if (ruleset->rules.empty()) console.note("the ruleset holds no rules");
  return ruleset;
}

std::shared_ptr<const engine::Program> compile_rules(
    std::shared_ptr<const parser::RulesetModel> ruleset, const RulesetPlan& plan,
    Console& console) {
  engine::Program::Compiled compiled = engine::Program::compile(ruleset, plan.compile);
  print(compiled.diagnostics, ruleset->sources, console);
  if (!compiled.program) {
    console.error("the ruleset did not compile completely; nothing was evaluated");
    return nullptr;
  }
  if (const auto note = formats::note_of_engine(*ruleset)) console.note(*note);
  for (const std::string& name : compiled.program->unnamed_pins()) {
    console.note(fmt::format("tx.{} is pinned, but no rule names it", name));
  }
  if (const size_t count = ruleset->dropped.size(); count != 0) {
    console.warning(fmt::format("{} {} dropped, and not evaluated", count,
                                count == 1 ? "rule was" : "rules were"));
  }
  const bool scripts = plan.compile.scripts != engine::ScriptAccess::none;
  for (const std::string& note :
       formats::offline_notes(*ruleset, scripts, console.options().verbose)) {
    console.note(note);
  }
  // Operators read files while transactions run.
  struct WithFiles {
    std::shared_ptr<formats::EmbeddedFiles> files;
    std::shared_ptr<const engine::Program> program;
  };
  const auto kept = std::make_shared<WithFiles>(plan.files, compiled.program);
  return {kept, kept->program.get()};
}

std::unique_ptr<engine::CollectionStore> open_collections(const RulesetOptions& options,
                                                          Console& console) {
  if (options.state.empty()) return std::make_unique<engine::MemoryStore>(options.limits);
  auto store = engine::LmdbStore::open(options.state, options.limits);
  if (store && options.reset_collections) {
    if (auto cleared = (*store)->clear(); !cleared) store = std::unexpected(cleared.error());
  }
  if (store) return std::move(*store);
  console.error(fmt::format("--state {}", store.error().message));
  return nullptr;
}

void close_collections(engine::CollectionStore& collections, Console& console) {
  if (const auto flushed = collections.flush(); !flushed) {
    console.error(
        fmt::format("--state: the last records were not saved: {}", flushed.error().message));
  }
}

formats::EvaluatorOptions evaluator_options(const RulesetOptions& options,
                                            engine::CollectionStore& collections) {
  formats::EvaluatorOptions evaluation;
  evaluation.prefilter = !options.no_prefilter;
  evaluation.memory = !options.no_memo;
  evaluation.collections = &collections;
  evaluation.limits = options.limits;
  return evaluation;
}

}  // namespace wafcheck::cli
