#include "formats/why/marked.h"

#include <gtest/gtest.h>

namespace wafcheck::formats {
namespace {

/// The excerpt with the marked part in brackets.
std::string marked(std::string_view bytes, std::optional<Range> range, size_t columns) {
  const Marked shown = marked_excerpt(bytes, range, columns, false);
  EXPECT_EQ(columns_of(shown.before), shown.begin);
  EXPECT_EQ(columns_of(shown.marked), shown.columns);
  EXPECT_LE(columns_of(shown.text()), columns);
  return range ? shown.before + "[" + shown.marked + "]" + shown.after : shown.before;
}

TEST(Marked, ShowsAllWhereItFits) {
  EXPECT_EQ(marked("one two three", Range{4, 7}, 40), "one [two] three");
  EXPECT_EQ(marked("", Range{0, 0}, 40), "[]");
}

TEST(Marked, CutsAroundTheMatch) {
  const std::string text = std::string(50, 'a') + "HIT" + std::string(50, 'b');
  EXPECT_EQ(marked(text, Range{50, 53}, 20), "…aaaaaaaa[HIT]bbbbbbb…");
  EXPECT_EQ(marked(text, Range{0, 3}, 20), "[aaa]aaaaaaaaaaaaaaa…");
  EXPECT_EQ(marked(text, Range{100, 103}, 20), "…bbbbbbbbbbbbbbb[bbb]");
}

TEST(Marked, CutsALongMatchInItsMiddle) {
  const std::string text = "x" + std::string(100, 'm') + "y";
  const std::string shown = marked(text, Range{1, 101}, 21);
  EXPECT_EQ(shown, "…[mmmmmmmmm…mmmmmmmmm]…");
}

TEST(Marked, EscapesWhatATerminalCannotTake) {
  EXPECT_EQ(marked(std::string_view("a\0b\xff", 4), Range{1, 2}, 40), "a[\\x00]b\\xff");
  EXPECT_EQ(marked("\xc3\xa9z\xc3\xa9", Range{2, 3}, 40), "é[z]é");
}

}  // namespace
}  // namespace wafcheck::formats
