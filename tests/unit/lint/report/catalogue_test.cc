// --list, --explain and --statistics.

#include "lint/report/catalogue.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <sstream>
#include <string>

#include "lint/report/display.h"
#include "tests/unit/lint/report/scene.h"

namespace wafcheck::lint {
namespace {

using nlohmann::json;

template <typename Write>
std::string text_of(Write write) {
  std::ostringstream out;
  write(out);
  return out.str();
}

TEST(List, NamesEveryCheckUnderItsCategory) {
  const std::string text = text_of([](std::ostream& out) { list_text(out); });
  const json document = json::parse(text_of([](std::ostream& out) { list_json(out); }));
  EXPECT_EQ(document["schema"], 1);
  ASSERT_EQ(document["checks"].size(), all_checks().size());
  EXPECT_TRUE(text.starts_with("correctness\n  COR001   duplicate-id ")) << text.substr(0, 80);
  for (size_t i = 0; i < all_checks().size(); ++i) {
    const CheckInfo& check = all_checks()[i];
    EXPECT_NE(text.find("\n  " + std::string(check.code) + " "), text.npos) << check.code;
    EXPECT_NE(text.find(" " + std::string(check.name) + " "), text.npos) << check.code;
    EXPECT_NE(text.find("  " + std::string(check.doc) + "\n"), text.npos) << check.code;
    EXPECT_EQ(document["checks"][i]["name"], check.name);
  }
  EXPECT_NE(text.find("\n\nsyntax\n"), text.npos);
}

TEST(Explain, SaysEverything) {
  const CheckInfo& check = *find_check("COR008");
  EXPECT_EQ(text_of([&](std::ostream& out) { explain_text(check, out); }),
            R"(COR008 skipafter-missing-marker (correctness, error)

A skipAfter names a marker that exists.
An engine that does not find the marker skips the rest of the phase or of all phases.

On by default. --unsafe-fixes corrects it, which may change verdicts.

Example:
    SecAction "id:1,phase:1,pass,nolog,skipAfter:END_HOST"
    SecMarker END_HOSTS

Write instead:
    SecAction "id:1,phase:1,pass,nolog,skipAfter:END_HOSTS"
    SecMarker END_HOSTS
)");
  const json document = json::parse(text_of([&](std::ostream& out) { explain_json(check, out); }));
  EXPECT_EQ(document["schema"], 1);
  EXPECT_EQ(document["check"], json({{"code", "COR008"},
                                     {"name", "skipafter-missing-marker"},
                                     {"category", "correctness"},
                                     {"severity", "error"},
                                     {"fix", "unsafe"},
                                     {"profile", "default"},
                                     {"doc", check.doc},
                                     {"why", check.why},
                                     {"bad", check.bad},
                                     {"good", check.good}}));
}

TEST(Explain, OfTheParserIsLikeAnyOther) {
  const std::string text =
      text_of([](std::ostream& out) { explain_text(*find_check("SYN001"), out); });
  EXPECT_THAT(text,
              testing::StartsWith("SYN001 unterminated-quote (syntax, error)\n\n"
                                  "A quote that opens also closes, and a blank follows it.\n"));
  EXPECT_THAT(text, testing::HasSubstr("On by default. There is no fix.\n\nExample:\n"));
}

TEST(Statistics, AreSortedByCountThenCode) {
  Scene scene;
  const parser::FileId file = scene.file("a.conf", "x");
  for (int i = 0; i < 10; ++i) scene.find({file, 0, 1}, "m", "unknown-action");
  for (const char* check : {"unknown-variable", "missing-id", "duplicate-id"}) {
    for (int i = 0; i < 2; ++i) {
      scene.find({file, 0, 1}, "m", check).fix = parser::Fix{"", check[0] == 'm' || i == 0, {}};
    }
  }
  scene.findings.back().fix.reset();
  Report report = scene.report();
  report.baseline = {1, 2};
  EXPECT_EQ(text_of([&](std::ostream& out) { statistics_text(report, out); }),
            "10  SYN004   unknown-action    error\n"
            " 2  COR001   duplicate-id      error    [-]\n"
            " 2  SYN006   unknown-variable  error    [-]\n"
            " 2  SYN009   missing-id        error    [*]\n");
  const json document =
      json::parse(text_of([&](std::ostream& out) { statistics_json(report, out); }));
  EXPECT_EQ(document["statistics"][2], json::parse(R"({"check":"unknown-variable","code":"SYN006",
    "category":"syntax","severity":"error","count":2,"fixable":1,"unsafe_fixable":1})"));
  EXPECT_EQ(document["summary"]["error"], 16);
  EXPECT_EQ(document["summary"]["baseline"], json::parse(R"({"held":1,"stale":2})"));
}

struct WrapCase {
  std::string_view text;
  size_t at, indent, columns;
  std::string_view expected;
};

TEST(Wrap, BreaksAtBlanks) {
  constexpr WrapCase kCases[] = {
      {"", 0, 2, 10, ""},
      {"one two", 0, 2, 0, "one two"},
      {"one two", 0, 2, 7, "one two"},
      {"one two", 0, 2, 6, "one\n  two"},
      {"one two", 1, 2, 7, "one\n  two"},
      {"one muchlongerthanaline two", 0, 2, 8, "one\n  muchlongerthanaline\n  two"},
      {"a  b", 0, 0, 80, "a  b"},
      {"漢漢 漢", 0, 0, 6, "漢漢\n漢"},
  };
  for (const WrapCase& row : kCases) {
    EXPECT_EQ(wrap(row.text, row.at, row.indent, row.columns), row.expected) << row.text;
  }
}

}  // namespace
}  // namespace wafcheck::lint
