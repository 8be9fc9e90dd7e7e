#include "cli/config.h"

#include <fmt/format.h>
#include <toml++/toml.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <optional>
#include <ostream>
#include <utility>

#include "cli/console.h"
#include "lint/analysis/engines.h"
#include "parser/base/nearest.h"
#include "parser/ruleset/files.h"
#include "parser/ruleset/ruleset.h"
#include "parser/syntax/syntax_checks.h"

namespace wafcheck::cli {
namespace {

namespace fs = std::filesystem;
using enum ConfigType;

constexpr ConfigKey kKeys[] = {
    {"", "rules", paths, "rules",
     "Rules files, directories or globs, in load order, where none are named otherwise."},
    {"", "rulesets", rulesets, "",
     "Rulesets by name, each a table [rulesets.NAME] with the key rules: files, directories or "
     "globs, in load order. --ruleset NAME takes one. Without it, rules are those of the key "
     "rules, "
     "or of the ruleset where there is but one."},
    {"", "crs", path, "crs", "Where Include @owasp_crs/... looks."},
    {"", "engine", text, "engine",
     "The engine whose semantics are taken to evaluate rules: default, modsecurity2, modsecurity3 "
     "or coraza."},
    {"lint", "select", checks, "select", "Only these checks."},
    {"lint", "extend-select", checks, "extend-select", "These checks besides those that are on."},
    {"lint", "ignore", checks, "ignore", "Not these checks."},
    {"lint", "per-file-ignores", ignores, "",
     "Checks that are not made in the files that a glob matches. A glob is relative to the folder "
     "of this file; one without a slash matches names of files anywhere. ** stands for folders at "
     "any depth."},
    {"lint", "severity", severities, "",
     "How bad the findings of a check are: error, warning or info; off turns it off."},
    {"lint", "profile", text, "profile", "Which checks are on: default, crs or strict."},
    {"lint", "with", paths, "with",
     "Rules that are loaded before those that are checked, and not reported on."},
    {"lint", "engines", engines, "engine",
     "The engines that the rules are to run on, with a version where it matters."},
    {"lint", "fail-on", text, "fail-on",
     "Exit with 1 from this severity on: info, warning or error."},
    {"replay", "set", texts, "set", "Variables to pin: tx.NAME=VALUE."},
    {"replay", "pl", number, "pl", "CRS's blocking and detection paranoia level."},
    {"replay", "directive", texts, "directive", "Directives to append, which win."},
    {"replay", "recommended", flag, "recommended",
     "Load the engine's recommended configuration first."},
    {"replay", "front", text, "front",
     "The web server in front of the rules: none, httpd or nginx."},
    {"replay", "client", text, "client", "The client's IP:PORT where the traffic has none."},
    {"replay", "server", text, "server", "The server's IP:PORT where the traffic has none."},
    {"replay", "format", text, "format", "What to print: text, jsonl or json."},
    {"replay", "only", text, "only", "Which transactions to print: interrupted, matched or all."},
    {"replay", "all-matches", flag, "all-matches",
     "Also show matched rules that neither log nor audit."},
    {"replay", "audit-format", text, "audit-format", "Layout of audit records."},
    {"replay", "fail-on", text, "fail-on",
     "Exit with 1 when a transaction was, or would have been: none, interrupted or matched."},
    {"test", "set", texts, "set", "Variables to pin: tx.NAME=VALUE."},
    {"test", "pl", number, "pl", "CRS's blocking and detection paranoia level."},
    {"test", "directive", texts, "directive", "Directives to append, which win."},
    {"test", "recommended", flag, "recommended",
     "Load the engine's recommended configuration first."},
    {"test", "front", text, "front", "The web server in front of the rules: none, httpd or nginx."},
    {"test", "overrides", path, "overrides",
     "A platform's overrides, or the testoverride part of .ftw.yaml."},
    {"test", "filter", text, "filter",
     "Only tests whose RULE-TEST id matches this regular expression."},
    {"test", "format", text, "format", "What to print: text, json, junit or tap."},
};

std::vector<std::string_view> tables() {
  std::vector<std::string_view> names;
  for (const ConfigKey& key : kKeys) {
    if (!key.table.empty() && std::ranges::find(names, key.table) == names.end())
      names.push_back(key.table);
  }
  return names;
}

const ConfigKey* find_key(std::string_view table, std::string_view name) {
  const auto* const key = std::ranges::find_if(
      kKeys, [&](const ConfigKey& row) { return row.table == table && row.name == name; });
  return key == std::end(kKeys) ? nullptr : key;
}

/// One value of the file that an option gets.
struct Value {
  const ConfigKey* key;
  std::vector<std::string> words;
  toml::source_position at;
};

/// Reads the whole file, and reports everything that is wrong with it.
class Reader {
 public:
  /// `shown` is how messages call the file.
  Reader(const fs::path& file, std::string shown, Console& console)
      : folder_(file.parent_path()), shown_(std::move(shown)), console_(console) {}

