#include "parser/regex/features.h"

#include <gtest/gtest.h>

#include <string>

#include "parser/regex/parse.h"

namespace wafcheck::parser::regex {
namespace {

/// "name 'text'" for each use, captures and needless escapes left out unless `all`.
std::string found(std::string_view pattern, bool all = false) {
  const auto tree = parse(pattern, {});
  EXPECT_TRUE(tree) << pattern;
  std::string out;
  if (!tree) return out;
  for (const Use& use : uses(*tree, pattern)) {
    if (!all && (use.feature == Feature::capture || use.feature == Feature::needless_escape)) {
      continue;
    }
    if (!out.empty()) out += ", ";
    out += std::string(name_of(use.feature)) + " '" +
           std::string(pattern.substr(use.span.begin, use.span.end - use.span.begin)) + "'";
  }
  return out;
}

struct FeatureCase {
  std::string_view pattern;
  std::string_view found;
};

TEST(RegexFeatures, Uses) {
  static constexpr FeatureCase kCases[] = {
      {"^[a-z]+(?:b|c)*?$", ""},
      {"a(?=b)c(?<!d)", "look-ahead '(?=b)', look-behind '(?<!d)'"},
      {"(a)\\1", "back-reference '\\1'"},
      {"a++b", "possessive quantifier '++'"},
      {"(?>a)", "atomic group '(?>a)'"},
      {"(?|a)", "branch reset group '(?|a)'"},
      {"(?(?=a)b)", "conditional group '(?(?=a)b)', look-ahead '(?=a)'"},
      {"(?R)?", "recursion or subroutine call '(?R)'"},
      {"\\Ga\\K", "\\G '\\G', \\K '\\K'"},
      {"(?<x>a)(?P<y>b)(?'z'c)",
       "named group (?<name>...) '(?<x>a)', "
       "named group (?P<name>...) '(?P<y>b)', "
       "named group (?'name'...) '(?'z'c)'"},
      {"a{b", "{ that begins no quantifier '{'"},
      {"a{2}", ""},
      {"[[a]", "[ that is not escaped in a class '['"},
      {"[a&&b~~c]",
       "&&, -- or ~~ in a class '&&', "
       "&&, -- or ~~ in a class '~~'"},
      {"\\v[\\h]", "\\v, which elsewhere is one byte '\\v', \\h or \\H '\\h'"},
      {"(?x)a #c\n", "option x '(?x)', comment '#c'"},
      {"(?i-x:a)(?n)", "option n, J or xx, or (?^) '(?n)'"},
      {"(?#c)\\Qa\\E", "comment '(?#c)', \\Q...\\E '\\Qa\\E'"},
      {"a{1001}", "more than 1000 repetitions '{1001}'"},
      {"a\\Z\\R\\X\\C\\N", "\\Z '\\Z', \\R '\\R', \\X '\\X', \\C '\\C', \\N '\\N'"},
      {"\\012\\o{12}\\cA\\e\\x1",
       "octal escape '\\012', \\o{...} '\\o{12}', \\cX '\\cA', "
       "\\e '\\e', \\x with fewer than two digits '\\x1'"},
      {"(*COMMIT)[[:<:]]a", "backtracking verb '(*COMMIT)', [[:<:]] or [[:>:]] '[[:<:]]'"},
      {"(*UCP)a", "start option such as (*UTF) '(*UCP)'"},
      {"(?C1)a", "callout '(?C1)'"},
  };
  for (const FeatureCase& row : kCases) EXPECT_EQ(found(row.pattern), row.found) << row.pattern;
}

TEST(RegexFeatures, NeedlessEscapes) {
  EXPECT_EQ(found("\\/\\.[\\.\\]\\-]\\ ", true), "needless escape '\\/', needless escape '\\.'");
  EXPECT_EQ(found("\\.\\{\\}[\\^\\\\]", true), "");
  EXPECT_EQ(found("(a)", true), "capturing group '(a)'");
}

TEST(RegexFeatures, Engines) {
  EXPECT_EQ(taken(Feature::look_ahead, Engine::go), Taken::no);
  EXPECT_EQ(taken(Feature::vertical_space, Engine::go), Taken::differs);
  EXPECT_EQ(taken(Feature::named_group, Engine::rust), Taken::yes);
  EXPECT_EQ(taken(Feature::literal_brace, Engine::rust), Taken::no);
  EXPECT_EQ(taken(Feature::literal_brace, Engine::hyperscan), Taken::yes);
  EXPECT_EQ(taken(Feature::large_repeat, Engine::re2), Taken::no);
}

}  // namespace
}  // namespace wafcheck::parser::regex
