#include "engine/actions/script_host.h"

#include <gmock/gmock.h>

#include "tests/unit/engine/evaluate.h"

namespace wafcheck::engine {
namespace {

using ::testing::HasSubstr;

/// A transaction of GET /?q=AbC&e=evil over rules whose script s.lua has this main().
class Scripted {
 public:
  explicit Scripted(const std::string& body,
                    const std::string& rules = "SecRuleScript s.lua \"id:1,phase:1,deny\"",
                    ScriptAccess access = ScriptAccess::limited, Limits limits = {}) {
    ProgramOptions options;
    options.scripts = access;
    TestProgram made = try_compile("SecRuleEngine On\n" + rules, {}, options,
                                   {{"s.lua", "function main(value)\n" + body + "\nend"}});
    faults = made.faults;
    if (!made.program) return;
    program_ = made.program;
    TransactionOptions of;
    of.limits = limits;
    transaction_ = std::make_unique<Transaction>(*program_, of);
    transaction_->process_connection("192.0.2.1", 1, "192.0.2.2", 80);
    transaction_->process_uri("/?q=AbC&e=evil", "GET", "HTTP/1.1");
    transaction_->process_request_headers();
    transaction_->process_request_body();
  }

  const Transaction& transaction() const { return *transaction_; }
  std::string tx(std::string_view name) const {
    return std::string(transaction_->tx(name).value_or("(unset)"));
  }
  std::string problem() const {
    const auto problems = transaction_->problems();
    return problems.empty() ? "" : problems[0].kind + ": " + problems[0].message;
  }
  std::string faults;

