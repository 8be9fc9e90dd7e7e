#include "parser/base/unified_diff.h"

#include <gtest/gtest.h>

#include <random>
#include <string>
#include <vector>

namespace wafcheck::cli {
namespace {

struct Case {
  std::string before, after, expected;
};

TEST(UnifiedDiff, ReadsAsPatchDoes) {
  const Case cases[] = {
      {"a\n", "a\n", ""},
      {"", "", ""},
      {"a\n", "b\n", "--- f\n+++ f\n@@ -1 +1 @@\n-a\n+b\n"},
      {"", "a\n", "--- f\n+++ f\n@@ -0,0 +1 @@\n+a\n"},
      {"a\n", "", "--- f\n+++ f\n@@ -1 +0,0 @@\n-a\n"},
      {"a", "a\n", "--- f\n+++ f\n@@ -1 +1 @@\n-a\n\\ No newline at end of file\n+a\n"},
      {"a\r\n", "a\n", "--- f\n+++ f\n@@ -1 +1 @@\n-a\r\n+a\n"},
      {std::string("\0\n", 2), "\xff\n",
       std::string("--- f\n+++ f\n@@ -1 +1 @@\n-\0\n+\xff\n", 30)},
      // Three lines of context, and a hunk ends where six equal lines or more are between.
      {"1\n2\n3\n4\n5\n6\n7\n8\n9\n", "1\n2\n3\n4\nx\n6\n7\n8\n9\n",
       "--- f\n+++ f\n@@ -2,7 +2,7 @@\n 2\n 3\n 4\n-5\n+x\n 6\n 7\n 8\n"},
      {"a\n1\n2\n3\n4\n5\n6\nb\n", "1\n2\n3\n4\n5\n6\n",
       "--- f\n+++ f\n@@ -1,8 +1,6 @@\n-a\n 1\n 2\n 3\n 4\n 5\n 6\n-b\n"},
      {"a\n1\n2\n3\n4\n5\n6\n7\nb\n", "1\n2\n3\n4\n5\n6\n7\n",
       "--- f\n+++ f\n@@ -1,4 +1,3 @@\n-a\n 1\n 2\n 3\n@@ -6,4 +5,3 @@\n 5\n 6\n 7\n-b\n"},
  };
  for (const Case& row : cases) {
    EXPECT_EQ(unified_diff("f", row.before, row.after, false), row.expected)
        << testing::PrintToString(row.before);
  }
}

TEST(UnifiedDiff, ColoursTheLinesThatChange) {
  EXPECT_EQ(unified_diff("f", "a\nb\n", "a\nc\n", true),
            "\x1b[1m--- f\x1b[0m\n\x1b[1m+++ f\x1b[0m\n\x1b[36m@@ -1,2 +1,2 @@\x1b[0m\n a\n"
            "\x1b[31m-b\x1b[0m\n\x1b[32m+c\x1b[0m\n");
}

/// What patch does, for texts whose lines all end.
std::string patched(const std::string& before, const std::string& diff) {
  const auto lines_of = [](const std::string& text) {
    std::vector<std::string> lines;
    for (size_t at = 0; at < text.size();) {
      const size_t end = text.find('\n', at) + 1;
      lines.push_back(text.substr(at, end - at));
      at = end;
    }
    return lines;
  };
  const std::vector<std::string> old_lines = lines_of(before);
  std::string after;
  size_t x = 0;
  for (const std::string& line : lines_of(diff)) {
    if (line.starts_with("--- ") || line.starts_with("+++ ")) continue;
    if (line.starts_with("@@")) {
      const size_t comma = line.find_first_of(", ", 4);
      const bool empty = line[comma] == ',' && line[comma + 1] == '0';
      const size_t begin = std::stoul(line.substr(4)) - (empty ? 0 : 1);
      while (x < begin) after += old_lines[x++];
      continue;
    }
    if (line[0] != '+') {
      EXPECT_EQ(old_lines.at(x++), line.substr(1));
    }
    if (line[0] != '-') after += line.substr(1);
  }
  while (x < old_lines.size()) after += old_lines[x++];
  return after;
}

TEST(UnifiedDiff, MakesTheNewTextOfTheOld) {
  std::mt19937 random(7);
  const auto number = [&](uint32_t below) { return static_cast<uint32_t>(random() % below); };
  for (int round = 0; round < 400; ++round) {
    std::string before, after;
    // Few distinct lines: many ways to align them; some rounds go over the bound of one search.
    const uint32_t kinds = 1 + number(round % 2 == 0 ? 4 : 3000),
                   lines = number(round < 380 ? 40 : 2500);
    for (uint32_t i = 0; i < lines; ++i) {
      const std::string line = "l" + std::to_string(number(kinds)) + "\n";
      const uint32_t fate = number(6);
      if (fate != 0) before += line;
      if (fate > 1) after += line;
      if (fate == 2) after += "n" + std::to_string(number(kinds)) + "\n";
    }
    ASSERT_EQ(patched(before, unified_diff("f", before, after, false)), after) << round;
  }
}

TEST(UnifiedDiff, IsFastWhereNothingIsAlike) {
  std::string before, after;
  for (int i = 0; i < 100'000; ++i) {
    before += "a" + std::to_string(i) + "\n";
    after += "b" + std::to_string(i) + "\n";
  }
  EXPECT_GT(unified_diff("f", before, after, false).size(), before.size() + after.size());
}

}  // namespace
}  // namespace wafcheck::cli
