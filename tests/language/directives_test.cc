// Every directive has its effect, or is told about, or is refused.

#include <gtest/gtest.h>

#include "words.h"

namespace wafcheck::tests {
namespace {

/// The directive's line before the other rules; `rest` may come first where that matters.
WordRow set(const std::string& line, const std::string& rest, TestRequest request,
            const std::string& with, const std::string& without, ToldOptions options = {}) {
  return {line.substr(0, line.find(' ')),
          "{{" + line + "\n}}" + rest,
          std::move(request),
          with,
          without,
          std::move(options)};
}
WordRow after(const std::string& line, const std::string& rules, TestRequest request,
              const std::string& with, const std::string& without) {
  return {line.substr(0, line.find(' ')), rules + "\n{{" + line + "\n}}", std::move(request), with,
          without};
}
/// What the audit record says because of it.
WordRow recorded(const std::string& line, const std::string& found,
                 const std::string& format = "JsonLegacy") {
  return set(line, "SecAuditEngine On\nSecAuditLogFormat " + format + "\n" + action(1, 1), {},
             "1 audited with it", "1 audited", {.in_record = found});
}
/// One on which nothing depends offline, or of which only a server is capable.
WordRow told_of(const std::string& line) {
  return set(line, action(1, 1), {}, "", "");
}

std::string value_of(const std::string& variable, int phase = 2) {
  return action(2, phase, "pass,logdata:'%{" + variable + "}'");
}
TestFiles::Files files(const std::string& name, const std::string& text) {
  return {{name, text}};
}
std::string upload() {
  return "--b\r\nContent-Disposition: form-data; name=\"u\"; "
         "filename=\"x\"\r\n\r\nabc\r\n--b--\r\n";
}

const std::string kXml = "SecAction \"id:3,phase:1,pass,nolog,ctl:requestBodyProcessor=XML\"\n";
const std::string kJson = "SecAction \"id:3,phase:1,pass,nolog,ctl:requestBodyProcessor=JSON\"\n";
const std::string kTarget = "SecRule ARGS:a \"@eq 1\" \"id:2,phase:1,pass,tag:'t',msg:'m'\"";
const std::string kFailed = "SecRule REQBODY_ERROR \"@eq 1\" \"id:2,phase:2,pass\"\n";
const std::string kRecord =
    "SecAction \"id:3,phase:1,pass,nolog,initcol:ip=a,setvar:ip.n=+1\"\n" + value_of("ip.n");

std::vector<WordRow> rows() {
  const TestRequest a1 = get("/?a=1"), b1 = get("/?b=1");
  const TestRequest page = answered("text/html", "abc");
  const TestRequest upload_file = post("multipart/form-data; boundary=b", upload());
  return {
      set("Include more.conf", "", {}, "1", "", {.files = files("more.conf", action(1, 1))}),
      set("IncludeOptional more.conf", "", {}, "1", "",
          {.files = files("more.conf", action(1, 1))}),
      set("SecAction \"id:1,phase:1,pass\"", "", {}, "1", ""),
      set("SecArgumentSeparator ;", value_of("ARGS.b"), get("/?a=1;b=2"), "[2]", "[]"),
      set("SecArgumentsLimit 1", value_of("ARGS.b"), get("/?a=1&b=2"), "[]", "[2]"),
      set("SecAuditEngine On", "SecAuditLogParts ABZ", {}, "audited", ""),
      told_of("SecAuditLog /var/log/audit.log"),
      told_of("SecAuditLog2 /var/log/audit2.log"),
      told_of("SecAuditLogDirMode 0750"),
      told_of("SecAuditLogFileMode 0640"),
      set("SecAuditLogFormat JsonLegacy", "SecAuditEngine On", {}, "audited with it", "audited",
          {.in_record = "\"audit_data\""}),
      set("SecAuditLogParts ABEZ", "SecAuditEngine On\nSecResponseBodyAccess On",
          answered("text/html", "needle"), "audited with it", "audited", {.in_record = "needle"}),
      set("SecAuditLogRelevantStatus ^2", "SecAuditEngine RelevantOnly", {}, "audited",
          "not audited"),
      told_of("SecAuditLogStorageDir /var/log/audit"),
      told_of("SecAuditLogType Serial"),
      told_of("SecCacheTransformations On"),
      told_of("SecChrootDir /var/chroot"),
      set("SecCollectionTimeout 60", kRecord, {}, "[1]", "[2]", {.again = 100}),
      recorded("SecComponentSignature \"own/1\"", "own/1"),
      told_of("SecConnEngine On"),
      told_of("SecConnReadStateLimit 10"),
      told_of("SecConnWriteStateLimit 10"),
      told_of("SecContentInjection On"),
      set("SecCookieFormat 1", value_of("REQUEST_COOKIES.a"),
          with_header("Cookie", "$Version=1; a=\"1\""), "[1]", R"(["1"])"),
      set("SecCookieV0Separator ,", value_of("REQUEST_COOKIES.b"),
          with_header("Cookie", "a=1, b=2"), "[2]", "[]"),
      told_of("SecDataDir /tmp"),
      set("SecDataset names `\nabc\n`",
          "SecRule ARGS:a \"@pmFromDataset names\" \"id:1,phase:1,pass\"", get("/?a=abc"), "1",
          "does not load"),
      told_of("SecDebugLog /var/log/debug.log"),
      told_of("SecDebugLogLevel 3"),
      set("SecDefaultAction \"phase:1,deny\"", action(1, 1, "block"), {}, "1 deny 403", "1"),
      told_of("SecDisableBackendCompression On"),
      set("SecGeoLookupDb nosuch.mmdb", "SecRule REMOTE_ADDR \"!@geoLookup\" \"id:1,phase:1,pass\"",
          {}, "does not load", ""),
      told_of("SecGsbLookupDb /tmp/gsb"),
      told_of("SecGuardianLog |/bin/guardian"),
      told_of("SecHashEngine On"),
      told_of("SecHashKey rand KeyOnly"),
      told_of("SecHashMethodPm HashHref \"x\""),
      told_of("SecHashMethodRx HashHref \"x\""),
      told_of("SecHashParam rv"),
      told_of("SecHttpBlKey abcdefghijkl"),
      {"SecIgnoreRuleCompilationErrors",
       "{{SecIgnoreRuleCompilationErrors On\n}}SecRule ARGS \"@nosuch\" \"id:1,phase:1,pass\"\n" +
           action(2, 1),
       {},
       "2",
       "does not load"},
      told_of("SecInterceptOnError On"),
      {"SecMarker",
       action(1, 1, "pass,skipAfter:M") + "{{SecMarker M\n}}" + action(2, 1),
       {},
       "1 2",
       "1"},
      set("SecParseXmlIntoArgs On", kXml + value_of("ARGS.xml.a.b"),
          post("text/xml", "<a><b>1</b></a>"), "[1]", "[]"),
      set("SecPcreMatchLimit 10", "SecRule ARGS:a \"@rx (a+)+b|c\" \"id:1,phase:1,pass\"",
          get("/?a=aaaaaaac"), "", "1"),
      told_of("SecPcreMatchLimitRecursion 1000"),
      told_of("SecReadStateLimit 10"),
      told_of("SecRemoteRules key https://rules.example.com/"),
      told_of("SecRemoteRulesFailAction Warn"),
      set("SecRequestBodyAccess Off", value_of("ARGS.a"), post_form("a=1"), "[]", "[1]"),
      told_of("SecRequestBodyInMemoryLimit 131072"),
      set("SecRequestBodyJsonDepthLimit 1", kJson + kFailed, post("a/b", R"({"a":[[1]]})"), "2",
          ""),
      set("SecRequestBodyLimit 2", "", post_form("a=1"), "deny 413", ""),
      set("SecRequestBodyLimitAction ProcessPartial",
          "SecRequestBodyLimit 2\n" + value_of("REQUEST_BODY"), post_form("a=1"), "[a=]",
          "deny 413"),
      set("SecRequestBodyNoFilesLimit 2", kFailed, post_form("a=1"), "2", ""),
      told_of("SecRequestEncoding UTF-8"),
      set("SecResponseBodyAccess On", value_of("RESPONSE_BODY", 4), page, "[abc]", "[]"),
      set("SecResponseBodyLimit 2", "SecResponseBodyAccess On\n" + value_of("RESPONSE_BODY", 4),
          page, "[ab]", "[abc]"),
      set("SecResponseBodyLimitAction Reject",
          "SecResponseBodyAccess On\nSecResponseBodyLimit 2\n" + value_of("RESPONSE_BODY", 4), page,
          "deny 500", "[ab]"),
      set("SecResponseBodyMimeType a/b",
          "SecResponseBodyAccess On\n" + value_of("RESPONSE_BODY", 4), answered("a/b", "abc"),
          "[abc]", "[]"),
      set("SecResponseBodyMimeTypesClear",
          "SecResponseBodyAccess On\n" + value_of("RESPONSE_BODY", 4), page, "[]", "[abc]"),
      set("SecRule ARGS:a \"@eq 1\" \"id:1,phase:1,pass\"", "", a1, "1", ""),
      set("SecRuleEngine DetectionOnly", action(1, 1, "deny"), {}, "1", "1 deny 403"),
      told_of("SecRuleInheritance On"),
      told_of("SecRulePerfTime 100"),
      after("SecRuleRemoveById 2", kTarget, a1, "", "2"),
      after("SecRuleRemoveByMsg m", kTarget, a1, "", "2"),
      after("SecRuleRemoveByTag t", kTarget, a1, "", "2"),
      told_of("SecRuleScript check.lua \"id:2,phase:1,pass\""),
      after("SecRuleUpdateActionById 2 deny", kTarget, a1, "2 deny 403", "2"),
      after("SecRuleUpdateTargetById 2 ARGS:b", kTarget, b1, "2", ""),
      after("SecRuleUpdateTargetByMsg m ARGS:b", kTarget, b1, "2", ""),
      after("SecRuleUpdateTargetByTag t ARGS:b", kTarget, b1, "2", ""),
      told_of("SecRxPreFilter On"),
      recorded("SecSensorId sensor7", "sensor7", "JSON"),
      recorded("SecServerSignature own-server", "own-server"),
      told_of("SecStatusEngine On"),
      set("SecStreamInBodyInspection On", "", {}, "does not load", ""),
      set("SecStreamOutBodyInspection On", "", {}, "does not load", ""),
      told_of("SecTmpDir /tmp"),
      set("SecTmpSaveUploadedFiles On", value_of("FILES_TMP_CONTENT.u"), upload_file, "[abc]",
          "[]"),
      told_of("SecUnicodeCodePage 20127"),
      set("SecUnicodeMapFile map 20127",
          "SecRule ARGS:a \"@streq Z\" \"id:1,phase:1,pass,t:urlDecodeUni\"", get("/?a=%25u0100"),
          "1", "", {.files = files("map", "20127 (US-ASCII)\n0100:5a\n")}),
      set("SecUploadDir /up",
          "SecUploadKeepFiles On\nSecRule FILES_TMPNAMES \"@beginsWith /up/\" "
          "\"id:1,phase:2,pass\"",
          upload_file, "1", "", {.load = engine::as(parser::Profile::modsecurity3)}),
      set("SecUploadFileLimit 0",
          "SecRule MULTIPART_FILE_LIMIT_EXCEEDED \"@eq 1\" \"id:1,phase:2,pass\"", upload_file, "1",
          ""),
      told_of("SecUploadFileMode 0600"),
      set("SecUploadKeepFiles On", value_of("FILES_TMP_CONTENT.u"), upload_file, "[abc]", "[]"),
      set("SecWebAppId shop", value_of("WEBAPPID"), {}, "[shop]", "[default]"),
      told_of("SecWriteStateLimit 10"),
      set("SecXmlExternalEntity On",
          kXml + "SecRule XML \"!@validateSchema " + kNumberSchema + "\" \"id:2,phase:2,pass\"",
          post("text/xml", "<n>1</n>"), "2", "",
          {.load = engine::as(parser::Profile::modsecurity3), .files = files(kNumberSchema, "")}),
  };
}

class Directives : public testing::TestWithParam<WordRow> {};
TEST_P(Directives, HaveTheirEffectOrAreTold) {
  const auto known = parser::find_directive(GetParam().word);
  ASSERT_TRUE(known);
  expect_row(GetParam(), parser::info(*known).support);
}
INSTANTIATE_TEST_SUITE_P(Rows, Directives, testing::ValuesIn(rows()), test_name);

TEST(DirectivesOfTheTable, HaveARowEach) {
  std::set<std::string, std::less<>> shown;
  for (const WordRow& row : rows()) shown.insert(row.word);
  for (const auto& row : parser::directives()) EXPECT_TRUE(shown.contains(row.name)) << row.name;
}

}  // namespace
}  // namespace wafcheck::tests
