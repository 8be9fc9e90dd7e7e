#include "cli/output.h"

#include <fmt/format.h>
#include <poll.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <filesystem>
#include <system_error>

namespace wafcheck::cli {

Result<Output> Output::open(const std::string& path, std::ostream& standard) {
  Output output;
  if (path.empty() || path == "-") {
    output.standard_ = &standard;
    return output;
  }
  output.path_ = path;
  std::error_code unknown;
  const auto kind = std::filesystem::status(path, unknown).type();
  const bool replaceable = kind == std::filesystem::file_type::regular ||
                           kind == std::filesystem::file_type::not_found ||
                           kind == std::filesystem::file_type::none;
  if (replaceable) output.temporary_ = fmt::format("{}.{}.tmp", path, getpid());
  const std::string& target = replaceable ? output.temporary_ : path;
  errno = 0;
  output.file_ = std::make_unique<std::ofstream>(target, std::ios::binary | std::ios::trunc);
  if (!*output.file_) {
    const std::string why = std::strerror(errno);
    output.temporary_.clear();
    return fail(fmt::format("cannot write {}: {}", path, why));
  }
  return output;
}

Output::Output(Output&& other) noexcept
    : standard_(other.standard_),
      file_(std::move(other.file_)),
      path_(std::move(other.path_)),
      temporary_(std::move(other.temporary_)),
      error_(other.error_) {
  other.temporary_.clear();
}

Output::~Output() {
  if (!temporary_.empty()) std::remove(temporary_.c_str());
}

bool Output::write(std::string_view record) {
  if (!stream().good()) return false;
  errno = 0;
  stream().write(record.data(), static_cast<std::streamsize>(record.size()));
  if (stream().good()) return true;
  error_ = errno;
  return false;
}

bool Output::reader_gone() const {
  if (file_ || standard_->good()) return false;
  pollfd out{STDOUT_FILENO, POLLOUT, 0};
  return poll(&out, 1, 0) == 1 && (out.revents & (POLLERR | POLLHUP)) != 0;
}

Result<void> Output::commit() {
  if (error_ == 0) errno = 0;
  stream().flush();
  if (!file_) {
    if (!standard_->good()) return fail("cannot write to standard output");
    return {};
  }
  file_->close();
  bool written = file_->good();
  if (written && !temporary_.empty()) written = std::rename(temporary_.c_str(), path_.c_str()) == 0;
  if (!written) {
    const int why = error_ != 0 ? error_ : errno;
    return fail(fmt::format("cannot write {}: {}", path_,
                            why != 0 ? std::strerror(why) : "the write failed"));
  }
  temporary_.clear();
  return {};
}

}  // namespace wafcheck::cli
