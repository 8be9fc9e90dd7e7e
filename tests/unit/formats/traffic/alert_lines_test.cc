// Lines of error logs and rows of Azure's: what is taken from each, and what is none.

#include "formats/traffic/auditlog/alert_lines.h"

#include <gmock/gmock.h>

namespace wafcheck::formats {
namespace {

TEST(AlertLines, AreReadInEachEnginesWords) {
  struct Case {
    std::string_view line;
    uint64_t rule_id;
    std::string_view target, path, client;
    bool interrupted, timed;
  };
  const Case cases[] = {
      {R"([Sun Nov 29 16:00:00.123456 2026] [:error] [pid 1:tid 2] [client 192.0.2.1:40000] )"
       R"([client 192.0.2.1] ModSecurity: Access denied with code 403 (phase 2). Operator GE matched )"
       R"(5 at TX:anomaly_score. [file "f"] [line "94"] [id "949110"] [msg "m"] [hostname "h"] )"
       R"([uri "/a"] [unique_id "u"])",
       949110, "TX:anomaly_score", "/a", "192.0.2.1", true, true},
      {R"(2026/11/29 16:00:00 [error] 12#12: *3 [client 2001:db8::1] ModSecurity: Warning. Matched )"
       R"("Operator `Rx' with parameter `x' against variable `ARGS:q' (Value: `y' ) [file "f"] )"
       R"([line "1"] [id "17"] [msg "m"] [hostname "h"] [uri "/b"], client: 2001:db8::1)",
       17, "ARGS:q", "/b", "2001:db8::1", false, true},
      {R"({"level":"error","ts":1,"msg":"[client \"192.0.2.7\"] Coraza: Access denied (phase 1). m )"
       R"([file \"f\"] [line \"1\"] [id \"18\"] [msg \"m\"] [data \"x found within ARGS:z: y\"] )"
       R"([uri \"/c?d=1\"]"})",
       18, "ARGS:z", "/c", "192.0.2.7", true, false},
      {R"({"time":"2026-11-29T16:00:00Z","properties":{"clientIp":"192.0.2.9","requestUri":)"
       R"("https://h/d?e=1","ruleId":"942130","message":"m","action":"Blocked","details":)"
       R"({"message":"Pattern match x at ARGS:e.","data":"y"}}})",
       942130, "ARGS:e", "/d", "192.0.2.9", true, true},
      {R"({"TimeGenerated":"2026-11-29T16:00:00Z","ClientIp":"192.0.2.9","RequestUri":"/d","RuleId":)"
       R"("942130","Message":"m","Action":"Detected","DetailedData":"Matched Data: y found within )"
       R"([ARGS:e:y]"})",
       942130, "ARGS:e", "/d", "192.0.2.9", false, true},
  };
  for (const Case& row : cases) {
    const auto alert = read_alert_line(row.line);
    ASSERT_TRUE(alert.has_value()) << row.line;
    EXPECT_EQ(alert->rule_id, row.rule_id);
    EXPECT_EQ(alert->message, "m");
    EXPECT_EQ(alert->target, row.target) << row.line;
    EXPECT_EQ(alert->path, row.path);
    EXPECT_EQ(alert->client, row.client) << row.line;
    EXPECT_EQ(alert->interrupted, row.interrupted) << row.line;
    EXPECT_EQ(alert->time_us.has_value(), row.timed) << row.line;
  }
}

TEST(AlertLines, OthersAreToldApart) {
  EXPECT_EQ(read_alert_line("[notice] AH00489: resuming").error(), NoAlert::foreign);
  EXPECT_EQ(read_alert_line(R"({"a":1})").error(), NoAlert::foreign);
  EXPECT_EQ(read_alert_line("ModSecurity: Audit log: Failed to lock").error(),
            NoAlert::engine_message);
  EXPECT_EQ(read_alert_line("ModSecurity: Warning. Pattern match [msg \"m\"]").error(),
            NoAlert::unreadable);
  EXPECT_FALSE(looks_like_alert_lines("[notice] a\n[notice] b\n"));
  EXPECT_TRUE(looks_like_alert_lines("[notice] a\nModSecurity: Warning. x\n"));
}

}  // namespace
}  // namespace wafcheck::formats
