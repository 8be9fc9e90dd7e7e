#pragma once
// Putting fixes to use: edits are applied in memory, the result is read and checked again, and so
// on until nothing is left to fix. Writing files is the caller's.

#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "lint/check.h"
#include "parser/diagnostic.h"
#include "parser/ruleset.h"

namespace wafcheck::lint {

/// `bytes` with the edits made; they are of one file and do not overlap, in any order.
std::string with_edits(std::string_view bytes, std::vector<parser::Edit> edits);

/// The files of another file system, some with other contents.
class Overlay : public parser::FileSystem {
 public:
  explicit Overlay(parser::FileSystem& below) : below_(below) {}

  /// `path` reads as `bytes` from now on, whatever it is called.
  void put(const std::string& path, std::string bytes);

  Result<std::string> read(const std::string& path) override;
  bool is_directory(const std::string& path) override { return below_.is_directory(path); }
  std::vector<std::string> glob(const std::string& pattern) override {
    return below_.glob(pattern);
  }
  /// Of "-", standard input: "-".
  std::string canonical(const std::string& path) override;

 private:
  parser::FileSystem& below_;
  std::map<std::string, std::string> contents_;  ///< by canonical path
};

struct FixedFile {
  std::string path;  ///< as it was loaded
  std::string before, after;
};

struct Fixed {
  std::vector<FixedFile> files;  ///< those that changed, in load order
  /// Files that are left alone because fixing them would have made new errors.
  std::vector<std::string> dropped;
  parser::Ruleset ruleset;  ///< as it is now
  Examination left;              ///< what is still to be said of it, and how much was fixed
};

/// Fixes at most so often one after another; a fix may make another one possible.
inline constexpr int kMaxFixRounds = 10;

/// Applies the fixes of findings. A fix is made as a whole or not at all; of those that overlap,
/// one is made a round, and so are those of different checks in one directive. No file ends with
/// more errors than it had. Changed are the inputs, and of the files that they include those that
/// stand in the folder of an input or below it. `load` loads the ruleset through the file system
/// it is given, over `files`; `unsafe` makes unsafe fixes too.
Fixed fix(parser::FileSystem& files,
          const std::function<parser::Ruleset(parser::FileSystem&)>& load, Options options,
          bool unsafe);

}  // namespace wafcheck::lint
