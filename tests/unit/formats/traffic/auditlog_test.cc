// Audit logs: each dialect, and each quirk that its writers have.

#include "formats/traffic/auditlog/auditlog.h"

#include <gmock/gmock.h>

#include <fstream>
#include <iterator>
#include <sstream>
#include <string>

#include "formats/traffic/auditlog/alerts.h"
#include "formats/traffic/auditlog/index.h"
#include "formats/traffic/auditlog/times.h"
#include "formats/traffic/auditlog/unwrap.h"
#include "formats/traffic/gaps.h"
#include "tests/unit/formats/traffic_testing.h"

using namespace std::literals;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Pair;

namespace wafcheck::formats {
namespace {

using namespace testing;

/// What a log yields: transactions and errors in its order, and what its reader has to say.
struct Log {
  std::vector<Entry> entries;
  std::vector<std::string> remarks;
};

Log read_log(const std::string& text, const TrafficLimits& limits = {}) {
  std::istringstream in(text);
  const auto reader = open_auditlog(in, limits);
  Log log;
  while (auto entry = reader->next()) log.entries.push_back(std::move(*entry));
  log.remarks = reader->remarks();
  return log;
}

Exchange only_record(const std::string& text) {
  Log log = read_log(text);
  EXPECT_EQ(log.entries.size(), 1U);
  EXPECT_THAT(log.remarks, IsEmpty());
  if (log.entries.empty()) return {};
  EXPECT_TRUE(log.entries[0].has_value()) << log.entries[0].error().message;
  return log.entries[0].value_or(Exchange{});
}

/// A record of ModSecurity 2 with that boundary; `body` is part C.
std::string native2(const std::string& boundary, const std::string& uri = "/",
                    const std::string& body = "", const std::string& headers = "Host: a\n") {
  const std::string mark = "--" + boundary + "-";
  std::string record = mark + "A--\n[29/Nov/2026:16:00:00.123456 +0100] ID" + boundary +
                       " 192.0.2.1 40000 192.0.2.9 443\n" + mark + "B--\nPOST " + uri +
                       " HTTP/1.1\n" + headers;
  if (!body.empty()) record += "\n" + mark + "C--\n" + body;
  return record + "\n" + mark + "F--\nHTTP/1.1 200 OK\nContent-Type: text/html\n\n" + mark +
         "H--\nProducer: ModSecurity for Apache/2.9.7 (http://www.modsecurity.org/).\n"
         "Engine-Mode: \"ENABLED\"\n\n" +
         mark + "Z--\n\n";
}

constexpr std::string_view kDenied =
    R"(Access denied with code 403 (phase 2). Operator GE matched 5 at TX:anomaly_score. )"
    R"([file "/c/949.conf"] [line "94"] [id "949110"] )"
    R"x([msg "Inbound Anomaly Score Exceeded (Total Score: 15)"] [severity "CRITICAL"])x";

std::vector<std::string> gap_names(const Exchange& exchange) {
  std::vector<std::string> names;
  for (const Gap gap : exchange.gaps) names.emplace_back(row_of(gap).name);
  return names;
}

// --- ModSecurity 2, native ---

TEST(AuditLog, ReadsANativeRecordOfModSecurity2) {
  const Exchange exchange = only_record(native2("0000000a", "/a?b=1", "a=b\r\n\0c\xff"s));
  EXPECT_EQ(exchange.id, "ID0000000a");
  EXPECT_EQ(exchange.time_us, 1'795'964'400'123'456);
  EXPECT_EQ(exchange.client->ip, "192.0.2.1");
  EXPECT_EQ(exchange.client->port, 40000);
  EXPECT_EQ(exchange.server->port, 443);
  EXPECT_EQ(exchange.request.method, "POST");
  EXPECT_EQ(exchange.request.uri, "/a?b=1");
  EXPECT_EQ(exchange.request.protocol, "HTTP/1.1");
  EXPECT_THAT(exchange.request.headers, ElementsAre(Pair("Host", "a")));
  EXPECT_EQ(exchange.request.body, "a=b\r\n\0c\xff"s);
  EXPECT_EQ(exchange.response->status, 200);
  EXPECT_THAT(exchange.response->headers, ElementsAre(Pair("Content-Type", "text/html")));
  EXPECT_EQ(exchange.recorded->producer, "ModSecurity/2.9.7");
  EXPECT_EQ(to_string(*exchange.recorded->engine), "modsecurity2@2.9.7");
  EXPECT_EQ(exchange.recorded->decision, "pass");
}

TEST(AuditLog, TheLastByteOfABodyMayBeALineEnd) {
  EXPECT_EQ(only_record(native2("0000000a", "/", "a\n\n")).request.body, "a\n\n");
}

TEST(AuditLog, TellsWhatTheWafDid) {
  std::string text = native2("0000000a");
  text.replace(text.find("H--\n"), 4,
               "H--\nMessage: " + std::string(kDenied) + "\nAction: Intercepted (phase 2)\n");
  const Exchange exchange = only_record(text);
  EXPECT_EQ(exchange.recorded->decision, "deny");
  EXPECT_EQ(exchange.recorded->status, 403);
  EXPECT_EQ(exchange.recorded->phase, 2);
  EXPECT_EQ(exchange.recorded->score, 15);
  EXPECT_THAT(exchange.recorded->rule_ids, ElementsAre(949110));
  // What the client got is the server's page, not the application's answer.
  EXPECT_FALSE(exchange.response.has_value());
  EXPECT_THAT(gap_names(exchange), ElementsAre("response"));
}

TEST(AuditLog, DetectionOnlyHoldsNothingBack) {
  std::string text = native2("0000000a");
  text.replace(text.find("\"ENABLED\""), 9, "\"DETECTION_ONLY\"");
  std::string warning(kDenied);
  warning.replace(0, warning.find("Operator"), "Warning. ");
  text.replace(text.find("H--\n"), 4, "H--\nMessage: " + warning + "\n");
  const Exchange exchange = only_record(text);
  EXPECT_EQ(exchange.recorded->decision, "pass");
  EXPECT_TRUE(exchange.recorded->detection_only);
  EXPECT_TRUE(exchange.recorded->would_interrupt);
}

TEST(AuditLog, InterleavedRecordsComeApart) {
  const std::string a = native2("0000000a", "/a"), b = native2("0000000b", "/b", "x=1");
  // The first is interrupted inside part B, after its request line.
  const size_t cut = a.find("Host: a\n");
  const Log log = read_log(a.substr(0, cut) + b.substr(0, b.find("--0000000b-F")) +
                           a.substr(a.find("--0000000a-F")) + b.substr(b.find("--0000000b-F")));
  ASSERT_EQ(log.entries.size(), 2U);
  EXPECT_EQ(log.entries[0]->request.uri, "/a");
  EXPECT_EQ(log.entries[1]->request.uri, "/b");
  EXPECT_EQ(log.entries[1]->request.body, "x=1");
}

TEST(AuditLog, ARecordThatBreaksOffDoesNotWaitForTheEnd) {
  const std::string broken = native2("0000000a", "/broken");
  std::string text = broken.substr(0, broken.find("--0000000a-F"));
  for (int i = 0; i < 600; ++i) text += native2("0000000b");
  const Log log = read_log(text);
  ASSERT_EQ(log.entries.size(), 601U);
  EXPECT_EQ(log.entries[256]->request.uri, "/broken");
}

TEST(AuditLog, ABodyHoldsNoMoreThanItsLength) {
  const std::string broken =
      native2("0000000a", "/broken", "a=1", "Host: a\nContent-Length: 1000\n");
  std::string text = broken.substr(0, broken.find("--0000000a-F"));
  for (int i = 0; i < 5000; ++i) text += native2("0000000b");
  std::istringstream in(text);
  const auto reader = open_auditlog(in, {});
  ASSERT_TRUE(reader->next().has_value());
  EXPECT_LT(in.tellg(), static_cast<std::streamoff>(text.size() / 2));
}

TEST(AuditLog, ABodyThatLooksLikeRecordsStaysABody) {
  const std::string forged = native2("deadbeef", "/forged");
  const Exchange exchange =
      only_record(native2("0000000a", "/", "q=" + forged,
                          "Host: a\nContent-Length: " + std::to_string(forged.size() + 2) + "\n"));
  EXPECT_EQ(exchange.request.body, "q=" + forged);
  EXPECT_THAT(gap_names(exchange), ElementsAre("response-body"));
}

TEST(AuditLog, MarkersOfOthersInABodyAreText) {
  const std::string body = "--deadbeef-Z--\n--0000000b-C--\n---abcd1234---B--";
  EXPECT_EQ(only_record(native2("0000000a", "/", body)).request.body, body);
}

TEST(AuditLog, APartIOfMultipartMakesTheFieldsAgain) {
  std::string text = native2("0000000a", "/", "",
                             "Host: a\nContent-Type: multipart/form-data; boundary=XX\n"
                             "Content-Length: 999\n");
  text.replace(text.find("\n--0000000a-F"), 1, "\n--0000000a-I--\na=b%20c&d=%26\n");
  const Exchange exchange = only_record(text);
  EXPECT_EQ(exchange.request.body,
            "--XX\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\nb c\r\n"
            "--XX\r\nContent-Disposition: form-data; name=\"d\"\r\n\r\n&\r\n--XX--\r\n");
  EXPECT_THAT(gap_names(exchange), ElementsAre("request-body-fields", "response-body"));
}

struct GapCase {
  std::string headers, body, gap;
};

TEST(AuditLog, MissesBodiesThatWereDeclared) {
  const GapCase cases[] = {
      {"Content-Length: 5\n", "", "request-body"},
      {"Content-Length: 5\n", "abc", "request-body-cut"},
      {"Content-Length: 3\n", "abc", ""},
      {"Content-Length: 0\n", "", ""},
      {"Transfer-Encoding: chunked\n", "", "request-body"},
      {"Transfer-Encoding: chunked\n", "abc", ""},
  };
  for (const GapCase& row : cases) {
    const Exchange exchange = only_record(native2("0000000a", "/", row.body, row.headers));
    const auto names = gap_names(exchange);
    EXPECT_EQ(is_partial(exchange.gaps), !row.gap.empty()) << row.headers;
    if (!row.gap.empty()) {
      EXPECT_EQ(names[0], row.gap);
    }
  }
}

TEST(AuditLog, NamesWhatWasMasked) {
  std::string text = native2("0000000a");
  text.replace(text.find("H--\n"), 4, "H--\nSanitised-Args: \"password\".\n");
  EXPECT_TRUE(is_partial(only_record(text).gaps));
}

TEST(AuditLog, WithoutPartHTheVerdictIsUnknown) {
  std::string text = native2("0000000a");
  text.erase(text.find("--0000000a-H"), text.find("--0000000a-Z") - text.find("--0000000a-H"));
  EXPECT_EQ(gap_names(only_record(text))[0], "verdict");
}

TEST(AuditLog, WithoutPartBARecordCannotBeRead) {
  std::string text = native2("0000000a");
  text.erase(text.find("--0000000a-B"), text.find("--0000000a-F") - text.find("--0000000a-B"));
  const Log log = read_log("\n" + text);
  ASSERT_EQ(log.entries.size(), 1U);
  EXPECT_THAT(log.entries[0].error().message, HasSubstr("leaves out part B"));
  EXPECT_EQ(log.entries[0].error().offset, 1U);
}

TEST(AuditLog, CarriageReturnsOfAConvertedLogAreNoText) {
  std::string crlf;
  for (const char byte : native2("0000000a", "/", "a=b")) {
    if (byte == '\n') crlf += '\r';
    crlf += byte;
  }
  const Exchange exchange = only_record(crlf);
  EXPECT_EQ(exchange.request.uri, "/");
  EXPECT_EQ(exchange.request.body, "a=b");
  EXPECT_THAT(exchange.request.headers, ElementsAre(Pair("Host", "a")));
}

// Whatever is cut off, and wherever: nothing is lost without a word.
TEST(AuditLog, CutAtEachByteEveryRecordIsAccountedFor) {
  const std::string whole = native2("0000000a", "/a", "x=1") + native2("0000000b", "/b");
  const size_t second = whole.find("--0000000b-A");
  for (size_t size = 1; size < whole.size(); ++size) {
    const Log log = read_log(whole.substr(0, size));
    const size_t begun = size >= whole.find("\n", whole.find("IDa")) ? 1 : 0;
    const size_t least = (size > second + 16 ? 1 : 0) + begun;
    EXPECT_GE(log.entries.size() + log.remarks.size(), std::min<size_t>(least, 1)) << size;
    for (const Entry& entry : log.entries) {
      if (!entry) continue;
      const bool ended = entry->id == "ID0000000a" && size >= second - 2;
      EXPECT_TRUE(ended || size >= whole.size() - 2 || entry->gaps.front() == Gap::record_cut)
          << size;
    }
  }
}

// A byte that a disk or a network changed harms its own record alone.
TEST(AuditLog, AFlippedBitHarmsOneRecord) {
  const std::string a = native2("0000000a", "/a"), b = native2("0000000b", "/b", "x=1"),
                    c = native2("0000000c", "/c");
  const size_t end = b.find("--0000000b-Z");
  for (size_t at = 0; at < end; ++at) {
    for (int bit = 0; bit < 8; ++bit) {
      std::string harmed = b;
      harmed[at] = static_cast<char>(harmed[at] ^ (1 << bit));
      const Log log = read_log(a + harmed + c);
      const auto holds = [&](std::string_view uri) {
        return std::ranges::any_of(log.entries, [&](const Entry& entry) {
          return entry && entry->request.uri == uri && entry->gaps.size() <= 1;
        });
      };
      ASSERT_TRUE(holds("/a") && holds("/c")) << at << ' ' << bit;
      ASSERT_TRUE(log.entries.size() >= 3 || !log.remarks.empty()) << at << ' ' << bit;
    }
  }
}

// --- ModSecurity 3 ---

TEST(AuditLog, ReadsANativeRecordOfModSecurity3) {
  const Exchange exchange = only_record(
      "---ichlyI1V---A--\n[29/Nov/2026:16:00:00 +0000] 17 192.0.2.1 40000 192.0.2.9 80\n\n"
      "---ichlyI1V---B--\nPOST /a HTTP/1.1\nHost: a\nContent-Length: 4\n\n"
      "---ichlyI1V---C--\na=b\n\n\n"
      "---ichlyI1V---D--\n\n"
      "---ichlyI1V---E--\n\\x0d\\x0aok\n\n"
      "---ichlyI1V---F--\nHTTP/1.1 200\nContent-Type: text/html\n\n"
      "---ichlyI1V---H--\nModSecurity: Warning. Matched \"Operator `Rx' with parameter `a' against "
      "variable `ARGS:a' (Value: `b' ) [file \"/c/1.conf\"] [line \"1\"] [id \"17\"] [msg "
      "\"m\"]\n\n"
      "---ichlyI1V---Z--\n\n");
  EXPECT_EQ(exchange.request.body, "a=b\n");
  EXPECT_EQ(exchange.response->body, "\r\nok");
  EXPECT_EQ(exchange.recorded->producer, "ModSecurity/3");
  EXPECT_THAT(exchange.recorded->rule_ids, ElementsAre(17));
  EXPECT_EQ(exchange.recorded->decision, "pass");
  EXPECT_THAT(gap_names(exchange), ElementsAre("header-order"));
}

/// A JSON record of ModSecurity 3.
std::string json3(const std::string& version, const std::string& request,
                  const std::string& messages = "[]", int status = 200) {
  return R"({"transaction":{"client_ip":"192.0.2.1","time_stamp":"Sun Nov 29 16:00:00 2026",)"
         R"("server_id":"s","client_port":40000,"host_ip":"192.0.2.9","host_port":80,)"
         R"("unique_id":"u1","request":{)" +
         request + R"(},"response":{"body":"","http_code":)" + std::to_string(status) +
         R"(,"headers":{}},"producer":{"modsecurity":"ModSecurity v)" + version +
         R"x( (Linux)","connector":"x","secrules_engine":"Enabled","components":["OWASP_CRS/4\""]},)x"
         R"("messages":)" +
         messages + "}}\n";
}
constexpr std::string_view kRequest3 = R"("method":"GET","http_version":1.1,"uri":"/a")";

