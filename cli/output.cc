#include "cli/output.h"

#include <fmt/format.h>
#include <poll.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <sstream>

namespace wafcheck::cli {

Output Output::to(std::ostream& standard) {
  Output output;
  output.standard_ = &standard;
  return output;
}

Result<Output> Output::open(const std::string& path, std::ostream& standard,
                            OutputFile::Mode mode) {
  Output output = to(standard);
  if (path.empty() || path == "-" || path == "/dev/stdout") return output;
  Result<OutputFile> file = OutputFile::open(path, mode);
  if (!file) return fail(fmt::format("cannot write {}: {}", path, file.error().message));
  output.file_.emplace(std::move(*file));
  output.path_ = path;
  return output;
}

void Output::write(std::string_view bytes) {
  if (file_) {
    error_ = file_->write(bytes);
    return;
  }
  if (!standard_->good()) return;
  errno = 0;
  standard_->write(bytes.data(), static_cast<std::streamsize>(bytes.size()));
  if (!standard_->good()) error_ = errno;
}

void Output::write_by(const std::function<void(std::ostream&)>& print) {
  std::ostringstream text;
  print(text);
  write(text.view());
}

bool Output::reader_gone() const {
  if (file_ || standard_->good()) return false;
  pollfd out{STDOUT_FILENO, POLLOUT, 0};
  return poll(&out, 1, 0) == 1 && (out.revents & (POLLERR | POLLHUP)) != 0;
}

Result<void> Output::finish() {
  const auto failed = [&](const std::string& what, int why) {
    return fail(fmt::format("cannot write {}: {}", what,
                            why != 0 ? std::strerror(why) : "the write failed"));
  };
  if (file_) {
    if (const int why = file_->finish(); why != 0) return failed(path_, why);
    return {};
  }
  if (error_ == 0) errno = 0;
  standard_->flush();
  if (standard_->good() || reader_gone()) return {};
  return failed("to standard output", error_ != 0 ? error_ : errno);
}

}  // namespace wafcheck::cli
