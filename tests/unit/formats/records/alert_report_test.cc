// Alerts counted: what the tables hold, and what they hide.

#include "formats/records/alert_report.h"

#include <gmock/gmock.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

namespace wafcheck::formats {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

constexpr int64_t kHour = 3'600'000'000;

SeenAlert alert(uint64_t rule, const std::string& path, int64_t hour, bool interrupted = false) {
  return {rule, "a | b", "ARGS:q", path, "192.0.2.1", "h", hour * kHour + 1, interrupted};
}

std::string report(const AlertCounts& counts, std::string_view name,
                   AlertReportOptions options = {}) {
  for (const AlertReportFormat& format : kAlertReportFormats) {
    if (format.name == name) return format.write(counts, options);
  }
  return {};
}

TEST(AlertReport, CountsByNameAndHour) {
  AlertCounts counts;
  counts.add(alert(2, "/a", 5));
  counts.add(alert(1, "/a", 5, true));
  counts.add(alert(2, "/b", 6));
  const auto json = nlohmann::json::parse(report(counts, "json", {.top = 0}));
  EXPECT_EQ(json["alerts"], 3);
  EXPECT_EQ(json["interrupted"], 1);
  EXPECT_EQ(json["rules"][0]["id"], 2);
  EXPECT_EQ(json["rules"][0]["alerts"], 2);
  EXPECT_EQ(json["rules"][1]["interrupted"], 1);
  EXPECT_EQ(json["paths"][0]["name"], "/a");
  EXPECT_EQ(json["hours"][1]["hour"], "1970-01-01T06:00:00Z");
  EXPECT_EQ(json["hours"][1]["alerts"], 1);
}

TEST(AlertReport, ShowsSoManyRowsAndHowManyThereAreMore) {
  AlertCounts counts;
  for (uint64_t rule = 1; rule <= 5; ++rule) counts.add(alert(rule, "/a", 5));
  const std::string text = report(counts, "text", {.top = 2});
  EXPECT_THAT(text, HasSubstr("       1  1  a | b\n       1  2  a | b\n          and 3 more\n"));
}

TEST(AlertReport, OfMessagesThatDifferTheBeginningIsShown) {
  AlertCounts counts;
  for (const char* score : {"(Score: 5)", "(Score: 12)", "(Score: 5)"}) {
    SeenAlert seen = alert(1, "/a", 5);
    seen.message = std::string("Exceeded ") + score;
    counts.add(seen);
  }
  EXPECT_EQ(counts.rules["1"].message, "Exceeded (Score:...");
}

TEST(AlertReport, PartsAddUpInAnyOrder) {
  std::vector<std::string> messages = {"", "Exceeded (Score: 12)", "Exceeded (Score: 5)",
                                       "Exceeded"};
  std::ranges::sort(messages);
  do {
    AlertCounts sum;
    for (const std::string& message : messages) {
      SeenAlert seen = alert(1, "/a", 5);
      seen.message = message;
      AlertCounts part;
      part.add(seen);
      sum.merge(part);
    }
    EXPECT_EQ(sum.rules["1"].message, "Exceeded...");
    EXPECT_EQ(sum.rules["1"].alerts, 4U);
    EXPECT_EQ(sum.paths["/a"].alerts, 4U);
    EXPECT_EQ(sum.hours[5].alerts, 4U);
  } while (std::ranges::next_permutation(messages).found);
}

TEST(AlertReport, LinesFitTheTerminal) {
  AlertCounts counts;
  SeenAlert seen = alert(1, "/" + std::string(300, 'x') + "/y", 5);
  seen.message = std::string(300, 'm');
  counts.add(seen);
  std::istringstream lines(report(counts, "text", {.columns = 80}));
  for (std::string line; std::getline(lines, line);) EXPECT_LE(line.size(), 160U) << line;
}

TEST(AlertReport, MarkdownHasNoMarkupOfOthers) {
  AlertCounts counts;
  SeenAlert seen = alert(1, "/<b>|*x*", 5);
  counts.add(seen);
  EXPECT_THAT(report(counts, "markdown"), HasSubstr("| /&#60;b&#62;&#124;&#42;x&#42; |"));
}

TEST(AlertReport, HidesWhatIsPrivateInPaths) {
  AlertCounts counts;
  counts.add(alert(1, "/u/me@example.com", 5));
  counts.add(alert(1, "/u/us@example.com", 5));
  AlertCounts shown = counts;
  counts.hide_paths(Masks());
  EXPECT_THAT(report(counts, "json"), Not(HasSubstr("me@example")));
  EXPECT_EQ(counts.paths.size(), 1U);
  EXPECT_EQ(counts.paths.begin()->second.alerts, 2U);
  shown.hide_paths(Masks({}, true));
  EXPECT_THAT(report(shown, "json"), HasSubstr("me@example"));
}

TEST(AlertReport, NamesWithoutRoomAreCounted) {
  AlertCounts counts;
  for (size_t i = 0; i < AlertCounts::kNames + 3; ++i) {
    counts.add(alert(1, "/" + std::to_string(i), 5));
  }
  EXPECT_EQ(counts.paths.size(), AlertCounts::kNames);
  EXPECT_EQ(counts.not_listed, 3U);
  EXPECT_EQ(counts.alerts, AlertCounts::kNames + 3);
}

}  // namespace
}  // namespace wafcheck::formats
