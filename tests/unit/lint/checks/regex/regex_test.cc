// The checks on regular expressions: what they leave alone, and the branches that the examples do
// not show.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "lint/analysis/expressions.h"
#include "tests/unit/lint/cases.h"

namespace wafcheck::lint {
namespace {

using Case = SaidCase;
class Regex : public testing::TestWithParam<Case> {};
TEST_P(Regex, IsJudged) {
  expect_said(GetParam());
}

#define RULE(op, actions) "SecRule ARGS \"" op "\" \"id:1,phase:2,deny," actions "\"\n"
#define RX(regex) RULE("@rx " regex, "t:none")
#define LOWER "t:none,t:lowercase"

INSTANTIATE_TEST_SUITE_P(
    LetterCase, Regex,
    testing::Values(
        Case{"COR004", RULE("@rx (?i)UNION", LOWER), {}},
        Case{"COR004", RULE("@rx [A-Za-z]{3}", LOWER), {}},
        Case{"COR004",
             RULE("@rx ^[A-Z0-9]+$", LOWER),
             {"1:20 warning \"[A-Z0-9]\" needs upper-case letters, but t:lowercase leaves none: "
              "this "
              "alternative never matches"}},
        Case{"COR004", RULE("@rx [^A-Z]", LOWER), {}},
        // No value needs what is optional or must not be there.
        Case{"COR004", RULE("@rx a(?:B)?c(?!D)", LOWER), {}},
        Case{"COR004", RULE("@rx \\W\\S", LOWER), {}},
        Case{"COR004", RULE("@rx UNION", "t:none,t:lowercase,t:urlDecode"), {}},
        Case{"COR004", RULE("@rx UNION", "t:none,t:lowercase,multiMatch"), {}},
        Case{"COR004", RULE("@rx %{tx.a}UNION", LOWER), {}},
        Case{"COR004", RULE("@pm UNION", LOWER), {}},
        Case{"COR004", RULE("@streq %{TX.A}", LOWER), {}},
        Case{"COR004",
             RULE("@rx a[A-Z]b", LOWER),
             {"1:20 error \"[A-Z]\" needs upper-case letters, but t:lowercase leaves none: @rx "
              "never matches"}},
        Case{"COR004",
             RULE("!@rx ^[A-Z]+$", LOWER),
             {"1:21 error \"[A-Z]\" needs upper-case letters, but t:lowercase leaves none: !@rx "
              "always matches"}},
        Case{"COR004",
             RULE("@rx a|B1|(?:C)d", "t:none,t:cmdLine"),
             {"1:21 warning \"B1\" needs upper-case letters, but t:cmdLine leaves none: this "
              "alternative never matches (1 more here)"}},
        Case{"COR004",
             RULE("@contains Ab%{tx.a}", LOWER),
             {"1:25 error \"Ab\" needs upper-case letters, but t:lowercase leaves none: @contains "
              "never matches"}},
        Case{"COR004",
             RULE("@within GET POST", LOWER),
             {"1:23 error \"GET POST\" needs upper-case letters, but t:lowercase leaves none: "
              "@within never matches"}},
        Case{"COR004", RULE("@within GET post", LOWER), {}},
        Case{"COR004",
             RULE("@rx ^get$", "t:none,t:uppercase"),
             {"1:20 error \"get\" needs lower-case letters, but t:uppercase leaves none: @rx never "
              "matches"}}));

INSTANTIATE_TEST_SUITE_P(
    Impossible, Regex,
    testing::Values(
        Case{"COR005", RULE("@contains a b", "t:none,t:removeWhitespace,t:urlDecode"), {}},
        Case{"COR005", RULE("@contains a b", "t:none,t:compressWhitespace"), {}},
        Case{"COR005",
             RULE("@rx %(?:2[ef]|5c)", "t:none,t:urlDecodeUni"),
             {"1:19 warning t:urlDecodeUni has decoded \"%(?:2[ef]|5c)\": this matches only what "
              "was "
              "encoded twice"}},
        Case{"COR005", RULE("@rx %(?:appdata|[a-z]+)%|%[0-9a-f]{2}", "t:none,t:urlDecodeUni"), {}},
        Case{"COR005", RULE("@rx %2e", "t:none,t:lowercase"), {}},
        // What is encoded twice is still encoded.
        Case{"COR005", RULE("@contains %27", "t:none,t:urlDecode"), {}},
        // A relative path keeps what it cannot resolve.
        Case{"COR005", RULE("@contains ../", "t:none,t:normalizePath"), {}},
        Case{"COR005", RULE("@rx ^\\d+$", "t:none,t:length"), {}},
        Case{"COR005", RULE("@rx ^[a-f0-9]{32}$", "t:none,t:md5,t:hexEncode"), {}},
        Case{"COR005", RULE("@rx \\x00", "t:none,t:md5"), {}},
        Case{"COR005",
             RULE("@rx ^[A-F]{32}$", "t:none,t:md5,t:hexEncode"),
             {"1:20 error \"[A-F]\" cannot occur after t:hexEncode: @rx never matches"}},
        Case{
            "COR005",
            RULE("@contains a  b", "t:none,t:compressWhitespace,t:lowercase"),
            {"1:26 error \"  \" cannot occur after t:compressWhitespace: @contains never matches"}},
        // Taking bytes out can put together what was apart.
        Case{"COR005", RULE("@contains a  b", "t:none,t:compressWhitespace,t:removeNulls"), {}},
        Case{"COR005",
             RULE("@rx c:\\\\\\\\windows", "t:none,t:normalizePathWin"),
             {"1:19 error \"\\\\\" cannot occur after t:normalizePathWin: @rx never matches"}},
        Case{"COR005",
             RULE("@pm ab 12 cd", "t:none,t:length"),
             {"1:19 warning \"ab\" cannot occur after t:length: this phrase never matches (1 more "
              "here)"}}));

#define CHAIN(regex, actions, target)                           \
  "SecRule ARGS \"@rx " regex "\" \"id:1,phase:2,deny," actions \
  ",chain\"\n"                                                  \
  "SecRule " target " \"@rx x\" \"t:none\"\n"

INSTANTIATE_TEST_SUITE_P(
    Captures, Regex,
    testing::Values(
        Case{"COR018", CHAIN("(a)(?:b)(c)", "capture", "TX:2"), {}},
        Case{"COR018", CHAIN("%{tx.a}", "capture", "TX:2"), {}},
        // Another check's: nothing is captured at all.
        Case{"COR018", CHAIN("(a)", "t:none", "TX:2"), {}},
        Case{"COR018",
             CHAIN("(a)(?:b)(c)", "capture", "TX:3"),
             {"2:9 error TX:3 is empty: the expression has 2 capturing groups"}},
        Case{"COR018",
             CHAIN("a", "capture", "TX:1"),
             {"2:9 error TX:1 is empty: the expression has no capturing group"}},
        Case{"COR018",
             CHAIN("a", "capture", "TX:10"),
             {"2:9 error TX:10 is empty: captures fill TX:0 to TX:9"}},
        Case{"COR018", CHAIN("a", "capture,setvar:tx.10=1", "TX:10"), {}},
        Case{"COR019", CHAIN("(a)", "capture", "TX:1"), {}},
        Case{"COR019", CHAIN("(a)", "capture", "TX:/^[0-9]$/"), {}},
        Case{"COR019",
             CHAIN("(a)", "capture", "ARGS"),
             {"1:43 info no rule reads the captures TX:0 to TX:9"}},
        // A rule of its own may read it too.
        Case{"COR019",
             RULE("@rx (a)", "capture") "SecRule TX:1 \"@rx x\" \"id:2,phase:2,deny\"\n",
             {}},
        Case{"COR019",
             RULE("@rx (a)", "capture") "SecRule ARGS \"@rx x\" "
                                        "\"id:2,phase:2,deny,capture,logdata:'%{tx.0}'\"\n",
             {"1:43 info no rule reads the captures TX:0 to TX:9"}}));

INSTANTIATE_TEST_SUITE_P(
    Structure, Regex,
    testing::Values(
        Case{"COR030", RX("^(?:ab|cd)$"), {}}, Case{"COR030", RX("^ab$|^cd$"), {}},
        Case{"COR030",
             RX("^application/json|text/[a-z]+|image/.*"),
             {"1:19 info ^ applies only to the first alternative"}},
        Case{"COR030", RX("^[\\W\\d]+alter|table drop"), {}},
        // Both ends are looked at on purpose.
        Case{"COR030", RX("^\\s+|\\s+$"), {}}, Case{"COR030", RX("^word|word$"), {}},
        Case{"COR030", RX("^-|-$"), {}}, Case{"COR030", RX("ab|^cd|ef$"), {}},
        Case{"COR030", RX("^ab|(?:cd)+"), {}},
        Case{"COR030", RX("^get|head"), {"1:19 info ^ applies only to the first alternative"}},
        Case{"COR030", RX("jpg|png$"), {"1:19 info $ applies only to the last alternative"}},
        Case{"COR030",
             RX("(^ab\\d|cd\\d$)"),
             {"1:20 warning ^ applies only to the first alternative, and $ only to the last"}},
        Case{"COR032", RX("example\\.com"), {}}, Case{"COR032", RX("ab.cd"), {}},
        Case{"COR032", RX("select.*com"), {}}, Case{"COR032", RX("[.]php"), {}},
        Case{"COR032", RX("index.php$"), {"1:24 info . matches any byte before \"php\""}},
        Case{"COR033", RX("a{2}b{1,}c{3,4}[{]\\{"), {}}, Case{"COR033", RX("%{tx.a}"), {}},
        Case{"COR033",
             RX("a{,x}"),
             {"1:20 warning { does not begin a quantifier here: Rust's regex engine refuses the "
              "expression"}}));

INSTANTIATE_TEST_SUITE_P(
    Classes, Regex,
    testing::Values(
        Case{"COR031", RX("[a-zA-Z0-9_.-]"), {}}, Case{"COR031", RX("[ -~]"), {}},
        Case{"COR031", RX("[!-/:-@]"), {}}, Case{"COR031", RX("[|&;]"), {}},
        Case{"COR031", RX("[a-z|]"), {}}, Case{"COR031", RX("[\\x00-z]"), {}},
        Case{"COR031", RX("(?i)[a-z]"), {}},
        // As tools write [0-9:], and for engines whose \\s has no VT.
        Case{"COR031", RX("[0-:]"), {}}, Case{"COR031", RX("[\\s\\x0b]"), {}},
        Case{"COR031",
             RX("[0-z]"),
             {"1:20 warning 0-z is a range over letters, digits and the bytes between them"}},
        Case{"COR031",
             RX("[+-a]"),
             {"1:20 warning +-a is a range over letters, digits and the bytes between them"}},
        Case{"COR031",
             RX("[,-.]"),
             {"1:20 warning ,-. is a range of 3 bytes, not , or . or a hyphen"}},
        Case{
            "COR031", RX("[\\s\\S\\d]"), {"1:24 info \\d is already in the class, as part of \\S"}},
        Case{"COR031", RX("[abca]"), {"1:23 info a is already in the class, as part of a"}}));

INSTANTIATE_TEST_SUITE_P(
    Verdicts, Regex,
    testing::Values(
        Case{"COR034", RX("^a$"), {}}, Case{"COR034", RX("a\\n^b"), {}},
        Case{"COR034", RX("a(?!)|b"), {}}, Case{"COR034", RX("%{tx.a}a^b"), {}},
        Case{"COR034", RX("a\\zb"), {"1:20 error \"\\z\" cannot match here: @rx never matches"}},
        Case{"COR034",
             RX("[^\\s\\S]a"),
             {"1:19 error \"[^\\s\\S]\" cannot match here: @rx never matches"}},
        Case{"COR034",
             RULE("!@rx a^b", "t:none"),
             {"1:21 error \"^\" cannot match here: !@rx always matches"}},
        Case{"COR046", RX("^a*$"), {}}, Case{"COR046", RX(".+"), {}},
        Case{"COR046", RX("%{tx.a}|"), {}},
        // TX:0 is what that is for.
        Case{"COR046", RULE("@rx ^.*$", "capture"), {}},
        Case{"COR046",
             RX("a*"),
             {"1:19 warning \"a*\" matches every value, even an empty one: @rx always matches"}},
        Case{"COR046",
             RULE("!@rx |a", "t:none"),
             {"1:20 warning there is an empty alternative next to this |: !@rx never matches"}}));

INSTANTIATE_TEST_SUITE_P(
    Others, Regex,
    testing::Values(
        Case{"PORT005", "#: engine modsecurity3\n" RX("(?<=a)b"), {}},
        Case{"PORT005", "#: engine coraza\n" RX("(?i)a(?:b|c)*?(?P<n>d)\\bx{2}"), {}},
        Case{"PORT005", "#: engine coraza\n" RX("%{tx.a}b"), {}},
        Case{"PORT005",
             "#: engine coraza\n" RX("a++b(?>c)"),
             {"2:20 error Coraza refuses the expression: possessive quantifier",
              "2:23 error Coraza refuses the expression: atomic group"}},
        Case{"PORT006", RX("\\{a[b]{2}"), {}}, Case{"SUS004", RULE("@rx (?i)union", "t:none"), {}},
        Case{"SUS004", RULE("@rx union", LOWER), {}},
        Case{"SUS004", RULE("@rx (?i)un(?-i:I)on", LOWER), {}},
        Case{"SUS004", RULE("@pm a b", "t:none,t:lowercase,t:base64Decode"), {}},
        Case{"SUS004", RULE("@pm a b", "t:none,t:lowercase,capture"), {}},
        Case{"SUS004", RULE("@streq a", "t:none,t:urlDecode,t:urlDecode"), {}},
        Case{"SUS004",
             RULE("@pm a b", "t:none,t:lowercase,t:trim"),
             {"1:50 info t:lowercase has no effect: @pm ignores case"}},
        Case{"SUS004",
             RULE("@streq a", "t:none,t:lowercase,t:trim,t:lowercase"),
             {"1:70 info t:lowercase has no effect: its input is already in that form"}},
        Case{"SUS004",
             RULE("@rx ^/a", "t:none,t:normalizePath,t:normalizePathWin"),
             {"1:50 info t:normalizePath has no effect: t:normalizePathWin after it does the same "
              "and more"}}));

#define TWO(first, between, second)                                                            \
  "SecRule ARGS \"" first "\" \"id:1,phase:2,deny,t:none\"\n" between "SecRule ARGS \"" second \
  "\" \"id:2,phase:2,deny,t:none\"\n"

INSTANTIATE_TEST_SUITE_P(
    Subsumed, Regex,
    testing::Values(Case{"SUS015",
                         TWO("@rx ab", "", "@rx abc|xab"),
                         {"2:15 info rule 1 matches everything that this rule matches"}},
                    Case{"SUS015",
                         TWO("@streq xaby", "", "@contains ab"),
                         {"1:15 info rule 2 matches everything that this rule matches"}},
                    Case{"SUS015",
                         TWO("@pm ab cd", "", "@rx (?i)ABC"),
                         {"2:15 info rule 1 matches everything that this rule matches"}},
                    Case{"SUS015", TWO("@rx ab", "", "@rx (?i)abc"), {}},
                    Case{"SUS015", TWO("@rx ^ab", "", "@rx abc"), {}},
                    Case{"SUS015", TWO("@rx ab", "", "@rx abc|c"), {}},
                    Case{"SUS015", TWO("@rx ab", "", "!@rx abc"), {}},
                    // What is skipped may be meant to overlap.
                    Case{"SUS015", TWO("@rx ab", "SecMarker PL2\n", "@rx abc"), {}},
                    // Those that test the same are another check's.
                    Case{"SUS015", TWO("@rx ab", "", "@rx ab"), {}}));

class RegexFixes : public testing::TestWithParam<FixedCase> {};
TEST_P(RegexFixes, LeaveNothingToSay) {
  expect_fixed(GetParam());
}
INSTANTIATE_TEST_SUITE_P(
    Fixes, RegexFixes,
    testing::Values(
        FixedCase{"COR004", RULE("@rx UNION|[A-F]", LOWER), RULE("@rx union|[a-f]", LOWER)},
        FixedCase{"COR004", RULE("@rx a|[A-F]|BC", LOWER), RULE("@rx a|[a-f]|bc", LOWER)},
        FixedCase{"COR004", RULE("@streq Ab", LOWER), RULE("@streq ab", LOWER)},
        FixedCase{"COR004", RULE("@rx \\x41", LOWER), ""},
        FixedCase{"COR019", RULE("@rx a", "capture,t:none"), RULE("@rx a", "t:none")},
        FixedCase{"COR030", RX("^ab|cd$"), RX("^(?:ab|cd)$")},
        FixedCase{"COR030", RX("^get|head"), RX("^(?:get|head)")},
        FixedCase{"COR031", RX("[A-z]"), RX("[A-Za-z]")},
        FixedCase{"COR031", RX("[a|b|c]"), RX("[abc]")},
        FixedCase{"COR032", RX("index.php"), RX("index\\.php")},
        FixedCase{"COR033", RX("${jndi"), RX("$\\{jndi")},
        FixedCase{"COR046", RX("(?:ab|)"), RX("(?:ab)")},
        FixedCase{"COR046", "SecRule ARGS .* \"id:1,phase:2,deny\"\n",
                  "SecRule ARGS @unconditionalMatch \"id:1,phase:2,deny\"\n"},
        FixedCase{"SUS004", RULE("@pm a b", LOWER), RULE("@pm a b", "t:none")}));

TEST(Expressions, AreParsedOnceAndKnowTheirPlaces) {
  Example example(
      "SecRule ARGS \"@rx a\\\n  (b)\" \"id:1,phase:2,deny\"\n"
      "SecRule ARGS \"@rx a(b)\" \"id:2,phase:2,deny\"\n"
      "SecRule ARGS \"@rx ^[%{tx.a}]\" \"id:3,phase:2,deny\"\n"
      "SecRule ARGS \"@rx ^%{tx.a}+b\" \"id:4,phase:2,deny\"\n"
      "SecRule ARGS \"@streq a\" \"id:5,phase:2,deny\"\n");
  const parser::RulesetModel ruleset = example.load();
  const Expressions expressions(ruleset);
  ASSERT_EQ(expressions.all().size(), 3U);
  EXPECT_EQ(expressions.all()[0].rules.size(), 2U);
  const parser::Rule& first = *ruleset.find(1);
  ASSERT_NE(expressions.of(first), nullptr);
  const parser::Span group = place_of(first, {1, 4});
  EXPECT_EQ(ruleset.sources.text(group), "(b)");
  EXPECT_EQ(ruleset.sources.begin_of(group).line, 2U);
  EXPECT_FALSE(expressions.all()[1].tree.has_value()) << "the macro is no part of the class";
  ASSERT_TRUE(expressions.all()[2].tree.has_value());
  EXPECT_EQ(expressions.all()[2].whole(), nullptr);
  EXPECT_EQ(expressions.of(*ruleset.find(5)), nullptr);
}

}  // namespace
}  // namespace wafcheck::lint
