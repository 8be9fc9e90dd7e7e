#include <fcntl.h>
#include <fmt/format.h>
#include <glob.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <filesystem>
#include <system_error>
#include <utility>

#include "parser/ruleset.h"
#include "parser/ruleset/files.h"

namespace wafcheck::parser {
namespace {

std::string message_of(int error) {
  return std::generic_category().message(error);
}

/// Closes a file descriptor, standard input left open.
class Descriptor {
 public:
  explicit Descriptor(int fd) : fd_(fd) {}
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  ~Descriptor() {
    if (fd_ > STDIN_FILENO) close(fd_);
  }
  int get() const { return fd_; }

 private:
  int fd_;
};

/// All that is left to read; bounded, whatever a device or pipe would yield.
Result<std::string> read_all(int file) {
  std::string bytes;
  std::array<char, 1 << 16> chunk;  // filled by read()
  while (true) {
    const ssize_t got = ::read(file, chunk.data(), chunk.size());
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return fail(message_of(errno));
    if (got == 0) return bytes;
    bytes.append(chunk.data(), static_cast<size_t>(got));
    if (bytes.size() > kMaxFileBytes) {
      return fail(fmt::format("larger than {} MiB", kMaxFileBytes >> 20));
    }
  }
}

/// What the rules of others name must not keep a program waiting.
Result<void> check_regular(int file) {
  struct stat status{};
  if (fstat(file, &status) != 0) return fail(message_of(errno));
  if (S_ISREG(status.st_mode)) return {};
  if (S_ISDIR(status.st_mode)) return fail(message_of(EISDIR));
  return fail(fmt::format("it is a {}, and no regular file", S_ISFIFO(status.st_mode) ? "pipe"
                                                             : S_ISSOCK(status.st_mode)
                                                                 ? "socket"
                                                                 : "device"));
}

class Disk : public FileSystem {
 public:
  /// Whole regular files, and "-" for standard input.
  Result<std::string> read(const std::string& path) override {
    if (path == "-") return read_all(STDIN_FILENO);
    const Descriptor file(open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY));
    if (file.get() < 0) return fail(message_of(errno));
    if (auto regular = check_regular(file.get()); !regular) {
      return std::unexpected(std::move(regular.error()));
    }
    return read_all(file.get());
  }

  bool is_directory(const std::string& path) override {
    struct stat status{};
    return stat(path.c_str(), &status) == 0 && S_ISDIR(status.st_mode);
  }

  std::vector<std::string> glob(const std::string& pattern) override {
    glob_t found{};
    std::vector<std::string> paths;
    // Unsorted by glob, which would sort as the locale says.
    if (::glob(pattern.c_str(), GLOB_NOSORT, nullptr, &found) == 0) {
      paths.assign(found.gl_pathv, found.gl_pathv + found.gl_pathc);
    }
    globfree(&found);
    std::ranges::sort(paths);
    return paths;
  }

  std::string canonical(const std::string& path) override {
    std::error_code error;
    // A relative path to nothing would stay relative.
    const std::filesystem::path full =
        std::filesystem::weakly_canonical(std::filesystem::absolute(path, error), error);
    return error ? path : full.string();
  }
};

}  // namespace

FileSystem& disk() {
  static Disk disk;
  return disk;
}

inline namespace ruleset {

Result<std::string> read_stream(const std::string& path) {
  const Descriptor file(open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOCTTY));
  if (file.get() < 0) return fail(message_of(errno));
  return read_all(file.get());
}

std::string find_data_file(const RulesetModel& ruleset, Span at, const std::string& path) {
  const std::vector<std::string> places = places_of(ruleset, at, path);
  for (const std::string& place : places) {
    std::error_code error;
    if (access(place.c_str(), R_OK) == 0 && std::filesystem::is_regular_file(place, error)) {
      return place;
    }
  }
  if (places.empty()) return path;
  // To open a pipe would wait for its other end; this cannot be opened, and the error names it.
  std::error_code error;
  const bool is_there = std::filesystem::exists(places.front(), error);
  return is_there ? places.front() + "/" : places.front();
}

}  // namespace ruleset

}  // namespace wafcheck::parser
