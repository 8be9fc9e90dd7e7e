#include "engine/state/body.h"

#include <gtest/gtest.h>

namespace wafcheck::engine {
namespace {

using Taken = Body::Taken;

struct Case {
  std::string_view name;
  Body::LimitRules rules;
  std::vector<std::string_view> writes;
  Taken last;
  std::string_view text;
  bool over;
};

class BodyWrite : public testing::TestWithParam<Case> {};

TEST_P(BodyWrite, KeepsToTheLimit) {
  Body body;
  body.limit = 4;
  Taken last = Taken::whole;
  for (const std::string_view bytes : GetParam().writes) last = body.write(bytes, GetParam().rules);
  EXPECT_EQ(last, GetParam().last);
  EXPECT_EQ(body.text, GetParam().text);
  EXPECT_EQ(body.over_limit, GetParam().over);
}

constexpr Body::LimitRules kReject{.exclusive = false, .partial = false};
constexpr Body::LimitRules kPartial{.exclusive = false, .partial = true};
constexpr Body::LimitRules kExclusive{.exclusive = true, .partial = true};

INSTANTIATE_TEST_SUITE_P(
    Rows, BodyWrite,
    testing::ValuesIn(std::vector<Case>{
        {"within", kReject, {"ab", "c"}, Taken::whole, "abc", false},
        {"as_long_as_the_limit", kReject, {"ab", "cd"}, Taken::whole, "abcd", false},
        {"as_long_as_an_exclusive_limit", kExclusive, {"ab", "cd"}, Taken::cut, "abcd", true},
        {"over_and_cut", kPartial, {"abc", "def"}, Taken::cut, "abcd", true},
        {"over_and_rejected", kReject, {"abc", "de"}, Taken::rejected, "", true},
        {"after_the_cut", kPartial, {"abcde", "f"}, Taken::ignored, "abcd", true},
        {"after_the_rejection", kReject, {"abcde", "f"}, Taken::ignored, "", true},
        {"nothing", kReject, {""}, Taken::whole, "", false},
    }),
    [](const auto& row) { return std::string(row.param.name); });

TEST(Body, TakesNoMoreWhenTheLimitWasLowered) {
  Body body;
  body.limit = 8;
  body.write("abcdef", kPartial);
  body.limit = 2;
  EXPECT_EQ(body.write("g", kPartial), Taken::cut);
  EXPECT_EQ(body.text, "abcdef");
}

}  // namespace
}  // namespace wafcheck::engine
