// Words that checks treat alike because their rows in the language tables say the same of them.

#include <gtest/gtest.h>

#include "tests/unit/lint/cases.h"

namespace wafcheck::lint {
namespace {

using Case = PlaceCase;

class Columns : public testing::TestWithParam<Case> {};
TEST_P(Columns, Decide) {
  expect_places(GetParam());
}

INSTANTIATE_TEST_SUITE_P(
    Rows, Columns,
    testing::Values(
        Case{"identical-rules",
             "proxy",
             "SecRule ARGS \"a\" \"id:1,phase:2,proxy:http://a.example/\"\n"
             "SecRule ARGS \"a\" \"id:2,phase:2,proxy:http://a.example/\"\n",
             {"warning 2 2"}},
        Case{"subsumed-rule",
             "proxy",
             "SecRule ARGS \"@rx union\" \"id:1,phase:2,proxy:http://a.example/,t:none\"\n"
             "SecRule ARGS \"@rx union\\s+select\" "
             "\"id:2,phase:2,proxy:http://a.example/,t:none\"\n",
             {"info 2 @rx union\\s+select"}},
        Case{"subsumed-rule",
             "whole_words",
             "SecRule ARGS \"@contains union\" \"id:1,phase:2,deny,t:none\"\n"
             "SecRule ARGS \"@containsWord union\" \"id:2,phase:2,deny,t:none\"\n",
             {"info 2 @containsWord union"}},
        Case{"subsumed-rule",
             "whole_words_first",
             "SecRule ARGS \"@containsWord union\" \"id:1,phase:2,deny,t:none\"\n"
             "SecRule ARGS \"@contains union\" \"id:2,phase:2,deny,t:none\"\n",
             {"info 1 @containsWord union"}},
        Case{"subsumed-rule", "allow_between",
             "SecRule ARGS \"@rx union\" \"id:1,phase:2,deny,t:none\"\n"
             "SecRule ARGS \"@rx x\" \"id:3,phase:2,allow,t:none\"\n"
             "SecRule ARGS \"@rx union\\s+select\" \"id:2,phase:2,deny,t:none\"\n"},
        Case{"missing-decode",
             "whole_words",
             "SecRule REQUEST_BODY \"@containsWord <script\" \"id:1,phase:2,deny,t:none\"\n",
             {"info 1 REQUEST_BODY"}},
        Case{"count-with-string-operator",
             "every_match",
             "SecRule &ARGS \"@rxGlobal foo\" \"id:1,phase:2,deny\"\n",
             {"error 1 &ARGS"}},
        Case{"variable-not-available-in-phase", "macro_of_an_operator_without_macros",
             "SecRule ARGS_GET \"@pm %{ARGS_POST.a}\" \"id:1,phase:1,deny\"\n"},
        Case{"variable-not-available-in-phase",
             "macro_of_an_operator",
             "SecRule ARGS_GET \"@streq %{ARGS_POST.a}\" \"id:1,phase:1,deny\"\n",
             {"error 1 %{ARGS_POST.a}"}}),
    case_name);

}  // namespace
}  // namespace wafcheck::lint
