#pragma once
// Where a result goes: a stream, or a file that appears whole or not at all.

#include <fstream>
#include <memory>
#include <ostream>
#include <string>
#include <string_view>

#include "parser/result.h"

namespace wafcheck::cli {

class Output {
 public:
  /// Empty or "-": `standard`. Else a temporary file beside `path`, renamed by commit(); a device
  /// or a pipe is written to as it is.
  static Result<Output> open(const std::string& path, std::ostream& standard);
  Output(Output&& other) noexcept;
  Output& operator=(Output&&) = delete;
  ~Output();  ///< removes a file that was not committed

  std::ostream& stream() { return file_ ? *file_ : *standard_; }
  bool is_file() const { return file_ != nullptr; }
  /// Writes a whole record; false when it, or one before it, could not be written: commit() says
  /// why.
  bool write(std::string_view record);
  /// Whether this is standard output and whoever read it has gone away: no reason to complain, as a
  /// full disk is.
  bool reader_gone() const;
  /// Flushes and, for a file, renames; an error when not everything could be written.
  Result<void> commit();

 private:
  Output() = default;
  std::ostream* standard_ = nullptr;
  std::unique_ptr<std::ofstream> file_;
  std::string path_, temporary_;  ///< no temporary: what `path_` names is no regular file
  int error_ = 0;                 ///< errno of the first write that failed
};

}  // namespace wafcheck::cli
