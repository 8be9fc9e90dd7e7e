// Commands on rules inside other files: several rulesets in one report, fixes, formatting, the
// choice of one ruleset, and what goes wrong.

#include <string>

#include "tests/unit/cli/scratch.h"

namespace wafcheck::cli {
namespace {

/// Two Ingresses whose rules have the same id.
constexpr std::string_view kManifest = R"(kind: Ingress
metadata:
  name: shop
  annotations:
    nginx.ingress.kubernetes.io/modsecurity-snippet: |
      SecRuleEngine On
      SecRule ARGS:a "@streq x" "id:1,phase:2,deny,status:403,t:lowercase,t:lowercase"
---
kind: Ingress
metadata:
  name: admin
  annotations:
    nginx.ingress.kubernetes.io/modsecurity-snippet: |
      SecRuleEngine On
      SecRule ARGZ "@streq y" "id:1,phase:2,deny,status:403,msg:\'not y\'"
)";

class EmbeddedRules : public Scratch {};

TEST_F(EmbeddedRules, LintTakesEachRulesetByItself) {
  write("app.yaml", kManifest);
  EXPECT_EQ(run({"lint", "--format", "concise", "app.yaml"}), kTrouble);
  EXPECT_EQ(out_,
            "app.yaml:7:75: info: t:lowercase has no effect: its input is already in that form "
            "[redundant-transformation]\n"
            "app.yaml:15:15: error: unknown variable ARGZ [unknown-variable]\n"
            "1 file, 2 rules: 1 error, 0 warnings, 1 info\n"
            "[*] 1 fixable with --fix; 1 with --unsafe-fixes\n");
}

TEST_F(EmbeddedRules, WhatRulesetsShareIsReportedOnce) {
  write("app.yaml", kManifest);
  write("own.conf", "SecRule ARGX \"@streq z\" \"id:2,phase:2,deny,status:403\"\n");
  EXPECT_EQ(
      run({"lint", "--format", "concise", "--select", "unknown-variable", "own.conf", "app.yaml"}),
      kTrouble);
  EXPECT_EQ(out_,
            "own.conf:1:9: error: unknown variable ARGX [unknown-variable]\n"
            "app.yaml:15:15: error: unknown variable ARGZ [unknown-variable]\n"
            "2 files, 3 rules: 2 errors, 0 warnings, 0 info\n"
            "fixable: 2 with --unsafe-fixes\n");
}

TEST_F(EmbeddedRules, FixesAreWrittenAsTheFileIsWritten) {
  write("app.yaml", kManifest);
  EXPECT_EQ(run({"lint", "--fix", "--unsafe-fixes", "app.yaml"}), kOk) << out_ << err_;
  std::string fixed(kManifest);
  fixed.erase(fixed.find(",t:lowercase\""), std::string_view(",t:lowercase").size());
  fixed.replace(fixed.find("ARGZ"), 4, "ARGS");
  EXPECT_EQ(read("app.yaml"), fixed);
  EXPECT_EQ(out_, "1 file, 2 rules: nothing found\n2 fixed, 0 left\n");
}

TEST_F(EmbeddedRules, FixesOfStringsAreEscaped) {
  write("wasm.json", R"({"directives_map": {"a": ["SecRuleEngine On", "SecRule ARGZ \"@streq x\" )"
                     R"(\"id:1,phase:2,deny,status:403\""]}})");
  EXPECT_EQ(run({"lint", "--fix", "--unsafe-fixes", "wasm.json"}), kOk) << out_ << err_;
  EXPECT_EQ(read("wasm.json"),
            R"({"directives_map": {"a": ["SecRuleEngine On", "SecRule ARGS \"@streq x\" )"
            R"(\"id:1,phase:2,deny,status:403\""]}})");
}

TEST_F(EmbeddedRules, FormatsKeepEditsOfTheFileAround) {
  write("app.yaml", kManifest);
  run({"lint", "--format", "json", "app.yaml"});
  const std::string::size_type fix = out_.find("\"edits\"");
  ASSERT_NE(fix, std::string::npos) << out_;
  EXPECT_NE(out_.find("\"file\":\"app.yaml\",\"line\":7"), std::string::npos) << out_;
}

