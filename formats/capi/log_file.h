#pragma once
// Log files of a server: opened while the configuration is read, written by every process that was
// forked since.

#include <memory>
#include <mutex>
#include <string>
#include <string_view>

#include "parser/base/result.h"

namespace wafcheck::formats::inline capi {

/// A file that records are appended to, whole ones: other threads and processes write to it too.
class LogFile {
 public:
  /// The one file of that path in this process, opened if need be. Its mode, should it be made, is
  /// what the umask leaves of `mode`.
  static Result<std::shared_ptr<LogFile>> open(const std::string& path, unsigned mode = 0666);

  explicit LogFile(int file) : file_(file) {}
  ~LogFile();
  LogFile(const LogFile&) = delete;
  LogFile& operator=(const LogFile&) = delete;

  /// Waits for whoever writes. What cannot be written is told on standard error.
  void append(std::string_view record);

 private:
  const int file_;
  std::mutex mutex_;  // a lock of the file is the whole process's
};

}  // namespace wafcheck::formats::inline capi