TEST(AuditLog, ReadsTheJsonOfModSecurity3) {
  const Exchange exchange = only_record(
      json3("3.0.9", std::string(kRequest3) +
                         R"(,"body":"x","headers":{"Cookie":"a=1","Cookie":"b=2","Host":"h"})"));
  EXPECT_EQ(exchange.id, "u1");
  EXPECT_EQ(exchange.request.protocol, "HTTP/1.1");
  EXPECT_THAT(exchange.request.headers,
              ElementsAre(Pair("Cookie", "a=1"), Pair("Cookie", "b=2"), Pair("Host", "h")));
  EXPECT_EQ(to_string(*exchange.recorded->engine), "modsecurity3@3.0.9");
  EXPECT_EQ(exchange.time_us, 1'795'968'000'000'000);
  EXPECT_THAT(gap_names(exchange), ElementsAre("header-order", "response-headers", "time-zone"));
}

TEST(AuditLog, AVersionOfHttpMayBeMissingOrAString) {
  EXPECT_EQ(
      only_record(json3("3.0.9", R"("method":"GET","http_version":,"uri":"/")")).request.protocol,
      "");
  EXPECT_EQ(only_record(json3("3.0.15", R"("method":"GET","http_version":"2.0","uri":"/")"))
                .request.protocol,
            "HTTP/2.0");
}

TEST(AuditLog, KeepsBytesThatAreNoUtf8) {
  const Exchange exchange = only_record(
      json3("3.0.9", std::string(kRequest3) + R"(,"body":"a=)" + "\xff\xc3\x80\xf4\x8f\xbf\xbf" +
                         R"(é\n","headers":{"X":")" + "\xe9" + R"("})"));
  EXPECT_EQ(exchange.request.body, "a=\xff\xc3\x80\xf4\x8f\xbf\xbfé\n");
  EXPECT_THAT(exchange.request.headers, ElementsAre(Pair("X", "\xe9")));
}

TEST(AuditLog, FromVersion15OnBytesAreEscaped) {
  const std::string request = std::string(kRequest3) + R"(,"body":"\\xadb","headers":{"Host":"h"})";
  const Exchange older = only_record(json3("3.0.14", request));
  EXPECT_EQ(older.request.body, "\\xadb");
  const Exchange newer = only_record(json3("3.0.15", request));
  EXPECT_EQ(newer.request.body,
            "\xad"
            "b");
  EXPECT_TRUE(is_partial(newer.gaps));
}

TEST(AuditLog, InfersWhatTheJsonOfModSecurity3DoesNotSay) {
  const auto rule = [](int id) {
    return R"({"message":"m","details":{"ruleId":")" + std::to_string(id) + R"("}})";
  };
  struct Case {
    std::string messages;
    int status;
    std::string_view decision;
  };
  const Case cases[] = {
      {"[" + rule(942100) + "," + rule(949110) + "]", 403, "deny"},
      {"[" + rule(942100) + "]", 404, "pass"},  // the application's own
      {"[" + rule(17) + "]", 403, "deny"},
      {"[" + rule(17) + "]", 302, "redirect"},
      {"[" + rule(17) + "]", 200, "redirect"},  // there are no headers: nobody answered
      {"[]", 403, "pass"},
  };
  for (const Case& row : cases) {
    const Exchange exchange =
        only_record(json3("3.0.9", std::string(kRequest3), row.messages, row.status));
    EXPECT_EQ(exchange.recorded->decision, row.decision) << row.messages << row.status;
    EXPECT_TRUE(exchange.recorded->inferred);
  }
}

// --- the JSON of ModSecurity 2 ---

TEST(AuditLog, ReadsTheJsonOfModSecurity2) {
  const Exchange exchange = only_record(
      R"({"transaction":{"time":"29/Nov/2026:16:00:00 --0400","transaction_id":"t","remote_address":)"
      R"("192.0.2.1","remote_port":40000,"local_address":"192.0.2.9","local_port":80},"request":)"
      R"({"request_line":"POST /a HTTP/1.1","headers":{"Host":"a","Content-Length":"6"},"body":)"
      R"(["a=b","c=d"]},"response":{"protocol":"HTTP/1.1","status":403,"headers":{}},"audit_data":)"
      R"({"messages":["Access denied with code 403 (phase 1). Pattern match \"a\" at ARGS:a. )"
      R"([file \"f\"] [line \"1\"] [id \"17\"] [msg \"m\"]"],"action":{"intercepted":true,"phase":1,)"
      R"x("message":"x"},"producer":["ModSecurity for Apache/2.9.8 (http://x)","CRS"],)x"
      R"("engine_mode":"ENABLED"}})"
      "\n");
  EXPECT_EQ(exchange.request.body, "a=bc=d");
  EXPECT_EQ(exchange.time_us, 1'795'982'400'000'000);
  EXPECT_EQ(exchange.recorded->producer, "ModSecurity/2.9.8");
  EXPECT_EQ(exchange.recorded->decision, "deny");
  EXPECT_EQ(exchange.recorded->phase, 1);
}

// --- Coraza ---

constexpr std::string_view kCoraza =
    R"({"transaction":{"timestamp":"2026/11/29 16:00:00","unix_timestamp":1795968000123456789,)"
    R"("id":"c1","client_ip":"192.0.2.1","client_port":4,"host_ip":"192.0.2.9","host_port":80,)"
    R"("server_id":"","request":{"method":"POST","protocol":"HTTP/1.1","uri":"/a?q=1",)"
    R"("http_version":"","headers":{"content-type":["application/x-www-form-urlencoded"],)"
    R"("content-length":["7"]},"body":"","args":{"q":["1"],"a":["b c"]},"length":7},"response":)"
    R"({"protocol":"","status":0,"headers":{},"body":""},"producer":{"connector":"","version":"",)"
    R"("server":"","rule_engine":"On","stopwatch":"","rulesets":[]},"highest_severity":"",)"
    R"("is_interrupted":true},"messages":[{"actionset":"","message":"m","error_message":"","data":)"
    R"({"id":17,"msg":"m"}}]})"
    "\n";

TEST(AuditLog, ReadsTheJsonOfCoraza) {
  const Exchange exchange = only_record(std::string(kCoraza));
  EXPECT_EQ(exchange.time_us, 1'795'968'000'123'456);
  EXPECT_EQ(exchange.recorded->decision, "deny");
  EXPECT_THAT(exchange.recorded->rule_ids, ElementsAre(17));
  EXPECT_EQ(exchange.recorded->engine->profile, parser::Profile::coraza);
  // Of the body there are the decoded arguments, those of the query among them.
  EXPECT_EQ(exchange.request.body, "a=b+c");
  EXPECT_THAT(gap_names(exchange),
              ElementsAre("request-body-arguments", "header-order", "header-case", "response"));
}

TEST(AuditLog, SeesBytesThatCorazaReplaced) {
  std::string text(kCoraza);
  text.replace(text.find("/a?q=1"), 6, "/\xEF\xBF\xBD");
  EXPECT_TRUE(std::ranges::count(gap_names(only_record(text)), "replaced-bytes") == 1);
}

TEST(AuditLog, ReadsTheNativeRecordsOfCoraza) {
  const Exchange exchange = only_record(
      "--aBcDeFgHiJ-A--\n[2026/11/29 16:00:00] c1 192.0.2.1 4 192.0.2.9 80\n"
      "--aBcDeFgHiJ-B--\nGET / HTTP/1.1\nhost: a\n\n"
      "--aBcDeFgHiJ-C--\nx\n\n"
      "--aBcDeFgHiJ-H--\nStopwatch: \nProducer: \nServer: \n"
      "--aBcDeFgHiJ-Z--\n\n");
  EXPECT_EQ(exchange.request.body, "x");
  EXPECT_EQ(exchange.recorded->engine->profile, parser::Profile::coraza);
}

// Coraza's JsonLegacy has the shape of ModSecurity 2's JSON.
TEST(AuditLog, ReadsTheLegacyJsonOfCoraza) {
  const Exchange exchange = only_record(
      R"({"transaction":{"time":"2026/11/29 16:00:00","transaction_id":"c1","remote_address":)"
      R"("192.0.2.1","remote_port":4,"local_address":"192.0.2.9","local_port":80},"request":)"
      R"({"request_line":"GET /a HTTP/1.1","headers":{"accept":"a, b"}},"response":{"status":403,)"
      R"("protocol":"","headers":{}},"audit_data":{"messages":["[client \"192.0.2.1\"] Coraza: )"
      R"(Access denied (phase 1). m [file \"f\"] [line \"1\"] [id \"17\"] [msg \"m\"]"],)"
      R"("error_messages":[],"producer":["",""],"engine_mode":"On"}})"
      "\n");
  EXPECT_EQ(exchange.request.uri, "/a");
  EXPECT_EQ(exchange.recorded->engine->profile, parser::Profile::coraza);
  EXPECT_EQ(exchange.recorded->decision, "deny");
  EXPECT_THAT(gap_names(exchange),
              ElementsAre("header-order", "headers-joined", "response", "time-zone"));
}

// What a layout cannot hold, wafcheck's own records add.
TEST(AuditLog, ReadsWhatWafcheckAdds) {
  const Exchange exchange = only_record(
      R"({"transaction":{"client_ip":"192.0.2.1","time_stamp":"Sun Nov 29 16:00:00 2026","unique_id":)"
      R"("u","request":{"method":"POST","http_version":1.1,"uri":"/","headers":{"Host":"h"},"body":)"
      R"("\\xff"},"response":{"http_code":403},"producer":{"modsecurity":"wafcheck 0.1.0"},)"
      R"("messages":[]},"wafcheck":{"version":"0.1.0","time":"2026-11-29T16:00:00.5Z","engine":)"
      R"("coraza@3.7.0","decision":"deny","status":403,"phase":2,"score":5,"no_response":true,)"
      R"("request":{"headers":[["Host","h"],["X",{"base64":"/w=="}]],"body_base64":"/w=="}}})"
      "\n");
  EXPECT_EQ(exchange.request.body, "\xff");
  EXPECT_THAT(exchange.request.headers, ElementsAre(Pair("Host", "h"), Pair("X", "\xff")));
  EXPECT_EQ(exchange.time_us, 1'795'968'000'500'000);
  EXPECT_EQ(exchange.recorded->producer, "wafcheck/0.1.0");
  EXPECT_EQ(to_string(*exchange.recorded->engine), "coraza@3.7.0");
  EXPECT_EQ(exchange.recorded->decision, "deny");
  EXPECT_FALSE(exchange.recorded->inferred);
  EXPECT_EQ(exchange.recorded->score, 5);
  EXPECT_THAT(gap_names(exchange), ElementsAre("response"));
}

TEST(AuditLog, ReadsOcsf) {
  const Exchange exchange = only_record(
      R"({"action":"Denied","class_uid":6001,"time":1795968000123456789,"http_request":{"args":"a=1,",)"
      R"("http_method":"GET","url":{"url_string":"/a?a=1"},"version":"HTTP/1.1","http_headers":)"
      R"([{"name":"host","value":"h"}]},"http_response":{"code":403},"src_endpoint":{"ip":"192.0.2.1",)"
      R"("port":4},"enrichments":[{"name":"m","value":"v","data":"{\"id\":17}"}],"metadata":{"uid":"o1"}})"
      "\n");
  EXPECT_EQ(exchange.id, "o1");
  EXPECT_EQ(exchange.request.uri, "/a?a=1");
  EXPECT_EQ(exchange.recorded->decision, "deny");
  EXPECT_THAT(exchange.recorded->rule_ids, ElementsAre(17));
}

