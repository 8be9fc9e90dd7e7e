#include "parser/ruleset/includes.h"

#include <algorithm>
#include <iterator>
#include <utility>

#include "parser/ruleset/files.h"

namespace wafcheck::parser::inline ruleset {

Found Finder::include(std::string_view from, const std::string& name) const {
  if (auto places = alias(name)) {
    Found found = find(*places);
    if (places->empty()) found.tried.emplace_back(name, kPlaceUnknown);
    return found;
  }
  // Standard input is for the command line.
  return find(places_of(from, name == "-" ? "./-" : name));
}

std::vector<FoundFile> Finder::below(const std::string& directory) const {
  std::vector<std::string> paths;
  std::string folders = directory_pattern(directory);
  for (int level = 0; level < 3; ++level) {
    folders += "*/";
    std::ranges::move(files_.glob(folders + "*.conf"), std::back_inserter(paths));
  }
  std::ranges::sort(paths);
  std::vector<FoundFile> found;
  for (std::string& path : paths) {
    if (!files_.is_directory(path)) found.push_back({std::move(path), std::nullopt});
  }
  return found;
}

/// Coraza's names for rules that come with a connector.
std::optional<std::vector<std::string>> Finder::alias(const std::string& name) const {
  const auto shipped = [&](std::string_view file, std::vector<std::string>& places) {
    if (!options_.shipped_rules.empty()) {
      places.push_back(options_.shipped_rules + "/" + std::string(file));
    }
  };
  const auto crs = [&](std::string_view file, std::vector<std::string>& places) {
    if (!options_.crs.empty()) places.push_back(options_.crs + "/" + std::string(file));
  };
  std::vector<std::string> places;
  if (name == "@owasp_crs" || name.starts_with("@owasp_crs/")) {
    const std::string rest = name.substr(std::string_view("@owasp_crs").size());
    if (options_.crs.empty()) return places;
    // The directory may be that of the rules or the one above.
    places = {options_.crs + "/rules" + rest, options_.crs + rest};
    return places;
  }
  if (name == "@crs-setup-conf" || name == "@crs-setup.conf.example") {
    crs("crs-setup.conf", places);
    crs("crs-setup.conf.example", places);
    crs("../crs-setup.conf", places);
    crs("../crs-setup.conf.example", places);
    // Debian's package keeps the setup apart from the rules.
    if (options_.crs.starts_with(kPackagedCrs)) places.emplace_back(kPackagedCrsSetup);
    shipped("crs-setup.conf", places);
    return places;
  }
  if (name == "@recommended-conf" || name == "@coraza.conf-recommended") {
    shipped("wafcheck/recommended.conf", places);
    return places;
  }
  return std::nullopt;
}

Found Finder::find(const std::vector<std::string>& places) const {
  Found found;
  for (const std::string& place : places) {
    if (take(place, found)) break;
  }
  return found;
}

bool Finder::take(const std::string& place, Found& found) const {
  const auto take_all = [&](const std::vector<std::string>& paths) {
    for (const std::string& path : paths) {
      if (!files_.is_directory(path)) found.files.push_back({path, std::nullopt});
    }
    found.matched = true;
    return true;
  };
  if (place != "-" && files_.is_directory(place)) {
    return take_all(rules_in_directory(files_, place));
  }
  Result<std::string> bytes = files_.read(place);
  if (bytes) {
    found.files.push_back({place, std::move(*bytes)});
    return found.matched = true;
  }
  if (has_glob(place)) {
    const std::vector<std::string> paths = files_.glob(place);
    if (!paths.empty()) return take_all(paths);
    found.tried.emplace_back(place, kNoFileMatches);
  } else {
    found.tried.emplace_back(place, bytes.error().message);
  }
  return false;
}

}  // namespace wafcheck::parser::inline ruleset
