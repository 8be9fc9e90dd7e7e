#include "parser/regex/compare.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <string>
#include <string_view>
#include <vector>

#include "tests/unit/parser/regex/random_regex.h"

namespace wafcheck::parser::regex {
namespace {

constexpr PcreOptions kCompared{.dotall = true, .dollar_endonly = true};

Comparison compared(std::string_view old_text, std::string_view new_text,
                    PcreOptions pcre = kCompared, const CompareOptions& options = {}) {
  const auto old_one = Comparand::compile(old_text, pcre);
  const auto new_one = Comparand::compile(new_text, pcre);
  EXPECT_TRUE(old_one) << old_text;
  EXPECT_TRUE(new_one) << new_text;
  return compare(*old_one, *new_one, options);
}

/// A comparison in one line: "wider only_new='b'".
std::string shown(const Comparison& comparison) {
  std::string out(name_of(comparison.relation));
  if (comparison.only_new) out += " only_new='" + *comparison.only_new + "'";
  if (comparison.only_old) out += " only_old='" + *comparison.only_old + "'";
  return comparison.reason.empty() ? out : out + ": " + comparison.reason;
}

struct CompareCase {
  std::string_view old_text;
  std::string_view new_text;
  std::string_view expected;
};

void PrintTo(const CompareCase& row, std::ostream* out) {
  *out << row.old_text << " to " << row.new_text;
}

class RegexCompare : public testing::TestWithParam<CompareCase> {};

TEST_P(RegexCompare, Says) {
  const auto& [old_text, new_text, expected] = GetParam();
  EXPECT_EQ(shown(compared(old_text, new_text)), expected);
}

INSTANTIATE_TEST_SUITE_P(
    Relations, RegexCompare,
    testing::Values(CompareCase{"a|b", "[ab]", "equal"},
                    CompareCase{"(?:|^x){0}a", "a",
                                "undecided: the old expression has a group that is repeated zero "
                                "times"},
                    CompareCase{"foo", "fo+", "wider only_new='fo'"},
                    CompareCase{"fo+", "foo", "narrower only_old='fo'"},
                    CompareCase{"ab", "ba", "different only_new='ba' only_old='ab'"},
                    CompareCase{"abcd|abce", "abc[de]", "equal"}, CompareCase{"a", "a.*", "equal"},
                    CompareCase{"a{2,100}", "aa", "equal"},
                    CompareCase{"x[ab]{100}c", "x[ab]{100}c", "equal"},
                    CompareCase{"(?:a|b)*c", "c", "equal"},
                    CompareCase{"(?i)select", "select", "narrower only_old='selecT'"}));

INSTANTIATE_TEST_SUITE_P(Places, RegexCompare,
                         testing::Values(CompareCase{"^a", "a", "wider only_new='ba'"},
                                         CompareCase{"a$", "a", "wider only_new='ab'"},
                                         CompareCase{"^a$", "\\Aa\\z", "equal"},
                                         CompareCase{"a\\z", "a\\Z", "wider only_new='a\n'"},
                                         CompareCase{"a\\Z", "a\n?\\z", "equal"},
                                         CompareCase{"a\\Z\\n", "a\\n\\z", "equal"},
                                         CompareCase{"(?:a\\Z|b)\\s?\\z", "a\\s?\\z|b\\s?\\z",
                                                     "wider only_new='a '"},
                                         CompareCase{"(?m)^a", "(?:^|\\n)a", "equal"},
                                         CompareCase{"(?m)a$", "a(?:$|\\n)", "equal"},
                                         CompareCase{"\\bfoo\\b", "(?:^|\\W)foo(?:\\W|$)", "equal"},
                                         CompareCase{"foo", "foo\\b", "narrower only_old='fooa'"},
                                         CompareCase{"a\\B.", "a\\w", "equal"}));

INSTANTIATE_TEST_SUITE_P(
    Kept, RegexCompare,
    testing::Values(
        CompareCase{"a++b", "a+b", "equal"}, CompareCase{"\\s*+=", "\\s*=", "equal"},
        CompareCase{"(?>foo|bar)x", "(?:foo|bar)x", "equal"},
        CompareCase{"x(?>a|ab)", "xab?", "equal"}, CompareCase{"\\w++$", "\\w+$", "equal"},
        CompareCase{"\\w++\\b", "\\w+\\b", "equal"},
        CompareCase{"(?:%2e|\\.){2,}+/", "(?:%2e|\\.){2,}/", "equal"},
        CompareCase{"a++a", "aa", "wider only_new='aa'"},
        CompareCase{"\\w++\\B", "\\w+\\B", "wider only_new='aa'"},
        CompareCase{"a{1,2}+a", "aaa", "equal"}, CompareCase{"(?>\\s+)x", "\\sx", "equal"},
        CompareCase{"(?:ab){1,3}+abc", "(?:ab){4}c", "equal"},
        CompareCase{"(?>a|ab)c", "(?:a|ab)c",
                    "undecided only_new='abc': the old expression has an atomic group"}));

INSTANTIATE_TEST_SUITE_P(
    LookAround, RegexCompare,
    testing::Values(CompareCase{"a\\b", "a(?!\\w)", "equal"}, CompareCase{"a(?=b)", "ab", "equal"},
                    CompareCase{"a(?!b)", "ab", "different only_new='ab' only_old='a'"},
                    CompareCase{"<\\?(?!xml)", "<\\?", "wider only_new='<?xml'"},
                    CompareCase{"^(?:(?!ab).)*$", "^(?:b|a(?!b)|[^ab])*$", "equal"},
                    CompareCase{"^(?=.*a)(?=.*b)[ab]+$", "^(?:a+b|b+a)[ab]*$", "equal"},
                    CompareCase{"a(?=b|$)", "a(?![^b])", "equal"},
                    CompareCase{"a(?=(?!b).)", "a[^b]", "equal"},
                    CompareCase{"(?<!a)b", "(?:^|[^a])b", "equal"},
                    CompareCase{"(?<=a|bc)d", "(?:a|bc)d", "equal"},
                    CompareCase{"(?<!\\w)a(?!\\w)", "\\ba\\b", "equal"},
                    CompareCase{"(?<!ab)c", "c", "wider only_new='abc'"},
                    CompareCase{
                        "a(?=\\b)", "a\\b",
                        "undecided: the old expression has look-around with assertions inside"}));

INSTANTIATE_TEST_SUITE_P(
    Irregular, RegexCompare,
    testing::Values(
        CompareCase{"(a)\\1", "(a)\\1", "equal"}, CompareCase{"(a)(?#one)\\1", "(a)\\1", "equal"},
        CompareCase{"a(*MARK:x)b(*SKIP:x)c|b", "a(*MARK:y)b(*SKIP:x)c|b",
                    "undecided: the old expression has a control verb"},
        CompareCase{"(a)\\1", "(b)\\1",
                    "different only_new='bb' only_old='aa': the old expression has a "
                    "back-reference"},
        CompareCase{"a\\X", "a\\R",
                    "undecided only_old='aa': the old expression has a part that is not made of "
                    "bytes alone"}));

TEST(RegexCompareDomain, LeavesOutWhatCannotOccur) {
  const CompareOptions lower{.domain = {.bytes = ~ByteSet::range('A', 'Z')}};
  EXPECT_EQ(shown(compared("(?i)select", "select", kCompared, lower)), "equal");
  EXPECT_EQ(shown(compared("[A-Z]", "[A-Z]x", kCompared, lower)), "equal");
  const CompareOptions single{.domain = {.absent = {"  ", "/./"}}};
  EXPECT_EQ(shown(compared("a +b", "a b", kCompared, single)), "equal");
  EXPECT_EQ(shown(compared("a[ \\t]+b", "a b", kCompared, single)), "narrower only_old='a\tb'");
  EXPECT_EQ(shown(compared("/\\.?/", "//", kCompared, single)), "equal");
}

TEST(RegexCompareBounds, AreReasons) {
  // As many sets of states as there are words of twenty.
  const Comparison pairs = compared("^[ab]{63}$", "a[ab]{20}a|b[ab]{20}b", kCompared,
                                    CompareOptions{.most_pairs = 1'000});
  EXPECT_EQ(pairs.reason, "the bound of 1000 pairs of states was reached");
  EXPECT_EQ(pairs.only_new, std::string(22, 'a'));
  EXPECT_EQ(pairs.has_only_old, Answer::unknown);
  EXPECT_EQ(ruled_out(pairs), (std::vector{Relation::equal, Relation::narrower}));
  EXPECT_EQ(shown(compared("a{60000}", "b")),
            "undecided: the old expression has more than 16000 "
            "states");
}

TEST(RegexCompareBounds, OfTheAutomata) {
  const auto reason = [](const CompareOptions& options) {
    return compared("[ab]{9}c", "[ab]{8}c", kCompared, options).reason;
  };
  EXPECT_EQ(reason({.most_states = 9}), "the old expression has more than 9 states");
  EXPECT_EQ(reason({.most_transitions = 9}), "the automata have more than 9 transitions");
  EXPECT_EQ(reason({.most_merged = 9}), "the automata have more than 9 states");
  EXPECT_EQ(reason({.most_work = 9}), "the bound of 9 steps was reached");
  EXPECT_EQ(reason({.most_compared = 0}), "");
}

TEST(RegexCompareRuledOut, ByWhatIsKnown) {
  EXPECT_EQ(ruled_out({}), std::vector<Relation>());
  Comparison one;
  one.has_only_new = Answer::yes;
  EXPECT_EQ(ruled_out(one), (std::vector{Relation::equal, Relation::narrower}));
  one.has_only_old = Answer::no;
  EXPECT_EQ(ruled_out(one),
            (std::vector{Relation::equal, Relation::narrower, Relation::different}));
}

/// All subjects of up to `size` bytes.
std::vector<std::string> all_subjects(std::string_view alphabet, size_t size) {
  std::vector<std::string> all = {""};
  for (size_t i = 0; all[i].size() < size; ++i) {
    for (const char c : alphabet) all.push_back(all[i] + c);
  }
  return all;
}

/// Whatever is said holds for all short subjects, as PCRE2 sees them.
void check_random(uint64_t seed, bool plain, size_t expressions, size_t& decided) {
  const std::vector<std::string> subjects = all_subjects("ab_ \n", 5);
  Random random(seed);
  RandomRegex source(random, plain);
  for (size_t i = 0; i < expressions; ++i) {
    const PcreOptions pcre{.caseless = random.one_in(8),
                           .dotall = !random.one_in(4),
                           .multiline = random.one_in(2),
                           .dollar_endonly = random.one_in(2)};
    const std::string texts[] = {source.expression(), source.expression()};
    const auto old_one = Comparand::compile(texts[0], pcre);
    const auto new_one = Comparand::compile(texts[1], pcre);
    if (!old_one || !new_one) continue;
    const Comparison said = compare(*old_one, *new_one, {.most_pairs = 2'000});
    SCOPED_TRACE(texts[0] + " to " + texts[1] + ": " + shown(said));
    ASSERT_NE(said.reason, "PCRE2 disagrees");
    decided += said.relation != Relation::undecided;
    for (const std::string& subject : subjects) {
      const auto by_old = old_one->matches(subject);
      const auto by_new = new_one->matches(subject);
      if (!by_old || !by_new || *by_old == *by_new) continue;
      ASSERT_NE(*by_new ? said.has_only_new : said.has_only_old, Answer::no) << subject;
    }
  }
}

TEST(RegexCompareRandom, RegularExpressions) {
  size_t decided = 0;
  check_random(21, /*plain=*/true, 1'500, decided);
  EXPECT_GT(decided, 1'200u);
}

TEST(RegexCompareRandom, EverythingOfPcre) {
  size_t decided = 0;
  check_random(22, /*plain=*/false, 1'000, decided);
  EXPECT_GT(decided, 300u);
}

}  // namespace
}  // namespace wafcheck::parser::regex
