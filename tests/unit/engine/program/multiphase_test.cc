// Coraza's multiphase evaluation: what is tested in which phase, and that nothing counts twice.

#include "engine/program/multiphase.h"

#include "parser/language/semantics.h"
#include "tests/unit/engine/evaluate.h"

namespace wafcheck::engine {
namespace {

/// Rules that matched, each with the phase it matched in: "1@2".
std::string matched(const std::string& rules, const TestRequest& request, bool multiphase = true) {
  parser::LoadOptions load = as(parser::Profile::coraza);
  parser::Semantics semantics = parser::semantics_of(parser::Profile::coraza);
  semantics.multiphase = multiphase;
  load.semantics = &semantics;
  const TestProgram made = try_compile("SecRequestBodyAccess On\n" + rules, load);
  EXPECT_EQ(made.faults, "");
  Transaction transaction(*made.program, options_at(request.time));
  send(transaction, request);
  std::string text;
  for (const MatchedRule& rule : transaction.matched_rules()) {
    text += fmt::format("{}{}@{}", text.empty() ? "" : " ", rule.rule->id.value_or(0), rule.phase);
    for (const Match& match : rule.matches) text += fmt::format(" {}", match.name());
  }
  if (const auto score = transaction.tx("score")) text += fmt::format(" score={}", *score);
  return text;
}

struct Row {
  const char* name;
  std::string rules;
  TestRequest request;
  std::string multiphase, plain;
};
void PrintTo(const Row& row, std::ostream* out) {
  *out << row.name;
}

TestRequest both(std::string uri, std::string body) {
  TestRequest request = post_form(std::move(body));
  request.uri = std::move(uri);
  return request;
}

const std::string kX = "\"@streq x\" \"id:1,phase:2,pass,setvar:tx.score=+5";

const Row kRows[] = {
    {"AQueryIsTestedInPhase1", "SecRule ARGS " + kX + "\"", get("/?a=x"), "1@1 ARGS_GET:a score=5",
     "1@2 ARGS:a score=5"},
    {"ABodyInPhase2", "SecRule ARGS " + kX + "\"", post_form("a=x"), "1@2 ARGS_POST:a score=5",
     "1@2 ARGS:a score=5"},
    {"EachOnce", "SecRule ARGS " + kX + "\"", both("/?a=x", "b=x"),
     "1@1 ARGS_GET:a 1@2 ARGS_POST:b score=10", "1@2 ARGS:a ARGS:b score=10"},
    {"NamesLikewise", "SecRule ARGS_NAMES " + kX + "\"", both("/?x=1", "x=1"),
     "1@1 ARGS_GET_NAMES:x 1@2 ARGS_POST_NAMES:x score=10",
     "1@2 ARGS_NAMES:x ARGS_NAMES:x score=10"},
    {"HeadersInPhase1", "SecRule REQUEST_HEADERS:A|REQUEST_BODY " + kX + "\"",
     with_header("A", "x"), "1@1 REQUEST_HEADERS:A score=5", "1@2 REQUEST_HEADERS:A score=5"},
    {"LaterThanItsPhaseToo", "SecRule REQUEST_BODY \"@streq a=x\" \"id:1,phase:1,pass\"",
     post_form("a=x"), "1@2 REQUEST_BODY", ""},
    {"ACountIsOfEachPart", "SecRule &ARGS \"@eq 1\" \"id:1,phase:2,pass\"", both("/?a=1", "b=1"),
     "1@1 ARGS_GET 1@2 ARGS_POST", ""},
    {"TxInEveryPhaseOfTheRule",
     "SecAction \"id:9,phase:1,pass,nolog,setvar:tx.v=x\"\nSecRule TX:v|ARGS_GET " + kX + "\"",
     get("/"), "1@1 TX:v 1@2 TX:v score=10", "1@2 TX:v score=5"},
    {"TxAloneInItsOwn",
     "SecAction \"id:9,phase:1,pass,nolog,setvar:tx.v=x\"\nSecRule TX:v " + kX + "\"", get("/"),
     "1@2 TX:v score=5", "1@2 TX:v score=5"},
    {"AnActionInItsOwn", "SecAction \"id:1,phase:2,pass,setvar:tx.score=+1\"", get("/"),
     "1@2 score=1", "1@2 score=1"},
    {"AnExclusionReachesTheParts", "SecRule ARGS|!ARGS:a " + kX + "\"", both("/?a=x", "a=x"), "",
     ""},
    {"CtlReachesTheParts",
     "SecAction \"id:9,phase:1,pass,nolog,ctl:ruleRemoveTargetById=1;ARGS:a\"\n"
     "SecRule ARGS " +
         kX + "\"",
     both("/?a=x&b=x", "a=x"), "1@1 ARGS_GET:b score=5", "1@2 ARGS:b score=5"},
    {"CtlRemovesItInEveryPhase",
     "SecAction \"id:9,phase:1,pass,nolog,ctl:ruleRemoveById=1\"\nSecRule ARGS " + kX + "\"",
     both("/?a=x", "b=x"), "", ""},
    {"ASkipIsOfThePhaseThatMatched",
     "SecRule ARGS \"@streq x\" \"id:1,phase:2,pass,nolog,skipAfter:END\"\n"
     "SecRule ARGS \"@streq y\" \"id:2,phase:2,pass\"\nSecMarker END\n"
     "SecRule ARGS \"@streq y\" \"id:3,phase:2,pass\"",
     both("/?a=x&b=y", "c=y"), "3@1 ARGS_GET:b 2@2 ARGS_POST:c 3@2 ARGS_POST:c",
     "3@2 ARGS:b ARGS:c"},
    // chains
    {"AChainFromWhereItCanMatch",
     "SecRule REQUEST_METHOD \"@streq GET\" \"id:1,phase:2,pass,chain\"\n"
     "SecRule ARGS \"@streq x\" \"setvar:tx.score=+5\"",
     get("/?a=x"), "1@1 REQUEST_METHOD ARGS_GET:a score=5", "1@2 REQUEST_METHOD ARGS:a score=5"},
    {"AChainNotBeforeItsLastLink",
     "SecRule REQUEST_METHOD \"@streq POST\" \"id:1,phase:2,pass,setvar:tx.score=+1,chain\"\n"
     "SecRule REQUEST_BODY \"@streq a=x\" \"setvar:tx.score=+5\"",
     post_form("a=x"), "1@2 REQUEST_METHOD REQUEST_BODY score=6",
     "1@2 REQUEST_METHOD REQUEST_BODY score=6"},
    {"AChainDoesNotCompleteTwice",
     "SecRule REQUEST_URI \"@contains x\" \"id:1,phase:2,pass,chain\"\n"
     "SecRule REQUEST_URI|REQUEST_BODY \"@contains x\" \"setvar:tx.score=+5\"",
     get("/x"), "1@1 REQUEST_URI REQUEST_URI score=5", "1@2 REQUEST_URI REQUEST_URI score=5"},
    {"AChainCompletesAgainWithOtherValues",
     "SecRule REQUEST_URI \"@contains x\" \"id:1,phase:2,pass,chain\"\n"
     "SecRule REQUEST_URI|REQUEST_BODY \"@contains x\" \"setvar:tx.score=+5\"",
     both("/x", "a=x"), "1@1 REQUEST_URI REQUEST_URI 1@2 REQUEST_URI REQUEST_BODY score=10",
     "1@2 REQUEST_URI REQUEST_URI REQUEST_BODY score=10"},
    {"AChainOfThree",
     "SecRule REQUEST_URI \"@contains x\" \"id:1,phase:2,pass,chain\"\n"
     "SecRule ARGS \"@contains x\" \"chain\"\n"
     "SecRule REQUEST_METHOD|REQUEST_BODY \"@rx .\" \"setvar:tx.score=+5\"",
     both("/?a=x", "b=y"),
     "1@1 REQUEST_URI ARGS_GET:a REQUEST_METHOD 1@2 REQUEST_URI ARGS_GET:a REQUEST_BODY score=10",
     "1@2 REQUEST_URI ARGS:a REQUEST_METHOD REQUEST_BODY score=10"},
    {"AChainNotAfterItsOwnPhase",
     "SecRule REQUEST_METHOD \"@streq POST\" \"id:1,phase:1,pass,chain\"\n"
     "SecRule REQUEST_BODY \"@streq a=x\"",
     post_form("a=x"), "", ""},
};

class Multiphase : public testing::TestWithParam<Row> {};
TEST_P(Multiphase, TestsWhatIsKnownOnce) {
  EXPECT_EQ(matched(GetParam().rules, GetParam().request), GetParam().multiphase);
  EXPECT_EQ(matched(GetParam().rules, GetParam().request, false), GetParam().plain);
}
INSTANTIATE_TEST_SUITE_P(Rows, Multiphase, testing::ValuesIn(kRows),
                         [](const auto& row) { return row.param.name; });

TEST(Multiphase, AnInterruptionComesInTheEarlierPhase) {
  const std::string rules = "SecRule ARGS \"@streq x\" \"id:1,phase:2,deny\"";
  parser::LoadOptions load = as(parser::Profile::coraza);
  parser::Semantics semantics = parser::semantics_of(parser::Profile::coraza);
  semantics.multiphase = true;
  load.semantics = &semantics;
  const TestProgram made = try_compile(rules, load);
  Transaction transaction(*made.program);
  for (int round = 0; round < 2; ++round) {
    send(transaction, get("/?a=x"));
    ASSERT_TRUE(transaction.interruption());
    EXPECT_EQ(transaction.interruption()->phase, 1);
    transaction.reset({});
  }
}

}  // namespace
}  // namespace wafcheck::engine
