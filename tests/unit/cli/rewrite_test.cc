// Files rewritten in place keep their permissions and their names.

#include "cli/rewrite.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <iterator>
#include <string>

#include "tests/scratch.h"
#include "tests/test_data.h"

namespace wafcheck::cli {
namespace {

namespace fs = std::filesystem;
using tests::read;

class Rewrite : public testing::Test {
 protected:
  void SetUp() override { directory_.write("a.conf", "before"); }

  size_t files() const {
    return static_cast<size_t>(std::distance(fs::directory_iterator(folder_), {}));
  }

  tests::ScratchDirectory directory_;
  const fs::path folder_ = directory_.path();
};

TEST_F(Rewrite, KeepsPermissions) {
  fs::permissions(folder_ / "a.conf", fs::perms(0640));
  ASSERT_TRUE(rewrite_file((folder_ / "a.conf").string(), "after"));
  EXPECT_EQ(read(folder_ / "a.conf"), "after");
  EXPECT_EQ(fs::status(folder_ / "a.conf").permissions(), fs::perms(0640));
  EXPECT_EQ(files(), 1U) << "a temporary file is left";
}

TEST_F(Rewrite, GoesThroughSymbolicLinks) {
  fs::create_symlink("a.conf", folder_ / "link.conf");
  ASSERT_TRUE(rewrite_file((folder_ / "link.conf").string(), "after"));
  EXPECT_TRUE(fs::is_symlink(folder_ / "link.conf"));
  EXPECT_EQ(read(folder_ / "a.conf"), "after");
}

TEST_F(Rewrite, CreatesNothing) {
  EXPECT_FALSE(rewrite_file((folder_ / "b.conf").string(), "after"));
  EXPECT_EQ(files(), 1U);
}

}  // namespace
}  // namespace wafcheck::cli
