#pragma once
// The program, run in a directory of the test's own.

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <sstream>
#include <string>
#include <string_view>
#include <vector>

#include "cli/command.h"
#include "tests/scratch.h"
#include "tests/test_data.h"

namespace wafcheck::cli {

class Scratch : public testing::Test {
 protected:
  void SetUp() override {
    home_ = std::filesystem::current_path();
    std::filesystem::current_path(directory_.path());
  }
  void TearDown() override { std::filesystem::current_path(home_); }

  /// `name` is relative to the working directory.
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

  tests::ScratchDirectory directory_;
  std::filesystem::path home_;
  std::string out_, err_;
};

}  // namespace wafcheck::cli
