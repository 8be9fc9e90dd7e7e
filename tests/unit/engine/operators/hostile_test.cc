// Inputs made to stall or to slip through: each must be answered in bounded steps.

#include <gtest/gtest.h>

#include "engine/operators/external.h"
#include "engine/operators/operator.h"
#include "engine/operators/restpath.h"
#include "parser/language/semantics.h"

namespace wafcheck::engine {
namespace {

operators::OperatorPointer compiled(operators::OperatorFactory factory, std::string_view argument,
                                    uint32_t match_limit = 100'000) {
  operators::OperatorContext context{.semantics = parser::semantics_of(parser::Profile::standard)};
  context.match_limit = match_limit;
  auto result = factory(argument, context);
  EXPECT_TRUE(result) << result.error().message;
  return std::move(*result);
}

bool matches(const operators::Operator& op, std::string_view value, std::string_view argument,
             operators::MatchState& state) {
  state.clear();
  return op.match(value, argument, state);
}

constexpr size_t kMegabyte = size_t{1} << 20;

TEST(Hostile, RegexThatBacktracksIsGivenUpAndTold) {
  const auto rx = compiled(operators::rx, "^(a+)+$", 10'000);
  operators::MatchState state;
  EXPECT_FALSE(matches(*rx, std::string(60, 'a') + "b", "", state));
  EXPECT_TRUE(state.limit_hit);
  EXPECT_TRUE(matches(*rx, "aaa", "", state));
  EXPECT_FALSE(state.limit_hit) << "one value's limit does not stick to the next";
}

TEST(Hostile, UnwantedCapturesStayAway) {
  const auto rx = compiled(operators::rx, "(a)(b)");
  operators::MatchState state;
  EXPECT_TRUE(matches(*rx, "ab", "", state));
  EXPECT_TRUE(state.captures.empty());
}

TEST(Hostile, GlobalMatchesEndWithTheLastCapture) {
  const auto rx = compiled(operators::rxGlobal, "(.)");
  operators::MatchState state;
  state.want_captures = true;
  EXPECT_TRUE(matches(*rx, std::string(8 * kMegabyte, 'a'), "", state));
  EXPECT_EQ(state.captures.size(), 10u);
}

TEST(Hostile, DigitsWithoutEndAreGivenUpAndTold) {
  const auto verify = compiled(operators::verifySSN, "\\d+");
  operators::MatchState state;
  EXPECT_FALSE(matches(*verify, std::string(kMegabyte, '1'), "", state));
  EXPECT_TRUE(state.limit_hit);
}

TEST(Hostile, ManyCandidatesAreAllLookedAt) {
  const auto verify = compiled(operators::verifyCC, "\\d{16}");
  std::string value;
  while (value.size() < kMegabyte) value += "5484605089158217 ";
  operators::MatchState state;
  EXPECT_FALSE(matches(*verify, value, "", state));
  EXPECT_FALSE(state.limit_hit);
  EXPECT_TRUE(matches(*verify, value + "5484605089158216", "", state));
}

TEST(Hostile, RepetitiveWordsAreSoughtInLinearTime) {
  const auto word = compiled(operators::containsWord, "");
  const std::string argument(kMegabyte / 2, 'a');
  operators::MatchState state;
  EXPECT_FALSE(matches(*word, std::string(kMegabyte, 'a'), argument, state));
  EXPECT_TRUE(matches(*word, std::string(kMegabyte, 'a') + " " + argument, argument, state));
}

TEST(Hostile, RepetitiveTextIsSoughtInLinearTime) {
  const std::string argument = std::string(kMegabyte / 2, 'a') + "b";
  const std::string value(kMegabyte, 'a');
  operators::MatchState state;
  EXPECT_FALSE(matches(*compiled(operators::contains, ""), value, argument, state));
  EXPECT_FALSE(matches(*compiled(operators::within, ""), argument, value, state));
}

TEST(Hostile, DetectionReadsEveryByteOfAViewWithoutTerminator) {
  const std::string text = "%41%4";
  operators::MatchState state;
  const auto url = compiled(operators::validateUrlEncoding, "");
  EXPECT_FALSE(matches(*url, std::string_view(text).substr(0, 3), "", state));
  const auto utf8 = compiled(operators::validateUtf8Encoding, "");
  EXPECT_TRUE(matches(*utf8, std::string_view("\xe2\x82\xac").substr(0, 2), "", state));
}

TEST(Hostile, ValuesWithoutAddressAreEmptyOnes) {
  const std::string_view nothing;
  operators::MatchState state;
  state.want_captures = true;
  EXPECT_TRUE(matches(*compiled(operators::rx, "()"), nothing, "", state));
  ASSERT_EQ(state.captures.size(), 2u);
  EXPECT_NE(state.captures[1].data(), nullptr) << "an empty group took part";
  EXPECT_TRUE(matches(*compiled(operators::contains, ""), nothing, nothing, state));
  EXPECT_TRUE(matches(*compiled(operators::within, ""), nothing, nothing, state));
  EXPECT_FALSE(matches(*compiled(operators::contains, ""), nothing, "a", state));
  EXPECT_FALSE(matches(*compiled(operators::pm, "a"), nothing, "", state));
  EXPECT_FALSE(matches(*compiled(operators::verifyCPF, "\\d+"), nothing, "", state));
}

TEST(TransactionOperator, KeepsItsArgument) {
  const auto schema = compiled(operators::validateSchema, " dir/a.xsd ");
  const auto* op = dynamic_cast<const operators::TransactionOperator*>(schema.get());
  ASSERT_NE(op, nullptr);
  EXPECT_EQ(op->argument(), "dir/a.xsd");
}

TEST(RestPath, NamesItsCapturesEvenUnasked) {
  const auto path = compiled(operators::restpath, "/users/{id}/{what}");
  const auto* op = dynamic_cast<const operators::RestPath*>(path.get());
  ASSERT_NE(op, nullptr);
  EXPECT_EQ(op->names(), (std::vector<std::string>{"id", "what"}));
  operators::MatchState state;
  EXPECT_TRUE(matches(*path, "/users/7/posts", "", state));
  ASSERT_EQ(state.captures.size(), 3u);
  EXPECT_EQ(state.captures[1], "7");
  EXPECT_EQ(state.captures[2], "posts");
}

}  // namespace
}  // namespace wafcheck::engine
