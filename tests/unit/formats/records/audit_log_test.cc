#include "formats/records/audit_log.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "tests/unit/formats/evaluated.h"

namespace wafcheck::formats {
namespace {

using nlohmann::json;
using parser::Profile;
using testing::Evaluated;
using testing::form_post;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;
using testing::upload_post;

constexpr const char* kRule =
    "SecRule ARGS:a \"@streq 1\" \\\n"
    "    \"id:7,phase:2,deny,status:406,\\\n"
    "    msg:'found %{MATCHED_VAR_NAME}',logdata:'%{MATCHED_VAR}',\\\n"
    "    severity:CRITICAL,rev:2,ver:'set/1',maturity:3,accuracy:4,tag:one,tag:two\"\n";

json whole_record(const Evaluated& run, const std::string& format) {
  const std::string text = testing::audit_record(run.outcome(), format);
  EXPECT_EQ(std::count(text.begin(), text.end(), '\n'), 1) << "a record is one line";
  return json::parse(text, nullptr, false);
}

/// As the engine writes it: without what wafcheck adds.
json record_of(const Evaluated& run, const std::string& format) {
  json record = whole_record(run, format);
  EXPECT_EQ(record.erase("wafcheck"), 1U);
  return record;
}

json record(const std::string& rules, const std::string& format, Exchange exchange = form_post(),
            Profile profile = Profile::standard) {
  return record_of(Evaluated(rules, std::move(exchange), profile), format);
}

std::string native(const std::string& rules, Exchange exchange = form_post(),
                   Profile profile = Profile::standard) {
  return testing::audit_record(Evaluated(rules, std::move(exchange), profile).outcome(), "native");
}

// --- which transactions are recorded -------------------------------------------------------------

struct Recorded {
  const char* name;
  const char* rules;
  Profile profile;
  bool audited;
};

class IsAudited : public ::testing::TestWithParam<Recorded> {};

TEST_P(IsAudited, AsTheEngineDoes) {
  const Recorded& row = GetParam();
  EXPECT_EQ(is_audited(Evaluated(row.rules, form_post(), row.profile).outcome()), row.audited);
}

constexpr const char* kMatches = "SecRule ARGS:a \"@streq 1\" \"id:1,phase:2,pass,log\"";
constexpr const char* kRelevant200 =
    "SecAuditEngine RelevantOnly\nSecAuditLogRelevantStatus ^200$\n"
    "SecRule ARGS:a \"@streq 9\" \"id:1,phase:2,pass,log\"";
constexpr const char* kRelevant5xxMatches =
    "SecAuditEngine RelevantOnly\nSecAuditLogRelevantStatus ^5\n"
    "SecRule ARGS:a \"@streq 1\" \"id:1,phase:2,pass,log\"";
constexpr const char* kHeldBack =
    "SecRuleEngine DetectionOnly\nSecAuditEngine RelevantOnly\nSecAuditLogRelevantStatus ^403$\n"
    "SecRule ARGS:a \"@streq 1\" \"id:1,phase:2,deny,log,noauditlog\"";

INSTANTIATE_TEST_SUITE_P(
    Rows, IsAudited,
    ::testing::Values(
        Recorded{"Unset_no_match", "SecRule ARGS:a \"@streq 9\" \"id:1,phase:2,pass,log\"",
                 Profile::standard, false},
        Recorded{"Unset_match", kMatches, Profile::standard, true},
        Recorded{"Off", "SecAuditEngine Off\nSecAction \"id:1,phase:1,pass,log\"",
                 Profile::standard, false},
        Recorded{"On", "SecAuditEngine On\nSecAction \"id:1,phase:1,pass,nolog\"",
                 Profile::standard, true},
        Recorded{"Ctl_off",
                 "SecAuditEngine On\nSecAction \"id:1,phase:1,pass,ctl:auditEngine=Off\"",
                 Profile::standard, false},
        Recorded{"Ctl_on",
                 "SecAuditEngine Off\nSecAction \"id:1,phase:1,pass,nolog,ctl:auditEngine=On\"",
                 Profile::standard, true},
        Recorded{
            "Ctl_relevant",
            "SecAuditEngine On\nSecAction \"id:1,phase:1,pass,nolog,ctl:auditEngine=RelevantOnly\"",
            Profile::standard, false},
        Recorded{"Nolog", "SecAction \"id:1,phase:1,pass,nolog\"", Profile::standard, false},
        Recorded{"Nolog_auditlog", "SecAction \"id:1,phase:1,pass,nolog,auditlog\"",
                 Profile::standard, true},
        Recorded{"Log_noauditlog", "SecAction \"id:1,phase:1,pass,log,noauditlog\"",
                 Profile::standard, false},
        Recorded{"Status", kRelevant200, Profile::standard, true},
        Recorded{"Status_modsecurity2", kRelevant200, Profile::modsecurity2, true},
        Recorded{"Status_modsecurity3", kRelevant200, Profile::modsecurity3, true},
        Recorded{"Status_coraza", kRelevant200, Profile::coraza, true},
        Recorded{"Other_status_but_match", kRelevant5xxMatches, Profile::standard, true},
        Recorded{"Other_status_but_match_modsecurity2", kRelevant5xxMatches, Profile::modsecurity2,
                 true},
        Recorded{"Other_status_but_match_modsecurity3", kRelevant5xxMatches, Profile::modsecurity3,
                 true},
        Recorded{"Other_status_but_match_coraza", kRelevant5xxMatches, Profile::coraza, false},
        Recorded{"Match_without_expression_coraza", kMatches, Profile::coraza, true},
        Recorded{"Held_back", kHeldBack, Profile::standard, false},
        Recorded{"Held_back_modsecurity3", kHeldBack, Profile::modsecurity3, false},
        Recorded{"Held_back_coraza", kHeldBack, Profile::coraza, true}),
    [](const auto& test) { return test.param.name; });

struct Chosen {
  const char* directive;
  Profile profile;
  const std::string& format;
};

TEST(AuditFormat, IsWhatTheConfigurationAsksFor) {
  const Chosen rows[] = {
      {"", Profile::standard, "modsecurity"},
      {"", Profile::coraza, "modsecurity"},
      {"SecAuditLogFormat JSON", Profile::standard, "modsecurity"},
      {"SecAuditLogFormat JSON", Profile::modsecurity2, "modsecurity2"},
      {"SecAuditLogFormat json", Profile::modsecurity3, "modsecurity"},
      {"SecAuditLogFormat JSON", Profile::coraza, "coraza"},
      {"SecAuditLogFormat JsonLegacy", Profile::coraza, "modsecurity2"},
      {"SecAuditLogFormat Native", Profile::standard, "native"},
  };
  for (const Chosen& row : rows) {
    const Evaluated run(std::string(row.directive) + "\nSecAction \"id:1,pass\"", form_post(),
                        row.profile);
    EXPECT_EQ(audit_format(run.program()), row.format)
        << row.directive << " " << to_string(row.profile);
  }
}

// --- what wafcheck adds --------------------------------------------------------------------------

TEST(AuditOwn, HoldsTheDecisionAndWhatTheLayoutCannot) {
  Exchange exchange = form_post();
  exchange.request.headers.emplace_back("X", "\xff");
  exchange.request.body = "a=1\xff";
  exchange.response.reset();
  const Evaluated run(std::string("SecAuditEngine On\nSecAuditLogParts ABCEFHZ\n") + kRule,
                      exchange);
  EXPECT_EQ(whole_record(run, "modsecurity")["wafcheck"],
            json::parse(R"json({
    "version":")json"
                        "0.1.0"
                        R"json(","time":"2026-11-22T10:00:00Z","decision":"pass",
    "no_response":true,"request":{"body_base64":"YT0x/w==","headers":[["Host","shop.example"],
      ["Content-Type","application/x-www-form-urlencoded"],["Accept","a"],["Accept","b"],["X",{"base64":"/w=="}]]}
  })json"));
}

TEST(AuditOwn, HoldsNothingThatIsMasked) {
  const Evaluated run(
      "SecAuditLogParts ABCEFHZ\nSecAction \"id:8,phase:2,pass,nolog,auditlog,sanitiseArg:a\"\n",
      form_post());
  const json own = whole_record(run, "coraza")["wafcheck"];
  EXPECT_EQ(own["sanitised"], true);
  EXPECT_FALSE(own.contains("request"));
}

// --- libmodsecurity's JSON -----------------------------------------------------------------------

TEST(AuditModSecurity, HasEveryField) {
  const json got =
      record(std::string("SecComponentSignature set/1\nSecAuditLogParts ABCEFHZ\n") + kRule,
             "modsecurity");
  EXPECT_EQ(got, json::parse(R"json({"transaction":{
    "client_ip":"192.0.2.1","time_stamp":"Sun Nov 22 10:00:00 2026","server_id":"","client_port":54321,
    "host_ip":"192.0.2.9","host_port":443,"unique_id":"t1",
    "request":{"method":"POST","http_version":1.1,"uri":"/login?x=1","body":"a=1&b=2",
      "headers":{"Host":"shop.example","Content-Type":"application/x-www-form-urlencoded","Accept":"b"}},
    "response":{"http_code":406,"headers":{}},
    "producer":{"modsecurity":"wafcheck )json" WAFCHECK_VERSION R"json(","connector":"wafcheck",
      "secrules_engine":"Enabled","components":["set/1"]},
    "messages":[{"message":"found ARGS:a","details":{
      "match":"Matched \"Operator `StrEq' with parameter `1' against variable `ARGS:a' (Value: `1' )",
      "reference":"v115,1","ruleId":"7","file":"a.conf","lineNumber":"6","data":"1","severity":"2","ver":"set/1",
      "rev":"2","tags":["one","two"],"maturity":"3","accuracy":"4"}}]}})json"));
}

TEST(AuditModSecurity, RepeatedHeadersStayRepeated) {
  const Evaluated run(kRule, form_post());
  EXPECT_THAT(testing::audit_record(run.outcome(), "modsecurity"),
              HasSubstr(R"("Accept":"a","Accept":"b")"));
}

struct PartRow {
  const char* parts;
  std::vector<std::string>
      paths;  ///< JSON pointers that are there with the part and not without it
};

/// Each part of `all` switches its paths and no other's.
void expect_parts(const std::string& format, const std::vector<PartRow>& rows,
                  const Exchange& exchange) {
  constexpr const char* kQuiet = "\nSecRule ARGS \"@unconditionalMatch\" \"id:7,phase:2,pass,log\"";
  for (const PartRow& on : rows) {
    const json got =
        record("SecAuditLogParts A" + std::string(on.parts) + "Z" + kQuiet, format, exchange);
    for (const PartRow& row : rows) {
      for (const std::string& path : row.paths) {
        EXPECT_EQ(got.contains(json::json_pointer(path)), &row == &on)
            << "part " << on.parts << ", " << path;
      }
    }
  }
}

TEST(AuditModSecurity, APartGovernsItsFields) {
  expect_parts("modsecurity",
               {{"B", {"/transaction/request/headers"}},
                {"C", {"/transaction/request/body"}},
                {"E", {"/transaction/response/body"}},
                {"F", {"/transaction/response/headers"}},
                {"H", {"/transaction/producer", "/transaction/messages"}}},
               form_post());
}

TEST(AuditModSecurity, PartAIsAlwaysThere) {
  const json got =
      record("SecAuditLogParts AZ\nSecAction \"id:1,phase:1,pass,log,ctl:auditLogParts=-A\"",
             "modsecurity")["transaction"];
  for (const char* field : {"client_ip", "time_stamp", "unique_id"})
    EXPECT_TRUE(got.contains(field)) << field;
  EXPECT_EQ(got["request"]["uri"], "/login?x=1");
  EXPECT_EQ(got["response"]["http_code"], 200);
}

TEST(AuditModSecurity, CtlChangesTheParts) {
  const json got = record(
      "SecAuditLogParts ABZ\n"
      "SecAction \"id:1,phase:1,pass,log,ctl:auditLogParts=+H,ctl:auditLogParts=-B\"",
      "modsecurity")["transaction"];
  EXPECT_TRUE(got.contains("messages"));
  EXPECT_FALSE(got["request"].contains("headers"));
}

TEST(AuditModSecurity, OnlyAuditedRulesAreListed) {
  const json got = record(
      "SecAuditEngine On\n"
      "SecAction \"id:1,phase:1,pass,log,noauditlog\"\n"
      "SecAction \"id:2,phase:1,pass,nolog,auditlog\"\n"
      "SecAction \"id:3,phase:1,pass,nolog\"",
      "modsecurity")["transaction"]["messages"];
  ASSERT_EQ(got.size(), 1U);
  EXPECT_EQ(got[0]["details"]["ruleId"], "2");
}

TEST(AuditModSecurity, WithoutBodyAccessThereIsNoBody) {
  const json got = record(
      "SecRequestBodyAccess Off\nSecResponseBodyAccess Off\nSecAuditEngine On\n"
      "SecAuditLogParts ACEZ\nSecAction \"id:1,phase:1,pass\"",
      "modsecurity")["transaction"];
  EXPECT_FALSE(got["request"].contains("body"));
  EXPECT_FALSE(got["response"].contains("body"));
}

TEST(AuditModSecurity, VersionsAreNumbers) {
  const std::pair<const char*, double> rows[] = {
      {"HTTP/1.0", 1.0}, {"HTTP/2", 2.0}, {"HTTP/1.1", 1.1}, {"", 0.0}, {"nonsense", 0.0}};
  for (const auto& [protocol, number] : rows) {
    Exchange exchange = form_post();
    exchange.request.protocol = protocol;
    const json got = record(kRule, "modsecurity", exchange);
    EXPECT_EQ(got["transaction"]["request"]["http_version"], number) << protocol;
  }
}

TEST(AuditModSecurity, AnyBytesGiveJson) {
  Exchange exchange = form_post(std::string("a=1&\xff\0\n\"", 8));
  exchange.request.uri = "/\x80\x01";
  exchange.request.headers[0].second = "\xc3(";
  for (const RecordFormat& row : record_formats(RecordKind::audit)) {
    if (row.name == "native") continue;
    EXPECT_TRUE(record(kRule, std::string(row.name), exchange).is_object()) << row.name;
  }
}

// --- Coraza's JSON -------------------------------------------------------------------------------

TEST(AuditCoraza, HasEveryField) {
  Exchange exchange = upload_post();
  json got = record(
      "SecComponentSignature set/1\nSecAuditLogParts ABCEFHJKZ\n"
      "SecRule ARGS:name \"@contains Jane\" \"id:7,phase:2,pass,severity:ERROR,rev:2,ver:v,msg:'m',"
      "logdata:'%{MATCHED_VAR}',maturity:3,accuracy:4,tag:one\"",
      "coraza", exchange);
  EXPECT_THAT(got["transaction"]["producer"]["stopwatch"].get<std::string>(),
              StartsWith("1795341600000000 "));
  got["transaction"]["producer"].erase("stopwatch");
  EXPECT_THAT(
      got["messages"][0]["error_message"].get<std::string>(),
      StartsWith(
          "[client \"192.0.2.1\"] Coraza: Warning. m [file \"a.conf\"] [line \"6\"] [id \"7\"]"));
  got["messages"][0].erase("error_message");
  EXPECT_THAT(got["messages"][0]["data"]["raw"].get<std::string>(),
              StartsWith("SecRule ARGS:name \"@contains Jane\""));
  got["messages"][0]["data"].erase("raw");
  EXPECT_EQ(got["transaction"]["request"]["body"], exchange.request.body);
  got["transaction"]["request"].erase("body");
  EXPECT_EQ(got, json::parse(R"json({"transaction":{
    "timestamp":"2026/11/22 10:00:00","unix_timestamp":1795341600000000000,"id":"t1",
    "client_ip":"192.0.2.1","client_port":54321,"host_ip":"192.0.2.9","host_port":443,"server_id":"shop.example",
    "request":{"method":"POST","protocol":"HTTP/1.1","uri":"/login?x=1","http_version":"1.1",
      "headers":{"host":["shop.example"],"content-type":["multipart/form-data; boundary=b"],"accept":["a","b"]},
      "args":{"x":["1"],"name":["Jane Doe"]},
      "files":[{"name":"a.txt","size":5,"mime":"text/plain"}],"length":169},
    "response":{"protocol":"HTTP/1.1","status":200,"headers":{"content-type":["text/html"]},"body":"<p>page</p>"},
    "producer":{"connector":"wafcheck","version":")json" WAFCHECK_VERSION
                             R"json(","server":"","rule_engine":"On",
      "rulesets":["set/1"]},
    "highest_severity":"3","is_interrupted":false},
    "messages":[{"actionset":"set/1","message":"m","data":{"file":"a.conf","line":6,"id":7,"rev":"2",
      "msg":"m","data":"Jane Doe","severity":3,"ver":"v","maturity":3,"accuracy":4,"tags":["one"]}}]})json"));
}

