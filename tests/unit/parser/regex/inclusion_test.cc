#include "parser/regex/inclusion.h"

#include <gtest/gtest.h>

#include <string>

#include "parser/regex/analysis.h"
#include "parser/regex/parse.h"
#include "parser/regex/pcre.h"
#include "tests/unit/parser/regex/random_regex.h"

namespace wafcheck::parser::regex {
namespace {

using parser::Pcre;
using parser::PcreOptions;
using parser::PcreResult;

constexpr PcreOptions kOptions{.dotall = true, .dollar_endonly = true};

Tree tree_of(std::string_view pattern) {
  Result<Tree> tree = parse(pattern, kOptions);
  EXPECT_TRUE(tree) << pattern;
  return tree ? std::move(*tree) : *parse("", {});
}

struct InclusionCase {
  std::string_view whole;
  std::string_view part;
  Answer answer;
};

TEST(RegexInclusion, Includes) {
  static constexpr InclusionCase kCases[] = {
      {"a", "ab", Answer::yes},
      {"ab", "a", Answer::no},
      {"(?i)select", "SELECT\\s", Answer::yes},
      {"select", "(?i)select", Answer::no},
      {"a|b", "[ab]", Answer::yes},
      {"[ab]", "a|b", Answer::yes},
      {"foo", "^foo$", Answer::yes},
      {"^foo$", "foo", Answer::no},
      {"^\\d+$", "^[0-9]{1,3}$", Answer::yes},
      {"^[0-9]{1,3}$", "^\\d+$", Answer::no},
      {"\\bfoo\\b", "^foo$", Answer::yes},
      {"\\bfoo\\b", "foo", Answer::no},
      {"(?m)^foo", "\\nfoo", Answer::yes},
      {"^foo", "(?m)^foo", Answer::no},
      {".*", "", Answer::yes},
      {"a*?b", "a+b", Answer::yes},
      {"foo|bar", "foobar", Answer::yes},
      {"(?=a)b", "b", Answer::unknown},
      {"(a)\\1", "aa", Answer::unknown},
      {"(?>a)", "a", Answer::yes},
      {"(?>a|ab)c", "ac", Answer::unknown},
      {"a[ab]{100}c", "a[ab]{100}c", Answer::yes},
      {"a{60000}", "a", Answer::unknown},
  };
  for (const InclusionCase& row : kCases) {
    EXPECT_EQ(includes(tree_of(row.whole), tree_of(row.part)).answer, row.answer)
        << row.whole << " includes " << row.part;
  }
}

TEST(RegexInclusion, NothingAndEverything) {
  for (const std::string_view pattern : {"a^b", "$a", "foo\\Bbar\\b\\B", "\\bfoo\\B$", "[^\\s\\S]",
                                         "(?m)a^b", "\\B\\b", "\\w\\bfoo"}) {
    EXPECT_EQ(matches_nothing(tree_of(pattern)).answer, Answer::yes) << pattern;
  }
  for (const std::string_view pattern : {"a", "", "(?m)a\\n^b", "foo\\b.", "^$"}) {
    EXPECT_EQ(matches_nothing(tree_of(pattern)).answer, Answer::no) << pattern;
  }
  for (const std::string_view pattern :
       {"", ".*", "^.*$", "^(?:a|[^a])*$", "\\b|^", "a|^[^a]*$", "^(?:[^a]|a)?(?:.+|)$"}) {
    EXPECT_EQ(matches_everything(tree_of(pattern)).answer, Answer::yes) << pattern;
  }
  for (const std::string_view pattern : {"a", ".", "^$", "^[^a]*$", "\\b|\\B."}) {
    EXPECT_EQ(matches_everything(tree_of(pattern)).answer, Answer::no) << pattern;
  }
}

TEST(RegexInclusion, WorkIsBounded) {
  // As many sets of states as there are words of thirty.
  EXPECT_EQ(includes(tree_of("a[ab]{30}a|b[ab]{30}b"), tree_of("^[ab]{93}$")).answer,
            Answer::unknown);
}

/// A witness is one, and where the answer is yes, no random subject is.
TEST(RegexInclusion, AgreesWithPcre) {
  Random random(6);
  RandomRegex source(random, /*plain=*/true);
  size_t yes = 0;
  size_t no = 0;
  for (int i = 0; i < 4'000; ++i) {
    const std::string texts[] = {source.expression(), source.expression()};
    const auto whole = Pcre::compile(texts[0], kOptions);
    const auto part = Pcre::compile(texts[1], kOptions);
    if (!whole || !part) continue;
    const Tree trees[] = {tree_of(texts[0]), tree_of(texts[1])};
    const Inclusion said = includes(trees[0], trees[1]);
    const auto contradicted = [&](std::string_view subject) {
      return part->match(subject, 0, 100'000, nullptr) == PcreResult::matched &&
             whole->match(subject, 0, 100'000, nullptr) == PcreResult::no_match;
    };
    if (said.answer == Answer::no) {
      ++no;
      ASSERT_TRUE(contradicted(said.witness)) << texts[0] << " includes " << texts[1];
    }
    if (said.answer == Answer::yes) {
      ++yes;
      RandomSubject subjects(random, trees[1]);
      for (int n = 0; n < 30; ++n) {
        const std::string subject = subjects.subject();
        ASSERT_FALSE(contradicted(subject))
            << texts[0] << " includes " << texts[1] << ", but for '" << subject << "'";
      }
    }
    // What the shape and the forms say is never more than the truth.
    if (shape(trees[0]).never) {
      ASSERT_NE(matches_nothing(trees[0]).answer, Answer::no) << texts[0];
    }
    if (always_matches(trees[0])) {
      ASSERT_NE(matches_everything(trees[0]).answer, Answer::no) << texts[0];
    }
  }
  EXPECT_GT(yes, 200u);
  EXPECT_GT(no, 1000u);
}

}  // namespace
}  // namespace wafcheck::parser::regex
