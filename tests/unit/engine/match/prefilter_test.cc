// What cannot match is left out, and nothing else.

#include "engine/match/prefilter.h"

#include <gtest/gtest.h>

#include <random>
#include <set>
#include <string>
#include <vector>

#include "engine/match/cache.h"
#include "engine/match/literal_set.h"

namespace wafcheck::engine {
namespace {

using Vectors = WindowFilter::Vectors;

/// What this processor can do; the vectors of WebAssembly run in tests/wasm.
std::vector<Vectors> all_vectors() {
  std::vector<Vectors> all;
  for (const Vectors each : {Vectors::none, Vectors::avx2, Vectors::avx512_vbmi}) {
    if (each <= WindowFilter::best()) all.push_back(each);
  }
  return all;
}

/// The literals that occur, which is the same with all vectors.
std::set<uint32_t> found(const LiteralSet& literals, std::string_view text) {
  std::set<uint32_t> first;
  for (const Vectors vectors : all_vectors()) {
    std::set<uint32_t> indices;
    literals.scan(text, [&](uint32_t index) { indices.insert(index); }, vectors);
    if (vectors == Vectors::none) {
      first = indices;
    } else {
      EXPECT_EQ(indices, first) << "vectors " << static_cast<int>(vectors) << " in " << text;
    }
  }
  return first;
}

TEST(LiteralSet, FindsLiteralsWhereverTheyStand) {
  const LiteralSet literals({{"ab", false},
                             {"abc", true},
                             {"select", true},
                             {"Exact", false},
                             {"\xff\xfe", false},
                             {std::string("a\0b\0c", 5), false}});
  struct Case {
    std::string text;
    std::set<uint32_t> expected;
  };
  const Case cases[] = {
      {"", {}},
      {"a", {}},
      {"ab", {0}},
      {"AB", {}},
      {"xab", {0}},
      {"ABC", {1}},
      {"xxabc", {0, 1}},
      {"SeLeCt", {2}},
      {"sele ct", {}},
      {"exact", {}},
      {"anExact", {3}},
      {"Exac", {}},
      {"\xff\xfe", {4}},
      {"...\xff\xfe", {4}},
      {std::string("a\0b\0c", 5), {5}},
      {"ab select Exact", {0, 2, 3}},
  };
  for (const Case& row : cases) EXPECT_EQ(found(literals, row.text), row.expected) << row.text;
}

TEST(LiteralSet, AgreesWithASearchOneByOne) {
  std::mt19937 random(7);
  const auto word = [&](size_t length) {
    std::string text;
    while (text.size() < length) text += "abAB @"[random() % 6];
    return text;
  };
  std::vector<LiteralSet::Literal> all;
  for (int i = 0; i < 900; ++i) {
    const bool caseless = random() % 2 == 0;
    std::string bytes = word(2 + random() % 14);
    if (caseless) bytes = lowercase(bytes);
    all.push_back({std::move(bytes), caseless});
  }
  const LiteralSet literals(all);
  for (int round = 0; round < 300; ++round) {
    std::string text = word(random() % 150);
    text += all[random() % all.size()].bytes + word(random() % 5);
    std::set<uint32_t> expected;
    for (uint32_t i = 0; i < all.size(); ++i) {
      const std::string& where = all[i].caseless ? lowercase(text) : text;
      if (where.find(all[i].bytes) != std::string::npos) expected.insert(i);
    }
    EXPECT_EQ(found(literals, text), expected) << text;
  }
}

/// Numbers of the patterns that may match.
std::string candidates(const Prefilter& prefilter, size_t patterns, std::string_view text) {
  std::vector<PatternBits> bits(prefilter.words());
  prefilter.candidates(text, bits.data());
  std::string numbers;
  for (size_t i = 0; i < patterns; ++i) {
    if ((bits[i / 64] >> (i % 64) & 1) != 0) numbers += std::to_string(i);
  }
  return numbers;
}

TEST(Prefilter, LooksForFewLiteralsAlone) {
  const parser::PcreOptions options{.dotall = true};
  const Prefilter prefilter({needs_of_expression("one.*two", options),
                             needs_of_expression("three|four", options),
                             needs_of_expression("(?i)five", options)});
  const auto left = [&](std::string_view text, PatternBits wanted) {
    PatternBits set = 7;
    return std::pair(prefilter.look_for_few_literals(text, &set, &wanted), set);
  };
  EXPECT_EQ(left("no such text", 1), std::pair(true, PatternBits{6}));
  EXPECT_EQ(left("at four o'clock", 2), std::pair(true, PatternBits{7}));
  EXPECT_EQ(left("no such text", 3), std::pair(false, PatternBits{7})) << "two are wanted";
  EXPECT_EQ(left("no such text", 4), std::pair(false, PatternBits{7})) << "in any case";
}

TEST(Prefilter, LeavesOutWhatCannotMatch) {
  const parser::PcreOptions options{.dotall = true};
  const std::vector<std::string> phrases = {"Alert", "confirm"};
  const std::vector<Needs> needs = {
      needs_of_expression("(?i)union\\s+select", options),
      needs_of_expression("^[a-z]+$", options),
      needs_of_expression("[;|&]\\s*id", options),
      needs_of_expression(".*", options),
      needs_of_expression("a{5,}", options),
      needs_of_phrases(phrases),
      needs_of_expression("(?<=x)(?=y)", options),
  };
  const Prefilter prefilter(needs);
  struct Case {
    std::string text, expected;
  };
  const Case cases[] = {
      {"", "3"},
      {"abc", "13"},
      {"UNION  select 1", "03"},
      {"union", "13"},
      {"; id", "23"},
      {"aaaa", "13"},
      {"aaaaa", "134"},
      {"ALERT(1)", "35"},
      {"ab1", "13"},
      {"confirmation", "135"},
      {"xy", "136"},
  };
  for (const Case& row : cases)
    EXPECT_EQ(candidates(prefilter, needs.size(), row.text), row.expected) << row.text;
}

TEST(Prefilter, KnowsNothingOfPhrasesThatMayBeEmpty) {
  const std::vector<std::string> phrases = {"", "x"};
  const Needs needs = needs_of_phrases(phrases);
  EXPECT_EQ(needs.min_length, 0U);
  EXPECT_TRUE(needs.literals.empty() && needs.sets.empty());
}

TEST(MatchCache, KeepsWhatIsRuledOutAndForgetsWhatIsReplaced) {
  MatchCache cache(2, 4);
  const TextHash text{.low = 5, .high = 1};
  const TextHash other{.low = 9, .high = 1};  // the same place
  const PatternBits bits[] = {6, 1};
  EXPECT_EQ(cache.find(text), nullptr);
  cache.keep(text, bits);
  ASSERT_NE(cache.find(text), nullptr);
  cache.rule_out(text, 64);
  cache.rule_out(text, 2);
  EXPECT_EQ(cache.find(text)[0], 2U);
  EXPECT_EQ(cache.find(text)[1], 0U);
  cache.rule_out(other, 1);
  EXPECT_EQ(cache.find(text)[0], 2U);
  cache.keep(other, bits);
  EXPECT_EQ(cache.find(text), nullptr);
}

}  // namespace
}  // namespace wafcheck::engine