  bool read(const std::string& path) {
    const Result<std::string> bytes = console_.files().read(path);
    if (!bytes) {
      console_.error(fmt::format("cannot read {} ({})", shown_, bytes.error().message));
      return false;
    }
    try {
      read_top(toml::parse(*bytes));
    } catch (const toml::parse_error& error) {
      add_fault(error.source().begin, std::string(error.description()));
    }
    return report();
  }

  void add_fault(toml::source_position at, const std::string& message) {
    faults_.emplace_back(at, message);
  }

  /// Prints the faults from top to bottom; whether there were none.
  bool report() {
    std::ranges::stable_sort(faults_, {}, [](const auto& fault) {
      return std::pair(fault.first.line, fault.first.column);
    });
    for (const auto& [at, message] : faults_) {
      console_.error_lines(
          fmt::format("{}:{}:{}: error: {}\n", shown_, at.line, at.column, message));
    }
    return std::exchange(faults_, {}).empty();
  }

  /// The rules of --ruleset, or of the only ruleset where no other rules are named. Null: there are
  /// none; a name that the file does not have is an error.
  const Value* ruleset(const std::string& name) {
    if (name.empty()) return named_.size() == 1 ? &named_.front().second : nullptr;
    const auto it = std::ranges::find(named_, name, [](const auto& each) { return each.first; });
    if (it != named_.end()) return &it->second;
    std::vector<std::string_view> names;
    for (const auto& [each, value] : named_) names.push_back(each);
    const std::string_view near = nearest(name, names, [](std::string_view each) { return each; });
    console_.error(fmt::format("--ruleset {}: {} has no [rulesets.{}]", parser::shown(name), shown_,
                               parser::shown(name)),
                   near.empty() ? "" : fmt::format("  help: did you mean {}?\n", near));
    return nullptr;
  }
  /// "crs, local"
  std::string ruleset_names() const {
    std::string names;
    for (const auto& [name, value] : named_) {
      names += (names.empty() ? "" : ", ") + parser::shown(name);
    }
    return names;
  }
  bool has_several_rulesets() const { return named_.size() > 1; }
  const std::vector<std::pair<std::string, Value>>& named_rulesets() const { return named_; }

  std::vector<Value> values;
  Config rest;

 private:
  void read_top(const toml::table& top) {
    for (const auto& [key, node] : top) {
      const std::string_view name = key.str();
      if (find_key("", name) != nullptr) {
        read_value(*find_key("", name), node);
      } else if (std::ranges::count(tables(), name) == 0) {
        unknown("", key);
      } else if (const toml::table* table = node.as_table()) {
        for (const auto& [inner, value] : *table) {
          const ConfigKey* row = find_key(name, inner.str());
          if (row == nullptr)
            unknown(name, inner);
          else
            read_value(*row, value);
        }
      } else {
        add_fault(node.source().begin, fmt::format("{} takes a table", name));
      }
    }
  }

  void unknown(std::string_view table, const toml::key& key) {
    std::vector<std::string_view> names =
        table.empty() ? tables() : std::vector<std::string_view>();
    std::string help;
    for (const ConfigKey& row : kKeys) {
      if (row.table == table)
        names.push_back(row.name);
      else if (row.name == key.str() && help.empty())
        help = row.table.empty() ? "it belongs above all tables"
                                 : fmt::format("it belongs to [{}]", row.table);
    }
    const std::string_view near =
        nearest(key.str(), names, [](std::string_view name) { return name; });
    if (!near.empty()) help = fmt::format("did you mean {}?", near);
    add_fault(key.source().begin,
              fmt::format("unknown {} \"{}\"{}{}", key_kind(table), parser::shown(key.str()),
                          help.empty() ? "" : "; ", help));
  }

