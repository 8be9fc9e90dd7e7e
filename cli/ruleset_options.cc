#include "cli/ruleset_options.h"

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <cstdlib>
#include <filesystem>
#include <ostream>

#include "cli/notices.h"
#include "engine/lmdb_store.h"
#include "lint/report/text.h"
#include "parser/ascii.h"

namespace wafcheck::cli {
namespace {

namespace fs = std::filesystem;

/// Where Debian's modsecurity-crs package puts CRS.
constexpr std::string_view kPackagedCrs = "/usr/share/modsecurity-crs";

std::string environment(const char* name) {
  const char* value = std::getenv(name);
  return value == nullptr ? std::string() : std::string(value);
}

}  // namespace

std::string crs_directory(const std::string& given) {
  if (!given.empty()) return given;
  if (std::string named = environment("WAFCHECK_CRS"); !named.empty()) return named;
  std::error_code error;
  return fs::is_directory(kPackagedCrs, error) ? std::string(kPackagedCrs) : std::string();
}

namespace {

/// "tx.NAME=VALUE" into its parts; false when it reads otherwise.
bool add_pin(const std::string& text, engine::ProgramOptions& options) {
  const size_t equals = text.find('=');
  const bool named = istarts_with(text, "tx.") && equals != std::string::npos && equals > 3;
  if (named) options.pinned_tx.emplace_back(text.substr(3, equals - 3), text.substr(equals + 1));
  return named;
}

void print(const parser::Diagnostics& diagnostics, const parser::Sources& sources, Streams& streams,
           const GlobalOptions& global) {
  for (const parser::Diagnostic& diagnostic : diagnostics) {
    if (diagnostic.severity != parser::Severity::error && !global.verbose) continue;
    streams.err << lint::full(diagnostic, sources, global.color_on(streams.err_is_terminal)) << '\n';
  }
}

}  // namespace

void RulesetOptions::add_to(CLI::App& app) {
  app.add_option("-r,--rules", rules, "Rules file, directory or glob (repeatable, in load order)")
      ->type_name("RULES")->group("Rules");
  app.add_option("--set", set, "Pin a variable: tx.NAME=VALUE (repeatable)")
      ->type_name("VAR=VALUE")->group("Rules");
  app.add_option("--pl", paranoia_level, "Pin CRS's blocking and detection paranoia level")
      ->check(CLI::Range(1, 4))->type_name("N")->group("Rules");
  app.add_option("--directive", directives, "Append a directive, which wins (repeatable)")
      ->type_name("TEXT")->group("Rules");
  app.add_option("--engine", engine, "Take one engine's semantics instead of the default ones")
      ->check(CLI::IsMember({"default", "modsecurity2", "modsecurity3", "coraza"}))->group("Rules");
  app.add_flag("--multiphase", multiphase, "With --engine coraza: its multiphase evaluation")->group("Rules");
  app.add_option("--crs", crs, "Where Include @owasp_crs/... looks")->type_name("DIR")->group("Rules");
  app.add_option("--state", state, "Keep persistent collections here from run to run (default: in memory)")
      ->type_name("DIR")->group("Rules");
  app.add_flag("--reset-collections", reset_collections, "Start with empty persistent collections")->group("Rules");
  app.add_flag("--no-prefilter", no_prefilter, "Run every pattern on every value: the same result, slower")
      ->group("Rules");
  app.add_flag("--no-memo", no_memo, "Remember nothing of values from one transaction to the next")->group("Rules");
}

void ReadingOptions::add_to(CLI::App& app) {
  app.add_option("RULES", rules, "Rules files, directories or globs, in load order")->type_name("");
  app.add_option("--directive", directives, "Append a directive, which wins (repeatable)")
      ->type_name("TEXT")->group("Rules");
  app.add_option("--engine", engine, "Take one engine's semantics instead of the default ones")
      ->check(CLI::IsMember({"default", "modsecurity2", "modsecurity3", "coraza"}))->group("Rules");
  app.add_option("--crs", crs, "Where Include @owasp_crs/... looks")->type_name("DIR")->group("Rules");
  app.add_flag("--allow-empty", allow_empty, "An input without rules is no error")->group("Rules");
}

std::optional<parser::Ruleset> read_rules(const ReadingOptions& options, Streams& streams,
                                          const GlobalOptions& global) {
  if (options.rules.empty()) {
    streams.err << "wafcheck: error: no rules: name a file, a directory or a glob\n";
    return std::nullopt;
  }
  parser::LoadOptions load;
  load.profile = parser::profile_from(options.engine).value_or(parser::Profile::standard);
  load.directives = options.directives;
  load.crs = crs_directory(options.crs);
  load.shipped_rules = shipped_rules_directory();
  parser::Ruleset ruleset = parser::load(options.rules, load);
  print(ruleset.diagnostics, ruleset.sources, streams, global);
  if (ruleset.rules.empty() && !options.allow_empty) {
    if (!parser::has_errors(ruleset.diagnostics)) {
      streams.err << "wafcheck: error: these files hold no rules (--allow-empty permits it)\n";
    }
    return std::nullopt;
  }
  return ruleset;
}

std::string shipped_rules_directory() {
  std::error_code error;
  const fs::path self = fs::read_symlink("/proc/self/exe", error);
  for (const fs::path& candidate :
       {self.parent_path() / "../share/wafcheck/rules", fs::path(WAFCHECK_RULES_INSTALL_DIR),
        fs::path(WAFCHECK_SOURCE_RULES)}) {
    if (fs::is_directory(candidate, error)) return fs::weakly_canonical(candidate, error).string();
  }
  return {};
}

std::shared_ptr<const engine::Program> load_program(const RulesetOptions& options, Streams& streams,
                                                    const GlobalOptions& global) {
  parser::LoadOptions load;
  load.profile = parser::profile_from(options.engine).value_or(parser::Profile::standard);
  if (options.multiphase && load.profile != parser::Profile::coraza) {
    streams.err << "wafcheck: error: --multiphase is Coraza's: it goes with --engine coraza\n";
    return nullptr;
  }
  load.semantics = parser::semantics_of(load.profile);
  load.semantics->multiphase = options.multiphase;
  load.directives = options.directives;
  load.crs = crs_directory(options.crs);
  load.shipped_rules = shipped_rules_directory();

  engine::ProgramOptions compile;
  if (options.paranoia_level != 0) {
    const std::string level = std::to_string(options.paranoia_level);
    compile.pinned_tx.emplace_back("blocking_paranoia_level", level);
    compile.pinned_tx.emplace_back("detection_paranoia_level", level);
  }
  for (const std::string& pin : options.set) {
    if (add_pin(pin, compile)) continue;
    streams.err << fmt::format("wafcheck: error: --set takes tx.NAME=VALUE, got \"{}\"\n", pin);
    return nullptr;
  }

  std::vector<std::string> inputs = options.rules;
  if (inputs.empty()) {
    if (load.shipped_rules.empty()) {
      streams.err << "wafcheck: error: no rules: give some with -r, the shipped ones are not installed\n";
      return nullptr;
    }
    inputs = {load.shipped_rules + "/wafcheck.conf"};
    if (!global.quiet) streams.err << fmt::format("wafcheck: no -r given: using the shipped rules, {}\n", inputs[0]);
  }

  auto ruleset = std::make_shared<const parser::Ruleset>(parser::load(inputs, load));
  print(ruleset->diagnostics, ruleset->sources, streams, global);
  if (parser::has_errors(ruleset->diagnostics)) {
    streams.err << "wafcheck: error: the ruleset did not load whole; nothing was evaluated\n";
    return nullptr;
  }
  if (ruleset->rules.empty()) {
    streams.err << "wafcheck: error: the ruleset holds no rules\n";
    return nullptr;
  }
  engine::Program::Compiled compiled = engine::Program::compile(ruleset, std::move(compile));
  print(compiled.diagnostics, ruleset->sources, streams, global);
  if (!compiled.program) {
    streams.err << "wafcheck: error: the ruleset did not compile whole; nothing was evaluated\n";
    return nullptr;
  }
  for (const std::string& note : offline_notes(*ruleset, global.verbose)) {
    if (!global.quiet) streams.err << "wafcheck: note: " << note << '\n';
  }
  return compiled.program;
}

std::unique_ptr<engine::CollectionStore> open_collections(const RulesetOptions& options, Streams& streams) {
  if (options.state.empty()) return std::make_unique<engine::MemoryStore>();
  auto store = engine::LmdbStore::open(options.state);
  if (store && options.reset_collections) {
    if (auto cleared = (*store)->clear(); !cleared) store = std::unexpected(cleared.error());
  }
  if (store) return std::move(*store);
  streams.err << fmt::format("wafcheck: error: --state {}\n", store.error().message);
  return nullptr;
}

}  // namespace wafcheck::cli
