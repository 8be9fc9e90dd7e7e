#pragma once
// Files that results are written to. A file appears whole or stays as it was; what it is (its mode,
// its owner, its other names, the link that leads to it) stays as it is.

#include <sys/types.h>

#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "parser/base/result.h"

namespace wafcheck::cli {

/// Device and inode of a file: whatever names lead to it.
using FileIdentity = std::pair<dev_t, ino_t>;
std::optional<FileIdentity> identity_of(const std::string& path);

/// Errors are values of errno; 0: none.
class OutputFile {
 public:
  enum class Mode {
    replace,  ///< written aside, and put in place by finish()
    append,   ///< each write() goes at once to the end of the file, as one piece
  };

  /// Opens what is at the end of symbolic links; a device or a pipe is written to as it is. The
  /// error says why it cannot be written.
  static Result<OutputFile> open(const std::string& path, Mode mode);
  OutputFile(OutputFile&& other) noexcept;
  OutputFile& operator=(OutputFile&&) = delete;
  ~OutputFile();  ///< removes what was written aside and not put in place

  /// The file that is written to, or will be replaced; nothing: there is none yet.
  const std::optional<FileIdentity>& identity() const { return identity_; }
  /// A device or a pipe.
  bool is_device() const { return !append_ && temporary_.empty(); }
  /// The path behind symbolic links.
  const std::string& target() const { return target_; }

  int write(std::string_view bytes);
  int flush();
  int finish();

 private:
  OutputFile() = default;
  int write_through();  ///< a file with several names, which a renamed one would leave

  std::string target_, temporary_;  ///< no temporary: it is written to as it is
  std::optional<FileIdentity> identity_;
  std::string buffer_;
  int file_ = -1;
  bool append_ = false;
  bool several_names_ = false;
  int error_ = 0;  ///< the first one
};

/// Removes all temporary files that exist now. May be called in a signal handler.
void remove_temporary_files() noexcept;

}  // namespace wafcheck::cli
