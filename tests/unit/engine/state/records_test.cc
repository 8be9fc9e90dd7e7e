#include "engine/state/records.h"

#include <gtest/gtest.h>

#include "tests/unit/engine/evaluate.h"

namespace wafcheck::engine {
namespace {

using parser::Variable;

class RecordsTest : public testing::Test {
 protected:
  Records at(int64_t now) { return Records(program->data(), &store, now, problems, limits); }

  std::shared_ptr<const Program> program =
      compile("SecCollectionTimeout 100\nSecAction \"id:1,phase:1,pass,nolog\"");
  MemoryStore store;
  Problems problems{10};
  Limits limits;
};

TEST_F(RecordsTest, ANewRecordDescribesItself) {
  Records records = at(50);
  EXPECT_EQ(records.find(Variable::IP), nullptr);
  records.open(Variable::IP, "");
  EXPECT_EQ(records.find(Variable::IP), nullptr);
  records.open(Variable::IP, "k");
  const OpenRecord* const open = records.find(Variable::IP);
  ASSERT_NE(open, nullptr);
  EXPECT_EQ(records.member(*open, "key"), "k");
  EXPECT_EQ(records.member(*open, "IS_NEW"), "1");
  EXPECT_EQ(records.member(*open, "create_time"), "50");
  EXPECT_EQ(records.member(*open, "TIMEOUT"), "100");
  EXPECT_EQ(records.member(*open, "nope"), std::nullopt);
  EXPECT_EQ(records.member_names(*open).size(), 7U);
}

TEST_F(RecordsTest, OnlyWhatHasChangedIsSaved) {
  Records records = at(50);
  records.open(Variable::IP, "a");
  records.open(Variable::USER, "b");
  records.set(*records.find(Variable::IP), "Count", "1");
  records.save();
  EXPECT_EQ(store.size(), 1U);

  Records later = at(60);
  later.open(Variable::IP, "a");
  const OpenRecord& open = *later.find(Variable::IP);
  EXPECT_EQ(later.member(open, "COUNT"), "1");
  EXPECT_EQ(later.member(open, "IS_NEW"), "0");
  EXPECT_EQ(later.member(open, "UPDATE_COUNTER"), "1");
  EXPECT_EQ(later.member(open, "UPDATE_RATE"), "6");
}

TEST_F(RecordsTest, ExpiryIsDecidedWhenTheRecordIsOpened) {
  Records records = at(50);
  records.open(Variable::IP, "a");
  OpenRecord& open = *records.find(Variable::IP);
  records.set(open, "x", "1");
  records.expire(open, "x", 10);
  records.expire(open, "never_set", 10);
  EXPECT_EQ(records.member(open, "never_set"), std::nullopt);
  records.save();
  Records before = at(59), after = at(60);
  before.open(Variable::IP, "a");
  after.open(Variable::IP, "a");
  EXPECT_EQ(before.member(*before.find(Variable::IP), "x"), "1");
  EXPECT_EQ(after.member(*after.find(Variable::IP), "x"), std::nullopt);
}

TEST_F(RecordsTest, DeprecatesByWholePeriods) {
  Records records = at(0);
  records.open(Variable::IP, "a");
  records.set(*records.find(Variable::IP), "x", "10");
  records.save();
  Records later = at(65);
  later.open(Variable::IP, "a");
  OpenRecord& open = *later.find(Variable::IP);
  for (const std::string_view rate : {"3", "3/0", "0/30", "-1/30", "3/1000", "/"}) {
    later.deprecate(open, "x", rate);
    EXPECT_EQ(later.member(open, "x"), "10") << rate;
  }
  later.deprecate(open, "x", "3/30");
  EXPECT_EQ(later.member(open, "x"), "4");
  later.deprecate(open, "x", "3/30");
  EXPECT_EQ(later.member(open, "x"), "0");
}

TEST_F(RecordsTest, AFullRecordIsReportedOnce) {
  limits.record_members = 5;
  Records records = at(0);
  records.open(Variable::IP, "a");
  OpenRecord& open = *records.find(Variable::IP);
  for (size_t at = 0; at < 7; ++at) records.set(open, std::to_string(at), "");
  EXPECT_EQ(open.stored().members.size(), 5U);
  ASSERT_EQ(problems.all().size(), 1U);
  EXPECT_EQ(problems.all()[0].kind, "collection-limit");
  EXPECT_TRUE(problems.undecided());
  records.set(open, "0", "1");  // one that is there still changes
  EXPECT_EQ(records.member(open, "0"), "1");
}

TEST_F(RecordsTest, ARecordIsBoundedInBytes) {
  limits.record_bytes = 1000;
  Records records = at(0);
  records.open(Variable::IP, "a");
  OpenRecord& open = *records.find(Variable::IP);
  records.set(open, "x", std::string(500, 'x'));
  EXPECT_TRUE(problems.all().empty());
  records.set(open, "x", std::string(5000, 'x'));
  EXPECT_EQ(records.member(open, "x"), std::string(500, 'x')) << "it stays as it was";
  ASSERT_EQ(problems.all().size(), 1U);
  EXPECT_EQ(problems.all()[0].kind, "collection-limit");
  open.unset("x");  // what it took is free again
  records.set(open, "y", std::string(600, 'y'));
  EXPECT_EQ(records.member(open, "y"), std::string(600, 'y'));
}

TEST_F(RecordsTest, TimeoutOfItsOwn) {
  Records records = at(0);
  records.open(Variable::IP, "a");
  records.set(*records.find(Variable::IP), "timeout", "5");
  records.save();
  Records later = at(6);
  later.open(Variable::IP, "a");
  EXPECT_EQ(later.member(*later.find(Variable::IP), "IS_NEW"), "1");
}

}  // namespace
}  // namespace wafcheck::engine
