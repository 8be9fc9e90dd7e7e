// The performance checks: what they leave alone, the branches that the examples do not show, and
// what becomes of their fixes.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "lint/analysis/redos_index.h"
#include "tests/unit/lint/cases.h"

namespace wafcheck::lint {
namespace {

using testing::IsEmpty;

using Case = SaidCase;
class Performance : public testing::TestWithParam<Case> {};
TEST_P(Performance, IsJudged) {
  expect_said(GetParam());
}

#define RX(expression) "SecRule ARGS \"@rx " expression "\" \"id:1,phase:2,deny\"\n"
#define RX_CAPTURE(expression, logdata) \
  "SecRule ARGS \"@rx " expression "\" \"id:1,phase:2,deny,capture,logdata:'" logdata "'\"\n"

INSTANTIATE_TEST_SUITE_P(
    Operators, Performance,
    testing::Values(
        // Literals, but not only.
        Case{"PERF004", RX("^foo.bar$"), {}}, Case{"PERF004", RX("^$"), {}},
        // What a macro stands for is an expression.
        Case{"PERF004", RX("foo%{tx.a}"), {}},
        // What is captured is the word, not the value.
        Case{"PERF004", RX_CAPTURE("foo", "%{TX.0}"), {}},
        // @streq tells cases apart, and @pm finds words anywhere.
        Case{"PERF004", RX("(?i)^foo$"), {}}, Case{"PERF004", RX("(?:foo|bar)"), {}},
        Case{"PERF004", RX("^(?:foo|bar)$"), {}},
        Case{"PERF004",
             "SecRule ARGS \"@rx (?:foo|bar)\" \"id:1,phase:2,deny,t:none,t:lowercase\"\n",
             {"1:15 info @pm matches the same without an expression"}},
        Case{"PERF004",
             "SecRule ARGS \"@rx (?:foo|bar)\" \"id:1,phase:2,deny,t:lowercase,multiMatch\"\n",
             {}},
        Case{"PERF004",
             RX("\\Afoo"),
             {"1:15 info @beginsWith matches the same without an expression"}},
        Case{"PERF004",
             RX("foo$"),
             {"1:15 info @endsWith matches the same in values of one line without an expression"}},
        // Short of a long list, or looked for already.
        Case{"PERF005", RX("(?:select|union|insert)\\s"), {}},
        Case{
            "PERF005",
            "SecRule ARGS \"@pm a b\" \"id:1,phase:2,deny,chain\"\n"
            "SecRule ARGS \"@rx (?:aaa|bbb|ccc|ddd|eee|fff|ggg|hhh|iii|jjj|kkk|lll|mmm|nnn|ooo|ppp|"
            "qqq|rrr|sss|ttt)[^a]\"\n",
            {}},
        Case{"PERF005",
             RX("(?:aaa|bbb|ccc|ddd|eee|fff|ggg|hhh|iii|jjj|kkk|lll|mmm|nnn|ooo|ppp|qqq|rrr|sss|tt)"
                "[^a]"),
             {}},
        Case{"PERF005",
             RX("(?:aaa|bbb|ccc|ddd|eee|fff|ggg|hhh|iii|jjj|kkk|lll|mmm|nnn|ooo|ppp|qqq|rrr|sss|"
                "ttt)[^a]"),
             {"1:19 info every match contains one of 20 phrases, which no @pm searches first"}}));

INSTANTIATE_TEST_SUITE_P(
    Expressions, Performance,
    testing::Values(
        Case{"PERF006", RX("foo.*bar"), {}}, Case{"PERF006", RX("^.*foo"), {}},
        Case{"PERF006", RX(".+foo"), {}}, Case{"PERF006", RX("\\s*foo"), {}},
        Case{"PERF006", RX(".*+foo"), {}}, Case{"PERF006", RX("(?>.*foo)"), {}},
        Case{"PERF006", RX("(?=.*foo)bar"), {}}, Case{"PERF006", RX("(.*foo)\\1"), {}},
        Case{"PERF006", RX("(?:.*foo)+bar"), {}}, Case{"PERF006", RX("foo.*$"), {}},
        Case{"PERF006", RX_CAPTURE("foo.*", "%{TX.0}"), {}},
        Case{"PERF006",
             RX_CAPTURE("foo.*", "%{MATCHED_VAR}"),
             {"1:22 warning the text after a match does not matter, so this only makes the search "
              "slower"}},
        Case{"PERF006",
             RX("foo|(?:bar|.*?baz)"),
             {"1:30 warning a match may begin anywhere, so this only makes the search slower"}},
        Case{"PERF006",
             RX("[\\s\\S]*foo"),
             {"1:19 warning a match may begin anywhere, so this only makes the search slower"}},
        // Everything matches; there is nothing to speed up.
        Case{"PERF006", RX(".*"), {}}, Case{"PERF007", RX("(?:a)(?<name>b)"), {}},
        Case{"PERF007", RX("(a)b\\1"), {}}, Case{"PERF007", RX("(a)b(?1)"), {}},
        Case{"PERF007", RX_CAPTURE("(a)b", "%{TX.1}"), {}},
        Case{"PERF007",
             RX_CAPTURE("(a)b", "%{TX.0}"),
             {"1:19 info this group captures text that no rule reads"}},
        Case{"PERF007", RX("((a)b)"), {"1:19 info 2 groups capture text that no rule reads"}},
        // Engines keep what was captured beyond the rule.
        Case{"PERF007",
             RX_CAPTURE("(a)b", "x") "SecRule TX:1 \"@streq a\" \"id:2,phase:2,deny\"\n",
             {}},
        Case{"PERF007",
             RX_CAPTURE("(a)b", "x") "SecRule TX \"@streq a\" \"id:2,phase:2,deny\"\n",
             {}},
        Case{"PERF007",
             RX_CAPTURE("(a)b", "x") "SecRule TX:/^[0-9]$/ \"@streq a\" \"id:2,phase:2,deny\"\n",
             {}},
        Case{"PERF007",
             RX_CAPTURE("(a)b", "x") "SecRule TX:/^score/ \"@streq a\" \"id:2,phase:2,deny\"\n",
             {"1:19 info this group captures text that no rule reads"}},
        Case{"PERF007",
             RX_CAPTURE("(a)b", "x") "SecRule ARGS \"@rx (b)\" "
                                     "\"id:2,phase:2,deny,capture,logdata:'%{TX.1}'\"\n",
             {"1:19 info this group captures text that no rule reads"}},
        Case{"PERF008", RX("(?:[a-z]{1,20}x){1,20}"), {}},
        Case{"PERF008",
             RX("(?:[a-z]{1,200}x){1,200}"),
             {"1:19 info the repetitions expand to 40200 states"}}));

#define COSTLY "SecRule ARGS \"@rx (?:select|union)[^a-z]{1,99}from\" \"id:1,phase:2,deny,chain\"\n"
#define BODY "SecRule RESPONSE_BODY \"@rx ab+\" \"id:1,phase:4,deny"

INSTANTIATE_TEST_SUITE_P(
    Traffic, Performance,
    testing::Values(
        // What is compared then may be what was found before.
        Case{"PERF009", COSTLY "SecRule MATCHED_VAR \"@contains a\"\n", {}},
        Case{"PERF009", COSTLY "SecRule TX:0 \"@contains a\"\n", {}},
        Case{"PERF009", COSTLY "SecRule REQUEST_FILENAME \"@contains %{MATCHED_VAR}\"\n", {}},
        Case{"PERF009", COSTLY "SecRule REQUEST_FILENAME \"@rx ^/a/\"\n", {}},
        Case{"PERF009",
             "SecRule ARGS \"@rx ab+\" \"id:1,phase:2,deny,chain\"\n"
             "SecRule REQUEST_METHOD \"@streq POST\"\n",
             {}},
        Case{"PERF009",
             COSTLY "SecRule REQUEST_HEADERS:Host \"@streq a\"\n",
             {"1:9 info the expression runs on ARGS of every request, but a cheap condition of its "
              "chain would rule out most of them"}},
        Case{"PERF010", "SecResponseBodyMimeType text/html image/svg+xml\n" BODY "\"\n", {}},
        Case{"PERF010", BODY "\"\n", {}},
        Case{"PERF010",
             "SecResponseBodyMimeType image/png\n" BODY
             ",chain\"\nSecRule RESPONSE_CONTENT_TYPE \"@beginsWith text/\"\n",
             {}},
        Case{"PERF010",
             "SecResponseBodyMimeType image/png\nSecResponseBodyMimeTypesClear\n" BODY "\"\n",
             {}},
        Case{"PERF010",
             "SecResponseBodyMimeType image/png\n" BODY
             "\"\nSecRule RESPONSE_BODY \"@rx cd+\" \"id:2,phase:4,deny\"\n",
             {"2:9 info this and 1 more expressions also run on bodies of the type image/png"}},
        Case{"PERF011", "SecRuleEngine On\n" RX("(?:ab|cd){1,50}="), {}},
        Case{"PERF011",
             "SecRuleEngine On\nSecRule ARGS:q \"@rx (?:ab|cd){1,500}=\" \"id:1,phase:2,deny\"\n",
             {}},
        // Rules that are loaded by another configuration.
        Case{"PERF011", RX("(?:ab|cd){1,500}="), {}}));

TEST(Redos, SaysHowAndHowMuch) {
  EXPECT_THAT(said("PERF001", RX("^(?:a+)+$")),
              testing::ElementsAre(testing::MatchesRegex(
                  "1:20 error this takes exponential time: more than 1,000,000 steps for the "
                  "[0-9]+ bytes \".+\"")));
  EXPECT_THAT(said("PERF002", RX("\\s*\\s*=")),
              testing::ElementsAre(testing::MatchesRegex(
                  "1:19 info this takes quadratic time: [0-9,]+ steps for the [0-9,]+ bytes "
                  "\".*\" x [0-9]+.*")));
}

// A search that tries every place makes a square of any repetition.
TEST(Redos, CountsTheSearchInCubesOnly) {
  EXPECT_THAT(said("PERF002", RX("(?:a|b)*c")), IsEmpty());
  EXPECT_THAT(said("PERF002", RX("^a*a*a*[ab]c")),
              testing::ElementsAre(testing::StartsWith("1:20 warning this takes cubic time: ")));
}

TEST(Redos, LeavesLinearExpressionsAlone) {
  for (const std::string_view text :
       {RX("^(?:a++)+$"), RX("^(?:ab)+c"), RX("\\bselect\\b"), RX("^[a-z]+\\d+$")}) {
    EXPECT_THAT(said("PERF001", text), IsEmpty()) << text;
    EXPECT_THAT(said("PERF002", text), IsEmpty()) << text;
  }
}

TEST(Redos, SearchesAnExpressionOnce) {
  Example example(
      "SecRule ARGS \"@rx ^(?:a+)+$\" \"id:1,phase:2,deny\"\n"
      "SecRule ARGS \"@rx ^(?:a+)+$\" \"id:2,phase:2,deny\"\n");
  const parser::RulesetModel ruleset = example.load();
  const Expressions expressions(ruleset);
  EXPECT_EQ(RedosIndex(expressions).slow().size(), 1U);
  EXPECT_THAT(said("PERF001", example.contents().at("example.conf")), testing::SizeIs(2));
}

TEST(Redos, StopsWhenItsStepsAreSpent) {
  std::string text;
  for (int i = 1; i < 40; ++i) {
    text += fmt::format("SecRule ARGS \"@rx ^{}(?:a+)+$\" \"id:{},phase:2,deny\"\n", i, i);
  }
  Example example(text);
  const parser::RulesetModel ruleset = example.load();
  const Expressions expressions(ruleset);
  const RedosIndex index(expressions, {.work = 5'000'000});
  EXPECT_FALSE(index.slow().empty());
  EXPECT_GT(index.unsearched().size(), 30U);
  EXPECT_EQ(index.slow().size() + index.unsearched().size(), 39U);
}

TEST(Redos, IsRememberedByTheTextOfAnExpression) {
  Example example(
      "SecRule ARGS \"@rx ^(?:a+)+$\" \"id:1,phase:2,deny\"\n"
      "SecRule ARGS \"@rx ^b+c\" \"id:2,phase:2,deny\"\n"
      "SecRule ARGS \"@rx plain\" \"id:3,phase:2,deny\"\n");
  const parser::RulesetModel ruleset = example.load();
  const Expressions expressions(ruleset);
  RedosCache cache;
  const RedosOptions known{.cache = &cache, .known_only = true};
  EXPECT_TRUE(RedosIndex(expressions, known).slow().empty());
  EXPECT_FALSE(all_searched(expressions, known));
  EXPECT_TRUE(search_next(expressions, known));
  EXPECT_TRUE(search_next(expressions, known));
  EXPECT_FALSE(search_next(expressions, known));
  EXPECT_TRUE(all_searched(expressions, known));
  EXPECT_EQ(RedosIndex(expressions, known).slow().size(), 1U);
  EXPECT_EQ(cache.size(), 2U);
}

TEST(Redos, CostsTheSameWorkFromMemory) {
  std::string text;
  for (int i = 1; i < 40; ++i) {
    text += fmt::format("SecRule ARGS \"@rx ^{}(?:a+)+$\" \"id:{},phase:2,deny\"\n", i, i);
  }
  Example example(text);
  const parser::RulesetModel ruleset = example.load();
  const Expressions expressions(ruleset);
  RedosCache cache;
  const RedosOptions options{.work = 5'000'000, .cache = &cache};
  const size_t unsearched = RedosIndex(expressions, options).unsearched().size();
  EXPECT_EQ(RedosIndex(expressions, options).unsearched().size(), unsearched);
  EXPECT_EQ(RedosIndex(expressions, {.work = 5'000'000}).unsearched().size(), unsearched);
}

class PerformanceFix : public testing::TestWithParam<FixedCase> {};
TEST_P(PerformanceFix, LeavesNothingToFind) {
  expect_fixed(GetParam());
}
INSTANTIATE_TEST_SUITE_P(
    Rows, PerformanceFix,
    testing::Values(
        FixedCase{"PERF004", RX("^OPTIONS$"),
                  "SecRule ARGS \"@streq OPTIONS\" \"id:1,phase:2,deny\"\n"},
        FixedCase{"PERF004", "SecRule ARGS \"!^/a\\.php\" \"id:1,phase:2,deny\"\n",
                  "SecRule ARGS \"!@beginsWith /a.php\" \"id:1,phase:2,deny\"\n"},
        FixedCase{"PERF004", RX("(?i)nikto|sqlmap"),
                  "SecRule ARGS \"@pm nikto sqlmap\" \"id:1,phase:2,deny\"\n"},
        // Escapes, blanks and bare arguments are left to the author.
        FixedCase{"PERF004", RX("a b"), ""}, FixedCase{"PERF004", RX("a\\|b"), ""},
        FixedCase{"PERF004", "SecRule ARGS foo \"id:1,phase:2,deny\"\n", ""},
        FixedCase{"PERF005",
                  RX("aa1|aa2|aa3|aa4|aa5|aa6|aa7|aa8|aa9|aa0|ab1|ab2|ab3|ab4|ab5|ab6|ab7|"
                     "ab8|ab9|ab0"),
                  "SecRule ARGS \"@pm aa1 aa2 aa3 aa4 aa5 aa6 aa7 aa8 aa9 aa0 ab1 ab2 ab3 ab4 ab5 "
                  "ab6 ab7 ab8 ab9 ab0\" \"id:1,phase:2,deny\"\n"},
        FixedCase{"PERF006", RX(".*foo"), RX("foo")}, FixedCase{"PERF006", RX("foo.*"), RX("foo")},
        // What is left would read otherwise.
        FixedCase{"PERF006", RX(".* foo"), ""}, FixedCase{"PERF006", RX("foo\\\\.*"), ""},
        FixedCase{"PERF006", "SecRule ARGS \".*@rx\" \"id:1,phase:2,deny\"\n", ""},
        FixedCase{"PERF007", RX("(?i)((a|b)c){2}"), RX("(?i)(?:(?:a|b)c){2}")},
        FixedCase{"PERF007", "SecRule ARGS \"@rx (a\\\n    (b)c)\" \"id:1,phase:2,deny\"\n",
                  "SecRule ARGS \"@rx (?:a\\\n    (?:b)c)\" \"id:1,phase:2,deny\"\n"}));

// Of a literal between anchors that also hold at line breaks, only the author knows.
TEST(PerformanceFixes, AreSafeOnlyWhereEveryValueIsJudgedAlike) {
  const auto safe = [](std::string_view text) {
    Example example(text);
    const parser::RulesetModel ruleset = example.load();
    example.options.selection.select = {"PERF004"};
    const parser::Diagnostics found = run_checks(ruleset, example.options);
    return !found.empty() && found[0].fix && found[0].fix->safe;
  };
  EXPECT_FALSE(safe(RX("^foo$")));
  EXPECT_FALSE(safe(RX("foo$")));
  EXPECT_FALSE(safe(RX("^foo")));
  EXPECT_FALSE(safe(RX("\\Afoo\\Z")));
  EXPECT_TRUE(safe(RX("\\Afoo\\z")));
  EXPECT_TRUE(safe(RX("foo")));
  EXPECT_TRUE(safe(RX("(?i)foo")));
}

}  // namespace
}  // namespace wafcheck::lint