 private:
  std::shared_ptr<const Program> program_;
  std::unique_ptr<Transaction> transaction_;
};

TEST(SecRuleScript, MatchesWithWhatTheScriptReturns) {
  const Scripted scripted("return 'bad'");
  ASSERT_TRUE(scripted.transaction().interruption());
  ASSERT_EQ(scripted.transaction().matched_rules().size(), 1U);
  const MatchedRule& rule = scripted.transaction().matched_rules()[0];
  ASSERT_EQ(rule.matches.size(), 1U);
  EXPECT_EQ(rule.matches[0].name(), "SecRuleScript");
  EXPECT_EQ(rule.matches[0].value, "bad");
}

TEST(SecRuleScript, DoesNotMatchWithoutAResult) {
  EXPECT_FALSE(Scripted("return nil").transaction().interruption());
}

TEST(SecRuleScript, CanStartAChain) {
  const std::string rules =
      "SecRuleScript s.lua \"id:1,phase:1,deny,chain\"\nSecRule ARGS:e \"@streq evil\"";
  EXPECT_TRUE(Scripted("return 'a'", rules).transaction().interruption());
  EXPECT_FALSE(Scripted("return nil", rules).transaction().interruption());
}

TEST(SecRuleScript, IsReportedWhereScriptsAreNotAllowed) {
  const Scripted scripted("return 'bad'", "SecRuleScript s.lua \"id:1,phase:1,deny\"",
                          ScriptAccess::none);
  EXPECT_FALSE(scripted.transaction().interruption());
  EXPECT_THAT(scripted.problem(), HasSubstr("offline: rule 1: a script is not run"));
}

TEST(SecRuleScript, DoesNotRunInCoraza) {
  ProgramOptions options;
  options.scripts = ScriptAccess::limited;
  const TestProgram made =
      try_compile("SecRuleScript s.lua \"id:1,phase:1,deny\"", as(parser::Profile::coraza), options,
                  {{"s.lua", "function main() return 'x' end"}});
  ASSERT_NE(made.program, nullptr) << made.faults;
  EXPECT_EQ(evaluate(*made.program, TestRequest{}).matched, "");
}

TEST(SecRuleScript, ThatIsNotThereDoesNotLoad) {
  EXPECT_THAT(Scripted("", "SecRuleScript none.lua \"id:1,phase:1,deny\"").faults,
              HasSubstr("none.lua"));
}

TEST(SecRuleScript, ThatDoesNotCompileDoesNotLoad) {
  EXPECT_THAT(Scripted("return (").faults, HasSubstr("s.lua:3: "));
}

TEST(SecRuleScript, ThatFailsIsReportedAndDoesNotMatch) {
  const Scripted scripted("error('boom')");
  EXPECT_FALSE(scripted.transaction().interruption());
  EXPECT_EQ(scripted.problem(), "script: rule 1: s.lua:2: boom");
}

TEST(SecRuleScript, OverALimitLeavesTheTransactionUndecided) {
  Limits limits;
  limits.script_steps = 1000;
  const Scripted scripted("while true do end", "SecRuleScript s.lua \"id:1,phase:1,deny\"",
                          ScriptAccess::limited, limits);
  EXPECT_TRUE(scripted.transaction().undecided());
  EXPECT_EQ(scripted.problem(), "script-limit: rule 1: s.lua: more than 1000 steps");
}

TEST(InspectFile, AsksTheScriptAboutEachValue) {
  const std::string rules = "SecRule ARGS \"@inspectFile s.lua\" \"id:1,phase:1,deny,t:lowercase\"";
  const Scripted scripted("if value == 'abc' then return 'yes' end", rules);
  ASSERT_EQ(scripted.transaction().matched_rules().size(), 1U);
  EXPECT_EQ(scripted.transaction().matched_rules()[0].matches[0].name(), "ARGS:q");
}

TEST(InspectFile, NeverRunsPrograms) {
  const Scripted scripted("", "SecRule ARGS:e \"@inspectFile /bin/true\" \"id:1,phase:1,deny\"",
                          ScriptAccess::unsafe_libraries);
  EXPECT_FALSE(scripted.transaction().interruption());
  EXPECT_THAT(scripted.problem(), HasSubstr("not evaluated offline"));
}

TEST(Exec, RunsAScript) {
  const Scripted scripted("m.setvar('tx.ran', 'yes')",
                          "SecRule ARGS:e \"@streq evil\" \"id:1,phase:1,pass,exec:s.lua\"");
  EXPECT_EQ(scripted.tx("ran"), "yes");
}

TEST(Exec, NeverRunsPrograms) {
  const Scripted scripted("", "SecAction \"id:1,phase:1,pass,exec:/bin/true\"",
                          ScriptAccess::unsafe_libraries);
  EXPECT_THAT(scripted.problem(), HasSubstr("exec was not carried out"));
}

TEST(ScriptHost, FindsMembersByDotAndColon) {
  const Scripted scripted("m.setvar('tx.a', m.getvar('ARGS.e') .. m.getvar('ARGS:q'))");
  EXPECT_EQ(scripted.tx("a"), "evilAbC");
}

TEST(ScriptHost, TransformsInOrder) {
  const Scripted scripted("m.setvar('tx.a', m.getvar('ARGS.q', {'lowercase', 'hexEncode'}))");
  EXPECT_EQ(scripted.tx("a"), "616263");
}

TEST(ScriptHost, NamesTheValuesOfACollection) {
  const Scripted scripted(
      "local s = '' for _, v in ipairs(m.getvars('ARGS', 'lowercase')) do\n"
      "s = s .. v.name .. '=' .. v.value .. ';' end m.setvar('tx.a', s)");
  EXPECT_EQ(scripted.tx("a"), "ARGS:q=abc;ARGS:e=evil;");
}

TEST(ScriptHost, ReadsVariablesThatNoRuleReads) {
  const Scripted scripted("m.setvar('tx.a', m.getvar('REQUEST_URI') .. m.getvar('REMOTE_ADDR'))");
  EXPECT_EQ(scripted.tx("a"), "/?q=AbC&e=evil192.0.2.1");
}

TEST(ScriptHost, UnsetsWithNil) {
  const Scripted scripted("m.setvar('tx.a', 'x') m.setvar('tx.a', nil)");
  EXPECT_EQ(scripted.tx("a"), "(unset)");
}

TEST(ScriptHost, SetsMembersOfPersistentCollections) {
  const Scripted scripted("m.setvar('ip.n', '5') m.setvar('tx.a', m.getvar('ip.n'))",
                          "SecAction \"id:2,phase:1,pass,initcol:ip=x\"\n"
                          "SecRuleScript s.lua \"id:1,phase:1,deny\"");
  EXPECT_EQ(scripted.tx("a"), "5");
}

TEST(ScriptHost, ReportsVariablesThatItCannotSet) {
  EXPECT_THAT(Scripted("m.setvar('args.a', '1')").problem(), HasSubstr("cannot set args.a"));
  EXPECT_THAT(Scripted("m.setvar('nodot', '1')").problem(), HasSubstr("cannot set nodot"));
}

TEST(ScriptHost, ReportsNamesThatItDoesNotKnow) {
  EXPECT_THAT(Scripted("m.getvar('NOSUCH')").problem(), HasSubstr("NOSUCH, which is no variable"));
  EXPECT_THAT(Scripted("m.getvar('ARGS.e', 'nosuch')").problem(),
              HasSubstr("the transformation nosuch"));
}

}  // namespace
}  // namespace wafcheck::engine