  static std::string key_kind(std::string_view table) {
    return table.empty() ? "key" : fmt::format("key of [{}]", table);
  }

  void read_value(const ConfigKey& key, const toml::node& node) {
    Value value{&key, {}, node.source().begin};
    const bool fits = [&] {
      switch (key.type) {
        case text:
        case path:
          return read_text(key, node, value);
        case number:
          if (node.is_integer()) value.words.push_back(std::to_string(node.as_integer()->get()));
          return node.is_integer();
        case flag:
          if (node.is_boolean() && node.as_boolean()->get()) value.words.emplace_back("true");
          return node.is_boolean();
        case severities:
          return read_severities(node);
        case ignores:
          return read_ignores(node);
        case rulesets:
          return read_rulesets(node);
        default:
          return read_list(key, node, value);
      }
    }();
    if (!fits) {
      add_fault(node.source().begin, fmt::format("{} takes {}", key.name, describe(key.type)));
    } else if (!key.option.empty() && !value.words.empty()) {
      values.push_back(std::move(value));
    }
  }

  bool read_rulesets(const toml::node& node) {
    if (!node.is_table()) return false;
    static constexpr ConfigKey kRules{"rulesets", "rules", paths, "rules", ""};
    for (const auto& [name, ruleset] : *node.as_table()) {
      const toml::table* const table = ruleset.as_table();
      if (table == nullptr) {
        add_fault(
            ruleset.source().begin,
            fmt::format("rulesets.{} takes a table with the key rules", parser::shown(name.str())));
        continue;
      }
      Value value{&kRules, {}, ruleset.source().begin};
      for (const auto& [key, list] : *table) {
        if (key.str() != kRules.name) {
          add_fault(key.source().begin,
                    fmt::format("unknown key of [rulesets.{}] \"{}\"; it has rules",
                                parser::shown(name.str()), parser::shown(key.str())));
        } else if (!read_list(kRules, list, value)) {
          add_fault(list.source().begin, fmt::format("rules takes {}", describe(paths)));
        }
      }
      named_.emplace_back(name.str(), std::move(value));
    }
    return true;
  }

  bool read_text(const ConfigKey& key, const toml::node& node, Value& value) {
    if (!node.is_string()) return false;
    const std::string& word = node.as_string()->get();
    const bool is_path = key.type == path || key.type == paths;
    if (key.type == checks) check_selector(word, node);
    if (key.type == engines) {
      if (const auto engine = lint::parse_engine(word); !engine)
        add_fault(node.source().begin, engine.error().message);
    }
    value.words.push_back(is_path ? placed(word) : word);
    return true;
  }

  bool read_list(const ConfigKey& key, const toml::node& node, Value& value) {
    const toml::array* list = node.as_array();
    return list != nullptr && std::ranges::all_of(*list, [&](const toml::node& word) {
             return read_text(key, word, value);
           });
  }

  void check_selector(const std::string& selector, const toml::node& node) {
    if (const std::string fault = lint::fault_of_selector(selector); !fault.empty()) {
      add_fault(node.source().begin, fault);
    }
  }

  bool read_severities(const toml::node& node) {
    if (!node.is_table()) return false;
    for (const auto& [key, value] : *node.as_table()) {
      const std::string check(key.str());
      if (lint::find_check(check) == nullptr) {
        const std::string fault = lint::fault_of_selector(check);
        add_fault(key.source().begin,
                  fault.empty() ? fmt::format("{} are many checks: name one", parser::shown(check))
                                : fault);
        continue;
      }
      const std::string* word = value.is_string() ? &value.as_string()->get() : nullptr;
      const auto level = word == nullptr ? std::nullopt : severity_named(*word);
      if (!level) {
        add_fault(value.source().begin, "a severity is error, warning, info or off");
        continue;
      }
      rest.severities.push_back({check, *level});
    }
    return true;
  }

  static std::optional<std::optional<parser::Severity>> severity_named(std::string_view name) {
    for (const parser::Severity level :
         {parser::Severity::info, parser::Severity::warning, parser::Severity::error}) {
      if (name == parser::to_string(level)) return level;
    }
    if (name == "off") return std::optional<parser::Severity>();
    return std::nullopt;
  }

