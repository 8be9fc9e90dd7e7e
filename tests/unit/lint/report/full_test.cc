// How a finding looks on a terminal.

#include <gtest/gtest.h>

#include <string>

#include "lint/report/text.h"
#include "tests/unit/lint/report/scene.h"

namespace wafcheck::lint {
namespace {

using namespace std::string_literals;
using namespace std::string_view_literals;

/// One finding about `marked` in `source`, without its first line.
std::string shown_below(std::string_view source, std::string_view marked, size_t columns = 0) {
  Scene scene;
  scene.find(scene.span(scene.file("a", source), marked), "m", "id");
  const std::string text = full(scene.findings[0], scene.ruleset.sources, false, columns);
  return text.substr(text.find('\n') + 1);
}

struct ExcerptCase {
  std::string_view name, source, marked, expected;
};

TEST(Full, MarksTheToken) {
  const ExcerptCase kCases[] = {
      {"a word", "SecRule ARG \"x\"\n", "ARG",
       "  |\n"
       "1 | SecRule ARG \"x\"\n"
       "  |         ^^^\n"},
      {"a tab is four blanks", "\tARG\tx\n", "ARG",
       "  |\n"
       "1 |     ARG    x\n"
       "  |     ^^^\n"},
      {"bytes that are no UTF-8", "\xff\xe9 ARG\n", "ARG",
       "  |\n"
       "1 | \\xff\\xe9 ARG\n"
       "  |          ^^^\n"},
      {"a character of two bytes is one column", "é ARG\n", "ARG",
       "  |\n"
       "1 | é ARG\n"
       "  |   ^^^\n"},
      {"a wide character is two", "漢 ARG\n", "ARG",
       "  |\n"
       "1 | 漢 ARG\n"
       "  |    ^^^\n"},
      {"a combining one is none", "e\u0301 ARG\n", "ARG",
       "  |\n"
       "1 | e\u0301 ARG\n"
       "  |   ^^^\n"},
      {"what cannot be seen is named", "A\u200bRGS\n", "\u200b",
       "  |\n"
       "1 | A<U+200B>RGS\n"
       "  |  ^^^^^^^^\n"},
      {"what moves the cursor is not sent", "\x1b[2J ARG\0x\n"sv, "ARG",
       "  |\n"
       "1 | \\x1b[2J ARG\\x00x\n"
       "  |         ^^^\n"},
      {"a CR before the line end is none of the line", "ARG\r\n", "ARG",
       "  |\n"
       "1 | ARG\n"
       "  | ^^^\n"},
  };
  for (const ExcerptCase& row : kCases) {
    SCOPED_TRACE(row.name);
    EXPECT_EQ(shown_below(row.source, row.marked), row.expected);
  }
}

TEST(Full, PointsBehindTheLastByte) {
  Scene scene;
  const parser::FileId file = scene.file("a.conf", "ARGS|");
  scene.find({file, 5, 5}, "m");
  EXPECT_EQ(full(scene.findings[0], scene.ruleset.sources, false),
            "a.conf:1:6: error: m [unknown-variable]\n"
            "  |\n"
            "1 | ARGS|\n"
            "  |      ^\n");
}

TEST(Full, CutsLongLinesAroundTheMark) {
  const std::string left(200, 'a'), right(200, 'b');
  EXPECT_EQ(shown_below(left + "HERE" + right, "HERE", 40),
            "  |\n"
            "1 | …aaaaaaaaaaaaaaaaHEREbbbbbbbbbbbbbb…\n"
            "  |                  ^^^^\n");
  EXPECT_EQ(shown_below("HERE" + right, "HERE", 40),
            "  |\n"
            "1 | HEREbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb…\n"
            "  | ^^^^\n");
  EXPECT_EQ(shown_below(left + "HERE", "HERE", 40),
            "  |\n"
            "1 | …aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaHERE\n"
            "  |                                 ^^^^\n");
  EXPECT_EQ(shown_below("x " + right, right, 40),
            "  |\n"
            "1 | x bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb…\n"
            "  |   ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^\n");
}

TEST(Full, NeverShowsMoreThanTheTerminalHolds) {
  for (size_t columns = 40; columns < 60; ++columns) {
    for (size_t before = 0; before < 120; before += 7) {
      const std::string source = std::string(before, 'a') + "é漢" + std::string(90, '\t');
      const std::string text = shown_below(source, "漢", columns);
      const size_t line = text.find("1 | ") + 4;
      const std::string_view row =
          std::string_view(text).substr(line, text.find('\n', line) - line);
      size_t width = 4;
      for (const char byte : row) width += (static_cast<unsigned char>(byte) & 0xC0) != 0x80;
      width += 1;  // of the wide character
      EXPECT_LE(width, columns) << text;
      EXPECT_NE(row.find("漢"), row.npos) << text;
    }
  }
}

TEST(Full, DrawsASpanOverLines) {
  constexpr std::string_view kRule =
      "SecRule ARGS \"@rx a\" \\\n    \"id:1,\\\n    deny\"\nSecMarker X\n";
  EXPECT_EQ(shown_below(kRule, kRule.substr(0, kRule.find("\nSecMarker"))),
            "  |\n"
            "1 | / SecRule ARGS \"@rx a\" \\\n"
            "2 | |     \"id:1,\\\n"
            "3 | |     deny\"\n"
            "  | |_________^\n");
  EXPECT_EQ(shown_below(kRule, "\"id:1,\\\n    deny\""),
            "  |\n"
            "2 | /     \"id:1,\\\n"
            "3 | |     deny\"\n"
            "  | |_________^\n");
  EXPECT_EQ(shown_below(kRule, "1,\\\n    deny"),
            "  |\n"
            "2 |       \"id:1,\\\n"
            "  |  _________^\n"
            "3 | |     deny\"\n"
            "  | |________^\n");
  EXPECT_EQ(shown_below(kRule, "SecMarker X\n"),
            "  |\n"
            "4 | SecMarker X\n"
            "  | ^^^^^^^^^^^\n");
}

TEST(Full, LeavesOutTheMiddleOfALongSpan) {
  std::string source;
  for (int line = 1; line <= 12; ++line) source += "line " + std::to_string(line) + "\n";
  EXPECT_EQ(shown_below(source, source.substr(0, source.find("\nline 12"))),
            "   |\n"
            " 1 | / line 1\n"
            " 2 | | line 2\n"
            " 3 | | line 3\n"
            "...  |\n"
            "11 | | line 11\n"
            "   | |_______^\n");
}

class FullRelated : public testing::Test {
 protected:
  void SetUp() override {
    file_ = scene_.file("a.conf",
                        "SecRule ARGS \"@rx A\" \\\n"
                        "    \"id:1,t:lowercase,msg:'x'\"\n"
                        "SecMarker X\n"
                        "SecMarker Y\n"
                        "SecMarker Z\n");
  }
  void relate(std::string_view text, std::string message) {
    scene_.findings[0].related.push_back({scene_.span(file_, text), std::move(message)});
  }
  std::string shown() const {
    const std::string text = full(scene_.findings[0], scene_.ruleset.sources, false);
    return text.substr(text.find('\n') + 1);
  }

