#pragma once
// The options that choose and load a ruleset, shared by every command that evaluates rules.

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "cli/command.h"
#include "engine/collections.h"
#include "engine/program.h"
#include "parser/ruleset.h"

namespace wafcheck::cli {

struct RulesetOptions {
  std::vector<std::string> rules;
  std::vector<std::string> set;         ///< tx.NAME=VALUE
  int paranoia_level = 0;               ///< 0: as the rules say
  std::vector<std::string> directives;
  std::string engine;                   ///< empty: the default semantics
  bool multiphase = false;              ///< Coraza's multiphase evaluation
  std::string crs;
  std::string state;                    ///< directory of persistent collections; empty: in memory
  bool reset_collections = false;
  bool no_prefilter = false;
  bool no_memo = false;

  void add_to(CLI::App& app);
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

/// Loads what the options name and prints its errors. Empty when no rules were named or none were
/// found, with the reason printed; a ruleset with errors is returned as far as it was understood.
std::optional<parser::Ruleset> read_rules(const ReadingOptions& options, Streams& streams,
                                          const GlobalOptions& global);

/// Loads and compiles what the options name, or the rules that ship where they name none. Everything
/// that is wrong is printed; null when the ruleset cannot be evaluated.
std::shared_ptr<const engine::Program> load_program(const RulesetOptions& options, Streams& streams,
                                                    const GlobalOptions& global);

/// The persistent collections of the run: those of --state, or empty ones that end with it. Null,
/// with the reason printed, where the directory cannot be used.
std::unique_ptr<engine::CollectionStore> open_collections(const RulesetOptions& options, Streams& streams);

/// Where @owasp_crs stands: `given`, else WAFCHECK_CRS, else the modsecurity-crs package's place.
std::string crs_directory(const std::string& given);

/// Where the rules that ship with wafcheck stand; empty when they cannot be found.
std::string shipped_rules_directory();

}  // namespace wafcheck::cli
