// Which values a target selects, and what loads: points of libmodsecurity, most of them.

#include "parser/language/semantics.h"
#include "semantics.h"
#include "words.h"

namespace wafcheck::tests {
namespace {

/// A file that is there, and no schema.
constexpr const char* kNoSchema = WAFCHECK_SOURCE_DIR "/tests/language/told.h";

constexpr const char* kRefuses = "does not load";

/// A rule that matches where the targets have a value at all.
std::string if_any(int id, const std::string& targets, const std::string& more = "pass") {
  return fmt::format("SecRule {} \"@rx .\" \"id:{},phase:1,{}\"\n", targets, id, more);
}

SemanticsRows selection_rows_of_targets() {
  return {
      {"exclusions_by_name", if_any(1, "ARGS:foo|!ARGS:Foo"), get("/?foo=1"), {"", "", "1", ""}},
      {"exclusions_remove_counts", if_any(1, "&ARGS:a|!ARGS:a"), get("/?a=1"), {"1", "1", "", "1"}},
      {"update_expressions_test_names",
       if_any(1, "REQUEST_FILENAME") + "SecRuleUpdateTargetById 1 \"!ARGS:/^r/\"",
       {},
       {"1", "1", "", "1"}},
      {"ctl_spares_members",
       action(2, 1, "pass,nolog,ctl:ruleRemoveTargetById=1;ARGS") + if_any(1, "ARGS:a"),
       get("/?a=1"),
       {"", "", "1", ""}},
      {"ctl_targets_plain",
       action(2, 1, "pass,nolog,ctl:ruleRemoveTargetById=1;ARGS:/^a/") + if_any(1, "ARGS"),
       get("/?a=1"),
       {"", "1", kRefuses, ""}},
      {"quoted_names_keep_quotes", if_any(1, "ARGS:'foo'"), get("/?foo=1"), {"1", "1", "", "1"}},
      {"dot_selectors", if_any(1, "ARGS.a"), get("/?a=1"), {kRefuses, kRefuses, "1", kRefuses}},
      {"selector_ends_at_bar",
       if_any(1, "ARGS:/a|b/"),
       get("/?a=1"),
       {"1", kRefuses, kRefuses, "1"}},
      {"slash_in_selector", if_any(1, "ARGS:/a/b/"), get("/?a/b=1"), {"1", "1", "1", kRefuses}},
      {"bare_collection_needs_operator",
       "SecRule ARGS:a|!TX \".\" \"id:1,phase:1,pass\"",
       get("/?a=1"),
       {"1", kRefuses, kRefuses, "1"}},
      {"server_errors_unknown",
       "SecRule &WEBSERVER_ERROR_LOG \"@ge 0\" \"id:1,phase:5,pass\"",
       {},
       {"1", "1", kRefuses, kRefuses}},
      {"members_fixed",
       action(1, 1, "pass,nolog,setvar:tx.a=1,setvar:tx.b=x") +
           "SecRule TX:/./ \"@rx ^[1x]$\" \"id:2,phase:1,pass,nolog,setvar:tx.b=+42\"\n" +
           action(3, 1, "pass,logdata:'%{tx.b}'"),
       {},
       {"[42]", "[42]", "[84]", "[x]"}},
      {"macro_expressions",
       action(1, 1, "pass,nolog,setvar:tx.restricted=x") +
           "SecRule ARGS:a \"@streq %{TX:/^restr/}\" \"id:2,phase:1,pass\"",
       get("/?a=x"),
       {"2", "", "2", kRefuses}},
  };
}

SemanticsRows selection_rows_of_collections() {
  return {
      {"collections_always_open",
       action(1, 1, "pass,nolog,setvar:ip.n=1") + if_any(2, "IP:n"),
       {},
       {"", "", "2", kRefuses}},
      {"expire_at_once",
       action(1, 1, "pass,nolog,initcol:ip=x") +
           action(4, 1, "pass,nolog,setvar:ip.k=1,setvar:ip.n=1,expirevar:ip.n=0") +
           "SecRule &IP:n \"@eq 0\" \"id:2,phase:1,pass\"\n" + if_any(3, "IP:k"),
       {},
       {"3", "3", "2 3", kRefuses},
       {},
       false,
       {{"modsecurity3@3.0.9", "3"}}},
      {"initcol_any_name",
       action(1, 1, "pass,initcol:ip.x=60"),
       {},
       {kRefuses, "1", kRefuses, kRefuses}},
  };
}

SemanticsRows selection_rows_of_values() {
  return {
      {"utf8_unnoticed",
       "SecRule ARGS:a \"@streq .\" \"id:1,phase:1,pass,t:utf8toUnicode,multiMatch\"\n"
       "SecRule ARGS:a \"@contains fffd\" \"id:2,phase:1,pass,t:utf8toUnicode\"",
       get("/?a=%c0."),
       {"1", "1", "", "2"},
       {},
       false,
       {{"modsecurity3@3.0.9", "1"}}},
      {"utf8_last_nul",
       "SecRule ARGS:a \"@unconditionalMatch\" "
       "\"id:1,phase:1,pass,t:utf8toUnicode,t:length,logdata:'%{MATCHED_VAR}'\"",
       get("/?a=%80%00"),
       {"[1]", "[1]", "[2]", "[7]"},
       {},
       false,
       {{"modsecurity3@3.0.9", "[1]"}}},
      {"base64_last_nine",
       "SecRule ARGS:a \"@unconditionalMatch\" "
       "\"id:1,phase:1,pass,t:base64DecodeExt,t:length,logdata:'%{MATCHED_VAR}'\"",
       get("/?a=xxxx9"),
       {"[3]", "[3]", "[0]", "[3]"}},
      {"limit_is_pcre_error",
       "SecPcreMatchLimit 2\n"
       "SecRule ARGS:a \"@rx (w+)+$\" \"id:1,phase:1,pass\"\n"
       "SecRule MSC_PCRE_ERROR \"@eq 1\" \"id:2,phase:1,pass\"",
       get("/?a=wwwwwwwwwwwwwwwwwwwwwowwwwwwwwwww!"),
       {"2", "", "2", kRefuses},
       {},
       false,
       {{"modsecurity3@3.0.9", ""}}},
      {"broken_schema_matches",
       "SecXmlExternalEntity On\n" + action(9, 1, "pass,nolog,ctl:requestBodyProcessor=XML") +
           fmt::format("SecRule XML \"@validateSchema {}\" \"id:1,phase:2,pass\"", kNoSchema),
       post("text/xml", "<n>1</n>"),
       {"", "", "1", ""},
       {{kNoSchema, ""}}},
      {"odd_operators_are_regex",
       "SecRule ARGS:a \"@unconditionalMatch x\" \"id:1,phase:1,pass\"",
       get("/?a=1"),
       {"1", "1", "", "1"}},
  };
}

SemanticsRows selection_rows_of_loading() {
  const std::string kChain = if_any(1, "ARGS:a", "pass,chain");
  return {
      {"comment_end",
       "#SecRule ARGS \"@rx .\" \\\n" + action(1, 1) + "# note \\\n" + action(2, 1) +
           "# SecRule ARGS \"@rx .\" \\\n  \"id:9,phase:1,deny\"\n" + action(3, 1),
       {},
       {"1 2 3", "3", "2 3", kRefuses}},
      {"open_chain_loads", kChain, get("/?a=1"), {kRefuses, "", "", kRefuses}},
      {"chain_spans_directives",
       kChain + "SecMarker M\nSecRule ARGS:b \"@rx .\"",
       get("/?a=1&b=1"),
       {kRefuses, "1", "1", kRefuses}},
      {"chain_spans_actions",
       kChain + "SecAction \"nolog\"\n" + if_any(3, "ARGS:b", "nolog"),
       get("/?a=1"),
       {kRefuses, "1", "", "1"}},
      {"open_action_list",
       "SecRule ARGS:a \"@rx .\" \"id:1,phase:1,pass\n" + action(2, 1),
       get("/?a=1"),
       {kRefuses, kRefuses, "1 2", kRefuses}},
      {"empty_ruleset_loads",
       "SecRuleEngine On\n",
       {},
       {kRefuses, "", "", ""},
       {},
       false,
       {},
       true},
      {"lone_percent_is_error",
       action(1, 1, "pass,msg:'100% sure'"),
       {},
       {"1", "1", kRefuses, "1"}},
      {"setvar_one_equals", action(1, 1, "pass,setvar:tx.a=x=y"), {}, {"1", "1", kRefuses, "1"}},
      {"default_none_is_error",
       "SecDefaultAction \"phase:1,log,pass,t:none\"\n" + action(1, 1),
       {},
       {"1", "1", kRefuses, "1"}},
      {"apache_directives",
       "RequestHeader unset Proxy\n" + action(1, 1),
       {},
       {"1", "1", kRefuses, kRefuses}},
  };
}

}  // namespace

SemanticsRows rows_of_selection() {
  SemanticsRows all;
  for (const auto& family : {selection_rows_of_targets(), selection_rows_of_collections(),
                             selection_rows_of_values(), selection_rows_of_loading()}) {
    all.insert(all.end(), family.begin(), family.end());
  }
  return all;
}

}  // namespace wafcheck::tests
