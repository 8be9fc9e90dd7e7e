#pragma once
// A folder of its own for a test, and the program run in it.

#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <sstream>
#include <string>
#include <string_view>
#include <vector>

#include "cli/command.h"
#include "tests/test_data.h"

namespace wafcheck::cli {

class Scratch : public testing::Test {
 protected:
  void SetUp() override {
    home_ = std::filesystem::current_path();
    std::string path = (std::filesystem::temp_directory_path() / "wafcheck-XXXXXX").string();
    folder_ = std::filesystem::canonical(mkdtemp(path.data()));
    std::filesystem::current_path(folder_);
  }
  void TearDown() override {
    std::filesystem::current_path(home_);
    std::filesystem::remove_all(folder_);
  }

  static void write(const std::filesystem::path& name, std::string_view text) {
    if (name.has_parent_path()) std::filesystem::create_directories(name.parent_path());
    std::ofstream(name, std::ios::binary) << text;
  }
  static std::string read(const std::filesystem::path& name) { return tests::read(name); }

  /// The exit code; what was printed is in out_ and err_.
  int run(const std::vector<std::string>& arguments, const std::string& input = {}) {
    std::istringstream in(input);
    std::ostringstream out, err;
    Streams streams{in, out, err};
    const int code = cli::run(arguments, streams);
    out_ = out.str();
    err_ = err.str();
    return code;
  }

  std::filesystem::path home_, folder_;
  std::string out_, err_;
};

}  // namespace wafcheck::cli
