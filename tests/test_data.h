#pragma once
// The public test data, which lies outside of the project, and reading of files.

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>

namespace wafcheck::tests {

/// The folder of public test data, which may be absent: WAFCHECK_SHARED, or else the one beside the
/// project.
inline std::filesystem::path shared() {
  const char* given = std::getenv("WAFCHECK_SHARED");
  return given != nullptr ? given : WAFCHECK_SHARED_DEFAULT;
}

/// The bytes of a file; empty where it cannot be read.
inline std::string read(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

}  // namespace wafcheck::tests
