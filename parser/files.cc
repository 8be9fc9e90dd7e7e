#include "parser/files.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <glob.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <memory>
#include <system_error>
#include <utility>

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

class Disk : public FileSystem {
 public:
  /// Whole files, "-" for standard input; bounded, whatever a device or pipe would yield.
  Result<std::string> read(const std::string& path) override {
    const Descriptor file(path == "-" ? STDIN_FILENO : open(path.c_str(), O_RDONLY | O_CLOEXEC));
    if (file.get() < 0) return fail(message_of(errno));
    struct stat status{};
    if (fstat(file.get(), &status) == 0 && S_ISDIR(status.st_mode)) {
      return fail(message_of(EISDIR));
    }
    std::string bytes;
    std::array<char, 1 << 16> chunk;  // filled by read()
    while (true) {
      const ssize_t got = ::read(file.get(), chunk.data(), chunk.size());
      if (got < 0 && errno == EINTR) continue;
      if (got < 0) return fail(message_of(errno));
      if (got == 0) return bytes;
      bytes.append(chunk.data(), static_cast<size_t>(got));
      if (bytes.size() > kMaxFileBytes) {
        return fail(fmt::format("larger than {} MiB", kMaxFileBytes >> 20));
      }
    }
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
    const std::filesystem::path full = std::filesystem::weakly_canonical(path, error);
    return error ? path : full.string();
  }
};

}  // namespace

FileSystem& disk() {
  static Disk disk;
  return disk;
}

std::vector<std::string> places_of(std::string_view from_file, const std::string& path) {
  const size_t slash = from_file.rfind('/');
  if (path.starts_with('/') || slash == std::string_view::npos) return {path};
  return {std::string(from_file.substr(0, slash + 1)) + path, path};
}

bool has_glob(std::string_view path) {
  return path.find_first_of("*?[") != std::string_view::npos;
}

std::vector<std::string> rules_in_directory(FileSystem& files, const std::string& directory) {
  std::string pattern;
  for (const char c : directory) {
    // A directory's name is no pattern.
    if (c == '*' || c == '?' || c == '[' || c == '\\') pattern += '\\';
    pattern += c;
  }
  if (!pattern.ends_with('/')) pattern += '/';
  return files.glob(pattern + "*.conf");
}

std::string tried(const std::vector<std::pair<std::string, std::string>>& places) {
  std::string out;
  for (const auto& [path, reason] : places) {
    out += fmt::format("{}{} ({})", out.empty() ? "" : ", ", path, reason);
  }
  return out;
}

namespace {

std::vector<std::string> places_for(const Ruleset& ruleset, Span at, const std::string& path) {
  const std::string_view from =
      at.file == kNoFile ? std::string_view() : std::string_view(ruleset.sources[at.file].path);
  return places_of(from, path);
}

}  // namespace

std::string find_data_file(const Ruleset& ruleset, Span at, const std::string& path) {
  const std::vector<std::string> places = places_for(ruleset, at, path);
  for (const std::string& place : places) {
    if (access(place.c_str(), R_OK) == 0) return place;
  }
  return places.empty() ? path : places.front();
}

Result<std::string> read_data_file(const Ruleset& ruleset, FileSystem& files, Span at,
                                   const std::string& path) {
  std::vector<std::pair<std::string, std::string>> failed;
  for (const std::string& place : places_for(ruleset, at, path)) {
    Result<std::string> bytes = files.read(place);
    if (bytes) return bytes;
    failed.emplace_back(place, bytes.error().message);
  }
  return fail(fmt::format("cannot read {}: {}", path, tried(failed)));
}

}  // namespace wafcheck::parser