// --- files ---

TEST(AuditLog, FormatsMayBeMixedAmongOtherLines) {
  const Log log = read_log("[notice] started\n" + native2("0000000a", "/1") +
                           "192.0.2.1 - - [29/Nov/2026] \"GET / HTTP/1.1\" 200 1\n" +
                           json3("3.0.9", std::string(kRequest3)) + std::string(kCoraza));
  EXPECT_EQ(log.entries.size(), 3U);
  EXPECT_THAT(log.remarks, ElementsAre("2 lines of other logs are passed over"));
}

TEST(AuditLog, RecordsMayStandOnOneLineOrOnMany) {
  std::string twice = json3("3.0.9", std::string(kRequest3));
  twice.pop_back();
  EXPECT_EQ(read_log(twice + twice + "\n").entries.size(), 2U);
  std::string pretty = twice;
  pretty.replace(0, 1, "{\n  ");
  pretty += "\n";
  EXPECT_EQ(read_log(pretty + pretty).entries.size(), 2U);
}

TEST(AuditLog, AJsonRecordThatBreaksOffIsAnError) {
  const std::string whole = json3("3.0.9", std::string(kRequest3));
  const Log log = read_log(whole.substr(0, 200) + "\n" + whole);
  ASSERT_EQ(log.entries.size(), 2U);
  EXPECT_THAT(log.entries[0].error().message, HasSubstr("breaks off"));
  EXPECT_TRUE(log.entries[1].has_value());
}

