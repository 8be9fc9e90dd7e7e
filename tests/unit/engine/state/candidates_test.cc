#include "engine/state/candidates.h"

#include <gtest/gtest.h>

#include "engine/state/transaction_state.h"
#include "tests/unit/engine/evaluate.h"

namespace wafcheck::engine {
namespace {

class CandidatesTest : public testing::Test {
 protected:
  CandidatesTest() { memory.strings.use(&data.patterns(), {}, nullptr); }

  Candidates candidates_of(bool allowed = true) {
    return Candidates(data, memory.arena, memory.strings, nullptr, nullptr, allowed);
  }

  /// Whether the pattern of a rule may match any of the values.
  bool may_match(Candidates& candidates, size_t rule, std::vector<std::string_view> values,
                 uint32_t version) {
    const CompiledRule& compiled = *data.rules[rule];
    const CompiledTarget& target = compiled.targets.front();
    const PatternBits* const patterns =
        candidates.patterns_of(target, version, [&](const auto& visit) {
          ++gathered;
          for (const std::string_view value : values) visit(memory.strings.copy(value));
        });
    return (patterns[0] >> compiled.op.pattern & 1) != 0;
  }

  std::shared_ptr<const Program> program = compile(
      "SecRule ARGS \"@contains needle\" \"id:1,phase:1,pass\"\n"
      "SecRule ARGS \"@contains other\" \"id:2,phase:1,pass,t:lowercase\"\n");
  const ProgramData& data = program->data();
  TransactionMemory memory{data};
  int gathered = 0;
};

TEST_F(CandidatesTest, TheFirstTransactionOverAProgramDoesWithout) {
  Candidates first = candidates_of(), second = candidates_of(), barred = candidates_of(false);
  first.begin_phase(0);
  EXPECT_FALSE(first.active());
  first.begin_phase(1 << 20);
  EXPECT_TRUE(first.active()) << "it turned out to be large";
  second.begin_phase(0);
  EXPECT_TRUE(second.active());
  barred.begin_phase(1 << 20);
  EXPECT_FALSE(barred.active());
}

TEST_F(CandidatesTest, RuleOutPatternsOfAGroupOfTargets) {
  program->prepare();
  Candidates candidates = candidates_of();
  candidates.begin_phase(0);
  ASSERT_TRUE(candidates.active());
  EXPECT_TRUE(may_match(candidates, 0, {"hay", "a needle"}, 0));
  EXPECT_FALSE(may_match(candidates, 1, {"hay", "a needle"}, 0));
}

TEST_F(CandidatesTest, AreGatheredAgainWhenTheVariableChanges) {
  program->prepare();
  Candidates candidates = candidates_of();
  candidates.begin_phase(0);
  EXPECT_FALSE(may_match(candidates, 0, {"hay"}, 1));
  EXPECT_FALSE(may_match(candidates, 0, {"needle"}, 1)) << "the version is the same";
  EXPECT_EQ(gathered, 1);
  EXPECT_TRUE(may_match(candidates, 0, {"needle"}, 2));
  EXPECT_EQ(gathered, 2);
}

TEST_F(CandidatesTest, OfOtherTransformationsAreGatheredWhenAskedFor) {
  program->prepare();
  Candidates candidates = candidates_of();
  candidates.begin_phase(0);
  EXPECT_FALSE(may_match(candidates, 0, {"OTHER"}, 0));
  EXPECT_TRUE(may_match(candidates, 1, {"OTHER"}, 0));
  EXPECT_EQ(gathered, 2);
}

}  // namespace
}  // namespace wafcheck::engine
