// An automaton says of every text what PCRE2 says, however few states it may keep.

#include "engine/match/automaton.h"

#include <gtest/gtest.h>

#include <random>
#include <string>
#include <vector>

#include "engine/match/gate.h"
#include "parser/regex/parse.h"
#include "parser/regex/pcre.h"
#include "tests/unit/parser/regex/random_regex.h"

namespace wafcheck::engine {
namespace {

using parser::Pcre;
using parser::PcreOptions;
using parser::PcreResult;

constexpr PcreOptions kOptions{.dotall = true, .multiline = true};

parser::regex::Nfa nfa(std::string_view pattern) {
  return *parser::regex::nfa_of(*parser::regex::parse(pattern, kOptions));
}

uint64_t matched(LazyDfa& dfa, std::string_view text) {
  return *dfa.matches(text, LazyDfa::Effort::whole);
}

TEST(Automaton, FindsWhichOfItsPatternsMatch) {
  const Automaton automaton({nfa("abc"), nfa("^b"), nfa("(?i)X$"), nfa(R"(\bcat\b)"), nfa("a*"),
                             nfa(R"([\x00\xff]{2})")});
  LazyDfa dfa(automaton);
  struct Case {
    std::string text;
    uint64_t expected;
  };
  const Case cases[] = {
      {"", 0b010000},       {"xabcx", 0b010101},
      {"bx\n", 0b010110},   {"a\nb", 0b010010},
      {"a\nb\n", 0b010010}, {"\n", 0b010000},
      {"a cat.", 0b011000}, {"concat", 0b010000},
      {"cat", 0b011000},    {std::string("\0\xff", 2), 0b110000},
  };
  // Twice: when the states are made, and when they are known.
  for (int round = 0; round < 2; ++round) {
    for (const Case& row : cases) EXPECT_EQ(matched(dfa, row.text), row.expected) << row.text;
  }
}

TEST(Automaton, AgreesWithPcreOnRandomExpressions) {
  parser::regex::Random random(11);
  size_t pairs = 0, matches = 0;
  for (int round = 0; round < 400; ++round) {
    // Of what is not plain, those with look-arounds and atomic groups are left, for the most part.
    parser::regex::RandomRegex source(random, /*plain=*/round % 2 == 0);
    std::vector<parser::regex::Nfa> nfas;
    std::vector<Pcre> codes;
    std::vector<parser::regex::Tree> trees;
    std::vector<std::string> patterns;
    while (nfas.size() < 6) {
      const std::string pattern = source.expression();
      auto code = Pcre::compile(pattern, kOptions);
      auto tree = parser::regex::parse(pattern, kOptions);
      if (!code || !tree) continue;
      auto made = parser::regex::nfa_of(*tree);
      if (!made) continue;
      codes.push_back(std::move(*code));
      patterns.push_back(pattern);
      nfas.push_back(std::move(*made));
      trees.push_back(std::move(*tree));
    }
    const Automaton automaton(nfas);
    LazyDfa dfa(automaton);
    for (int i = 0; i < 60; ++i) {
      const parser::regex::Tree& likely = trees[random.below(static_cast<uint32_t>(trees.size()))];
      const std::string text = parser::regex::RandomSubject(random, likely).subject();
      const uint64_t said = matched(dfa, text);
      for (size_t at = 0; at < codes.size(); ++at) {
        const PcreResult result = codes[at].match(text, 0, 20'000, nullptr);
        if (result != PcreResult::matched && result != PcreResult::no_match) continue;
        ++pairs;
        matches += result == PcreResult::matched;
        EXPECT_EQ((said >> at & 1) != 0, result == PcreResult::matched)
            << patterns[at] << " in " << text;
      }
    }
  }
  EXPECT_GT(pairs, 100'000u);
  EXPECT_GT(matches, 10'000u);
  EXPECT_GT(pairs - matches, 10'000u);
}

TEST(Automaton, KeepsItsBoundsAndItsAnswers) {
  // Every text leads to other states: which of the last ten bytes were an a.
  const Automaton automaton({nfa("a.{14}b"), nfa("b.{13}a")});
  const Pcre first = *Pcre::compile("a.{14}b", kOptions);
  const Pcre second = *Pcre::compile("b.{13}a", kOptions);
  LazyDfa dfa(automaton);
  std::mt19937 random(3);
  for (int round = 0; round < 40; ++round) {
    std::string text;
    while (text.size() < 3'000) text += "abcdefgh"[random() % 8];
    const uint64_t expected =
        (first.match(text, 0, 100'000, nullptr) == PcreResult::matched ? 1U : 0U) |
        (second.match(text, 0, 100'000, nullptr) == PcreResult::matched ? 2U : 0U);
    EXPECT_EQ(matched(dfa, text), expected);
    EXPECT_LE(dfa.memory(), LazyDfa::kMaxMemory + 4'096);
  }
}

TEST(Automaton, AnswersWhereANodeLeadsToManyOthers) {
  // Each of the choices leads to all that follow: too many ways to write down ahead.
  std::string expression = "\\bx";
  for (int i = 0; i < 100; ++i) expression += std::string(1, static_cast<char>('a' + i % 9)) + "?";
  expression += "\\by";
  const Automaton automaton({nfa(expression)});
  const Pcre pcre = *Pcre::compile(expression, kOptions);
  LazyDfa dfa(automaton);
  for (const std::string_view text : {"xabc", "xy", "xcba y", "x-y", "-xihg fedcba", "xaaaaaaaaaay",
                                      "xabcdefghiabcy", "ab xia"}) {
    const bool expected = pcre.match(text, 0, 1'000'000, nullptr) == PcreResult::matched;
    EXPECT_EQ(matched(dfa, text), expected ? 1U : 0U) << text;
  }
}

TEST(Automaton, GivesUpWhereStatesAreNotWorthIt) {
  const Automaton automaton({nfa("a.{14}b")});
  LazyDfa dfa(automaton);
  std::mt19937 random(3);
  size_t given_up = 0;
  for (int round = 0; round < 40; ++round) {
    std::string text;
    while (text.size() < 3'000) text += "acdefgha"[random() % 8];
    given_up += !dfa.matches(text, LazyDfa::Effort::bounded).has_value();
  }
  EXPECT_GT(given_up, 30u);
  EXPECT_FALSE(dfa.matches(std::string(LazyDfa::kMaxText + 1, 'x'), LazyDfa::Effort::whole));
}

TEST(Gate, TakesOutWhatDoesNotMatch) {
  // Several groups of patterns, and one that is no regular language.
  std::vector<std::string> expressions;
  for (char c = 'a'; c < 'm'; ++c) expressions.push_back(std::string("x+") + c);
  expressions.push_back(R"((y)\1)");
  std::vector<Gate::Pattern> patterns;
  for (uint32_t i = 0; i < expressions.size(); ++i) patterns.push_back({60 + i, expressions[i]});
  const Gate gate(patterns, kOptions);
  Gate::Dfas dfas;
  std::vector<PatternBits> set = {~PatternBits{0}, ~PatternBits{0}};
  const std::vector<PatternBits> all = set;
  gate.narrow("xxb xl", set.data(), all.data(), 0, dfas, LazyDfa::Effort::whole);
  for (uint32_t i = 0; i < expressions.size(); ++i) {
    const bool left = (set[(60 + i) / 64] >> ((60 + i) % 64) & 1) != 0;
    EXPECT_EQ(left, i == 1 || i == 11 || i == 12) << expressions[i];
  }
  EXPECT_EQ(set[0] & ((PatternBits{1} << 60) - 1), (PatternBits{1} << 60) - 1) << "others stay";
  gate.give_back(std::move(dfas));
}

TEST(Gate, LooksOnlyForWhatIsWanted) {
  std::vector<Gate::Pattern> patterns;
  const std::vector<std::string> expressions = {"x+a", "x+b", "x+c", "x+d", "x+e",
                                                "x+f", "x+g", "x+h", "x+i"};
  for (uint32_t i = 0; i < expressions.size(); ++i) patterns.push_back({i, expressions[i]});
  const Gate gate(patterns, kOptions);
  Gate::Dfas dfas;
  const PatternBits first = 1, last = PatternBits{1} << 8;
  PatternBits set = ~PatternBits{0};
  const auto narrow = [&](PatternBits wanted, uint64_t known) {
    return gate.narrow("xxb", &set, &wanted, known, dfas, LazyDfa::Effort::whole);
  };
  const uint64_t known = narrow(first, 0);
  EXPECT_EQ(set & first, 0U);
  EXPECT_NE(set & last, 0U) << "nobody asked";
  EXPECT_EQ(narrow(first, known), known) << "it is not asked again";
  EXPECT_EQ(narrow(last, known) & known, known);
  EXPECT_EQ(set & last, 0U);
  gate.give_back(std::move(dfas));
}

}  // namespace
}  // namespace wafcheck::engine
