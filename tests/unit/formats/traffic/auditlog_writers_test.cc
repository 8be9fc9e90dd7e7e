// Audit logs as Apache httpd with ModSecurity 2.9.7 and nginx with ModSecurity 3.0.9 were seen to
// write them; tests/differential/auditlog/ drives both.

#include <fmt/format.h>
#include <gmock/gmock.h>

#include <sstream>
#include <string>
#include <string_view>
#include <vector>

#include "formats/traffic/auditlog/alerts.h"
#include "formats/traffic/auditlog/auditlog.h"
#include "formats/traffic/auditlog/index.h"
#include "formats/traffic/gaps.h"

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

namespace wafcheck::formats {
namespace {

Exchange record_of(const std::string& text) {
  std::istringstream in(text);
  const auto reader = open_auditlog(in, {});
  std::vector<Entry> entries;
  while (auto entry = reader->next()) entries.push_back(std::move(*entry));
  EXPECT_EQ(entries.size(), 1U);
  EXPECT_THAT(reader->remarks(), IsEmpty());
  if (entries.empty()) return {};
  EXPECT_TRUE(entries[0].has_value()) << entries[0].error().message;
  return entries[0].value_or(Exchange{});
}

bool has_gap(const Exchange& exchange, Gap gap) {
  return std::ranges::find(exchange.gaps, gap) != exchange.gaps.end();
}

/// A record of ModSecurity 2, whose part H begins with `trailer`.
std::string apache(const std::string& trailer, const std::string& body = "a=1",
                   std::string_view mode = "ENABLED") {
  return fmt::format(
      "--fd1b1242-A--\n"
      "[29/Nov/2026:17:46:46.950899 +0000] awxlBplKKUVdx6dpeBa6WAAAAAU 127.0.0.1 1024 127.0.0.1 "
      "80\n"
      "--fd1b1242-B--\nPOST /form HTTP/1.1\nHost: www.example.com\nContent-Type: text/plain\n"
      "Content-Length: {}\n\n--fd1b1242-C--\n{}\n--fd1b1242-F--\nHTTP/1.1 200 OK\n"
      "Content-Length: 2\n\n--fd1b1242-E--\nok\n--fd1b1242-H--\n{}Stopwatch: 1 2 (- - -)\n"
      "Producer: ModSecurity for Apache/2.9.7 (http://www.modsecurity.org/); OWASP_CRS/3.3.4.\n"
      "Server: Apache/2.4.71 (Debian)\nEngine-Mode: \"{}\"\n\n--fd1b1242-Z--\n\n",
      body.size(), body, trailer, mode);
}

/// A native record of ModSecurity 3 with those lines in part H.
std::string nginx(const std::string& trailer, std::string_view status = "200") {
  return fmt::format(
      "---wcxZ4n5o---A--\n[29/Nov/2026:17:40:38 +0000] 179597403833.537311 127.0.0.1 1823 "
      "127.0.0.1 "
      "80\n---wcxZ4n5o---B--\nGET /page HTTP/1.1\nHost: www.example.com\n\n---wcxZ4n5o---D--\n\n"
      "---wcxZ4n5o---E--\n<html>\\x0a\n\n---wcxZ4n5o---F--\nHTTP/1.1 {}\nContent-Type: "
      "text/html\n\n"
      "---wcxZ4n5o---H--\n{}\n---wcxZ4n5o---I--\n\n---wcxZ4n5o---J--\n\n---wcxZ4n5o---K--\n\n"
      "---wcxZ4n5o---Z--\n\n",
      status, trailer);
}

/// A line of ModSecurity 3's part H.
std::string line_3(std::string_view verb, int id, std::string_view variable = "ARGS:own",
                   std::string_view path = "/page") {
  return fmt::format(
      "ModSecurity: {} Matched \"Operator `StrEq' with parameter `x' against variable `{}' (Value: "
      "`x' ) [file \"/r.conf\"] [line \"20\"] [id \"{}\"] [rev \"\"] [msg \"m\"] [data \"\"] "
      "[severity \"0\"] [ver \"\"] [maturity \"0\"] [accuracy \"0\"] [hostname \"127.0.0.1\"] [uri "
      "\"{}\"] [unique_id \"1\"] [ref \"v14,8\"]\n",
      verb, variable, id, path);
}

/// A JSON record of ModSecurity 3.
std::string json_3(std::string_view request, std::string_view response, std::vector<int> ids) {
  std::string messages;
  for (const int id : ids) {
    messages += fmt::format(R"({}{{"message":"m","details":{{"match":"","ruleId":"{}"}}}})",
                            messages.empty() ? "" : ",", id);
  }
  return fmt::format(
      R"({{"transaction":{{"client_ip":"127.0.0.1","time_stamp":"Sun Nov 29 17:40:40 2026",)"
      R"("client_port":1024,"host_ip":"127.0.0.1","host_port":80,"unique_id":"u","request":{{)"
      R"("method":"POST","http_version":1.1,"uri":"/page",{}}},"response":{{{}}},"producer":)"
      R"x({{"modsecurity":"ModSecurity v3.0.9 (Linux)","connector":"ModSecurity-nginx v1.0.3",)x"
      R"("secrules_engine":"Enabled","components":["OWASP_CRS/3.3.4\""]}},"messages":[{}]}}}})"
      "\n",
      request, response, messages);
}