  bool read_ignores(const toml::node& node) {
    if (!node.is_table()) return false;
    static constexpr ConfigKey kList{"", "a glob of per-file-ignores", checks, "", ""};
    for (const auto& [key, list] : *node.as_table()) {
      Value selectors{&kList, {}, {}};
      if (!read_list(kList, list, selectors)) {
        add_fault(list.source().begin, fmt::format("{} takes {}", kList.name, describe(checks)));
        continue;
      }
      std::string glob(key.str());
      if (glob.find('/') != std::string::npos && !glob.starts_with('/')) {
        glob = (fs::weakly_canonical(folder_) / glob).string();
      }
      rest.per_file_ignores.push_back({std::move(glob), std::move(selectors.words)});
    }
    return true;
  }

  /// A path of the file as this run would call it.
  std::string placed(const std::string& word) const {
    const fs::path prefix = shortest(folder_);
    if (word.starts_with('/') || prefix.empty()) return word;
    std::string folder = prefix.string();
    if (!parser::has_glob(word)) return (fs::path(folder) / word).lexically_normal().string();
    std::string escaped;  // a folder's name is no pattern
    for (const char c : folder) {
      if (c == '*' || c == '?' || c == '[' || c == '\\') escaped += '\\';
      escaped += c;
    }
    return escaped + "/" + word;
  }

 public:
  /// A path below the working directory from there, empty for itself; else as it is.
  static fs::path shortest(const fs::path& path) {
    std::error_code error;
    const fs::path below = path.lexically_relative(fs::current_path(error));
    if (error || below.empty() || *below.begin() == "..") return path;
    return below == "." ? fs::path() : below;
  }

