#include "cli/ftw_tests.h"

#include <fmt/format.h>

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>

#include "cli/inputs.h"
#include "formats/traffic/formats.h"
#include "formats/traffic/traffic.h"
#include "parser/base/ascii.h"

namespace wafcheck::cli {
namespace {

bool is_tests_name(std::string_view name) {
  const std::string extension = std::filesystem::path(name).extension().string();
  return iequals(extension, ".yaml") || iequals(extension, ".yml");
}

class TestFileReader {
 public:
  TestFileReader(const FtwInputOptions& options, Console& console)
      : options_(options), console_(console) {}

  void read(const std::string& input, std::vector<formats::FtwFile>& files) {
    console_.files().name(input);
    std::vector<std::string> passed_over;
    const auto expanded = expand_input(input, is_tests_name, &passed_over);
    if (!passed_over.empty()) console_.warning(passed_over_text(input, passed_over));
    if (!expanded) return error(expanded.error().message);
    if (expanded->empty() && !options_.allow_empty) {
      error(fmt::format("{}: no test files in this directory", input));
    }
    for (const InputFile& file : *expanded) {
      if (auto tests = read_file(file)) files.push_back(std::move(*tests));
    }
  }

 private:
  void error(std::string_view message, std::string_view help = {}) {
    const std::string_view separator = options_.option.empty() ? "" : ": ";
    console_.error(fmt::format("{}{}{}", options_.option, separator, message), help);
  }

  std::optional<formats::FtwFile> read_file(const InputFile& input) {
    auto opened = console_.open_input(input.path);
    if (!opened) {
      error(opened.error().message);
      return std::nullopt;
    }
    const auto bytes = (*opened)->read_whole();
    if (!bytes) {
      error(fmt::format("{}: {}", input.path, bytes.error().message));
      return std::nullopt;
    }
    if (formats::looks_like_seclang((*opened)->head())) {
      error(fmt::format("{}: these are rules, not tests", input.path),
            "  help: repeat -r for each rules file, or quote the glob\n");
      return std::nullopt;
    }
    if (formats::looks_like_expectations(*bytes)) {
      read_expectations(formats::parse_expectations(input.path, *bytes));
      return std::nullopt;
    }
    formats::FtwFile file = formats::parse_ftw(input.path, *bytes);
    print_problems(file.path, file.problems);
    for (const std::string& note : file.notes) {
      if (options_.notes) console_.note(fmt::format("{}: {}", file.path, note));
    }
    const bool is_empty = file.tests.empty() && file.problems.empty();
    if (is_empty && !input.searched && !options_.allow_empty) {
      error(fmt::format("{}: no tests", file.path));
    }
    return file;
  }

  void read_expectations(formats::ExpectationFile&& file) {
    if (options_.expectations == nullptr) return;
    print_problems(file.path, file.problems);
    if (file.problems.empty()) options_.expectations->push_back(std::move(file));
  }

  void print_problems(std::string_view path, const std::vector<formats::FtwProblem>& problems) {
    for (const formats::FtwProblem& problem : problems) {
      error(fmt::format("{}:{}:{}: {}", path, problem.line, problem.column, problem.message));
    }
  }

  const FtwInputOptions& options_;
  Console& console_;
};

}  // namespace

std::vector<formats::FtwFile> read_ftw_files(const std::vector<std::string>& inputs,
                                             const FtwInputOptions& options, Console& console) {
  std::vector<formats::FtwFile> files;
  TestFileReader reader(options, console);
  for (const std::string& input : inputs) reader.read(input, files);
  return files;
}

std::vector<FtwJob> ftw_jobs(const std::vector<formats::FtwFile>& files) {
  std::vector<FtwJob> jobs;
  for (const formats::FtwFile& file : files) {
    for (const formats::FtwTest& test : file.tests) jobs.push_back({&test, &file.path});
  }
  return jobs;
}

}  // namespace wafcheck::cli
