#pragma once
// The meaning of the Core Rule Set's ids and file names.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "parser/ruleset/ruleset.h"

namespace wafcheck::lint::inline checks {

/// Rules that CRS ships; 900000 to 900999 are for the settings and exclusions of its users.
constexpr bool is_crs_id(uint64_t id) {
  return 901'000 <= id && id <= 999'999;
}
/// Reserved for plugins. Source: the registry of CRS's plugins.
constexpr bool is_plugin_id(uint64_t id) {
  return 9'500'000 <= id && id <= 9'999'999;
}
constexpr uint64_t crs_file_number(uint64_t id) {
  return id / 1000;
}
/// Rules below 100 in a file steer by paranoia level.
constexpr bool is_control_id(uint64_t id) {
  return id % 1000 < 100;
}
/// Files that initialise and evaluate scores, but detect nothing themselves.
constexpr bool is_administrative(uint64_t file) {
  return file == 901 || file == 905 || file == 949 || file == 959 || file >= 980;
}

/// REQUEST-942-APPLICATION-ATTACK-SQLI.conf
struct CrsFile {
  bool response = false;
  uint64_t number = 0;
  std::string tag;  ///< "OWASP_CRS/ATTACK-SQLI"
};
/// Nullopt if `path` does not follow CRS's naming.
std::optional<CrsFile> crs_file(std::string_view path);

/// The path of the file of a rule.
const std::string& path_of(const parser::RulesetModel& ruleset, const parser::Rule& rule);

/// The id of a starter, if it is in CRS's range.
std::optional<uint64_t> crs_id(const parser::Rule& rule);

/// Whether rules of CRS are loaded.
bool holds_crs(const parser::RulesetModel& ruleset);

/// Whether these are files of CRS or of a plugin without the one that initialises CRS: what they
/// share with the rest cannot be judged.
bool is_part_of_crs(const parser::RulesetModel& ruleset);
/// Whether a rule may be one of CRS's that are not loaded.
bool may_be_elsewhere(const parser::RulesetModel& ruleset, uint64_t id);
/// The same of the rules with a tag.
bool may_be_elsewhere(const parser::RulesetModel& ruleset, std::string_view tag);

}  // namespace wafcheck::lint::inline checks
