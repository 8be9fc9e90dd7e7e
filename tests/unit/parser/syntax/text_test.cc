#include <gtest/gtest.h>

#include "parser/syntax/text.h"

namespace wafcheck::parser {
namespace {

/// "abcdef" out of "ab" at 10, "cd" at 20 and "ef" at 22, which is the same piece.
Text pieces() {
  Text text(FileId{3});
  text.append("ab", 10);
  text.append("cd", 20);
  text.append("ef", 22);
  return text;
}

TEST(Text, JoinsItsPieces) {
  EXPECT_EQ(pieces().str(), "abcdef");
}

TEST(Text, SpansLeadBackToTheSource) {
  const Text text = pieces();
  struct Case {
    size_t begin, end;
    Span span;
  };
  for (const Case& c : {Case{0, 1, {3, 10, 11}}, Case{1, 2, {3, 11, 12}}, Case{2, 6, {3, 20, 24}},
                        Case{1, 3, {3, 11, 21}}, Case{3, 3, {3, 21, 21}}, Case{6, 6, {3, 24, 24}},
                        Case{0, 6, {3, 10, 24}}}) {
    EXPECT_EQ(text.span(c.begin, c.end), c.span) << c.begin << '-' << c.end;
  }
}

TEST(Text, PartsKeepTheWayBack) {
  const Text part = pieces().sub(1, 5);
  EXPECT_EQ(part.str(), "bcde");
  EXPECT_EQ(part.span(0, 1), (Span{3, 11, 12}));
  EXPECT_EQ(part.span(1, 4), (Span{3, 20, 23}));
}

TEST(Text, AnEmptyPartStandsSomewhere) {
  EXPECT_EQ(pieces().sub(2, 2).span(), (Span{3, 20, 20}));
  EXPECT_EQ(pieces().sub(6).span(), (Span{3, 24, 24}));
  EXPECT_EQ(pieces().sub(9, 12).str(), "");
}

TEST(Text, AppendsPartsOfAnother) {
  Text text(FileId{3});
  text.append(pieces(), 0, 1);
  text.append(pieces(), 3, 6);
  EXPECT_EQ(text.str(), "adef");
  EXPECT_EQ(text.span(1, 4), (Span{3, 21, 24}));
}

}  // namespace
}  // namespace wafcheck::parser
