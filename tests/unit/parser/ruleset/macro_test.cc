#include "parser/ruleset/macro.h"

#include <gmock/gmock.h>

#include "parser/language/semantics.h"
#include "tests/unit/parser/support.h"

namespace wafcheck::parser {
namespace {

using testing::ElementsAreArray;

/// Literals as they are, variables as <NAME|member>.
std::string drawn(const MacroText& macros) {
  std::string out;
  for (const MacroPart& part : macros.parts) {
    out += part.is_variable ? fmt::format("<{}|{}>", info(part.variable).name, part.text)
                            : fmt::format("[{}]", part.text);
  }
  return out;
}

struct MacroCase {
  std::string text;
  std::string drawn;
  std::vector<std::string> told;
};

class Macros : public testing::TestWithParam<MacroCase> {};

TEST_P(Macros, AreSplit) {
  Written written(GetParam().text);
  const MacroText macros =
      parse_macros(written.text, semantics_of(Profile::standard), written.diagnostics);
  EXPECT_EQ(drawn(macros), GetParam().drawn);
  EXPECT_THAT(told(written.sources, written.diagnostics), ElementsAreArray(GetParam().told));
  EXPECT_EQ(macros.literal(), GetParam().drawn.find('<') == std::string::npos);
  std::string spelled;
  for (const MacroPart& part : macros.parts) spelled += written.at(part.span);
  EXPECT_EQ(spelled, GetParam().text);
}

INSTANTIATE_TEST_SUITE_P(
    Macro, Macros,
    testing::ValuesIn(std::vector<MacroCase>{
        {"", "", {}},
        {"plain 100%", "[plain 100%]", {}},
        {"%{MATCHED_VAR}", "<MATCHED_VAR|>", {}},
        {"%{matched_var}", "<MATCHED_VAR|>", {}},
        {"a%{tx.b}c", "[a]<TX|b>[c]", {}},
        {"%{TX:b}", "<TX|b>", {}},
        {"%{REQUEST_HEADERS.User-Agent}", "<REQUEST_HEADERS|User-Agent>", {}},
        {"%{tx.a.b[0]}", "<TX|a.b[0]>", {}},
        {"%{tx.a}%{tx.b}", "<TX|a><TX|b>", {}},
        {"%%{tx.a}", "[%]<TX|a>", {}},
        {"%{nosuch.a}%{tx.b}", "[%{nosuch.a}]<TX|b>", {"unknown-variable 1:3"}},
        {"a%{tx.x", "[a%{tx.x]", {"macro-malformed 1:2"}},
        {"%{}", "[%{}]", {"macro-malformed 1:1"}},
        {"%{ tx.x }", "[%{ tx.x }]", {"macro-malformed 1:1"}},
        {"%{tx.x y}", "[%{tx.x y}]", {"macro-malformed 1:1"}},
        {"%{tx.}", "[%{tx.}]", {"macro-malformed 1:1"}},
        {"{%tx.x}", "[{%tx.x}]", {"macro-malformed 1:1"}},
        {"%(tx.x)", "[%(tx.x)]", {"macro-malformed 1:1"}},
        {"50%(of.it)", "[50%(of.it)]", {}},
        {"%{a%{b", "[%{a%{b]", {"macro-malformed 1:1"}},
    }));

TEST(Macro, NearestVariableIsSuggested) {
  Written written("%{MATCHED_VARR}");
  parse_macros(written.text, semantics_of(Profile::standard), written.diagnostics);
  ASSERT_EQ(written.diagnostics.size(), 1u);
  EXPECT_EQ(written.diagnostics[0].help, "did you mean MATCHED_VAR?");
}

TEST(Macro, ManyOpenMacrosAreOneFault) {
  std::string text;
  for (int i = 0; i < 1'000'000; ++i) text += "%{";
  Written written(text);
  parse_macros(written.text, semantics_of(Profile::standard), written.diagnostics);
  EXPECT_EQ(written.diagnostics.size(), 1u);
}

}  // namespace
}  // namespace wafcheck::parser
