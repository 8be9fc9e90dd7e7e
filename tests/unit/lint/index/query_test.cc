#include "lint/index/query.h"

#include <gtest/gtest.h>

#include <string>

#include "tests/unit/lint/index/indexed.h"

namespace wafcheck::lint {
namespace {

constexpr std::string_view kRules = R"(
SecAction "id:10,phase:1,pass,nolog,setvar:tx.limit=5"
SecRule ARGS|REQUEST_BODY "@rx union" "id:20,phase:2,deny,t:none,t:lowercase,msg:'SQL (union)',severity:CRITICAL,tag:attack-sqli,tag:paranoia-level/1,ver:'X/1.0'"
SecRule &ARGS:id "@gt %{tx.limit}" "id:30,phase:2,block,t:none,severity:WARNING,tag:attack-protocol,tag:paranoia-level/2,chain"
  SecRule REQUEST_HEADERS:Host "!@streq a" "t:none,setvar:ip.hits=+1"
SecRule RESPONSE_STATUS "@streq 500" "id:1000,phase:3,pass,t:none,severity:NOTICE,tag:attack-disclosure"
SecRuleRemoveById 1000
)";

/// Ids of the rules that fit, a blank between; the message of a query that cannot be read.
std::string ids(const Indexed& rules, std::string_view text) {
  const auto query = Query::parse(text);
  if (!query) return query.error().message;
  std::string found;
  for (const RuleFacts& facts : rules.facts) {
    if (query->matches(facts)) found += (found.empty() ? "" : " ") + name_of(facts);
  }
  return found;
}

TEST(Query, SelectsRules) {
  struct Case {
    std::string_view query, ids;
  };
  const Case cases[] = {
      {"id=20", "20"},
      {"id==20", "20"},
      {"id!=20", "10 30 1000"},
      {"id=20-30", "20 30"},
      {"id!=20-30", "10 1000"},
      {"id=30-20", ""},
      {"id<20", "10"},
      {"id<=20", "10 20"},
      {"id>30", "1000"},
      {"id>=30", "30 1000"},
      {"id<20-30", "10"},
      {"id<=20-30", "10 20 30"},
      {"id>20-30", "1000"},
      {"id>=20-30", "20 30 1000"},
      {"id=1*", "10 1000"},
      {"id=?0", "10 20 30"},
      {"id~^.0$", "10 20 30"},
      {"phase=2", "20 30"},
      {"pl=1", "20"},
      {"pl<=2", "20 30"},
      {"pl!=1", "10 30 1000"},
      {"links>1", "30"},
      {"severity=critical", "20"},
      {"severity=CRITICAL", "20"},
      {"severity=2", "20"},
      {"severity<=warning", "20 30"},
      {"severity=critical-warning", "20 30"},
      {"tag=attack-sqli", "20"},
      {"tag=ATTACK-SQLI", "20"},
      {"tag=attack", ""},
      {"tag=attack-*", "20 30 1000"},
      {"tag=*sqli", "20"},
      {"tag=*l*/?", "20 30"},
      {"tag=attack-sql[i]", ""},
      {"tag!=attack-*", "10"},
      {"tag~attack", "20 30 1000"},
      {"tag~ATTACK", "20 30 1000"},
      {"tag~^paranoia-level/[12]$", "20 30"},
      {"tag!~attack", "10"},
      {"msg='SQL (union)'", "20"},
      {"msg=\"sql (union)\"", "20"},
      {"msg=*", "20"},
      {"msg!=*", "10 30 1000"},
      {"ver=x/1.0", "20"},
      {"variable=REQUEST_BODY", "20"},
      {"variable=ARGS", "20 30"},
      {"target=&ARGS:id", "30"},
      {"operator=rx", "20"},
      {"operator=streq", "30 1000"},
      {"transformation=lowercase", "20"},
      {"action=setvar", "10 30"},
      {"disruptive=deny", "20"},
      {"file=*/example.conf or file=example.conf", "10 20 30 1000"},
      {"reads=limit", "30"},
      {"writes=limit", "10"},
      {"writes=ip.hits", "30"},
      {"removed=true", "1000"},
      {"removed=false", "10 20 30"},
      {"TAG=attack-sqli", "20"},
      {" tag = attack-sqli ", "20"},
      {"not id=20", "10 30 1000"},
      {"not not id=20", "20"},
      {"NOT id=20 AND phase=2", "30"},
      {"not (id=20 or id=30)", "10 1000"},
      {"not(id=20)", "10 30 1000"},
      {"phase=2 and pl=1", "20"},
      {"phase=1 or pl=1", "10 20"},
      {"id=10 or phase=2 and pl=2", "10 30"},
      {"(id=10 or phase=2) and pl=2", "30"},
      {"id=10 or id=20 or id=30", "10 20 30"},
      {"((id=10))", "10"},
  };
  const Indexed rules(kRules);
  for (const Case& row : cases) EXPECT_EQ(ids(rules, row.query), row.ids) << row.query;
}

TEST(Query, ErrorsSayWhatAndWhere) {
  struct Case {
    std::string_view query, message;
    size_t at;
  };
  const Case cases[] = {
      {"", "expected a field", 0},
      {"id=1 and", "expected a field", 8},
      {"=1", "expected a field", 0},
      {"color=1", "there is no field \"color\"", 0},
      {"id=1 or tags=x", "there is no field \"tags\"; did you mean tag?", 8},
      {"id", "expected =, !=, ~, !~, <, <=, > or >=", 2},
      {"id 1", "expected =, !=, ~, !~, <, <=, > or >=", 3},
      {"id=", "expected a value", 3},
      {"id=)", "expected a value", 3},
      {"id=1 id=2", "expected \"and\", \"or\" or the end", 5},
      {"id=1)", "expected \"and\", \"or\" or the end", 4},
      {"(id=1", "expected )", 5},
      {"tag='x", "the quote is never closed", 4},
      {"phase=two", "phase is compared with a number, not with \"two\"", 6},
      {"phase<2*", "phase is compared with a number, not with \"2*\"", 6},
      {"id=1-x", "id is compared with a number, not with \"1-x\"", 3},
      {"id=99999999999999999999", "id is compared with a number, not with \"99999999999999999999\"",
       3},
      {"severity=bad", "severity is compared with a number, not with \"bad\"", 9},
      {"tag<x", "tag is text: use =, !=, ~ or !~", 4},
  };
  for (const Case& row : cases) {
    const auto query = Query::parse(row.query);
    ASSERT_FALSE(query) << row.query;
    EXPECT_EQ(query.error().message, row.message) << row.query;
    EXPECT_EQ(query.error().at, row.at) << row.query;
  }
}

TEST(Query, SaysWhyAnExpressionDoesNotCompile) {
  const auto query = Query::parse("tag~a(");
  ASSERT_FALSE(query);
  EXPECT_TRUE(query.error().message.starts_with("the expression does not compile: "))
      << query.error().message;
  EXPECT_EQ(query.error().at, 4);
}

TEST(Query, IsBounded) {
  const auto nested = [](size_t depth) {
    return std::string(depth, '(') + "id=1" + std::string(depth, ')');
  };
  EXPECT_TRUE(Query::parse(nested(64)));
  ASSERT_FALSE(Query::parse(nested(65)));
  EXPECT_EQ(Query::parse(nested(65)).error().message, "more than 64 levels");
  EXPECT_FALSE(Query::parse(nested(1'000'000)));

  std::string refusals;
  for (int i = 0; i < 65; ++i) refusals += "not ";
  EXPECT_FALSE(Query::parse(refusals + "id=1"));

  std::string many = "id=1";
  for (int i = 1; i < 1000; ++i) many += " or id=1";
  EXPECT_TRUE(Query::parse(many));
  ASSERT_FALSE(Query::parse(many + " or id=1"));
  EXPECT_EQ(Query::parse(many + " or id=1").error().message, "more than 1000 terms");
}

// Exponential time would never end.
TEST(Query, GlobsWithManyStars) {
  std::string stars;
  for (int i = 0; i < 200; ++i) stars += "*a";
  const Indexed rules("SecAction \"id:1,phase:1,pass,msg:'" + std::string(5000, 'a') + "'\"\n");
  EXPECT_EQ(ids(rules, "msg=" + stars + "b"), "");
  EXPECT_EQ(ids(rules, "msg=" + stars + "*"), "1");
}

}  // namespace
}  // namespace wafcheck::lint