TEST_F(EmbeddedRules, FmtFormatsTheRulesAndNothingElse) {
  write("app.yaml",
        "# kept   as it is\nkind: Ingress\nmetadata:\n  annotations:\n"
        "    x/modsecurity-snippet: |\n"
        "      SecRuleEngine   On\n");
  EXPECT_EQ(run({"fmt", "--check", "app.yaml"}), kNo) << out_ << err_;
  EXPECT_EQ(run({"fmt", "app.yaml"}), kOk) << err_;
  EXPECT_EQ(read("app.yaml"),
            "# kept   as it is\nkind: Ingress\nmetadata:\n  annotations:\n"
            "    x/modsecurity-snippet: |\n"
            "      SecRuleEngine On\n");
  EXPECT_EQ(run({"fmt", "--check", "app.yaml"}), kOk) << out_;
}

TEST_F(EmbeddedRules, FmtKeepsTheIndentationOfNginx) {
  write("nginx.conf",
        "http {\n  modsecurity_rules '\n    SecRule   ARGS \"@streq x\" \\\n"
        "  \"id:1,phase:2,deny,status:403\"\n  ';\n}\n");
  EXPECT_EQ(run({"fmt", "nginx.conf"}), kOk) << err_;
  EXPECT_EQ(read("nginx.conf"),
            "http {\n  modsecurity_rules '\n    SecRule ARGS \"@streq x\" \\\n"
            "        \"id:1,\\\n        phase:2,\\\n        deny,\\\n        status:403\"\n  ';\n"
            "}\n");
  EXPECT_EQ(run({"fmt", "--check", "nginx.conf"}), kOk) << out_;
}

TEST_F(EmbeddedRules, OtherCommandsTakeOneRuleset) {
  write("app.yaml", kManifest);
  write("x.http", "GET /?a=X HTTP/1.1\r\nHost: a\r\n\r\n");
  EXPECT_EQ(run({"replay", "-r", "app.yaml", "x.http"}), kTrouble);
  EXPECT_NE(err_.find("name one of them: app.yaml#Ingress:shop app.yaml#Ingress:admin"),
            std::string::npos)
      << err_;
  EXPECT_EQ(run({"replay", "-r", "app.yaml#Ingress:shop", "--format", "text", "x.http"}), kOk)
      << err_;
  EXPECT_NE(out_.find("DENY 403"), std::string::npos) << out_;
}

TEST_F(EmbeddedRules, DiffComparesRulesInsideFiles) {
  write("old.yaml", "directives: |\n  SecRule ARGS:a \"@streq x\" \"id:1,phase:2,deny\"\n");
  write("new.yaml", "directives: |\n  SecRule ARGS:b \"@streq x\" \"id:1,phase:2,deny\"\n");
  EXPECT_EQ(run({"diff", "--old", "old.yaml", "--new", "new.yaml"}), kOk) << err_;
  EXPECT_NE(out_.find("ARGS:b"), std::string::npos) << out_;
}

TEST_F(EmbeddedRules, ErrorsShowTheLinesOfTheFileAround) {
  write("app.yaml", kManifest);
  EXPECT_EQ(run({"index", "app.yaml#Ingress:admin"}), kTrouble);
  EXPECT_NE(err_.find("app.yaml:15:15: error: unknown variable ARGZ [unknown-variable]\n"
                      "   |\n"
                      "15 |       SecRule ARGZ \"@streq y\""),
            std::string::npos)
      << err_;
}

TEST_F(EmbeddedRules, LayoutIsThatOfTheFileAround) {
  write("Caddyfile",
        ":80 {\n\tcoraza_waf {\n\t\tdirectives `\n\t\tSecRuleEngine On\n\t\tSecRule ARGS "
        "\"@streq x\" \"id:1,phase:2,deny,status:403\"\n\t\t`\n\t}\n}\n");
  EXPECT_EQ(
      run({"lint", "--profile", "strict", "--format", "concise", "--ignore", "CRS", "Caddyfile"}),
      kOk)
      << out_;
  EXPECT_EQ(out_, "1 file, 1 rule: nothing found\n");
}

TEST_F(EmbeddedRules, AFileThatCannotBeReadWholeIsAnError) {
  write("app.yaml", "directives: |\n  SecRuleEngine On\n: [\n");
  EXPECT_EQ(run({"lint", "app.yaml"}), kTrouble);
  EXPECT_NE(err_.find("app.yaml:3:1: "), std::string::npos) << err_;
  write("deploy.yaml", "kind: Deployment\n");
  EXPECT_EQ(run({"lint", "deploy.yaml"}), kTrouble);
  EXPECT_NE(err_.find("these files hold no rules"), std::string::npos) << err_;
}

}  // namespace
}  // namespace wafcheck::cli
