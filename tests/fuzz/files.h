#pragma once
// Rules files in memory, for targets that load rules.

#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "parser/ruleset.h"

namespace wafcheck::fuzz {

/// Files by name, and nothing else; counts what is read.
class MemoryFiles : public parser::FileSystem {
 public:
  void put(std::string name, std::string_view bytes) { files_[std::move(name)] = bytes; }

  Result<std::string> read(const std::string& path) override {
    ++reads_;
    const auto found = files_.find(path);
    if (found == files_.end()) return fail("No such file or directory");
    return found->second;
  }
  bool is_directory(const std::string&) override { return false; }
  /// Every '*' pattern names all files that begin as it does.
  std::vector<std::string> glob(const std::string& pattern) override {
    const std::string_view stem = std::string_view(pattern).substr(0, pattern.find('*'));
    std::vector<std::string> names;
    for (const auto& [name, bytes] : files_) {
      if (name.starts_with(stem)) names.push_back(name);
    }
    return names;
  }
  std::string canonical(const std::string& path) override { return path; }

  size_t reads() const { return reads_; }

 private:
  std::map<std::string, std::string, std::less<>> files_;
  size_t reads_ = 0;
};

}  // namespace wafcheck::fuzz
