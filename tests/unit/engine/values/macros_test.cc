#include "engine/values/macros.h"

#include <gtest/gtest.h>

#include "tests/unit/engine/evaluate.h"

namespace wafcheck::engine {
namespace {

using parser::Variable;

/// The text of logdata:'...' over a state that `fill` has filled.
template <typename Fill>
std::string expanded(const std::string& text, Fill fill,
                     parser::Profile profile = parser::Profile::standard) {
  const auto program = compile(
      "SecAction \"id:7,phase:1,pass,severity:4,msg:'raw',logdata:'" + text + "'\"", profile);
  TransactionMemory memory(program->data());
  TransactionState state(program->data(), options_at(1), memory);
  fill(state);
  std::string out = "<";
  expand(state, program->data().rules[0]->data, out);
  EXPECT_EQ(out.substr(1), expand(state, program->data().rules[0]->data));
  return out.substr(1);
}

TEST(Macros, ShowMembersAndTx) {
  const auto fill = [](TransactionState& state) {
    state.variables.add(Variable::ARGS, "A", "1");
    state.variables.add(Variable::ARGS, "a", "2");
    state.tx.set("x", "3");
  };
  EXPECT_EQ(expanded("a", fill), "a");
  EXPECT_EQ(expanded("%{ARGS.a}-%{ARGS}-%{args.b}-%{tx.X}-%{tx.y}", fill), "1-1--3-");
  EXPECT_EQ(expanded("%{tx.y}", fill, parser::Profile::coraza), "tx.y");
}

TEST(Macros, ShowTheLastMatch) {
  const auto fill = [](TransactionState& state) {
    Match match;
    match.variable = Variable::ARGS;
    match.key = "q";
    match.transformed = "v";
    state.matches.add(match);
  };
  EXPECT_EQ(expanded("%{MATCHED_VAR_NAME}=%{MATCHED_VAR}", fill), "ARGS:q=v");
  EXPECT_EQ(expanded("%{MATCHED_VAR}", [](TransactionState&) {}), "");
}

TEST(Macros, ShowTheRule) {
  const auto fill = [](TransactionState& state) { state.current.rule = state.program.rules[0]; };
  EXPECT_EQ(expanded("%{RULE.id} %{RULE.msg} %{RULE.severity} %{RULE.nope}", fill), "7 raw 4 ");
  EXPECT_EQ(expanded("%{RULE.severity}", fill, parser::Profile::coraza), "warning");
  EXPECT_EQ(expanded("%{RULE.id}", [](TransactionState&) {}), "");
}

TEST(Macros, ShowWhatIsComputed) {
  const auto fill = [](TransactionState& state) { state.highest_severity = 3; };
  EXPECT_EQ(expanded("%{HIGHEST_SEVERITY}", fill), "3");
}

TEST(Macros, ShowRecordsAndTheEnvironment) {
  const auto fill = [](TransactionState& state) {
    state.environment["V"] = "e";
    state.records.open(Variable::IP, "k");
    state.records.set(*state.records.find(Variable::IP), "n", "5");
  };
  EXPECT_EQ(expanded("%{ENV.V} %{IP.n} %{IP.KEY} %{USER.n}", fill), "e 5 k ");
}

}  // namespace
}  // namespace wafcheck::engine