 private:
  const fs::path folder_;
  const std::string shown_;
  Console& console_;
  std::vector<std::pair<std::string, Value>> named_;  ///< rulesets
  std::vector<std::pair<toml::source_position, std::string>> faults_;
};

/// The option that takes rules: --rules, --new of two, or the inputs where they are rules.
CLI::Option* rules_option(CLI::App& command) {
  for (const char* const name : {"--rules", "--new", "RULES"}) {
    if (CLI::Option* const option = command.get_option_no_throw(name)) return option;
  }
  return nullptr;
}

CLI::Option* option_of(CLI::App& command, const ConfigKey& key) {
  if (!key.table.empty() && command.get_name() != key.table) return nullptr;
  if (key.option == "rules") return rules_option(command);
  // The option of that name in lint is a list of engines that the rules must suit.
  if (key.table.empty() && key.option == "engine" && command.get_name() == "lint") return nullptr;
  return command.get_option_no_throw("--" + std::string(key.option));
}

void set_option(CLI::Option& option, const std::vector<std::string>& words) {
  for (const std::string& word : words) option.add_result(word);
  option.run_callback();
}

std::optional<fs::path> upward_from(fs::path folder) {
  std::error_code error;
  folder = fs::weakly_canonical(fs::absolute(folder, error), error);
  while (!fs::is_directory(folder, error) && folder.has_relative_path())
    folder = folder.parent_path();
  for (;; folder = folder.parent_path()) {
    const fs::path file = folder / kConfigFileName;
    // What is there and no file is an error when it is read.
    if (fs::exists(file, error) && !fs::is_directory(file, error)) return file;
    if (!folder.has_relative_path()) return std::nullopt;
  }
}

std::optional<fs::path> find_file(const CLI::Option* rules) {
  if (rules != nullptr && rules->count() != 0 && rules->results()[0] != "-") {
    if (auto file = upward_from(rules->results()[0])) return file;
  }
  return upward_from(".");
}

/// WAFCHECK_CRS is read where the option is used.
bool from_environment(const ConfigKey& key) {
  const char* crs = key.option == "crs" ? std::getenv("WAFCHECK_CRS") : nullptr;
  return crs != nullptr && *crs != '\0';
}

void take_environment(CLI::Option* rules) {
  const char* value = std::getenv("WAFCHECK_RULES");
  if (rules == nullptr || rules->count() != 0 || value == nullptr) return;
  std::vector<std::string> words;
  for (std::string_view list = value; !list.empty();) {
    const size_t colon = list.find(':');
    if (colon != 0) words.emplace_back(list.substr(0, colon));
    list = colon == std::string_view::npos ? std::string_view() : list.substr(colon + 1);
  }
  if (!words.empty()) set_option(*rules, words);
}

/// Gives the rules of a ruleset of the file to the option that takes rules. False: it has none
/// such.
bool take_ruleset(CLI::Option* rules, const std::string& name, Reader& reader, Console& console) {
  const bool other = std::ranges::any_of(
      reader.values, [](const Value& value) { return value.key->option == "rules"; });
  if (name.empty() && (other || rules == nullptr || rules->count() != 0)) return true;
  if (name.empty() && reader.has_several_rulesets()) {
    console.note(
        fmt::format("--ruleset chooses rules of the configuration: {}", reader.ruleset_names()));
    return true;
  }
  const Value* const ruleset = reader.ruleset(name);
  if (ruleset == nullptr) return name.empty();
  if (rules == nullptr) {
    console.error("--ruleset: this command takes no rules");
    return false;
  }
  if (rules->count() != 0) {
    console.error("--ruleset: rules are named besides it");
    return false;
  }
  set_option(*rules, ruleset->words);
  console.files().distrust(ruleset->words);
  return true;
}

}  // namespace

std::string_view describe(ConfigType type) {
  switch (type) {
    case text:
      return "a text";
    case number:
      return "a number";
    case flag:
      return "true or false";
    case path:
      return "a path";
    case paths:
      return "a list of paths";
    case texts:
      return "a list of texts";
    case checks:
      return "a list of checks";
    case engines:
      return "a list of engines";
    case severities:
      return "a table of checks and severities";
    case ignores:
      return "a table of globs and lists of checks";
    case rulesets:
      return "a table of rulesets";
  }
  return "";
}

std::span<const ConfigKey> config_keys() {
  return kKeys;
}

const std::vector<std::string>& ProjectConfig::words(const std::string& key) const {
  static const std::vector<std::string> kNone;
  const auto it = values.find(key);
  return it == values.end() ? kNone : it->second;
}

std::optional<ProjectConfig> read_project_config(const std::string& path, Console& console) {
  Reader reader(path, path, console);
  if (!reader.read(path)) return std::nullopt;
  ProjectConfig project;
  for (const auto& [name, rules] : reader.named_rulesets()) {
    project.rulesets.emplace_back(name, rules.words);
  }
  for (const Value& value : reader.values) {
    const ConfigKey& key = *value.key;
    if (key.table.empty() && key.name == "rules") {
      project.rulesets.emplace_back(std::string(), value.words);
    } else {
      project.values[key.table.empty() ? std::string(key.name)
                                       : fmt::format("{}.{}", key.table, key.name)] = value.words;
    }
  }
  project.rest = std::move(reader.rest);
  project.rest.path = path;
  return project;
}

bool configure(CLI::App& command, GlobalOptions& global, Console& console) {
  CLI::Option* const rules = rules_option(command);
  take_environment(rules);
  if (global.no_config) return true;
  std::optional<fs::path> file;
  if (!global.config.empty()) {
    std::error_code error;
    file = fs::absolute(global.config, error).lexically_normal();
  } else {
    file = find_file(rules);
  }
  if (!file) {
    if (global.ruleset.empty()) return true;
    console.error(fmt::format("--ruleset {}: there is no {}", global.ruleset, kConfigFileName));
    return false;
  }
  const std::string shown =
      global.config.empty() ? Reader::shortest(*file).string() : global.config;
  console.files().name_file(file->string());
  Reader reader(*file, shown, console);
  bool good = reader.read(file->string());
  if (good && !take_ruleset(rules, global.ruleset, reader, console)) return false;
  for (const Value& value : reader.values) {
    CLI::Option* option = option_of(command, *value.key);
    if (!good) break;
    if (option == nullptr || option->count() != 0 || from_environment(*value.key)) continue;
    try {
      set_option(*option, value.words);
      console.files().distrust(value.words);
    } catch (const CLI::Error& error) {
      reader.add_fault(value.at, error.what());
    }
  }
  good = reader.report() && good;
  global.file = std::move(reader.rest);
  global.file.path = shown;
  if (good && global.verbose) console.note(fmt::format("configured by {}", shown));
  return good;
}

}  // namespace wafcheck::cli
