// Which phrases of a list never matter, compared with the plain definition.

#include "lint/checks/files/covered_phrases.h"

#include <gtest/gtest.h>

#include <optional>
#include <random>
#include <string>
#include <vector>

namespace wafcheck::lint {
namespace {

using Covers = std::vector<std::optional<uint32_t>>;

TEST(CoveredBy, NamesTheOtherPhrase) {
  EXPECT_EQ(covered_by({"select", "selected", "union"}), (Covers{std::nullopt, 0, std::nullopt}));
  EXPECT_EQ(covered_by({"preselect", "SELECT"}), (Covers{1, std::nullopt}));
  EXPECT_EQ(covered_by({"a", "A"}), (Covers{std::nullopt, 0}));
  EXPECT_EQ(covered_by({"abcd", "bc"}), (Covers{1, std::nullopt}));
  EXPECT_EQ(covered_by({"", "a"}), (Covers{std::nullopt, std::nullopt}));
  EXPECT_EQ(covered_by({}), Covers{});
}

TEST(CoveredBy, AgreesWithSearchingEachInEach) {
  std::mt19937 random(7);
  for (int round = 0; round < 300; ++round) {
    std::vector<std::string> words(1 + random() % 12);
    for (std::string& word : words) {
      word.resize(1 + random() % 6);
      for (char& c : word) c = static_cast<char>('a' + random() % 2);
    }
    const std::vector<std::string_view> views(words.begin(), words.end());
    const Covers covers = covered_by(views);
    ASSERT_EQ(covers.size(), words.size());
    for (size_t i = 0; i < words.size(); ++i) {
      bool covered = false;
      for (size_t j = 0; j < words.size(); ++j) {
        const bool within = words[i].find(words[j]) != std::string::npos;
        covered |= within && (words[i] != words[j] || j < i);
      }
      ASSERT_EQ(covers[i].has_value(), covered) << words[i];
      if (covered) {
        ASSERT_NE(words[i].find(words[*covers[i]]), std::string::npos);
      }
    }
  }
}

}  // namespace
}  // namespace wafcheck::lint
