#include "engine/state/flow.h"

#include <gtest/gtest.h>

#include "engine/program/program_data.h"
#include "tests/unit/engine/evaluate.h"

namespace wafcheck::engine {
namespace {

constexpr std::string_view kRules =
    "SecRuleEngine On\n"
    "SecAction \"id:1,phase:1,allow\"\n"
    "SecAction \"id:2,phase:1,allow:phase\"\n"
    "SecAction \"id:3,phase:1,allow:request\"\n"
    "SecAction \"id:4,phase:1,pass,skip:2\"\n"
    "SecAction \"id:5,phase:1,pass,skipAfter:NOWHERE\"\n"
    "SecAction \"id:6,phase:1,pass,ctl:ruleRemoveById=4\"\n";

class FlowTest : public testing::Test {
 protected:
  const CompiledRule& rule(uint64_t id) const { return *program->data().rules[id - 1]; }
  std::string phases(const Flow& of) const {
    std::string text;
    for (int phase = 1; phase <= 5; ++phase) {
      if (of.runs(phase)) text += std::to_string(phase);
    }
    return text;
  }

  std::shared_ptr<const Program> program = compile(std::string(kRules));
  Flow flow{program->data()};
};

TEST_F(FlowTest, RunsAllPhasesAtFirst) {
  EXPECT_EQ(phases(flow), "12345");
  EXPECT_EQ(flow.stop_reason(), "");
  EXPECT_FALSE(flow.passes_rest(1));
}

TEST_F(FlowTest, AllowPassesOverWhatItNames) {
  Flow whole = flow, phase = flow, request = flow;
  whole.allow(rule(1));
  phase.allow(rule(2));
  request.allow(rule(3));
  EXPECT_EQ(phases(whole), "5");
  EXPECT_EQ(phases(phase), "12345");
  EXPECT_EQ(phases(request), "345");
  EXPECT_TRUE(phase.passes_rest(1));
  EXPECT_EQ(phase.stop_reason(), "allow of rule 2");
  EXPECT_TRUE(whole.passes_rest(4));
  EXPECT_FALSE(whole.passes_rest(5));
  EXPECT_TRUE(request.passes_rest(2));
  EXPECT_FALSE(request.passes_rest(3));
  phase.end_phase();
  EXPECT_FALSE(phase.passes_rest(1));
  EXPECT_TRUE(phase.allowed());
}

TEST_F(FlowTest, AllowNeedsTheEngineOn) {
  flow.set_mode(EngineMode::detection_only, nullptr);
  flow.allow(rule(1));
  EXPECT_FALSE(flow.allowed());
  EXPECT_EQ(phases(flow), "12345");
}

TEST_F(FlowTest, AnInterruptionEndsAllButLogging) {
  Interruption interruption;
  interruption.status = 400;
  EXPECT_TRUE(flow.interrupts_now());
  flow.interrupt(interruption);
  EXPECT_EQ(phases(flow), "5");
  EXPECT_EQ(flow.interruption()->status, 400);
}

TEST_F(FlowTest, DetectionOnlyNotesTheFirstInterruption) {
  flow.set_mode(EngineMode::detection_only, nullptr);
  for (const int status : {400, 500}) {
    Interruption interruption;
    interruption.status = status;
    flow.interrupt(interruption);
  }
  EXPECT_FALSE(flow.interrupts_now());
  EXPECT_FALSE(flow.interruption().has_value());
  EXPECT_EQ(flow.would_interrupt()->status, 400);
  EXPECT_EQ(phases(flow), "12345");
}

TEST_F(FlowTest, EngineOffSaysWhoTurnedItOff) {
  flow.set_mode(EngineMode::off, &rule(4));
  EXPECT_EQ(phases(flow), "");
  EXPECT_EQ(flow.stop_reason(), "ctl:ruleEngine=Off of rule 4");
}

TEST_F(FlowTest, SkipCountsDownAndEndsWithThePhase) {
  flow.follow(rule(4));
  EXPECT_TRUE(flow.skips_next());
  EXPECT_TRUE(flow.skips_next());
  EXPECT_FALSE(flow.skips_next());
  flow.follow(rule(4));
  EXPECT_EQ(flow.begin_phase(2), 0U);
  EXPECT_FALSE(flow.skips_next());
}

TEST_F(FlowTest, AMissingMarkerSkipsTheRest) {
  flow.follow(rule(5));
  EXPECT_TRUE(flow.skips_rest());
  flow.begin_phase(2);
  EXPECT_FALSE(flow.skips_rest());
}

TEST_F(FlowTest, RemovedRulesAndWhatRemovedThem) {
  EXPECT_FALSE(flow.removed(3));
  const auto& step = std::get<CtlStep>(rule(6).steps.at(0).kind);
  flow.remove(step, rule(6));
  EXPECT_TRUE(flow.removed(3));
  EXPECT_FALSE(flow.removed(0));
  ASSERT_NE(flow.removal_of(3), nullptr);
  EXPECT_EQ(flow.removal_of(3)->by, &rule(6));
  EXPECT_EQ(flow.removal_of(0), nullptr);
}

TEST_F(FlowTest, ARemovalHasAnEffectOnceARuleIsPassedOver) {
  flow.remove(std::get<CtlStep>(rule(6).steps.at(0).kind), rule(6));
  EXPECT_FALSE(flow.ctl_uses().at(0).effective);
  flow.note_passed_over(0);
  EXPECT_FALSE(flow.ctl_uses().at(0).effective);
  flow.note_passed_over(3);
  EXPECT_TRUE(flow.ctl_uses().at(0).effective);
}

}  // namespace
}  // namespace wafcheck::engine