TEST(AuditLog, ARecordWithoutItsBeginningIsAnError) {
  const std::string whole = native2("0000000a", "/1");
  const Log log = read_log(whole.substr(whole.find("--0000000a-F")) + native2("0000000b", "/2"));
  ASSERT_EQ(log.entries.size(), 2U);
  EXPECT_THAT(log.entries[0].error().message, HasSubstr("without its beginning"));
  EXPECT_EQ(log.entries[1]->request.uri, "/2");
}

TEST(AuditLog, AJsonRecordMayFollowOneWithoutItsBeginning) {
  const Log log =
      read_log("--0000000a-B--\nGET / HTTP/1.1\n" + json3("3.0.9", std::string(kRequest3)));
  ASSERT_EQ(log.entries.size(), 2U);
  EXPECT_FALSE(log.entries[0].has_value());
  EXPECT_EQ(log.entries[1]->request.uri, "/a");
}

TEST(AuditLog, OfWhatWafcheckAddsAnyMemberMayBeMissingOrWrong) {
  for (const std::string own :
       {R"({})", R"({"version":1,"time":[],"engine":{},"decision":7,"status":"x"})",
        R"({"decision":"perhaps","score":99999999999,"phase":-1})"}) {
    std::string text = json3("3.0.9", std::string(kRequest3));
    text.replace(text.size() - 2, 1, ",\"wafcheck\":" + own + "}");
    const Exchange exchange = only_record(text);
    EXPECT_EQ(exchange.request.uri, "/a") << own;
    EXPECT_EQ(exchange.recorded->decision, "pass") << own;
    EXPECT_FALSE(exchange.recorded->score.has_value()) << own;
  }
}

