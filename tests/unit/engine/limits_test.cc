#include "engine/limits.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <fstream>
#include <iterator>
#include <set>
#include <string>

namespace wafcheck::engine {
namespace {

TEST(Limits, AreSetByName) {
  Limits limits;
  ASSERT_TRUE(set_limit(limits, "memory=5"));
  EXPECT_EQ(limits.transaction_memory, 5U);
  ASSERT_TRUE(set_limit(limits, "xml-attributes=2K"));
  EXPECT_EQ(limits.xml_attributes, 2048U);
  ASSERT_TRUE(set_limit(limits, "collection-bytes=3G"));
  EXPECT_EQ(limits.collection_bytes, size_t{3} << 30);
}

TEST(Limits, WhatIsNoLimitIsSaid) {
  struct Row {
    std::string_view text, error;
  };
  constexpr Row kRows[] = {
      {"memry=5", "there is no limit \"memry\"; did you mean memory?"},
      {"x", "there is no limit \"x\""},
      {"memory", "the limit memory takes a number from 1 on, perhaps with K, M or G"},
      {"memory=", "the limit memory takes a number from 1 on, perhaps with K, M or G"},
      {"memory=0", "the limit memory takes a number from 1 on, perhaps with K, M or G"},
      {"memory=-1", "the limit memory takes a number from 1 on, perhaps with K, M or G"},
      {"memory=1T", "the limit memory takes a number from 1 on, perhaps with K, M or G"},
      {"memory=18446744073709551615K",
       "the limit memory takes a number from 1 on, perhaps with K, M or G"},
  };
  for (const Row& row : kRows) {
    Limits limits;
    const Result<void> set = set_limit(limits, row.text);
    ASSERT_FALSE(set) << row.text;
    EXPECT_EQ(set.error().message, row.error);
    EXPECT_EQ(limits.transaction_memory, Limits().transaction_memory);
  }
}

TEST(Limits, AreWrittenAsTheyAreRead) {
  EXPECT_EQ(limit_text(size_t{256} << 20, LimitUnit::Bytes), "256M");
  EXPECT_EQ(limit_text(size_t{64} << 10, LimitUnit::Bytes), "64K");
  EXPECT_EQ(limit_text(10'000'000, LimitUnit::Bytes), "10000000");
  EXPECT_EQ(limit_text(1024, LimitUnit::Count), "1024");
}

TEST(Limits, HaveNamesOfTheirOwn) {
  std::set<std::string_view> names;
  const Limits limits;
  for (const LimitInfo& row : limit_table()) {
    EXPECT_TRUE(names.insert(row.name).second) << row.name;
    EXPECT_EQ(limits.*row.field, row.standard) << row.name;
  }
}

TEST(Limits, AreInTheManual) {
  std::ifstream file(WAFCHECK_SOURCE_DIR "/man/wafcheck-limits.7");
  const std::string page(std::istreambuf_iterator<char>(file), {});
  for (const LimitInfo& row : limit_table()) {
    const std::string cells = fmt::format("|{}|{}|", limit_text(row.standard, row.unit), row.name);
    EXPECT_NE(page.find(cells), std::string::npos) << cells;
  }
}

}  // namespace
}  // namespace wafcheck::engine
