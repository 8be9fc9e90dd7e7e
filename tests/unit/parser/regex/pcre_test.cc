#include "parser/regex/pcre.h"

#include <gtest/gtest.h>

#include <atomic>
#include <stdexcept>
#include <string>
#include <thread>

namespace wafcheck::parser {
namespace {

using namespace std::string_view_literals;

constexpr uint32_t kPlenty = 1'000'000;
constexpr Pcre::Group kUnsetGroup{Pcre::kUnset, Pcre::kUnset};
using Groups = std::vector<Pcre::Group>;

Pcre compiled(std::string_view pattern, PcreOptions options = {}) {
  Result<Pcre> pcre = Pcre::compile(pattern, options);
  if (!pcre) throw std::invalid_argument(pcre.error().message);
  return std::move(*pcre);
}

struct MatchCase {
  std::string_view pattern;
  std::string_view subject;
  size_t start;
  PcreResult result;
  Groups groups;
};

const std::vector<MatchCase>& match_cases() {
  static const std::vector<MatchCase> cases = {
      {"b+", "abbc", 0, PcreResult::matched, {{1, 3}}},
      {"b+", "abbc", 2, PcreResult::matched, {{2, 3}}},
      {"b+", "abbc", 3, PcreResult::no_match, {}},
      {"(?<=b)c", "abc", 2, PcreResult::matched, {{2, 3}}},  // sees what lies before the start
      {"^b", "ab", 1, PcreResult::no_match, {}},
      {"", "abc", 3, PcreResult::matched, {{3, 3}}},
      {"", "abc", 4, PcreResult::no_match, {}},
      {"", "", 0, PcreResult::matched, {{0, 0}}},
      {"", std::string_view(), 0, PcreResult::matched, {{0, 0}}},
      {std::string_view(), "a", 0, PcreResult::matched, {{0, 0}}},
      {"(a)(b)", "xab", 0, PcreResult::matched, {{1, 3}, {1, 2}, {2, 3}}},
      {"(a)|(b)|(c)", "b", 0, PcreResult::matched, {{0, 1}, kUnsetGroup, {0, 1}, kUnsetGroup}},
      {"(a*)b", "b", 0, PcreResult::matched, {{0, 1}, {0, 0}}},
      {"a\\Kb", "ab", 0, PcreResult::matched, {{1, 2}}},
      {"a\0b"sv, "xa\0b"sv, 0, PcreResult::matched, {{1, 4}}},
      {"a\0b"sv, "xab"sv, 0, PcreResult::no_match, {}},
      {"\\x00(.)", "\0\0"sv, 0, PcreResult::matched, {{0, 2}, {1, 2}}},
      {"^.$", "\xc3\xa9", 0, PcreResult::no_match, {}},  // two bytes, whatever they spell
      {"^..$", "\xc3\xa9", 0, PcreResult::matched, {{0, 2}}},
      {"[\x80-\xff]", "a\xff", 0, PcreResult::matched, {{1, 2}}},
      {"a(?R)b|c", "acb", 0, PcreResult::matched, {{0, 3}}},
      {"a.b", "a\rb", 0, PcreResult::matched, {{0, 3}}},  // LF alone ends a line
  };
  return cases;
}

class PcreMatch : public testing::TestWithParam<bool> {};

TEST_P(PcreMatch, FindsTheMatchAndItsGroups) {
  for (const MatchCase& row : match_cases()) {
    SCOPED_TRACE(testing::PrintToString(row.pattern) + " on " +
                 testing::PrintToString(row.subject));
    const Pcre pcre = compiled(row.pattern);
    if (GetParam() && !pcre.jit()) GTEST_SKIP() << "PCRE2 has no JIT on this system";
    const Groups stale = {{7, 7}};
    Groups groups = stale;
    EXPECT_EQ(pcre.match(row.subject, row.start, kPlenty, &groups), row.result);
    EXPECT_EQ(groups, row.result == PcreResult::matched ? row.groups : stale);
    EXPECT_EQ(pcre.match(row.subject, row.start, kPlenty, nullptr), row.result);
  }
}

TEST_P(PcreMatch, GivesUpAtTheMatchLimit) {
  const Pcre pcre = compiled("(a+)+$");
  if (GetParam() && !pcre.jit()) GTEST_SKIP() << "PCRE2 has no JIT on this system";
  const std::string subject = std::string(60, 'a') + "b";
  Groups groups;
  EXPECT_EQ(pcre.match(subject, 0, 1000, &groups), PcreResult::limit);
  EXPECT_TRUE(groups.empty());
  EXPECT_EQ(pcre.match(subject.substr(0, 60), 0, 1000, &groups), PcreResult::matched);
}

TEST_P(PcreMatch, SurvivesDeepRecursion) {
  const Pcre pcre = compiled("\\((?:[^()]|(?R))*\\)");
  if (GetParam() && !pcre.jit()) GTEST_SKIP() << "PCRE2 has no JIT on this system";
  const std::string subject = std::string(200'000, '(') + ")";
  EXPECT_EQ(pcre.match(subject, 0, 100'000, nullptr), PcreResult::limit);
}

TEST_P(PcreMatch, FinishesWhatNeedsMoreStackThanTheJitHas) {
  const Pcre pcre = compiled("^(?:(a)|b)*$");
  if (GetParam() && !pcre.jit()) GTEST_SKIP() << "PCRE2 has no JIT on this system";
  const std::string subject(100'000, 'a');
  EXPECT_EQ(pcre.match(subject, 0, 10'000'000, nullptr), PcreResult::matched);
}

INSTANTIATE_TEST_SUITE_P(Interpreter, PcreMatch, testing::Values(false));
INSTANTIATE_TEST_SUITE_P(Jit, PcreMatch, testing::Values(true));

TEST(Pcre, ReportsWhereCompilationFailed) {
  struct Row {
    std::string_view pattern;
    size_t at;
    std::string_view message;
  };
  constexpr Row kRows[] = {
      {"ab(c", 4, "missing closing parenthesis"},
      {"[z-a]", 3, "range out of order in character class"},
      {"ab\\", 3, "\\ at end of pattern"},
      {"a\0("sv, 3, "missing closing parenthesis"},
  };
  for (const Row& row : kRows) {
    const Result<Pcre> pcre = Pcre::compile(row.pattern, {});
    ASSERT_FALSE(pcre.has_value()) << row.pattern;
    EXPECT_EQ(pcre.error().at, row.at) << row.pattern;
    EXPECT_EQ(pcre.error().message, row.message);
  }
}

TEST(Pcre, APatternCannotAskForUtf) {
  EXPECT_FALSE(Pcre::compile("(*UTF)a", {}).has_value());
}

TEST(Pcre, Flags) {
  struct Row {
    std::string_view pattern;
    std::string_view subject;
    PcreOptions options;  ///< under these it matches, without it does not, or the reverse
    bool matches_with;
  };
  constexpr Row kRows[] = {
      {"abc", "aBC", {.caseless = true}, true},
      {"a.b", "a\nb", {.dotall = true}, true},
      {"^b", "a\nb", {.multiline = true}, true},
      {"a$", "a\n", {.dollar_endonly = true}, false},
  };
  for (const Row& row : kRows) {
    const auto matches = [&](PcreOptions options) {
      return compiled(row.pattern, options).match(row.subject, 0, kPlenty, nullptr) ==
             PcreResult::matched;
    };
    EXPECT_EQ(matches(row.options), row.matches_with) << row.pattern;
    EXPECT_EQ(matches({}), !row.matches_with) << row.pattern;
  }
}

TEST(Pcre, CountsAndNamesGroups) {
  const Pcre pcre = compiled("(?<zeta>a)(b)(?:c)(?<alpha>d)");
  EXPECT_EQ(pcre.group_count(), 3u);
  const std::vector<PcreGroupName> names = pcre.group_names();
  ASSERT_EQ(names.size(), 2u);
  EXPECT_EQ(names[0].number, 1u);
  EXPECT_EQ(names[0].name, "zeta");
  EXPECT_EQ(names[1].number, 3u);
  EXPECT_EQ(names[1].name, "alpha");
  EXPECT_TRUE(compiled("a").group_names().empty());
}

TEST(Pcre, HoldsMoreGroupsThanTheFirstPatternNeeded) {
  std::string pattern;
  for (int i = 0; i < 200; ++i) pattern += "(a)";
  Groups groups;
  EXPECT_EQ(compiled("a").match("a", 0, kPlenty, &groups), PcreResult::matched);
  EXPECT_EQ(compiled(pattern).match(std::string(200, 'a'), 0, kPlenty, &groups),
            PcreResult::matched);
  ASSERT_EQ(groups.size(), 201u);
  EXPECT_EQ(groups[200], Pcre::Group(199, 200));
}

TEST(Pcre, MovesWithItsMachineCode) {
  Pcre first = compiled("b");
  const bool has_jit = first.jit();
  Pcre second = std::move(first);
  EXPECT_EQ(second.jit(), has_jit);
  EXPECT_EQ(second.match("abc", 0, kPlenty, nullptr), PcreResult::matched);
  second = compiled("z");
  EXPECT_EQ(second.match("abc", 0, kPlenty, nullptr), PcreResult::no_match);
}

TEST(Pcre, APatternMayForbidMachineCode) {
  const Pcre pcre = compiled("(*NO_JIT)b");
  EXPECT_FALSE(pcre.jit());
  EXPECT_EQ(pcre.match("abc", 0, kPlenty, nullptr), PcreResult::matched);
}

TEST(Pcre, ThreadsShareOneExpressionWhileItIsJitted) {
  const Pcre pcre = compiled("(\\w+)=(\\d+)");
  std::atomic<int> wrong = 0;
  std::vector<std::jthread> threads;
  for (int t = 0; t < 4; ++t) {
    threads.emplace_back([&, t] {
      for (int i = 0; i < 2000; ++i) {
        if (i == 500 * t) pcre.jit();
        Groups groups;
        const bool matched = pcre.match("?? key=42", 0, kPlenty, &groups) == PcreResult::matched;
        if (!matched || groups != Groups{{3, 9}, {3, 6}, {7, 9}}) ++wrong;
      }
    });
  }
  threads.clear();
  EXPECT_EQ(wrong, 0);
}

}  // namespace
}  // namespace wafcheck::parser
