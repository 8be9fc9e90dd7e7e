#include <gmock/gmock.h>

#include "parser/language/semantics.h"
#include "parser/ruleset/rule.h"
#include "tests/unit/parser/support.h"

namespace wafcheck::parser {
namespace {

using testing::ElementsAreArray;
using testing::IsEmpty;

std::string drawn(const MacroText& macros) {
  std::string out;
  for (const MacroPart& part : macros.parts) {
    if (part.is_variable) {
      out += fmt::format("<{}{}{}>", info(part.variable).name, part.text.empty() ? "" : ".",
                         part.text);
    } else {
      out += part.text;
    }
  }
  return out;
}

struct Draw {
  std::string operator()(std::monostate) const { return ""; }
  std::string operator()(uint64_t number) const { return fmt::format("={}", number); }
  std::string operator()(const std::string& word) const { return fmt::format("='{}'", word); }
  std::string operator()(const MacroText& macros) const {
    return fmt::format("=\"{}\"", drawn(macros));
  }
  std::string operator()(Transformation t) const { return fmt::format("={}", info(t).name); }
  std::string operator()(const Setvar& setvar) const {
    constexpr const char* kOperations[] = {"=", "+", "-", "!"};
    return fmt::format("({}.{}{}{})", info(setvar.collection).name, drawn(setvar.name),
                       kOperations[static_cast<size_t>(setvar.operation)], drawn(setvar.value));
  }
  std::string operator()(const CtlUse& ctl) const {
    std::string out = fmt::format("({}={}", info(ctl.option).name, ctl.value);
    for (const IdRange& range : ctl.filter.ids) {
      out += fmt::format(" {}-{}", range.first, range.last);
    }
    if (!ctl.filter.text.empty()) {
      out += fmt::format(" {}[{}]", ctl.filter.regex ? "~" : "", ctl.filter.text);
    }
    for (const Target& target : ctl.targets) {
      out += fmt::format(" {}:{}", info(target.variable).name, target.selector.text);
    }
    return out + ")";
  }
  std::string operator()(const CollectionUse& use) const {
    return fmt::format("({}.{}={})", info(use.collection).name, drawn(use.key), drawn(use.value));
  }
  std::string operator()(const Xmlns& xmlns) const {
    return fmt::format("({}={})", xmlns.prefix, xmlns.uri);
  }
};

std::string drawn(const std::vector<ActionUse>& actions) {
  std::string out;
  for (const ActionUse& use : actions) {
    if (!out.empty()) out += ' ';
    out += std::string(info(use.id).name) + std::visit(Draw(), use.value);
  }
  return out;
}

struct ActionCase {
  std::string text;
  std::string drawn;
  std::vector<std::string> told;
};

class Actions : public testing::TestWithParam<ActionCase> {};

TEST_P(Actions, AreRead) {
  Written written(GetParam().text);
  const auto actions =
      parse_actions(written.text, semantics_of(Profile::standard), written.diagnostics);
  EXPECT_EQ(drawn(actions), GetParam().drawn);
  EXPECT_THAT(told(written.sources, written.diagnostics), ElementsAreArray(GetParam().told));
}

INSTANTIATE_TEST_SUITE_P(
    List, Actions,
    testing::ValuesIn(std::vector<ActionCase>{
        {"id:1", "id=1", {}},
        {"id:1,phase:2,deny", "id=1 phase=2 deny", {}},
        {" id:1 , phase:2 ,\tdeny ", "id=1 phase=2 deny", {}},
        {"ID:'1',Phase:Request", "id=1 phase=2", {}},
        {"msg:'a, b'", "msg=\"a, b\"", {}},
        {"msg: 'a'", "msg=\"a\"", {}},
        {"msg:a b", "msg=\"a b\"", {}},
        {R"(msg:'it\'s')", "msg=\"it's\"", {}},
        {R"(msg:'a\d\\')", R"(msg="a\d\\")", {}},
        {"msg:'',pass", "msg=\"\" pass", {}},
        {"sanitizeMatched", "sanitiseMatched", {}},
        {"", "", {"empty-action 1:1"}},
        {"pass,", "pass", {"empty-action 1:5"}},
        {",pass", "pass", {"empty-action 1:1"}},
        {"pass,,log", "pass log", {"empty-action 1:6"}},
        {"frobnicate,pass", "pass", {"unknown-action 1:1"}},
        {"setvar1:'tx.x=1,2',pass", "pass", {"unknown-action 1:1"}},
        {"pass;log", "pass", {"unknown-action 1:5"}},
        {"pass log,id:1", "pass id=1", {"unknown-action 1:6"}},
        {"\"pass\",log", "log", {"unknown-action 1:1"}},
        {"msg:'a',pass,msg:b, it goes on", "msg=\"a\" pass msg=\"b\"", {"bad-setvar-quoting 1:21"}},
        {"msg:'Don't',pass", "pass", {"bad-setvar-quoting 1:9"}},
        {"msg:'Don't do','x',pass", "pass", {"bad-setvar-quoting 1:9", "unknown-action 1:16"}},
        {"id:1,msg:'abc,pass", "id=1", {"unterminated-quote 1:10"}},
        {"msg", "", {"invalid-action-argument 1:1"}},
        {"msg:,pass", "pass", {"invalid-action-argument 1:1"}},
        {"deny:403", "deny", {"invalid-action-argument 1:6"}},
    }));

INSTANTIATE_TEST_SUITE_P(
    Values, Actions,
    testing::ValuesIn(std::vector<ActionCase>{
        {"id:0", "id=0", {"invalid-action-argument 1:4"}},
        {"id:-1", "id=0", {"invalid-action-argument 1:4"}},
        {"id:'x'", "id=0", {"invalid-action-argument 1:5"}},
        {"id", "id=0", {"invalid-action-argument 1:1"}},
        {"id:18446744073709551615", "id=18446744073709551615", {}},
        {"id:18446744073709551616", "id=0", {"invalid-action-argument 1:4"}},
        {"phase:1,phase:response,phase:LOGGING", "phase=1 phase=4 phase=5", {}},
        {"phase:0", "", {"invalid-action-argument 1:7"}},
        {"phase:6", "", {"invalid-action-argument 1:7"}},
        {"phase:first", "", {"invalid-action-argument 1:7"}},
        {"severity:2,severity:'critical',severity:DEBUG", "severity=2 severity=2 severity=7", {}},
        {"severity:8", "", {"invalid-action-argument 1:10"}},
        {"severity:CRITICL", "", {"invalid-action-argument 1:10"}},
        {"status:100,status:599", "status=100 status=599", {}},
        {"status:99", "", {"invalid-action-argument 1:8"}},
        {"status:600", "", {"invalid-action-argument 1:8"}},
        {"skip:1", "skip=1", {}},
        {"skip:0", "", {"invalid-action-argument 1:6"}},
        {"skip:x", "", {"invalid-action-argument 1:6"}},
        {"skipAfter:END-A", "skipAfter='END-A'", {}},
        {"maturity:'9',accuracy:1", "maturity=9 accuracy=1", {}},
        {"accuracy:10", "", {"invalid-action-argument 1:10"}},
        {"pause:5000", "pause=5000", {}},
        {"rev:'2',ver:OWASP/4", "rev='2' ver='OWASP/4'", {}},
        {"allow,allow:phase,allow:Request", "allow='' allow='phase' allow='request'", {}},
        {"allow:all", "allow", {"invalid-action-argument 1:7"}},
        {"t:none,t:lowerCase,t:urlDecodeUni", "t=none t=lowercase t=urlDecodeUni", {}},
        {"t:lowercases", "", {"unknown-transformation 1:3"}},
        {"t: none", "t=none", {}},
        {"tag:'%{tx.a}/b',logdata:'%{MATCHED_VAR}'",
         "tag=\"<TX.a>/b\" logdata=\"<MATCHED_VAR>\"",
         {}},
        {"msg:'%{TX.0'", "msg=\"%{TX.0\"", {"macro-malformed 1:6"}},
        {"redirect:https://a/?b=%{UNIQUE_ID}", "redirect=\"https://a/?b=<UNIQUE_ID>\"", {}},
        {"setenv:a=%{tx.b}", "setenv=\"a=<TX.b>\"", {}},
        {"xmlns:soap=http://a", "xmlns(soap=http://a)", {}},
        {"xmlns:soap", "", {"invalid-action-argument 1:7"}},
        {"setvar:tx.a", "setvar(TX.a=1)", {}},
        {"setvar:!tx.a", "setvar(TX.a!)", {}},
        {"setvar:tx.a=", "setvar(TX.a=)", {}},
        {"setvar:'tx.a=b, c'", "setvar(TX.a=b, c)", {}},
        {"setvar:tx.a=+5,setvar:ip.b=-%{tx.c}", "setvar(TX.a+5) setvar(IP.b-<TX.c>)", {}},
        {"setvar:tx.a=+-4", "setvar(TX.a+-4)", {}},
        {"setvar:TX:a=1", "setvar(TX.a=1)", {}},
        {"setvar:tx.o.p=1", "setvar(TX.o.p=1)", {}},
        {"setvar:tx.g_%{tx.a}=%{tx.b}x=y", "setvar(TX.g_<TX.a>=<TX.b>x=y)", {}},
        {"setvar:tx.a=b c", "setvar(TX.a=b c)", {"bad-setvar-quoting 1:14"}},
        {"setvar:tx", "", {"invalid-action-argument 1:8"}},
        {"setvar:tx.", "", {"invalid-action-argument 1:8"}},
        {"setvar:tx.=1", "", {"invalid-action-argument 1:8"}},
        {"setvar:a=1", "", {"invalid-action-argument 1:8"}},
        {"setvar:tz.a=1", "", {"unknown-variable 1:8"}},
        {"setvar:args.a=1", "", {"invalid-action-argument 1:8"}},
        {"setvar:tx.a=%{nosuch}", "setvar(TX.a=%{nosuch})", {"unknown-variable 1:15"}},
        {"initcol:ip=%{REMOTE_ADDR}_x", "initcol(IP.<REMOTE_ADDR>_x=)", {}},
        {"initcol:ip", "", {"invalid-action-argument 1:9"}},
        {"initcol:tx=1", "", {"invalid-action-argument 1:9"}},
        {"initcol:ipp=1", "", {"unknown-variable 1:9"}},
        {"expirevar:'ip.a=600'", "expirevar(IP.a=600)", {}},
        {"expirevar:ip.a=%{tx.b}", "expirevar(IP.a=<TX.b>)", {}},
        {"expirevar:ip.a=soon", "", {"invalid-action-argument 1:16"}},
        {"expirevar:ip.a", "", {"invalid-action-argument 1:11"}},
        {"deprecatevar:session.a=60/300", "deprecatevar(SESSION.a=60/300)", {}},
        {"deprecatevar:session.a=60", "", {"invalid-action-argument 1:24"}},
        {"deprecatevar:session.a=60/0", "", {"invalid-action-argument 1:24"}},
    }));

INSTANTIATE_TEST_SUITE_P(
    Ctl, Actions,
    testing::ValuesIn(std::vector<ActionCase>{
        {"ctl:ruleEngine=detectiononly", "ctl(ruleEngine=DetectionOnly)", {}},
        {"ctl:ruleEngine=Maybe", "", {"invalid-action-argument 1:16"}},
        {"ctl:ruleEngine", "", {"invalid-action-argument 1:5"}},
        {"ctl:ruleEngine=", "", {"invalid-action-argument 1:5"}},
        {"ctl:ruleEngin=On", "", {"unknown-ctl 1:5"}},
        {"ctl:ruleRemoveByID2=1", "", {"unknown-ctl 1:5"}},
        {"ctl:requestBodyProcessor=xml", "ctl(requestBodyProcessor=XML)", {}},
        {"ctl:auditLogParts=+E", "ctl(auditLogParts=+E)", {}},
        {"ctl:auditLogParts=+", "", {"invalid-action-argument 1:19"}},
        {"ctl:requestBodyLimit=1x", "", {"invalid-action-argument 1:22"}},
        {"ctl:ruleRemoveById=942100", "ctl(ruleRemoveById=942100 942100-942100)", {}},
        {"ctl:'ruleRemoveById=1,5-9'", "ctl(ruleRemoveById=1,5-9 1-1 5-9)", {}},
        {"ctl:ruleRemoveById=9-5", "", {"invalid-rule-id 1:20"}},
        {"ctl:ruleRemoveById=abc", "", {"invalid-rule-id 1:20"}},
        {"ctl:ruleRemoveByTag=attack", "ctl(ruleRemoveByTag=attack [attack])", {}},
        {"ctl:ruleRemoveByTag=/^attack/", "ctl(ruleRemoveByTag=/^attack/ ~[^attack])", {}},
        {"ctl:ruleRemoveByTag=/a(/", "", {"invalid-regex 1:23"}},
        {"ctl:ruleRemoveTargetById=1;ARGS:a", "ctl(ruleRemoveTargetById=1;ARGS:a 1-1 ARGS:a)", {}},
        {"ctl:'ruleRemoveTargetById=1-3;ARGS:/^a/,TX:b'",
         "ctl(ruleRemoveTargetById=1-3;ARGS:/^a/,TX:b 1-3 ARGS:^a TX:b)",
         {}},
        {"ctl:ruleRemoveTargetByTag=x/y;ARGS",
         "ctl(ruleRemoveTargetByTag=x/y;ARGS [x/y] ARGS:)",
         {}},
        {"ctl:'ruleRemoveTargetByMsg=a b;ARGS'",
         "ctl(ruleRemoveTargetByMsg=a b;ARGS [a b] ARGS:)",
         {}},
        {"ctl:ruleRemoveTargetById=1", "", {"invalid-action-argument 1:26"}},
        {"ctl:ruleRemoveTargetById=1;", "", {"invalid-action-argument 1:26"}},
        {"ctl:ruleRemoveTargetById=1;ARGZ:a", "", {"unknown-variable 1:28"}},
    }));

TEST(ActionSpans, CoverTheTextThatTheyName) {
  Written written("id:1, msg:'a b' ,pass");
  const auto actions =
      parse_actions(written.text, semantics_of(Profile::standard), written.diagnostics);
  ASSERT_EQ(actions.size(), 3u);
  EXPECT_EQ(written.at(actions[1].span), "msg:'a b'");
  EXPECT_EQ(written.at(actions[1].name_span), "msg");
  EXPECT_EQ(written.at(actions[1].value_span), "'a b'");
  EXPECT_EQ(actions[1].raw, "a b");
  EXPECT_EQ(actions[1].quote, '\'');
  EXPECT_EQ(written.at(actions[2].span), "pass");
  EXPECT_EQ(written.at(actions[2].value_span), "");
}

TEST(ActionHelp, SuggestsTheNearestWord) {
  struct Case {
    std::string text;
    std::string help;
  };
  for (const Case& c : {Case{"setvra:tx.a=1", "did you mean setvar?"},
                        Case{"t:lowercases", "did you mean lowercase?"},
                        Case{"ctl:ruleEngin=On", "did you mean ruleEngine?"},
                        Case{"ctl:ruleEngine=DetectionOnl", "did you mean DetectionOnly?"},
                        Case{"severity:CRITICL", "did you mean CRITICAL?"},
                        Case{"msg:'Don't'", "write \\' for an apostrophe"}}) {
    Written written(c.text);
    parse_actions(written.text, semantics_of(Profile::standard), written.diagnostics);
    ASSERT_EQ(written.diagnostics.size(), 1u) << c.text;
    EXPECT_EQ(written.diagnostics[0].help, c.help) << c.text;
  }
}

TEST(ActionProfiles, UnescapeValuesTheirWay) {
  struct Case {
    Profile profile;
    std::string raw;
  };
  for (const Case& c :
       {Case{Profile::standard, R"(a'b\\c)"}, Case{Profile::coraza, R"(a'b\\c)"},
        Case{Profile::modsecurity2, R"(a'b\c)"}, Case{Profile::modsecurity3, R"(a\'b\\c)"}}) {
    Written written(R"(msg:'a\'b\\c')");
    const auto actions = parse_actions(written.text, semantics_of(c.profile), written.diagnostics);
    ASSERT_EQ(actions.size(), 1u);
    EXPECT_EQ(actions[0].raw, c.raw) << to_string(c.profile);
  }
}

TEST(ActionProfiles, ModSecurity3ListsHoldTheirContinuations) {
  Written written("id:1,\\\n  phase:2,\\\r\n  msg:'a \\\n b'");
  const auto actions =
      parse_actions(written.text, semantics_of(Profile::modsecurity3), written.diagnostics);
  EXPECT_THAT(told(written.sources, written.diagnostics), IsEmpty());
  EXPECT_EQ(drawn(actions), "id=1 phase=2 msg=\"a \\\n b\"");
}

TEST(ActionLists, LongOnesTakeLinearTime) {
  for (const char* const unit : {"log,", "msg:'a'b',", "x y,", ",", "'", "msg:\\'"}) {
    std::string text;
    while (text.size() < 1'000'000) text += unit;
    Written written(text);
    parse_actions(written.text, semantics_of(Profile::standard), written.diagnostics);
    SUCCEED();
  }
}

}  // namespace
}  // namespace wafcheck::parser
