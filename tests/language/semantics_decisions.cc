// What decides whether a request is blocked, with which status, and which rules run.

#include "parser/language/semantics.h"
#include "semantics.h"
#include "words.h"

namespace wafcheck::tests {
namespace {

const std::string kTypeless = "SecResponseBodyAccess On\n";
const std::string kFailed = "SecRule REQBODY_ERROR \"@eq 1\" \"id:8,phase:2,pass\"\n";
const std::string kAdd = "SecAction \"id:9,phase:1,pass,nolog,setvar:tx.a=alpha\"\n";

std::string if_a(int id, const std::string& actions) {
  return fmt::format("SecRule ARGS:a \"@rx .\" \"id:{},{}\"\n", id, actions);
}
std::string processor(const std::string& name, int id = 90) {
  return action(id, 1, "pass,nolog,ctl:requestBodyProcessor=" + name);
}
TestRequest form_data() {
  return post("multipart/form-data; boundary=b",
              "--b\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\n1\r\n"
              "--b\r\nContent-Disposition: form-data; name=\"b\"\r\n\r\n2\r\n--b--\r\n");
}
/// Of ModSecurity 3 alone.
std::array<std::string, 4> alone(const std::string& told, const std::string& others) {
  return {others, others, told, others};
}

}  // namespace

SemanticsRows rows_of_decisions() {
  const TestRequest a = get("/?a=1");
  SemanticsRow hits{
      "multi_match_hit_lines",
      "SecRule ARGS:a|ARGS:b \"@rx .\" \"id:1,phase:1,pass,t:trim,multiMatch,chain\"\n"
      "SecRule ARGS:c \"@rx .\"",
      get("/?a=1&b=2&c=3"), alone("1 1 logged 1 1", "1 logged 1")};
  hits.error_log = true;
  return {
      {"default_phase", "SecRequestBodyAccess On\nSecRule ARGS \"@contains evil\" \"id:1,deny\"",
       post_form("q=evil"), alone("", "1 deny 403")},
      {"unset_limit_drops", "SecRequestBodyAccess On\nSecRequestBodyLimit 5\n" + action(1, 2),
       post_form("a=123456"), alone("1", "deny 413")},
      {"unset_response_limit_rejects",
       "SecResponseBodyAccess On\nSecResponseBodyLimit 5\n",
       answered("text/html", "abcdefghij"),
       {"", "deny 500", "", ""}},
      {"unset_mime_types_all", kTypeless + show("RESPONSE_BODY", 4),
       answered("application/json", "secret"), alone("[secret]", "[]")},
      {"first_mime_type_replaces",
       kTypeless + "SecResponseBodyMimeType text/plain\n" + show("RESPONSE_BODY", 4),
       answered("text/html", "secret"),
       {"[secret]", "[]", "", "[]"}},
      {"no_files_limit_of_text",
       "SecRequestBodyAccess On\nSecRequestBodyNoFilesLimit 10\n" + processor("JSON") + kFailed,
       post("application/json", R"({"a":"0123456789"})"),
       {"8", "deny 413", "8", ""}},
      {"multipart_limit_of_fields",
       "SecRequestBodyAccess On\nSecRequestBodyNoFilesLimit 95\n" + kFailed,
       form_data(),
       {"8", "", "", "8"}},
      {"json_argument_limit_is_error",
       "SecRequestBodyAccess On\nSecArgumentsLimit 2\n" + processor("JSON") + kFailed,
       post("application/json", R"({"a":1,"b":2,"c":3})"),
       {"8", "8", "8", ""}},
      {"multipart_argument_limit",
       "SecRequestBodyAccess On\nSecArgumentsLimit 1\nSecRule ARGS_POST:b \"@streq 2\" "
       "\"id:2,phase:2,deny\"",
       form_data(), alone("2 deny 403", "")},
      {"default_status_counts",
       "SecDefaultAction \"phase:1,log,deny,status:406\"\n" + if_a(1, "phase:1,deny"),
       a,
       {"1 deny 406", "1 deny 406", "1 deny 406", "1 deny 403"}},
      {"link_status_counts",
       if_a(1, "phase:2,deny,chain") + "SecRule ARGS:a \"@rx .\" \"status:437\"", a,
       alone("1 deny 437", "1 deny 403")},
      {"status_is_kept", if_a(1, "phase:1,status:405") + if_a(2, "phase:2,deny"), a,
       alone("1 2 deny 405", "1 2 deny 403")},
      {"status_200_is_403", if_a(1, "phase:1,deny,status:200"), a,
       alone("1 deny 403", "1 deny 200")},
      {"redirect_status_kept", if_a(1, "phase:1,redirect:http://x/,status:306"), a,
       alone("1 redirect 306 http://x/", "1 redirect 302 http://x/")},
      {"links_switch_log", if_a(1, "phase:1,pass,chain") + "SecRule ARGS:a \"@rx .\" \"nolog\"", a,
       alone("", "1")},
      {"logging_phase_ends", if_a(1, "phase:5,allow") + action(2, 5), a, alone("1", "1 2")},
      {"updates_come_first",
       if_a(1, "phase:1,deny,status:409") + "SecRuleUpdateActionById 1 \"setvar:tx.a=1\"", a,
       alone("1", "1 deny 409")},
      {"update_denial_bare",
       if_a(1, "phase:1,logdata:'l'") + "SecRuleUpdateActionById 1 \"deny,status:409\"", a,
       alone("[] deny 409", "[l] deny 409")},
      {"skip_counts_removed",
       action(1, 1, "pass,nolog,skip:1") + if_a(2, "phase:1,pass") + if_a(3, "phase:1,pass") +
           "SecRuleRemoveById 2",
       a, alone("3", "")},
      {"removals_expand",
       kAdd + if_a(2, "phase:1,pass,msg:'%{tx.a}'") + if_a(3, "phase:1,pass,tag:'%{tx.a}'") +
           "SecRuleRemoveByMsg alpha\nSecRuleRemoveByTag alpha",
       a, alone("", "2 3")},
      {"ctl_urlencoded_yields", processor("JSON", 6) + processor("URLENCODED", 7) + kFailed,
       post("text/plain", "a=1"), alone("8", "")},
      hits,
      {.point = "multi_match_hit_message",
       .rules = "SecRule ARGS:a \"@rx .\" \"id:1,phase:1,pass,multiMatch,logdata:'l',chain\"\n"
                "SecRule ARGS:c \"@rx .\"",
       .request = a,
       .told = alone("[l]", ""),
       .other_versions = {{"modsecurity3@3.0.9", "[]"}}},
  };
}

}  // namespace wafcheck::tests
