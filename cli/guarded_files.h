#pragma once
// The files that a run reads: only those below one directory where that is asked for, and none of
// them is an output too.

#include <mutex>
#include <set>
#include <string>
#include <vector>

#include "cli/output_file.h"
#include "parser/ruleset.h"

namespace wafcheck::cli {

class GuardedFiles : public parser::FileSystem {
 public:
  /// From now on only files below `root` are read, wherever symbolic links lead, and those that
  /// allow() permits. Fails where `root` is no directory.
  Result<void> stay_in(const std::string& root);
  /// Permits a file, or a directory and what is below it; its text is not shown to anyone.
  void allow(const std::string& path);
  /// The same for what is no secret. An empty path is none.
  void allow_shown(const std::string& path);
  /// Takes back what allow_shown() permitted.
  void forbid(const std::string& path);
  /// An input as the user names it: a place outside of the root that is named as such is permitted,
  /// and may be a pipe. A link inside that leads out is not.
  void name(const std::string& input);

  /// A file that the user names, or that is found above what the user named; what stands beside it
  /// is not permitted with it. A link inside the root that leads out is not.
  void name_file(const std::string& path);

  /// Inputs that a configuration file names, which is no word of the user's: name() does nothing
  /// for them.
  void distrust(const std::vector<std::string>& inputs);

  /// An error where `path` leads out of the root. Reading `path` by other means begins here.
  Result<void> check(const std::string& path);
  /// Notes a file that is read by other means.
  void note(const std::string& path);

  /// A finding as it may be shown: one in a file that is permitted by allow() alone says what was
  /// looked for there, and nothing of what the file holds.
  parser::Diagnostic without_private(const parser::Diagnostic& finding,
                                     const parser::Sources& sources) const;
  bool was_read(const FileIdentity& file) const;

  // parser::FileSystem
  Result<std::string> read(const std::string& path) override;
  bool is_directory(const std::string& path) override;
  std::vector<std::string> glob(const std::string& pattern) override;
  std::string canonical(const std::string& path) override;

 private:
  bool is_private(const std::string& path) const;
  /// The root may itself be reached by a link, which is no way out.
  bool is_inside(const std::string& folder);

  std::string root_;                  ///< canonical; empty: none
  std::vector<std::string> allowed_;  ///< canonical
  std::vector<std::string> named_;    ///< canonical, of inputs outside of the root
  std::set<std::string> distrusted_;
  std::set<std::string> streams_;  ///< named inputs that are no regular files
  mutable std::mutex mutex_;       ///< of read_: operators read their files in any thread
  std::set<FileIdentity> read_;
};

/// The directory that holds the repository around the working directory; the latter where there is
/// none.
std::string working_tree();

}  // namespace wafcheck::cli
