// The points in which ModSecurity 2 stands alone.

#include "parser/language/semantics.h"
#include "semantics.h"
#include "words.h"

namespace wafcheck::tests {
namespace {

const std::string kNot = "does not load";
const std::string kAccess = "SecRequestBodyAccess On\n";

std::string json(const std::string& rules) {
  return kAccess + action(9, 1, "pass,nolog,ctl:requestBodyProcessor=JSON") + rules;
}

/// Rules with ModSecurity 2's answer apart from the others'.
SemanticsRow of_2(const std::string& point, const std::string& rules, TestRequest request,
                  const std::string& others, const std::string& told) {
  return {point, rules, std::move(request), {others, told, others, others}};
}

/// A rule on a target, in phase 1.
std::string on(int id, const std::string& target, const std::string& test,
               const std::string& more = "pass") {
  return fmt::format("SecRule {} \"{}\" \"id:{},phase:1,{}\"\n", target, test, id, more);
}

TestRequest with_length(TestRequest request) {
  request.headers.emplace_back("Content-Length", std::to_string(request.body.size()));
  return request;
}

TestRequest served(const std::string& uri, const std::string& path) {
  TestRequest request = get(uri);
  request.served_path = path;
  return request;
}

SemanticsRows values_of_2() {
  return {
      of_2("early_values_empty", on(1, "RESPONSE_STATUS", "@streq 0"), {}, "", "1"),
      of_2("query_needs_mark", on(1, "QUERY_STRING", "@rx ^$"), {}, "1", ""),
      of_2("cookies_by_comma", show_each("REQUEST_COOKIES", 1), with_header("Cookie", "a=1, b=2"),
           "[:(REQUEST_COOKIES:a=1, b=2)]", "[:(REQUEST_COOKIES:a=1)(REQUEST_COOKIES:b=2)]"),
      {"arithmetic_wraps",
       action(1, 1, "pass,setvar:tx.a=4,setvar:tx.a=+99999999999,logdata:'%{tx.a}'"),
       {},
       {"[100000000003]", "[1215752195]", "[4]", "[100000000003]"}},
      of_2("arithmetic_digits_only",
           action(1, 1, "pass,setvar:tx.a=10,setvar:tx.a=++1,logdata:'%{tx.a}'"), {}, "[11]",
           "[10]"),
      of_2("status_line_has_reason", show("STATUS_LINE", 3), {}, "[200]", "[200 ]"),
      of_2("base64_nul_ends", on(1, "ARGS:a", "@streq abc", "pass,t:base64DecodeExt"),
           get("/?a=YWJj%00ZGVm"), "", "1"),
      {"empty_names_marked",
       show_each("ARGS_GET"),
       get("/?=x"),
       {"[:(ARGS_GET:=x)]", "[:(ARGS_GET:=x)]", "[:(ARGS_GET:=x)]", "[:(ARGS_GET=x)]"}},
      of_2("action_tests_client",
           action(1, 1, "pass,nolog") + on(2, "MATCHED_VAR_NAME", "@streq REMOTE_ADDR"), {}, "",
           "2"),
      of_2("tx_named_as_set",
           action(1, 1, "pass,nolog,setvar:tx.a=1,setvar:tx.A=2") +
               on(2, "TX:/a/", "@rx .", "pass,logdata:'%{MATCHED_VAR_NAME}'"),
           {}, "[TX:a]", "[TX:A]"),
      of_2("path_as_served", show("REQUEST_FILENAME"), served("/a/../b", "/b"), "[/a/../b]",
           "[/b]"),
      of_2("emergency_not_highest",
           action(2, 1, "pass,nolog,severity:0") + show("HIGHEST_SEVERITY", 1), {}, "[0]", "[255]"),
      {"macro_colon_empty",
       action(1, 1, "pass,logdata:'%{ARGS:a}'"),
       get("/?a=x"),
       {"[x]", "[]", "[x]", kNot}},
      of_2("full_request_at_once", on(1, "FULL_REQUEST_LENGTH", "@gt 0"), {}, "", "1"),
  };
}

SemanticsRows bodies_of_2() {
  const std::string limit = kAccess + "SecRequestBodyLimit 5\nSecRequestBodyLimitAction Reject\n";
  const std::string part =
      "--b\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\n1\r\n--b--\r\n";
  return {
      {"refusal_is_answered",
       limit + action(1, 3),
       post_form("a=123456"),
       {"deny 413", "1 deny 413", "deny 403", "deny 413"}},
      of_2("processors_see_all",
           "SecRequestBodyLimit 10\nSecRequestBodyLimitAction ProcessPartial\n" +
               json(show("REQBODY_ERROR")),
           post("application/json", R"({"a":"12345678"})"), "[1]", "[0]"),
      {"inbound_error_by_length",
       limit + "SecRule INBOUND_DATA_ERROR \"@eq 1\" \"id:1,phase:5,pass\"",
       with_length(post_form("a=123456")),
       {"1 deny 413", "deny 413", "1 deny 403", "1 deny 413"}},
      {"multipart_as_modsecurity2",
       kAccess + show("MULTIPART_UNMATCHED_BOUNDARY"),
       post("multipart/form-data; boundary=b", part),
       {"[2]", "[0]", "[2]", "[]"}},
      of_2("json_root_object_free",
           "SecRequestBodyJsonDepthLimit 1\n" + json(show("REQBODY_ERROR")),
           post("application/json", R"({"a":{"b":1}})"), "[1]", "[0]"),
      of_2("broken_body_status", json(show("REQBODY_ERROR")), post("application/json", "{\"a\":1"),
           "[1]", "deny 500"),
      of_2("no_files_limit_status", "SecRequestBodyNoFilesLimit 3\n" + kAccess + action(1, 2),
           post_form("a=xyz"), "1", "deny 413"),
      of_2("no_files_limit_exclusive", "SecRequestBodyNoFilesLimit 3\n" + kAccess + action(1, 2),
           post_form("a=x"), "1", "deny 413"),
  };
}

SemanticsRows flow_of_2() {
  const TestRequest a = get("/?a=1");
  SemanticsRow unset{
      "unset_engine", on(1, "ARGS:a", "@rx .", "deny"), a, {"1 deny 403", "", "1", "1 deny 403"}};
  unset.engine_unset = true;
  return {
      unset,
      of_2("failed_operator_ends_rule", on(1, "ARGS:a", "!@ipMatch 192.0.2.0/24"), get("/?a=12abc"),
           "1", ""),
      of_2("multi_match_needs_step", on(1, "ARGS:a", "@rx .", "pass,multiMatch"), a, "1", ""),
      of_2("engine_off_next_link", action(1, 1, "deny,ctl:ruleEngine=Off"), {}, "1", "1 deny 403"),
      of_2("skip_after_wins",
           action(1, 1, "pass,nolog,skip:1,skipAfter:END") + action(2, 1) + "SecMarker END\n" +
               action(4, 1) + action(5, 1),
           {}, "5", "4 5"),
      of_2("skip_after_rules",
           action(1, 1, "pass,nolog,skipAfter:3") + action(2, 1) + action(3, 1) + action(4, 1), {},
           "", "4"),
      of_2("skip_after_links",
           action(1, 1, "pass,nolog,skipAfter:2") + on(2, "ARGS:x", "@rx .", "pass,chain") +
               "SecRule ARGS:a \"@rx .\" \"t:none\"\n" + action(3, 1),
           a, "", "2 3"),
      {"ctl_keys_are_text",
       action(2, 1, "pass,nolog,ctl:ruleRemoveTargetById=1;ARGS:/^a/") + on(1, "ARGS", "@rx ."),
       get("/?%2f^a%2f=x"),
       {"1", "", kNot, "1"}},
      of_2("ctl_removes_counts",
           action(2, 1, "pass,nolog,ctl:ruleRemoveTargetById=1;ARGS") + on(1, "&ARGS:a", "@ge 0"),
           a, "1", ""),
      of_2("denial_sets_status",
           action(1, 1, "deny,status:405") +
               "SecRule RESPONSE_STATUS \"@streq 405\" \"id:2,phase:5,pass\"",
           {}, "1 deny 405", "1 2 deny 405"),
      of_2("interruption_ends_rule",
           on(1, "ARGS", "@rx .", "deny,setvar:tx.n=+1") +
               "SecRule TX:n \"@eq 1\" \"id:2,phase:5,pass\"",
           get("/?a=1&b=2"), "1 deny 403", "1 2 deny 403"),
  };
}

SemanticsRows loading_of_2() {
  return {
      of_2("scalars_not_counted", on(1, "&REQUEST_URI", "@eq 1"), {}, "1", kNot),
      of_2("selectors_required", on(1, "&TX", "@ge 0"), {}, "1", kNot),
      of_2("lists_lack_members", on(1, "&FILES_NAMES:a", "@eq 0"), {}, "1", kNot),
      {"update_needs_ruleset",
       "SecRuleUpdateTargetById 1-5 \"!ARGS:a\"\n" + action(1, 1),
       {},
       {"1", kNot, "1", "1"}},
      {"logging_phase_denies_not", action(1, 5, "deny"), {}, {"1", kNot, "1", "1 deny 403"}},
      of_2("signs_are_errors", action(1, 1, "pass,msg:'-x'"), {}, "1", kNot),
      of_2("ip_host_mask_is_error", on(1, "REMOTE_ADDR", "@ipMatch 192.0.2.1/32"), {}, "1", kNot),
      {"ctl_one_target",
       action(1, 1, "pass,ctl:ruleRemoveTargetById=2;ARGS:a|ARGS:b"),
       {},
       {"1", kNot, kNot, "1"}},
      of_2("values_unchecked", action(1, 1, "deny,status:999"), {}, kNot, "1 deny 999"),
      of_2("malformed_macros_load", action(1, 1, "pass,logdata:'a%{}b'"), {}, kNot, "[ab]"),
      of_2("arguments_may_lack", on(1, "ARGS:a", "@streq"), get("/?a="), kNot, "1"),
      of_2("update_link_ignored",
           on(1, "ARGS:a", "@rx .") + "SecRuleUpdateTargetById 1:2 \"!ARGS:a\"", get("/?a=1"), kNot,
           ""),
      of_2("links_may_block",
           on(1, "ARGS:a", "@rx .", "pass,chain") + "SecRule ARGS:a \"@rx .\" \"block\"",
           get("/?a=1"), kNot, "1"),
  };
}

}  // namespace

SemanticsRows rows_of_modsecurity2() {
  SemanticsRows all;
  for (const auto& family : {values_of_2(), bodies_of_2(), flow_of_2(), loading_of_2()}) {
    all.insert(all.end(), family.begin(), family.end());
  }
  return all;
}

}  // namespace wafcheck::tests
