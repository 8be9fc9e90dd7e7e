#include "engine/operators/phrase_set.h"

#include <gtest/gtest.h>

#include <random>

#include "parser/base/ascii.h"

namespace wafcheck::engine::operators {
namespace {

struct Expected {
  std::optional<PhraseSet::Hit> first_to_end;
  std::optional<PhraseSet::Hit> leftmost_longest;
};

/// Tries every phrase at every place.
Expected slow_search(const std::vector<std::string>& phrases, std::string_view text) {
  Expected best;
  for (size_t begin = 0; begin < text.size(); ++begin) {
    for (uint32_t i = 0; i < phrases.size(); ++i) {
      if (phrases[i].empty() || !istarts_with(text.substr(begin), phrases[i])) continue;
      const PhraseSet::Hit hit{begin, begin + phrases[i].size(), i};
      auto& first = best.first_to_end;
      if (!first || hit.end < first->end) first = hit;  // the first found of those is the longest
      auto& left = best.leftmost_longest;
      if (!left || (hit.begin == left->begin && hit.end > left->end)) left = hit;
    }
  }
  return best;
}

void expect_same(const std::optional<PhraseSet::Hit>& expected,
                 const std::optional<PhraseSet::Hit>& actual) {
  ASSERT_EQ(expected.has_value(), actual.has_value());
  if (!expected) return;
  EXPECT_EQ(expected->begin, actual->begin);
  EXPECT_EQ(expected->end, actual->end);
}

std::string random_text(std::mt19937& random, std::string_view alphabet, size_t length) {
  std::string text;
  while (text.size() < length) text += alphabet[random() % alphabet.size()];
  return text;
}

TEST(PhraseSet, AgreesWithTryingEveryPhraseEverywhere) {
  std::mt19937 random(7);
  for (int round = 0; round < 2000; ++round) {
    std::vector<std::string> phrases;
    for (size_t count = random() % 8; count > 0; --count) {
      phrases.push_back(random_text(random, "abAB", random() % 6));
    }
    const std::string text = random_text(random, "abABc", random() % 24);
    SCOPED_TRACE(testing::PrintToString(phrases) + " in " + text);
    const operators::PhraseSet set(phrases);
    const Expected expected = slow_search(phrases, text);
    expect_same(expected.first_to_end, set.first_to_end(text));
    expect_same(expected.leftmost_longest, set.leftmost_longest(text, 0));
  }
}

TEST(PhraseSet, AgreesWhenStatesOutnumberTheRows) {
  std::mt19937 random(11);
  std::vector<std::string> phrases;
  for (int i = 0; i < 3000; ++i) {
    phrases.push_back(random_text(random, "abcdefghij", 5 + random() % 20));
  }
  const operators::PhraseSet set(phrases);
  for (int round = 0; round < 20; ++round) {
    // Pieces of phrases run into each other, so that scans fall back from deep states.
    std::string text;
    for (int piece = 0; piece < 40; ++piece) {
      const std::string& phrase = phrases[random() % phrases.size()];
      text += phrase.substr(random() % 3, phrase.size() - 3);
    }
    const Expected expected = slow_search(phrases, text);
    expect_same(expected.first_to_end, set.first_to_end(text));
    expect_same(expected.leftmost_longest, set.leftmost_longest(text, 0));
  }
}

TEST(PhraseSet, AllBytesAreTold) {
  std::vector<std::string> phrases;
  for (int byte = 0; byte < 256; ++byte) phrases.push_back({static_cast<char>(byte), '!'});
  const operators::PhraseSet set(phrases);
  for (int byte = 0; byte < 256; ++byte) {
    const std::string text{static_cast<char>(byte), '!'};
    const auto hit = set.first_to_end(text);
    ASSERT_TRUE(hit) << byte;
    EXPECT_EQ(lowercase(phrases[hit->phrase]), lowercase(text));
  }
}

TEST(PhraseSet, LongListsStaySmall) {
  std::mt19937 random(3);
  std::vector<std::string> phrases;
  size_t bytes = 0;
  for (int i = 0; i < 4000; ++i) {
    phrases.push_back(random_text(random, "abcdefghijklmnopqrstuvwxyz-_/. ", 20));
    bytes += phrases.back().size();
  }
  const operators::PhraseSet set(phrases);
  EXPECT_LT(set.memory(), bytes * 20 + (512u << 10));
}

}  // namespace
}  // namespace wafcheck::engine::operators
