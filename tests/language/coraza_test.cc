// What Coraza makes of rules and requests, in the words of its API: the interruption, and of each
// rule that matched its id, message, data and matched targets. Measured with Coraza's main branch
// of August 2026.

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <ostream>
#include <string>
#include <vector>

#include "told.h"

namespace wafcheck::tests {
namespace {

struct CorazaRow {
  std::string name;
  std::string rules;
  std::vector<TestRequest> requests;
  std::vector<std::string> told;  ///< one a request; "LOAD" alone: the rules are refused
};
void PrintTo(const CorazaRow& row, std::ostream* out) {
  *out << row.name;
}

std::string told_of(const engine::Transaction& transaction) {
  std::string text = "None";
  if (const auto& interruption = transaction.interruption()) {
    const std::string rule =
        interruption->rule_id ? std::to_string(*interruption->rule_id) : "None";
    text = fmt::format("{} {} {} '{}'", to_string(interruption->action), interruption->status, rule,
                       interruption->url);
  }
  for (const engine::MatchedRule& matched : transaction.matched_rules()) {
    text += fmt::format(" ({} '{}' '{}'", matched.id.value_or(0), matched.message, matched.data);
    std::vector<std::string> targets;
    for (const engine::Match& match : matched.matches) {
      targets.push_back(fmt::format(" {}={}", match.name(), match.transformed));
    }
    // Coraza visits members in the order of a hash table.
    std::ranges::sort(targets);
    const auto again = std::ranges::unique(targets);
    targets.erase(again.begin(), again.end());
    for (const std::string& target : targets) text += target;
    text += ")";
  }
  return text;
}

std::string sent(const engine::Program& program, const TestRequest& request) {
  engine::TransactionOptions options = engine::options_at(request.time);
  options.keep_all_matches = true;
  engine::Transaction transaction(program, options);
  engine::send(transaction, request);
  return told_of(transaction);
}

/// A request without headers but the given ones.
TestRequest bare(std::string method, std::string uri, std::string body = {},
                 engine::TestHeaders headers = {}) {
  TestRequest request;
  request.method = std::move(method);
  request.uri = std::move(uri);
  request.body = std::move(body);
  request.headers = std::move(headers);
  return request;
}
const TestRequest kA = bare("GET", "/?a=1");
TestRequest posted(std::string body, std::string type = {}) {
  engine::TestHeaders headers;
  if (!type.empty()) headers.emplace_back("Content-Type", std::move(type));
  return bare("POST", "/?a=1", std::move(body), std::move(headers));
}
const std::string kForm = "application/x-www-form-urlencoded";

/// A processor that rules choose, and bodies that are inspected.
std::string processed(const std::string& name) {
  return "SecRequestBodyAccess On\n"
         "SecAction \"id:1,phase:1,pass,nolog,ctl:requestBodyProcessor=" +
         name + "\"\n";
}

std::vector<CorazaRow> rows_of_messages() {
  return {
      // The page of Coraza's API leaves out data without a message; its error log has it.
      {"logdata_without_msg",
       "SecRuleEngine On\n"
       "SecAction \"id:1,phase:1,pass,log,logdata:'42'\"\n"
       "SecRule ARGS:a \"@rx .\" \"id:2,phase:1,pass,log,logdata:'L %{MATCHED_VAR}'\"\n"
       "SecRule ARGS:a \"@rx .\" \"id:3,phase:1,pass,log,msg:'M',logdata:'L %{MATCHED_VAR}'\"",
       {kA},
       {"None (1 '' '42') (2 '' 'L 1' ARGS:a=1) (3 'M' 'L 1' ARGS:a=1)"}},
      {"two_variables",
       "SecRule ARGS:a|ARGS:b \"@rx .\" "
       "\"id:3,phase:1,pass,log,msg:'M %{MATCHED_VAR}',logdata:'L %{MATCHED_VAR}'\"",
       {bare("GET", "/?a=1&b=2")},
       {"None (3 'M 1' 'L 1' ARGS:a=1 ARGS:b=2)"}},
      {"chain",
       "SecRule ARGS:a \"@rx .\" "
       "\"id:3,phase:1,pass,log,chain,msg:'M %{MATCHED_VAR}',logdata:'L %{MATCHED_VAR}'\"\n"
       " SecRule ARGS:b \"@rx .\" \"msg:'C %{MATCHED_VAR}',logdata:'D',severity:3,tag:x\"",
       {bare("GET", "/?a=1&b=2")},
       {"None (3 'M 2' 'L 2' ARGS:a=1 ARGS:b=2)"}},
      {"message_of_a_link",
       "SecRule ARGS:a \"@rx .\" \"id:3,phase:1,pass,log,chain\"\n"
       " SecRule ARGS:b \"@rx .\" \"msg:'C %{MATCHED_VAR}',logdata:'D'\"",
       {bare("GET", "/?a=1&b=2")},
       {"None (3 'C 2' 'D' ARGS:a=1 ARGS:b=2)"}},
      {"unresolved",
       "SecRule ARGS:a \"@rx .\" \"id:3,phase:1,pass,log,msg:'%{tx.foo} %{TX.Foo} %{tx.0} "
       "%{args.zz} %{ARGS.zz} %{REQUEST_HEADERS.Nope} %{ENV.NOPE} %{ARGS_NAMES.zz} "
       "%{MATCHED_VAR_NAME} %{RULE.id} %{RULE.severity} %{HIGHEST_SEVERITY} "
       "%{REQBODY_ERROR_MSG} %{RESPONSE_STATUS}'\"",
       {kA},
       {"None (3 'tx.foo TX.Foo  args.zz ARGS.zz REQUEST_HEADERS.Nope ENV.NOPE ARGS_NAMES.zz "
        "ARGS:a 3 unknown 255  ' '' ARGS:a=1)"}},
      {"count_name",
       "SecRule &ARGS \"@ge 0\" \"id:3,phase:1,pass,log,msg:'%{MATCHED_VAR_NAME}'\"\n"
       "SecRule &ARGS:a \"@ge 0\" \"id:4,phase:1,pass,log,msg:'%{MATCHED_VAR_NAME}'\"",
       {kA},
       {"None (3 'ARGS' '' ARGS=1) (4 'ARGS:a' '' ARGS:a=1)"}},
      {"multiMatch",
       "SecRule ARGS:a \"@rx a\" \"id:1,phase:1,pass,multiMatch,t:lowercase,t:uppercase,"
       "t:lowercase,setvar:tx.n=+1,msg:'%{MATCHED_VAR}'\"\n"
       "SecAction \"id:2,phase:1,pass,msg:'%{tx.n}'\"",
       {bare("GET", "/?a=Aa")},
       {"None (1 'Aa' '' ARGS:a=Aa ARGS:a=aa) (2 '3' '')"}},
      {"chain_severity",
       "SecRule ARGS:a \"@rx .\" \"id:1,phase:1,pass,severity:5,chain\"\n"
       " SecRule ARGS:a \"@rx .\" \"severity:1\"\n"
       "SecRule HIGHEST_SEVERITY \"@unconditionalMatch\" \"id:2,phase:1,pass\"",
       {kA},
       {"None (1 '' '' ARGS:a=1) (2 '' '' HIGHEST_SEVERITY=5)"}},
      {"setvar_of_no_number",
       "SecAction \"id:1,phase:1,pass,nolog,setvar:tx.a=+x,setvar:tx.b=+3.7,"
       "setvar:tx.c=-%{tx.zz},setvar:tx.d=-%{tx.b}\"\n"
       "SecAction \"id:2,phase:1,pass,msg:'%{tx.a}|%{tx.b}|%{tx.c}|%{tx.d}'\"",
       {kA},
       {"None (1 '' '') (2 '+x|+3.7|tx.c|-+3.7' '')"}},
  };
}

std::vector<CorazaRow> rows_of_loading() {
  return {
      {"colon_macro",
       "SecRule ARGS:a \"@rx .\" \"id:3,phase:1,pass,log,msg:'%{tx:b}'\"",
       {},
       {"LOAD"}},
      {"update_of_a_missing_id",
       "SecRule ARGS:a \"@rx .\" \"id:3,phase:1,pass\"\nSecRuleUpdateTargetById 99 \"!ARGS:a\"",
       {},
       {"LOAD"}},
      {"update_of_the_action_of_a_missing_id",
       "SecRule ARGS:a \"@rx .\" \"id:3,phase:1,pass\"\nSecRuleUpdateActionById 99 \"deny\"",
       {},
       {"LOAD"}},
      {"update_of_a_range",
       "SecRule ARGS:a \"@rx .\" \"id:3,phase:1,pass\"\nSecRuleUpdateTargetById 90-99 \"!ARGS:a\"",
       {kA},
       {"None (3 '' '' ARGS:a=1)"}},
      {"IP_selector", "SecRule IP:n \"@rx .\" \"id:1,phase:1,pass\"", {}, {"LOAD"}},
      {"unclosed_quote",
       "SecRule ARGS:a \"@rx .\" \"id:1,phase:1,pass,msg:'x\"",
       {kA},
       {"None (1 ''x' '' ARGS:a=1)"}},
      {"operator_it_lacks",
       "SecRule ARGS:a \"@containsWord x\" \"id:1,phase:1,pass\"",
       {},
       {"LOAD"}},
      {"look_ahead", "SecRule ARGS:a \"@rx a(?!b)\" \"id:1,phase:1,pass\"", {}, {"LOAD"}},
      {"look_ahead_for_names",
       "SecRule ARGS:/a(?!b)/ \"@rx .\" \"id:1,phase:1,pass\"",
       {},
       {"LOAD"}},
      {"rx_without_argument",
       "SecRule ARGS:a \"@rx\" \"id:1,phase:1,pass\"",
       {kA},
       {"None (1 '' '' ARGS:a=1)"}},
      {"GLOBAL", "SecRule GLOBAL:x \"@rx .\" \"id:1,phase:1,pass\"", {}, {"LOAD"}},
      {"GLOBAL_in_a_macro", "SecAction \"id:1,phase:1,pass,msg:'%{GLOBAL.x}'\"", {}, {"LOAD"}},
      {"action_it_lacks", "SecAction \"id:1,phase:1,pass,accuracy:1\"", {}, {"LOAD"}},
      {"transformation_it_lacks",
       "SecRule ARGS:a \"@rx .\" \"id:1,phase:1,pass,t:sqlHexDecode\"",
       {},
       {"LOAD"}},
      {"initcol_loads",
       "SecAction \"id:1,phase:1,pass,initcol:global=x\"",
       {kA},
       {"None (1 '' '')"}},
      {"comma_list", "SecRule ARGS:a,ARGS:b \"@rx .\" \"id:2,phase:1,pass\"", {kA}, {"None"}},
      {"negation_and_space",
       "SecRule ARGS:a \"! ^1\" \"id:1,phase:1,pass\"\n"
       "SecRule ARGS:a \"!^2\" \"id:2,phase:1,pass\"\n"
       "SecRule ARGS:a \"! @rx ^2\" \"id:3,phase:1,pass\"\n"
       "SecRule ARGS:a \"!@rx ^2\" \"id:4,phase:1,pass\"\n"
       "SecRule ARGS:a \"!\" \"id:5,phase:1,pass\"",
       {kA},
       {"None (2 '' '' ARGS:a=1) (3 '' '' ARGS:a=1) (4 '' '' ARGS:a=1)"}},
  };
}

const std::string kTwoParts =
    "--B\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\nv\r\n"
    "--B\r\nContent-Disposition: form-data; name=\"f\"; filename=\"x.txt\"\r\n"
    "Content-Type: text/plain\r\n\r\nhello\r\n--B--\r\n";

std::vector<CorazaRow> rows_of_bodies_and_values() {
  return {
      {"xml_errors",
       processed("XML") +
           "SecAction \"id:2,phase:2,pass,msg:'%{REQBODY_ERROR}|%{REQBODY_ERROR_MSG}'\"",
       {posted("not xml"), posted("<a><b></a>"), posted("<a>1</a>")},
       {"None (1 '' '') (2 '0|' '')", "None (1 '' '') (2 '0|' '')", "None (1 '' '') (2 '0|' '')"}},
      {"json_errors",
       processed("JSON") +
           "SecAction \"id:2,phase:2,pass,msg:'%{REQBODY_ERROR}|%{REQBODY_ERROR_MSG}'\"",
       {posted("{\"a\":1"), posted("nope"), posted("{\"a\":1}x")},
       {"None (1 '' '') (2 '1|JSON: invalid JSON' '')",
        "None (1 '' '') (2 '1|JSON: invalid JSON' '')",
        "None (1 '' '') (2 '1|JSON: invalid JSON' '')"}},
      {"XML_names",
       processed("XML") +
           "SecRule XML:/* \"@rx .\" \"id:2,phase:2,pass,msg:'%{MATCHED_VAR_NAME}'\"\n"
           "SecRule XML://@* \"@rx .\" \"id:3,phase:2,pass,msg:'%{MATCHED_VAR_NAME}'\"\n"
           "SecRule XML \"@rx .\" \"id:4,phase:2,pass\"",
       {posted("<a x=\"1\">q<b>r</b></a>")},
       {"None (1 '' '') (2 'REQUEST_XML:/*' '' REQUEST_XML:/*=q REQUEST_XML:/*=r)"
        " (3 'REQUEST_XML://@*' '' REQUEST_XML://@*=1)"
        " (4 '' '' REQUEST_XML:/*=q REQUEST_XML:/*=r REQUEST_XML://@*=1)"}},
      {"TX_1_exists",
       "SecRule TX:1 \"@unconditionalMatch\" \"id:1,phase:1,pass\"\n"
       "SecRule &TX:1 \"@eq 1\" \"id:2,phase:1,pass\"\n"
       "SecRule &TX \"@ge 11\" \"id:3,phase:1,pass\"",
       {kA},
       {"None (1 '' '' TX:1=) (2 '' '' TX:1=1) (3 '' '' TX=11)"}},
      {"limit_in_DetectionOnly",
       "SecRuleEngine DetectionOnly\nSecRequestBodyAccess On\nSecRequestBodyLimit 5\n"
       "SecRequestBodyLimitAction Reject\n"
       "SecAction \"id:2,phase:2,pass\"\nSecAction \"id:3,phase:5,pass\"",
       {posted("abcdefgh", kForm)},
       {"None (2 '' '') (3 '' '')"}},
      {"names_of_files",
       "SecRequestBodyAccess On\n"
       "SecRule FILES|FILES_NAMES|FILES_SIZES|FILES_COMBINED_SIZE|MULTIPART_PART_HEADERS|ARGS_POST "
       "\"@unconditionalMatch\" \"id:2,phase:2,pass\"",
       {posted(kTwoParts, "multipart/form-data; boundary=B")},
       {"None (2 '' '' ARGS_POST:a=v FILES=x.txt FILES_COMBINED_SIZE=6 FILES_NAMES=f "
        "FILES_SIZES:x.txt=5 "
        "MULTIPART_PART_HEADERS:a=Content-Disposition: form-data; name=\"a\" "
        "MULTIPART_PART_HEADERS:f=Content-Disposition: form-data; name=\"f\"; filename=\"x.txt\" "
        "MULTIPART_PART_HEADERS:f=Content-Type: text/plain)"}},
      {"operators_that_capture_nothing",
       "SecRule ARGS:a \"@contains 1\" \"id:1,phase:1,pass,capture,msg:'%{tx.0}'\"\n"
       "SecRule ARGS:a \"@streq 1\" \"id:2,phase:1,pass,capture,msg:'%{tx.0}'\"\n"
       "SecRule ARGS:a \"@ge 1\" \"id:3,phase:1,pass,capture,msg:'%{tx.0}'\"\n"
       "SecRule ARGS:a \"@beginsWith 1\" \"id:4,phase:1,pass,capture,msg:'%{tx.0}'\"\n"
       "SecRule ARGS:a \"@endsWith 1\" \"id:5,phase:1,pass,capture,msg:'%{tx.0}'\"\n"
       "SecRule ARGS:a \"@within 123\" \"id:6,phase:1,pass,capture,msg:'%{tx.0}'\"\n"
       "SecRule ARGS:a \"@strmatch 1\" \"id:7,phase:1,pass,capture,msg:'%{tx.0}'\"\n"
       "SecRule ARGS:a \"@unconditionalMatch\" \"id:8,phase:1,pass,capture,msg:'%{tx.0}'\"",
       {kA},
       {"None (1 '' '' ARGS:a=1) (2 '' '' ARGS:a=1) (3 '' '' ARGS:a=1) (4 '' '' ARGS:a=1)"
        " (5 '' '' ARGS:a=1) (6 '' '' ARGS:a=1) (7 '' '' ARGS:a=1) (8 '' '' ARGS:a=1)"}},
      {"forced_body",
       "SecRequestBodyAccess On\n"
       "SecAction \"id:1,phase:1,pass,nolog,ctl:forceRequestBodyVariable=On\"\n"
       "SecRule REQBODY_PROCESSOR|REQUEST_BODY|ARGS_POST \"@rx .\" \"id:2,phase:2,pass\"",
       {posted("a=1")},
       {"None (1 '' '') (2 '' '' ARGS_POST:a=1 REQBODY_PROCESSOR=URLENCODED REQUEST_BODY=a=1)"}},
      {"json_that_is_cut_off",
       processed("JSON") + "SecRule ARGS_POST \"@rx .\" \"id:2,phase:2,pass\"",
       {posted(R"({"test":123, "test2": 456, "test3": [22, 44)"), posted(R"({"test3": [22, "x)"),
        posted("[[1,")},
       {"None (1 '' '') (2 '' '' ARGS_POST:json.test2=456 ARGS_POST:json.test3.0=22 "
        "ARGS_POST:json.test3.1=44 ARGS_POST:json.test3=2 ARGS_POST:json.test=123)",
        "None (1 '' '') (2 '' '' ARGS_POST:json.test3.0=22 ARGS_POST:json.test3=1)",
        "None (1 '' '') (2 '' '' ARGS_POST:json.0.0=1 ARGS_POST:json.0=1 ARGS_POST:json=1)"}},
      {"limit_without_access",
       "SecRuleEngine On\nSecRequestBodyLimit 5\nSecAction \"id:2,phase:2,pass\"",
       {posted("abcdefgh", kForm)},
       {"None (2 '' '')"}},
      {"REQUEST_BODY_LENGTH",
       "SecRuleEngine On\nSecRequestBodyAccess On\n"
       "SecRule REQUEST_BODY_LENGTH \"@unconditionalMatch\" \"id:2,phase:2,pass\"\n"
       "SecRule REQUEST_BODY \"@unconditionalMatch\" \"id:3,phase:2,pass\"",
       {posted("abcdef"), posted("abcdef", "text/plain"), posted("{\"a\":1}", "application/json"),
        posted("a=1", kForm)},
       {"None (2 '' '' REQUEST_BODY_LENGTH=0) (3 '' '' REQUEST_BODY=)",
        "None (2 '' '' REQUEST_BODY_LENGTH=0) (3 '' '' REQUEST_BODY=)",
        "None (2 '' '' REQUEST_BODY_LENGTH=0) (3 '' '' REQUEST_BODY=)",
        "None (2 '' '' REQUEST_BODY_LENGTH=3) (3 '' '' REQUEST_BODY=a=1)"}},
      {"uri_that_does_not_parse",
       "SecRule QUERY_STRING|REQUEST_FILENAME|REQUEST_URI|REQUEST_URI_RAW|REQUEST_BASENAME|"
       "URLENCODED_ERROR \"@unconditionalMatch\" \"id:2,phase:1,pass\"\n"
       "SecRule ARGS \"@rx .\" \"id:3,phase:1,pass\"",
       {bare("GET", "/p%zz?foo=1")},
       {"None (2 '' '' QUERY_STRING= REQUEST_BASENAME=p%zz?foo=1 REQUEST_FILENAME=/p%zz?foo=1 "
        "REQUEST_URI=/p%zz?foo=1 REQUEST_URI_RAW=/p%zz?foo=1 "
        "URLENCODED_ERROR=parse \"/p%zz?foo=1\": invalid URL escape \"%zz\")"}},
      {"other_uris",
       "SecRule URLENCODED_ERROR \"@unconditionalMatch\" \"id:2,phase:1,pass\"\n",
       {bare("GET", "/p\x01"), bare("GET", "/a%4"), bare("GET", "/a?b=%zz"), bare("GET", ":a"),
        bare("GET", "1:a/b"), bare("GET", "http://h/a%zz"), bare("GET", "mailto:%zz"),
        bare("GET", "/a#%zz"), bare("GET", "*")},
       {"None (2 '' '' URLENCODED_ERROR=parse \"/p\\x01\": net/url: invalid control character in "
        "URL)",
        "None (2 '' '' URLENCODED_ERROR=parse \"/a%4\": invalid URL escape \"%4\")",
        "None (2 '' '' URLENCODED_ERROR=1)",
        "None (2 '' '' URLENCODED_ERROR=parse \":a\": missing protocol scheme)",
        "None (2 '' '' URLENCODED_ERROR=parse \"1:a/b\": first path segment in URL cannot contain "
        "colon)",
        "None (2 '' '' URLENCODED_ERROR=parse \"http://h/a%zz\": invalid URL escape \"%zz\")",
        "None (2 '' '' URLENCODED_ERROR=0)", "None (2 '' '' URLENCODED_ERROR=0)",
        "None (2 '' '' URLENCODED_ERROR=0)"}},
      {"scalars_in_phase_1",
       "SecRule FILES_COMBINED_SIZE|REQBODY_ERROR|REQBODY_PROCESSOR|REQUEST_BODY_LENGTH|"
       "ARGS_COMBINED_SIZE|URLENCODED_ERROR|MULTIPART_STRICT_ERROR|HIGHEST_SEVERITY|"
       "INBOUND_DATA_ERROR|OUTBOUND_DATA_ERROR|RESPONSE_STATUS|RESPONSE_CONTENT_LENGTH|"
       "REQBODY_PROCESSOR_ERROR|DURATION \"@unconditionalMatch\" \"id:2,phase:1,pass\"",
       {bare("GET", "/")},
       {"None (2 '' '' ARGS_COMBINED_SIZE=0 DURATION=0 FILES_COMBINED_SIZE=0 HIGHEST_SEVERITY=255 "
        "INBOUND_DATA_ERROR= MULTIPART_STRICT_ERROR= OUTBOUND_DATA_ERROR=0 REQBODY_ERROR=0 "
        "REQBODY_PROCESSOR= REQBODY_PROCESSOR_ERROR=0 REQUEST_BODY_LENGTH=0 "
        "RESPONSE_CONTENT_LENGTH= RESPONSE_STATUS= URLENCODED_ERROR=0)"}},
      {"body_access_is_off_at_first",
       "SecRuleEngine On\nSecRule ARGS_POST:a \"@rx .\" \"id:1,phase:2,deny\"",
       {posted("a=1", kForm)},
       {"None"}},
  };
}

std::vector<CorazaRow> rows_of_actions() {
  return {
      {"deny_in_phase_5",
       "SecRuleEngine On\nSecRule ARGS:a \"@rx .\" \"id:1,phase:5,deny,status:500\"\n"
       "SecAction \"id:2,phase:5,pass\"",
       {kA},
       {"deny 500 1 '' (1 '' '' ARGS:a=1) (2 '' '')"}},
      {"redirect_in_phase_5",
       "SecRuleEngine On\nSecAction \"id:1,phase:5,redirect:'https://h/'\"",
       {kA},
       {"redirect 302 1 'https://h/' (1 '' '')"}},
      {"ruleEngine_Off",
       "SecRuleEngine On\nSecAction \"id:1,phase:1,pass,ctl:ruleEngine=Off\"\n"
       "SecAction \"id:2,phase:1,pass\"\nSecAction \"id:3,phase:2,pass\"",
       {kA},
       {"None (1 '' '') (2 '' '')"}},
      {"drop_without_status",
       "SecRuleEngine On\nSecRule ARGS:a \"@rx .\" \"id:1,phase:1,drop\"",
       {kA},
       {"drop 0 1 '' (1 '' '' ARGS:a=1)"}},
      {"drop_with_status",
       "SecRuleEngine On\nSecRule ARGS:a \"@rx .\" \"id:1,phase:1,drop,status:500\"",
       {kA},
       {"drop 500 1 '' (1 '' '' ARGS:a=1)"}},
      {"targets_removed",
       "SecRuleEngine On\nSecRequestBodyAccess On\n"
       "SecAction \"id:1,phase:1,pass,nolog,ctl:ruleRemoveTargetById=2;ARGS:A,"
       "ctl:ruleRemoveTargetByTag=t;ARGS_GET,ctl:ruleRemoveTargetById=4-5;ARGS:/^A/\"\n"
       "SecRule ARGS \"@rx .\" \"id:2,phase:1,pass\"\n"
       "SecRule ARGS \"@rx .\" \"id:3,phase:1,pass,tag:'t'\"\n"
       "SecRule ARGS \"@rx .\" \"id:4,phase:1,pass\"\n"
       "SecRule ARGS_NAMES \"@rx .\" \"id:5,phase:1,pass\"",
       {kA},
       {"None (1 '' '') (3 '' '' ARGS:a=1) (4 '' '' ARGS:a=1) (5 '' '' ARGS_NAMES:a=a)"}},
      {"names_of_headers_in_lower_case",
       "SecRule REQUEST_HEADERS:/^X-A/ \"@rx .\" \"id:1,phase:1,pass\"\n"
       "SecRule ARGS:/^A/ \"@rx .\" \"id:2,phase:1,pass\"",
       {bare("GET", "/?A=1", "", {{"x-A", "1"}})},
       {"None (1 '' '' REQUEST_HEADERS:x-A=1)"}},
  };
}

std::vector<CorazaRow> all_rows() {
  std::vector<CorazaRow> all;
  for (const auto& rows :
       {rows_of_messages(), rows_of_loading(), rows_of_bodies_and_values(), rows_of_actions()}) {
    all.insert(all.end(), rows.begin(), rows.end());
  }
  return all;
}

class Coraza : public testing::TestWithParam<CorazaRow> {};

TEST_P(Coraza, IsFollowed) {
  const CorazaRow& row = GetParam();
  const engine::TestProgram made =
      engine::try_compile(row.rules, engine::as(parser::Profile::coraza));
  if (!made.program) {
    EXPECT_EQ(row.told, std::vector<std::string>{"LOAD"}) << made.faults;
    return;
  }
  ASSERT_EQ(row.told.size(), row.requests.size()) << "it loads";
  for (size_t i = 0; i < row.requests.size(); ++i) {
    const TestRequest& request = row.requests[i];
    EXPECT_EQ(sent(*made.program, request), row.told[i]) << request.uri << " " << request.body;
  }
}

INSTANTIATE_TEST_SUITE_P(Rows, Coraza, testing::ValuesIn(all_rows()),
                         [](const auto& row) { return row.param.name; });

}  // namespace
}  // namespace wafcheck::tests
