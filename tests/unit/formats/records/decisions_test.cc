#include "formats/records/decisions.h"

#include <fmt/format.h>
#include <gmock/gmock.h>

#include "tests/unit/formats/evaluated.h"

namespace wafcheck::formats {
namespace {

using ::testing::ElementsAre;
using testing::Evaluated;
using testing::form_post;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using Why = engine::Uninspected::Why;

Exchange post_of(std::string type, std::string body) {
  Exchange exchange = form_post(std::move(body));
  exchange.request.headers[1].second = std::move(type);
  exchange.response.reset();
  return exchange;
}

/// "request no-processor application/json" of each body.
std::vector<std::string> uninspected(const std::string& rules, Exchange exchange) {
  const Evaluated evaluated(rules, std::move(exchange));
  std::vector<std::string> bodies;
  for (const engine::Uninspected& body : evaluated.transaction().uninspected()) {
    bodies.push_back(fmt::format("{} {} {}", body.response ? "response" : "request",
                                 to_string(body.why), body.type));
  }
  return bodies;
}

TEST(Uninspected, ABodyThatNoRuleSeesIsTold) {
  const std::string json =
      "SecRule REQUEST_HEADERS:Content-Type \"@contains json\" "
      "\"id:1,phase:1,pass,nolog,ctl:requestBodyProcessor=JSON\"\n";
  struct Row {
    std::string rules;
    Exchange exchange;
    std::vector<std::string> bodies;
  };
  Exchange page = post_of("", "");
  page.response = Response{200, "", "HTTP/1.1", {{"Content-Type", "image/png"}}, "x"};
  const Row rows[] = {
      {"SecAction id:1",
       post_of("Application/JSON; charset=utf-8", "{}"),
       {"request no-processor application/json"}},
      {json, post_of("application/json", "{}"), {}},
      {"SecAction id:1", post_of("application/x-www-form-urlencoded", "a=1"), {}},
      {"SecAction id:1", post_of("application/json", ""), {}},
      {"SecAction \"id:1,phase:1,pass,ctl:forceRequestBodyVariable=On\"",
       post_of("text/plain", "x"),
       {}},
      {"SecRequestBodyAccess Off\nSecAction id:1",
       post_of("text/plain", "x"),
       {"request no-access text/plain"}},
      {"SecRequestBodyLimit 2\nSecRequestBodyLimitAction ProcessPartial\nSecAction id:1",
       post_of("application/x-www-form-urlencoded", "a=12"),
       {"request over-limit application/x-www-form-urlencoded"}},
      {"SecAction id:1", page, {"response type-not-listed image/png"}},
      {"SecResponseBodyAccess Off\nSecAction id:1", page, {"response no-access image/png"}},
      // What is refused does not pass, and off is off.
      {"SecAction \"id:1,phase:1,deny\"", post_of("text/plain", "x"), {}},
      {"SecRuleEngine Off\nSecAction id:1", post_of("text/plain", "x"), {}},
  };
  for (const Row& row : rows) {
    SCOPED_TRACE(row.rules);
    EXPECT_EQ(uninspected(row.rules, row.exchange), row.bodies);
  }
}

TEST(Uninspected, CountsAddUpAndSayWhatToDo) {
  const engine::Uninspected json{false, Why::no_processor, "application/vnd.api+json"};
  const engine::Uninspected image{true, Why::type_not_listed, "image/png"};
  UninspectedCounts counts, other;
  counts.add(std::vector{json, image});
  other.add(std::vector{json});
  counts.merge(other);
  EXPECT_EQ(counts.total(), 3u);
  EXPECT_THAT(
      counts.notes(),
      ElementsAre("2 JSON request bodies were not parsed: no rule chooses a body processor; "
                  "add --recommended",
                  "1 response body was not inspected: SecResponseBodyMimeType lists no such "
                  "type"));
}

TEST(Summary, ShowsAMessageAsItWasUnlessItVaried) {
  const std::string rules =
      "SecRule ARGS:a \"@rx .\" \"id:1,phase:2,pass,log,msg:'a is %{MATCHED_VAR}!'\"\n";
  Summary summary;
  summary.add(Evaluated(rules, form_post("a=1")).outcome());
  EXPECT_THAT(summary_text(summary, std::nullopt), HasSubstr("a is 1!"));
  Summary other;
  other.add(Evaluated(rules, form_post("a=2")).outcome());
  summary.merge(other);
  EXPECT_THAT(summary_text(summary, std::nullopt), HasSubstr("a is ...!"));
  EXPECT_THAT(summary_json(summary, std::nullopt), HasSubstr("a is %{MATCHED_VAR}!"));
}

TEST(Summary, HasTimesOnlyWhereTheyAreAskedFor) {
  EXPECT_EQ(summary_text({}, std::nullopt), "0 transactions: 0 interrupted, 0 matched\n");
  EXPECT_EQ(summary_text({}, 1.0), "0 transactions: 0 interrupted, 0 matched\n1.0 ms elapsed\n");
  Summary one;
  one.transactions = 1;
  EXPECT_THAT(summary_text(one, 1.0), HasSubstr("0 µs per transaction"));
  EXPECT_THAT(summary_text(one, 1.0, true), HasSubstr("0 us per transaction"));
  EXPECT_EQ(summary_json(one, std::nullopt).find("_us"), std::string::npos);
}

TEST(DecisionText, FitsTheColumns) {
  std::string rules = "SecAction \"id:1,phase:1,deny,status:403,log\"\n";
  for (int id = 100'001; id <= 100'012; ++id) {
    rules = fmt::format("SecAction \"id:{},phase:1,pass,log\"\n", id) + rules;
  }
  Exchange exchange = post_of("text/plain", "");
  exchange.request.uri = "/" + std::string(200, 'u');
  const Evaluated evaluated(rules, exchange);
  for (const size_t columns : {size_t{60}, size_t{80}, size_t{120}}) {
    SCOPED_TRACE(columns);
    RecordContext context{&evaluated.program()};
    context.columns = columns;
    const std::string line = find_record_format(RecordKind::decision, "text")
                                 ->make(context)
                                 ->record(evaluated.outcome());
    EXPECT_LE(line.size(), columns + 1) << line;
    EXPECT_THAT(line, HasSubstr("DENY 403 1 POST /uu"));
    EXPECT_THAT(line, HasSubstr("  100012"));
    EXPECT_THAT(line, HasSubstr(" +"));
  }
  const std::string whole = decision_text(evaluated.outcome());
  EXPECT_THAT(whole, HasSubstr(" 100001 1"));
}

TEST(DecisionText, ColoursTheVerb) {
  const Evaluated evaluated("SecAction \"id:1,phase:1,deny,status:403,log\"\n", form_post());
  RecordContext context{&evaluated.program()};
  context.color = true;
  EXPECT_EQ(
      find_record_format(RecordKind::decision, "text")->make(context)->record(evaluated.outcome()),
      "\x1b[1;31mDENY\x1b[0m 403 1 POST /login?x=1  1\n");
}

}  // namespace
}  // namespace wafcheck::formats
