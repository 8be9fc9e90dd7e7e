#include "engine/state/expanded_operators.h"

#include <gtest/gtest.h>

#include "tests/unit/engine/evaluate.h"

namespace wafcheck::engine {
namespace {

constexpr const char* kRule = "SecRule ARGS:a \"@rx ^%{ARGS.b}$\" \"id:1,phase:1,pass\"";

TEST(ExpandedOperators, AreCompiledOnceAndBounded) {
  const auto program = compile(kRule);
  const CompiledRule& rule = *program->data().rules[0];
  ExpandedOperators operators;
  const auto* const first = operators.find_or_compile(program->data(), rule, "^a$").op.get();
  EXPECT_EQ(operators.find_or_compile(program->data(), rule, "^a$").op.get(), first);
  for (size_t at = 0; at < 4 * ExpandedOperators::kMaxOperators; ++at) {
    operators.find_or_compile(program->data(), rule, std::to_string(at));
    ASSERT_LE(operators.size(), ExpandedOperators::kMaxOperators);
  }
}

TEST(ExpandedOperators, AreBoundedByBytesToo) {
  const auto program = compile(kRule);
  ExpandedOperators operators;
  for (char byte = 'a'; byte < 'a' + 20; ++byte) {
    operators.find_or_compile(program->data(), *program->data().rules[0],
                              std::string(ExpandedOperators::kMaxBytes / 8, byte));
    ASSERT_LE(operators.size(), 8U);
  }
}

TEST(ExpandedOperators, KeepTheError) {
  const auto program = compile(kRule);
  ExpandedOperators operators;
  for (int round = 0; round < 2; ++round) {
    const auto& entry = operators.find_or_compile(program->data(), *program->data().rules[0], "(");
    EXPECT_EQ(entry.op, nullptr);
    EXPECT_NE(entry.error, "");
  }
}

TEST(ExpandedOperators, ABrokenExpansionIsReportedForEachTransaction) {
  const auto program = compile(kRule);
  Transaction transaction(*program, options_at(1));
  const TestResult first = evaluate(transaction, get("/?a=1&b=("));
  ASSERT_EQ(first.problems.size(), 1U);
  transaction.reset(options_at(2));
  EXPECT_EQ(evaluate(transaction, get("/?a=1&b=1")).problems.size(), 0U);
  transaction.reset(options_at(3));
  EXPECT_EQ(evaluate(transaction, get("/?a=1&b=(")).problems, first.problems);
}

}  // namespace
}  // namespace wafcheck::engine
