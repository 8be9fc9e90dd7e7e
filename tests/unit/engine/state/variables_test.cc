#include "engine/state/variables.h"

#include <gtest/gtest.h>

#include "engine/state/transaction_state.h"
#include "tests/unit/engine/evaluate.h"

namespace wafcheck::engine {
namespace {

using parser::Variable;

class VariablesTest : public testing::Test {
 protected:
  std::string all(Variable variable) const {
    std::string text;
    for (const Member& member : variables.members(variable)) {
      text += fmt::format("{}={} ", member.key, memory.strings[member.value]);
    }
    return text;
  }

  std::shared_ptr<const Program> program = compile("SecAction \"id:1,phase:1,pass,nolog\"");
  TransactionMemory memory{program->data()};
  Variables& variables = memory.variables;
};

TEST_F(VariablesTest, AddsMembersAndReplacesScalars) {
  variables.add(Variable::REQUEST_HEADERS, "Host", "a");
  variables.add(Variable::REQUEST_HEADERS, "host", "b");
  variables.set(Variable::REQUEST_METHOD, "GET");
  variables.set(Variable::REQUEST_METHOD, "PUT");
  variables.set(Variable::STATUS, -1);
  EXPECT_EQ(all(Variable::REQUEST_HEADERS), "Host=a host=b ");
  EXPECT_EQ(all(Variable::REQUEST_METHOD), "=PUT ");
  EXPECT_EQ(variables.first(Variable::STATUS), "-1");
  EXPECT_EQ(variables.first(Variable::ARGS), std::nullopt);
  EXPECT_EQ(variables.first_or_empty(Variable::ARGS), "");
}

TEST_F(VariablesTest, EachChangeIsAVersion) {
  const uint32_t before = variables.version(Variable::GEO);
  variables.add(Variable::GEO, "CITY", "London");
  const uint32_t added = variables.version(Variable::GEO);
  EXPECT_NE(added, before);
  variables.unset(Variable::GEO);
  EXPECT_NE(variables.version(Variable::GEO), added);
  EXPECT_EQ(variables.version(Variable::ARGS), 0U);
}

TEST_F(VariablesTest, AnArgumentIsInItsCollectionAndInArgs) {
  variables.add_argument(Variable::ARGS_GET, "a", "1");
  variables.add_argument(Variable::ARGS_POST, "b", "2");
  variables.add_argument(Variable::ARGS, "c", "3");
  EXPECT_EQ(all(Variable::ARGS), "a=1 b=2 c=3 ");
  EXPECT_EQ(all(Variable::ARGS_NAMES), "a=a b=b c=c ");
  EXPECT_EQ(all(Variable::ARGS_GET), "a=1 ");
  EXPECT_EQ(all(Variable::ARGS_POST_NAMES), "b=b ");
  EXPECT_EQ(variables.arguments(), 3U);
}

TEST_F(VariablesTest, APathArgumentThatIsSetAgainChanges) {
  variables.add_argument(Variable::ARGS_GET, "id", "0");
  variables.set_path_argument("id", "1");
  variables.set_path_argument("ID", "2");
  EXPECT_EQ(all(Variable::ARGS_PATH), "id=2 ");
  EXPECT_EQ(all(Variable::ARGS), "id=0 id=2 ");
}

TEST_F(VariablesTest, ClearTakesAllAway) {
  variables.add_argument(Variable::ARGS_GET, "a", "1");
  memory.clear();
  EXPECT_EQ(all(Variable::ARGS), "");
  EXPECT_EQ(variables.arguments(), 0U);
  EXPECT_EQ(variables.version(Variable::ARGS), 0U);
}

}  // namespace
}  // namespace wafcheck::engine
