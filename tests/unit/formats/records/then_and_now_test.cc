// Then and now: how a record compares with what the rules do, and how that is counted.

#include "formats/records/then_and_now.h"

#include <gmock/gmock.h>

#include <nlohmann/json.hpp>

#include "engine/program.h"
#include "formats/records/evaluator.h"
#include "formats/records/record_format.h"
#include "formats/traffic/gaps.h"
#include "tests/unit/parser/support.h"

namespace wafcheck::formats {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

constexpr std::string_view kDenies =
    "SecRuleEngine On\nSecAction \"id:1,phase:1,deny,status:406,log,auditlog\"";
constexpr std::string_view kDetects =
    "SecRuleEngine DetectionOnly\nSecAction \"id:1,phase:1,deny,status:406,log,auditlog\"";
constexpr std::string_view kPasses =
    "SecRuleEngine On\nSecAction \"id:2,phase:1,pass,log,auditlog\"";

Exchange record(const std::string& decision, std::vector<uint64_t> ids) {
  Exchange exchange;
  exchange.request.method = "GET";
  exchange.request.uri = "/a?secret=1";
  Recorded& recorded = exchange.recorded.emplace();
  recorded.producer = "ModSecurity/2.9.7";
  recorded.decision = decision;
  recorded.rule_ids = std::move(ids);
  if (decision != "pass") recorded.status = 403;
  return exchange;
}

/// Evaluates and hands the outcome on while it is valid.
template <typename Use>
void evaluated(std::string_view rules, Exchange exchange, Use use) {
  auto ruleset =
      std::make_shared<const parser::RulesetModel>(parser::load_text(std::string(rules)));
  const auto program = engine::Program::compile(std::move(ruleset)).program;
  ASSERT_NE(program, nullptr);
  Evaluator evaluator(program);
  use(evaluator.run(std::move(exchange), "log"));
}

struct Case {
  std::string_view rules;
  std::string then;
  bool detection_only, would;
  Change change;
};

TEST(ThenAndNow, ComparesWhatIsHeldBack) {
  const Case cases[] = {
      {kDenies, "deny", false, false, Change::same},
      {kDenies, "redirect", false, false, Change::same},
      {kDenies, "pass", false, false, Change::newly},
      {kPasses, "deny", false, false, Change::no_longer},
      {kPasses, "pass", false, false, Change::same},
      // What DetectionOnly would have held back counts as held back, then and now.
      {kDetects, "deny", false, false, Change::same},
      {kDetects, "pass", false, false, Change::newly},
      {kDenies, "pass", true, true, Change::same},
      {kPasses, "pass", true, true, Change::no_longer},
  };
  for (const Case& row : cases) {
    Exchange exchange = record(row.then, {});
    exchange.recorded->detection_only = row.detection_only;
    exchange.recorded->would_interrupt = row.would;
    evaluated(row.rules, exchange, [&](const Outcome& outcome) {
      EXPECT_EQ(then_and_now(outcome)->change, row.change) << row.rules << row.then;
    });
  }
}

TEST(ThenAndNow, TellsTheRulesThatAreGoneAndNew) {
  evaluated(kDenies, record("deny", {7, 8}), [](const Outcome& outcome) {
    const auto both = then_and_now(outcome);
    EXPECT_THAT(both->gone, ElementsAre(7, 8));
    EXPECT_THAT(both->appeared, ElementsAre(1));
    EXPECT_TRUE(both->differs());
  });
  evaluated(kDenies, record("deny", {1}),
            [](const Outcome& outcome) { EXPECT_FALSE(then_and_now(outcome)->differs()); });
  Exchange traffic = record("deny", {});
  traffic.recorded.reset();
  evaluated(kDenies, traffic,
            [](const Outcome& outcome) { EXPECT_FALSE(then_and_now(outcome).has_value()); });
}

std::string written(std::string_view format, const Outcome& outcome) {
  RecordContext context{&outcome.transaction->program()};
  return find_record_format(RecordKind::decision, format)->make(context)->record(outcome);
}

TEST(ThenAndNow, IsWrittenInEachFormat) {
  evaluated(kPasses, record("deny", {7}), [](const Outcome& outcome) {
    EXPECT_EQ(written("text", outcome), "WAS DENY 403 → PASS GET /a?secret=1  -7 +2\n");
    // Queries may hold what is nobody's business.
    EXPECT_EQ(written("markdown", outcome), "| deny | pass | GET /a |  | 7 | 2 |  |\n");
    const auto json = nlohmann::json::parse("{" + written("jsonl", outcome));
    EXPECT_EQ(json["recorded"]["producer"], "ModSecurity/2.9.7");
    EXPECT_EQ(json["recorded"]["rule_ids"], nlohmann::json({7}));
    EXPECT_EQ(json["changed"].dump(),
              R"({"blocked":"no-longer","decision":["deny","pass"],"gone":[7],"new":[2]})");
    EXPECT_EQ(json["incomplete"], nlohmann::json::array());
  });
  // What is the same is shown only where all is asked for.
  evaluated(kDenies, record("deny", {1}), [](const Outcome& outcome) {
    EXPECT_EQ(written("text", outcome), "");
    EXPECT_EQ(written("markdown", outcome), "");
  });
}

TEST(ThenAndNow, APartIsNotTakenForTheWhole) {
  Exchange exchange = record("deny", {7});
  exchange.gaps = {Gap::request_body};
  evaluated(kPasses, exchange, [](const Outcome& outcome) {
    EXPECT_THAT(written("text", outcome), HasSubstr("PARTIAL WAS DENY 403 → PASS"));
    RecordCounts counts;
    counts.add(outcome);
    EXPECT_EQ(counts.total(), 1U);
    EXPECT_EQ(counts.whole(), 0U);
    EXPECT_EQ(counts.partial_changed, 1U);
    EXPECT_THAT(record_counts_text(counts, 2),
                HasSubstr("3 records: 0 the same, 0 no longer blocked, 0 newly blocked, 1 partial, "
                          "2 unreadable\n"));
    EXPECT_THAT(record_counts_text(counts, 2), HasSubstr("SecAuditLogParts ABCDEFHJZ"));
  });
}

TEST(ThenAndNow, RulesWithoutIdsAreNotCompared) {
  Exchange exchange = record("pass", {});
  exchange.gaps = {Gap::rule_ids};
  evaluated(kPasses, exchange,
            [](const Outcome& outcome) { EXPECT_FALSE(then_and_now(outcome)->differs()); });
}

TEST(ThenAndNow, SaysWhenALogHoldsNoOtherTraffic) {
  RecordCounts counts;
  for (int i = 0; i < 2; ++i) {
    evaluated(kDenies, record("deny", {1}), [&](const Outcome& outcome) { counts.add(outcome); });
  }
  EXPECT_THAT(record_counts_text(counts, 0), HasSubstr("every record names rules that matched"));
}

}  // namespace
}  // namespace wafcheck::formats
