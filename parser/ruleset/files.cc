#include "parser/ruleset/files.h"

#include <fmt/format.h>

#include <utility>

namespace wafcheck::parser::inline ruleset {

std::vector<std::string> places_of(std::string_view from_file, const std::string& path) {
  const size_t slash = from_file.rfind('/');
  if (path.starts_with('/') || slash == std::string_view::npos) return {path};
  return {std::string(from_file.substr(0, slash + 1)) + path, path};
}

bool is_script(std::string_view path) {
  return path.ends_with(".lua");
}

bool has_glob(std::string_view path) {
  return path.find_first_of("*?[") != std::string_view::npos;
}

std::string directory_pattern(std::string_view directory) {
  std::string pattern;
  for (const char c : directory) {
    // A directory's name is no pattern.
    if (c == '*' || c == '?' || c == '[' || c == '\\') pattern += '\\';
    pattern += c;
  }
  if (!pattern.ends_with('/')) pattern += '/';
  return pattern;
}

std::vector<std::string> rules_in_directory(FileSystem& files, const std::string& directory) {
  return files.glob(directory_pattern(directory) + "*.conf");
}

std::string tried(const std::vector<std::pair<std::string, std::string>>& places) {
  std::string out;
  for (const auto& [path, reason] : places) {
    out += fmt::format("{}{} ({})", out.empty() ? "" : ", ", path, reason);
  }
  return out;
}

std::vector<std::string> places_of(const RulesetModel& ruleset, Span at, const std::string& path) {
  const std::string_view from =
      at.file == kNoFile ? std::string_view() : std::string_view(ruleset.sources[at.file].path);
  return places_of(from, path);
}

Result<std::string> read_data_file(const RulesetModel& ruleset, FileSystem& files, Span at,
                                   const std::string& path) {
  std::vector<std::pair<std::string, std::string>> failed;
  for (const std::string& place : places_of(ruleset, at, path)) {
    Result<std::string> bytes = files.read(place);
    if (bytes) return bytes;
    failed.emplace_back(place, bytes.error().message);
  }
  return fail(fmt::format("cannot read {}: {}", path, tried(failed)));
}

}  // namespace wafcheck::parser::inline ruleset
