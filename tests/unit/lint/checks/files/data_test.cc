// What the checks on data files find, and what they must not.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "tests/unit/lint/cases.h"

namespace wafcheck::lint {
namespace {

using Case = NamedCase;

std::string phrases(const std::string& bytes) {
  return "SecRule ARGS \"@pmFromFile w.data\" \"id:1,phase:2,deny\"\n#: file w.data\n" + bytes;
}

class Data : public testing::TestWithParam<Case> {};
TEST_P(Data, IsChecked) {
  expect_said(GetParam());
}

INSTANTIATE_TEST_SUITE_P(
    Rows, Data,
    testing::Values(
        Case{"comments_and_empty_lines", "dead-operator-data", phrases("# a\na\n\n# a\nb\n\n")},
        Case{"repeated_line",
             "dead-operator-data",
             phrases("a\nb\nA\n"),
             {"1:27 warning w.data: line 3 (as 1) repeats a phrase above"}},
        Case{"carriage_returns",
             "dead-operator-data",
             phrases("a\r\nb\r\n"),
             {"1:27 warning w.data: its lines end with CR LF, and ModSecurity 3 reads each CR as "
              "part of the phrase"}},
        Case{"blanks",
             "dead-operator-data",
             phrases("a \nb\n"),
             {"1:27 info w.data: there is white space at the start or end of line 1, and "
              "ModSecurity 3 searches for it too"}},
        Case{"hexadecimal_lists_are_left", "dead-operator-data",
             "SecRule ARGS \"@pm |41| A\" \"id:1,phase:2,deny\"\n"},
        Case{"words_once", "dead-operator-data",
             "SecRule ARGS \"@pm select union\" \"id:1,phase:2,deny\"\n"},
        Case{"equal_lines_are_another_fault", "pmfromfile-subsumed", phrases("a\nA\n")},
        Case{"contained",
             "pmfromfile-subsumed",
             phrases("etc/passwd\nx\n/etc/passwd~\n"),
             {"1:27 info w.data: 1 of 3 phrases contain another one and have no effect (line 3)"}},
        Case{"line_of_blanks",
             "empty-alternative-in-data-file",
             phrases("a\n  \nb\n"),
             {"1:27 warning w.data:2: this line has only white space, which ModSecurity 3 finds in "
              "almost every value"}},
        Case{"number_signs_in_phrases", "empty-alternative-in-data-file",
             phrases("a#b\nc #\n#d\n")},
        Case{"other_rules_of_the_folder",
             "unused-data-file",
             "#: file rules/a.conf\nSecMarker \"A\"\n#: file rules/w.data\na\n",
             {"1:1 warning no loaded rule reads rules/w.data"}},
        Case{"one_kind_of_line_end", "mixed-line-endings", "SecMarker A\r\nSecMarker B\r\n"}),
    [](const auto& row) { return row.param.name; });

}  // namespace
}  // namespace wafcheck::lint
