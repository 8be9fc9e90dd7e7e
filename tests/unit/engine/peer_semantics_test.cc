// The flags of parser/semantics.h that a comparison with libmodsecurity brought to light: each on
// an input that shows it, with what each profile logs. A case is named after its flag.

#include "run_rules.h"

namespace wafcheck::engine {
namespace {

using parser::Profile;

/// Ids of the rules in the error log, in order.
std::string logged(const std::string& rules, const RulesRequest& request, Profile profile) {
  std::shared_ptr<const Program> program;
  compile(rules, program, profile);
  if (!program) return "did not compile";
  Transaction transaction(*program);
  run(transaction, request);
  std::string ids;
  for (const MatchedRule& rule : transaction.matched_rules()) {
    if (!rule.log) continue;
    ids += (ids.empty() ? "" : " ") + std::to_string(rule.rule->id.value_or(0));
  }
  return ids;
}

constexpr const char* kForm = "application/x-www-form-urlencoded";
constexpr const char* kMultipart = "multipart/form-data; boundary=0";

struct Case {
  std::string flag;
  std::string rules;
  RulesRequest request;
  std::string by_default, by_v2, by_v3, by_coraza;
};

const Case kCases[] = {
    {"action_logs_message",
     "SecAction \"id:1,phase:1,pass,log\"\n"
     "SecAction \"id:2,phase:1,pass,log,msg:'m'\"\n"
     "SecAction \"id:3,phase:1,pass,block,nolog\"",
     {},
     "1 2",
     "1 2",
     "2 3",
     "1 2"},
    {"multi_match_always_logs",
     "SecRule ARGS:a \"@rx .\" \"id:1,phase:1,pass,nolog,multiMatch\"\n"
     "SecRule ARGS:a \"@rx .\" \"id:2,phase:1,pass,nolog,multiMatch,chain\"\n"
     "SecRule ARGS:a \"@rx nothing\" \"t:none\"",
     {.uri = "/?a=x"},
     "",
     "",
     "1 2",
     ""},
    {"interruption_always_logs",
     "SecRuleEngine On\nSecRule ARGS:a \"@rx .\" \"id:1,phase:1,deny,nolog\"",
     {.uri = "/?a=x"},
     "",
     "",
     "1",
     ""},
    {"matched_vars_accumulate",
     "SecRule ARGS:a \"@rx x\" \"id:1,phase:1,pass,nolog\"\n"
     "SecRule &MATCHED_VARS \"@eq 1\" \"id:2,phase:1,pass,log\"\n"
     "SecRule ARGS:a \"@rx nothing\" \"id:3,phase:1,pass,nolog\"\n"
     "SecRule &MATCHED_VARS \"@gt 0\" \"id:4,phase:1,pass,log\"",
     {.uri = "/?a=x"},
     "",
     "",
     "2",
     ""},
    {"engine_off_next_phase",
     "SecRule ARGS:a \"@rx x\" \"id:1,phase:1,pass,nolog,ctl:ruleEngine=Off\"\n"
     "SecRule ARGS:a \"@rx x\" \"id:2,phase:1,pass,log\"\n"
     "SecRule ARGS:a \"@rx x\" \"id:3,phase:2,pass,log\"",
     {.uri = "/?a=x"},
     "",
     "",
     "2",
     ""},
    {"body_read_without_access",
     "SecRequestBodyAccess Off\nSecRule ARGS_POST:a \"@rx x\" \"id:1,phase:5,pass,log\"",
     {.body_type = kForm, .body = "a=x"},
     "",
     "",
     "1",
     ""},
    {"empty_body_read",
     "SecRequestBodyAccess On\nSecRule REQBODY_ERROR \"@eq 1\" \"id:1,phase:2,pass,log\"",
     {.body_type = "multipart/form-data"},
     "",
     "",
     "1",
     ""},
    {"empty_body_no_length",
     "SecRequestBodyAccess On\nSecRule REQUEST_BODY_LENGTH \"@streq 0\" \"id:1,phase:2,pass,log\"",
     {.body_type = kForm},
     "1",
     "1",
     "",
     "1"},
    {"multipart_fields_unsized",
     "SecRequestBodyAccess On\nSecRule ARGS_COMBINED_SIZE \"@eq 2\" \"id:1,phase:2,pass,log\"\n"
     "SecRule ARGS:f \"@streq v\" \"id:2,phase:2,pass,log\"",
     {.body_type = kMultipart,
      .body = "--0\r\nContent-Disposition: form-data; name=\"f\"\r\n\r\nv\r\n--0--\r\n"},
     "1 2",
     "1 2",
     "2",
     "1 2"},
    {"captures_all_groups",
     "SecRule ARGS:a \"@rx (.)(.)(.)(.)(.)(.)(.)(.)(.)(.)(.)\" "
     "\"id:1,phase:1,pass,nolog,capture\"\n"
     "SecRule TX:11 \"@streq k\" \"id:2,phase:1,pass,log\"",
     {.uri = "/?a=abcdefghijk"},
     "",
     "",
     "2",
     ""},
    {"update_first_id_only",
     "SecRule ARGS \"@rx x\" \"id:1,phase:1,pass,log\"\n"
     "SecRule ARGS \"@rx x\" \"id:2,phase:1,pass,log\"\n"
     "SecRuleUpdateTargetById 1-2 \"!ARGS:a\"",
     {.uri = "/?a=x"},
     "",
     "",
     "2",
     ""},
    {"update_keys_case",
     "SecRule ARGS \"@rx x\" \"id:1,phase:1,pass,log\"\n"
     "SecRuleUpdateTargetById 1 \"!ARGS:A\"",
     {.uri = "/?a=x"},
     "",
     "",
     "1",
     ""},
    {"ctl_targets_spare_links",
     "SecAction \"id:1,phase:1,pass,nolog,ctl:ruleRemoveTargetById=2;ARGS:b\"\n"
     "SecRule ARGS:a \"@rx x\" \"id:2,phase:1,pass,log,chain\"\n"
     "SecRule ARGS:b \"@rx y\" \"t:none\"",
     {.uri = "/?a=x&b=y"},
     "",
     "",
     "2",
     ""},
    {"exclusions_spare_counts",
     "SecRule &ARGS|!ARGS:a \"@eq 1\" \"id:1,phase:1,pass,log\"",
     {.uri = "/?a=x"},
     "",
     "",
     "1",
     ""},
    {"exclusions_spare_members",
     "SecRule ARGS:a|!ARGS \"@rx x\" \"id:1,phase:1,pass,log\"",
     {.uri = "/?a=x"},
     "",
     "",
     "1",
     ""},
    {"arithmetic_32_bits",
     "SecAction \"id:1,phase:1,pass,nolog,setvar:tx.j=2147483647,setvar:tx.j=+1,"
     "setvar:tx.k=99999999999,setvar:tx.k=+1\"\n"
     "SecRule TX:j \"@streq 2147483648\" \"id:2,phase:1,pass,log\"\n"
     "SecRule TX:j \"@streq -2147483648\" \"id:3,phase:1,pass,log\"\n"
     "SecRule TX:k \"@streq 100000000000\" \"id:4,phase:1,pass,log\"\n"
     "SecRule TX:k \"@streq 1\" \"id:5,phase:1,pass,log\"",
     {},
     "2 4",
     "2 4",
     "3 5",
     "2 4"},
    {"flags_unset_at_first",
     "SecRule MULTIPART_STRICT_ERROR|OUTBOUND_DATA_ERROR \"@streq 0\" \"id:1,phase:1,pass,log\"",
     {},
     "1",
     "1",
     "",
     "1"},
    {"web_app_id_unset",
     "SecRule WEBAPPID \"@streq default\" \"id:1,phase:1,pass,log\"",
     {},
     "1",
     "1",
     "",
     "1"},
    {"remote_user_unset",
     "SecRule REMOTE_USER \"@rx ^$\" \"id:1,phase:1,pass,log\"",
     {},
     "1",
     "",
     "",
     "1"},
    {"xml_tree_always", "SecRule XML \"@rx tree\" \"id:1,phase:2,pass,log\"", {}, "", "", "1", ""},
    {"pm_hex_letters",
     "SecRule ARGS:a \"@pm x|61|y\" \"id:1,phase:1,pass,log\"\n"
     "SecRule ARGS:b \"@pm x|61|y\" \"id:2,phase:1,pass,log\"\n"
     "SecRule ARGS:c \"@pm x|61|y\" \"id:3,phase:1,pass,log\"\n"
     "SecRule ARGS:d \"@pm z|cc|\" \"id:4,phase:1,pass,log\"\n",
     {.uri = "/?a=xay&b=xy61|y&c=x|61|y&d=z%cccc|"},
     "1 4",
     "1 4",
     "2 4",
     "3"},
};

void PrintTo(const Case& row, std::ostream* out) {
  *out << row.flag;
}

class PeerSemantics : public testing::TestWithParam<Case> {};

TEST_P(PeerSemantics, LogsAsInEachProfile) {
  const Case& row = GetParam();
  EXPECT_EQ(logged(row.rules, row.request, Profile::standard), row.by_default) << "default";
  EXPECT_EQ(logged(row.rules, row.request, Profile::modsecurity2), row.by_v2) << "modsecurity2";
  EXPECT_EQ(logged(row.rules, row.request, Profile::modsecurity3), row.by_v3) << "modsecurity3";
  EXPECT_EQ(logged(row.rules, row.request, Profile::coraza), row.by_coraza) << "coraza";
}

INSTANTIATE_TEST_SUITE_P(Flags, PeerSemantics, testing::ValuesIn(kCases),
                         [](const auto& row) { return row.param.flag; });

TEST(PeerSemantics, schema_is_external_entity) {
  const ScratchDirectory directory;
  directory.write("n.xsd",
                  "<xs:schema xmlns:xs=\"http://www.w3.org/2001/XMLSchema\">"
                  "<xs:element name=\"n\" type=\"xs:integer\"/></xs:schema>");
  const auto matched = [&](Profile profile, const std::string& first) {
    const std::string rules = directory.write(
        "rules.conf", first +
                          "SecAction \"id:1,phase:1,pass,nolog,ctl:requestBodyProcessor=XML\"\n"
                          "SecRule XML \"@validateSchema n.xsd\" \"id:2,phase:2,pass,log\"");
    std::shared_ptr<const Program> program;
    EXPECT_EQ(compile_file(rules, program, profile), "");
    return program ? run(*program, {.body_type = "text/xml", .body = "<n>1</n>"}).matched : "";
  };
  EXPECT_EQ(matched(Profile::standard, ""), "");
  EXPECT_EQ(matched(Profile::modsecurity2, ""), "");
  EXPECT_EQ(matched(Profile::modsecurity3, ""), "2");
  EXPECT_EQ(matched(Profile::modsecurity3, "SecXmlExternalEntity On\n"), "");
}

}  // namespace
}  // namespace wafcheck::engine
