#include "parser/base/path.h"

#include <gtest/gtest.h>

namespace wafcheck {
namespace {

TEST(Path, IsReadWithoutWhatLeadsNowhere) {
  struct Row {
    std::string_view path, normal;
  };
  const Row rows[] = {
      {"", ""},
      {"a.conf", "a.conf"},
      {"./a//b/./c.conf", "a/b/c.conf"},
      {"a/../b", "b"},
      {"a/b/../../..", ".."},
      {"../../a", "../../a"},
      {"a/..", "."},
      {".", "."},
      {"/../a", "/a"},
      {"/", "/"},
      {"/a/", "/a"},
      {"..a/b..", "..a/b.."},
  };
  for (const Row& row : rows) EXPECT_EQ(normal_path(row.path), row.normal) << row.path;
}

}  // namespace
}  // namespace wafcheck