TEST(AuditLog, ARecordOverTheLimitIsAnErrorAndTheNextIsRead) {
  TrafficLimits limits;
  limits.entry_bytes = 2000;
  const Log log =
      read_log(native2("0000000a", "/1", std::string(1500, 'x') + "\n" + std::string(1500, 'y')) +
                   native2("0000000b", "/2"),
               limits);
  ASSERT_EQ(log.entries.size(), 2U);
  EXPECT_THAT(log.entries[0].error().message, HasSubstr("over the limit of 2000 bytes"));
  EXPECT_EQ(log.entries[1]->request.uri, "/2");
}

// --- wrappings ---

/// Each line of a text, as `wrap` puts it.
template <typename Wrap>
std::string wrapped(std::string_view text, Wrap wrap) {
  std::string out;
  while (!text.empty()) {
    const size_t end = text.find('\n');
    out += wrap(std::string(text.substr(0, end)));
    text.remove_prefix(end + 1);
  }
  return out;
}

std::string in_json(const std::string& text) {
  std::string out;
  for (const char byte : text) {
    if (byte == '"' || byte == '\\') out += '\\';
    out += byte;
  }
  return out;
}

TEST(AuditLog, LooksIntoTheLinesOfContainersAndShippers) {
  const std::string records =
      native2("0000000a", "/a", "x=1") + json3("3.0.9", std::string(kRequest3));
  const std::string wrappings[] = {
      wrapped(records,
              [](const std::string& line) {
                return R"({"log":")" + in_json(line) +
                       R"(\n","stream":"stdout","time":"2026-11-29T16:00:00Z"})" + "\n";
              }),
      wrapped(records,
              [](const std::string& line) {
                if (line.size() < 40) return "2026-11-29T16:00:00.1Z stdout F " + line + "\n";
                return "2026-11-29T16:00:00.1Z stdout P " + line.substr(0, 30) + "\n" +
                       "2026-11-29T16:00:00.1Z stderr F another stream\n" +
                       "2026-11-29T16:00:00.2Z stdout F " + line.substr(30) + "\n";
              }),
      wrapped(
          records,
          [](const std::string& line) { return "Nov 29 16:00:00 host httpd[17]: " + line + "\n"; }),
      wrapped(records,
              [](const std::string& line) {
                return "<13>1 2026-11-29T16:00:00Z host httpd 17 - - " + line + "\n";
              }),
      wrapped(records,
              [](const std::string& line) {
                return R"({"@timestamp":"x","message":")" + in_json(line) + "\"}\n";
              }),
  };
  for (const std::string& text : wrappings) {
    EXPECT_EQ(looks_like_auditlog(text.substr(0, 4096)), Likeness::certain) << text.substr(0, 90);
    const Log log = read_log(text);
    ASSERT_EQ(log.entries.size(), 2U) << text.substr(0, 90);
    ASSERT_TRUE(log.entries[0].has_value());
    EXPECT_EQ(log.entries[0]->request.body, "x=1");
    ASSERT_TRUE(log.entries[1].has_value()) << log.entries[1].error().message;
    EXPECT_EQ(log.entries[1]->request.uri, "/a");
  }
}