TEST(AuditCoraza, APartGovernsItsFields) {
  expect_parts("coraza",
               {{"B", {"/transaction/request/headers"}},
                {"C", {"/transaction/request/body", "/transaction/request/args"}},
                {"E", {"/transaction/response/body"}},
                {"F", {"/transaction/response/headers", "/transaction/response/status"}},
                {"H", {"/transaction/producer"}},
                {"J", {"/transaction/request/files"}},
                {"K", {"/messages/0/data"}}},
               upload_post());
}

TEST(AuditCoraza, WhatMessagesHoldDependsOnHAndK) {
  constexpr const char* kTwice = "Z\nSecRule ARGS \"@rx ^[12]$\" \"id:7,phase:2,pass,log\"";
  const auto messages = [&](const char* parts) {
    return record(std::string("SecAuditLogParts A") + parts + kTwice, "coraza")["messages"];
  };
  EXPECT_EQ(messages("H").size(), 1U) << "H alone: an entry a rule";
  EXPECT_TRUE(messages("H")[0].contains("error_message"));
  EXPECT_FALSE(messages("H")[0].contains("data"));
  EXPECT_EQ(messages("K").size(), 3U) << "K: an entry a value (x=1, a=1, b=2)";
  EXPECT_EQ(messages("K")[0]["error_message"], "");
  EXPECT_NE(messages("HK")[0]["error_message"], "");
  EXPECT_TRUE(messages("B").is_null());
}

