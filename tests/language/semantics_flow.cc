#include "parser/language/semantics.h"
#include "semantics.h"
#include "words.h"

namespace wafcheck::tests {
namespace {

/// A request that the backend answers with a status.
TestRequest status(int code) {
  TestRequest request;
  request.status = code;
  return request;
}

const std::string kAudit = "SecAuditEngine RelevantOnly\nSecAuditLogRelevantStatus ^4\n";

}  // namespace

SemanticsRows rows_of_flow() {
  return {
      {"one_default_action",
       "SecDefaultAction \"phase:1,deny\"\nSecDefaultAction \"phase:2,pass\"\n" +
           action(1, 1, "block"),
       {},
       {"1 deny 403", "1", "1 deny 403", "1 deny 403"}},
      {"inherit_disruptive",
       "SecDefaultAction \"phase:1,deny\"\n" + action(1, 1, "log"),
       {},
       {"1 deny 403", "1 deny 403", "1", "1 deny 403"}},
      {"defaults_reach_back",
       action(1, 1, "block") + "SecDefaultAction \"phase:1,deny\"",
       {},
       {"1", "1", "1 deny 403", "1"}},
      {"updates_any_order", "SecRuleRemoveById 1\n" + action(1, 1), {}, {"1", "1", "", "1"}},
      {"tag_is_regex",
       action(1, 1, "pass,tag:'attack-sqli'") + "SecRuleRemoveByTag attack",
       {},
       {"1", "", "1", "1"}},
      {"ctl_before_chain_end",
       "SecRule REQUEST_METHOD \"GET\" \"id:1,phase:1,pass,ctl:ruleRemoveById=2,chain\"\nSecRule "
       "ARGS:a \"x\"\n\n" +
           action(2, 1),
       {},
       {"", "", "2", ""}},
      {"one_log_switch", action(1, 1, "pass,log,noauditlog"), {}, {"1", "1", "", "1"}},
      {"skip_counts_markers",
       action(1, 1, "pass,skip:1") + "SecMarker M\n" + action(2, 1),
       {},
       {"1", "1", "1", "1 2"}},
      {"skip_survives_phase",
       action(1, 1, "pass,skip:1") + action(2, 2),
       {},
       {"1 2", "1 2", "1", "1 2"}},
      {"skip_after_survives_phase",
       action(1, 1, "pass,skipAfter:NONE") + action(2, 2),
       {},
       {"1 2", "1 2", "1", "1"}},
      {"allow_skips_logging", action(1, 1, "allow") + action(5, 5), {}, {"1 5", "1 5", "1 5", "1"}},
      {"arithmetic_not_negative",
       action(1, 1, "pass,setvar:tx.a=-2,logdata:'%{tx.a}'"),
       {},
       {"[-2]", "[0]", "[-2]", "[-2]"}},
      {"arithmetic_needs_number",
       action(1, 1, "pass,setvar:tx.a=abc,setvar:tx.a=+1,logdata:'%{tx.a}'"),
       {},
       {"[1]", "[1]", "[1]", "[abc]"}},
      {"ctl_key_expressions",
       action(1, 1, "pass,nolog,ctl:ruleRemoveTargetById=2;ARGS:/^a/") +
           "SecRule ARGS \"@streq x\" \"id:2,phase:1,pass\"",
       get("/?ab=x"),
       {"", "2", "does not load", ""}},
      {"collections_are_kept",
       action(1, 1, "pass,nolog,initcol:ip=a") + action(2, 1, "pass,nolog,setvar:ip.n=1") +
           "SecRule IP:n \"@eq 1\" \"id:3,phase:1,pass\"",
       {},
       {"3", "3", "3", "does not load"}},
      {"collection_opens_once",
       action(1, 1, "pass,nolog,initcol:ip=a") + action(2, 1, "pass,nolog,setvar:ip.n=1") +
           action(3, 1, "pass,nolog,initcol:ip=b") +
           "SecRule &IP:n \"@eq 1\" \"id:4,phase:1,pass\"",
       {},
       {"4", "4", "", "does not load"}},
      {"collections_describe_themselves",
       action(1, 1, "pass,nolog,initcol:ip=a") +
           "SecRule IP:KEY \"@streq a\" \"id:2,phase:1,pass\"",
       {},
       {"2", "2", "", "does not load"}},
      {"collection_keys_compound",
       action(1, 1, "pass,nolog,initcol:ip=a") + action(2, 1, "pass,nolog,setvar:ip.n=1") +
           "SecRule IP:/::n$/ \"@eq 1\" \"id:3,phase:1,pass\"",
       {},
       {"", "", "3", "does not load"}},
      {"relevant_status_decides",
       kAudit + action(1, 1),
       status(200),
       {"1 audited", "1 audited", "1 audited", "1 not audited"}},
      {"audit_would_be_status",
       "SecRuleEngine DetectionOnly\n" + kAudit + action(1, 1, "deny,nolog"),
       status(200),
       {"1 not audited", "1 not audited", "1 not audited", "1 audited"}},
  };
}

}  // namespace wafcheck::tests
