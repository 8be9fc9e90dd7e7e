#pragma once
// Rules as they were committed: git:REVISION:PATH. The tree is read with git, and nothing is
// checked out.

#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "parser/base/result.h"
#include "parser/ruleset.h"

namespace wafcheck::cli::inline diff {

/// "git:REVISION[:PATH]" in its parts. As in git, PATH counts from the top of the repository, or
/// with "./" or "../" from the working directory.
struct RevisionPath {
  std::string revision;
  std::string path;  ///< empty: none is named
};
bool is_revision(std::string_view input);
RevisionPath parse_revision(std::string_view input);

/// The files of one revision. Paths are "git:REVISION:PATH". What rules name without that prefix,
/// and what stands in the repository, is read at the revision too; only other absolute paths are
/// read through the file system below. Thread-safe.
class RevisionFiles : public parser::FileSystem {
 public:
  /// Opens the repository around the working directory. An error says what git said.
  static Result<std::unique_ptr<RevisionFiles>> open(const std::string& revision,
                                                     parser::FileSystem& below);

  /// A path below the working directory, or "git:REVISION:PATH", as read() takes it.
  std::string name_of(const std::string& input) const;

  // parser::FileSystem
  Result<std::string> read(const std::string& path) override;
  bool is_directory(const std::string& path) override;
  std::vector<std::string> glob(const std::string& pattern) override;
  std::string canonical(const std::string& path) override;

 private:
  struct Entry {
    std::string mode, object;
  };

  RevisionFiles(std::string revision, parser::FileSystem& below)
      : revision_(std::move(revision)), prefix_("git:" + revision_ + ":"), below_(below) {}

  /// The path in the tree; nothing: it is outside of the repository.
  std::optional<std::string> in_tree(const std::string& path) const;
  std::string shown(const std::string& in_tree) const;
  /// Where symbolic links lead, which stay in the tree.
  Result<const Entry*> find(std::string path);
  Result<std::string> read_object(const std::string& object);

  const std::string revision_;
  const std::string prefix_;
  parser::FileSystem& below_;
  std::string top_;     ///< of the working tree
  std::string folder_;  ///< the working directory in it: "" or "rules/"
  std::map<std::string, Entry> tree_;
  std::mutex mutex_;
  std::map<std::string, std::string> objects_;  ///< that were read
};

}  // namespace wafcheck::cli::inline diff
