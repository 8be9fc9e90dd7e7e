#include "cli/tune/lock.h"

#include <gtest/gtest.h>

namespace wafcheck::cli {
namespace {

bool none_taken(uint64_t) {
  return false;
}

TEST(IdLock, IdsCountFromTheBaseAndPassOverThoseOfRules) {
  IdLock ids(10, [](uint64_t id) { return id == 11; });
  EXPECT_EQ(ids.id_of("a"), 10u);
  EXPECT_EQ(ids.id_of("b"), 12u);
  EXPECT_EQ(ids.id_of("a"), 10u);
}

TEST(IdLock, IdsStayFromRunToRun) {
  IdLock first(10, none_taken);
  first.id_of("POST /a ARGS:\xff\"");
  first.id_of("b");
  IdLock second(10, none_taken);
  ASSERT_TRUE(second.read(first.text()));
  EXPECT_EQ(second.id_of("c"), 12u);
  EXPECT_EQ(second.id_of("b"), 11u);
  // What is not in use keeps its id.
  IdLock third(500, none_taken);
  ASSERT_TRUE(third.read(second.text()));
  EXPECT_EQ(third.id_of("b"), 11u);
  EXPECT_EQ(third.id_of("d"), 500u);
}

TEST(IdLock, WhatIsNoLockFileIsAnError) {
  for (const char* const text : {"", "{}", "[]", R"({"ids":{"a":"1"}})", R"({"ids":{"a":0}})"}) {
    IdLock ids(10, none_taken);
    EXPECT_FALSE(ids.read(text)) << text;
  }
}

}  // namespace
}  // namespace wafcheck::cli
