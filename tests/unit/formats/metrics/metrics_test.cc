#include "formats/metrics/metrics.h"

#include <gmock/gmock.h>

#include "tests/unit/formats/evaluated.h"

namespace wafcheck::formats {
namespace {

using testing::Evaluated;
using testing::form_post;
using ::testing::HasSubstr;
using ::testing::Not;

constexpr std::string_view kScore =
    "SecAction \"id:1,phase:1,pass,nolog,setvar:tx.inbound_anomaly_score=5,"
    "setvar:tx.outbound_anomaly_score=-3\"\n";

Metrics metrics_of(const std::string& rules, std::string body = "a=1") {
  Metrics metrics;
  metrics.add(Evaluated(rules, form_post(std::move(body))).outcome());
  return metrics;
}

TEST(Metrics, CountDecisions) {
  const std::string text =
      metrics_text(metrics_of("SecRule ARGS:a \"@streq 1\" \"id:7,phase:2,deny,log,t:none\"\n"));
  EXPECT_THAT(text, HasSubstr("wafcheck_transactions_total 1\n"));
  EXPECT_THAT(text, HasSubstr("wafcheck_decisions_total{decision=\"deny\"} 1\n"));
}

TEST(Metrics, CountRulesThatAreLoggedById) {
  const std::string text = metrics_text(
      metrics_of(std::string(kScore) + "SecAction \"id:7,phase:2,pass,log,t:none\"\n"));
  EXPECT_THAT(text, HasSubstr("wafcheck_rule_matches_total{rule_id=\"7\"} 1\n"));
  EXPECT_THAT(text, Not(HasSubstr("rule_id=\"1\"")));
}

TEST(Metrics, TellWhatDetectionOnlyKeptFromBeingDone) {
  const std::string text = metrics_text(
      metrics_of("SecRuleEngine DetectionOnly\nSecAction \"id:7,phase:2,deny,log,t:none\"\n"));
  EXPECT_THAT(text, HasSubstr("wafcheck_decisions_total{decision=\"pass\"} 1\n"));
  EXPECT_THAT(text, HasSubstr("wafcheck_would_decisions_total{decision=\"deny\"} 1\n"));
}

TEST(Metrics, PutAScoreIntoTheBucketWhoseBoundItEquals) {
  const std::string text = metrics_text(metrics_of(std::string(kScore)));
  EXPECT_THAT(text, HasSubstr("wafcheck_inbound_score_bucket{le=\"4.0\"} 0\n"
                              "wafcheck_inbound_score_bucket{le=\"5.0\"} 1\n"));
  EXPECT_THAT(text, HasSubstr("wafcheck_inbound_score_sum 5.0\nwafcheck_inbound_score_count 1\n"));
}

TEST(Metrics, TakeANegativeScoreForZero) {
  const std::string text = metrics_text(metrics_of(std::string(kScore)));
  EXPECT_THAT(text, HasSubstr("wafcheck_outbound_score_bucket{le=\"0.0\"} 1\n"));
  EXPECT_THAT(text, HasSubstr("wafcheck_outbound_score_sum 0.0\n"));
}

TEST(Metrics, AddUp) {
  const std::string rules = "SecRule ARGS:a \"@streq 1\" \"id:7,phase:2,deny,log,t:none\"\n";
  Metrics one = metrics_of(rules);
  one.merge(metrics_of(rules));
  one.merge(metrics_of(rules, "a=2"));
  const std::string text = metrics_text(one);
  EXPECT_THAT(text, HasSubstr("wafcheck_decisions_total{decision=\"deny\"} 2\n"
                              "wafcheck_decisions_total{decision=\"pass\"} 1\n"));
  EXPECT_THAT(text, HasSubstr("wafcheck_evaluation_seconds_count 3\n"));
}

TEST(Metrics, CountBodiesThatNoRuleLookedInto) {
  EXPECT_THAT(metrics_text(metrics_of("SecRequestBodyAccess Off\n")),
              HasSubstr("wafcheck_uninspected_bodies_total{side=\"request\",reason=\"no-access\"} "
                        "1\n"));
}

TEST(MetricsText, NamesTheProcessInEverySample) {
  const std::string text =
      metrics_text(metrics_of(std::string(kScore)), {.timing = true, .process = "12"});
  EXPECT_THAT(text, HasSubstr("wafcheck_transactions_total{process=\"12\"} 1\n"));
  EXPECT_THAT(text, HasSubstr("wafcheck_inbound_score_bucket{process=\"12\",le=\"+Inf\"} 1\n"));
}

TEST(MetricsText, WithoutTimingHasNoTimes) {
  EXPECT_THAT(metrics_text(Metrics{}, {.timing = false, .process = {}}), Not(HasSubstr("seconds")));
}

TEST(MetricsText, EscapesLabels) {
  Metrics metrics;
  metrics.problems["a\"b\\c\nd"] = 1;
  EXPECT_THAT(metrics_text(metrics), HasSubstr("{kind=\"a\\\"b\\\\c\\nd\"} 1\n"));
}

TEST(MetricsText, EndsAsOpenMetricsDoes) {
  EXPECT_TRUE(metrics_text(Metrics{}).ends_with("\n# EOF\n"));
}

}  // namespace
}  // namespace wafcheck::formats
