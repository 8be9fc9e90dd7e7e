#include "engine/state/numbers.h"

#include <gtest/gtest.h>

#include <cstdint>

namespace wafcheck::engine {
namespace {

TEST(LeadingNumber, ReadsWhatTheTextBeginsWith) {
  const std::pair<std::string_view, int64_t> cases[] = {
      {"", 0},
      {"12abc", 12},
      {" \t-3", -3},
      {"+4", 4},
      {"--1", 0},
      {"x1", 0},
      {"0x10", 0},
      {"99999999999999999999", INT64_MAX},
      {"-99999999999999999999", -INT64_MAX},
  };
  for (const auto& [text, number] : cases) EXPECT_EQ(leading_number(text), number) << text;
}

}  // namespace
}  // namespace wafcheck::engine
