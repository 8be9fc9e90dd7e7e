#include "cli/rewrite.h"

#include <fmt/format.h>

#include <cerrno>
#include <cstring>

#include "cli/output_file.h"

namespace wafcheck::cli {

Result<void> rewrite_file(const std::string& path, std::string_view bytes) {
  const auto failed = [&](std::string_view why) {
    return fail(fmt::format("cannot write {}: {}", path, why));
  };
  if (!identity_of(path)) return failed(std::strerror(errno));
  Result<OutputFile> file = OutputFile::open(path, OutputFile::Mode::replace);
  if (!file) return failed(file.error().message);
  file->write(bytes);
  if (const int why = file->finish(); why != 0) return failed(std::strerror(why));
  return {};
}

}  // namespace wafcheck::cli
