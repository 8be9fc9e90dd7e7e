#include "parser/regex/redos.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <vector>

#include "parser/regex/parse.h"
#include "parser/regex/steps.h"
#include "tests/unit/parser/regex/crs_expressions.h"

namespace wafcheck::parser::regex {
namespace {

using parser::PcreOptions;

constexpr PcreOptions kOptions{.dotall = true, .multiline = true};

std::vector<Redos> redos_of(std::string_view pattern) {
  const auto tree = parse(pattern, kOptions);
  EXPECT_TRUE(tree) << pattern;
  return tree ? find_redos(pattern, *tree, kOptions) : std::vector<Redos>();
}

/// "exponential" or "degree 2", with the guilty quantifiers and what stands before each.
std::string worst_of(std::string_view pattern) {
  const auto found = redos_of(pattern);
  if (found.empty()) return "none";
  const Redos& worst = found.front();
  std::string out = worst.exponential ? "exponential" : "degree " + std::to_string(worst.degree);
  if (worst.search) out += " by search";
  for (const Span& span : worst.quantifiers) {
    out += " " + std::string(pattern.substr(span.begin, span.end - span.begin)) + "@" +
           std::to_string(span.begin);
  }
  return out;
}

struct RedosCase {
  std::string_view pattern;
  std::string_view worst;
};

TEST(RegexRedos, KnownBad) {
  static constexpr RedosCase kCases[] = {
      {"(a+)+$", "exponential +@2 +@4"},
      {"(a|a)*b", "exponential *@5"},
      {"(\\w+\\s?)+:", "exponential +@3 +@8"},
      {"(?:x+x+)+y", "exponential +@4 +@8"},
      {"(a*)*b", "exponential *@2 *@4"},
      {"^(a|b|ab)*c", "exponential *@9"},
      {"^(?:[a-z]+)*\\d", "exponential +@9 *@11"},
      {"^(([a-z])+.)+[A-Z]([a-z])+$", "exponential +@9 +@12"},
      {"(?=(a+)+b)a", "exponential +@5 +@7"},
      {"(?:(?:a|b)+)+c", "exponential +@10 +@12"},
      {"\\s*\\s*=", "degree 2 *@2 *@5"},
      {"x\\s*\\s*=", "degree 2 *@3 *@6"},
      {"(?i)\\$[a-z]{1,20}\\s*\\s*=", "degree 2 *@19 *@22"},
      {"^a*a*a*b", "degree 2 *@2 *@4 *@6"},
      {"^a*a*a*[ab]c", "degree 3 *@2 *@4 *@6"},
      {"^.*x.*x=", "degree 2 *@2 *@5"},
      {"(?:a|b)*c", "degree 2 by search *@7"},
      {"(?:foo|bar)+baz", "degree 2 by search +@11"},
  };
  for (const RedosCase& row : kCases) EXPECT_EQ(worst_of(row.pattern), row.worst) << row.pattern;
}

TEST(RegexRedos, KnownGood) {
  for (const std::string_view pattern :
       {"abc", "^a+$", "x*=", "^(?:a|b)*$", "^(?:[a-z]+,)*x", "a{0,5}a{0,5}b", "(?>a+)+b",
        "x\\s*\\b\\s*=", "x\\s*+\\s*=", "x\\s*=", "(?:a++)+b", "^(?:ab?)+$", "^\\w+\\s\\w+$",
        "^[^=]*=[^=]*$", "", "^(?:a{2})+$", "(a+)+"}) {
    EXPECT_EQ(worst_of(pattern), "none") << pattern;
  }
}

TEST(RegexRedos, LeavesOutSquaresOfTheSearch) {
  const auto degree = [](std::string_view pattern) {
    const auto tree = parse(pattern, kOptions);
    RedosLimits limits;
    limits.squares_of_search = false;
    const auto found = find_redos(pattern, *tree, kOptions, limits);
    return found.empty() ? 0 : found.front().degree;
  };
  EXPECT_EQ(degree("(?:a|b)*c"), 0U) << "quadratic by the search alone";
  EXPECT_EQ(degree("\\s*\\s*="), 2U) << "quadratic without the search";
  EXPECT_EQ(degree("union.*?select.*?from"), 3U) << "cubic by the search";
}

/// A second run finds the same, and every figure can be had again from the attack.
void check_figures(std::string_view pattern) {
  const auto found = redos_of(pattern);
  const auto again = redos_of(pattern);
  const auto counter = StepCounter::compile(pattern, kOptions);
  ASSERT_TRUE(counter) << pattern;
  ASSERT_EQ(found.size(), again.size()) << pattern;
  const RedosLimits limits;
  for (size_t i = 0; i < found.size(); ++i) {
    const Redos& redos = found[i];
    EXPECT_EQ(redos.steps, again[i].steps) << pattern;
    EXPECT_EQ(redos.pumps, again[i].pumps) << pattern;
    EXPECT_FALSE(redos.quantifiers.empty()) << pattern;
    const std::string subject = attack(redos, redos.pumps);
    const Steps steps = counter->count(subject, limits.exponential_steps, redos.measure);
    EXPECT_EQ(steps.count, redos.steps) << pattern;
    EXPECT_EQ(steps.more, redos.more) << pattern;
    if (redos.exponential) {
      EXPECT_LE(subject.size(), limits.exponential_bytes) << pattern;
      EXPECT_EQ(redos.steps, limits.exponential_steps) << pattern;
      // A quarter of the pumps less makes for a small part of the steps.
      const Steps fewer = counter->count(attack(redos, redos.pumps * 3 / 4), 1'000'000);
      EXPECT_LT(fewer.count, redos.steps / 2) << pattern;
    } else {
      EXPECT_GE(redos.degree, 2u) << pattern;
      const Steps half = counter->count(attack(redos, redos.pumps / 2), 1'000'000, redos.measure);
      EXPECT_GT(steps.count, half.count * 3) << pattern;
    }
  }
}

TEST(RegexRedos, FiguresAreExact) {
  for (const std::string_view pattern :
       {"(a+)+$", "(a|a)*b", "\\s*\\s*=", "x\\s*\\s*=", "^a*a*a*b", "(?:a|b)*c"}) {
    check_figures(pattern);
  }
}

TEST(RegexRedos, CoreRuleSet) {
  const std::vector<std::string> expressions = crs_expressions();
  if (expressions.empty()) GTEST_SKIP() << "no Core Rule Set: set WAFCHECK_SHARED";
  for (const std::string& text : expressions) check_figures(text);
}

TEST(RegexRedos, SaysWhereItGivesUp) {
  const auto repeated = [](std::string_view piece, size_t times) {
    std::string out;
    while (times-- > 0) out += piece;
    return out;
  };
  const auto search = [](const std::string& text) {
    const auto tree = parse(text, kOptions);
    RedosEffort effort;
    const auto found = find_redos(text, *tree, kOptions, {}, &effort);
    return std::pair(found.size(), effort.undecided);
  };
  using Result = std::pair<size_t, bool>;
  EXPECT_EQ(search("^a+b$"), Result(0, false));
  EXPECT_EQ(search("^" + repeated("a?", 30) + repeated("a", 30) + "$").first, 1U);
  EXPECT_EQ(search(repeated("[^\\w]*[^\\d]*", 3000)), Result(0, true)) << "too large";
  EXPECT_TRUE(search("^" + repeated("(", 100) + "a+" + repeated(")+", 100)).second ||
              search("^" + repeated("(", 100) + "a+" + repeated(")+", 100)).first != 0);
}

TEST(RegexSteps, OfManyGroupsTakeMore) {
  const auto counter = [](const std::string& text) { return StepCounter::compile(text, kOptions); };
  std::string groups;
  for (int i = 0; i < 1200; ++i) groups += "()";
  EXPECT_EQ(counter("a")->work_of_step(), 1U);
  EXPECT_EQ(counter(groups)->work_of_step(), 151U);
}

TEST(RegexRedos, TriesNothingThatIsKnown) {
  const auto work = [](std::string_view pattern) {
    const auto tree = parse(pattern, kOptions);
    RedosEffort effort;
    find_redos(pattern, *tree, kOptions, {}, &effort);
    return effort.work;
  };
  EXPECT_EQ(work("(?:a|b)?c{2,4}d"), 0U) << "without a loop there is nothing to try";
  const RedosLimits limits;
  EXPECT_LT(work("^(?:a|a)*b"), limits.exponential_steps * 5 / 4)
      << "the sizes before the one with too many steps add up to as many again";
}

TEST(RegexRedos, WorkIsBounded) {
  std::string nested = "a";
  for (uint32_t i = 0; i < kMaxDepth; ++i) nested = "(" + nested + "){3,6}";
  std::string empty;
  for (uint32_t i = 0; i < kMaxDepth; ++i) empty = "(?:" + empty + "){3,6}";
  std::string loops;
  for (int i = 0; i < 300; ++i) loops += "\\w*\\s*";
  std::string words = "^(?:";
  for (int i = 0; i < 800; ++i) words += "word" + std::to_string(i) + "|";
  words += ")*x";
  const RedosLimits limits;
  uint64_t all = 0;
  for (const std::string& text : {nested, empty, loops + "=", words, std::string("(a+)+$")}) {
    const auto tree = parse(text, kOptions);
    ASSERT_TRUE(tree) << text.substr(0, 40);
    RedosEffort effort;
    const auto findings = find_redos(text, *tree, kOptions, limits, &effort);
    EXPECT_LE(findings.size(), limits.candidates) << text.substr(0, 40);
    EXPECT_LE(effort.work, limits.work) << text.substr(0, 40);
    all += effort.work;
  }
  EXPECT_GT(all, 0U) << "nothing was tried";
}

TEST(RegexSteps, CountsTheWholeSearch) {
  const auto counter = StepCounter::compile("a", kOptions);
  ASSERT_TRUE(counter);
  EXPECT_EQ(counter->count("b", 100).count, 0u);  // there is no a
  EXPECT_EQ(counter->count("a", 100).count, 2u);  // the byte, and the end
  EXPECT_FALSE(counter->count("a", 100).more);

  const auto slow = StepCounter::compile("(?:a|b)+c", kOptions);
  ASSERT_TRUE(slow);
  const Steps few = slow->count(std::string(10, 'a') + "!c", 1'000'000);
  const Steps many = slow->count(std::string(20, 'a') + "!c", 1'000'000);
  EXPECT_GT(many.count, few.count * 3);
  const Steps stopped = slow->count(std::string(20, 'a') + "!c", 50);
  EXPECT_EQ(stopped.count, 50u);
  EXPECT_TRUE(stopped.more);
  EXPECT_FALSE(StepCounter::compile("(", kOptions));
}

TEST(RegexSteps, CountsTheBytesOfAMatch) {
  const auto counter = StepCounter::compile("xa*a*=", kOptions);
  ASSERT_TRUE(counter);
  const std::string few = "x" + std::string(100, 'a') + "!=";
  const std::string many = "x" + std::string(200, 'a') + "!=";
  EXPECT_LT(counter->count(many, 1'000'000).count, counter->count(few, 1'000'000).count * 3);
  EXPECT_GT(counter->count(many, 1'000'000, Measure::match).count,
            counter->count(few, 1'000'000, Measure::match).count * 3);
  // A match begins at the first byte.
  EXPECT_LT(counter->count("!" + many, 1'000'000, Measure::match).count, 10u);
}

}  // namespace
}  // namespace wafcheck::parser::regex
