// Characters that look like others: what is told, and what is not.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "parser/language/semantics.h"
#include "tests/unit/parser/support.h"

namespace wafcheck::parser {
namespace {

struct Case {
  std::string name;
  std::string text;
  std::vector<std::string> found;
};

class Characters : public testing::TestWithParam<Case> {};
TEST_P(Characters, AreToldWhereTheyMislead) {
  Sources sources;
  Diagnostics diagnostics;
  parse_syntax(sources, sources.add("a.conf", GetParam().text), semantics_of(Profile::standard),
               diagnostics);
  std::erase_if(diagnostics, [](const Diagnostic& d) { return d.check != "non-utf8-or-bom"; });
  EXPECT_THAT(told(sources, diagnostics), testing::ElementsAreArray(GetParam().found));
}
INSTANTIATE_TEST_SUITE_P(
    Rows, Characters,
    testing::Values(
        Case{"plain", "SecMarker \"a\"\n", {}},
        Case{"letters", "SecAction \"id:1,msg:'Gr\xc3\xbc\xc3\x9f\x65'\"\n", {}},
        Case{"quotes_in_prose", "SecAction \"id:1,msg:'a \xe2\x80\x9cword\xe2\x80\x9d'\"\n", {}},
        Case{"comment", "# \xe2\x80\x9c\xff\xc2\xa0\n", {}},
        Case{"quotes_for_quotes",
             "SecAction \"id:1,msg:\xe2\x80\x98x\xe2\x80\x99,pass\"\n",
             {"non-utf8-or-bom 1:21", "non-utf8-or-bom 1:25"}},
        Case{"blank_between", "SecMarker\xc2\xa0\"a\"\n", {"non-utf8-or-bom 1:10"}},
        Case{"blank_inside", "SecMarker \"a\xe3\x80\x80\"\n", {"non-utf8-or-bom 1:13"}},
        Case{"no_width", "SecMarker \"a\xe2\x80\x8b\"\n", {"non-utf8-or-bom 1:13"}},
        Case{"invalid_once_a_word", "SecMarker \"\xff\x80\xc3\"\n", {"non-utf8-or-bom 1:12"}},
        Case{"overlong", "SecMarker \"\xc0\xaf\"\n", {"non-utf8-or-bom 1:12"}},
        Case{"surrogate", "SecMarker \"\xed\xa0\x80\"\n", {"non-utf8-or-bom 1:12"}},
        Case{"cut_off", "SecMarker \"\xe2\x82\"", {"non-utf8-or-bom 1:12"}},
        Case{"mark_at_the_start", "\xEF\xBB\xBFSecMarker \"a\"\n", {"non-utf8-or-bom 1:1"}}),
    [](const auto& row) { return row.param.name; });

}  // namespace
}  // namespace wafcheck::parser