TEST(AuditCoraza, AnInterruptionIsTold) {
  const json got = record(kRule, "coraza");
  EXPECT_EQ(got["transaction"]["is_interrupted"], true);
  EXPECT_EQ(got["transaction"]["response"]["status"], 406);
  EXPECT_EQ(got["transaction"]["highest_severity"], "2");
  EXPECT_THAT(got["messages"][0]["error_message"].get<std::string>(),
              HasSubstr("Coraza: Access denied (phase 2). found"));
}

// --- ModSecurity 2's JSON ------------------------------------------------------------------------

TEST(AuditModSecurity2, HasEveryField) {
  json got = record(
      std::string(
          "SecComponentSignature set/1\nSecServerSignature srv\nSecAuditLogParts ABCEFHJKZ\n") +
          kRule,
      "modsecurity2");
  EXPECT_THAT(got["audit_data"]["messages"][0].get<std::string>(),
              StartsWith("Access denied with code 406 (phase 2). String match \"1\" at ARGS:a. "
                         "[file \"a.conf\"]"));
  got["audit_data"].erase("messages");
  EXPECT_THAT(got["matched_rules"][0]["rules"][0]["unparsed"].get<std::string>(),
              StartsWith("SecRule ARGS:a \"@streq 1\" \"id:7,phase:2,deny,status:406,msg:"));
  got["matched_rules"][0]["rules"][0].erase("unparsed");
  EXPECT_EQ(got, json::parse(R"json({
    "transaction":{"time":"22/Nov/2026:10:00:00 +0000","transaction_id":"t1","remote_address":"192.0.2.1",
      "remote_port":54321,"local_address":"192.0.2.9","local_port":443},
    "request":{"request_line":"POST /login?x=1 HTTP/1.1","headers":{"Host":"shop.example",
      "Content-Type":"application/x-www-form-urlencoded","Accept":"b"},"body":["a=1&b=2"]},
    "response":{"protocol":"HTTP/1.1","status":406,"headers":{},"body":""},
    "audit_data":{"error_messages":[],"action":{"intercepted":true,"phase":2,"message":"found ARGS:a"},
      "stopwatch":{"start":1795341600000000,"elapsed_us":12},"producer":["wafcheck )json" WAFCHECK_VERSION
                             R"json(","set/1"],
      "server":"srv","engine_mode":"ENABLED"},
    "uploads":{"info":[],"total":0},
    "matched_rules":[{"chain":false,"full_chain_match":true,"rules":[{
      "actionset":{"id":"7","rev":"2","msg":"found %{MATCHED_VAR_NAME}","logdata":"%{MATCHED_VAR}","severity":"CRITICAL",
        "version":"set/1","maturity":"3","accuracy":"4","phase":2,"is_chained":false,"tags":["one","two"]},
      "operator":{"operator":"streq","operator_param":"1","target":"ARGS:a","negated":false},
      "config":{"filename":"a.conf","line_num":7},"is_matched":true}]}]})json"));
}

