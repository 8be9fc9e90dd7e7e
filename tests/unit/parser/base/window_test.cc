#include "parser/base/window.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <string>

namespace wafcheck {
namespace {

TEST(Window, ShowsWhatIsMarked) {
  struct Row {
    std::string_view bytes;
    size_t mark_begin, mark_end, most;
    std::string_view shown;  ///< the mark in brackets, a dash where bytes are left out
  };
  const Row rows[] = {
      {"", 0, 0, 4, "[]"},
      {"abcdef", 2, 4, 6, "ab[cd]ef"},
      {"abcdef", 5, 9, 6, "abcde[f]"},
      {"abcdef", 8, 9, 6, "abcdef[]"},
      {"abcdefghij", 0, 0, 4, "[]abcd-"},
      {"abcdefghij", 6, 7, 4, "-f[g]hi-"},
      {"abcdefghij", 9, 10, 4, "-i[j]"},
      {"abcdefghij", 1, 9, 4, "-[bcde]-"},
      {"abcdefghij", 20, 30, 4, "-j[]"},
      {"a\u20ac\u20acb\u20acc", 7, 8, 4, "-\u20ac[b]-"},
      {"\u20ac\u20ac\u20ac", 0, 0, 5, "[]\u20ac-"},
      {"a\u20ac\u20acbcdef", 7, 8, 5, "-\u20ac[b]c-"},
  };
  for (const Row& row : rows) {
    const Window window = window_around(row.bytes, row.mark_begin, row.mark_end, row.most);
    EXPECT_EQ(fmt::format("{}{}[{}]{}{}", window.begin > 0 ? "-" : "", window.before(row.bytes),
                          window.marked(row.bytes), window.behind(row.bytes),
                          window.end < row.bytes.size() ? "-" : ""),
              row.shown);
  }
}

}  // namespace
}  // namespace wafcheck
