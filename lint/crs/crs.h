#pragma once
// What the Core Rule Set's ids and file names say.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "parser/ruleset.h"

namespace wafcheck::lint {

/// Rules that CRS ships; 900000 to 900999 are the settings and exclusions of whoever runs it.
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
/// Files that prepare and conclude, and detect nothing themselves.
constexpr bool is_administrative(uint64_t file) {
  return file == 901 || file == 905 || file == 949 || file == 959 || file >= 980;
}

/// REQUEST-942-APPLICATION-ATTACK-SQLI.conf
struct CrsFile {
  bool response = false;
  uint64_t number = 0;
  std::string tag;  ///< "OWASP_CRS/ATTACK-SQLI"
};
/// Nothing where `path` is not named as CRS names its files.
std::optional<CrsFile> crs_file(std::string_view path);

/// The path of the file that holds a rule.
const std::string& path_of(const parser::Ruleset& ruleset, const parser::Rule& rule);

/// The id of a rule that starts a chain or stands alone, if CRS ships such.
std::optional<uint64_t> crs_id(const parser::Rule& rule);

/// Whether CRS is among what is loaded.
bool holds_crs(const parser::Ruleset& ruleset);

}  // namespace wafcheck::lint