TEST(AuditModSecurity2, APartGovernsItsFields) {
  expect_parts("modsecurity2",
               {{"B", {"/request/request_line", "/request/headers"}},
                {"C", {"/request/body"}},
                {"I", {"/request/fake_body"}},
                {"E", {"/response/body"}},
                {"F", {"/response/status", "/response/headers"}},
                {"H", {"/audit_data"}},
                {"J", {"/uploads"}},
                {"K", {"/matched_rules"}}},
               upload_post());
}

// --- native --------------------------------------------------------------------------------------

/// The text of one section; "none" where there is no such section.
std::string section(const std::string& record, char letter) {
  const std::string boundary = record.substr(0, record.find("A--\n"));
  const std::string marker = boundary + letter + "--\n";
  const size_t at = record.find(marker);
  if (at == std::string::npos) return "none";
  const size_t begin = at + marker.size();
  return record.substr(begin, record.find(boundary, begin) - begin);
}

std::string letters(const std::string& record) {
  const std::string boundary = record.substr(0, record.find("A--\n"));
  std::string found;
  for (size_t at = 0; (at = record.find(boundary, at)) != std::string::npos;
       at += boundary.size()) {
    found.push_back(record[at + boundary.size()]);
  }
  return found;
}

TEST(AuditNative, HasTheSectionsOfItsParts) {
  const char* const rule = "Z\nSecAction \"id:1,phase:1,pass,log\"";
  for (const char* parts : {"", "B", "C", "E", "F", "H", "I", "J", "K", "BCEFHIJK"}) {
    EXPECT_EQ(letters(native(std::string("SecAuditLogParts A") + parts + rule)),
              std::string("A") + parts + "WZ");
  }
}