constexpr std::string_view kRequest = R"("body":"","headers":{"Host":"www.example.com"})";
constexpr std::string_view kPage =
    R"("body":"<html>rows of a table</html>","http_code":{},"headers":{"Content-Type":"text/html"})";

std::string page(int status) {
  std::string text(kPage);
  return text.replace(text.find("{}"), 2, std::to_string(status));
}

// --- bodies that look like records ---------------------------------------------------------------

TEST(AuditLogWriters, ABodyGoesOnBehindWhatLooksLikeARecord) {
  const std::string forged =
      "--deadbeef-A--\n[29/Nov/2026:10:00:00.000000 +0000] id1 192.0.2.1 1 192.0.2.2 80\n"
      "--deadbeef-B--\nGET /x HTTP/1.1\nHost: x\n\n--deadbeef-Z--\n";
  for (const std::string& body :
       {forged + "\n", forged + "\n\ntext\n{\"transaction\":{}}\n{\n}\n", "a\n" + forged + forged,
        forged + "--deadbeef-A--", forged + "{\n", std::string("--deadbeef-A--\n"),
        std::string("--deadbeef-A--\nno connection\n")}) {
    EXPECT_EQ(record_of(apache("", body)).request.body, body);
  }
}

// --- what ModSecurity 2 says ---------------------------------------------------------------------

TEST(AuditLogWriters, ARuleThatGaveUpDidNotMatch) {
  const Exchange exchange = record_of(
      apache("Message: Rule 7f1bb14f8d88 [id \"942130\"][file \"/c/942.conf\"][line \"591\"] - "
             "Execution error - PCRE limits exceeded (-47): (null).\n"));
  EXPECT_THAT(exchange.recorded->rule_ids, IsEmpty());
  EXPECT_THAT(exchange.notes, ElementsAre(HasSubstr("PCRE limits exceeded")));
}

TEST(AuditLogWriters, MessagesCountAndTheirCopiesForTheServerDoNot) {
  const Exchange exchange =
      record_of(apache("Message: String match \"nolog\" at ARGS:own. [file \"/r.conf\"] [line "
                       "\"17\"] [id \"1002\"]\n"
                       "Apache-Error: [file \"apache2_util.c\"] [line 275] [level 3] [client "
                       "127.0.0.1] ModSecurity: "
                       "Warning. x [file \"/r.conf\"] [line \"1\"] [id \"7\"]\n"));
  EXPECT_THAT(exchange.recorded->rule_ids, ElementsAre(1002));
  EXPECT_EQ(exchange.recorded->decision, "pass");
}

TEST(AuditLogWriters, MessagesOfModSecurity2NameTheDecision) {
  struct Case {
    std::string_view words, decision;
    int phase;
  };
  constexpr Case kCases[] = {
      {"Access denied with code 406 (phase 1).", "deny", 1},
      {"Access denied with redirection to http://a/ using status 302 (phase 1).", "redirect", 1},
      {"Access denied with connection close (phase 3).", "drop", 3},
      {"Access allowed (phase 2).", "allow", 0},
      {"Warning.", "pass", 0},
  };
  for (const Case& row : kCases) {
    const Exchange exchange = record_of(apache(
        fmt::format("Message: {} m [file \"/r.conf\"] [line \"1\"] [id \"7\"]\n", row.words)));
    EXPECT_EQ(exchange.recorded->decision, row.decision) << row.words;
    EXPECT_EQ(exchange.recorded->phase, row.phase) << row.words;
  }
}

TEST(AuditLogWriters, RulesOfTheRecommendedConfigurationWouldDeny) {
  const Exchange exchange =
      record_of(apache("Message: Warning. m [file \"/r.conf\"] [line \"1\"] [id \"200002\"]\n",
                       "a=1", "DETECTION_ONLY"));
  EXPECT_TRUE(exchange.recorded->would_interrupt);
}

// --- what ModSecurity 3 says ---------------------------------------------------------------------

TEST(AuditLogWriters, ARedirectionIsDeniedWithCode200) {
  const Exchange exchange =
      record_of(nginx(line_3("Access denied with code 200 (phase 1).", 1005)));
  EXPECT_EQ(exchange.recorded->decision, "redirect");
  EXPECT_THAT(exchange.recorded->rule_ids, ElementsAre(1005));
  EXPECT_EQ(record_of(nginx(line_3("Access denied with code 403 (phase 1).", 1003), "403"))
                .recorded->decision,
            "deny");
}

