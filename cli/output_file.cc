#include "cli/output_file.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <cerrno>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <system_error>

namespace wafcheck::cli {
namespace {

constexpr size_t kBufferBytes = size_t{64} << 10;
constexpr int kNameTries = 100;

/// The names of the temporary files, for a signal handler, which may neither lock nor allocate.
/// More than these are never open at a time.
constexpr size_t kMostTemporaries = 16;
std::array<std::atomic<char*>, kMostTemporaries> temporaries{};

void remember(const std::string& path) {
  char* const copy = strdup(path.c_str());
  for (std::atomic<char*>& slot : temporaries) {
    char* none = nullptr;
    if (slot.compare_exchange_strong(none, copy)) return;
  }
  std::free(copy);  // NOLINT(cppcoreguidelines-no-malloc): strdup's
}

void forget(const std::string& path) {
  for (std::atomic<char*>& slot : temporaries) {
    char* known = slot.load();
    if (known == nullptr || path != known) continue;
    slot.store(nullptr);
    std::free(known);  // NOLINT(cppcoreguidelines-no-malloc): strdup's
    return;
  }
}

std::string random_name(const std::string& target) {
  uint64_t number = 0;
  if (getrandom(&number, sizeof(number), 0) != static_cast<ssize_t>(sizeof(number))) return {};
  return fmt::format("{}.{:016x}.tmp", target, number);
}

int write_all(int file, std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t count = ::write(file, bytes.data(), bytes.size());
    if (count < 0 && errno == EINTR) continue;
    if (count <= 0) return count < 0 ? errno : EIO;
    bytes.remove_prefix(static_cast<size_t>(count));
  }
  return 0;
}

}  // namespace

void remove_temporary_files() noexcept {
  for (const std::atomic<char*>& slot : temporaries) {
    if (const char* path = slot.load()) unlink(path);
  }
}

std::optional<FileIdentity> identity_of(const std::string& path) {
  struct stat status{};
  if (stat(path.c_str(), &status) != 0) return std::nullopt;
  return FileIdentity{status.st_dev, status.st_ino};
}

Result<OutputFile> OutputFile::open(const std::string& path, Mode mode) {
  const auto failed = [](int why) { return fail(std::strerror(why)); };
  OutputFile out;
  out.target_ = path;
  struct stat status{};
  const bool exists = lstat(path.c_str(), &status) == 0;
  const bool link = exists && S_ISLNK(status.st_mode);
  if (link && stat(path.c_str(), &status) != 0) {
    if (errno == ENOENT) return fail("it is a symbolic link to nothing");
    return failed(errno);
  }
  if (exists && !S_ISREG(status.st_mode)) {
    out.file_ = ::open(path.c_str(), O_WRONLY | O_CLOEXEC | O_NOCTTY);
    if (out.file_ < 0) return failed(errno);
    return out;
  }
  if (link) {
    std::error_code error;
    out.target_ = std::filesystem::canonical(path, error).string();
    if (error) return failed(error.value());
  }
  if (exists) {
    out.identity_ = {status.st_dev, status.st_ino};
    out.several_names_ = status.st_nlink > 1;
    // Renaming would get past the permission that is asked for.
    if (access(out.target_.c_str(), W_OK) != 0) return failed(errno);
  }
  constexpr int kFlags = O_WRONLY | O_CREAT | O_CLOEXEC | O_NOFOLLOW | O_NOCTTY;
  if (mode == Mode::append) {
    out.append_ = true;
    out.file_ = ::open(out.target_.c_str(), kFlags | O_APPEND, 0666);
    if (out.file_ < 0) return failed(errno);
    if (fstat(out.file_, &status) == 0) out.identity_ = {status.st_dev, status.st_ino};
    return out;
  }
  for (int tries = 0; out.file_ < 0; ++tries) {
    out.temporary_ = random_name(out.target_);
    out.file_ = ::open(out.temporary_.c_str(), kFlags | O_EXCL, exists ? 0600 : 0666);
    if (out.file_ < 0 && (errno != EEXIST || tries == kNameTries)) {
      out.temporary_.clear();
      return failed(errno);
    }
  }
  remember(out.temporary_);
  // Only the superuser can keep the owner; otherwise the file becomes that of the writer.
  if (exists && fchown(out.file_, status.st_uid, status.st_gid) != 0) errno = 0;
  if (exists && fchmod(out.file_, status.st_mode & 07777) != 0) return failed(errno);
  return out;
}

OutputFile::OutputFile(OutputFile&& other) noexcept
    : target_(std::move(other.target_)),
      temporary_(std::exchange(other.temporary_, {})),
      identity_(other.identity_),
      buffer_(std::move(other.buffer_)),
      file_(std::exchange(other.file_, -1)),
      append_(other.append_),
      several_names_(other.several_names_),
      error_(other.error_) {}

OutputFile::~OutputFile() {
  if (file_ >= 0) close(file_);
  if (temporary_.empty()) return;
  unlink(temporary_.c_str());
  forget(temporary_);
}

int OutputFile::write(std::string_view bytes) {
  if (error_ != 0) return error_;
  if (append_) return error_ = write_all(file_, bytes);
  buffer_ += bytes;
  return buffer_.size() < kBufferBytes ? 0 : flush();
}

int OutputFile::flush() {
  if (error_ == 0) error_ = write_all(file_, buffer_);
  buffer_.clear();
  return error_;
}

int OutputFile::write_through() {
  const int from = ::open(temporary_.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
  const int to = ::open(target_.c_str(), O_WRONLY | O_CLOEXEC | O_NOFOLLOW | O_NOCTTY);
  int why = from < 0 || to < 0 ? errno : 0;
  struct stat status{};
  // The space first, so that a full disk does not cut the file.
  if (why == 0 && fstat(from, &status) == 0 && status.st_size > 0) {
    why = posix_fallocate(to, 0, status.st_size);
    if (why == EOPNOTSUPP || why == EINVAL) why = 0;
  }
  off_t size = 0;
  std::string block(kBufferBytes, '\0');
  while (why == 0) {
    const ssize_t count = read(from, block.data(), block.size());
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) why = errno;
    if (count <= 0) break;
    why = write_all(to, std::string_view(block).substr(0, static_cast<size_t>(count)));
    size += count;
  }
  if (why == 0 && ftruncate(to, size) != 0) why = errno;
  if (why == 0 && fsync(to) != 0) why = errno;
  if (from >= 0) close(from);
  if (to >= 0) close(to);
  return why;
}

int OutputFile::finish() {
  if (file_ < 0) return error_;
  flush();
  const bool replaces = !temporary_.empty();
  if (error_ == 0 && replaces && fsync(file_) != 0) error_ = errno;
  if (close(std::exchange(file_, -1)) != 0 && error_ == 0) error_ = errno;
  if (error_ != 0 || !replaces) return error_;
  if (several_names_) return error_ = write_through();
  if (rename(temporary_.c_str(), target_.c_str()) != 0) return error_ = errno;
  forget(std::exchange(temporary_, {}));
  return 0;
}

}  // namespace wafcheck::cli
