// The table of record formats, and what holds for every row of it.

#include "formats/records/record_format.h"
#include "formats/records/decisions.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <set>

#include "formats/records/trace.h"
#include "tests/unit/formats/evaluated.h"

namespace wafcheck::formats {
namespace {

using nlohmann::json;
using testing::Evaluated;
using testing::form_post;

constexpr const char* kMatches =
    "SecAuditEngine On\nSecRule ARGS:a \"@streq 1\" \"id:7,phase:2,pass,log,msg:'m'\"";

/// A stream of `outcomes`, written as a command does it.
std::string written(RecordKind kind, std::string_view name, const Evaluated& run, size_t times,
                    Selection selection = Selection::usual) {
  const RecordFormat* row = find_record_format(kind, name);
  const auto writer = row->make({&run.program(), selection});
  RunTotals totals;
  std::string text = writer->begin();
  for (size_t at = 0; at < times; ++at) {
    totals.summary.add(run.outcome());
    const std::string record = writer->record(run.outcome());
    if (!record.empty()) text += writer->lead(totals.records++) + record;
  }
  return text + writer->end(totals);
}

TEST(RecordFormats, HaveNamesOfTheirOwn) {
  std::set<std::pair<RecordKind, std::string_view>> names;
  ASSERT_FALSE(record_formats().empty());
  for (const RecordFormat& row : record_formats()) {
    EXPECT_TRUE(names.emplace(row.kind, row.name).second) << row.name;
    EXPECT_FALSE(row.doc.empty()) << row.name;
    EXPECT_EQ(find_record_format(row.kind, row.name)->make, row.make);
  }
  EXPECT_EQ(find_record_format(RecordKind::audit, "text"), nullptr);
}

TEST(RecordFormats, EveryRowWritesWholeLines) {
  const Evaluated run(kMatches, form_post());
  for (const RecordFormat& row : record_formats()) {
    const std::string text = written(row.kind, row.name, run, 2);
    ASSERT_FALSE(text.empty()) << row.name;
    EXPECT_EQ(text.back(), '\n') << row.name;
  }
}

TEST(RecordFormats, ValuesThatAreShownAreBounded) {
  const Evaluated run(
      "SecRule ARGS_POST \"@rx x\" \"id:1,phase:2,pass,log\"",
      form_post("a=" + std::string(1000, 'x') + "&b=" + std::string(1000, 'x') + "&c=x"));
  RecordContext context{&run.program()};
  context.limits.shown_values = 1500;
  const auto writer = find_record_format(RecordKind::decision, "jsonl")->make(context);
  const json record = json::parse(writer->lead(0) + writer->record(run.outcome()));
  const json& matches = record["matched_rules"][0]["matches"];
  ASSERT_EQ(matches.size(), 3U);
  EXPECT_EQ(matches[0]["value"].get<std::string>().size(), 1000U);
  EXPECT_EQ(matches[1]["value"].get<std::string>().size(), 256U);
  EXPECT_EQ(matches[2]["value"], "x");
  ASSERT_EQ(record["errors"].size(), 1U);
  EXPECT_EQ(record["errors"][0]["message"],
            "the values of matches have more than 1500 bytes; the others are cut");
}

TEST(RecordFormats, JsonIsOneDocument) {
  const Evaluated run(kMatches, form_post());
  for (const size_t times : {0, 1, 3}) {
    const json document = json::parse(written(RecordKind::decision, "json", run, times));
    EXPECT_EQ(document["schema"], 1);
    EXPECT_EQ(document["engine"]["name"], "wafcheck");
    EXPECT_EQ(document["engine"]["profile"], "default");
    EXPECT_EQ(document["summary"]["transactions"], times);
    ASSERT_EQ(document["transactions"].size(), times);
    for (size_t at = 0; at < times; ++at) {
      EXPECT_EQ(document["transactions"][at]["index"], at);
      EXPECT_EQ(document["transactions"][at]["schema"], 1);
      EXPECT_EQ(document["transactions"][at]["matched_rules"][0]["id"], 7);
    }
  }
}

TEST(RecordFormats, JsonLinesAreNumberedObjects) {
  const Evaluated run(kMatches, form_post());
  std::istringstream lines(written(RecordKind::decision, "jsonl", run, 3));
  size_t count = 0;
  for (std::string line; std::getline(lines, line); ++count) {
    EXPECT_EQ(json::parse(line)["index"], count);
    EXPECT_EQ(json::parse(line), json::parse(decision_json(run.outcome(), count)));
  }
  EXPECT_EQ(count, 3U);
}

struct Selected {
  const char* rules;
  const char* format;
  Selection selection;
  bool shown;
};

TEST(RecordFormats, ShowWhatIsSelected) {
  constexpr const char* kNothing = "SecAuditEngine Off";
  constexpr const char* kDenies = "SecAction \"id:1,phase:1,deny,log\"";
  constexpr const char* kWouldDeny =
      "SecRuleEngine DetectionOnly\nSecAction \"id:1,phase:1,deny,log\"";
  const Selected cases[] = {
      {kNothing, "text", Selection::usual, false},
      {kNothing, "text", Selection::all, true},
      {kNothing, "jsonl", Selection::usual, true},
      {kNothing, "json", Selection::matched, false},
      {kMatches, "text", Selection::usual, true},
      {kMatches, "jsonl", Selection::matched, true},
      {kMatches, "jsonl", Selection::interrupted, false},
      {kMatches, "text", Selection::interrupted, false},
      {kDenies, "text", Selection::interrupted, true},
      {kWouldDeny, "json", Selection::interrupted, true},
  };
  for (const Selected& row : cases) {
    const Evaluated run(row.rules, form_post());
    const auto writer =
        find_record_format(RecordKind::decision, row.format)->make({&run.program(), row.selection});
    EXPECT_EQ(!writer->record(run.outcome()).empty(), row.shown) << row.rules << ' ' << row.format;
  }
}

TEST(RecordFormats, MatchedRulesAreThoseOfTheSandbox) {
  const Evaluated run(
      "SecAction \"id:930120,phase:1,pass,log,msg:'OS File',tag:paranoia-level/2\"\n"
      "SecAction \"id:3,phase:1,pass,nolog\"\nSecAction \"id:4,phase:1,pass,log,msg:'m'\"",
      form_post());
  const auto written = [&](const char* format) {
    return find_record_format(RecordKind::decision, format)
        ->make({&run.program()})
        ->record(run.outcome());
  };
  EXPECT_EQ(written("matched-rules"), "930120 PL2 OS File\n4 PL1 m\n");
  EXPECT_EQ(json::parse(written("matched-rules-json")), json::parse(R"([
    {"message":"OS File","id":930120,"paranoia_level":2},
    {"message":"m","id":4,"paranoia_level":1}])"));
}

TEST(RecordFormats, AuditLogsLeaveOutWhatTheFrontRefused) {
  const Evaluated run(kMatches, form_post());
  Outcome refused = run.outcome();
  refused.rejected = true;
  for (const RecordFormat& row : record_formats(RecordKind::audit)) {
    EXPECT_NE(row.make({&run.program()})->record(run.outcome()), "") << row.name;
    EXPECT_EQ(row.make({&run.program()})->record(refused), "") << row.name;
  }
}

TEST(RecordFormats, TransactionLinesNeedNoTransaction) {
  const Exchange exchange = form_post();
  const auto writer = find_record_format(RecordKind::traffic, "transactions")->make({});
  const json line = json::parse(writer->record({&exchange, nullptr, "x"}));
  EXPECT_EQ(line["request"]["uri"], "/login?x=1");
}

}  // namespace
}  // namespace wafcheck::formats
