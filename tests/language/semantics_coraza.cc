// The points in which Coraza stands alone.

#include "parser/language/semantics.h"
#include "semantics.h"
#include "words.h"

namespace wafcheck::tests {
namespace {

using Told = std::array<std::string, 4>;

const std::string kNo = "does not load";
const std::string k37 = "coraza@3.7.0";

/// A rule that matches where one of the targets is x.
std::string if_x(int id, const std::string& targets, const std::string& more = "pass") {
  return fmt::format("SecRule {} \"@streq x\" \"id:{},phase:1,{}\"\n", targets, id, more);
}

/// Rules with Coraza's answer alone apart from the others'.
SemanticsRow alone(const std::string& point, const std::string& rules, TestRequest request,
                   const std::string& others, const std::string& coraza) {
  return {point, rules, std::move(request), {others, others, others, coraza}};
}

SemanticsRow processed(const std::string& point, const std::string& processor,
                       const std::string& rules, const std::string& body, Told told) {
  return {point,
          "SecRequestBodyAccess On\n" +
              action(9, 1, "pass,nolog,ctl:requestBodyProcessor=" + processor) + rules,
          post("text/plain", body), std::move(told)};
}

/// What has come in 3.8, and what 3.7 makes of it.
SemanticsRow since_38(const std::string& point, const std::string& transformation,
                      std::string value, Told told, const std::string& before) {
  for (std::string& text : told) text = "[" + text + "]";
  SemanticsRow row{point,
                   "SecRule REQUEST_HEADERS:V \"@unconditionalMatch\" \"id:1,phase:1,pass,t:" +
                       transformation + ",logdata:'%{MATCHED_VAR}'\"",
                   with_header("V", std::move(value)), std::move(told)};
  row.other_versions = {{k37, "[" + before + "]"}};
  return row;
}

const std::string kParts =
    "--b\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\nvw\r\n"
    "--b\r\nContent-Disposition: form-data; name=\"f\"; filename=\"x\"\r\n\r\n123\r\n--b--\r\n";

SemanticsRows rows_of_loading() {
  return {
      alone("macro_names_strict", action(1, 1, "pass,logdata:'%{tx:a}'"), {}, "[]", kNo),
      alone("update_needs_rule", action(1, 1) + "SecRuleUpdateActionById 99 \"deny\"", {}, "1",
            kNo),
      alone("trim_after_negation", "SecRule ARGS:a \"! ^x\" \"id:1,phase:1,pass\"", get("/?a=x"),
            "1", ""),
      {"open_quote_is_text",
       "SecAction \"id:1,phase:1,pass,logdata:'x\"",
       {},
       {kNo, kNo, kNo, "['x]"}},
      alone("linear_regex", "SecRule ARGS:a \"@rx x(?!y)\" \"id:1,phase:1,pass\"", get("/?a=x"),
            "1", kNo),
      {"rx_may_be_empty",
       "SecRule ARGS:a \"@rx\" \"id:1,phase:1,pass\"",
       get("/?a=x"),
       {kNo, "1", kNo, "1"}},
      alone("comma_parts_targets", if_x(1, "ARGS:a,ARGS:b"), get("/?a=x"), "1", ""),
      alone("words_of", "SecRule ARGS:a \"@containsWord x\" \"id:1,phase:1,pass\"", get("/?a=x"),
            "1", kNo),
  };
}

SemanticsRows rows_of_messages() {
  return {
      alone("first_message", if_x(1, "ARGS", "pass,msg:'m',logdata:'%{MATCHED_VAR_NAME}'"),
            get("/?a=x&b=x"), "[ARGS:b]", "[ARGS:a]"),
      {"starter_metadata_only",
       if_x(2, "ARGS:a", "pass,nolog,severity:5,chain") +
           "SecRule ARGS:a \"@streq x\" \"severity:1\"\n" + show("HIGHEST_SEVERITY", 1),
       get("/?a=x"),
       {"[1]", kNo, "[1]", "[5]"}},
      alone("arithmetic_operand_text",
            action(1, 1, "pass,setvar:tx.a=1,setvar:tx.a=+x,logdata:'%{tx.a}'"), {}, "[1]", "[+x]"),
  };
}

SemanticsRows rows_of_read_bodies() {
  const std::string kErrors = show("REQBODY_ERROR_MSG");
  return {
      processed("xml_lenient", "XML", show("REQBODY_ERROR"), "<a>",
                {"[1]", "deny 500", "[1]", "[0]"}),
      processed("body_errors_short", "JSON", kErrors, "nope",
                {"[JSON parsing error: lexical error: invalid text where a value should be at byte "
                 "0]",
                 "[JSON parsing error: lexical error: invalid string in json text.\\x0a]",
                 "[JSON parsing error: lexical error: invalid string in json text.\\x0a]",
                 "[JSON: invalid JSON]"}),
      processed("json_cut_array_lengths", "JSON", show_each("ARGS"), "{\"a\":[1",
                {"[:(ARGS:json.a.0=1)]", "deny 500", "[:(ARGS:json.a.array_0=1)]",
                 "[:(ARGS:json.a.0=1)(ARGS:json.a=1)]"}),
      processed("xml_is_request_xml", "XML", show_each("XML"), "<a b=\"c\">d</a>",
                {"[:(XML=[XML document tree])]", "[:(XML=[XML document tree])]",
                 "[:(=[XML document tree])]", "[:(REQUEST_XML:/*=d)(REQUEST_XML://@*=c)]"}),
      alone("files_size_counts_fields", "SecRequestBodyAccess On\n" + show("FILES_COMBINED_SIZE"),
            post("multipart/form-data; boundary=b", kParts), "[3]", "[5]"),
      alone("forced_body_urlencoded",
            "SecRequestBodyAccess On\n" +
                action(1, 1, "pass,nolog,ctl:forceRequestBodyVariable=On") +
                "SecRule ARGS_POST:a \"@streq x\" \"id:2,phase:2,pass\"",
            post("text/plain", "a=x"), "", "2"),
      {"body_access_unset_is_on",
       "SecRule ARGS_POST:a \"@streq x\" \"id:2,phase:2,pass\"",
       post_form("a=x"),
       {"2", "", "2", ""}},
      alone("body_length_of_variable", "SecRequestBodyAccess On\n" + show("REQUEST_BODY_LENGTH"),
            post("text/plain", "abc"), "[3]", "[0]"),
  };
}

SemanticsRows rows_of_values() {
  return {
      alone("captures_preset", "SecRule &TX:10 \"@eq 1\" \"id:1,phase:1,pass\"", {}, "", "1"),
      alone("uri_must_parse", if_x(1, "ARGS:a"), get("/%zz?a=x"), "1", ""),
      alone("duration_is_zero", "SecRule DURATION \"!@streq 0\" \"id:1,phase:1,pass\"", {}, "1",
            ""),
      alone("data_errors_stay_unset", "SecRequestBodyAccess On\n" + show("MULTIPART_STRICT_ERROR"),
            post("multipart/form-data; boundary=b", kParts), "[0]", "[]"),
      {"sizes_zero_at_first", show("FILES_COMBINED_SIZE", 1), {}, {"[]", "[0]", "[]", "[0]"}},
      alone("names_lower_case", if_x(1, "ARGS:/^A/"), get("/?A=x"), "1", ""),
  };
}

SemanticsRows rows_of_actions() {
  return {
      {"logging_phase_interrupts", action(1, 5, "deny"), {}, {"1", kNo, "1", "1 deny 403"}},
      alone("drop_status", "SecRuleEngine On\n" + action(1, 1, "drop"), {}, "1 drop 403",
            "1 drop 0"),
  };
}

SemanticsRows rows_of_versions() {
  return {
      since_38("base64_both_alphabets", "base64DecodeExt", "YWJj.LX8-",
               {"abc-\\x7f", "abc-\\x7f", "abc-\\x7f", "abc-\\x7f>"}, "abc-\\x7f"),
  };
}

}  // namespace

SemanticsRows rows_of_coraza() {
  SemanticsRows all;
  for (const auto& rows : {rows_of_loading(), rows_of_messages(), rows_of_read_bodies(),
                           rows_of_values(), rows_of_actions(), rows_of_versions()}) {
    all.insert(all.end(), rows.begin(), rows.end());
  }
  return all;
}

}  // namespace wafcheck::tests
