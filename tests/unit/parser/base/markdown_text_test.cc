#include "parser/base/markdown_text.h"

#include <gtest/gtest.h>

namespace wafcheck {
namespace {

TEST(MarkdownText, HasNoMarkup) {
  struct Case {
    std::string_view text, expected;
  };
  constexpr Case kCases[] = {
      {"", ""},
      {"plain text, 1.5%", "plain text, 1.5%"},
      {"a|b", "a&#124;b"},
      {"`c` *d* _e_ ~~f~~", "&#96;c&#96; &#42;d&#42; &#95;e&#95; &#126;&#126;f&#126;&#126;"},
      {"<b>&amp;", "&#60;b&#62;&#38;amp;"},
      {"[x](y)\\|", "&#91;x&#93;(y)&#92;&#124;"},
      {"@rx, a@b", "@<!-- -->rx, a@<!-- -->b"},
      {"ä\xff\n", "ä\xff\n"},
  };
  for (const Case& row : kCases) EXPECT_EQ(markdown_text(row.text), row.expected) << row.text;
}

TEST(MarkdownCode, StaysInItsCell) {
  EXPECT_EQ(markdown_code("ARGS:/a|b/"), "`ARGS:/a\\|b/`");
  EXPECT_EQ(markdown_code("a\nb"), "`a\\x0ab`");
}

TEST(MarkdownCode, IsTextWhereABacktickWouldEndIt) {
  EXPECT_EQ(markdown_code("a`b<"), "a&#96;b&#60;");
}

}  // namespace
}  // namespace wafcheck
