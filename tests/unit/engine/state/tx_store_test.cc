#include "engine/state/tx_store.h"

#include <gtest/gtest.h>

#include "engine/state/transaction_state.h"
#include "tests/unit/engine/evaluate.h"

namespace wafcheck::engine {
namespace {

class TxStoreTest : public testing::Test {
 protected:
  void SetUp() override { tx.clear(); }

  std::string all() {
    std::string text;
    tx.each([&](const TxVariable& variable) {
      text += fmt::format("{}={} ", variable.name, memory.strings[variable.value]);
    });
    return text;
  }

  std::shared_ptr<const Program> program =
      compile("SecAction \"id:1,phase:1,pass,nolog,setvar:tx.named=1\"", parser::Profile::standard,
              {.pinned_tx = {{"Level", "2"}}});
  TransactionMemory memory{program->data()};
  TxStore& tx = memory.tx;
};

TEST_F(TxStoreTest, BeginsWithWhatIsPinned) {
  EXPECT_EQ(all(), "Level=2 ");
  EXPECT_TRUE(tx[tx.find("LEVEL")].pinned);
  EXPECT_TRUE(tx.first_ignored(tx.find("level")));
  EXPECT_FALSE(tx.first_ignored(tx.find("level")));
}

TEST_F(TxStoreTest, NamesAreComparedWithoutCase) {
  EXPECT_GE(tx.find("NAMED"), 10);
  EXPECT_EQ(tx.find("new"), -1);
  const int32_t slot = tx.find_or_add("New");
  EXPECT_EQ(tx.find("nEW"), slot);
  EXPECT_EQ(tx.find_or_add("NEW"), slot);
  EXPECT_EQ(tx[slot].name, "New");
}

TEST_F(TxStoreTest, HoldsBytes) {
  const std::string bytes("\0\xff", 2);
  tx.set("b", bytes);
  EXPECT_EQ(tx.text(tx.find("b")), bytes);
}

TEST_F(TxStoreTest, UnsetIsNotEmpty) {
  tx.set("a", "");
  EXPECT_NE(tx.text(tx.find("a")).data(), nullptr);
  tx.unset(tx.find("a"));
  EXPECT_EQ(tx.text(tx.find("a")).data(), nullptr);
  EXPECT_EQ(tx.text(-1).data(), nullptr);
}

TEST_F(TxStoreTest, WhatWasUnsetComesBackLast) {
  tx.set("a", "1");
  tx.set("b", "2");
  tx.set("a", "3");
  EXPECT_EQ(all(), "Level=2 a=3 b=2 ");
  tx.unset(tx.find("a"));
  tx.unset(tx.find("a"));
  EXPECT_EQ(all(), "Level=2 b=2 ");
  tx.set("a", "4");
  EXPECT_EQ(all(), "Level=2 b=2 a=4 ");
}

TEST_F(TxStoreTest, VisitsWhatWasSetBeforeAndStillIs) {
  for (const std::string_view name : {"a", "b", "c", "d"}) tx.set(name, "1");
  std::string visited;
  tx.each([&](const TxVariable& variable) {
    visited += variable.name;
    if (variable.name != "a") return;
    tx.unset(tx.find("b"));  // gone
    tx.unset(tx.find("c"));  // gone and back: visited in its old place
    tx.set("c", "2");
    tx.set("new", "1");
  });
  EXPECT_EQ(visited, "Levelacd");
  EXPECT_EQ(all(), "Level=2 a=1 d=1 c=2 new=1 ");
}

TEST_F(TxStoreTest, StaysInOrderHoweverOftenVariablesComeAndGo) {
  for (int round = 0; round < 500; ++round) {
    for (const std::string_view name : {"a", "b"}) {
      tx.unset(tx.find_or_add(name));
      tx.set(name, "1");
    }
    ASSERT_EQ(all(), "Level=2 a=1 b=1 ");
  }
}

TEST_F(TxStoreTest, ClearForgetsNamesOfTheTransaction) {
  tx.set("new", "1");
  tx.set("named", "1");
  memory.clear();
  tx.clear();
  EXPECT_EQ(tx.find("new"), -1);
  EXPECT_EQ(all(), "Level=2 ");
}

}  // namespace
}  // namespace wafcheck::engine
