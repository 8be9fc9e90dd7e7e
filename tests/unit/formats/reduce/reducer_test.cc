#include "formats/reduce/reducer.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "formats/traffic/http.h"
#include "formats/traffic/jsonl.h"
#include "tests/unit/formats/reduce/reducing.h"

namespace wafcheck::formats {
namespace {

using ::testing::ElementsAre;
using testing::get;
using ::testing::IsEmpty;
using testing::post;
using testing::Reducing;

constexpr std::string_view kAttack = "SecRule ARGS \"@contains evil\" \"id:1,phase:2,pass\"";

TEST(Reducer, KeepsWhatTheMatchNeeds) {
  struct Row {
    std::string_view name, rules;
    Exchange exchange;
    std::string_view text;
  };
  constexpr std::string_view kForm = "application/x-www-form-urlencoded";
  const Row rows[] = {
      {"query", kAttack,
       get("/a/b?x=1&y=the+evil+one&z", {{"Host", "h"}, {"Accept", "*/*"}, {"X", "y"}}),
       "GET /?y=evil HTTP/1.1\r\nHost: localhost\r\n\r\n"},
      {"form", kAttack, post(std::string(kForm), "a=1&bb=an+evil+b&c=3"),
       "POST / HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/x-www-form-urlencoded\r\n"
       "Content-Length: 6\r\n\r\nb=evil"},
      {"argument's name", "SecRule ARGS_NAMES \"@contains evil\" \"id:1,phase:2,pass\"",
       get("/?an-evil-name=value"), "GET /?evil HTTP/1.1\r\nHost: localhost\r\n\r\n"},
      {"path", "SecRule REQUEST_FILENAME \"@endsWith .git\" \"id:1,phase:1,pass\"",
       get("/a/b/x.git?c=d"), "GET /.git HTTP/1.1\r\nHost: localhost\r\n\r\n"},
      {"cookie", "SecRule REQUEST_COOKIES:s \"@contains evil\" \"id:1,phase:1,pass\"",
       get("/", {{"Host", "h"}, {"Cookie", "a=1; s=x evil y; b=2"}}),
       "GET / HTTP/1.1\r\nHost: localhost\r\nCookie: s=evil\r\n\r\n"},
      {"host", "SecRule REQUEST_HEADERS:Host \"@contains evil\" \"id:1,phase:1,pass\"",
       get("/", {{"Host", "www.evil.example"}}), "GET / HTTP/1.1\r\nHost: evil\r\n\r\n"},
      {"a header that is missing",
       "SecRule &REQUEST_HEADERS:Accept \"@eq 0\" \"id:1,phase:1,pass\"",
       get("/?a", {{"Host", "h"}, {"X", "y"}}), "GET / HTTP/1.1\r\nHost: localhost\r\n\r\n"},
      {"letters of a class", "SecRule ARGS \"@rx ^[a-z]{3}[0-9]$\" \"id:1,phase:2,pass\"",
       get("/?x=xyz7"), "GET /?x=aaa0 HTTP/1.1\r\nHost: localhost\r\n\r\n"},
      {"no host, no HTTP/1.1", kAttack,
       [] {
         Exchange exchange = get("/?a=evil", {});
         exchange.request.protocol = "HTTP/1.0";
         return exchange;
       }(),
       "GET /?a=evil HTTP/1.0\r\n\r\n"},
      {"HTTP/1.0 needs no host",
       "SecRule REQUEST_PROTOCOL \"@streq HTTP/1.0\" \"id:1,phase:1,pass\"",
       [] {
         Exchange exchange = get("/x");
         exchange.request.protocol = "HTTP/1.0";
         return exchange;
       }(),
       "GET / HTTP/1.0\r\n\r\n"},
  };
  for (const Row& row : rows) {
    Reducing rules{std::string(row.rules)};
    const Reduction reduction = rules.matching(row.exchange);
    EXPECT_EQ(serialize_request(reduction.exchange.request), row.text) << row.name;
    EXPECT_TRUE(reduction.minimal) << row.name;
    EXPECT_EQ(reduction.after, row.text.size()) << row.name;
  }
}

TEST(Reducer, TakesBodiesApart) {
  struct Row {
    std::string_view target, type, body, left;
  };
  const Row rows[] = {
      {"ARGS", "application/json", R"({"a": [1, {"b": "x evil"}], "c": {"d": true}})", R"("evil")"},
      {"ARGS_NAMES", "application/json", R"({"a": [1, {"an evil": "x"}], "c": 1})",
       R"({"evil":""})"},
      {"XML:/*", "text/xml", "<?xml version=\"1.0\"?>\n<a x=\"1\"><b>c</b><d>an evil</d></a>",
       "<d>evil</d>"},
      {"ARGS:b", "multipart/form-data; boundary=XyZ",
       "--XyZ\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\n1\r\n"
       "--XyZ\r\nContent-Disposition: form-data; name=\"b\"\r\nX: y\r\n\r\nthe evil\r\n--XyZ--\r\n",
       "--b\r\nContent-Disposition: form-data; name=\"b\"\r\n\r\nevil\r\n--b--\r\n"},
      {"REQUEST_BODY", "text/plain", "x evil y", "evil"},
  };
  for (const Row& row : rows) {
    Reducing reducing(
        "SecAction \"id:9,phase:1,pass,nolog,ctl:forceRequestBodyVariable=On\"\n"
        "SecRule REQUEST_HEADERS:Content-Type \"@contains json\" "
        "\"id:7,phase:1,pass,nolog,ctl:requestBodyProcessor=JSON\"\n"
        "SecRule REQUEST_HEADERS:Content-Type \"@contains xml\" "
        "\"id:8,phase:1,pass,nolog,ctl:requestBodyProcessor=XML\"\nSecRule " +
        std::string(row.target) + " \"@contains evil\" \"id:1,phase:2,pass\"\n");
    const Reduction reduction =
        reducing.matching(post(std::string(row.type), std::string(row.body)));
    EXPECT_EQ(reduction.exchange.request.body, row.left) << row.type;
    EXPECT_TRUE(reduction.minimal) << row.type;
  }
}

TEST(Reducer, KeepsTheAnswerWhereTheRuleNeedsIt) {
  Reducing rules("SecRule RESPONSE_BODY \"@contains leak\" \"id:1,phase:4,pass\"");
  Exchange exchange = get("/?a=b");
  exchange.response =
      Response{200, "OK", "HTTP/1.1", {{"Content-Type", "text/html"}, {"X", "y"}}, "a leak."};
  const Reduction reduction = rules.matching(exchange);
  ASSERT_TRUE(reduction.exchange.response);
  EXPECT_EQ(reduction.exchange.response->body, "leak");
  EXPECT_THAT(reduction.exchange.response->headers,
              ElementsAre(Header("Content-Type", "text/html")));
  Reducing request_rules{std::string(kAttack)};
  exchange.request.uri = "/?a=evil";
  EXPECT_FALSE(request_rules.matching(exchange).exchange.response);
}

TEST(Reducer, AnInterruptionIsNotMadeByWhatIsMissing) {
  Reducing rules(
      "SecRule &REQUEST_HEADERS:Accept \"@eq 0\" \"id:2,phase:1,pass,log,setvar:tx.s=+5\"\n"
      "SecRule ARGS \"@contains evil\" \"id:3,phase:2,pass,log,setvar:tx.s=+5\"\n"
      "SecRule TX:s \"@ge 5\" \"id:4,phase:2,deny\"");
  const Exchange exchange =
      get("/?x=1&y=evil", {{"Host", "h"}, {"Accept", "text/plain"}, {"X", "y"}});
  const Goal goal = Goal::interruption(rules.run(exchange));
  EXPECT_EQ(goal.rule_id(), 4U);
  const auto reduction = find_smallest(exchange, rules.holds(goal), {});
  ASSERT_TRUE(reduction);
  EXPECT_EQ(serialize_request(reduction->exchange.request),
            "GET /?y=evil HTTP/1.1\r\nHost: localhost\r\nAccept: \r\n\r\n");
}

TEST(Reducer, PrivateValues) {
  Reducing rules("SecRule ARGS|REQUEST_COOKIES \"@rx ^[a-z]+\\d\" \"id:1,phase:2,pass\"\n");
  const Exchange exchange = get("/", {{"Host", "h"}, {"Cookie", "sid=hunter2"}});
  const Reduction replaced = rules.matching(exchange);
  EXPECT_THAT(replaced.secrets, IsEmpty());
  EXPECT_EQ(replaced.exchange.request.headers.back(), Header("Cookie", "s=a0"));

  const Reduction kept = rules.matching(exchange, {.keep_values = true});
  EXPECT_THAT(kept.secrets, ElementsAre("REQUEST_COOKIES:sid"));
  EXPECT_EQ(kept.exchange.request.headers.back(), Header("Cookie", "s=e2"));

  Reducing exact("SecRule REQUEST_COOKIES \"@contains unt\" \"id:1,phase:2,pass\"\n");
  EXPECT_THAT(exact.matching(exchange).secrets, ElementsAre("REQUEST_COOKIES:sid"));
  EXPECT_THAT(exact.matching(exchange, {.masks = Masks({}, true)}).secrets, IsEmpty());
}

TEST(Reducer, MendsTheLengthUnlessItIsThePoint) {
  Exchange exchange = post("application/x-www-form-urlencoded", "a=1&b=evil");
  exchange.request.headers.back().second = "99";
  Reducing rules{std::string(kAttack)};
  EXPECT_EQ(rules.matching(exchange).exchange.request.headers.back().second, "6");
  Reducing length("SecRule REQUEST_HEADERS:Content-Length \"@streq 99\" \"id:1,phase:1,pass\"");
  EXPECT_EQ(length.matching(exchange).exchange.request.headers.back().second, "99");
}

TEST(Reducer, LeavesOutWhoAndWhen) {
  Reducing rules{std::string(kAttack)};
  Exchange exchange = get("/?a=evil");
  exchange.id = "id";
  exchange.client = Endpoint{"192.0.2.7", 1};
  exchange.time_us = 1;
  exchange.notes = {"note"};
  EXPECT_EQ(transaction_line(rules.matching(exchange).exchange),
            transaction_line(get("/?a=evil", {{"Host", "localhost"}})));
  Reducing address("SecRule REMOTE_ADDR \"@streq 192.0.2.7\" \"id:1,phase:1,pass\"");
  ASSERT_TRUE(address.matching(exchange).exchange.client);
}

TEST(Reducer, StopsAtItsBound) {
  Reducing rules{std::string(kAttack)};
  const Reduction reduction =
      rules.matching(get("/?a=" + std::string(300, 'x') + "evil"), {.max_runs = 10});
  EXPECT_FALSE(reduction.minimal);
  EXPECT_EQ(reduction.runs, 10U);
  EXPECT_TRUE(rules.holds(Goal::rule(1))(reduction.exchange));
}

TEST(Reducer, IsDeterministic) {
  Reducing rules{std::string(kAttack)};
  const Exchange exchange = get("/a?b=evil&c=evil&d=evilevil");
  const Reduction first = rules.matching(exchange), second = rules.matching(exchange);
  EXPECT_EQ(transaction_line(first.exchange), transaction_line(second.exchange));
  EXPECT_EQ(first.runs, second.runs);
}

TEST(Reducer, NothingWithoutAMatch) {
  Reducing rules{std::string(kAttack)};
  EXPECT_FALSE(find_smallest(get("/"), rules.holds(Goal::rule(1)), {}));
}

}  // namespace
}  // namespace wafcheck::formats
