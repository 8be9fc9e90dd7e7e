// Every variable shows its value, in the phase that its row of the table names and not before.

#include <gtest/gtest.h>

#include "tests/unit/engine/mmdb_writer.h"
#include "words.h"

namespace wafcheck::tests {
namespace {

using parser::Profile;
using parser::Support;
using parser::Variable;
using parser::VariableInfo;

struct VariableRow {
  std::string name;
  std::string selector;  ///< ":a"
  std::string told;
  TestRequest request;
  std::string setup = {};  ///< rules and directives before the rule that shows the value
  std::string op = "@unconditionalMatch";
  Profile profile = Profile::standard;
  std::string data = "%{MATCHED_VAR}";
};
void PrintTo(const VariableRow& row, std::ostream* out) {
  *out << row.name;
}

std::string told_in(const VariableRow& row, int phase) {
  const std::string rules =
      fmt::format("{}SecRule {}{} \"{}\" \"id:1,phase:{},pass,logdata:'{}'\"\n", row.setup,
                  row.name, row.selector, row.op, phase, row.data);
  return told(rules, row.request, {.load = engine::as(row.profile)});
}

// --- requests ------------------------------------------------------------------------------------

std::string part(const std::string& parameters, const std::string& headers = "",
                 const std::string& content = "1") {
  return "--b\r\nContent-Disposition: form-data; " + parameters + "\r\n" + headers + "\r\n" +
         content + "\r\n";
}
const std::string kField = part("name=\"f\"");
const std::string kFile = part("name=\"u\"; filename=\"x.txt\"", "X-A: y\r\n", "abc");
const std::string kEnd = "--b--\r\n";
TestRequest multipart(const std::string& body, const std::string& parameters = "; boundary=b") {
  return post("multipart/form-data" + parameters, body);
}
VariableRow flag(const std::string& name, TestRequest request, const std::string& setup = "") {
  return {"MULTIPART_" + name, "", "[1]", std::move(request), setup};
}
VariableRow of_file(const std::string& name, const std::string& told) {
  return {name, ":u", told, multipart(kFile + kEnd)};
}
VariableRow of_query(const std::string& name, const std::string& selector,
                     const std::string& told) {
  return {name, selector, told, get("/p/q.php?a=1&b=2")};
}
VariableRow of_form(const std::string& name, const std::string& selector, const std::string& told) {
  return {name, selector, told, post_form("a=1")};
}
VariableRow at(const std::string& name, const std::string& told) {
  TestRequest request;
  request.time = 1'795'338'123;  // Sunday, 2026-11-22 09:02:03 UTC
  return {name, "", told, request};
}
VariableRow of_record(const std::string& name, const std::string& open) {
  return {name, ":n", "[7]", {}, action(2, 1, "pass,nolog," + open + ",setvar:" + name + ".n=7")};
}
/// The response's body as JSON or XML, by a rule in phase 3.
VariableRow of_answer(const std::string& name, const std::string& selector, const std::string& told,
                      const std::string& processor, const std::string& body) {
  return {name, selector, told, answered("text/html", body),
          "SecResponseBodyAccess On\n" +
              action(2, 3, "pass,nolog,ctl:responseBodyProcessor=" + processor)};
}

TestRequest with_credentials() {
  return with_header("Authorization", "Basic am9lOnNlY3JldA==");  // joe:secret
}

const std::string kBadJson = action(2, 1, "pass,nolog,ctl:requestBodyProcessor=JSON");
const std::string kPartial = "SecRequestBodyLimit 1\nSecRequestBodyLimitAction ProcessPartial\n";

/// A database that knows one country, for as long as the tests run.
std::string geo_setup() {
  using V = engine::MmdbValue;
  static const engine::ScratchDirectory directory;
  engine::MmdbWriter writer;
  writer.add(0xC0000200, 24, V::map({{"country", V::map({{"iso_code", V::text("GB")}})}}));
  return "SecGeoLookupDb " + directory.write("geo.mmdb", writer.bytes()) +
         "\nSecRule REMOTE_ADDR \"@geoLookup\" \"id:2,phase:1,pass,nolog\"\n";
}

std::vector<VariableRow> rows() {
  return {
      of_query("ARGS", ":b", "[2]"),
      {"ARGS_COMBINED_SIZE", "", "[4]", get("/?ab=cd")},
      of_query("ARGS_GET", ":a", "[1]"),
      of_query("ARGS_GET_NAMES", ":a", "[a]"),
      of_query("ARGS_NAMES", ":b", "[b]"),
      {"ARGS_PATH", ":id", "[42]", get("/users/42"),
       "SecRule REQUEST_FILENAME \"@restpath /users/{id}\" \"id:2,phase:1,pass,nolog\"\n"},
      of_form("ARGS_POST", ":a", "[1]"),
      of_form("ARGS_POST_NAMES", ":a", "[a]"),
      {"AUTH_TYPE", "", "[Basic]", with_credentials()},
      {"DURATION", "", "[some]", {}, "", "@rx ^[0-9]+$", Profile::standard, "some"},
      {"ENV", ":WAFCHECK_X", "[7]", {}, action(2, 1, "pass,nolog,setenv:WAFCHECK_X=7")},
      of_file("FILES", "[x.txt]"),
      {"FILES_COMBINED_SIZE", "", "[3]", multipart(kFile + kEnd)},
      of_file("FILES_NAMES", "[u]"),
      of_file("FILES_SIZES", "[3]"),
      {"FILES_TMP_CONTENT", ":u", "[abc]", multipart(kFile + kEnd), "SecTmpSaveUploadedFiles On\n"},
      {"FULL_REQUEST", "", R"([GET / HTTP/1.1\x0d\x0aHost: example.com\x0d\x0a\x0d\x0a])", {}},
      {"FULL_REQUEST_LENGTH", "", "[37]", {}},
      {"GEO", ":COUNTRY_CODE", "[GB]", {}, geo_setup()},
      of_record("GLOBAL", "initcol:global=a"),
      {"HIGHEST_SEVERITY", "", "[2]", {}, action(2, 1, "pass,nolog,severity:CRITICAL")},
      {"INBOUND_DATA_ERROR", "", "[1]", post_form("a=1"), kPartial},
      of_record("IP", "initcol:ip=a"),
      {"MATCHED_VAR", "", "[x]", get("/?a=X"),
       "SecRule ARGS:a \"@streq x\" \"id:2,phase:1,pass,nolog,t:lowercase\"\n"},
      {"MATCHED_VAR_NAME", "", "[ARGS:a]", get("/?a=X"),
       "SecRule ARGS:a \"@streq X\" \"id:2,phase:1,pass,nolog\"\n"},
      {"MODSEC_BUILD", "", "[030013100]", {}},
      {"MSC_PCRE_ERROR", "", "[0]", {}},
      {"MSC_PCRE_LIMITS_EXCEEDED", "", "[1]", get("/?a=" + std::string(2000, 'a') + "x-"),
       "SecPcreMatchLimit 100\n"
       "SecRule ARGS:a \"@rx (a+)+(a+)+(a+)+[xyz]$\" \"id:2,phase:1,pass\"\n"},
      flag("BOUNDARY_QUOTED", multipart(kField + kEnd, "; boundary=\"b\"")),
      flag("BOUNDARY_WHITESPACE", multipart(kField + kEnd, "; boundary= b")),
      flag("CRLF_LF_LINES", multipart(part("name=\"f\"", "X: 1\n") + kEnd)),
      flag("CRLF_LINE", multipart(kField + kEnd)),
      flag("DATA_AFTER", multipart(kField + kEnd + "more")),
      flag("DATA_BEFORE", multipart("before\r\n" + kField + kEnd)),
      {"MULTIPART_FILENAME", ":u", "[x.txt]", multipart(kFile + kEnd)},
      flag("FILE_LIMIT_EXCEEDED", multipart(kFile + kFile + kEnd), "SecUploadFileLimit 1\n"),
      flag("HEADER_FOLDING", multipart(part("name=\"f\"", "X: 1\r\n 2\r\n") + kEnd)),
      flag("INVALID_HEADER_FOLDING", multipart(part("name=\"f\"", "X: 1\r\n\v2\r\n") + kEnd)),
      flag("INVALID_PART", multipart(part("nothing=\"f\"") + kEnd)),
      flag("INVALID_QUOTING", multipart(part("name='f'") + kEnd)),
      flag("LF_LINE", multipart(part("name=\"f\"", "X: 1\n") + kEnd)),
      flag("MISSING_SEMICOLON", multipart(kField + kEnd, " boundary=b")),
      {"MULTIPART_NAME", ":u", "[u]", multipart(kFile + kEnd)},
      {"MULTIPART_PART_HEADERS", ":u", "[X-A: y]", multipart(kFile + kEnd), "", "@beginsWith X-A"},
      flag("STRICT_ERROR", multipart("before\r\n" + kField + kEnd)),
      flag("UNMATCHED_BOUNDARY", multipart(kField + kEnd, "; boundary= b")),
      {"OUTBOUND_DATA_ERROR", "", "[1]", answered("text/html", "12"),
       "SecResponseBodyAccess On\nSecResponseBodyLimit 1\n"},
      {"PATH_INFO", "", "[/p/q.php]", get("/p/q.php?a"), "", "@unconditionalMatch",
       Profile::modsecurity3},
      of_query("QUERY_STRING", "", "[a=1&b=2]"),
      of_query("REMOTE_ADDR", "", "[192.0.2.1]"),
      of_query("REMOTE_HOST", "", "[192.0.2.1]"),
      of_query("REMOTE_PORT", "", "[54321]"),
      {"REMOTE_USER", "", "[joe]", with_credentials()},
      {"REQBODY_ERROR", "", "[1]", post("application/json", "{"), kBadJson},
      {"REQBODY_ERROR_MSG", "", "[failed]", post("application/json", "{"), kBadJson,
       "@beginsWith JSON parsing error: ", Profile::standard, "failed"},
      of_form("REQBODY_PROCESSOR", "", "[URLENCODED]"),
      {"REQBODY_PROCESSOR_ERROR", "", "[1]", post("application/json", "{"), kBadJson},
      {"REQBODY_PROCESSOR_ERROR_MSG", "", "[failed]", post("application/json", "{"), kBadJson,
       "@beginsWith JSON parsing error: ", Profile::standard, "failed"},
      of_query("REQUEST_BASENAME", "", "[q.php]"),
      of_form("REQUEST_BODY", "", "[a=1]"),
      of_form("REQUEST_BODY_LENGTH", "", "[3]"),
      {"REQUEST_COOKIES", ":a", "[1]", with_header("Cookie", "a=1; b=2")},
      {"REQUEST_COOKIES_NAMES", ":b", "[b]", with_header("Cookie", "a=1; b=2")},
      of_query("REQUEST_FILENAME", "", "[/p/q.php]"),
      of_query("REQUEST_HEADERS", ":host", "[example.com]"),
      of_query("REQUEST_HEADERS_NAMES", ":host", "[Host]"),
      of_query("REQUEST_LINE", "", "[GET /p/q.php?a=1&b=2 HTTP/1.1]"),
      of_query("REQUEST_METHOD", "", "[GET]"),
      of_query("REQUEST_PROTOCOL", "", "[HTTP/1.1]"),
      {"REQUEST_URI", "", "[/p?a]", get("http://h/p?a#f")},
      {"REQUEST_URI_RAW", "", "[http://h/p?a#f]", get("http://h/p?a#f")},
      of_answer("RES_BODY_ERROR", "", "[1]", "JSON", "{"),
      {"RES_BODY_ERROR_MSG", "", "[failed]", answered("text/html", "{"),
       of_answer("", "", "", "JSON", "").setup,
       "@beginsWith JSON parsing error: ", Profile::standard, "failed"},
      of_answer("RES_BODY_PROCESSOR", "", "[JSON]", "JSON", "{}"),
      of_answer("RES_BODY_PROCESSOR_ERROR", "", "[1]", "JSON", "{"),
      {"RES_BODY_PROCESSOR_ERROR_MSG", "", "[failed]", answered("text/html", "{"),
       of_answer("", "", "", "JSON", "").setup,
       "@beginsWith JSON parsing error: ", Profile::standard, "failed"},
      of_record("RESOURCE", "setrsc:a"),
      of_answer("RESPONSE_ARGS", ":json.a", "[1]", "JSON", R"({"a":1})"),
      of_answer("RESPONSE_BODY", "", "[<p>]", "RAW", "<p>"),
      of_answer("RESPONSE_CONTENT_LENGTH", "", "[3]", "RAW", "<p>"),
      {"RESPONSE_CONTENT_TYPE", "", "[text/html]", answered("text/html; charset=utf-8", "")},
      {"RESPONSE_HEADERS", ":content-type", "[a/b]", answered("a/b", "")},
      {"RESPONSE_HEADERS_NAMES", "", "[Content-Type]", {}},
      {"RESPONSE_PROTOCOL", "", "[HTTP/1.1]", {}},
      {"RESPONSE_STATUS", "", "[200]", {}},
      of_answer("RESPONSE_XML", ":/a/b", "[v]", "XML", "<a><b>v</b></a>"),
      {"RULE", ":id", "[1]", {}},
      of_query("SERVER_ADDR", "", "[192.0.2.9]"),
      of_query("SERVER_NAME", "", "[example.com]"),
      of_query("SERVER_PORT", "", "[80]"),
      of_record("SESSION", "setsid:a"),
      {"SESSIONID", "", "[abc]", {}, action(2, 1, "pass,nolog,setsid:abc")},
      {"STATUS", "", "[200]", {}},
      {"STATUS_LINE", "", "[200]", {}},
      at("TIME", "[09:02:03]"),
      at("TIME_DAY", "[22]"),
      at("TIME_EPOCH", "[1795338123]"),
      at("TIME_HOUR", "[09]"),
      at("TIME_MIN", "[02]"),
      at("TIME_MON", "[11]"),
      at("TIME_SEC", "[03]"),
      at("TIME_WDAY", "[0]"),
      at("TIME_YEAR", "[2026]"),
      {"TX", ":a", "[7]", {}, action(2, 1, "pass,nolog,setvar:tx.a=7")},
      {"UNIQUE_ID", "", "[id1]", {}},
      {"URLENCODED_ERROR", "", "[1]", get("/?a=%zz")},
      of_record("USER", "setuid:a"),
      {"USERID", "", "[joe]", {}, action(2, 1, "pass,nolog,setuid:joe")},
      {"WEBAPPID", "", "[shop]", {}, "SecWebAppId shop\n"},
      {"XML", ":/a/b", "[v]", post("text/xml", "<a><b>v</b></a>"),
       action(2, 1, "pass,nolog,ctl:requestBodyProcessor=XML")},
  };
}

class Variables : public testing::TestWithParam<VariableRow> {};

TEST_P(Variables, ShowTheirValueFromTheirPhaseOn) {
  const VariableRow& row = GetParam();
  const auto known = parser::find_variable(row.name);
  ASSERT_TRUE(known);
  const VariableInfo& info = parser::info(*known);
  ASSERT_EQ(info.support, Support::Evaluated);
  const auto has = [&](int phase) {
    return (" " + told_in(row, phase) + " ").find(" " + row.told + " ") != std::string::npos;
  };
  EXPECT_TRUE(has(info.phase)) << told_in(row, info.phase);
  if (info.phase > 1) {
    EXPECT_FALSE(has(info.phase - 1)) << "it was there before phase " << int{info.phase};
  }
}
INSTANTIATE_TEST_SUITE_P(Rows, Variables, testing::ValuesIn(rows()),
                         [](const auto& row) { return row.param.name; });

// Those of the links of one chain are there within it only.
TEST(VariablesOfAChain, HoldAllThatMatched) {
  for (const auto& [name, all] :
       {std::pair("MATCHED_VARS", "[:(1)(2)]"), {"MATCHED_VARS_NAMES", "[:(ARGS:a)(ARGS:b)]"}}) {
    EXPECT_EQ(
        told(fmt::format("SecAction \"id:3,phase:1,pass,nolog,setvar:tx.all=:\"\n"
                         "SecRule ARGS \"@rx .\" \"id:1,phase:1,pass,chain,"
                         "logdata:'%{{tx.all}}'\"\n"
                         "SecRule {} \"@rx .\" \"setvar:'tx.all=%{{tx.all}}(%{{MATCHED_VAR}})'\"",
                         name),
             get("/?a=1&b=2")),
        all);
  }
}

class OfflineVariables : public testing::TestWithParam<VariableInfo> {};
TEST_P(OfflineVariables, AreTold) {
  const std::string rule =
      fmt::format("SecRule {} \"@rx x\" \"id:1,phase:5,pass\"", GetParam().name);
  const auto program = engine::compile(rule);
  ASSERT_NE(program, nullptr);
  EXPECT_EQ(engine::evaluate(*program, {}).problems,
            std::vector{fmt::format("rule 1: {} has no value without a server", GetParam().name)});
  EXPECT_NE(notes_told(rule).find(GetParam().name), std::string::npos);
}
std::vector<VariableInfo> offline() {
  std::vector<VariableInfo> noted;
  for (const VariableInfo& row : parser::variables()) {
    if (row.support == Support::Noted) noted.push_back(row);
  }
  return noted;
}
INSTANTIATE_TEST_SUITE_P(Rows, OfflineVariables, testing::ValuesIn(offline()),
                         [](const auto& row) { return std::string(row.param.name); });

TEST(VariablesOfTheTable, HaveARowEach) {
  std::set<std::string, std::less<>> shown = {"MATCHED_VARS", "MATCHED_VARS_NAMES"};
  for (const VariableRow& row : rows()) shown.insert(row.name);
  for (const VariableInfo& row : parser::variables()) {
    EXPECT_TRUE(row.support != Support::Evaluated || shown.contains(row.name)) << row.name;
  }
}

}  // namespace
}  // namespace wafcheck::tests
