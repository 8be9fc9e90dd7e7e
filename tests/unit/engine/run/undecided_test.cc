// Rules and requests that are given up at a limit: what is said of them, and what is not lost.

#include <algorithm>

#include "tests/unit/engine/evaluate.h"

namespace wafcheck::engine {
namespace {

/// The kinds of problems that leave the verdict open, each once.
std::string undecided(const Transaction& transaction) {
  std::string kinds;
  for (const Problem& problem : transaction.problems()) {
    if (problem.undecided && kinds.find(problem.kind) == std::string::npos) {
      kinds += (kinds.empty() ? "" : " ") + problem.kind;
    }
  }
  EXPECT_EQ(transaction.undecided(), !kinds.empty());
  return kinds;
}

std::string repeated(std::string_view text, size_t times) {
  std::string all;
  for (size_t at = 0; at < times; ++at) all += text;
  return all;
}

/// Rules that double a variable so many times.
std::string doubling(int times) {
  std::string rules = "SecAction \"id:1,phase:1,pass,nolog,setvar:tx.a=0123456789\"\n";
  for (int at = 0; at < times; ++at) {
    rules += fmt::format("SecAction \"id:{},phase:1,pass,nolog,setvar:tx.a=%{{tx.a}}%{{tx.a}}\"\n",
                         at + 2);
  }
  return rules;
}

std::string chain_of_matched_vars(int links) {
  std::string rules = "SecRule ARGS \"@rx .\" \"id:1,phase:2,pass,chain\"\n";
  for (int at = 0; at < links; ++at) {
    rules += fmt::format("SecRule MATCHED_VARS \"@rx .\"{}\n", at + 1 < links ? " \"chain\"" : "");
  }
  return rules;
}

struct MemoryRow {
  std::string_view name;
  std::string rules;
  TestRequest request = {};
};
void PrintTo(const MemoryRow& row, std::ostream* out) {
  *out << row.name;
}

class Memory : public testing::TestWithParam<MemoryRow> {};

/// A small budget, so that the test needs little: what is spent is counted, whatever the size.
TEST_P(Memory, ThatIsSpentEndsTheTransaction) {
  const auto program =
      compile("SecRequestBodyAccess On\n" + GetParam().rules +
              "SecAction \"id:9001,phase:2,deny,log\"\nSecAction \"id:9002,phase:5,pass,log\"\n");
  ASSERT_NE(program, nullptr);
  TransactionOptions options;
  options.limits.transaction_memory = size_t{4} << 20;
  Transaction transaction(*program, options);
  send(transaction, GetParam().request);
  EXPECT_EQ(undecided(transaction), "memory-limit");
  EXPECT_FALSE(transaction.interruption()) << "nothing runs after it";
  EXPECT_EQ(ids(transaction).find("900"), std::string::npos);
  ASSERT_FALSE(transaction.problems().empty());
  EXPECT_EQ(transaction.problems().back().message,
            "the transaction needs more than 4M of memory: its evaluation was given up");

  transaction.reset({});  // the next has the usual budget, and memory of its own
  send(transaction, get("/"));
  EXPECT_FALSE(transaction.undecided());
  ASSERT_TRUE(transaction.interruption());
  EXPECT_EQ(transaction.interruption()->rule_id, 9001U);
}

INSTANTIATE_TEST_SUITE_P(
    Rules, Memory,
    testing::Values(
        MemoryRow{
            "a_variable_that_doubles",
            "SecRule ARGS:go \"@streq 1\" \"id:1,phase:1,pass,nolog,setvar:tx.a=0123456789\"\n" +
                [] {
                  std::string rules;
                  for (int at = 0; at < 60; ++at) {
                    rules += fmt::format(
                        "SecAction \"id:{},phase:1,pass,nolog,setvar:tx.a=%{{tx.a}}%{{tx.a}}\"\n",
                        at + 2);
                  }
                  return rules;
                }(),
            get("/?go=1")},
        MemoryRow{"transformations_that_double",
                  "SecRule ARGS \"@rx zz\" \"id:1,phase:2,pass," + repeated("t:hexEncode,", 40) +
                      "log\"\n",
                  get("/?a=" + std::string(100, 'x'))},
        MemoryRow{"every_step_of_transformations",
                  "SecRule ARGS \"@rx .\" \"id:1,phase:2,pass,multiMatch," +
                      repeated("t:hexEncode,t:urlEncode,", 20) + "log\"\n",
                  get("/?a=" + std::string(100, 'x'))},
        MemoryRow{"matches_of_matches", chain_of_matched_vars(60), get("/?a=1")},
        MemoryRow{"names_made_up",
                  "SecRule ARGS \"@rx .\" "
                  "\"id:1,phase:2,pass,nolog,setvar:tx.%{MATCHED_VAR}_%{tx.0}=1,"
                  "setvar:tx.0=%{tx.0}x\"\n",
                  post_form(repeated("aaaaaaaaaaaaaaa=bbbbbbbbbbbbbbbb&", 900) +
                            "go=" + std::string(3'500'000, 'x'))}),
    [](const auto& row) { return std::string(row.param.name); });

TEST(MemoryBudget, IsNotSpentByWhatIsKnown) {
  const auto program =
      compile("SecRule ARGS \"@contains %{ARGS.a}\" \"id:1,phase:1,pass,nolog\"\n");
  TransactionOptions options;
  options.limits.transaction_memory = size_t{8} << 20;
  Transaction transaction(*program, options);
  // The argument is expanded a thousand times, and kept once.
  send(transaction, get("/?a=" + std::string(100'000, 'x') + repeated("&b=1", 998)));
  EXPECT_FALSE(transaction.undecided());
}

TEST(MemoryBudget, OfTheNextTransactionIsWhole) {
  ProgramOptions pinned;
  pinned.pinned_tx = {{"a", "1"}};
  const auto program =
      compile("SecAction \"id:1,phase:1,pass,log\"", parser::Profile::coraza, std::move(pinned));
  TransactionOptions little;
  little.limits.transaction_memory = 1;
  Transaction transaction(*program, little);
  send(transaction, get("/"));
  EXPECT_EQ(undecided(transaction), "memory-limit");
  transaction.reset({});
  send(transaction, get("/"));
  EXPECT_EQ(ids(transaction), "1");
  EXPECT_FALSE(transaction.undecided());
}

TEST(MemoryBudget, IsForAHugeBodyToo) {
  const auto program = compile("SecRequestBodyAccess On\n" + doubling(2));
  TransactionOptions options;
  options.limits.transaction_memory = 100'000;
  Transaction transaction(*program, options);
  send(transaction, post_form("a=" + std::string(200'000, 'x')));
  EXPECT_EQ(undecided(transaction), "memory-limit");
}

TEST(RegexLimit, OfANegatedExpressionIsTold) {
  const auto program = compile(
      "SecPcreMatchLimit 100\n"
      "SecRule ARGS:a \"!@rx ^(a+)+$\" \"id:1,phase:1,pass\"\n"
      "SecRule ARGS:b \"!@rx ^x$\" \"id:2,phase:1,pass\"");
  Transaction transaction(*program);
  send(transaction, get("/?a=" + std::string(40, 'a') + "b&b=1"));
  EXPECT_EQ(undecided(transaction), "regex-limit");
  EXPECT_NE(transaction.problems()[0].message.find("so that the rule matches"), std::string::npos);
  ASSERT_EQ(ids(transaction), "1 2");
  EXPECT_TRUE(transaction.matched_rules()[0].matches[0].undecided);
  EXPECT_FALSE(transaction.matched_rules()[1].matches[0].undecided);
}

const std::string kXml =
    "SecRequestBodyAccess On\n"
    "SecAction \"id:90,phase:1,pass,nolog,ctl:requestBodyProcessor=XML\"\n";

TEST(XpathLimit, OfStepsIsTold) {
  // An automaton of this path has a state for each choice of five of the sixty elements.
  const auto program =
      compile(kXml + "SecRule XML://*//*//*//*//* \"@rx x\" \"id:1,phase:2,pass\"");
  TransactionOptions options;
  options.limits.xpath_steps = 1000;
  Transaction transaction(*program, options);
  send(transaction, post("text/xml", repeated("<a>", 60) + "x" + repeated("</a>", 60)));
  EXPECT_EQ(undecided(transaction), "xpath-limit");
  EXPECT_EQ(transaction.problems()[0].message,
            "XML://*//*//*//*//*: the XPath was given up after 1000 steps");
}

TEST(XpathLimit, OfMembersIsTold) {
  const auto program = compile(kXml + "SecRule XML://b \"@rx x\" \"id:1,phase:2,pass\"");
  TransactionOptions options;
  options.limits.xpath_members = 2;
  Transaction transaction(*program, options);
  send(transaction, post("text/xml", "<a><b>1</b><b>2</b><b>x</b></a>"));
  EXPECT_EQ(undecided(transaction), "xpath-limit");
}

TEST(XpathLimit, ARuleThatCannotBeEvaluatedIsNone) {
  const auto program = compile(kXml + "SecRule XML://p:b \"@rx x\" \"id:1,phase:2,pass\"");
  Transaction transaction(*program);
  send(transaction, post("text/xml", "<a/>"));
  EXPECT_EQ(transaction.problems().size(), 1U);
  EXPECT_EQ(undecided(transaction), "");
}

TEST(XpathSelections, AreThoseOfTheDocumentThatWasRead) {
  const auto program = compile(kXml +
                               "SecRule &XML:/* \"@eq 0\" \"id:1,phase:1,pass\"\n"
                               "SecRule XML:/* \"@streq x\" \"id:2,phase:2,pass\"\n"
                               "SecRule XML:/* \"@contains x\" \"id:3,phase:2,pass\"\n"
                               "SecRule XML://@* \"@streq y\" \"id:4,phase:2,pass\"");
  Transaction transaction(*program);
  send(transaction, post("text/xml", "<a b='y'>x</a>"));
  EXPECT_EQ(ids(transaction), "1 2 3 4");
}

TEST(TargetRemovals, AreLookedUpOnce) {
  // Each argument has the rule run its ctl again: it counts once.
  const auto program = compile(
      "SecRule ARGS \"@rx x\" \"id:1,phase:1,pass,nolog,ctl:ruleRemoveTargetById=2;ARGS:b\"\n"
      "SecRule ARGS \"@rx x\" \"id:2,phase:1,pass\"\n"
      "SecRule ARGS \"@rx x\" \"id:3,phase:1,pass,ctl:ruleRemoveTargetById=3;ARGS:b\"");
  Transaction transaction(*program);
  send(transaction, get("/?b=x&a=x&b=x&b=x"));
  ASSERT_EQ(ids(transaction), "2 3");
  ASSERT_EQ(transaction.matched_rules()[0].matches.size(), 1U);
  EXPECT_EQ(transaction.matched_rules()[0].matches[0].key, "a");
  // Of its own values, those after the first match are left out.
  EXPECT_EQ(transaction.matched_rules()[1].matches.size(), 2U);
}

}  // namespace
}  // namespace wafcheck::engine
