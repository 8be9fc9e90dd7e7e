#include "parser/regex/analysis.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <string>

#include "parser/regex/parse.h"
#include "tests/unit/parser/regex/crs_expressions.h"

namespace wafcheck::parser::regex {
namespace {

using parser::PcreOptions;

Tree tree_of(std::string_view pattern, PcreOptions options = {.dotall = true}) {
  Result<Tree> tree = parse(pattern, options);
  EXPECT_TRUE(tree) << pattern;
  return tree ? std::move(*tree) : *parse("", {});
}

struct LengthCase {
  std::string_view pattern;
  uint32_t min;
  uint32_t max;
};

TEST(RegexAnalysis, Lengths) {
  static constexpr LengthCase kCases[] = {
      {"", 0, 0},
      {"abc", 3, 3},
      {"a|bcd", 1, 3},
      {"a*", 0, kUnlimited},
      {"a{2,5}b", 3, 6},
      {"(a|bc){2}", 2, 4},
      {"(?=abc)d", 1, 1},
      {"(a)\\1", 1, kUnlimited},
      {"\\R", 1, 2},
      {"\\X", 1, kUnlimited},
      {"a(*ACCEPT)b", 0, kUnlimited},
      {"(?(?=a)bc|d)", 1, 2},
      {"(?(?=a)bc)", 0, 2},
      {"^a$", 1, 1},
      {"(a{65535}){65535}", 4294836225, 4294836225},
      {"((a{65535}){65535}){2}", kUnlimited - 1, kUnlimited},
      {"(a{0}b?){3}", 0, 3},
      {"\\bfoo\\b", 3, 3},
  };
  for (const LengthCase& row : kCases) {
    const Shape said = shape(tree_of(row.pattern));
    EXPECT_EQ(said.min, row.min) << row.pattern;
    EXPECT_EQ(said.max, row.max) << row.pattern;
    EXPECT_EQ(said.nullable, row.min == 0) << row.pattern;
  }
}

struct BytesCase {
  std::string_view pattern;
  std::string_view first;
  std::string_view last;
  std::string_view alphabet;
};

TEST(RegexAnalysis, Bytes) {
  static constexpr BytesCase kCases[] = {
      {"abc", "a", "c", "abc"},         {"(?i)ab", "Aa", "Bb", "ABab"},
      {"a?b", "ab", "b", "ab"},         {"a*b?c*", "abc", "abc", "abc"},
      {"[xy]z|q", "xyq", "zq", "xyzq"}, {"(?=q)a", "a", "a", "a"},
      {"(?:ab)+", "a", "b", "ab"},      {"^a", "a", "a", "a"},
  };
  for (const BytesCase& row : kCases) {
    const Shape said = shape(tree_of(row.pattern));
    EXPECT_EQ(said.first, ByteSet::of(row.first)) << row.pattern;
    EXPECT_EQ(said.last, ByteSet::of(row.last)) << row.pattern;
    EXPECT_EQ(said.alphabet, ByteSet::of(row.alphabet)) << row.pattern;
  }
}

struct AnchorCase {
  std::string_view pattern;
  Start start;
  End end;
};

TEST(RegexAnalysis, Anchors) {
  static constexpr AnchorCase kCases[] = {
      {"a", Start::anywhere, End::anywhere},
      {"^a\\z", Start::subject, End::subject},
      {"\\Aa$", Start::subject, End::final_line},
      {"(?m)^a$", Start::line, End::line},
      {"^a|b", Start::anywhere, End::anywhere},
      {"^a|^b", Start::subject, End::anywhere},
      {"(?m)^a|\\Ab", Start::line, End::anywhere},
      {"(^a)+", Start::subject, End::anywhere},
      {"(^a)*b", Start::anywhere, End::anywhere},
      {"\\b^a", Start::subject, End::anywhere},
      {"a$|b\\z", Start::anywhere, End::final_line},
      {"a(?:b$)?", Start::anywhere, End::anywhere},
      {"(?=^)a", Start::anywhere, End::anywhere},
      {"(?(?=a)^a|^b)", Start::subject, End::anywhere},
  };
  for (const AnchorCase& row : kCases) {
    const Shape said = shape(tree_of(row.pattern));
    EXPECT_EQ(said.start, row.start) << row.pattern;
    EXPECT_EQ(said.end, row.end) << row.pattern;
  }
}

TEST(RegexAnalysis, Never) {
  for (const std::string_view pattern :
       {"a^b", "a\\Ab", "a\\zb", "(*F)", "[^\\s\\S]", "$ab", "a$b", "(?:a|b)^c", "(?m)a^b",
        "(?m)a$b", "(^a){2}", "x(?=(*F))y", "(?(?=a)(*F)|(*F))"}) {
    EXPECT_TRUE(shape(tree_of(pattern)).never) << pattern;
  }
  for (const std::string_view pattern : {"a", "a?^b", "(?m)a\\n^b", "$\\n", "(?m)a$\\s", "a|(*F)",
                                         "(?!(*F))a", "(^a){0,2}", "(?:(*F))?a", "(*ACCEPT)(*F)"}) {
    EXPECT_FALSE(shape(tree_of(pattern)).never) << pattern;
  }
}

TEST(RegexAnalysis, Always) {
  for (const std::string_view pattern :
       {"", "a*", ".*", "a*$", "^.*$", "^.*", "(a|)", "^", "\\A", "^(.|\\n)*$", "^[\\s\\S]*?\\z",
        "$", "\\Z", "(?:^a*|x)", "^(.*)$", "(?m)^", "\\s*", "x|y|", "^(?:.*)+$"}) {
    EXPECT_TRUE(always_matches(tree_of(pattern))) << pattern;
  }
  for (const std::string_view pattern :
       {"a", ".", ".+", "^$", "^a*$", "\\b", "(?=a)", "(?>.*)a?$", "^.*+a$", "a*(*COMMIT)(*F)|",
        "(?1)?(a)", "^[^a]*$", "(?:\\Aa|\\Ab){0}$", "[[:<:]]?", "(.)*a"}) {
    EXPECT_FALSE(always_matches(tree_of(pattern))) << pattern;
  }
  // Without dotall, .* ends at a line.
  EXPECT_FALSE(always_matches(tree_of("^.*$", {})));
}

std::string shown(const std::vector<Literal>& literals) {
  std::string out;
  for (const Literal& literal : literals) {
    out += (out.empty() ? "" : " ") + literal.bytes + (literal.caseless ? "/i" : "");
  }
  return out;
}

struct LiteralCase {
  std::string_view pattern;
  std::string_view literals;
};

TEST(RegexAnalysis, RequiredLiterals) {
  static constexpr LiteralCase kCases[] = {
      {"", ""},
      {"foo", "foo"},
      {"(?i)Foo", "foo/i"},
      {"(?i)123", "123"},
      {"foo|bar", "bar foo"},
      {"foo|", ""},
      {"foo.*barbaz", "barbaz"},
      {"a(?:b|c)d", "abd acd"},
      {"[ab]x", "ax bx"},
      {"[aA]b", "ab/i"},
      {"fo+bar", "obar"},
      {"\\w+select\\s", "select\t select\n select\v select\f select\r select "},
      {"(?:ab){3}", "ababab"},
      {"(?:ab){3,}", "ababab"},
      {"x(?:ab)?y", "xaby xy"},
      {"x(?:ab)*y", "x"},
      {"foo\\bbar", "foobar"},
      {"(?=.*secret)a", "secret"},
      {"(?!.*secret)a", "a"},
      {"(?<=pre)a", "pre"},
      {"(foo)\\1", "foo"},
      {"abc|xabcx", "abc"},
      {"a(*ACCEPT)b", ""},
      {"(?(?=q)foo|bar)", "bar foo"},
      {"\\d+", ""},
      {"(?>foo|bar)baz", "barbaz foobaz"},
      {"foo(?:bar\\s*x|baz\\s*x)", "foobar foobaz"},
      {"(?i)a(?-i)B", "ab/i"},
      {"foo(?:R)?", "foo"},
  };
  for (const LiteralCase& row : kCases) {
    EXPECT_EQ(shown(required_literals(tree_of(row.pattern))), row.literals) << row.pattern;
  }
}

TEST(RegexAnalysis, RequiredLiteralsAreBounded) {
  std::string words;
  for (int i = 0; i < 500; ++i) words += fmt::format("{}word{:03}", i == 0 ? "" : "|", i);
  const std::vector<Literal> literals = required_literals(tree_of(words), 64);
  EXPECT_FALSE(literals.empty());
  EXPECT_LE(literals.size(), 64u);
  EXPECT_EQ(shown(required_literals(tree_of(words), 16)), "word0 word1 word2 word3 word4");
  for (const Literal& literal : required_literals(tree_of(std::string(1000, 'a')))) {
    EXPECT_LE(literal.bytes.size(), 28u);
  }
}

TEST(RegexAnalysis, RequiredSets) {
  const auto sets = [](std::string_view pattern) { return required_sets(tree_of(pattern)); };
  EXPECT_EQ(sets("a*"), std::vector<ByteSet>{});
  EXPECT_EQ(sets("."), std::vector<ByteSet>{});
  EXPECT_EQ(sets("ab"), (std::vector{ByteSet::of("a"), ByteSet::of("b")}));
  EXPECT_EQ(sets("(?i)a1"), (std::vector{ByteSet::of("1"), ByteSet::of("aA")}));
  EXPECT_EQ(sets("a|b"), std::vector{ByteSet::of("ab")});
  EXPECT_EQ(sets("[ab]+a"), std::vector{ByteSet::of("a")});
  EXPECT_EQ(sets("a|"), std::vector<ByteSet>{});
  EXPECT_EQ(sets("(?=a)[bc]"), (std::vector{ByteSet::of("a"), ByteSet::of("bc")}));
}

std::string plain(std::string_view pattern, PcreOptions options = {.dollar_endonly = true}) {
  static constexpr std::string_view kStarts[] = {"", "line ", "subject "};
  static constexpr std::string_view kEnds[] = {"", " line", " final", " subject"};
  const auto form = plain_form(tree_of(pattern, options));
  if (!form) return "none";
  std::string literals;
  for (const Literal& literal : form->literals) {
    literals += fmt::format("[{}]{}", literal.bytes, literal.caseless ? "i" : "");
  }
  return fmt::format("{}{}{}{}", kStarts[static_cast<size_t>(form->start)], literals,
                     kEnds[static_cast<size_t>(form->end)], form->captures ? " captures" : "");
}

TEST(RegexAnalysis, PlainForms) {
  static constexpr LiteralCase kCases[] = {
      {"foo", "[foo]"},
      {"^foo", "subject [foo]"},
      {"foo$", "[foo] subject"},
      {"^foo$", "subject [foo] subject"},
      {"(?m)^foo$", "line [foo] line"},
      {"^foo\\Z", "subject [foo] final"},
      {"^(?:foo|bar)$", "subject [foo][bar] subject"},
      {"^(foo)$", "subject [foo] subject captures"},
      {"foo|bar", "[foo][bar]"},
      {"^foo|^bar", "subject [foo][bar]"},
      {"(?i)Foo", "[foo]i"},
      {"(?i)1-2", "[1-2]"},
      {"[fF]oo", "none"},
      {"[fF][oO]", "[fo]i"},
      {"a[.]b", "[a.b]"},
      {"a\\.b", "[a.b]"},
      {"^$", "subject [] subject"},
      {"^foo|bar$", "none"},
      {"foo+", "none"},
      {"a^b", "none"},
      {"foo\\b", "none"},
      {"(?=foo)", "none"},
      {"(?:a|b)(?:c|d)", "none"},
      {"x(?:c|d)", "[xc][xd]"},
      {"(?>a|ab)$", "none"},
  };
  for (const LiteralCase& row : kCases) EXPECT_EQ(plain(row.pattern), row.literals) << row.pattern;
}

// The time that they take is measured in tests/bench/parser_growth_bench.cc.
TEST(RegexAnalysis, LargeExpressions) {
  std::string nested = "a";
  for (uint32_t i = 0; i < kMaxDepth; ++i) nested = "(?:" + nested + "|b){1,9}";
  std::string flat;
  for (int i = 0; i < 20'000; ++i) flat += "(?:a|b[c-z]?)";
  struct Row {
    std::string text;
    uint32_t least;  ///< bytes of the shortest match
  };
  for (const Row& row : {Row{nested, 1}, Row{flat, 20'000},
                         Row{std::string(kMaxPatternBytes, 'a'), kMaxPatternBytes}}) {
    const Result<Tree> tree = parse(row.text, {});
    ASSERT_TRUE(tree) << tree.error().message;
    EXPECT_EQ(shape(*tree).min, row.least);
    EXPECT_FALSE(always_matches(*tree));
    EXPECT_FALSE(required_sets(*tree).empty());
    (void)required_literals(*tree);
    (void)plain_form(*tree);
  }
}

}  // namespace
}  // namespace wafcheck::parser::regex
