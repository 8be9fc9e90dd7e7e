#pragma once
// Applies fixes: edits are made in memory, and the result is loaded and checked again, until there
// is nothing left to fix. The caller writes the files.

#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "lint/checks/check.h"
#include "parser/diagnostic.h"
#include "parser/ruleset/ruleset.h"

namespace wafcheck::lint::inline fixes {

/// Another file system with the contents of some files replaced.
class Overlay : public parser::FileSystem {
 public:
  explicit Overlay(parser::FileSystem& below) : below_(below) {}

  /// Replaces the contents of a file, whatever path it is read by.
  void put(const std::string& path, std::string bytes);

  Result<std::string> read(const std::string& path) override;
  bool is_directory(const std::string& path) override { return below_.is_directory(path); }
  std::vector<std::string> glob(const std::string& pattern) override {
    return below_.glob(pattern);
  }
  /// The canonical path; "-" (standard input) is returned unchanged.
  std::string canonical(const std::string& path) override;
  std::shared_ptr<const parser::Embedding> embedding(const std::string& path) override {
    return below_.embedding(path);
  }

 private:
  parser::FileSystem& below_;
  std::map<std::string, std::string> contents_;  ///< by canonical path
};

struct FixedFile {
  std::string path;  ///< as it was loaded
  std::string before, after;
  size_t fixed = 0;  ///< findings
};

struct Fixed {
  std::vector<FixedFile> files;  ///< those that changed, in load order
  /// Files that are not changed because fixing them would cause new errors.
  std::vector<std::string> dropped;
  parser::RulesetModel ruleset;  ///< after fixing
  Examination left;              ///< its remaining findings, and the number of fixed ones
};

/// The maximum number of rounds; a fix may make another one possible.
inline constexpr int kMaxFixRounds = 10;

/// Applies the fixes of findings. A fix is applied as a whole or not at all; of fixes that overlap,
/// or are from different checks in one directive, one is applied per round. No file ends with more
/// errors than it had. Only inputs, and included files in the folder of an input or below it, are
/// changed. `load` loads the ruleset through the file system it gets, which overlays `files`;
/// `unsafe` also applies unsafe fixes.
Fixed fix(parser::FileSystem& files,
          const std::function<parser::RulesetModel(parser::FileSystem&)>& load, Options options,
          bool unsafe);

}  // namespace wafcheck::lint::inline fixes
