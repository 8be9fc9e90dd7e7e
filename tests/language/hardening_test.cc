// Inputs that crashed, stalled or blinded ModSecurity, Coraza, the Core Rule Set or libinjection,
// and what is right for each. No row has a limit of time: the test as a whole has.

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <ostream>
#include <string>
#include <utility>
#include <vector>

#include "parser/language/semantics.h"
#include "told.h"

namespace wafcheck::tests {
namespace {

struct HardeningRow {
  std::string name;
  std::string source;  ///< the record, or the public report
  std::string rules;
  TestRequest request;
  std::string told;
};
void PrintTo(const HardeningRow& row, std::ostream* out) {
  *out << row.name << " (" << row.source << ")";
}

std::string repeat(std::string_view text, size_t times) {
  std::string all;
  all.reserve(text.size() * times);
  for (size_t i = 0; i < times; ++i) all += text;
  return all;
}

std::string numbered(std::string_view form, size_t times) {
  std::string all;
  for (size_t i = 0; i < times; ++i) all += fmt::format(fmt::runtime(form), i);
  return all;
}

const std::string kBodies = "SecRequestBodyAccess On\nSecResponseBodyAccess On\n";
std::string as(const std::string& processor) {
  return "SecAction \"id:90,phase:1,pass,nolog,ctl:requestBodyProcessor=" + processor + "\"\n";
}
/// Denies what could not be read in full.
const std::string kFailed =
    "SecRule REQBODY_ERROR \"!@eq 0\" \"id:80,phase:2,deny,status:400\"\n"
    "SecRule MULTIPART_STRICT_ERROR \"!@eq 0\" \"id:81,phase:2,deny,status:400\"\n";
std::string sees(const std::string& target, const std::string& word) {
  return fmt::format("SecRule {} \"@contains {}\" \"id:1,phase:2,pass\"\n", target, word);
}

/// The value of a variable in phase 2.
std::string value(const std::string& variable, int id = 20) {
  return fmt::format("SecAction \"id:{},phase:2,pass,logdata:'%{{{}}}'\"\n", id, variable);
}
/// All members of a target, one after the other.
std::string members(const std::string& target) {
  return fmt::format(
      "SecRule {} \"@unconditionalMatch\" \"id:30,phase:2,pass,nolog,"
      "setvar:'tx.all=%{{tx.all}}(%{{MATCHED_VAR_NAME}}: %{{MATCHED_VAR}})'\"\n"
      "SecAction \"id:31,phase:2,pass,logdata:'%{{tx.all}}'\"\n",
      target);
}

TestRequest json(std::string body) {
  return post("application/json", std::move(body));
}
TestRequest xml(std::string body) {
  return post("text/xml", std::move(body));
}
TestRequest form(std::string body, const std::string& parameters = "; boundary=b") {
  return post("multipart/form-data" + parameters, std::move(body));
}
std::string part(const std::string& headers, const std::string& value) {
  return "--b\r\n" + headers + "\r\n\r\n" + value + "\r\n";
}
std::string field(const std::string& parameters, const std::string& value = "1") {
  return part("Content-Disposition: form-data; " + parameters, value);
}
const std::string kEnd = "--b--\r\n";

TestRequest with_headers(engine::TestHeaders headers) {
  TestRequest request;
  for (auto& header : headers) request.headers.push_back(std::move(header));
  return request;
}

/// A curly bracket that a character reference stands for.
const std::string kDecoded =
    "SecRule ARGS:a \"@streq {\" \"id:1,phase:2,pass,t:htmlEntityDecode\"\n";

std::vector<HardeningRow> rows() {
  const std::string json_rules = kBodies + as("JSON") + kFailed;
  const std::string form_rules = kBodies + kFailed;
  const std::string few = "SecArgumentsLimit 3\n";
  return {
      // Depth and number.
      {"deep_json_request", "CVE-2021-42717", json_rules, json(repeat("[", 100'000)),
       "80 deny 400"},
      {"deep_closed_json_request", "CVE-2021-42717", json_rules,
       json(repeat("{\"a\":", 50'000) + "1" + repeat("}", 50'000)), "80 deny 400"},
      {"deep_json_tail_after_the_last_argument", "CVE-2026-107826", few + json_rules,
       json("[1,2,3," + repeat("[", 100'000) + repeat("]", 100'000) + "]"), "80 deny 400"},
      {"deep_json_response", "CVE-2026-107833",
       kBodies + "SecResponseBodyMimeType application/json\n"
                 "SecAction \"id:91,phase:3,pass,nolog,ctl:responseBodyProcessor=JSON\"\n"
                 "SecRule RES_BODY_ERROR \"!@eq 0\" \"id:82,phase:4,deny,status:500\"\n",
       answered("application/json", repeat("[", 100'000)), "82 deny 500"},
      {"deep_xml_request", "CVE-2021-42717, its twin", kBodies + as("XML") + kFailed,
       xml(repeat("<a>", 50'000)), "80 deny 400"},
      {"many_attributes_in_xml_request", "quadratic in libxml2", kBodies + as("XML") + kFailed,
       xml("<a" + numbered(" a{}=''", 100'000) + "/>"), "80 deny 400"},
      {"many_namespaces_in_xml_request", "quadratic in libxml2", kBodies + as("XML") + kFailed,
       xml("<a" + numbered(" xmlns:a{}='u'", 100'000) + "/>"), "80 deny 400"},
      {"many_attributes_in_xml_response", "quadratic in libxml2, its twin",
       kBodies + "SecResponseBodyMimeType text/xml\n"
                 "SecAction \"id:91,phase:3,pass,nolog,ctl:responseBodyProcessor=XML\"\n"
                 "SecRule RES_BODY_ERROR \"!@eq 0\" \"id:82,phase:4,deny,status:500\"\n",
       answered("text/xml", "<a" + numbered(" a{}=''", 50'000) + "/>"), "82 deny 500"},
      {"array_entries_are_counted", "GHSA-6r3q-mjv7-xr8m", few + json_rules, json("[[1],[1]]"),
       "80 deny 400"},
      {"arguments_over_the_limit_in_query", "CVE-2026-41510", few + sees("ARGS", "evil") + kFailed,
       get("/?a=1&b=2&c=3&d=evil"), "80 deny 400"},
      {"arguments_over_the_limit_in_form", "CVE-2026-41510",
       few + kBodies + sees("ARGS", "evil") + kFailed, post_form("a=1&b=2&c=3&d=evil"),
       "80 deny 400"},
      {"arguments_over_the_limit_in_json", "CVE-2026-41510",
       few + json_rules + sees("ARGS", "evil"), json(R"({"a":1,"b":2,"c":3,"d":"evil"})"),
       "80 deny 400"},
      {"arguments_over_the_limit_in_multipart", "CVE-2026-41510",
       few + form_rules + sees("ARGS", "evil"),
       form(field("name=a") + field("name=c") + field("name=d") + field("name=e", "evil") + kEnd),
       "80 deny 400"},
      {"arguments_over_the_limit_in_xml", "CVE-2026-41510",
       few + kBodies + "SecParseXmlIntoArgs On\n" + as("XML") + kFailed + sees("ARGS", "evil"),
       xml("<r><a>1</a><b>2</b><c>3</c><d>evil</d></r>"), "80 deny 400"},

      // Names that meet.
      {"flattened_keys_meet", "CVE-2026-114099", json_rules + members("ARGS"),
       json(R"({"account":{"role":"' OR 1"},"account.role":"x"})"),
       "[(ARGS:json.account.role: ' OR 1)(ARGS:json.account.role: x)]"},
      {"keys_differ_in_letter_case", "GHSA-5gj4-9gm7-2fx2", json_rules + members("ARGS"),
       json(R"({"role":"' OR 1","Role":"x"})"), "[(ARGS:json.role: ' OR 1)(ARGS:json.Role: x)]"},
      {"keys_repeat", "GHSA-5gj4-9gm7-2fx2, the plain case", json_rules + members("ARGS"),
       json(R"({"role":"' OR 1","role":"x"})"), "[(ARGS:json.role: ' OR 1)(ARGS:json.role: x)]"},

      // The request target.
      {"control_byte_in_target", "CVE-2026-107825", value("QUERY_STRING") + members("ARGS_GET"),
       get("/a\x01"
           "b?x=1&y=\x02"),
       "[x=1&y=\\x02] [(ARGS_GET:x: 1)(ARGS_GET:y: \\x02)]"},
      {"delete_byte_in_target", "CVE-2026-107825", value("QUERY_STRING") + members("ARGS_GET"),
       get("/a\x7f?x=1"), "[x=1] [(ARGS_GET:x: 1)]"},
      {"two_slashes_are_no_authority", "CVE-2025-29914",
       value("REQUEST_URI") + value("REQUEST_FILENAME", 21), get("//admin/x?y=1"),
       "[//admin/x?y=1] [//admin/x]"},
      {"encoded_question_mark", "CVE-2024-1019",
       value("REQUEST_FILENAME") + value("QUERY_STRING", 21), get("/path%3Fattack"),
       "[/path?attack] []"},
      {"encoded_question_mark_before_a_real_one", "CVE-2024-1019",
       value("REQUEST_FILENAME") + value("QUERY_STRING", 21), get("/path%3Fattack?x=1"),
       "[/path?attack] [x=1]"},

      // Cookies.
      {"control_byte_before_cookie_name", "CVE-2026-107835", members("REQUEST_COOKIES"),
       with_header("Cookie",
                   "a=1;\x01role=x; \x0b\x1f"
                   "b=2"),
       "[(REQUEST_COOKIES:a: 1)(REQUEST_COOKIES:\\x01role: x)(REQUEST_COOKIES:\\x1fb: 2)]"},
      {"empty_cookie_names", "CVE-2019-19886",
       members("REQUEST_COOKIES") + sees("REQUEST_HEADERS:Cookie", "evil"),
       with_header("Cookie", "=evil; ==; a; b=; =; ;;"),
       "[(REQUEST_COOKIES:a: )(REQUEST_COOKIES:b: )] 1"},
      {"equals_sign_alone_as_cookie", "CVE-2019-19886", members("REQUEST_COOKIES"),
       with_header("Cookie", "="), "[]"},
      {"equals_sign_in_cookie_value", "CVE-2019-19886", members("REQUEST_COOKIES"),
       with_header("Cookie", "a=b=c"), "[(REQUEST_COOKIES:a: b=c)]"},

      // Multipart.
      {"repeated_parameter_of_content_type", "CVE-2023-40586", form_rules + members("ARGS"),
       form(field("name=x") + kEnd, "; boundary=b; a=1; a=2"), "80 deny 400"},
      {"repeated_boundary_parameter", "CVE-2023-40586", form_rules + members("ARGS"),
       form(field("name=x") + kEnd, "; boundary=b; boundary=c"), "80 deny 400"},
      {"thousands_of_tiny_files", "CVE-2026-107834",
       form_rules + "SecRule MULTIPART_FILE_LIMIT_EXCEEDED \"!@eq 0\" \"id:83,phase:2,pass\"\n",
       form(repeat(field("name=f; filename=g"), 5'000) + kEnd), "81 deny 400"},
      {"line_ends_in_field", "CVE-2026-52747", form_rules + members("ARGS"),
       form(field("name=x", "a\r\nb\nc\rd\r\n") + kEnd),
       "[(ARGS:x: a\\x0d\\x0ab\\x0ac\\x0dd\\x0d\\x0a)]"},
      {"part_without_end_of_headers", "CVE-2022-48279", form_rules,
       form("--b\r\nContent-Disposition: form-data; name=x\r\n--b--\r\n"), "80 deny 400"},
      {"part_header_without_colon", "CVE-2022-48279", form_rules,
       form(part("Content-Disposition form-data; name=x", "1") + kEnd), "80 deny 400"},
      {"boundary_with_bytes_after_it", "CVE-2022-48279", form_rules,
       form("--b \t x\r\nContent-Disposition: form-data; name=x\r\n\r\n1\r\n" + kEnd),
       "80 deny 400"},
      {"last_boundary_is_missing", "CVE-2022-48279", form_rules, form(field("name=x")),
       "80 deny 400"},
      {"bytes_before_the_first_boundary", "CVE-2022-48279", form_rules,
       form("evil\r\n" + field("name=x") + kEnd), "81 deny 400"},
      {"bytes_after_the_last_boundary", "CVE-2022-48279", form_rules,
       form(field("name=x") + kEnd + "evil"), "81 deny 400"},
      {"nul_bytes_in_upload", "CVE-2023-24021",
       form_rules + "SecTmpSaveUploadedFiles On\n" + value("FILES_TMP_CONTENT.f") +
           sees("FILES_TMP_CONTENT", "evil"),
       form(field("name=f; filename=g", std::string("a\0b\0evil", 8)) + kEnd),
       "[a\\x00b\\x00evil] 1"},
      {"numbered_filename_beside_extended", "GHSA-3wr7-993q-jrff", form_rules + members("FILES"),
       form(field("name=f; filename*0=\"a\"; filename*1=\"b\"; filename*=UTF-8''c") + kEnd),
       "80 deny 400"},
      {"thousands_of_numbered_filenames", "GHSA-3wr7-993q-jrff", form_rules,
       form(field("name=f" +
                  [] {
                    std::string all;
                    for (int i = 0; i < 5'000; ++i) all += fmt::format("; filename*{}=\"a\"", i);
                    return all;
                  }()) +
            kEnd),
       "80 deny 400"},
      {"long_part_header", "ModSecurity 3.0.15, a body processor's buffer", form_rules,
       form(part("Content-Disposition: form-data; name=x\r\nX: " + repeat("a", 200'000), "1") +
            kEnd),
       "80 deny 400"},
      {"long_boundary", "ModSecurity 3.0.15, a body processor's buffer", form_rules,
       form("--" + repeat("b", 100'000) + "\r\n", "; boundary=" + repeat("b", 100'000)),
       "80 deny 400"},
      {"part_without_name", "CVE-2009-1902, CVE-2009-5031", form_rules,
       form(part("Content-Disposition: form-data", "evil") + kEnd), "80 deny 400"},
      {"part_without_disposition", "CVE-2009-1902", form_rules,
       form(part("Content-Type: text/plain", "evil") + kEnd), "80 deny 400"},
      {"part_without_any_header", "CVE-2009-1902", form_rules, form("--b\r\n\r\nevil\r\n" + kEnd),
       "80 deny 400"},
      {"boundary_inside_part_headers", "SEC Consult 2012", form_rules,
       form("--b\r\nContent-Disposition: form-data; name=x\r\n--b\r\n\r\nevil\r\n" + kEnd),
       "80 deny 400"},
      {"single_quoted_name", "CVE-2012-2751", form_rules + members("ARGS"),
       form(field("name='x'; filename='a;b'") + kEnd), "81 deny 400"},
      {"two_parts_with_charsets", "CVE-2026-21876", form_rules + members("MULTIPART_PART_HEADERS"),
       form(
           part("Content-Disposition: form-data; name=x\r\nContent-Type: text/plain; charset=UTF-7",
                "1") +
           part("Content-Disposition: form-data; name=y\r\nContent-Type: text/plain; charset=utf-8",
                "2") +
           kEnd),
       "[(MULTIPART_PART_HEADERS:x: Content-Disposition: form-data; "
       "name=x)(MULTIPART_PART_HEADERS:x: Content-Type: text/plain; "
       "charset=UTF-7)(MULTIPART_PART_HEADERS:y: Content-Disposition: form-data; "
       "name=y)(MULTIPART_PART_HEADERS:y: Content-Type: text/plain; charset=utf-8)]"},
      {"captures_of_the_last_part_win", "CVE-2026-21876",
       form_rules +
           "SecRule MULTIPART_PART_HEADERS \"@rx charset=(.*)\" "
           "\"id:2,phase:2,pass,nolog,capture,setvar:'tx.charset=%{TX.1}'\"\n" +
           value("TX.charset"),
       form(
           part("Content-Disposition: form-data; name=x\r\nContent-Type: text/plain; charset=UTF-7",
                "1") +
           part("Content-Disposition: form-data; name=y\r\nContent-Type: text/plain; charset=utf-8",
                "2") +
           kEnd),
       "[utf-8]"},
      {"transfer_encoding_of_part", "CVE-2022-39956",
       form_rules + sees("MULTIPART_PART_HEADERS", "base64"),
       form(part("Content-Disposition: form-data; name=x\r\nContent-Transfer-Encoding: base64",
                 "ZXZpbA==") +
            kEnd),
       "1"},

      // Headers.
      {"several_charsets_in_content_type", "CVE-2022-39955",
       kBodies + sees("REQUEST_HEADERS:Content-Type", "ibm037") + members("ARGS"),
       post("application/x-www-form-urlencoded; charset=utf-8; charset=ibm037", "x=1"),
       "1 [(ARGS:x: 1)]"},
      {"two_content_types", "CVE-2023-38199",
       kBodies + as("JSON") + members("REQUEST_HEADERS:Content-Type") + kFailed,
       with_headers({{"Content-Type", "application/json"}, {"Content-Type", "text/xml"}}),
       "[(REQUEST_HEADERS:Content-Type: application/json)(REQUEST_HEADERS:Content-Type: "
       "text/xml)]"},
      {"two_content_types_of_two_processors", "GHSA-w253-m66g-rx24",
       kBodies + value("REQBODY_PROCESSOR") +
           "SecRule &REQUEST_HEADERS:Content-Type \"@gt 1\" "
           "\"id:4,phase:2,pass\"\n",
       with_headers({{"Content-Type", "application/x-www-form-urlencoded"},
                     {"Content-Type", "multipart/form-data; boundary=b"}}),
       "[URLENCODED] 4"},
      {"accept_asks_for_a_charset", "CVE-2022-39957", sees("REQUEST_HEADERS:Accept", "utf-7"),
       with_header("Accept", "text/html; charset=utf-7"), "1"},
      {"small_ranges_repeat", "CVE-2022-39958",
       "SecRule REQUEST_HEADERS:Range \"@rx bytes=\\d+-\\d+,\" \"id:1,phase:1,pass\"\n",
       with_header("Range", "bytes=0-0,1-1,2-2"), "1"},
      {"path_after_the_script", "CVE-2021-35368",
       value("REQUEST_FILENAME") + value("REQUEST_BASENAME", 21), get("/admin.php/content/add.jpg"),
       "[/admin.php/content/add.jpg] [add.jpg]"},

      // Transformations and operators.
      {"leading_zeros_of_a_reference", "CVE-2025-27110", kDecoded,
       get("/?a=%26%23" + repeat("0", 50) + "123%3B"), "1"},
      {"thousands_of_leading_zeros", "CVE-2025-27110", kDecoded,
       get("/?a=%26%23x" + repeat("0", 50'000) + "7b%3B"), "1"},
      {"hex_of_one_character", "CVE-2026-30923",
       "SecRule ARGS:a \"@unconditionalMatch\" \"id:1,phase:2,pass,t:hexDecode,"
       "logdata:'%{MATCHED_VAR}'\"\n",
       get("/?a=4"), "[4]"},
      {"hex_of_nothing", "CVE-2026-30923",
       "SecRule ARGS:a \"@unconditionalMatch\" \"id:1,phase:2,pass,t:hexDecode,t:sqlHexDecode\"\n",
       get("/?a="), "1"},
      {"long_runs_of_nuls", "CVE-2023-38285",
       kBodies +
           "SecRule ARGS:a \"@streq x\" \"id:1,phase:2,pass,t:removeNulls\"\n"
           "SecRule ARGS:a \"@streq x\" \"id:2,phase:2,pass,t:replaceNulls,t:removeWhitespace\"\n"
           "SecRule ARGS:a \"@streq x\" \"id:3,phase:2,pass,t:replaceNulls,t:trim\"\n"
           "SecRule ARGS:a \"@endsWith x\" \"id:4,phase:2,pass,t:compressWhitespace\"\n",
       post_form("a=" + repeat("%00", 100'000) + "x"), "1 2 3 4"},
      {"captures_beyond_nine", "CVE-2020-15598",
       "SecRule ARGS:a \"@rx (.)(.)(.)(.)(.)(.)(.)(.)(.)(.)(.)\" \"id:1,phase:2,pass,capture,"
       "logdata:'%{TX.9}%{TX.10}'\"\n",
       get("/?a=abcdefghijk"), "[i]"},
      {"unanchored_capture_of_a_long_body", "CVE-2020-15598",
       kBodies + "SecRule REQUEST_BODY \"@rx (a)\" \"id:1,phase:2,pass,capture,"
                 "logdata:'%{TX.1}'\"\n",
       post_form("x=" + repeat("a", 200'000)), "[a]"},
      {"empty_xml_element_into_args", "CVE-2025-52891",
       kBodies + "SecParseXmlIntoArgs On\n" + as("XML") + kFailed + members("ARGS"),
       xml("<foo></foo>"), "[(ARGS:xml.foo: )]"},
      {"sanitise_of_equal_names", "CVE-2025-48866",
       json_rules +
           "SecRule ARGS \"@unconditionalMatch\" "
           "\"id:1,phase:2,pass,nolog,sanitiseMatched\"\n" +
           "SecAction \"id:2,phase:2,pass,sanitiseArg:a\"\n",
       json("{" + repeat("\"a\":\"v\",", 500) + "\"b\":\"w\"}"),
       "2 hides a hides json.a hides json.b"},
      {"error_in_phase_1_ends_the_request", "CVE-2025-54571",
       "SecRule ARGS \"@contains evil\" \"id:1,phase:1,deny,status:403\"\n"
       "SecAction \"id:2,phase:3,deny,status:500\"\n",
       get("/?a=evil"), "1 deny 403"},
      {"numbers_that_are_too_short", "CVE-2026-42268",
       "SecRule ARGS \"@verifySSN \\d*\" \"id:1,phase:2,pass\"\n"
       "SecRule ARGS \"@verifyCPF \\d*\" \"id:2,phase:2,pass\"\n"
       "SecRule ARGS \"@verifySVNR \\d*\" \"id:3,phase:2,pass\"\n"
       "SecRule ARGS \"@verifyCC \\d*\" \"id:4,phase:2,pass\"\n",
       get("/?a=&b=1&c=12"), ""},
      {"cut_utf8_to_unicode", "CVE-2026-52761",
       "SecRule ARGS:a \"@unconditionalMatch\" \"id:1,phase:2,pass,t:utf8toUnicode,"
       "logdata:'%{MATCHED_VAR}'\"\n",
       get("/?a=x%f0%9f%98"), "[x\\x9f\\x98]"},

      // libinjection and expressions.
      {"nested_comments_in_sql", "libinjection 33, 56",
       "SecRule ARGS \"@detectSQLi\" \"id:1,phase:2,pass\"\n", get("/?a=" + repeat("1/*!", 20'000)),
       "1"},
      {"unclosed_attribute_in_html", "libinjection 90, 116",
       "SecRule ARGS \"@detectXSS\" \"id:1,phase:2,pass\"\n",
       get("/?a=%3Ca%20b=%27" + repeat("%3C", 20'000)), ""},
      {"limit_of_an_expression_is_told", "the lesson of all of them",
       "SecPcreMatchLimit 1000\n"
       "SecRule ARGS \"@rx ^(a+)+$\" \"id:1,phase:2,pass\"\n"
       "SecRule MSC_PCRE_LIMITS_EXCEEDED \"@eq 1\" \"id:2,phase:2,pass\"\n",
       get("/?a=" + repeat("a", 200) + "b"), "2"},
      {"comment_prefix_runs", "CVE-2019-11387",
       "SecPcreMatchLimit 1000\n"
       "SecRule ARGS \"@rx (?i)(?:/\\*.*?\\*/|#.*?\\n|\\s)*(?:[\\s(@#]|#)*set_error_handler\\(\" "
       "\"id:1,phase:2,pass\"\n"
       "SecRule MSC_PCRE_LIMITS_EXCEEDED \"@eq 1\" \"id:2,phase:2,pass\"\n",
       get("/?a=set_error_handler" + repeat("%23", 5'000)), ""},
      {"shell_evasion_prefix", "GHSA-f5qm-3h4p-8qhg",
       "SecPcreMatchLimit 1000\n"
       "SecRule ARGS \"@rx (?:[\\x5c'\\\"\\[]*(?:\\$[a-z0-9_@?!#{(*-]*)?(?:\\x5c)?)*curl\" "
       "\"id:1,phase:2,pass\"\n"
       "SecRule MSC_PCRE_LIMITS_EXCEEDED \"@eq 1\" \"id:2,phase:2,pass\"\n",
       get("/?a=" + repeat("$a'", 3'000)), ""},
  };
}

class Hardening : public testing::TestWithParam<HardeningRow> {};

TEST_P(Hardening, IsHandled) {
  EXPECT_EQ(told(GetParam().rules, GetParam().request), GetParam().told);
}

INSTANTIATE_TEST_SUITE_P(Inputs, Hardening, testing::ValuesIn(rows()),
                         [](const auto& row) { return row.param.name; });

}  // namespace
}  // namespace wafcheck::tests
