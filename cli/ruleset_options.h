#pragma once
// The options that choose and load a ruleset, shared by every command that evaluates rules.

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "cli/console.h"
#include "engine/collections.h"
#include "engine/program.h"
#include "formats/embedded/files.h"
#include "formats/records/evaluator.h"
#include "parser/language/semantics.h"
#include "parser/ruleset/ruleset.h"

namespace CLI {
class App;
}

namespace wafcheck::cli {

struct RulesetOptions {
  std::vector<std::string> rules;
  std::vector<std::string> set;  ///< tx.NAME=VALUE
  int paranoia_level = 0;        ///< 0: as the rules say
  std::vector<std::string> directives;
  std::string engine;       ///< empty: the default semantics
  bool multiphase = false;  ///< Coraza's multiphase evaluation
  std::string crs;
  std::string state;  ///< directory of persistent collections; empty: in memory
  bool reset_collections = false;
  engine::Limits limits;  ///< what a transaction may cost
  bool no_prefilter = false;
  bool no_memo = false;
  bool recommended = false;              ///< the recommended configuration first
  bool skip_invalid = false;             ///< leave out what does not load
  std::string allow_scripts;             ///< "limited" or "unsafe"; empty: none runs
  std::vector<std::string> environment;  ///< names of variables that ENV holds

  void add_to(CLI::App& app);
  /// All but which rules there are, and where persistent collections are kept.
  void add_evaluation(CLI::App& app);
};

/// The same for commands that read rules and evaluate none: inputs are the rules.
struct ReadingOptions {
  std::vector<std::string> rules;
  std::vector<std::string> directives;
  std::string engine;  ///< empty: the default semantics
  std::string crs;
  bool allow_empty = false;

  void add_to(CLI::App& app);
};

/// Loads the rules that the options name and prints their errors. Nothing, with the reason printed,
/// when no rules were named or the files hold none; a ruleset with errors is returned as far as it
/// could be read.
std::optional<parser::RulesetModel> read_rules(const ReadingOptions& options, Console& console);

/// How the options have rules loaded and compiled.
struct RulesetPlan {
  parser::Semantics semantics;
  parser::LoadOptions load;  ///< points to `semantics`
  engine::ProgramOptions compile;
  std::vector<std::string> inputs;  ///< the shipped rules where the options name none
  /// The files that are read, and the rules inside them; load.files points to it.
  std::shared_ptr<formats::EmbeddedFiles> files;

  RulesetPlan() = default;
  RulesetPlan(const RulesetPlan&) = delete;
  RulesetPlan& operator=(const RulesetPlan&) = delete;
};
/// Takes `inputs` from `files`, as a plan's rules. False, with the reason printed, where they are
/// not one ruleset.
bool read_through(parser::FileSystem& files, const std::vector<std::string>& inputs,
                  RulesetPlan& plan, Console& console);

/// Null, with the reason printed, where the options cannot be used.
std::unique_ptr<RulesetPlan> plan_ruleset(const RulesetOptions& options, Console& console);

/// Loads and compiles as planned. Errors are printed; null when the ruleset cannot be evaluated.
std::shared_ptr<const engine::Program> load_program(const RulesetOptions& options,
                                                    const RulesetPlan& plan, Console& console);

/// The two halves of it.
std::shared_ptr<const parser::RulesetModel> load_rules(const RulesetOptions& options,
                                                       const RulesetPlan& plan, Console& console);
std::shared_ptr<const engine::Program> compile_rules(
    std::shared_ptr<const parser::RulesetModel> ruleset, const RulesetPlan& plan, Console& console);

/// Loads and compiles the rules that the options name, or the shipped rules where they name none.
/// Errors are printed; null when the ruleset cannot be evaluated.
std::shared_ptr<const engine::Program> load_program(const RulesetOptions& options,
                                                    Console& console);

/// The persistent collections of the run: those of --state, or empty ones that end with it. Null,
/// with the reason printed, where the directory cannot be used.
std::unique_ptr<engine::CollectionStore> open_collections(const RulesetOptions& options,
                                                          Console& console);

/// To be called when the run is over: prints an error where the last records cannot be saved.
void close_collections(engine::CollectionStore& collections, Console& console);

/// Of a run with one thread where several were possible.
inline constexpr std::string_view kOneAtATime =
    "the rules use persistent collections, so transactions run in order, one at a time";

/// How the options have transactions evaluated.
formats::EvaluatorOptions evaluator_options(const RulesetOptions& options,
                                            engine::CollectionStore& collections);

/// Permits what comes with wafcheck, or with a package, and is not below the root.
void allow_packaged_rules(const parser::LoadOptions& load, Console& console);

/// Where @owasp_crs stands: `directory`, else WAFCHECK_CRS, else the modsecurity-crs package's
/// place.
std::string crs_directory(const std::string& directory);

/// The setup file and the rules of the CRS in a directory, in load order; nothing where they are
/// not there.
std::vector<std::string> crs_inputs(const std::string& directory);

/// The directory of the rules that ship with wafcheck: beside the program, where it is installed,
/// in its source, or else the one in the program itself (cli/shipped_rules.h).
std::string shipped_rules_directory();

}  // namespace wafcheck::cli
