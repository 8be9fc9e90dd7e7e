// What the checks on layout and spelling find, and what they must not.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "tests/unit/lint/cases.h"

namespace wafcheck::lint {
namespace {

using Case = NamedCase;

class Style : public testing::TestWithParam<Case> {};
TEST_P(Style, IsChecked) {
  expect_said(GetParam());
}

INSTANTIATE_TEST_SUITE_P(
    Rows, Style,
    testing::Values(
        Case{"one_line_is_a_layout", "format", "SecRule ARGS \"@rx a\" \"id:1,phase:2,deny\"\n"},
        Case{"tabs_are_another_fault", "format",
             "SecRule\tARGS \"@rx a\" \"id:1,phase:2,deny\" \n"},
        Case{"quotes_are_another_fault", "format", "SecAction id:1,phase:2,deny\n"},
        Case{"two_blanks",
             "format",
             "SecMarker  \"A\"\n",
             {"1:1 info this is not in the layout of CRS"}},
        Case{"blanks_at_the_end",
             "untidy-text",
             "SecMarker \"A\" \n# b\t\n",
             {"1:14 info this line ends with white space",
              "2:4 info this line ends with white space"}},
        Case{"no_line_feed",
             "untidy-text",
             "SecMarker \"A\"",
             {"1:13 info the last line does not end with a line feed"}},
        Case{"tab_in_a_list",
             "untidy-text",
             "SecAction \"id:1,\\\n\tphase:1,pass\"\n",
             {"2:1 info this is a tab"}},
        Case{"tab_in_a_comment", "untidy-text", "#\ta\n"},
        Case{"letters_in_a_comment", "untidy-text", "# \xc3\xa4\n"},
        Case{"transformations_may_share_a_long_line", "line-length",
             "SecAction \\\n    \"id:1,\\\n    t:none,t:" + std::string(200, ' ') + "trim\"\n"},
        Case{"a_long_message", "line-length",
             "SecAction \\\n    \"id:1,\\\n    msg:'" + std::string(300, 'a') + "'\"\n"},
        Case{"aliases_are_names", "name-case",
             "SecRule ARGS \"@pmf a\" \"id:1,phase:2,deny,t:normalisePath\"\n"},
        Case{"aliases_have_cases",
             "name-case",
             "SecRule ARGS \"@rx a\" \"id:1,phase:2,deny,t:NormalisePath\"\n",
             {"1:43 info NormalisePath is spelled normalisePath"}},
        Case{"variables_have_cases",
             "name-case",
             "SecRule args \"@rx a\" \"id:1,phase:2,deny\"\n",
             {"1:9 info args is spelled ARGS"}},
        Case{"escapes_in_a_quotation", "escape-form",
             "SecRule ARGS \"@rx \\Qa\\/b\\E\" \"id:1,phase:2,deny\"\n"},
        Case{"slash_after_a_backslash",
             "escape-form",
             "SecRule ARGS \"@rx a\\\\/b\" \"id:1,phase:2,deny\"\n",
             {"1:20 info \\\\ is a backslash in some engines and an incomplete escape in others"}},
        Case{"an_operator_of_no_text", "explicit-operator", "SecAction \"id:1,phase:2,deny\"\n"}),
    [](const auto& row) { return row.param.name; });

struct OrderCase {
  std::string name;
  std::string before;
  std::string after;  ///< empty: no fix is certain
};

class ActionOrder : public testing::TestWithParam<OrderCase> {};
TEST_P(ActionOrder, IsRestoredWhereNothingDependsOnIt) {
  const std::string before = "SecAction \"" + GetParam().before + "\"\n";
  EXPECT_EQ(said("action-order", before).size(), 1U);
  EXPECT_EQ(fixed("action-order", before),
            GetParam().after.empty() ? "" : "SecAction \"" + GetParam().after + "\"\n");
}
INSTANTIATE_TEST_SUITE_P(
    Rows, ActionOrder,
    testing::Values(OrderCase{"metadata", "msg:'a',id:1,pass,phase:1", "id:1,phase:1,pass,msg:'a'"},
                    OrderCase{"repeated", "id:1,phase:1,tag:'b',tag:'a',msg:'m'",
                              "id:1,phase:1,msg:'m',tag:'b',tag:'a'"},
                    OrderCase{"transformations_keep_theirs", "id:1,t:trim,phase:1,t:none",
                              "id:1,phase:1,t:trim,t:none"},
                    OrderCase{"log_and_nolog", "id:1,phase:1,nolog,log", ""},
                    OrderCase{"disruptive_ones", "id:1,phase:1,pass,deny", ""},
                    OrderCase{"collection_and_variable",
                              "id:1,phase:1,setvar:tx.a=1,initcol:ip=%{REMOTE_ADDR}", ""},
                    OrderCase{"unknown_to_crs", "id:1,setvar:tx.a=1,exec:/bin/x,phase:1", ""}),
    [](const auto& row) { return row.param.name; });

}  // namespace
}  // namespace wafcheck::lint
