// What a person sees, whole: each folder under cases/ holds `cmd` (a line of arguments), and the
// `stdout`, `stderr` and `exit` that it gives, run from the project's root. `input`, where there is
// one, is standard input. WAFCHECK_UPDATE_GOLDENS=1 writes what is there now.

#include <gtest/gtest.h>

#include <algorithm>
#include <cctype>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <regex>
#include <sstream>
#include <string>
#include <vector>

#include "cli/command.h"

namespace wafcheck::cli {
namespace {

namespace fs = std::filesystem;

const fs::path kCases = fs::path(WAFCHECK_SOURCE_DIR) / "tests/golden/cases";

std::string read(const fs::path& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

void write(const fs::path& path, const std::string& text) {
  if (text.empty()) {
    fs::remove(path);
    return;
  }
  std::ofstream(path, std::ios::binary) << text;
}

/// Times and the place of the sources differ from run to run.
std::string steady(std::string text) {
  text = std::regex_replace(text, std::regex(R"re(("elapsed_(us|ms)"|"engine_us"):[0-9.]+)re"),
                            "$1:0");
  text = std::regex_replace(
      text, std::regex(R"re(("[a-z]+_us"|"share"|"compared"|"overhead_percent"):-?[0-9.]+)re"),
      "$1:0");
  text = std::regex_replace(
      text, std::regex(R"re((Stopwatch: [0-9]+|"stopwatch":"[0-9]+) [0-9]+)re"), "$1 0");
  text = std::regex_replace(text, std::regex(R"re( time="[0-9.]+")re"), " time=\"0\"");
  text = std::regex_replace(text, std::regex(R"([0-9.]+ ms elapsed, [0-9]+ µs per)"),
                            "N ms elapsed, N µs per");
  text = std::regex_replace(text, std::regex(R"([0-9.]+ ms elapsed)"), "N ms elapsed");
  for (std::string::size_type at; (at = text.find(WAFCHECK_SOURCE_DIR "/")) != std::string::npos;) {
    text.erase(at, sizeof(WAFCHECK_SOURCE_DIR "/") - 1);
  }
  return text;
}

/// Blanks separate; "double quotes" keep together what holds blanks; \" and \\ inside them.
std::vector<std::string> split(const std::string& line) {
  std::vector<std::string> words;
  bool quoted = false, open = false;
  for (size_t at = 0; at < line.size(); ++at) {
    const char byte = line[at];
    if (byte == '\n') break;
    if (byte == '"') {
      quoted = !quoted;
      if (!open) words.emplace_back();
      open = true;
      continue;
    }
    if (byte == ' ' && !quoted) {
      open = false;
      continue;
    }
    if (!open) words.emplace_back();
    open = true;
    words.back().push_back(byte == '\\' && quoted ? line[++at] : byte);
  }
  return words;
}

std::vector<std::string> cases() {
  std::vector<std::string> names;
  for (const auto& entry : fs::directory_iterator(kCases))
    names.push_back(entry.path().filename().string());
  std::ranges::sort(names);
  return names;
}

class Golden : public testing::TestWithParam<std::string> {};

TEST_P(Golden, ShowsWhatItShowed) {
  const fs::path folder = kCases / GetParam();
  fs::current_path(WAFCHECK_SOURCE_DIR);
  std::istringstream in(read(folder / "input"));
  std::ostringstream out, err;
  Streams streams{in, out, err};
  const int exit = run(split(read(folder / "cmd")), streams);
  const std::string got_out = steady(out.str()), got_err = steady(err.str());
  if (std::getenv("WAFCHECK_UPDATE_GOLDENS") != nullptr) {
    write(folder / "stdout", got_out);
    write(folder / "stderr", got_err);
    write(folder / "exit", std::to_string(exit) + "\n");
    return;
  }
  EXPECT_EQ(got_out, read(folder / "stdout"));
  EXPECT_EQ(got_err, read(folder / "stderr"));
  EXPECT_EQ(std::to_string(exit) + "\n", read(folder / "exit"));
}

INSTANTIATE_TEST_SUITE_P(Cases, Golden, testing::ValuesIn(cases()), [](const auto& test) {
  std::string name = test.param;
  std::ranges::replace_if(
      name, [](char c) { return std::isalnum(static_cast<unsigned char>(c)) == 0; }, '_');
  return name;
});

}  // namespace
}  // namespace wafcheck::cli
