#include "engine/values/target_values.h"

#include <gtest/gtest.h>

#include "tests/unit/engine/evaluate.h"

namespace wafcheck::engine {
namespace {

using parser::Variable;

class TargetValuesTest : public testing::Test {
 protected:
  /// "key=value " of each value of the targets, over a state that `fill` has filled.
  template <typename Fill, typename Visit>
  std::string values(const std::string& targets, Fill fill, Visit visit) {
    const auto program =
        compile("SecRule " + targets + " \"@unconditionalMatch\" \"id:1,phase:1,pass\"");
    TransactionMemory memory(program->data());
    TransactionState state(program->data(), options_at(1), memory);
    fill(state);
    std::string text;
    const CompiledRule& rule = *program->data().rules[0];
    for (const CompiledTarget& target : rule.targets) {
      TargetValues(state).each(rule, 0, target, [&](const Value& value) {
        text += fmt::format("{}={} ", value.key, state.strings[value.string]);
        visit(state);
      });
    }
    return text;
  }
  template <typename Fill>
  std::string values(const std::string& targets, Fill fill) {
    return values(targets, fill, [](TransactionState&) {});
  }

  static void fill_arguments(TransactionState& state) {
    state.variables.add_argument(Variable::ARGS_GET, "a", "1");
    state.variables.add_argument(Variable::ARGS_GET, "b", "2");
    state.variables.add_argument(Variable::ARGS_GET, "A", "3");
  }
};

TEST_F(TargetValuesTest, SelectsExcludesAndCounts) {
  EXPECT_EQ(values("ARGS", fill_arguments), "a=1 b=2 A=3 ");
  EXPECT_EQ(values("ARGS:A", fill_arguments), "a=1 A=3 ");
  EXPECT_EQ(values("ARGS:/^B/", fill_arguments), "b=2 ");
  EXPECT_EQ(values("ARGS|!ARGS:a", fill_arguments), "b=2 ");
  EXPECT_EQ(values("&ARGS", fill_arguments), "=3 ");
  EXPECT_EQ(values("&ARGS:a|&ARGS:c", fill_arguments), "a=2 c=0 ");
  EXPECT_EQ(values("&ARGS|!ARGS:a", fill_arguments), "=1 ");
}

TEST_F(TargetValuesTest, OfATransactionExcludeToo) {
  const auto program = compile(
      "SecAction \"id:2,phase:1,pass,ctl:ruleRemoveTargetById=1;ARGS:a\"\n"
      "SecRule ARGS \"@unconditionalMatch\" \"id:1,phase:1,pass\"");
  TransactionMemory memory(program->data());
  TransactionState state(program->data(), options_at(1), memory);
  fill_arguments(state);
  const CompiledRule& action = *program->data().rules[0];
  state.flow.exclude(std::get<CtlStep>(action.steps.at(0).kind), action);
  const CompiledRule& rule = *program->data().rules[1];
  std::string text;
  TargetValues(state).each(rule, 1, rule.targets.front(),
                           [&](const Value& value) { text += state.strings[value.string]; });
  EXPECT_EQ(text, "2");
}

TEST_F(TargetValuesTest, SeesTheMembersThatWereThere) {
  EXPECT_EQ(values("ARGS", fill_arguments,
                   [](TransactionState& state) {
                     state.variables.add_argument(Variable::ARGS_POST, "new", "4");
                   }),
            "a=1 b=2 A=3 ");
  const auto fill_tx = [](TransactionState& state) {
    state.tx.set("p", "1");
    state.tx.set("q", "2");
  };
  EXPECT_EQ(values("TX", fill_tx, [](TransactionState& state) { state.tx.set("r", "3"); }),
            "p=1 q=2 ");
  const auto fill_matches = [](TransactionState& state) {
    Match match;
    match.variable = Variable::ARGS;
    match.key = "a";
    match.transformed = "m";
    state.matches.add(match);
  };
  const auto match_more = [](TransactionState& state) {
    for (int i = 0; i < 9; ++i) state.matches.add(*state.matches.last());
  };
  EXPECT_EQ(values("MATCHED_VARS", fill_matches, match_more), "ARGS:a=m ");
}

TEST_F(TargetValuesTest, AnUnsetScalarIsEmpty) {
  EXPECT_EQ(values("REQUEST_METHOD", [](TransactionState&) {}), "= ");
  EXPECT_EQ(values("TX:none|MATCHED_VAR|IP", [](TransactionState&) {}), "");
}

}  // namespace
}  // namespace wafcheck::engine
