#include "formats/records/error_log.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/unit/formats/evaluated.h"

namespace wafcheck::formats {
namespace {

using parser::Profile;
using ::testing::ElementsAre;
using testing::Evaluated;
using testing::form_post;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;

std::vector<std::string> lines(const std::string& rules, Profile profile = Profile::standard,
                               Exchange exchange = form_post()) {
  return error_log(Evaluated(rules, std::move(exchange), profile).outcome());
}

std::string line(const std::string& rules, Profile profile = Profile::standard,
                 Exchange exchange = form_post()) {
  const auto all = lines(rules, profile, std::move(exchange));
  EXPECT_EQ(all.size(), 1U) << rules;
  return all.empty() ? "" : all[0];
}

/// A field's value as it stands in the line; "none" where it is missing.
std::string field(const std::string& text, const std::string& name) {
  const size_t at = text.find(" [" + name + " \"");
  if (at == std::string::npos) return "none";
  const size_t begin = at + name.size() + 4;
  return text.substr(begin, text.find("\"]", begin) - begin);
}

constexpr const char* kFull =
    "SecRule ARGS:a \"@rx ^(1)$\" \"id:7,phase:2,deny,status:406,capture,t:lowercase,"
    "msg:'found "
    "%{MATCHED_VAR_NAME}',logdata:'%{MATCHED_VAR}',severity:CRITICAL,rev:2,ver:'set/1',maturity:3,"
    "accuracy:4,tag:one,tag:two\"";

TEST(ErrorLog, HasEveryFieldOfModSecurity2) {
  for (const Profile profile : {Profile::standard, Profile::modsecurity2}) {
    EXPECT_EQ(
        line(kFull, profile),
        "[client 192.0.2.1:54321] ModSecurity: Access denied with code 406 (phase 2). "
        "Pattern match \"^(1)$\" at ARGS:a. [file \"a.conf\"] [line \"4\"] [id \"7\"] [rev \"2\"] "
        "[msg \"found ARGS:a\"] [data \"1\"] [severity \"CRITICAL\"] [ver \"set/1\"] [maturity "
        "\"3\"] "
        "[accuracy \"4\"] [tag \"one\"] [tag \"two\"] [hostname \"shop.example\"] [uri \"/login\"] "
        "[unique_id \"t1\"]");
  }
}

TEST(ErrorLog, ModSecurity2LeavesOutWhatIsUnset) {
  EXPECT_EQ(
      line("SecAction \"id:1,phase:1,pass,log\""),
      "[client 192.0.2.1:54321] ModSecurity: Warning. Unconditional match in SecAction. [file "
      "\"a.conf\"] "
      "[line \"4\"] [id \"1\"] [hostname \"shop.example\"] [uri \"/login\"] [unique_id \"t1\"]");
}

TEST(ErrorLog, HasEveryFieldOfModSecurity3) {
  EXPECT_EQ(
      line(kFull, Profile::modsecurity3),
      "[client 192.0.2.1] ModSecurity: Access denied with code 406 (phase 2). "
      "Matched \"Operator `Rx' with parameter `^(1)$' against variable `ARGS:a' (Value: `1' ) "
      "[file \"a.conf\"] "
      "[line \"4\"] [id \"7\"] [rev \"2\"] [msg \"found ARGS:a\"] [data \"1\"] [severity \"2\"] "
      "[ver \"set/1\"] [maturity \"3\"] [accuracy \"4\"] [tag \"one\"] [tag \"two\"] [hostname "
      "\"192.0.2.9\"] "
      "[uri \"/login\"] [unique_id \"t1\"] [ref \"o0,1o0,1v115,1t:lowercase\"]");
}

TEST(ErrorLog, ModSecurity3ShowsWhatIsUnsetAsEmpty) {
  EXPECT_EQ(line("SecAction \"id:1,phase:1,pass,log,msg:'m'\"", Profile::modsecurity3),
            "[client 192.0.2.1] ModSecurity: Warning.  [file \"a.conf\"] [line \"4\"] [id \"1\"] "
            "[rev \"\"] [msg \"m\"] "
            "[data \"\"] [severity \"0\"] [ver \"\"] [maturity \"0\"] [accuracy \"0\"] [hostname "
            "\"192.0.2.9\"] "
            "[uri \"/login\"] [unique_id \"t1\"] [ref \"\"]");
}

TEST(ErrorLog, HasEveryFieldOfCoraza) {
  EXPECT_EQ(line("SecDefaultAction \"phase:2,log,pass\"\n"
                 "SecRule ARGS:a \"@rx ^(1)$\" "
                 "\"id:7,phase:2,deny,capture,msg:'found',logdata:'%{MATCHED_VAR}',"
                 "severity:CRITICAL,rev:2,ver:'set/1',maturity:3,tag:one,tag:two\"",
                 Profile::coraza),
            "[client \"192.0.2.1\"] Coraza: Access denied (phase 2). found [file \"a.conf\"] [line "
            "\"5\"] [id \"7\"] "
            "[rev \"2\"] [msg \"found\"] [data \"1\"] [severity \"critical\"] [ver \"set/1\"] "
            "[maturity \"3\"] "
            "[accuracy \"0\"] [tag \"one\"] [tag \"two\"] [hostname \"192.0.2.9\"] [uri "
            "\"/login?x=1\"] [unique_id \"t1\"]");
}

struct Verdict {
  const char* actions;
  Profile profile;
  const char* words;
};

TEST(ErrorLog, SaysWhatWasDone) {
  const Verdict rows[] = {
      {"pass", Profile::standard, " ModSecurity: Warning. "},
      {"deny", Profile::standard, " ModSecurity: Access denied with code 403 (phase 2). "},
      {"drop", Profile::standard, " ModSecurity: Access denied with connection close (phase 2). "},
      {"redirect:http://h/", Profile::standard,
       " ModSecurity: Access denied with redirection to http://h/ using status 302 (phase 2). "},
      {"proxy:http://h/", Profile::standard,
       " ModSecurity: Access denied using proxy to (phase 2) http://h/. "},
      {"allow", Profile::standard, " ModSecurity: Access allowed (phase 2). "},
      {"deny,ctl:ruleEngine=DetectionOnly", Profile::standard, " ModSecurity: Warning. "},
      {"redirect:http://h/", Profile::modsecurity3,
       " ModSecurity: Access denied with code 302 (phase 2). "},
      {"pass", Profile::coraza, " Coraza: Warning. "},
      {"drop", Profile::coraza, " Coraza: Access dropped (phase 2). "},
      {"redirect:http://h/", Profile::coraza, " Coraza: Access redirected (phase 2). "},
      {"allow", Profile::coraza, " Coraza: Access allowed (phase 2). "},
  };
  for (const Verdict& row : rows) {
    const std::string got =
        line("SecRule ARGS:a \"@streq 1\" \"id:1,phase:2,log," + std::string(row.actions) + "\"",
             row.profile);
    EXPECT_THAT(got, HasSubstr(row.words)) << row.actions;
  }
}

TEST(ErrorLog, SaysWhatTheOperatorFound) {
  const std::pair<const char*, const char*> rows[] = {
      {"ARGS:a \"@rx 1\"", "Pattern match \"1\" at ARGS:a."},
      {"ARGS:a \"@pm 5 1\"", "Matched phrase \"1\" at ARGS:a."},
      {"ARGS:a \"@pm |35| |31|\"", "Matched phrase \"1\" at ARGS:a."},
      {"ARGS:a \"@contains 1\"", "String match \"1\" at ARGS:a."},
      {"ARGS:a \"@within 123\"", "String match within \"123\" at ARGS:a."},
      {"ARGS:a \"@eq 1\"", "Operator EQ matched 1 at ARGS:a."},
      {"ARGS:a \"!@streq 2\"", "Match of \"streq 2\" against \"ARGS:a\" required."},
      {"&ARGS \"@gt 2\"", "Operator GT matched 2 at &ARGS."},
      {"ARGS:a \"@validateByteRange 50-60,65\"",
       "Found 1 byte(s) in ARGS:a outside range: 50-60,65."},
      {"REMOTE_ADDR \"@ipMatch 192.0.2.0/24\"",
       "IPmatch: \"192.0.2.0/24\" matched at REMOTE_ADDR."},
      {"ARGS:a \"@unconditionalMatch\"", "Unconditional match."},
      {"ARGS:s \"@detectSQLi\"", "detected SQLi using libinjection with fingerprint 's&1c'"},
      {"ARGS:h \"@detectXSS\"", "detected XSS using libinjection."},
  };
  Exchange exchange = form_post("a=1&s=1'+or+1%3D1--&h=<script>");
  for (const auto& [rule, words] : rows) {
    const std::string got = line("SecRule " + std::string(rule) + " \"id:1,phase:2,pass,log\"",
                                 Profile::standard, exchange);
    EXPECT_THAT(got, HasSubstr("ModSecurity: Warning. " + std::string(words) + " [file")) << rule;
  }
}

TEST(ErrorLog, CorazaTellsOfEachMatch) {
  EXPECT_THAT(line("SecRule ARGS:a|REQUEST_METHOD \"@rx .\" "
                   "\"id:7,phase:2,pass,log,chain,msg:'first %{MATCHED_VAR}',logdata:'d'\"\n"
                   " SecRule REQUEST_METHOD \"@rx ^P\"",
                   Profile::coraza),
              HasSubstr("[unique_id \"t1\"]"));
  EXPECT_THAT(line("SecRule ARGS:a|REQUEST_METHOD \"@rx .\" \"id:7,phase:2,pass,log,"
                   "msg:'%{MATCHED_VAR_NAME}',logdata:'%{MATCHED_VAR}'\"",
                   Profile::coraza),
              HasSubstr("[msg_match_1 \"REQUEST_METHOD\"] [data_match_1 \"POST\"]"));
}

TEST(ErrorLog, IsOneLineWhateverWasSent) {
  const Exchange exchange = form_post("a=x%0a%22%5c%80%00");
  constexpr const char* kRule =
      "SecRule ARGS:a \"@rx ^x\" "
      "\"id:1,phase:2,pass,log,msg:'%{MATCHED_VAR}',logdata:'%{MATCHED_VAR}'\"";
  const std::string v2 = line(kRule, Profile::standard, exchange);
  EXPECT_THAT(v2, HasSubstr(R"([msg "x\n\"\\\x80\x00"] [data "x\x0a\x22\x5c\x80\x00"])"));
  const std::string v3 = line(kRule, Profile::modsecurity3, exchange);
  EXPECT_THAT(v3, HasSubstr(R"([msg "x\x0a"\\x80\x00"] [data "x\x0a\x22\x5c\x80\x00"])"));
  const std::string coraza = line(kRule, Profile::coraza, exchange);
  EXPECT_THAT(coraza, HasSubstr(R"(Warning. x\n\"\\\x80\x00 [file)"));
  EXPECT_THAT(coraza, HasSubstr(R"([data "x\n\"\\\x80\x00"])"));
}

TEST(ErrorLog, LongTextIsCut) {
  const Exchange exchange = form_post("a=" + std::string(600, 'y'));
  constexpr const char* kRule =
      "SecRule ARGS:a \"@rx ^y\" \"id:1,phase:2,pass,log,logdata:'%{MATCHED_VAR}'\"";
  EXPECT_EQ(field(line(kRule, Profile::standard, exchange), "data"), std::string(512, 'y') + "...");
  const std::string v3 = line(kRule, Profile::modsecurity3, exchange);
  EXPECT_EQ(field(v3, "data"), std::string(200, 'y') + " (400 characters omitted)");
  EXPECT_THAT(v3, HasSubstr("(Value: `" + std::string(100, 'y') + " (500 characters omitted)' )"));
  EXPECT_EQ(field(line(kRule, Profile::coraza, exchange), "data"), std::string(280, 'y'));
  const std::string pattern(300, 'y');
  EXPECT_THAT(line("SecRule ARGS:a \"@rx " + pattern + "\" \"id:1,phase:2,pass,log\"",
                   Profile::standard, exchange),
              HasSubstr("Pattern match \"" + pattern.substr(0, 252) + "...\" at"));
}

TEST(ErrorLog, ModSecurity3HidesAParameterWithMacros) {
  EXPECT_THAT(
      line("SecRule ARGS:a \"@streq %{ARGS.x}\" \"id:1,phase:2,pass,log\"", Profile::modsecurity3),
      HasSubstr("`StrEq' with parameter `' against variable `ARGS:a'"));
}

TEST(ErrorLog, ModSecurity3HasALineForEachHitOfMultiMatch) {
  constexpr const char* kRule =
      "SecRule ARGS:a \"@rx 1\" \"id:1,phase:2,pass,log,multiMatch,t:none,t:hexEncode\"";
  EXPECT_EQ(lines(kRule, Profile::modsecurity3).size(), 2U);
  EXPECT_EQ(lines(kRule, Profile::modsecurity2).size(), 1U);
}

TEST(ErrorLog, ModSecurity3SaysWhereTheValueStands) {
  const std::pair<const char*, const char*> rows[] = {
      {"REQUEST_METHOD", "v0,4"},         {"REQUEST_URI", "v5,10"},
      {"QUERY_STRING", "v12,3"},          {"ARGS:x", "v14,1"},
      {"REQUEST_HEADERS:Host", "v31,12"}, {"ARGS:a", "v115,1"},
      {"REQUEST_BODY", "v113,7"},         {"&ARGS", ""},
  };
  for (const auto& [target, reference] : rows) {
    EXPECT_EQ(field(line("SecRule " + std::string(target) +
                             " \"@unconditionalMatch\" \"id:1,phase:2,pass,log\"",
                         Profile::modsecurity3),
                    "ref"),
              reference)
        << target;
  }
}

// --- log, nolog, auditlog, noauditlog ------------------------------------------------------------

struct Flags {
  const char* actions;
  Profile profile;
  bool logged, audited;
};

TEST(ErrorLog, LogAndAuditlogInterplayAsInEachEngine) {
  constexpr Profile kAll[] = {Profile::standard, Profile::modsecurity2, Profile::modsecurity3,
                              Profile::coraza};
  const auto check = [](const Flags& row) {
    const Evaluated run("SecRule REQUEST_METHOD \"@unconditionalMatch\" \"id:1,phase:1,pass" +
                            std::string(row.actions) + "\"",
                        form_post(), row.profile);
    EXPECT_EQ(!error_log(run.outcome()).empty(), row.logged)
        << row.actions << " " << to_string(row.profile);
    EXPECT_EQ(run.transaction().audit_relevant(), row.audited)
        << row.actions << " " << to_string(row.profile);
  };
  for (const Profile profile : kAll) {
    const bool v3 = profile == Profile::modsecurity3;
    check({"", profile, true, true});
    check({",log", profile, true, true});
    check({",nolog", profile, false, false});
    check({",noauditlog", profile, !v3, false});
    check({",log,noauditlog", profile, !v3, false});
    check({",nolog,auditlog", profile, v3, true});
    check({",auditlog,nolog", profile, false, false});
    check({",noauditlog,log", profile, true, !v3});
  }
}

TEST(ErrorLog, ModSecurity3LogsAnActionForItsMessage) {
  EXPECT_EQ(lines("SecAction \"id:1,phase:1,pass,log\"", Profile::modsecurity3).size(), 0U);
  EXPECT_EQ(lines("SecAction \"id:1,phase:1,pass,log,msg:'m'\"", Profile::modsecurity3).size(), 1U);
  EXPECT_EQ(lines("SecAction \"id:1,phase:1,pass,log\"", Profile::modsecurity2).size(), 1U);
}

}  // namespace
}  // namespace wafcheck::formats
