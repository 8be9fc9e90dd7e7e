// Reports, whole.

#include <gtest/gtest.h>

#include "formats/ftw/ftw.h"
#include "formats/ftw/result_format.h"

// A row names only the members it is about.
#pragma GCC diagnostic ignored "-Wmissing-field-initializers"

namespace wafcheck::formats {
namespace {

using namespace std::string_literals;
using Outcome = FtwResult::Outcome;

const std::vector<FtwResult>& results() {
  static const std::vector<FtwResult> made = {
      {"1-1", "a.yaml", Outcome::passed, "", 1'500'000},
      {"2-1", "b.yaml", Outcome::failed, "expected <1> & \"2\"\n\x01\xFF\0", 2},
      {"1-2", "a.yaml", Outcome::skipped, "filtered # out", 0},
      {"1-3", "a.yaml", Outcome::ignored, "known", 0},
  };
  return made;
}

TEST(FtwReport, WritesJUnit) {
  EXPECT_EQ(junit_report(results()), R"(<?xml version="1.0" encoding="UTF-8"?>
<testsuites name="wafcheck" tests="4" failures="1" errors="0" skipped="2" time="1.500002">
  <testsuite name="a.yaml" tests="3" failures="0" errors="0" skipped="2" time="1.500000">
    <testcase name="1-1" classname="a.yaml" time="1.500000"/>
    <testcase name="1-2" classname="a.yaml" time="0.000000">
      <skipped message="filtered # out"/>
    </testcase>
    <testcase name="1-3" classname="a.yaml" time="0.000000">
      <skipped message="known"/>
    </testcase>
  </testsuite>
  <testsuite name="b.yaml" tests="1" failures="1" errors="0" skipped="0" time="0.000002">
    <testcase name="2-1" classname="b.yaml" time="0.000002">
      <failure message="expected &lt;1&gt; &amp; &quot;2&quot;&#10;\x01\xFF"/>
    </testcase>
  </testsuite>
</testsuites>
)");
}

TEST(FtwReport, WritesAnAnnotationForEachFailure) {
  EXPECT_EQ(github_report({{"2,1", "b:1.yaml", Outcome::failed, "100% <1>\nmore", 2},
                           {"1-1", "a.yaml", Outcome::passed, "", 1}}),
            "::error file=b%3A1.yaml,title=2%2C1::100%25 <1>%0Amore\n");
}

TEST(FtwReport, WritesTap) {
  EXPECT_EQ(tap_report(results()), R"(TAP version 13
1..4
ok 1 - 1-1
not ok 2 - 2-1
  ---
  message: "expected <1> & \"2\"\u000A\u0001\\xFF"
  file: "b.yaml"
  ...
ok 3 - 1-2 # SKIP filtered # out
ok 4 - 1-3 # SKIP known
)");
}

TEST(FtwReport, WritesEmptyReports) {
  EXPECT_EQ(junit_report({}), R"(<?xml version="1.0" encoding="UTF-8"?>
<testsuites name="wafcheck" tests="0" failures="0" errors="0" skipped="0" time="0.000000">
</testsuites>
)");
  EXPECT_EQ(tap_report({}), "TAP version 13\n1..0\n");
}

TEST(FtwReport, EscapesBytesThatXmlCannotHold) {
  const std::pair<std::string, std::string_view> cases[] = {
      {"a\0b"s, "a\\x00b"},
      {"\x1B\x7F", "\\x1B\\x7F"},
      {"\t\r", "&#9;&#13;"},
      {"\xC3\xA9\xE2\x82\xAC\xF0\x9F\x98\x80", "\xC3\xA9\xE2\x82\xAC\xF0\x9F\x98\x80"},
      {"\xC3", "\\xC3"},
      {"\xC0\x80", "\\xC0\\x80"},
      {"\xED\xA0\x80", "\\xED\\xA0\\x80"},
      {"\xF4\x90\x80\x80", "\\xF4\\x90\\x80\\x80"},
      {"\xEF\xBF\xBF", "\\xEF\\xBF\\xBF"},
  };
  for (const auto& [id, escaped] : cases) {
    const std::string xml = junit_report({{.id = id}});
    const size_t start = xml.find("<testcase name=\"") + 16;
    EXPECT_EQ(xml.substr(start, xml.find('"', start) - start), escaped);
  }
}

TEST(FtwReport, KeepsTapOnOneLine) {
  EXPECT_EQ(tap_report({{.id = "a#b\\\nc"}}), "TAP version 13\n1..1\nok 1 - a\\#b\\\\ c\n");
}

}  // namespace
}  // namespace wafcheck::formats