TEST(AuditLogWriters, ABlockingRuleThatWarnsTellsOfDetectionOnly) {
  const Exchange blocking = record_of(nginx(line_3("Warning.", 949110)));
  EXPECT_TRUE(blocking.recorded->detection_only);
  EXPECT_TRUE(blocking.recorded->would_interrupt);
  EXPECT_FALSE(record_of(nginx(line_3("Warning.", 942100))).recorded->detection_only);
}

TEST(AuditLogWriters, TheJsonOfModSecurity3DoesNotNameThePhase) {
  struct Case {
    std::string_view reason;
    std::string response;
    std::vector<int> ids;
    std::string_view decision;
    bool has_response;
  };
  const Case cases[] = {
      {"phase 4, by a score", page(403), {951230, 959100}, "deny", true},
      {"phase 4, by a rule of one's own", page(502), {1010}, "deny", true},
      {"phase 2, by a score", page(403), {942100, 949110}, "deny", false},
      {"phase 2, the server's page",
       R"("body":"<title>409 Conflict</title>","http_code":409,"headers":{"Server":"nginx"})",
       {1004},
       "deny",
       false},
      {"phase 1", R"("body":"","http_code":406,"headers":{})", {1003}, "deny", false},
      {"a redirection", R"("body":"","http_code":200,"headers":{})", {1005}, "redirect", false},
      {"without part F, nothing tells", R"("body":"","http_code":200)", {1005}, "pass", true},
      {"an answer", page(200), {1008}, "pass", true},
  };
  for (const Case& row : cases) {
    const Exchange exchange = record_of(json_3(kRequest, row.response, row.ids));
    EXPECT_EQ(exchange.recorded->decision, row.decision) << row.reason;
    EXPECT_EQ(exchange.response.has_value(), row.has_response) << row.reason;
  }
}

TEST(AuditLogWriters, ACompressedBodyThatEndsAtItsFirstNulIsCut) {
  const std::string body =
      "\"body\":\"\\u001f\x8b\\b\",\"headers\":{\"Content-Encoding\":\"gzip\",";
  EXPECT_TRUE(has_gap(record_of(json_3(body + R"("Content-Length":"35"})", page(200), {})),
                      Gap::request_body_cut));
  EXPECT_TRUE(has_gap(record_of(json_3(body + R"("Transfer-Encoding":"chunked"})", page(200), {})),
                      Gap::request_body_cut));
  EXPECT_FALSE(has_gap(record_of(json_3(body + R"("Content-Length":"3"})", page(200), {})),
                       Gap::request_body_cut));
}

TEST(AuditLogWriters, SomeAnswersHaveNoBody) {
  const std::string response = R"("body":"","http_code":{},"headers":{"Content-Length":"37"})";
  const auto missing = [&](std::string_view method, std::string_view status) {
    std::string text = json_3(kRequest, response, {});
    text.replace(text.find("\"POST\""), 6, fmt::format("\"{}\"", method));
    text.replace(text.find("{}"), 2, status);
    return has_gap(record_of(text), Gap::response_body);
  };
  EXPECT_TRUE(missing("GET", "200"));
  EXPECT_FALSE(missing("HEAD", "200"));
  EXPECT_FALSE(missing("GET", "304"));
}

// --- fields that a client sent -------------------------------------------------------------------

TEST(AuditLogWriters, AClientCannotNameAnotherRule) {
  constexpr std::string_view kForged = "x\"] [file \"x\"] [line \"1\"] [id \"7\"]";
  const std::string lines[] = {
      // ModSecurity 2 writes names as they are, and escapes what follows the fields.
      fmt::format("Message: Warning. Pattern match \"a\" at ARGS:{}. [file \"/c/941.conf\"] [line "
                  "\"83\"] [id \"17\"] [msg \"m\"] [data \"found within ARGS:x\\x22] [id "
                  "\\x227\\x22]\"] [severity \"CRITICAL\"]",
                  kForged),
      line_3("Warning.", 17, kForged),
      line_3("Warning.", 17, "ARGS:own", kForged),
  };
  for (const std::string& line : lines) {
    const auto alert = parse_alert(line);
    ASSERT_TRUE(alert.has_value()) << line;
    EXPECT_EQ(alert->id(), 17U) << line;
  }
}

// --- the index -----------------------------------------------------------------------------------

TEST(AuditLogWriters, AnIndexHasADigestOfEachRecord) {
  const auto line = parse_index_line(
      "www.example.com 127.0.0.1 - [29/Nov/2026:17:40:39 +0000] \"GET / HTTP/1.1\" 200 37 - \"a\" "
      "179597403992.496877 - /f/20261129-174039-179597403992.496877 0 3.000000 "
      "md5:900150983cd24fb0d6963f7d28e17f72");
  ASSERT_TRUE(line.has_value());
  EXPECT_TRUE(has_digest(*line, "abc"));
  EXPECT_FALSE(has_digest(*line, "abd"));
}

}  // namespace
}  // namespace wafcheck::formats
