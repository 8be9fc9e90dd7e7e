#include "parser/base/markdown_text.h"

#include <gtest/gtest.h>

namespace wafcheck {
namespace {

TEST(MarkdownText, NothingIsMarkup) {
  EXPECT_EQ(markdown_text("a|b"), "a&#124;b");
  EXPECT_EQ(markdown_text("<b>*"), "&#60;b&#62;&#42;");
}

TEST(MarkdownText, NobodyIsMentioned) { EXPECT_EQ(markdown_text("@rx"), "@<!-- -->rx"); }

TEST(MarkdownCode, StaysInItsCell) {
  EXPECT_EQ(markdown_code("ARGS:/a|b/"), "`ARGS:/a\\|b/`");
  EXPECT_EQ(markdown_code("a\nb"), "`a\\x0ab`");
}

TEST(MarkdownCode, IsTextWhereABacktickWouldEndIt) {
  EXPECT_EQ(markdown_code("a`b<"), "a&#96;b&#60;");
}

}  // namespace
}  // namespace wafcheck
