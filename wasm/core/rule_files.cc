#include "wasm/core/rule_files.h"

#include <fmt/format.h>
#include <fnmatch.h>

#include <algorithm>

namespace wafcheck::wasm::inline core {

RuleFiles::RuleFiles() {
  for (const BuiltIn& file : own_files()) {
    built_in_.emplace(fmt::format("{}/{}", kOwn, file.name), file.text);
  }
  for (const BuiltIn& file : crs_files()) {
    built_in_.emplace(fmt::format("{}/{}", kCrs, file.name), file.text);
  }
  // Names of coraza-proxy-wasm for setups of its own, which tests of CRS want.
  const auto alias = [this](const char* name, std::string_view file) {
    built_in_.emplace(name, built_in_.at(fmt::format("{}/{}", kOwn, file)));
  };
  alias("@demo-conf", "demo.conf");
  alias("@crs-setup-demo-conf", "crs-setup-demo.conf");
  alias("@ftw-conf", "ftw.conf");
}

Result<std::string> RuleFiles::read(const std::string& path) {
  if (const auto text = texts_.find(path); text != texts_.end()) return text->second;
  if (const auto file = built_in_.find(path); file != built_in_.end()) {
    return std::string(file->second);
  }
  return fail("it is not built into this module, which reads no other files");
}

bool RuleFiles::is_directory(const std::string& path) {
  const std::string inside = path.ends_with('/') ? path : path + "/";
  const auto first = built_in_.lower_bound(inside);
  return first != built_in_.end() && first->first.starts_with(inside);
}

std::vector<std::string> RuleFiles::glob(const std::string& pattern) {
  std::vector<std::string> paths;
  for (const auto& [path, text] : built_in_) {
    if (fnmatch(pattern.c_str(), path.c_str(), FNM_PATHNAME) == 0) paths.push_back(path);
  }
  return paths;  // in the order of their bytes, as the map has them
}

}  // namespace wafcheck::wasm::inline core
