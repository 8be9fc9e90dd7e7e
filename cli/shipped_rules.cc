#include "cli/shipped_rules.h"

#include <fmt/format.h>
#include <fnmatch.h>

#include <algorithm>

namespace wafcheck::cli {
namespace {

std::string path_of(const ShippedFile& file) {
  return fmt::format("{}/{}", kShippedRules, file.name);
}

}  // namespace

bool is_shipped(std::string_view path) {
  return path.starts_with(kShippedRules) &&
         (path.size() == kShippedRules.size() || path[kShippedRules.size()] == '/');
}

Result<std::string> read_shipped(std::string_view path) {
  for (const ShippedFile& file : shipped_files()) {
    if (path == path_of(file)) return std::string(file.text);
  }
  return fail("there is no such file in the program");
}

std::vector<std::string> glob_shipped(const std::string& pattern) {
  std::vector<std::string> paths;
  for (const ShippedFile& file : shipped_files()) {
    std::string path = path_of(file);
    if (fnmatch(pattern.c_str(), path.c_str(), FNM_PATHNAME) == 0) paths.push_back(std::move(path));
  }
  std::ranges::sort(paths);
  return paths;
}

bool is_shipped_directory(std::string_view path) {
  if (!is_shipped(path)) return false;
  std::string folder(path);
  if (!folder.ends_with('/')) folder += '/';
  return std::ranges::any_of(
      shipped_files(), [&](const ShippedFile& file) { return path_of(file).starts_with(folder); });
}

}  // namespace wafcheck::cli
