// Names, messages, captures, the order of members, and what logs show.

#include "semantics.h"

namespace wafcheck::tests {
namespace {

const std::string kRefuses = "does not load";

/// A rule that always matches where the target has a value, and shows the macro then.
std::string tell(const std::string& target, const std::string& text, int phase = 1) {
  return fmt::format("SecRule {} \"@unconditionalMatch\" \"id:1,phase:{},pass,logdata:'{}'\"\n",
                     target, phase, text);
}
std::string name_of(const std::string& target) {
  return tell(target, "%{MATCHED_VAR_NAME}");
}
/// After rules that leave something in TX.
std::string then_show(const std::string& macro) {
  return fmt::format("SecAction \"id:2,phase:1,pass,logdata:'{}'\"\n", macro);
}
std::string quiet(const std::string& target, const std::string& op, const std::string& actions) {
  return fmt::format("SecRule {} \"{}\" \"id:1,phase:1,pass,nolog,{}\"\n", target, op, actions);
}

TestRequest upload() {
  return post("multipart/form-data; boundary=b",
              "--b\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\n1\r\n"
              "--b\r\nContent-Disposition: form-data; name=\"u\"; filename=\"x\"\r\n\r\n2\r\n"
              "--b--\r\n");
}

/// Of ModSecurity 3 alone.
std::array<std::string, 4> alone(const std::string& told, const std::string& others) {
  return {others, others, told, others};
}

SemanticsRows rows_of_names() {
  return {
      {"counts_named_plainly",
       name_of("&ARGS:a"),
       get("/?a=x"),
       {"[&ARGS:a]", "[&ARGS:a]", "[ARGS:a]", "[ARGS:a]"}},
      {"count_expressions_marked",
       name_of("&ARGS:/x/"),
       {},
       {"[&ARGS:x]", "[&ARGS:x]", "[ARGS:regex(x)]", "[ARGS:x]"}},
      {"tx_named_as_written",
       "SecAction \"id:2,phase:1,pass,nolog,setvar:tx.a=1\"\n" + name_of("TX:A"),
       {},
       alone("[TX:A]", "[TX:a]")},
      {"variables_share_names",
       name_of("&UNIQUE_ID"),
       {},
       {"[&UNIQUE_ID]", "does not load", "[UNIQUEID]", "[UNIQUE_ID]"}},
      {"members_as_tabled",
       quiet("ARGS:a", "@rx .", "setvar:'tx.s=%{tx.s}%{MATCHED_VAR}'") + then_show("%{tx.s}"),
       get("/?a=1&a=2"),
       {"[12]", "[12]", "[21]", "[tx.s12]"}},
      {"matched_vars_first",
       quiet("ARGS", "@rx .", "setvar:'tx.s=%{MATCHED_VARS}'") + then_show("%{tx.s}"),
       get("/?a=1&b=2"), alone("[1]", "[2]")},
      {"matched_var_always",
       "SecRule MATCHED_VAR \"@unconditionalMatch\" \"id:1,phase:1,pass\"",
       {},
       alone("1", "")},
      {"rule_fields_selected",
       "SecRule RULE:/./ \"@unconditionalMatch\" \"id:1,phase:1,pass\"",
       {},
       alone("1", "")},
      {"environment_listed",
       "SecAction \"id:2,phase:1,pass,nolog,setenv:a=b\"\n"
       "SecRule &ENV \"@gt 0\" \"id:1,phase:1,pass\"",
       {},
       {"", "does not load", "1", ""}},
  };
}

SemanticsRows rows_of_messages() {
  SemanticsRow denial{"multi_match_denial_bare",
                      "SecRule ARGS:a \"@rx .\" \"id:1,phase:1,deny,multiMatch\"",
                      get("/?a=1"),
                      {"1 deny 403", "", "1 1 deny 403", "1 deny 403"}};
  denial.in_log = "(phase 1). Matched";
  denial.other_versions = {{"modsecurity3@3.0.9", "1 1 deny 403 in the log"}};
  SemanticsRow tag{"tags_before_severity",
                   "SecRule ARGS:a \"@rx .\" "
                   "\"id:1,phase:1,pass,severity:2,tag:'highest %{HIGHEST_SEVERITY}'\"",
                   get("/?a=1"), alone("1 in the log", "1")};
  tag.in_log = "highest 255";
  return {
      {"starter_text_first",
       "SecRule ARGS:a \"@rx .\" \"id:1,phase:1,pass,severity:4,chain\"\n"
       "SecRule ARGS:a \"@rx .\" \"severity:2,chain\"\n"
       "SecRule ARGS:a \"@rx .\" \"severity:5\"\n\n" +
           then_show("%{HIGHEST_SEVERITY}"),
       get("/?a=1"),
       {"1 [5]", kRefuses, "1 [2]", "1 [4]"}},
      tag,
      {"rule_macros_in_text", tell("REQUEST_METHOD", "%{RULE.id}"), {}, {"[1]", "[]", "[]", "[1]"}},
      {"percent_after_macro", tell("ARGS:a", "%{MATCHED_VAR}% x"), get("/?a=1"),
       alone("[1 x]", "[1% x]")},
      denial,
      {"negated_captures",
       quiet("ARGS:a", "!@rx ^(.)", "capture") + then_show("%{tx.1}"),
       get("/?a=xyz"),
       {"[]", "[x]", "[x]", "[]"}},
      {"global_captures_gaps",
       quiet("ARGS:a", "@rxGlobal (x)?(y)?", "capture") + then_show("%{tx.2}|%{tx.3}"),
       get("/?a=yx"),
       {"[y|x]", "[y|x]", "[x|x]", kRefuses}},
      {"empty_regex_takes_all", quiet("ARGS:a", "@rx %{tx.none}", "capture") + then_show("%{tx.0}"),
       get("/?a=xyz"), alone("[xyz]", "[]")},
      {"line_below_is_list",
       "SecRule ARGS:a \"@rx .\" \"id:1,phase:1,pass,chain\"\nSecRule ARGS:a \"@rx .\"\n" +
           then_show("x"),
       get("/?a=1"), alone(kRefuses, "1 [x]")},
  };
}

SemanticsRows rows_of_values() {
  const std::string kAccess = "SecRequestBodyAccess On\n";
  SemanticsRow headers{"part_header_line_end",
                       kAccess + tell("MULTIPART_PART_HEADERS:a", "%{MATCHED_VAR}", 2), upload(),
                       alone("", "")};
  const std::string kHeader = "Content-Disposition: form-data; name=\"a\"";
  headers.told = {"[" + kHeader + "]", "[" + kHeader + "]", "[" + kHeader + "]",
                  "[" + kHeader + "]"};
  headers.other_versions = {{"modsecurity3@3.0.9", "[" + kHeader + "\\x0d\\x0a]"}};
  return {
      {"data_errors_unset_at_first", show("INBOUND_DATA_ERROR", 1), {}, {"[0]", "[0]", "[]", "[]"}},
      {"body_errors_unset_at_first", show("REQBODY_ERROR", 1), {}, alone("[]", "[0]")},
      {"full_request_line_end",
       kAccess + show("FULL_REQUEST_LENGTH"),
       get("/"),
       {"[37]", "[37]", "[20]", "[]"}},
      {"basic_needs_colon",
       "SecRule REMOTE_USER \"@unconditionalMatch\" \"id:1,phase:1,pass\"",
       with_header("Authorization", "Basic Ym9i"),
       {"1", "1", "", kRefuses}},
      {"cookie_end_trimmed",
       "SecRule REQUEST_COOKIES:a \"@streq b\" \"id:1,phase:1,pass\"\n"
       "SecRule REQUEST_COOKIES:c \"@streq d\" \"id:2,phase:1,pass\"",
       with_header("Cookie", "a=b ;c=d "),
       {"", "", "2", "1 2"}},
      {"multipart_names_fields",
       kAccess + "SecRule MULTIPART_NAME:a \"@rx .\" \"id:1,phase:2,pass\"",
       upload(),
       {"", "does not load", "1", ""}},
      {"upload_paths",
       kAccess + "SecUploadKeepFiles On\nSecUploadDir /u\n"
                 "SecRule &FILES_TMPNAMES \"@eq 1\" \"id:1,phase:2,pass\"",
       upload(), alone("1", "")},
      headers,
  };
}

SemanticsRows rows_of_audit() {
  SemanticsRow off{"engine_off_unaudited",
                   "SecRuleEngine Off\nSecAuditEngine On\n",
                   {},
                   {"audited", "not audited", "not audited", "audited"}};
  off.engine_unset = true;
  const std::string kAudit = "SecAuditEngine On\nSecAuditLogFormat JSON\nSecAuditLogParts ABCEHZ\n";
  SemanticsRow bodies{"empty_bodies_audited",
                      kAudit,
                      {},
                      {"audited", "audited with it", "audited with it", "audited with it"}};
  bodies.in_record = R"("body":"")";
  SemanticsRow component{"component_quote_kept",
                         kAudit + "SecComponentSignature \"My/1.0\"\n",
                         {},
                         alone("audited with it", "audited")};
  component.in_record = R"(My/1.0\")";
  SemanticsRow version{"http_version_quoted", kAudit, {}, alone("audited with it", "audited")};
  version.other_versions = {{"modsecurity3@3.0.14", "audited"}};
  version.in_record = R"("http_version":"1.1","uri")";
  return {off, bodies, component, version};
}

}  // namespace

SemanticsRows rows_of_texts() {
  SemanticsRows all;
  for (const auto& family :
       {rows_of_names(), rows_of_messages(), rows_of_values(), rows_of_audit()})
    all.insert(all.end(), family.begin(), family.end());
  return all;
}

}  // namespace wafcheck::tests
