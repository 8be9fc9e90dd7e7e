// Reads the whole of CRS's public regression suite, where it is at hand.

#include <gtest/gtest.h>

#include <filesystem>
#include <iterator>

#include "formats/ftw/ftw.h"
#include "tests/test_data.h"

namespace wafcheck::formats {
namespace {

namespace fs = std::filesystem;
using tests::read;

fs::path suite() {
  return tests::shared() / "crs-tests";
}

TEST(FtwSuite, ReadsWithoutAProblemAndBuildsEveryRequest) {
  if (!fs::is_directory(suite())) GTEST_SKIP() << "no regression suite at " << suite();
  size_t files = 0, tests = 0, stages = 0, only_comments = 0;
  for (const fs::directory_entry& entry : fs::recursive_directory_iterator(suite())) {
    if (entry.path().extension() != ".yaml" && entry.path().extension() != ".yml") continue;
    const std::string text = read(entry.path());
    const FtwFile file = parse_ftw(entry.path().string(), text);
    ++files;
    tests += file.tests.size();
    for (const FtwProblem& problem : file.problems) {
      ADD_FAILURE() << file.path << ':' << problem.line << ':' << problem.column << ": "
                    << problem.message;
    }
    for (const std::string& note : file.notes) {
      EXPECT_EQ(note.find("template"), std::string::npos) << file.path << ": " << note;
    }
    if (file.tests.empty()) {
      ++only_comments;
      EXPECT_FALSE(file.notes.empty()) << file.path;
    }
    for (const FtwTest& test : file.tests) {
      for (const FtwStage& stage : test.stages) {
        ++stages;
        EXPECT_TRUE(build_request(stage.input)) << test.id();
      }
    }
  }
  EXPECT_EQ(files, 251U);
  EXPECT_EQ(tests, 4096U);
  EXPECT_EQ(stages, 4102U);
  EXPECT_EQ(only_comments, 1U);
}

}  // namespace
}  // namespace wafcheck::formats
