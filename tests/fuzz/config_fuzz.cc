// wafcheck.toml, under a command that reads nothing but it and an empty file of rules.

#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <sstream>

#include "cli/command.h"
#include "fuzz.h"

namespace {

namespace fs = std::filesystem;

/// A folder for the files of one process.
const fs::path& folder() {
  static const fs::path made = [] {
    const fs::path path = fs::temp_directory_path() / ("wafcheck-fuzz-" + std::to_string(getpid()));
    fs::create_directories(path);
    std::ofstream(path / "rules.conf") << "# none\n";
    return path;
  }();
  return made;
}

}  // namespace

int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const fs::path config = folder() / "wafcheck.toml";
  std::ofstream(config, std::ios::binary) << wafcheck::fuzz::bytes_of(data, size);
  std::istringstream in;
  std::ostringstream out, err;
  wafcheck::cli::Streams streams{in, out, err};
  const int code =
      wafcheck::cli::run({"lint", "--config", config, folder() / "rules.conf"}, streams);
  wafcheck::fuzz::require(code >= 0 && code <= 2, "the exit code is one of the documented");
  return 0;
}
