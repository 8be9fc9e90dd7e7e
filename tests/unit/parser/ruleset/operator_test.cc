#include <gmock/gmock.h>

#include "parser/language/semantics.h"
#include "parser/ruleset/rule.h"
#include "tests/unit/parser/support.h"

namespace wafcheck::parser {
namespace {

using testing::ElementsAreArray;
using testing::IsEmpty;

std::string drawn(const std::optional<OperatorUse>& use) {
  if (!use) return "nothing";
  return fmt::format("{}{}{} [{}]", use->negated ? "!" : "", use->implicit ? "" : "@",
                     info(use->id).name, use->argument.view());
}

struct OperatorCase {
  std::string text;
  std::string drawn;
  std::vector<std::string> told;
};

class Operators : public testing::TestWithParam<OperatorCase> {};

TEST_P(Operators, AreRead) {
  Written written(GetParam().text);
  const auto use =
      parse_operator(written.text, semantics_of(Profile::standard), written.diagnostics);
  EXPECT_EQ(drawn(use), GetParam().drawn);
  EXPECT_THAT(told(written.sources, written.diagnostics), ElementsAreArray(GetParam().told));
}

INSTANTIATE_TEST_SUITE_P(
    Parser, Operators,
    testing::ValuesIn(std::vector<OperatorCase>{
        {"@rx ^a", "@rx [^a]", {}},
        {"^a b", "rx [^a b]", {}},
        {"", "rx []", {}},
        {" a", "rx [ a]", {}},
        {"!^a", "!rx [^a]", {}},
        {"! a", "!rx [ a]", {}},
        {"!@rx a", "!@rx [a]", {}},
        {"! @rx a", "!@rx [a]", {}},
        {"@STREQ a", "@streq [a]", {}},
        {"@streq  \t a ", "@streq [a ]", {}},
        {"@pmf a.data", "@pmFromFile [a.data]", {}},
        {"@detectSQLi", "@detectSQLi []", {}},
        {"@within %{tx.a}", "@within [%{tx.a}]", {}},
        {"@eq 12abc", "@eq [12abc]", {}},
        {"contains x", "rx [contains x]", {}},
        // Mistakes.
        {"@nosuch x", "nothing", {"unknown-operator 1:1"}},
        {"!@nosuch x", "nothing", {"unknown-operator 1:2"}},
        {"@", "nothing", {"unknown-operator 1:1"}},
        {"beginsWith /x", "rx [beginsWith /x]", {"unknown-operator 1:1"}},
        {"@contains", "@contains []", {"invalid-operator-argument 1:1"}},
        {"!@contains  ", "!@contains []", {"invalid-operator-argument 1:2"}},
        {"@contains %{tx.a", "@contains [%{tx.a]", {"macro-malformed 1:11"}},
        {"@contains %{nosuch}", "@contains [%{nosuch}]", {"unknown-variable 1:13"}},
        {"@rx foo(bar", "@rx [foo(bar]", {"invalid-regex 1:11"}},
        {"foo(bar", "rx [foo(bar]", {"invalid-regex 1:7"}},
        {"!@rx a[b", "!@rx [a[b]", {"invalid-regex 1:8"}},
        {"@rx a{2}(?<n>b)\\k<m>", "@rx [a{2}(?<n>b)\\k<m>]", {"invalid-regex 1:19"}},
        {"@verifyCC \\d{13", "@verifyCC [\\d{13]", {}},
        {"@verifyCC (\\d", "@verifyCC [(\\d]", {"invalid-regex 1:13"}},
        // An expression with macros is not known before it runs; %{2} is none.
        {"@rx ^(%{tx.a}", "@rx [^(%{tx.a}]", {}},
        {"@rx %{2}", "@rx [%{2}]", {}},
        {"@rx (%{2}", "@rx [(%{2}]", {"invalid-regex 1:9"}},
        {"@validateByteRange 9,10,13,32-126", "@validateByteRange [9,10,13,32-126]", {}},
        {"@validateByteRange 9, 10", "@validateByteRange [9, 10]", {}},
        {"@validateByteRange 300", "@validateByteRange [300]", {"invalid-operator-argument 1:20"}},
        {"@validateByteRange 1,20-10",
         "@validateByteRange [1,20-10]",
         {"invalid-operator-argument 1:22"}},
        {"@validateByteRange 1,,a",
         "@validateByteRange [1,,a]",
         {"invalid-operator-argument 1:22", "invalid-operator-argument 1:23"}},
        {"@validateByteRange -5", "@validateByteRange [-5]", {"invalid-operator-argument 1:20"}},
        {"@ipMatch 10.0.0.0/8, ::1,2001:db8::/32,0.0.0.0/0",
         "@ipMatch [10.0.0.0/8, ::1,2001:db8::/32,0.0.0.0/0]",
         {}},
        {"@ipMatch 10.0.0.0/33", "@ipMatch [10.0.0.0/33]", {"invalid-operator-argument 1:19"}},
        {"@ipMatch 10.0.0.0/", "@ipMatch [10.0.0.0/]", {"invalid-operator-argument 1:10"}},
        {"@ipMatch ::1, ::g/8", "@ipMatch [::1, ::g/8]", {"invalid-operator-argument 1:15"}},
        {"@ipMatch ::1/129", "@ipMatch [::1/129]", {"invalid-operator-argument 1:14"}},
        {"@ipMatch localhost", "@ipMatch [localhost]", {"invalid-operator-argument 1:10"}},
        {"@ipMatch ::1,", "@ipMatch [::1,]", {"invalid-operator-argument 1:14"}},
    }));

struct ProfileCase {
  Profile profile;
  std::string text;
  std::string drawn;
  std::vector<std::string> told;
};

TEST(OperatorProfiles, ReadArgumentsTheirWay) {
  for (const ProfileCase& c : std::vector<ProfileCase>{
           {Profile::modsecurity2, "@streq  a ", "@streq [a ]", {}},
           {Profile::modsecurity3, "@streq  a ", "@streq [ a ]", {}},
           {Profile::coraza, "@streq  a ", "@streq [a]", {}},
           {Profile::modsecurity3, "@nosuch a", "rx [@nosuch a]", {}},
           {Profile::modsecurity3, "!@nosuch a", "!rx [@nosuch a]", {}},
           {Profile::modsecurity3, "! @contains zz", "!rx [ @contains zz]", {}},
           {Profile::modsecurity2,
            "@ipMatch ::1, ::2",
            "@ipMatch [::1, ::2]",
            {"invalid-operator-argument 1:15"}},
           {Profile::modsecurity2,
            "@ipMatch ::/0",
            "@ipMatch [::/0]",
            {"invalid-operator-argument 1:13"}},
           {Profile::coraza, "@ipMatch nowhere", "@ipMatch [nowhere]", {}},
       }) {
    Written written(c.text);
    const auto use = parse_operator(written.text, semantics_of(c.profile), written.diagnostics);
    EXPECT_EQ(drawn(use), c.drawn) << to_string(c.profile);
    EXPECT_THAT(told(written.sources, written.diagnostics), ElementsAreArray(c.told)) << c.text;
  }
}

TEST(OperatorHelp, NamesTheNearestOperator) {
  Written written("@beginWith /x");
  parse_operator(written.text, semantics_of(Profile::standard), written.diagnostics);
  ASSERT_EQ(written.diagnostics.size(), 1u);
  EXPECT_EQ(written.diagnostics[0].message, "unknown operator @beginWith");
  EXPECT_EQ(written.diagnostics[0].help, "did you mean beginsWith?");
}

TEST(OperatorSpans, CoverTheTextThatTheyName) {
  Written written("!@streq a");
  const auto use =
      parse_operator(written.text, semantics_of(Profile::standard), written.diagnostics);
  ASSERT_TRUE(use);
  EXPECT_EQ(written.at(use->span), "!@streq a");
  EXPECT_EQ(written.at(use->name), "@streq");
  EXPECT_EQ(written.at(use->argument.span()), "a");
}

TEST(OperatorSpans, CaretStandsInsideAContinuedExpression) {
  const RulesetModel ruleset = load_text("SecRule ARGS \"@rx abc|\\\n    de(f\" \"id:1\"");
  EXPECT_THAT(told(ruleset), testing::ElementsAre("invalid-regex 2:8"));
}

/// The parts of an operator's argument: literals as they are, variables as {NAME.key}.
std::string parts_of(const std::string& written_text) {
  Written written(written_text);
  const auto use =
      parse_operator(written.text, semantics_of(Profile::standard), written.diagnostics);
  std::string out;
  if (!use) return "nothing";
  for (const MacroPart& part : use->text.parts) {
    out += part.is_variable ? fmt::format("{{{}.{}}}", info(part.variable).name, part.text)
                            : fmt::format("[{}]", part.text);
  }
  return out;
}

TEST(OperatorText, IsTheArgumentSplitAtItsMacros) {
  EXPECT_EQ(parts_of("@streq a%{tx.b}c"), "[a]{TX.b}[c]");
  EXPECT_EQ(parts_of("@streq a"), "[a]");
  EXPECT_EQ(parts_of("^a%{tx.b}$"), "[^a]{TX.b}[$]");
  EXPECT_EQ(parts_of("@pm a %{tx.b}"), "");  // expands none
  EXPECT_EQ(parts_of("@rx a%{2}"), "[a%{2}]");
}

TEST(OperatorFiles, AreNamedInTheArgument) {
  using Names = std::vector<std::pair<size_t, size_t>>;
  const auto names = [](const std::string& text, Profile profile) {
    Written written(text);
    const auto use = parse_operator(written.text, semantics_of(profile), written.diagnostics);
    return use ? data_file_names(*use, semantics_of(profile)) : Names();
  };
  EXPECT_EQ(names("@pmFromFile a  b", Profile::standard), (Names{{0, 1}, {3, 4}}));
  EXPECT_EQ(names("@pmFromFile a  b", Profile::coraza), (Names{{0, 4}}));
  EXPECT_EQ(names("@ipMatchFromFile a b", Profile::standard), (Names{{0, 3}}));
  EXPECT_EQ(names("@validateDTD a b", Profile::standard), (Names{{0, 3}}));
  EXPECT_EQ(names("@pm a b", Profile::standard), Names());
}

}  // namespace
}  // namespace wafcheck::parser
