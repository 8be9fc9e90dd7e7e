#include "parser/base/glob.h"

#include <gtest/gtest.h>

#include <string>

namespace wafcheck::lint {
namespace {

struct Case {
  std::string_view glob, path;
  bool matches;
};

TEST(Glob, Matches) {
  const Case cases[] = {
      {"/a/b.conf", "/a/b.conf", true},
      {"/a/b.conf", "/a/bxconf", false},
      {"/a/*.conf", "/a/b.conf", true},
      {"/a/*.conf", "/a/.conf", true},
      {"/a/*.conf", "/a/b/c.conf", false},
      {"/a/*", "/a/", true},
      {"/a/**", "/a/b/c.conf", true},
      {"/a/**/c.conf", "/a/b/x/c.conf", true},
      {"/a/**/c.conf", "/a/c.conf", true},
      {"/a/**/c.conf", "/a/bc.conf", false},
      {"**/c.conf", "c.conf", true},
      {"/a/?.conf", "/a/b.conf", true},
      {"/a?b", "/a/b", false},
      {"*", "", true},
      {"", "", true},
      {"", "a", false},
      {"a[b]", "a[b]", true},
  };
  for (const Case& row : cases) {
    EXPECT_EQ(glob_matches(row.glob, row.path), row.matches) << row.glob << ' ' << row.path;
  }
}

TEST(Glob, WithoutSlashIsOfFileNames) {
  EXPECT_TRUE(glob_matches_file("*-before.conf", "/plugins/x-before.conf"));
  EXPECT_TRUE(glob_matches_file("x.conf", "x.conf"));
  EXPECT_FALSE(glob_matches_file("plugins", "/plugins/x.conf"));
}

TEST(Glob, IsNotExponential) {
  std::string glob, path(20'000, 'a');
  for (int i = 0; i < 200; ++i) glob += "a*";
  EXPECT_FALSE(glob_matches(glob + "b", path));
}

}  // namespace
}  // namespace wafcheck::lint
