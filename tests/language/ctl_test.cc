// Every ctl option has its effect, or is told about.

#include <gtest/gtest.h>

#include "words.h"

namespace wafcheck::tests {
namespace {

/// Rule 1, in a phase, with ctl:OPTION=VALUE.
WordRow option(const std::string& name, const std::string& value, const std::string& rest,
               TestRequest request, const std::string& with, const std::string& without,
               int phase = 1) {
  return {"ctl:" + name,
          fmt::format("SecAction \"id:1,phase:{},pass,nolog{{{{,ctl:{}={}}}}}\"\n{}", phase, name,
                      value, rest),
          std::move(request), with, without};
}
std::string value_of(const std::string& variable, int phase = 2) {
  return action(2, phase, "pass,logdata:'%{" + variable + "}'");
}

std::vector<WordRow> rows() {
  const std::string kXml =
      "SecAction \"id:3,phase:1,pass,nolog,ctl:requestBodyProcessor=XML\"\n"
      "SecRule ARGS:xml.a.b \"@eq 1\" \"id:2,phase:2,pass\"";
  const std::string kTarget = "SecRule ARGS \"@eq 1\" \"id:2,phase:1,pass,tag:'t',msg:'m'\"";
  const std::string kPartial =
      "SecRequestBodyLimitAction ProcessPartial\nSecResponseBodyLimitAction ProcessPartial\n";
  const TestRequest kArgument = get("/?a=1");
  const std::string kResponse = "SecResponseBodyAccess On\n";
  return {
      option("auditEngine", "On", "SecAuditEngine Off", {}, "audited", "not audited"),
      option("auditLogParts", "+E", "SecAuditEngine On\nSecAuditLogParts ABZ", {}, "audited ABEZ",
             "audited"),
      option("debugLogLevel", "9", "", {}, "", ""),
      option("forceRequestBodyVariable", "On", value_of("REQUEST_BODY"), post("a/b", "abc"),
             "[abc]", "[]"),
      option("forceResponseBodyVariable", "On", kResponse + value_of("RESPONSE_BODY", 4),
             answered("a/b", "abc"), "[abc]", "[]", 3),
      option("hashEnforcement", "On", "", {}, "", ""),
      option("hashEngine", "On", "", {}, "", ""),
      option("parseXmlIntoArgs", "On", kXml, post("text/xml", "<a><b>1</b></a>"), "2", ""),
      option("requestBodyAccess", "Off", value_of("ARGS_POST.a"), post_form("a=1"), "[]", "[1]"),
      option("requestBodyLimit", "3", kPartial + value_of("REQUEST_BODY"), post_form("a=123"),
             "[a=1]", "[a=123]"),
      option("requestBodyProcessor", "JSON", value_of("ARGS.json.a"),
             post("text/plain", R"({"a":1})"), "[1]", "[]"),
      option("responseBodyAccess", "On", value_of("RESPONSE_BODY", 4), answered("text/html", "abc"),
             "[abc]", "[]", 3),
      option("responseBodyLimit", "1", kResponse + kPartial + value_of("RESPONSE_BODY", 4),
             answered("text/html", "abc"), "[a]", "[abc]", 3),
      option("responseBodyProcessor", "JSON", kResponse + value_of("RESPONSE_ARGS.json.a", 4),
             answered("text/html", R"({"a":1})"), "[1]", "[]", 3),
      option("ruleEngine", "DetectionOnly", action(2, 1, "deny"), {}, "2", "2 deny 403"),
      option("ruleRemoveById", "2-3", kTarget, kArgument, "", "2"),
      option("ruleRemoveByMsg", "m", kTarget, kArgument, "", "2"),
      option("ruleRemoveByTag", "t", kTarget, kArgument, "", "2"),
      option("ruleRemoveTargetById", "2;ARGS:a", kTarget, kArgument, "", "2"),
      option("ruleRemoveTargetByMsg", "m;ARGS:a", kTarget, kArgument, "", "2"),
      option("ruleRemoveTargetByTag", "t;ARGS:a", kTarget, kArgument, "", "2"),
  };
}

class CtlOptions : public testing::TestWithParam<WordRow> {};
TEST_P(CtlOptions, HaveTheirEffectOrAreTold) {
  const auto known = parser::find_ctl(GetParam().word.substr(4));
  ASSERT_TRUE(known);
  expect_row(GetParam(), parser::info(*known).support);
}
INSTANTIATE_TEST_SUITE_P(Rows, CtlOptions, testing::ValuesIn(rows()), test_name);

TEST(CtlOptionsOfTheTable, HaveARowEach) {
  std::set<std::string> shown;
  for (const WordRow& row : rows()) shown.insert(row.word);
  for (const auto& row : parser::ctls())
    EXPECT_TRUE(shown.contains(fmt::format("ctl:{}", row.name))) << row.name;
}

}  // namespace
}  // namespace wafcheck::tests
