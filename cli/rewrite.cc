#include "cli/rewrite.h"

#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <system_error>

namespace wafcheck::cli {
namespace {

bool write_all(int file, std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t count = write(file, bytes.data(), bytes.size());
    if (count < 0 && errno == EINTR) continue;
    if (count <= 0) return false;
    bytes.remove_prefix(static_cast<size_t>(count));
  }
  return true;
}

}  // namespace

Result<void> rewrite_file(const std::string& path, std::string_view bytes) {
  const auto failed = [&](int why) {
    return fail(fmt::format("cannot write {}: {}", path, std::strerror(why)));
  };
  std::error_code error;
  const std::string target = std::filesystem::canonical(path, error).string();
  if (error) return failed(error.value());
  struct stat status{};
  if (stat(target.c_str(), &status) != 0) return failed(errno);
  // Renaming would get past the permission that is asked for.
  if (access(target.c_str(), W_OK) != 0) return failed(errno);
  std::string temporary = target + ".XXXXXX";
  const int file = mkstemp(temporary.data());
  if (file < 0) return failed(errno);
  // The owner can be kept by the superuser only; where it cannot, the writer's is what remains.
  [[maybe_unused]] const int owner = fchown(file, status.st_uid, status.st_gid);
  bool done =
      write_all(file, bytes) && fchmod(file, status.st_mode & 07777) == 0 && fsync(file) == 0;
  int why = errno;
  if (close(file) != 0 && done) {
    done = false;
    why = errno;
  }
  if (done && rename(temporary.c_str(), target.c_str()) != 0) {
    done = false;
    why = errno;
  }
  if (done) return {};
  unlink(temporary.c_str());
  return failed(why);
}

}  // namespace wafcheck::cli
