#include "wasm/playground/memory_files.h"

#include <fnmatch.h>

#include <utility>

#include "parser/base/path.h"

namespace wafcheck::wasm::playground {

void MemoryFiles::put(const std::string& path, std::string bytes) {
  files_.insert_or_assign(canonical(path), std::move(bytes));
}

void MemoryFiles::remove_below(const std::string& directory) {
  const std::string prefix = canonical(directory) + "/";
  std::erase_if(files_, [&](const auto& file) { return file.first.starts_with(prefix); });
}

Result<std::string> MemoryFiles::read(const std::string& path) {
  const auto found = files_.find(canonical(path));
  if (found != files_.end()) return found->second;
  if (is_directory(path)) return fail("Is a directory");
  return fail("No such file: the playground has only its own files");
}

bool MemoryFiles::is_directory(const std::string& path) {
  const std::string prefix = canonical(path) + "/";
  const auto after = files_.lower_bound(prefix);
  return after != files_.end() && after->first.starts_with(prefix);
}

std::vector<std::string> MemoryFiles::glob(const std::string& pattern) {
  std::vector<std::string> paths;
  for (const auto& [path, bytes] : files_) {
    if (fnmatch(pattern.c_str(), path.c_str(), FNM_PATHNAME | FNM_PERIOD) == 0) {
      paths.push_back(path);
    }
  }
  return paths;
}

std::string MemoryFiles::canonical(const std::string& path) {
  return normal_path(path);
}

}  // namespace wafcheck::wasm::playground