TEST(AuditNative, HasTheContentsOfEachSection) {
  const std::string got = native(
      "SecAuditLogParts ABCEFHIJKZ\nSecComponentSignature set/1\nSecServerSignature srv\n"
      "SecRule ARGS:name \"@contains Jane\" \"id:7,phase:2,pass,log,msg:m,chain\"\n"
      "  SecRule REQUEST_METHOD \\\n    \"@streq POST\"\n",
      upload_post());
  EXPECT_EQ(section(got, 'A'), "[22/Nov/2026:10:00:00 +0000] t1 192.0.2.1 54321 192.0.2.9 443\n");
  EXPECT_EQ(section(got, 'B'),
            "POST /login?x=1 HTTP/1.1\nHost: shop.example\n"
            "Content-Type: multipart/form-data; boundary=b\nAccept: a\nAccept: b\n\n");
  EXPECT_EQ(section(got, 'C'), upload_post().request.body + "\n");
  EXPECT_EQ(section(got, 'E'), "<p>page</p>\n");
  EXPECT_EQ(section(got, 'F'), "HTTP/1.1 200 Fine\nContent-Type: text/html\n\n");
  EXPECT_EQ(section(got, 'H'),
            "Message: Warning. String match \"POST\" at REQUEST_METHOD. [file \"a.conf\"] [line "
            "\"7\"] [id \"7\"] [msg \"m\"]\n"
            "Stopwatch: 1795341600000000 12 (- - -)\n"
            "Producer: wafcheck " WAFCHECK_VERSION
            "; set/1.\nServer: srv\nEngine-Mode: \"ENABLED\"\n\n");
  EXPECT_EQ(section(got, 'I'), "name=Jane+Doe\n");
  EXPECT_EQ(section(got, 'J'), "1,5,\"a.txt\",\"text/plain\"\nTotal,5\n\n");
  EXPECT_EQ(section(got, 'K'),
            "SecRule ARGS:name \"@contains Jane\" \"id:7,phase:2,pass,log,msg:m,chain\"\n"
            "SecRule REQUEST_METHOD \"@streq POST\"\n\n");
  EXPECT_EQ(section(got, 'Z'), "\n");
}

