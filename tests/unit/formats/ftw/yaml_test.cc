// The YAML tree: scalars as written, places, and what hostile files meet.

#include "formats/ftw/yaml.h"

#include <gtest/gtest.h>

namespace wafcheck::formats {
namespace {

using namespace std::string_literals;

struct ScalarCase {
  std::string_view name, yaml;
  std::string text;
  bool null = false;
};

TEST(FtwYaml, KeepsScalarsAsWritten) {
  const ScalarCase cases[] = {
      {"plain", "value", "value"},
      {"number", "0x1F", "0x1F"},
      {"number with zeros", "007", "007"},
      {"float", "1.10", "1.10"},
      {"boolean", "Yes", "Yes"},
      {"single quotes", "'it''s \\n'", "it's \\n"},
      {"double quotes", R"("a\tb\x00\"\u00e9")", "a\tb\0\"\xC3\xA9"s},
      {"literal block", "|\n  one\n    two\n\n  three\n", "one\n  two\n\nthree\n"},
      {"literal block, no final break", "|-\n  one\n  two\n", "one\ntwo"},
      {"literal block, all breaks", "|+\n  one\n\n\n", "one\n\n\n"},
      {"folded block", ">\n  one\n  two\n", "one two\n"},
      {"blanks at line ends", "|\n  one  \n  two\t\n", "one  \ntwo\t\n"},
      {"folded plain", "one\n two", "one two"},
      {"binary", "!!binary aAD/", "h\0\xFF"s},
      {"string tag", "!!str 12", "12"},
      {"null tilde", "~", "~", true},
      {"null word", "null", "null", true},
      {"quoted null word", "'null'", "null"},
      {"empty quotes", "\"\"", ""},
  };
  for (const ScalarCase& c : cases) {
    const std::string yaml = "key: " + std::string(c.yaml);
    const YamlDocument document(yaml);
    ASSERT_TRUE(document.problems().empty()) << c.name << ": " << document.problems()[0].message;
    ASSERT_EQ(document.root()->items.size(), 2U) << c.name;
    const YamlNode& value = document.node(document.root()->items[1]);
    EXPECT_EQ(value.text, c.text) << c.name;
    EXPECT_EQ(value.is_null(), c.null) << c.name;
  }
}

struct ProblemCase {
  std::string_view name, yaml;
  uint32_t line, column;
  std::string_view message;  ///< a part of it
};

TEST(FtwYaml, SaysWhereAndWhatIsWrong) {
  const ProblemCase cases[] = {
      {"tab as indent", "a:\n\tb: 1\n", 2, 1, "cannot start any token"},
      {"key without colon", "a: 1\nb\nc: 2\n", 3, 1, "could not find expected ':'"},
      {"open quote", "a: \"x\n", 2, 1, "unexpected end of stream"},
      {"open flow list", "a: [1, 2\n", 2, 1, "did not find expected ',' or ']'"},
      {"bad escape", "a: \"\\q\"\n", 1, 5, "unknown escape character"},
      {"less indent than the list", "a:\n  - 1\n - 2\n", 3, 2, "did not find expected key"},
      {"key twice", "a: 1\nb: 2\na: 3\n", 3, 1, "key 'a' occurs twice"},
      {"list as key", "? [1]\n: 2\n", 1, 3, "expected a key"},
      {"alias without anchor", "a: *x\n", 1, 4, "alias *x has no anchor"},
      {"alias inside its anchor", "a: &x [*x]\n", 1, 8, "inside its own anchor"},
      {"second document", "a: 1\n---\nb: 2\n", 2, 1, "a second document"},
      {"merge of a string", "a:\n  <<: x\n", 2, 7, "expected a map to merge"},
      {"bad base64", "a: !!binary '*'\n", 1, 4, "expected base64"},
      {"NUL", {"a: x\nb: \0\n", 10}, 2, 4, "control characters are not allowed"},
      {"control character", "a: x\x01\n", 1, 5, "control characters are not allowed"},
      {"no UTF-8", "a: 1\nb: \xFFx\n", 2, 4, "invalid leading UTF-8 octet"},
      {"cut UTF-8", "a: \xC3", 1, 4, "incomplete UTF-8 octet sequence"},
      {"after two-byte characters", "\xC3\xA9: \xC3\xA9\n\xC3\xA9: *x\n", 2, 5, "alias *x"},
      {"after a byte order mark",
       "\xEF\xBB\xBF"
       "a: *x\n",
       1, 7, "alias *x"},
  };
  for (const ProblemCase& c : cases) {
    const YamlDocument document(c.yaml);
    ASSERT_FALSE(document.problems().empty()) << c.name;
    const FtwProblem& problem = document.problems()[0];
    EXPECT_EQ(problem.line, c.line) << c.name;
    EXPECT_EQ(problem.column, c.column) << c.name;
    EXPECT_NE(problem.message.find(c.message), std::string::npos)
        << c.name << ": " << problem.message;
  }
}

TEST(FtwYaml, CountsColumnsInBytesFarIntoAFile) {
  std::string yaml = "a: '";
  for (int i = 0; i < 1000; ++i) yaml += "\xE2\x82\xAC";
  yaml += "'\nb: *x\n";
  const YamlDocument document(yaml);
  ASSERT_EQ(document.problems().size(), 1U);
  EXPECT_EQ(document.problems()[0].line, 2U);
  EXPECT_EQ(document.problems()[0].column, 4U);
}

TEST(FtwYaml, MergesMapsWithoutReplacingKeys) {
  const YamlDocument document("base: &b {x: 1, y: 2}\nuse:\n  y: 3\n  <<: *b\n");
  ASSERT_TRUE(document.problems().empty());
  const YamlNode& use = document.node(document.root()->items[3]);
  ASSERT_EQ(use.items.size(), 4U);
  EXPECT_EQ(document.node(use.items[0]).text, "y");
  EXPECT_EQ(document.node(use.items[1]).text, "3");
  EXPECT_EQ(document.node(use.items[2]).text, "x");
  EXPECT_EQ(document.node(use.items[3]).text, "1");
}

TEST(FtwYaml, RefusesDeepNesting) {
  for (const std::string_view open : {"[", "{a: ", "- "}) {
    std::string yaml;
    for (int i = 0; i < 100'000; ++i) yaml += open;
    const YamlDocument document(yaml);
    ASSERT_FALSE(document.problems().empty()) << open;
    EXPECT_NE(document.problems()[0].message.find("nested more than 64"), std::string::npos)
        << open << document.problems()[0].message;
  }
}

TEST(FtwYaml, RefusesAliasesThatExpandToMuch) {
  std::string yaml = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n";
  for (int i = 1; i < 12; ++i) {
    const std::string below = "*a" + std::to_string(i - 1);
    yaml += "a" + std::to_string(i) + ": &a" + std::to_string(i) + " [";
    for (int j = 0; j < 10; ++j) yaml += (j ? ", " : "") + below;
    yaml += "]\n";
  }
  const YamlDocument document(yaml);
  ASSERT_EQ(document.problems().size(), 1U);
  EXPECT_NE(document.problems()[0].message.find("aliases expand"), std::string::npos);
  EXPECT_EQ(document.problems()[0].line, 5U);
}

TEST(FtwYaml, CountsTheBytesBehindAnAlias) {
  std::string yaml = "a: &a '" + std::string(1 << 20, 'x') + "'\nb:\n";
  for (int i = 0; i < 20; ++i) yaml += "  - *a\n";
  const YamlDocument document(yaml);
  ASSERT_EQ(document.problems().size(), 1U);
  EXPECT_EQ(document.problems()[0].line, 18U);
}

TEST(FtwYaml, RefusesLargeFiles) {
  const YamlDocument document("a: 12345", {.bytes = 7});
  ASSERT_EQ(document.problems().size(), 1U);
  EXPECT_EQ(document.problems()[0].message, "larger than 7 bytes");
  EXPECT_EQ(document.root(), nullptr);
}

TEST(FtwYaml, RefusesFloodsOfTagDirectives) {
  std::string yaml;
  for (int i = 0; i < 17; ++i) yaml += "%TAG !" + std::to_string(i) + "! x\n";
  const YamlDocument document(yaml + "--- a\n");
  ASSERT_EQ(document.problems().size(), 1U);
  EXPECT_EQ(document.problems()[0].message, "more than 16 %TAG lines");
}

}  // namespace
}  // namespace wafcheck::formats
