#pragma once
// wafcheck.toml: options that a project would otherwise repeat on every command line. Its keys
// stand in one table, from which the manual page is generated; most are options of a command under
// their own name.
//
// The file may have been found by searching, without anybody naming it: no key makes the program
// write files.

#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "lint/checks/check.h"

namespace CLI {
class App;
}

namespace wafcheck::cli {

class Console;
struct GlobalOptions;

enum class ConfigType : uint8_t {
  text,
  number,
  flag,
  path,   ///< relative to the file's folder, as all paths
  paths,  ///< may be globs
  texts,
  checks,      ///< names, codes, or the beginning of codes
  engines,     ///< "modsecurity3@3.0.9"
  severities,  ///< a table: a check's name or code to a severity, or "off"
  ignores,     ///< a table: a glob to checks
  rulesets,    ///< a table: a name to a table with a list of paths, `rules`
};

/// "a list of paths"
std::string_view describe(ConfigType type);

struct ConfigKey {
  std::string_view table;  ///< "lint"; empty: the key stands above all tables
  std::string_view name;
  ConfigType type;
  std::string_view option;  ///< that gets the value, without dashes; empty: none does
  std::string_view doc;
};

std::span<const ConfigKey> config_keys();

/// What the file sets beyond options.
struct Config {
  std::string path;  ///< empty: there is no file
  std::vector<lint::SeverityOverride> severities;
  std::vector<lint::FileIgnores> per_file_ignores;
};

/// What a configuration file says to who has no options of a command.
struct ProjectConfig {
  /// By name, with their rules in load order; those of the key `rules` have no name.
  std::vector<std::pair<std::string, std::vector<std::string>>> rulesets;
  /// The other keys by table and name: "lint.select", "crs".
  std::map<std::string, std::vector<std::string>> values;
  Config rest;

  const std::vector<std::string>& words(const std::string& key) const;
};

/// Reads the file at `path`, an absolute one. Nothing, with each fault printed with its place,
/// where it has faults.
std::optional<ProjectConfig> read_project_config(const std::string& path, Console& console);

/// The name of the file that is searched for.
inline constexpr std::string_view kConfigFileName = "wafcheck.toml";

/// Sets the options of a parsed command that neither the command line nor the environment set, from
/// wafcheck.toml, and `global.file`, its other keys. The file is the one that --config names, or
/// the first one upward from the first rules file, then from the working directory. Rules come from
/// WAFCHECK_RULES before the file; of the file, those of --ruleset, else of its key `rules`, else
/// of its only ruleset. False: the file has faults, and each was printed with its place.
bool configure(CLI::App& command, GlobalOptions& global, Console& console);

}  // namespace wafcheck::cli