  Scene scene_;
  parser::FileId file_ = 0;
};

TEST_F(FullRelated, LinesSideBySideShareAnExcerpt) {
  scene_.find(scene_.span(file_, "A\""), "m").span.end -= 1;
  scene_.findings[0].span = scene_.span(file_, "@rx A");
  relate("t:lowercase", "lower-cased here");
  EXPECT_EQ(shown(),
            "  |\n"
            "1 | SecRule ARGS \"@rx A\" \\\n"
            "  |               ^^^^^\n"
            "2 |     \"id:1,t:lowercase,msg:'x'\"\n"
            "  |           ----------- lower-cased here\n");
}

TEST_F(FullRelated, OneLineBetweenIsShownMoreAreNot) {
  scene_.find(scene_.span(file_, "SecMarker X"), "m");
  relate("@rx A", "first");
  relate("SecMarker Z", "third");
  EXPECT_EQ(shown(),
            "  |\n"
            "1 | SecRule ARGS \"@rx A\" \\\n"
            "  |               ----- first\n"
            "2 |     \"id:1,t:lowercase,msg:'x'\"\n"
            "3 | SecMarker X\n"
            "  | ^^^^^^^^^^^\n"
            "4 | SecMarker Y\n"
            "5 | SecMarker Z\n"
            "  | ----------- third\n");
  scene_.findings[0].related.erase(scene_.findings[0].related.begin());
  scene_.findings[0].span = scene_.span(file_, "ARGS");
  EXPECT_EQ(shown(),
            "  |\n"
            "1 | SecRule ARGS \"@rx A\" \\\n"
            "  |         ^^^^\n"
            "...\n"
            "5 | SecMarker Z\n"
            "  | ----------- third\n");
}

TEST_F(FullRelated, LabelsOfOneLineStandBelowOneAnother) {
  scene_.find(scene_.span(file_, "msg:'x'"), "m");
  relate("id:1", "the id");
  relate("t:lowercase", "lower-cased here");
  EXPECT_EQ(shown(),
            "  |\n"
            "2 |     \"id:1,t:lowercase,msg:'x'\"\n"
            "  |      ---- ----------- ^^^^^^^\n"
            "  |      |    |\n"
            "  |      |    lower-cased here\n"
            "  |      the id\n");
  scene_.findings[0].span = scene_.span(file_, "id:1");
  scene_.findings[0].related.erase(scene_.findings[0].related.begin());
  EXPECT_EQ(shown(),
            "  |\n"
            "2 |     \"id:1,t:lowercase,msg:'x'\"\n"
            "  |      ^^^^ ----------- lower-cased here\n");
}

TEST_F(FullRelated, AnotherFileIsNamed) {
  scene_.find(scene_.span(file_, "SecMarker X"), "m");
  const parser::FileId other = scene_.file("other.conf", "\nSecMarker X\n");
  scene_.findings[0].related.push_back({scene_.span(other, "SecMarker X"), "first defined here"});
  EXPECT_EQ(shown(),
            "  |\n"
            "3 | SecMarker X\n"
            "  | ^^^^^^^^^^^\n"
            " ::: other.conf:2:1\n"
            "  |\n"
            "2 | SecMarker X\n"
            "  | ----------- first defined here\n");
}

TEST_F(FullRelated, OfVeryManyPlacesAFewAreShown) {
  scene_.find(scene_.span(file_, "SecMarker X"), "m");
  for (int i = 0; i < 1000; ++i) relate("SecMarker Y", "again");
  const std::string text = shown();
  EXPECT_LT(text.size(), 1000U);
  EXPECT_NE(text.find("  = and 992 more\n"), text.npos) << text;
}

TEST(Full, WrapsForATerminal) {
  Scene scene;
  parser::Diagnostic& finding =
      scene.find(scene.span(scene.file("a.conf", "ARG\n"), "ARG"), "one two three four five six");
  finding.help = "write ARGS and not ARG, which is something else";
  finding.fix = {"replace ARG with ARGS", true, {}};
  EXPECT_EQ(full(finding, scene.ruleset.sources, false, 40),
            "a.conf:1:1: error: one two three four\n"
            "    five six [unknown-variable]\n"
            "  |\n"
            "1 | ARG\n"
            "  | ^^^\n"
            "  |\n"
            "  = help: write ARGS and not ARG, which\n"
            "          is something else\n"
            "  = fix: replace ARG with ARGS [*]\n");
  finding.fix->safe = false;
  const std::string text = full(finding, scene.ruleset.sources, false);
  EXPECT_TRUE(
      text.starts_with("a.conf:1:1: error: one two three four five six [unknown-variable]\n"))
      << "a line that tools read stays whole: " << text;
  EXPECT_TRUE(text.ends_with("  = fix: replace ARG with ARGS (unsafe)\n")) << text;
}

TEST(Full, ColoursOnlyWhenAsked) {
  Scene scene;
  scene.find(scene.span(scene.file("a.conf", "ARG\n"), "ARG"), "m");
  EXPECT_EQ(full(scene.findings[0], scene.ruleset.sources, false).find('\x1b'), std::string::npos);
  EXPECT_NE(full(scene.findings[0], scene.ruleset.sources, true).find("\x1b[1;31m^^^\x1b[0m"),
            std::string::npos);
}

TEST(Full, SaysWhatHasNoPlace) {
  Scene scene;
  scene.find({}, "cannot read x").help = "name a file";
  EXPECT_EQ(full(scene.findings[0], scene.ruleset.sources, false),
            "wafcheck: error: cannot read x [unknown-variable]\n"
            "  = help: name a file\n");
}

TEST(Concise, IsOneLineWhateverTheNameOfTheFile) {
  Scene scene;
  scene.find(scene.span(scene.file("a\n\x1b[2Jb.conf", "ARG\n"), "ARG"), "un\nknown \xff");
  EXPECT_EQ(concise(scene.findings[0], scene.ruleset.sources),
            "a\\x0a\\x1b[2Jb.conf:1:1: error: un\\x0aknown \\xff [unknown-variable]");
}

// A hostile file: one line of megabytes with a finding in every few bytes.
TEST(Full, IsQuickOnHugeLines) {
  Scene scene;
  std::string line;
  while (line.size() < (4U << 20)) line += "ARG\xff ";
  const parser::FileId file = scene.file("a.conf", line);
  for (uint32_t at = 0; at + 5 <= line.size() && scene.findings.size() < 20'000; at += 200) {
    scene.find({file, at, at + 3}, "m");
  }
  size_t bytes = 0;
  for (const parser::Diagnostic& finding : scene.findings) {
    bytes += full(finding, scene.ruleset.sources, false).size();
  }
  EXPECT_LT(bytes, scene.findings.size() * 400);
}

}  // namespace
}  // namespace wafcheck::lint
