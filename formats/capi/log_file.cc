#include "formats/capi/log_file.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <map>
#include <system_error>

namespace wafcheck::formats::inline capi {
namespace {

std::string error_text() {
  return std::generic_category().message(errno);
}

/// Locks the whole file, however long it grows.
void lock(int file, short type) {
  struct flock whole{};
  whole.l_type = type;
  whole.l_whence = SEEK_SET;
  while (fcntl(file, F_SETLKW, &whole) != 0 && errno == EINTR) {
  }
}

bool write_all(int file, std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t written = write(file, bytes.data(), bytes.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) return false;
    bytes.remove_prefix(static_cast<size_t>(written));
  }
  return true;
}

struct OpenFiles {
  std::mutex mutex;
  std::map<std::string, std::weak_ptr<LogFile>> by_path;
};

OpenFiles& open_files() {
  static OpenFiles files;
  return files;
}

}  // namespace

Result<std::shared_ptr<LogFile>> LogFile::open(const std::string& path, unsigned mode) {
  OpenFiles& files = open_files();
  const std::lock_guard guard(files.mutex);
  if (auto known = files.by_path[path].lock()) return known;
  const int file = ::open(path.c_str(), O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC | O_NOCTTY, mode);
  if (file < 0) return fail(fmt::format("cannot open {} ({})", path, error_text()));
  auto opened = std::make_shared<LogFile>(file);
  files.by_path[path] = opened;
  return opened;
}

LogFile::~LogFile() {
  close(file_);
}

void LogFile::append(std::string_view record) {
  const std::lock_guard guard(mutex_);
  lock(file_, F_WRLCK);
  const bool written = write_all(file_, record);
  const std::string error = written ? std::string() : error_text();
  lock(file_, F_UNLCK);
  if (!written) std::fputs(("wafcheck: a log cannot be written: " + error + "\n").c_str(), stderr);
}

}  // namespace wafcheck::formats::inline capi
