#include "engine/actions/actions.h"

#include <gtest/gtest.h>

#include "tests/unit/engine/evaluate.h"

namespace wafcheck::engine {
namespace {

using parser::Variable;

/// The states of a transaction, and the actions of one rule done to them.
class ActionsTest : public testing::Test {
 protected:
  /// `actions` are those of rule 1; a rule 2 reads what there is to read.
  void perform_all(const std::string& actions) {
    program = compile("SecAction \"id:1,phase:1,pass," + actions +
                      "\"\nSecRule TX:n|IP:n|ARGS \"x\" \"id:2,phase:2,deny,tag:'t'\"");
    memory = std::make_unique<TransactionMemory>(program->data());
    state = std::make_unique<TransactionState>(program->data(), options_at(100), *memory);
    const CompiledRule& rule = *program->data().rules[0];
    state->current.rule = &rule;
    for (const Step& step : rule.steps) perform(*state, step);
    for (const Step& step : rule.final_steps) perform(*state, step);
  }
  std::string tx(std::string_view name) const {
    return std::string(state->tx.text(state->tx.find(name)));
  }
  std::string problems() const {
    std::string text;
    for (const Problem& problem : state->problems.all()) text += problem.kind + " ";
    return text;
  }

  std::shared_ptr<const Program> program;
  std::unique_ptr<TransactionMemory> memory;
  std::unique_ptr<TransactionState> state;
};

TEST_F(ActionsTest, SetvarAssignsAddsAndUnsets) {
  perform_all("setvar:tx.n=2,setvar:tx.n=+3,setvar:tx.n=-1");
  EXPECT_EQ(tx("n"), "4");
  perform_all("setvar:tx.n=2,setvar:!tx.n");
  EXPECT_EQ(tx("n"), "");
  perform_all("setvar:tx.n");
  EXPECT_EQ(tx("n"), "1");
}

TEST_F(ActionsTest, SetvarExpandsNameAndValue) {
  perform_all("setvar:tx.a=n,setvar:'tx.%{tx.a}=<%{tx.a}>'");
  EXPECT_EQ(tx("n"), "<n>");
}

TEST_F(ActionsTest, InitcolOpensARecordThatSetvarChanges) {
  perform_all("initcol:ip=192.0.2.1,setvar:ip.n=+1");
  const OpenRecord* record = state->records.find(Variable::IP);
  ASSERT_NE(record, nullptr);
  EXPECT_EQ(record->key(), "192.0.2.1");
  EXPECT_EQ(record->value("n"), "1");
}

TEST_F(ActionsTest, SetvarOfACollectionThatIsNotOpenIsAProblem) {
  perform_all("setvar:ip.n=1");
  EXPECT_EQ(state->records.find(Variable::IP), nullptr);
  EXPECT_NE(problems(), "");
}

TEST_F(ActionsTest, ExpirevarSetsWhenAMemberEnds) {
  perform_all("initcol:ip=a,setvar:ip.n=1,expirevar:ip.n=60");
  const StoredMember* member = state->records.find(Variable::IP)->find("n");
  ASSERT_NE(member, nullptr);
  EXPECT_EQ(member->expires, 160);
}

TEST_F(ActionsTest, CtlTurnsTheEngineOff) {
  perform_all("ctl:ruleEngine=DetectionOnly");
  EXPECT_EQ(state->flow.mode(), EngineMode::detection_only);
}

TEST_F(ActionsTest, CtlRemovesARule) {
  perform_all("ctl:ruleRemoveByTag=t");
  EXPECT_TRUE(state->flow.removed(1));
  EXPECT_FALSE(state->flow.removed(0));
}

TEST_F(ActionsTest, CtlChoosesABodyProcessor) {
  perform_all("ctl:requestBodyProcessor=JSON");
  EXPECT_EQ(state->request_body.processor, "JSON");
}

TEST_F(ActionsTest, CtlChangesWhatIsAudited) {
  perform_all("ctl:auditEngine=On,ctl:auditLogParts=+E");
  EXPECT_EQ(state->audit.mode, AuditMode::on);
  EXPECT_NE(state->audit.parts.find('E'), std::string::npos);
}

TEST_F(ActionsTest, SanitiseNamesWhatIsHidden) {
  perform_all("sanitiseArg:Password,sanitiseRequestHeader:Authorization");
  EXPECT_EQ(state->audit.masks.arguments, Masks::Names{"password"});
  EXPECT_EQ(state->audit.masks.request_headers, Masks::Names{"authorization"});
}

TEST_F(ActionsTest, WhatCannotBeDoneOfflineIsSaid) {
  perform_all("exec:/bin/true");
  EXPECT_EQ(problems(), "offline ");
}

}  // namespace
}  // namespace wafcheck::engine
