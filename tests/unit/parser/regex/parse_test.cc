#include "parser/regex/parse.h"

#include <gtest/gtest.h>

#include <string>

#include "parser/regex/pcre.h"
#include "tests/unit/parser/regex/crs_expressions.h"

namespace wafcheck::parser::regex {
namespace {

using namespace std::string_view_literals;
using parser::Pcre;
using parser::PcreOptions;

Tree tree_of(std::string_view pattern, PcreOptions options = {}) {
  Result<Tree> tree = parse(pattern, options);
  EXPECT_TRUE(tree) << pattern << ": " << (tree ? "" : tree.error().message);
  return tree ? std::move(*tree) : *parse("", {});
}

struct TreeCase {
  std::string_view pattern;
  std::string_view tree;
};

TEST(RegexParse, TreesAndSpans) {
  static constexpr TreeCase kCases[] = {
      {"", "sequence [0,0)\n"},
      {"abc", "literal 'abc' [0,3)\n"},
      {"ab+",
       "sequence [0,3)\n  literal 'a' [0,1)\n  repeat 1- greedy [1,3)\n"
       "    literal 'b' [1,2)\n"},
      {"a|", "alternation [0,2)\n  literal 'a' [0,1)\n  sequence [2,2)\n"},
      {"a{2}?", "repeat 2-2 lazy [0,5)\n  literal 'a' [0,1)\n"},
      {"a{2,}+", "repeat 2- possessive [0,6)\n  literal 'a' [0,1)\n"},
      {"a{x", "literal 'a{x' [0,3)\n"},
      {"a+(?#c)?", "repeat 1- lazy [0,8)\n  literal 'a' [0,1)\n"},
      {"(?U)a+",
       "sequence [0,6)\n  options [0,4)\n  repeat 1- lazy [4,6)\n"
       "    literal 'a' [4,5)\n"},
      {"\\x41\\n", "literal 'A\\x0a' [0,6)\n"},
      {"\\Qa.\\E*",
       "sequence [0,7)\n  literal 'a' [2,3)\n  repeat 0- greedy [3,7)\n"
       "    literal '.' [3,4)\n"},
      {"(a)(?:b)(?>c)",
       "sequence [0,13)\n  group capture 1 [0,3)\n    literal 'a' [1,2)\n"
       "  group plain 0 [3,8)\n    literal 'b' [6,7)\n"
       "  group atomic 0 [8,13)\n    literal 'c' [11,12)\n"},
      {"(?|(a)|(b))(c)",
       "sequence [0,14)\n  group branch_reset 0 [0,11)\n    alternation [3,10)\n"
       "      group capture 1 [3,6)\n        literal 'a' [4,5)\n"
       "      group capture 1 [7,10)\n        literal 'b' [8,9)\n"
       "  group capture 2 [11,14)\n    literal 'c' [12,13)\n"},
      {"(?i)a(?-i)b",
       "sequence [0,11)\n  options [0,4)\n  literal 'a' caseless [4,5)\n"
       "  options [5,10)\n  literal 'b' [10,11)\n"},
      {"(a(?i)b|c)d",
       "sequence [0,11)\n  group capture 1 [0,10)\n    alternation [1,9)\n"
       "      sequence [1,7)\n        literal 'a' [1,2)\n        options [2,6)\n"
       "        literal 'b' caseless [6,7)\n      literal 'c' caseless [8,9)\n"
       "  literal 'd' [10,11)\n"},
      {"(?i:[a-b])", "group plain 0 [0,10)\n  set 41-42 61-62 [4,9)\n"},
      {".", "set 00-09 0b-ff [0,1)\n"},
      {"(?s).", "sequence [0,5)\n  options [0,4)\n  set 00-ff [4,5)\n"},
      {"[^]-]", "set 00-2c 2e-5c 5e-ff [0,5)\n"},
      {"[\\d.]", "set 2e 30-39 [0,5)\n"},
      {"[[:alpha:]-]", "set 2d 41-5a 61-7a [0,12)\n"},
      {"[\\pL]", "set 00-ff or fewer [0,5)\n"},
      {"[a\\g]", "set 61 67 [0,5)\n"},
      {"^$", "sequence [0,2)\n  assertion subject_start [0,1)\n  assertion final_end [1,2)\n"},
      {"(?m)^$",
       "sequence [0,6)\n  options [0,4)\n  assertion line_start [4,5)\n"
       "  assertion line_end [5,6)\n"},
      {"\\A\\z\\b\\B\\G",
       "sequence [0,10)\n  assertion subject_start [0,2)\n"
       "  assertion subject_end [2,4)\n  assertion word_boundary [4,6)\n"
       "  assertion not_word_boundary [6,8)\n  assertion match_start [8,10)\n"},
      {"(?=a)(?<!b)",
       "sequence [0,11)\n  look ahead [0,5)\n    literal 'a' [3,4)\n"
       "  look behind not [5,11)\n    literal 'b' [9,10)\n"},
      {"(a)\\1",
       "sequence [0,5)\n  group capture 1 [0,3)\n    literal 'a' [1,2)\n"
       "  reference 1 [3,5)\n"},
      {"\\k<n>(?<n>a)",
       "sequence [0,12)\n  reference 1 [0,5)\n  group capture 1 [5,12)\n"
       "    literal 'a' [10,11)\n"},
      {"\\12", "literal '\\x0a' [0,3)\n"},
      {"(?x) a # b\n c", "sequence [0,13)\n  options [0,4)\n  literal 'ac' [5,13)\n"},
      {"(a)?(?(1)b|c)",
       "sequence [0,13)\n  repeat 0-1 greedy [0,4)\n    group capture 1 [0,3)\n"
       "      literal 'a' [1,2)\n  conditional [4,13)\n    opaque [6,9)\n"
       "    literal 'b' [9,10)\n    literal 'c' [11,12)\n"},
      {"a(?R)?b",
       "sequence [0,7)\n  literal 'a' [0,1)\n  repeat 0-1 greedy [1,6)\n"
       "    call 0 [1,5)\n  literal 'b' [6,7)\n"},
      {"a(*COMMIT)\\K",
       "sequence [0,12)\n  literal 'a' [0,1)\n  verb [1,10)\n"
       "  reset_start [10,12)\n"},
      {"(*UCP)\\w", "opaque [0,8)\n"},
      {"(*NO_JIT)a", "literal 'a' [9,10)\n"},
  };
  for (const TreeCase& row : kCases) {
    ASSERT_TRUE(Pcre::compile(row.pattern, {})) << row.pattern;
    EXPECT_EQ(dump(tree_of(row.pattern)), row.tree) << row.pattern;
  }
}

struct ErrorCase {
  std::string_view pattern;
  size_t at;
};

TEST(RegexParse, Errors) {
  static constexpr ErrorCase kCases[] = {
      {"(", 1},        {"a)", 1},      {"*a", 0},        {"a**", 2},
      {"a{2}{3}", 4},  {"^*", 1},      {"[a", 0},        {"[]", 0},
      {"[z-a]", 1},    {"[\\d-z]", 1}, {"a{3,2}", 1},    {"a\\", 2},
      {"\\i", 0},      {"[\\z]", 1},   {"[[:foo:]]", 1}, {"[[.a.]]", 1},
      {"\\x{100}", 2}, {"\\400", 0},   {"(?z)", 2},      {"(?i", 3},
      {"(?#a", 4},     {"(*FOO)", 0},  {"(?<1a>b)", 3},  {"(?<a-b>c)", 4},
      {"a{65536}", 1}, {"\\c", 2},     {"\\o{8}", 2},    {"(?(1)a|b|c)()", 0},
      {"\\k", 0},      {"(?i^)", 3},
  };
  for (const ErrorCase& row : kCases) {
    EXPECT_FALSE(Pcre::compile(row.pattern, {})) << row.pattern;
    const auto tree = parse(row.pattern, {});
    ASSERT_FALSE(tree) << row.pattern;
    EXPECT_EQ(tree.error().at, row.at) << row.pattern << ": " << tree.error().message;
  }
}

TEST(RegexParse, DepthAndSizeAreBounded) {
  const auto nested = [](size_t depth) {
    return std::string(depth, '(') + "a" + std::string(depth, ')');
  };
  EXPECT_TRUE(parse(nested(kMaxDepth), {}));
  EXPECT_TRUE(Pcre::compile(nested(kMaxDepth), {}));
  EXPECT_FALSE(parse(nested(kMaxDepth + 1), {}));
  EXPECT_FALSE(Pcre::compile(nested(kMaxDepth + 1), {}));
  EXPECT_FALSE(parse(nested(100'000), {}));
  EXPECT_FALSE(parse(std::string(kMaxPatternBytes + 1, 'a'), {}));
}

TEST(RegexParse, OptionsAreThoseOfTheCall) {
  EXPECT_EQ(dump(tree_of("a.^$", {.caseless = true, .dotall = true, .multiline = true})),
            "sequence [0,4)\n  literal 'a' caseless [0,1)\n  set 00-ff [1,2)\n"
            "  assertion line_start [2,3)\n  assertion line_end [3,4)\n");
  EXPECT_EQ(dump(tree_of("$", {.dollar_endonly = true})), "assertion subject_end [0,1)\n");
}

std::string items_of(std::string_view pattern) {
  static constexpr std::string_view kForms[] = {"single", "range", "escape", "posix"};
  const Tree tree = tree_of(pattern);
  std::string out;
  for (const Node& node : tree.nodes()) {
    if (node.kind != Kind::set) continue;
    const Class& c = tree.class_of(node);
    out += c.negated ? "not" : "";
    for (const ClassItem& item : tree.items(c)) {
      out += fmt::format(" {}{} '{}'", item.escaped ? "escaped " : "",
                         kForms[static_cast<size_t>(item.form)],
                         pattern.substr(item.span.begin, item.span.end - item.span.begin));
    }
  }
  return out;
}

TEST(RegexParse, ClassItemsAsWritten) {
  EXPECT_EQ(items_of("[A-z]"), " range 'A-z'");
  EXPECT_EQ(items_of("[,-.]"), " range ',-.'");
  EXPECT_EQ(items_of("[a|b]"), " single 'a' single '|' single 'b'");
  EXPECT_EQ(items_of("[^\\s\\S]"), "not escape '\\s' escape '\\S'");
  EXPECT_EQ(items_of("[\\x00-\\x1f\\/]"), " escaped range '\\x00-\\x1f' escaped single '\\/'");
  EXPECT_EQ(items_of("[[:alpha:]_-]"), " posix '[:alpha:]' single '_' single '-'");
  EXPECT_EQ(items_of("[\\Qa]\\E]"), " escaped single 'a' escaped single ']'");
  EXPECT_EQ(items_of("[a-c-e]"), " range 'a-c' single '-' single 'e'");
}

TEST(RegexParse, EscapesAndMarks) {
  const std::string_view pattern = "\\/a{b}(?#c)[\\.]\\Qd\\E\\x41";
  const Tree tree = tree_of(pattern);
  ASSERT_EQ(tree.escapes().size(), 3u);
  EXPECT_EQ(tree.escapes()[0].form, EscapeForm::identity);
  EXPECT_EQ(tree.escapes()[0].span, Span(0, 2));
  EXPECT_TRUE(tree.escapes()[1].in_class);
  EXPECT_EQ(tree.escapes()[1].span, Span(12, 14));
  EXPECT_EQ(tree.escapes()[2].form, EscapeForm::hex);
  EXPECT_EQ(tree.escapes()[2].byte, 'A');
  std::vector<MarkKind> kinds;
  for (const Mark& mark : tree.marks()) kinds.push_back(mark.kind);
  EXPECT_EQ(kinds, (std::vector{MarkKind::open_brace, MarkKind::close_brace, MarkKind::comment,
                                MarkKind::quote}));
}

TEST(RegexParse, ChildrenComeBeforeTheirParents) {
  const Tree tree = tree_of("(?(?=a)(b|c+)d|(?<x>[e-f]*?))(?1)|g{2,3}h");
  for (NodeId id = 0; id < tree.size(); ++id) {
    for (const NodeId child : tree.children(tree[id])) EXPECT_LT(child, id);
  }
}

TEST(RegexParse, TakesTheCoreRuleSet) {
  const std::vector<std::string> expressions = crs_expressions();
  if (expressions.empty()) GTEST_SKIP() << "no Core Rule Set: set WAFCHECK_SHARED";
  EXPECT_GT(expressions.size(), 250u);
  for (const std::string& text : expressions) {
    EXPECT_EQ(parse(text, {}).has_value(), Pcre::compile(text, {}).has_value()) << text;
  }
}

}  // namespace
}  // namespace wafcheck::parser::regex
