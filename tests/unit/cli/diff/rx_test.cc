#include "cli/diff/rx.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <sstream>

#include "tests/unit/parser/support.h"

namespace wafcheck::cli {
namespace {

using parser::regex::Comparison;
using parser::regex::Relation;
using ::testing::HasSubstr;

struct Told {
  int code = 0;
  std::string out, err;
};

Told compare(const RxOptions& options) {
  std::istringstream in;
  std::ostringstream out, err;
  Streams streams{in, out, err};
  const GlobalOptions global;
  Console console(streams, global);
  const int code = compare_expressions(options, console, console.out());
  return {code, out.str(), err.str()};
}

TEST(DiffRx, TellsTheRelation) {
  const Told equal = compare({.expressions = {"a|b", "[ab]"}});
  EXPECT_EQ(equal.code, kOk);
  EXPECT_EQ(equal.out, "equal: both match the same values\n");
  const Told different = compare({.expressions = {"a\\x00", "b"}});
  EXPECT_EQ(different.code, kNo);
  EXPECT_EQ(different.out,
            "different: each matches values that the other does not\n"
            "  only the new one matches \"b\"\n"
            "  only the old one matches \"a\\x00\"\n");
  EXPECT_EQ(different.err, "");
}

TEST(DiffRx, TellsWhatIsKnownOfTheUndecided) {
  const Told told = compare({.expressions = {"(?>a|ab)c", "(?:a|ab)c"}});
  EXPECT_EQ(told.code, kNo);
  EXPECT_EQ(told.out,
            "undecided: the old expression has an atomic group\n"
            "  certainly not equal, not narrower\n"
            "  only the new one matches \"abc\"\n");
}

TEST(DiffRx, KnowsWhatTransformationsLeave) {
  const RxOptions lower{.expressions = {"(?i)a", "a"}, .transformations = {"none", "lowercase"}};
  EXPECT_EQ(compare(lower).out, "equal: both match the same values\n");
}

TEST(DiffRx, CompilesAsTheEngineDoes) {
  RxOptions options{.expressions = {"^a", "(?:^|\\n)a"}};
  options.engine = "modsecurity2";
  EXPECT_EQ(compare(options).code, kNo);
  options.engine = "modsecurity3";
  EXPECT_EQ(compare(options).code, kOk);
}

TEST(DiffRx, WritesJson) {
  const Told told =
      compare({.expressions = {"\xff", "a"}, .transformations = {"urlDecode"}, .format = "json"});
  EXPECT_EQ(told.out,
            "{\"schema\":1,\"old\":\"\\\\xff\",\"old_base64\":\"/w==\",\"new\":\"a\","
            "\"transformations\":[\"urlDecode\"],\"relation\":\"different\","
            "\"ruled_out\":[\"equal\",\"wider\",\"narrower\"],\"only_new\":\"a\","
            "\"only_old\":\"\\\\xff\",\"only_old_base64\":\"/w==\",\"reason\":null}\n");
}

TEST(DiffRx, RefusesWhatIsNoExpression) {
  const Told open = compare({.expressions = {"a", "(b"}});
  EXPECT_EQ(open.code, kTrouble);
  EXPECT_EQ(open.out, "");
  EXPECT_THAT(open.err, HasSubstr("--rx, the new expression:1:2: error"));
  EXPECT_THAT(open.err, HasSubstr("missing closing parenthesis"));
  const Told look = compare({.expressions = {"a(?=b)", "b"}, .engine = "coraza"});
  EXPECT_EQ(look.code, kTrouble);
  EXPECT_THAT(look.err, HasSubstr("--rx, the old expression:1:2: error"));
}

TEST(DiffRx, RefusesWhatIsNoTransformation) {
  const Told told = compare({.expressions = {"a", "a"}, .transformations = {"lowercas"}});
  EXPECT_EQ(told.code, kTrouble);
  EXPECT_THAT(told.err, HasSubstr("\"lowercas\" is no transformation: did you mean lowercase?"));
}

/// The rules with the ids 1 and 2 compared.
Comparison of_rules(const std::string& text) {
  const parser::RulesetModel ruleset = parser::load_text(text);
  return compare_rules(ruleset, *ruleset.find(1), ruleset, *ruleset.find(2));
}

TEST(DiffRx, ComparesRulesBehindTheirTransformations) {
  EXPECT_EQ(of_rules("SecRule ARGS \"@rx (?i)a\" \"id:1,phase:2,pass,t:none,t:lowercase\"\n"
                     "SecRule ARGS \"@rx a\" \"id:2,phase:2,pass,t:none,t:lowercase\"\n")
                .relation,
            Relation::equal);
  EXPECT_EQ(of_rules("SecRule ARGS \"@rx (?i)a\" \"id:1,phase:2,pass,t:none\"\n"
                     "SecRule ARGS \"@rx a\" \"id:2,phase:2,pass,t:none,t:lowercase\"\n")
                .relation,
            Relation::narrower);
  EXPECT_EQ(of_rules("SecRule ARGS \"@rx (?i)a\" \"id:1,phase:2,pass,t:none,t:lowercase\"\n"
                     "SecRule ARGS \"@rx a\" \"id:2,phase:2,pass,t:none,t:lowercase,multiMatch\"\n")
                .relation,
            Relation::narrower);
}

TEST(DiffRx, RulesWithoutAnExpressionAreUndecided) {
  EXPECT_EQ(of_rules("SecRule ARGS \"@rx a%{tx.a}\" \"id:1,phase:2,pass,t:none\"\n"
                     "SecRule ARGS \"@rx a\" \"id:2,phase:2,pass,t:none\"\n")
                .reason,
            "the old expression has a macro");
  EXPECT_EQ(of_rules("SecRule ARGS \"@rx a\" \"id:1,phase:2,pass,t:none\"\n"
                     "SecRule ARGS \"@streq a\" \"id:2,phase:2,pass,t:none\"\n")
                .reason,
            "the new operator takes no expression");
}

}  // namespace
}  // namespace wafcheck::cli
