#include "engine/transaction.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "engine/state/match_memory.h"
#include "tests/unit/engine/evaluate.h"

namespace wafcheck::engine {
namespace {

using parser::Variable;

// --- which rules match ---------------------------------------------------------------------------

struct IdsRow {
  const char* name;
  const char* rules;
  TestRequest request;
  const char* ids;
};

const IdsRow kIdsRows[] = {
    {"OneRule", R"(SecRule REQUEST_URI "@streq /admin" "id:1,phase:1,deny")", get("/admin"), "1"},
    {"NoMatch", R"(SecRule REQUEST_URI "@streq /admin" "id:1,phase:1,deny")", get("/"), ""},
    {"LoadOrderInAPhase",
     "SecAction \"id:2,phase:1,pass\"\nSecAction \"id:1,phase:1,pass\"",
     {},
     "2 1"},
    {"PhasesInTurn",
     "SecAction \"id:5,phase:5,pass\"\nSecAction \"id:4,phase:4,pass\"\n"
     "SecAction \"id:3,phase:3,pass\"\nSecAction \"id:2,phase:2,pass\"\nSecAction "
     "\"id:1,phase:1,pass\"",
     {},
     "1 2 3 4 5"},
    {"ChainNeedsEveryLink",
     "SecRule ARGS:a \"@streq 1\" \"id:1,phase:2,pass,chain\"\nSecRule ARGS:b \"@streq 2\"",
     get("/?a=1&b=2"), "1"},
    {"ChainStopsAtAMiss",
     "SecRule ARGS:a \"@streq 1\" \"id:1,phase:2,pass,chain\"\nSecRule ARGS:b \"@streq 2\"",
     get("/?a=1&b=3"), ""},
    {"NegationOfAnAbsentMemberIsNoMatch", R"(SecRule ARGS:a "!@streq 1" "id:1,phase:2,pass")",
     get("/?b=1"), ""},
    {"CountOfMembers", R"(SecRule &ARGS:a "@eq 2" "id:1,phase:2,pass")", get("/?a=1&A=2&b=3"), "1"},
    {"CountOfNone", R"(SecRule &ARGS "@eq 0" "id:1,phase:2,pass")", get("/"), "1"},
    {"SelectorsIgnoreCase",
     R"(SecRule REQUEST_HEADERS:HOST "@streq example.com" "id:1,phase:1,pass")",
     {},
     "1"},
    {"RegexSelector", R"(SecRule ARGS:/^p_/ "@streq x" "id:1,phase:2,pass")", get("/?q=x&p_1=x"),
     "1"},
    {"ExcludedMember", R"(SecRule ARGS|!ARGS:skip "@streq x" "id:1,phase:2,pass")", get("/?skip=x"),
     ""},
    {"ExclusionOfOneNameOnly", R"(SecRule ARGS|!ARGS:skip "@streq x" "id:1,phase:2,pass")",
     get("/?other=x"), "1"},
    {"ExclusionByRegex", R"(SecRule ARGS|!ARGS:/^s/ "@streq x" "id:1,phase:2,pass")",
     get("/?skip=x"), ""},
    {"UnsetScalarHasAnEmptyValue", R"(SecRule AUTH_TYPE "@rx ^$" "id:1,phase:1,pass")", {}, "1"},
    {"Skip",
     "SecAction \"id:1,phase:1,pass,skip:1\"\nSecAction \"id:2,phase:1,pass\"\nSecAction "
     "\"id:3,phase:1,pass\"",
     {},
     "1 3"},
    {"SkipCountsAChainOnce",
     "SecAction \"id:1,phase:1,pass,skip:1\"\nSecRule ARGS \"x\" \"id:2,phase:1,pass,chain\"\n"
     "SecRule ARGS \"x\"\nSecAction \"id:3,phase:1,pass\"",
     {},
     "1 3"},
    {"SkipAfter",
     "SecAction \"id:1,phase:1,pass,skipAfter:END\"\nSecAction \"id:2,phase:1,pass\"\nSecMarker "
     "END\n"
     "SecAction \"id:3,phase:1,pass\"",
     {},
     "1 3"},
    {"SkipAfterIsOfItsPhase",
     "SecAction \"id:1,phase:1,pass,skipAfter:END\"\nSecAction \"id:2,phase:2,pass\"\nSecMarker "
     "END",
     {},
     "1 2"},
    {"SkipAfterWithoutMarkerSkipsThePhase",
     "SecAction \"id:1,phase:1,pass,skipAfter:NOWHERE\"\n"
     "SecAction \"id:2,phase:1,pass\"\nSecAction \"id:3,phase:2,pass\"",
     {},
     "1 3"},
    {"AllowEndsAllPhasesButLogging",
     "SecAction \"id:1,phase:1,allow\"\nSecAction \"id:2,phase:1,pass\"\n"
     "SecAction \"id:3,phase:2,pass\"\nSecAction \"id:4,phase:3,pass\"\nSecAction "
     "\"id:5,phase:5,pass\"",
     {},
     "1 5"},
    {"AllowPhase",
     "SecAction \"id:1,phase:1,allow:phase\"\nSecAction \"id:2,phase:1,pass\"\nSecAction "
     "\"id:3,phase:2,pass\"",
     {},
     "1 3"},
    {"AllowRequest",
     "SecAction \"id:1,phase:1,allow:request\"\nSecAction \"id:2,phase:2,pass\"\nSecAction "
     "\"id:3,phase:3,pass\"",
     {},
     "1 3"},
    {"DenyEndsPhasesButLogging",
     "SecAction \"id:1,phase:1,deny\"\nSecAction \"id:2,phase:1,pass\"\n"
     "SecAction \"id:3,phase:2,pass\"\nSecAction \"id:5,phase:5,pass\"",
     {},
     "1 5"},
    {"DetectionOnlyGoesOn",
     "SecRuleEngine DetectionOnly\nSecAction \"id:1,phase:1,deny\"\nSecAction "
     "\"id:2,phase:1,pass\"",
     {},
     "1 2"},
    {"EngineOffRunsNothing", "SecRuleEngine Off\nSecAction \"id:1,phase:1,deny\"", {}, ""},
    {"CtlRuleEngineOff",
     "SecAction \"id:1,phase:1,pass,ctl:ruleEngine=Off\"\nSecAction \"id:2,phase:1,pass\"",
     {},
     "1"},
    {"CtlRemovesById",
     "SecAction \"id:1,phase:1,pass,ctl:ruleRemoveById=2\"\nSecAction \"id:2,phase:1,pass\"",
     {},
     "1"},
    {"CtlRemovesByRange",
     "SecAction \"id:1,phase:1,pass,ctl:ruleRemoveById=2-3\"\nSecAction \"id:3,phase:1,pass\"",
     {},
     "1"},
    {"CtlRemovesByTag",
     "SecAction \"id:1,phase:1,pass,ctl:ruleRemoveByTag=x\"\nSecAction "
     "\"id:2,phase:1,pass,tag:'x'\"",
     {},
     "1"},
    {"CtlRemovesATarget",
     "SecAction \"id:1,phase:1,pass,ctl:ruleRemoveTargetById=2;ARGS:a\"\n"
     "SecRule ARGS \"@streq x\" \"id:2,phase:1,pass\"",
     get("/?A=x"), "1"},
    {"CtlRemovesATargetOfAllLinks",
     "SecAction \"id:1,phase:1,pass,ctl:ruleRemoveTargetById=2;ARGS:a\"\n"
     "SecRule REQUEST_URI \"x\" \"id:2,phase:1,pass,chain\"\nSecRule ARGS:a \"@streq x\"",
     get("/?a=x"), "1"},
    {"CtlOfAFailingChainHolds",
     "SecAction \"id:1,phase:1,pass,chain,ctl:ruleRemoveById=2\"\nSecRule ARGS:a \"@streq x\"\n"
     "SecAction \"id:2,phase:1,pass\"",
     {},
     ""},
    {"RemovedByDirective", "SecAction \"id:1,phase:1,pass\"\nSecRuleRemoveById 1", {}, ""},
    {"TargetUpdatedByDirective",
     "SecRule ARGS:a \"@streq x\" \"id:1,phase:1,pass\"\nSecRuleUpdateTargetById 1 \"ARGS:b\"",
     get("/?b=x"), "1"},
    {"TargetExcludedByDirective",
     "SecRule ARGS \"@streq x\" \"id:1,phase:1,pass\"\nSecRuleUpdateTargetById 1 \"!ARGS:b\"",
     get("/?b=x"), ""},
    {"MultiMatchTestsEachStep",
     "SecRule ARGS:a \"@streq A\" \"id:1,phase:1,pass,multiMatch,t:lowercase\"", get("/?a=A"), "1"},
    {"WithoutMultiMatchTheLastStep",
     "SecRule ARGS:a \"@streq A\" \"id:1,phase:1,pass,t:lowercase\"", get("/?a=A"), ""},
    {"TransformationNoneClears",
     "SecRule ARGS:a \"@streq A\" \"id:1,phase:1,pass,t:lowercase,t:none\"", get("/?a=A"), "1"},
    {"NologIsNotShown", "SecAction \"id:1,phase:1,pass,nolog\"", {}, ""},
    {"NologAuditlogIs", "SecAction \"id:1,phase:1,pass,nolog,auditlog\"", {}, "1"},
    {"RuleWithoutDisruptiveInherits",
     "SecDefaultAction \"phase:1,deny\"\nSecAction \"id:1,phase:1\"\nSecAction "
     "\"id:2,phase:1,pass\"",
     {},
     "1"},
    {"BlockTakesTheDefault",
     "SecDefaultAction \"phase:1,deny,status:418\"\nSecAction \"id:1,phase:1,block\"\nSecAction "
     "\"id:2,phase:1,pass\"",
     {},
     "1"},
    {"MacroInOperator",
     "SecAction \"id:1,phase:1,pass,nolog,setvar:'tx.list=GET HEAD'\"\n"
     "SecRule REQUEST_METHOD \"!@within %{tx.list}\" \"id:2,phase:1,pass\"",
     post("text/plain", "x"), "2"},
    {"MacroInRegex",
     "SecAction \"id:1,phase:1,pass,nolog,setvar:tx.word=sec+ret\"\n"
     "SecRule ARGS \"@rx ^%{tx.word}$\" \"id:2,phase:1,pass\"",
     get("/?a=seccret"), "2"},
    // bodies
    {"UrlencodedBody", R"(SecRule ARGS_POST:a "@streq 1 2" "id:1,phase:2,pass")",
     post("application/x-www-form-urlencoded", "a=1+2"), "1"},
    {"BodyWithoutProcessorHasNoArguments",
     R"(SecRule ARGS "@unconditionalMatch" "id:1,phase:2,pass")", post("text/plain", "a=1"), ""},
    {"BodyAccessOff",
     "SecRequestBodyAccess Off\nSecRule ARGS_POST \"@unconditionalMatch\" \"id:1,phase:2,pass\"",
     post("application/x-www-form-urlencoded", "a=1"), ""},
    {"JsonMembers",
     "SecAction \"id:1,phase:1,pass,nolog,ctl:requestBodyProcessor=JSON\"\n"
     "SecRule ARGS:json.a.0 \"@streq 1\" \"id:2,phase:2,pass\"",
     post("application/json", R"({"a":[1]})"), "2"},
    {"BrokenJsonSetsTheError",
     "SecAction \"id:1,phase:1,pass,nolog,ctl:requestBodyProcessor=JSON\"\n"
     "SecRule REQBODY_ERROR \"!@eq 0\" \"id:2,phase:2,pass\"",
     post("application/json", R"({"a":)"), "2"},
    {"XmlByXpath",
     "SecAction \"id:1,phase:1,pass,nolog,ctl:requestBodyProcessor=XML\"\n"
     "SecRule XML:/*|XML://@* \"@streq v\" \"id:2,phase:2,pass\"",
     post("text/xml", "<a b='v'>t</a>"), "2"},
    {"MultipartFieldAndFile",
     "SecRule ARGS_POST:f \"@streq 1\" \"id:1,phase:2,pass\"\nSecRule FILES:u \"@streq x.php\" "
     "\"id:2,phase:2,pass\"",
     post("multipart/form-data; boundary=b",
          "--b\r\nContent-Disposition: form-data; name=\"f\"\r\n\r\n1\r\n--b\r\n"
          "Content-Disposition: form-data; name=\"u\"; filename=\"x.php\"\r\n\r\nz\r\n--b--\r\n"),
     "1 2"},
    {"TooManyArguments",
     "SecArgumentsLimit 2\nSecRule REQBODY_ERROR \"@eq 1\" \"id:1,phase:2,pass\"\nSecRule &ARGS "
     "\"@eq 2\" \"id:2,phase:2,pass\"",
     get("/?a=1&b=2&c=3"), "1 2"},
    {"ResponseBodyOfListedType",
     "SecResponseBodyAccess On\nSecRule RESPONSE_BODY \"@contains leak\" \"id:1,phase:4,pass\"",
     answered("text/html; charset=utf-8", "a leak"), "1"},
    {"ResponseBodyOfOtherType",
     "SecResponseBodyAccess On\nSecRule RESPONSE_BODY \"@contains leak\" \"id:1,phase:4,pass\"",
     answered("image/png", "a leak"), ""},
    {"CookiesAndTheirNames",
     R"(SecRule REQUEST_COOKIES:sid|REQUEST_COOKIES_NAMES "@within x sid" "id:1,phase:1,pass")",
     {.headers = {{"Cookie", "sid=x; b=2"}}},
     "1"},
    {"RequestLine", R"(SecRule REQUEST_LINE "@streq GET /a?b HTTP/1.1" "id:1,phase:1,pass")",
     get("/a?b"), "1"},
};

class Ids : public testing::TestWithParam<IdsRow> {};
TEST_P(Ids, OfMatchedRules) {
  const IdsRow& row = GetParam();
  const auto program = compile(row.rules);
  ASSERT_NE(program, nullptr);
  Transaction transaction(*program);
  send(transaction, row.request);
  EXPECT_EQ(ids(transaction), row.ids);
}
INSTANTIATE_TEST_SUITE_P(Evaluation, Ids, testing::ValuesIn(kIdsRows),
                         [](const auto& row) { return row.param.name; });

// --- setvar --------------------------------------------------------------------------------------

struct SetvarRow {
  const char* name;
  const char* actions;  ///< of one SecAction
  const char* variable;
  const char* value;  ///< null: unset
};

const SetvarRow kSetvarRows[] = {
    {"Assign", "setvar:tx.a=1", "a", "1"},
    {"NamesIgnoreCase", "setvar:tx.Abc=1", "aBC", "1"},
    {"WithoutValueIsOne", "setvar:tx.a", "a", "1"},
    {"EmptyValue", "setvar:tx.a=", "a", ""},
    {"Unset", "setvar:tx.a=1,setvar:!tx.a", "a", nullptr},
    {"Add", "setvar:tx.a=1,setvar:tx.a=+5", "a", "6"},
    {"AddToUnset", "setvar:tx.a=+5", "a", "5"},
    {"Subtract", "setvar:tx.a=1,setvar:tx.a=-2", "a", "-1"},
    {"AddToText", "setvar:tx.a=abc,setvar:tx.a=+1", "a", "1"},
    {"LeadingNumberCounts", "setvar:tx.a=1.5,setvar:tx.a=+1", "a", "2"},
    {"MacroValue", "setvar:tx.a=x,setvar:'tx.b=%{tx.a}y'", "b", "xy"},
    {"MacroOperand", "setvar:tx.a=5,setvar:tx.b=+%{tx.a}", "b", "5"},
    {"MacroName", "setvar:tx.a=k,setvar:tx.b_%{tx.a}=1", "b_k", "1"},
    {"UnresolvedMacroIsEmpty", "setvar:'tx.a=%{tx.nope}x'", "a", "x"},
    {"CommaInQuotes", "setvar:'tx.a=x,y'", "a", "x,y"},
    {"FirstDotSplits", "setvar:tx.o.p=1", "o.p", "1"},
};

class Setvar : public testing::TestWithParam<SetvarRow> {};
TEST_P(Setvar, LeavesTheValue) {
  const SetvarRow& row = GetParam();
  const auto program =
      compile(std::string("SecAction \"id:1,phase:1,pass,nolog,") + row.actions + "\"");
  ASSERT_NE(program, nullptr);
  Transaction transaction(*program);
  send(transaction, {});
  const auto value = transaction.tx(row.variable);
  if (row.value == nullptr) {
    EXPECT_EQ(value, std::nullopt);
  } else {
    EXPECT_EQ(value, row.value);
  }
}
INSTANTIATE_TEST_SUITE_P(Evaluation, Setvar, testing::ValuesIn(kSetvarRows),
                         [](const auto& row) { return row.param.name; });

TEST(Setvar, RunsForEachValueEvenOfAFailingChain) {
  const auto program = compile(
      "SecRule ARGS \"@rx ^(.)\" \"id:1,phase:1,pass,nolog,capture,setvar:tx.c=+1,"
      "setvar:tx.last=%{MATCHED_VAR},chain\"\nSecRule ARGS:never \"@unconditionalMatch\"");
  Transaction transaction(*program);
  send(transaction, get("/?a=x&b=y"));
  EXPECT_EQ(transaction.tx("c"), "2");
  EXPECT_EQ(transaction.tx("last"), "y");
  EXPECT_EQ(transaction.tx("0"), "y");
}

TEST(Setvar, LeavesPinnedVariablesAloneButCounts) {
  const auto program = compile(
      "SecAction \"id:1,phase:1,pass,nolog,setvar:tx.level=1\"\n"
      "SecAction \"id:2,phase:1,pass,nolog,setvar:tx.level=+1\"",
      parser::Profile::standard, {.pinned_tx = {{"level", "4"}}});
  Transaction transaction(*program);
  send(transaction, {});
  EXPECT_EQ(transaction.tx("level"), "5");
  ASSERT_EQ(transaction.problems().size(), 1U);
  EXPECT_EQ(transaction.problems()[0].kind, "pinned");
}

TEST(Capture, ClearsWhatAnEarlierRuleCaptured) {
  const std::string rules =
      "SecRule ARGS:a \"@rx (.)(.)\" \"id:1,phase:1,pass,nolog,capture\"\n"
      "SecRule ARGS:b \"@rx .\" \"id:2,phase:1,pass,nolog,capture\"";
  const auto program = compile(rules);
  Transaction transaction(*program);
  send(transaction, get("/?a=xy&b=z"));
  EXPECT_EQ(transaction.tx("0"), "z");
  EXPECT_EQ(transaction.tx("2"), std::nullopt);
}

// --- what interrupts -----------------------------------------------------------------------------

struct InterruptionRow {
  const char* name;
  const char* rules;
  TestRequest request;
  Disruption action;
  int status;
  const char* url = "";
};

const InterruptionRow kInterruptionRows[] = {
    {"DenyIs403", "SecAction \"id:1,phase:1,deny\"", {}, Disruption::deny, 403},
    {"DenyWithStatus", "SecAction \"id:1,phase:1,deny,status:406\"", {}, Disruption::deny, 406},
    {"Drop", "SecAction \"id:1,phase:1,drop\"", {}, Disruption::drop, 403},
    {"RedirectIs302",
     "SecAction \"id:1,phase:1,redirect:/sorry\"",
     {},
     Disruption::redirect,
     302,
     "/sorry"},
    {"RedirectWithStatus",
     "SecAction \"id:1,phase:1,redirect:/sorry,status:301\"",
     {},
     Disruption::redirect,
     301,
     "/sorry"},
    {"RedirectWithOtherStatus",
     "SecAction \"id:1,phase:1,redirect:/sorry,status:404\"",
     {},
     Disruption::redirect,
     302,
     "/sorry"},
    {"RedirectExpandsMacros",
     "SecAction \"id:1,phase:1,redirect:'/sorry?%{REQUEST_METHOD}'\"",
     {},
     Disruption::redirect,
     302,
     "/sorry?GET"},
    {"BlockTakesTheDefaultsStatus",
     "SecDefaultAction \"phase:1,deny,status:418\"\nSecAction \"id:1,phase:1,block\"",
     {},
     Disruption::deny,
     418},
    {"OwnStatusWinsOverTheDefaults",
     "SecDefaultAction \"phase:1,deny,status:418\"\nSecAction \"id:1,phase:1,block,status:429\"",
     {},
     Disruption::deny,
     429},
    {"BodyOverTheLimit", "SecRequestBodyLimit 4", post("text/plain", "12345"), Disruption::deny,
     413},
};

class Interrupts : public testing::TestWithParam<InterruptionRow> {};
TEST_P(Interrupts, AsTheRuleSays) {
  const InterruptionRow& row = GetParam();
  const auto program = compile(row.rules);
  ASSERT_NE(program, nullptr);
  Transaction transaction(*program);
  send(transaction, row.request);
  ASSERT_TRUE(transaction.interruption().has_value());
  EXPECT_EQ(transaction.interruption()->action, row.action);
  EXPECT_EQ(transaction.interruption()->status, row.status);
  EXPECT_EQ(transaction.interruption()->url, row.url);
}
INSTANTIATE_TEST_SUITE_P(Evaluation, Interrupts, testing::ValuesIn(kInterruptionRows),
                         [](const auto& row) { return row.param.name; });

TEST(Interrupts, NotInDetectionOnlyButTellsWhatItWouldHaveDone) {
  const auto program =
      compile("SecRuleEngine DetectionOnly\nSecAction \"id:7,phase:1,deny,status:406,msg:'no'\"");
  Transaction transaction(*program);
  send(transaction, {});
  EXPECT_FALSE(transaction.interruption().has_value());
  ASSERT_TRUE(transaction.would_interrupt().has_value());
  EXPECT_EQ(transaction.would_interrupt()->rule_id, 7U);
  EXPECT_EQ(transaction.would_interrupt()->status, 406);
  EXPECT_EQ(transaction.would_interrupt()->message, "no");
}

TEST(Limits, ABodyAsLongAsItsLimitIsWithin) {
  const auto program = compile("SecRequestBodyLimit 5");
  Transaction transaction(*program);
  send(transaction, post("text/plain", "12345"));
  EXPECT_FALSE(transaction.interruption().has_value());
  EXPECT_TRUE(transaction.problems().empty());
}

TEST(Limits, ProcessPartialCutsAndSaysSo) {
  const auto program = compile(
      "SecRequestBodyLimit 5\nSecRequestBodyLimitAction ProcessPartial\n"
      "SecRule ARGS:a \"@streq 123\" \"id:1,phase:2,pass\"\n"
      "SecRule INBOUND_DATA_ERROR \"@eq 1\" \"id:2,phase:2,pass\"");
  Transaction transaction(*program);
  send(transaction, post("application/x-www-form-urlencoded", "a=12345"));
  EXPECT_EQ(ids(transaction), "1 2");
  ASSERT_EQ(transaction.problems().size(), 1U);
  EXPECT_EQ(transaction.problems()[0].kind, "limit");
}

TEST(Limits, ABodyInPiecesIsTheBodyInOne) {
  const auto program = compile("SecRule ARGS_POST:a \"@streq 123456\" \"id:1,phase:2,pass\"");
  Transaction transaction(*program);
  transaction.process_connection("192.0.2.1", 1, "192.0.2.9", 80);
  transaction.process_uri("/", "POST", "HTTP/1.1");
  transaction.add_request_header("Content-Type", "application/x-www-form-urlencoded");
  transaction.process_request_headers();
  for (const char* piece : {"a", "=12", "", "3456"}) transaction.write_request_body(piece);
  transaction.process_request_body();
  EXPECT_EQ(ids(transaction), "1");
}

TEST(Limits, AnExpressionOverItsBudgetIsReported) {
  const auto program = compile(
      "SecPcreMatchLimit 100\nSecRule ARGS:a \"@rx (a+)+(a+)+(a+)+[xyz]$\" \"id:1,phase:1,pass\"\n"
      "SecRule MSC_PCRE_LIMITS_EXCEEDED \"@eq 1\" \"id:2,phase:1,pass\"\n"
      "SecRule TX:MSC_PCRE_LIMITS_EXCEEDED \"@eq 1\" \"id:3,phase:1,pass\"");
  Transaction transaction(*program);
  send(transaction, get("/?a=aaax" + std::string(2000, 'a')));
  EXPECT_EQ(ids(transaction), "2 3");
  ASSERT_EQ(transaction.problems().size(), 1U);
  EXPECT_EQ(transaction.problems()[0].kind, "regex-limit");
}

TEST(Limits, WhatIsKnownNotToMatchIsNoMatch) {
  const auto program = compile(
      "SecPcreMatchLimit 100\nSecRule ARGS:a \"@rx (a+)+(a+)+(a+)+[xyz]$\" \"id:1,phase:1,pass\"");
  for (const bool prefilter : {false, true}) {
    TransactionOptions options;
    options.prefilter = prefilter;
    Transaction transaction(*program, std::move(options));
    send(transaction, get("/?a=" + std::string(2000, 'a')));
    EXPECT_EQ(ids(transaction), "");
    EXPECT_TRUE(transaction.problems().empty()) << "there is no x, y or z";
  }
}

// --- what a match leaves behind ------------------------------------------------------------------

TEST(MatchedRule, TellsValueTransformedMessageAndData) {
  const auto program = compile(
      "SecRule ARGS \"@contains bad\" \"id:1,phase:2,deny,t:lowercase,msg:'found in "
      "%{MATCHED_VAR_NAME}',"
      "logdata:'%{MATCHED_VAR}',tag:'a',tag:'b/%{REQUEST_METHOD}',severity:CRITICAL\"");
  Transaction transaction(*program);
  send(transaction, get("/?q=BAD"));
  ASSERT_EQ(transaction.matched_rules().size(), 1U);
  const MatchedRule& matched = transaction.matched_rules()[0];
  EXPECT_EQ(matched.message, "found in ARGS:q");
  EXPECT_EQ(matched.data, "bad");
  EXPECT_THAT(matched.tags, testing::ElementsAre("a", "b/GET"));
  EXPECT_EQ(matched.severity, 2);
  EXPECT_TRUE(matched.disrupted);
  ASSERT_EQ(matched.matches.size(), 1U);
  EXPECT_EQ(matched.matches[0].name(), "ARGS:q");
  EXPECT_EQ(matched.matches[0].value, "BAD");
  EXPECT_EQ(matched.matches[0].transformed, "bad");
}

TEST(MatchedRule, OfAChainHoldsTheMatchesOfAllLinks) {
  const auto program = compile(
      "SecRule ARGS:a \"@streq 1\" \"id:1,phase:2,pass,chain\"\nSecRule ARGS:b|ARGS:c \"@streq "
      "2\"");
  Transaction transaction(*program);
  send(transaction, get("/?a=1&b=2&c=2"));
  ASSERT_EQ(transaction.matched_rules().size(), 1U);
  ASSERT_EQ(transaction.matched_rules()[0].matches.size(), 3U);
  EXPECT_EQ(transaction.matched_rules()[0].matches[0].link, 0U);
  EXPECT_EQ(transaction.matched_rules()[0].matches[2].link, 1U);
}

TEST(Transaction, IsAsGoodAsNewAfterReset) {
  const auto program = compile("SecRule ARGS:a \"@streq 1\" \"id:1,phase:1,deny,setvar:tx.x=1\"");
  Transaction transaction(*program);
  send(transaction, get("/?a=1"));
  EXPECT_TRUE(transaction.interruption().has_value());
  transaction.reset({});
  send(transaction, get("/?a=2"));
  EXPECT_FALSE(transaction.interruption().has_value());
  EXPECT_EQ(transaction.tx("x"), std::nullopt);
  EXPECT_TRUE(transaction.matched_rules().empty());
}

TEST(Transaction, KeepsNulsAndInvalidUtf8) {
  const auto program = compile("SecRule ARGS_POST:a \"@rx ^\\x00\\xff$\" \"id:1,phase:2,pass\"");
  Transaction transaction(*program);
  send(transaction, post("application/x-www-form-urlencoded", std::string("a=\0\xff", 4)));
  EXPECT_EQ(ids(transaction), "1");
}

TEST(Matches, SayWhatInParticularMatched) {
  const auto program = compile(
      "SecRule ARGS:a \"@pm b2 |62 31|\" \"id:1,phase:1,pass,log\"\n"
      "SecRule ARGS:a \"@pm b2 B1\" \"id:2,phase:1,pass,log,capture\"\n"
      "SecRule ARGS:s \"@detectSQLi\" \"id:3,phase:1,pass,log\"\n"
      "SecRule ARGS:a \"@rx b\" \"id:4,phase:1,pass,log\"\n"
      "SecRule ARGS:a \"!@pm nope\" \"id:5,phase:1,pass,log\"\n");
  Transaction transaction(*program, options_at(1));
  evaluate(transaction, get("/?a=xb1&s=1'+or+1%3D1--"));
  std::string findings;
  for (const MatchedRule& matched : transaction.matched_rules()) {
    findings += fmt::format("{}:{} ", *matched.id, matched.matches.at(0).finding);
  }
  EXPECT_EQ(findings, "1:b1 2:B1 3:s&1c 4: 5: ");
}

TEST(MatchedRules, SayWhereTheRuleStands) {
  const auto program = compile("\nSecRule ARGS:a x \\\n  \"id:7,phase:1,pass,log\"\n");
  Transaction transaction(*program, options_at(1));
  evaluate(transaction, get("/?a=x"));
  ASSERT_EQ(transaction.matched_rules().size(), 1U);
  const MatchedRule& matched = transaction.matched_rules()[0];
  EXPECT_EQ(matched.id, 7U);
  EXPECT_EQ(matched.file, "rules.conf");
  EXPECT_EQ(matched.line, 2U);
}

TEST(Resume, LaterPhasesAreEvaluatedAndMayInterruptAgain) {
  const auto program = compile(
      "SecAction id:1,phase:1,deny,status:401\nSecAction id:2,phase:2,pass\n"
      "SecAction id:3,phase:3,deny,status:402\n");
  Transaction transaction(*program, options_at(1));
  transaction.process_request_headers();
  EXPECT_TRUE(transaction.stopped());
  transaction.resume();
  EXPECT_FALSE(transaction.stopped());
  EXPECT_EQ(transaction.process_request_body()->status, 401);
  EXPECT_FALSE(transaction.stopped());
  EXPECT_EQ(transaction.process_response_headers(200, "HTTP/1.1")->status, 402);
  EXPECT_TRUE(transaction.stopped());
}

TEST(UpdateStatus, IsWhatRulesSeeOfTheResponse) {
  const auto program =
      compile("SecRule RESPONSE_STATUS \"@streq 403\" \"id:1,phase:5,pass,log\"\n");
  Transaction transaction(*program, options_at(1));
  transaction.process_response_headers(200, "HTTP/1.1");
  transaction.update_status(403);
  transaction.process_logging();
  EXPECT_EQ(transaction.matched_rules().size(), 1U);
}

}  // namespace
}  // namespace wafcheck::engine
