#include "lint/checks/crs/crs.h"

#include <algorithm>

#include "parser/base/ascii.h"

namespace wafcheck::lint::inline checks {

std::optional<CrsFile> crs_file(std::string_view path) {
  std::string_view name = path.substr(path.find_last_of('/') + 1);
  const size_t dot = name.find('.');
  name = name.substr(0, dot);
  CrsFile file;
  if (name.starts_with("RESPONSE-")) {
    file.response = true;
    name.remove_prefix(9);
  } else if (name.starts_with("REQUEST-")) {
    name.remove_prefix(8);
  } else {
    return std::nullopt;
  }
  if (name.size() < 5 || name[3] != '-') return std::nullopt;
  for (const char c : name.substr(0, 3)) {
    if (!is_digit(static_cast<unsigned char>(c))) return std::nullopt;
    file.number = file.number * 10 + static_cast<uint64_t>(c - '0');
  }
  name.remove_prefix(4);
  constexpr std::string_view kApplication = "APPLICATION-";
  if (name.starts_with(kApplication)) name.remove_prefix(kApplication.size());
  file.tag = "OWASP_CRS/" + std::string(name);
  return file;
}

const std::string& path_of(const parser::RulesetModel& ruleset, const parser::Rule& rule) {
  return ruleset.sources[rule.span.file].path;
}

std::optional<uint64_t> crs_id(const parser::Rule& rule) {
  return rule.is_starter() && rule.id && is_crs_id(*rule.id) ? rule.id : std::nullopt;
}

bool holds_crs(const parser::RulesetModel& ruleset) {
  return std::ranges::any_of(ruleset.rules, [](const parser::Rule& rule) {
    return crs_id(rule) && crs_file_number(*rule.id) == 901;
  });
}

bool is_part_of_crs(const parser::RulesetModel& ruleset) {
  return !holds_crs(ruleset) && std::ranges::any_of(ruleset.rules, [](const parser::Rule& rule) {
    return rule.id && (is_crs_id(*rule.id) || is_plugin_id(*rule.id));
  });
}

bool may_be_elsewhere(const parser::RulesetModel& ruleset, uint64_t id) {
  if (!is_crs_id(id)) return is_plugin_id(id) && is_part_of_crs(ruleset);
  return std::ranges::none_of(ruleset.rules, [&](const parser::Rule& rule) {
    return rule.id && is_crs_id(*rule.id) &&
           (crs_file_number(*rule.id) == crs_file_number(id) || crs_file_number(*rule.id) == 901);
  });
}

bool may_be_elsewhere(const parser::RulesetModel& ruleset, std::string_view tag) {
  constexpr std::string_view kFamilies[] = {"OWASP_CRS", "attack-",   "paranoia-level",
                                            "language-", "platform-", "application-"};
  return std::ranges::any_of(kFamilies,
                             [&](std::string_view family) { return tag.starts_with(family); }) &&
         std::ranges::none_of(ruleset.rules,
                              [](const parser::Rule& rule) { return crs_id(rule).has_value(); });
}

}  // namespace wafcheck::lint::inline checks
