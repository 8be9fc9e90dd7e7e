// wafcheck.toml, under a command that reads nothing but it and an empty file of rules.

#include <filesystem>
#include <fstream>
#include <sstream>

#include "cli/command.h"
#include "fuzz.h"
#include "tests/scratch.h"

namespace {

namespace fs = std::filesystem;

/// A directory for the files of this process.
const fs::path& folder() {
  static const wafcheck::tests::ScratchDirectory directory;
  static const fs::path path = [] {
    directory.write("rules.conf", "# none\n");
    return fs::path(directory.path());
  }();
  return path;
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