TEST(AuditNative, AnInterruptionIsTold) {
  const std::string got = native(kRule);
  EXPECT_THAT(section(got, 'F'), StartsWith("HTTP/1.1 406 Not Acceptable\n\n"));
  EXPECT_THAT(section(got, 'H'), HasSubstr("Action: Intercepted (phase 2)\n"));
}

TEST(AuditNative, OfOtherBodiesPartIIsTheBody) {
  EXPECT_EQ(section(native("SecAuditLogParts AIZ\nSecAction \"id:1,phase:1,pass,log\""), 'I'),
            "a=1&b=2\n");
}

TEST(AuditNative, TheBoundaryIsTheTransactionsOwn) {
  Exchange other = form_post();
  other.id = "t2";
  const std::string once = native(kRule), again = native(kRule), else_where = native(kRule, other);
  EXPECT_EQ(once.substr(0, 14), again.substr(0, 14));
  EXPECT_NE(once.substr(0, 14), else_where.substr(0, 14));
  EXPECT_TRUE(once.starts_with("--") && once.substr(10, 4) == "-A--") << once.substr(0, 14);
}

TEST(AuditNative, NothingThatWasSentReadsAsAMarkerOrALine) {
  const std::string marker = native(kRule).substr(0, 11);  // --BOUNDARY-
  Exchange exchange = form_post("a=1\n" + marker + "Z--\n\n" + marker + "A--\nforged");
  exchange.request.headers[0].second = "x\r\nForged: 1";
  const std::string got = native(std::string("SecAuditEngine On\n") + kRule, exchange);
  ASSERT_NE(got, "");
  EXPECT_EQ(letters(got), "ABCFHWZ");
  EXPECT_THAT(section(got, 'B'), HasSubstr("Host: x\\x0d\\x0aForged: 1\n"));
}

TEST(AuditNative, ModSecurity3HasItsOwnMarkersAndEmptySections) {
  Exchange exchange = form_post();
  exchange.response->body = "\xe9\n";
  const std::string got =
      native("SecAuditLogParts ABCDEFGHIJKZ\nSecRule ARGS:a \"@streq 1\" \"id:7,phase:2,pass,log\"",
             exchange, Profile::modsecurity3);
  EXPECT_EQ(letters(got), "ABCDEFGHIJKWZ");
  EXPECT_TRUE(got.starts_with("---") && got.substr(11, 6) == "---A--") << got.substr(0, 17);
  for (const char letter : {'D', 'G', 'I', 'J', 'K'})
    EXPECT_EQ(section(got, letter), "\n") << letter;
  EXPECT_EQ(section(got, 'E'), "\\xe9\\x0a\n\n");
  EXPECT_EQ(section(got, 'F'), "HTTP/1.1 200\nContent-Type: text/html\n\n");
  EXPECT_THAT(section(got, 'H'), StartsWith("ModSecurity: Warning. Matched \"Operator `StrEq'"));
}

}  // namespace
}  // namespace wafcheck::formats