// --- what the readers stand on ---

TEST(AuditLogTimes, ReadsEachWritersOwn) {
  struct Case {
    std::string_view text;
    int64_t us;
    bool has_zone;
  };
  const Case cases[] = {
      {"29/Nov/2026:16:00:00 +0000", 1'795'968'000'000'000, true},
      {"29/Nov/2026:16:00:00.5 +0530", 1'795'948'200'500'000, true},
      {"29/Nov/2026:16:00:00 -0400", 1'795'982'400'000'000, true},
      {"29/Nov/2026:16:00:00 --0400", 1'795'982'400'000'000, true},
      {"29/Nov/2026:16:00:00 --03-30", 1'795'980'600'000'000, true},
      {"Sun Nov 29 16:00:00 2026", 1'795'968'000'000'000, false},
      {"Mon Nov  2 16:00:00 2026", 1'793'635'200'000'000, false},
      {"2026/11/29 16:00:00", 1'795'968'000'000'000, false},
      {"2026-11-29T16:00:00Z", 1'795'968'000'000'000, true},
  };
  for (const Case& row : cases) {
    const auto time = parse_log_time(row.text);
    ASSERT_TRUE(time.has_value()) << row.text;
    EXPECT_EQ(time->us, row.us) << row.text;
    EXPECT_EQ(time->has_zone, row.has_zone) << row.text;
  }
  for (const std::string_view text : {"", "x", "32/Nov/2026:16:00:00 +0000", "\x01\x02"}) {
    EXPECT_FALSE(parse_log_time(text).has_value()) << text;
  }
}

TEST(AuditLogAlerts, ReadsEachEnginesWords) {
  struct Case {
    std::string_view line;
    uint64_t id;
    AlertVerb verb;
    std::string_view target;
  };
  const Case cases[] = {
      {R"([Sun Nov 29] [client 192.0.2.1] ModSecurity: Warning. Pattern match "a[b" at ARGS:j.note. )"
       R"([file "f"] [line "1"] [id "17"] [msg "a \"q\""])",
       17, AlertVerb::warning, "ARGS:j.note"},
      {kDenied, 949110, AlertVerb::denied, "TX:anomaly_score"},
      {R"(ModSecurity: Access denied with connection close (phase 1). Unconditional match. [id "5"])",
       5, AlertVerb::dropped, ""},
      {R"(ModSecurity: Access denied with redirection to http://x using status 302 (phase 1). m [id "5"])",
       5, AlertVerb::redirected, ""},
      {R"(ModSecurity: Warning. Matched "Operator `Rx' with parameter `a' against variable `ARGS:a' )"
       R"((Value: `x' ) [file "f"] [id "17"] [data ""])",
       17, AlertVerb::warning, "ARGS:a"},
      {R"([client "192.0.2.1"] Coraza: Access denied (phase 2). m [file "f"] [line "1"] [id "17"] )"
       R"([data "Matched Data: x found within ARGS:q: x"])",
       17, AlertVerb::denied, "ARGS:q"},
  };
  for (const Case& row : cases) {
    const auto alert = parse_alert(row.line);
    ASSERT_TRUE(alert.has_value()) << row.line;
    EXPECT_EQ(alert->id(), row.id);
    EXPECT_EQ(alert->verb, row.verb) << row.line;
    EXPECT_EQ(alert->target(), row.target) << row.line;
  }
  EXPECT_FALSE(parse_alert("ModSecurity: Audit log: Failed to lock").has_value());
}

// A value that a client sent cannot name another rule.
TEST(AuditLogAlerts, TheFirstIdCounts) {
  const auto alert =
      parse_alert(R"(Warning. [file "f"] [line "1"] [id "17"] [data "[id \"99\"]"])");
  EXPECT_EQ(alert->id(), 17U);
  EXPECT_EQ(alert->field("data"), R"([id "99"])");
}

TEST(AuditLogIndex, IsReadFromItsEnd) {
  const auto v2 = parse_index_line(
      R"(h 192.0.2.1 - - [29/Nov/2026:16:00:00 +0000] "GET /a" b" 200 5 "-" "-" ID "-" )"
      R"(/20261129/20261129-1600/20261129-160000-ID 0 1234 md5:0123456789abcdef0123456789ABCDEF L)");
  ASSERT_TRUE(v2.has_value());
  EXPECT_EQ(v2->path, "/20261129/20261129-1600/20261129-160000-ID");
  EXPECT_EQ(v2->bytes, 1234U);
  EXPECT_EQ(v2->md5, "0123456789abcdef0123456789abcdef");
  const auto v3 = parse_index_line(
      R"(h c - [t] "GET / HTTP/1.1" 200 5 r "u" id r /s/f 0 1234.000000 md5:0123456789abcdef0123456789abcdef)");
  ASSERT_TRUE(v3.has_value());
  EXPECT_EQ(v3->path, "/s/f");
  EXPECT_FALSE(parse_index_line("GET / HTTP/1.1").has_value());
}

TEST(AuditLog, TheManualHasEveryGap) {
  std::ifstream file(WAFCHECK_SOURCE_DIR "/man/wafcheck-auditlog.7");
  const std::string page(std::istreambuf_iterator<char>(file), {});
  for (const GapRow& row : kGapRows) EXPECT_THAT(page, HasSubstr(std::string(row.name)));
}

TEST(AuditLog, IsKnownByItsName) {
  for (const std::string_view name :
       {"modsec_audit.log", "audit.log.1", "20261129-160000-ZRk0Xn8AAQEAAB", "AUDIT.LOG"}) {
    EXPECT_TRUE(is_auditlog_name(name)) << name;
  }
  for (const std::string_view name : {"access.log", "20261129-1600", "x.har"}) {
    EXPECT_FALSE(is_auditlog_name(name)) << name;
  }
}

}  // namespace
}  // namespace wafcheck::formats
