// The points that a comparison with libmodsecurity brought to light: there it stands alone.

#include "parser/language/semantics.h"
#include "semantics.h"
#include "words.h"

namespace wafcheck::tests {
namespace {

using Told = std::array<std::string, 4>;

/// A row that also tells what stands in the error log.
SemanticsRow logging(const std::string& point, const std::string& rules, TestRequest request,
                     Told told) {
  return {point, rules, std::move(request), std::move(told), {}, true};
}

/// A rule that matches where one of the targets is x.
std::string if_x(int id, const std::string& targets, const std::string& more = "pass") {
  return fmt::format("SecRule {} \"@streq x\" \"id:{},phase:1,{}\"\n", targets, id, more);
}

const std::string kMultipart = "multipart/form-data; boundary=b";

SemanticsRows rows_of_logging() {
  return {
      logging("action_logs_message",
              action(1, 1) + action(2, 1, "pass,msg:'m'") + action(3, 1, "pass,block,nolog"), {},
              {"1 2 logged 1 2", "1 2 logged 1 2", "1 2 3 logged 2 3", "1 2 logged 1 2"}),
      logging("interruption_always_logs", "SecRuleEngine On\n" + if_x(1, "ARGS:a", "deny,nolog"),
              get("/?a=x"),
              {"1 deny 403 logged none", "1 deny 403 logged none", "1 deny 403 logged 1",
               "1 deny 403 logged none"}),
  };
}

SemanticsRows rows_of_rules() {
  return {
      {"matched_vars_accumulate",
       if_x(1, "ARGS:a", "pass,nolog") + "SecRule &MATCHED_VARS \"@eq 1\" \"id:2,phase:1,pass\"\n" +
           if_x(3, "ARGS:b", "pass,nolog") +
           "SecRule &MATCHED_VARS \"@gt 0\" \"id:4,phase:1,pass\"",
       get("/?a=x&b=y"),
       {"", "", "2", ""}},
      {"engine_off_next_phase",
       action(1, 1, "pass,nolog,ctl:ruleEngine=Off") + action(2, 1) + action(3, 2),
       {},
       {"", "", "2", "2"}},
      {"update_first_id_only",
       if_x(1, "ARGS") + if_x(2, "ARGS") + "SecRuleUpdateTargetById 1-2 \"!ARGS:a\"",
       get("/?a=x"),
       {"", "", "2", ""}},
      {"update_keys_case",
       if_x(1, "ARGS") + "SecRuleUpdateTargetById 1 \"!ARGS:A\"",
       get("/?a=x"),
       {"", "", "1", ""}},
      {"ctl_targets_spare_links",
       action(1, 1, "pass,nolog,ctl:ruleRemoveTargetById=2;ARGS:b") +
           if_x(2, "ARGS:a", "pass,chain") + "SecRule ARGS:b \"@streq y\" \"t:none\"",
       get("/?a=x&b=y"),
       {"", "2", "2", ""},
       {},
       false,
       {{"coraza@3.7.0", "2"}}},
      {"exclusions_spare_counts",
       "SecRule &ARGS|!ARGS:a \"@eq 1\" \"id:1,phase:1,pass\"",
       get("/?a=x"),
       {"", "1", "1", ""}},
      {"default_capture_ignored",
       "SecDefaultAction \"phase:1,pass,capture\"\n"
       "SecRule ARGS:a \"@rx (x)\" \"id:1,phase:1,pass,logdata:'%{TX.1}'\"",
       get("/?a=x"),
       {"[x]", "[x]", "[]", "[x]"}},
      {"ctl_spares_actions",
       action(1, 1, "pass,nolog,ctl:ruleRemoveById=2") + action(2, 1),
       {},
       {"", "", "2", ""}},
      {"allow_request_ends_phase",
       action(1, 3, "allow:request") + action(2, 3),
       {},
       {"1 2", "1 2", "1", "1 2"}},
      {"odd_separator_ignored",
       "SecArgumentSeparator ,\n" + if_x(1, "ARGS:b"),
       get("/?a=1,b=x"),
       {"1", "1", "", "1"}},
      {"quoted_selectors_joined",
       if_x(1, "ARGS:'/^a/'|ARGS:'/^b/'"),
       get("/?a=x"),
       {"1", "1", "", "1"}},
      {"lines_as_scanned",
       action(1, 1) + "SecRuleUpdateTargetById 1-5 \"!ARGS:b\"\n" + action(2, 1, "pass,msg:'m'"),
       {},
       {"1 2", "1 2", "1 2 in the log", "1 2"},
       {},
       false,
       {},
       false,
       false,
       {},
       "[line \"3\"] [id \"2\"]"},
      {"upload_limit_of_kept",
       "SecRequestBodyAccess On\nSecUploadFileLimit 1\n"
       "SecRule &FILES \"@eq 2\" \"id:1,phase:2,pass\"",
       post("multipart/form-data; boundary=b",
            "--b\r\nContent-Disposition: form-data; name=\"f\"; filename=\"x\"\r\n\r\n1\r\n"
            "--b\r\nContent-Disposition: form-data; name=\"g\"; filename=\"y\"\r\n\r\n1\r\n"
            "--b--\r\n"),
       {"", "", "1", ""}},
      {"exclusions_spare_members", if_x(1, "ARGS:a|!ARGS"), get("/?a=x"), {"", "", "1", ""}},
      {"arithmetic_32_bits",
       action(1, 1, "pass,nolog,setvar:tx.a=2147483647,setvar:tx.b=99999999999") +
           action(2, 1, "pass,nolog,setvar:tx.a=+1,setvar:tx.b=+1") +
           action(3, 1, "pass,logdata:'%{tx.a} %{tx.b}'"),
       {},
       {"[2147483648 100000000000]", "[0 1215752192]", "[-2147483648 1]",
        "[2147483648 100000000000]"}},
  };
}

SemanticsRows rows_of_values() {
  return {
      {"body_read_without_access",
       "SecRequestBodyAccess Off\n" + show_each("ARGS_POST", 5),
       post_form("a=x"),
       {"[:]", "[:]", "[:(ARGS_POST:a=x)]", "[:]"}},
      {"empty_body_read",
       "SecRequestBodyAccess On\nSecRule REQBODY_ERROR \"@eq 1\" \"id:1,phase:2,pass\"",
       post("multipart/form-data", ""),
       {"", "", "1", ""}},
      {"empty_body_no_length",
       "SecRequestBodyAccess On\n" + show("REQUEST_BODY_LENGTH"),
       post_form(""),
       {"[0]", "[0]", "[]", "[0]"}},
      {"multipart_fields_unsized",
       "SecRequestBodyAccess On\nSecRule ARGS_COMBINED_SIZE \"@eq 2\" \"id:1,phase:2,pass\"\n"
       "SecRule ARGS:f \"@streq v\" \"id:2,phase:2,pass\"",
       post(kMultipart, "--b\r\nContent-Disposition: form-data; name=\"f\"\r\n\r\nv\r\n--b--\r\n"),
       {"1 2", "1 2", "2", "1 2"}},
      {"flags_unset_at_first",
       action(1, 1, "pass,logdata:'%{MULTIPART_STRICT_ERROR} %{OUTBOUND_DATA_ERROR}'"),
       {},
       {"[0 0]", "[0 0]", "[ ]", "[ 0]"}},
      {"web_app_id_unset",
       show("WEBAPPID", 1),
       {},
       {"[default]", "[default]", "[]", "does not load"}},
      {"remote_user_unset",
       "SecRule REMOTE_USER \"@rx ^$\" \"id:1,phase:1,pass\"\n"
       "SecRule AUTH_TYPE \"@rx ^$\" \"id:2,phase:1,pass\"",
       {},
       {"1 2", "", "2", "does not load"}},
      {"xml_tree_always", "SecRule XML \"@rx tree\" \"id:1,phase:2,pass\"", {}, {"", "", "1", ""}},
  };
}

SemanticsRows rows_of_matching() {
  return {
      {"captures_all_groups",
       "SecRule ARGS:a \"@rx (.)(.)(.)(.)(.)(.)(.)(.)(.)(.)(.)\" "
       "\"id:1,phase:1,pass,nolog,capture\"\n"
       "SecRule TX:11 \"@streq k\" \"id:2,phase:1,pass\"",
       get("/?a=abcdefghijk"),
       {"", "2", "2", ""}},
      {"pm_hex_letters",
       "SecRule ARGS:a \"@pm x|61|y\" \"id:1,phase:1,pass\"\n"
       "SecRule ARGS:b \"@pm x|61|y\" \"id:2,phase:1,pass\"\n"
       "SecRule ARGS:c \"@pm x|61|y\" \"id:3,phase:1,pass\"\n"
       "SecRule ARGS:d \"@pm z|cc|\" \"id:4,phase:1,pass\"\n",
       get("/?a=xay&b=xy61|y&c=x|61|y&d=z%cccc|"),
       {"1 4", "1 4", "2 4", "3"}},
      {"schema_is_external_entity",
       "SecRequestBodyAccess On\n" + action(1, 1, "pass,nolog,ctl:requestBodyProcessor=XML") +
           fmt::format("SecRule XML \"@validateSchema {0}\" \"id:2,phase:2,pass\"\n"
                       "SecRule XML \"!@validateSchema {0}\" \"id:3,phase:2,pass\"",
                       kNumberSchema),
       post("text/xml", "<n>1</n>"),
       {"3", "3", "2", "3"},
       {{kNumberSchema, ""}}},
  };
}

}  // namespace

SemanticsRows rows_of_peer() {
  SemanticsRows all;
  for (const auto& rows :
       {rows_of_logging(), rows_of_rules(), rows_of_values(), rows_of_matching()}) {
    all.insert(all.end(), rows.begin(), rows.end());
  }
  return all;
}

}  // namespace wafcheck::tests
