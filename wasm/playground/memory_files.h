#pragma once
// Files in memory, by path: a browser has no disk.

#include <map>
#include <string>
#include <vector>

#include "parser/ruleset.h"

namespace wafcheck::wasm::playground {

/// A directory is what a path has before a slash.
class MemoryFiles : public parser::FileSystem {
 public:
  void put(const std::string& path, std::string bytes);
  /// Removes what is below a directory.
  void remove_below(const std::string& directory);

  Result<std::string> read(const std::string& path) override;
  bool is_directory(const std::string& path) override;
  std::vector<std::string> glob(const std::string& pattern) override;
  std::string canonical(const std::string& path) override;

 private:
  std::map<std::string, std::string> files_;  ///< by canonical path
};

}  // namespace wafcheck::wasm::playground
