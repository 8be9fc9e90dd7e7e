// Rules inside files of other formats: which rulesets there are, where their text stands, and how a
// file is rewritten.

#include "formats/embedded/files.h"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/unit/parser/support.h"

namespace wafcheck::formats {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

constexpr std::string_view kRule = R"(SecRule ARGS "@rx MARK" "id:1,phase:2,deny")";

constexpr std::string_view kIngress = R"(apiVersion: networking.k8s.io/v1
kind: Ingress
metadata:
  name: shop
  namespace: prod
  annotations:
    nginx.ingress.kubernetes.io/modsecurity-snippet: |
      SecRuleEngine On
      SecRule ARGS "@rx MARK" "id:1,phase:2,deny"
---
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata:
  name: admin
  annotations:
    nginx.ingress.kubernetes.io/modsecurity-snippet: "SecRule ARGS \"@rx MARK\" \"id:1,phase:2,deny\"\n"
)";

constexpr std::string_view kOperator = R"(apiVersion: waf.k8s.coraza.io/v1alpha1
kind: RuleSet
metadata: {name: mine}
spec:
  sources:
    - name: base
    - name: sqli
---
kind: RuleSource
metadata: {name: sqli}
spec:
  rules: |
    SecRule ARGS "@rx MARK" "id:1,phase:2,deny"
---
kind: RuleSource
metadata: {name: base}
spec:
  rules: |
    SecRuleEngine On
)";

constexpr std::string_view kSpoa = R"(bind: 0.0.0.0:9000
applications:
  - name: one
    directives: |
      Include @owasp_crs/*.conf
      SecRule ARGS "@rx MARK" "id:1,phase:2,deny"
  - name: two
    directives: SecRuleEngine On
)";

constexpr std::string_view kProxyWasm = R"({
  "directives_map": {
    "default": ["SecRuleEngine On",
      "SecRule ARGS \"@rx MARK\" \"id:1,phase:2,deny\""],
    "other": ["SecRuleEngine Off"]
  },
  "default_directives": "default"
})";

constexpr std::string_view kEnvoy = R"(http_filters:
- name: coraza-filter
  configuration:
    value: |
      {"rules": [{"inline": "SecRule ARGS \"@rx MARK\" \"id:1,phase:2,deny\""}]}
)";

constexpr std::string_view kConfigMap = R"(kind: ConfigMap
metadata: {name: waf}
data:
  20-rules.conf: |
    SecRule ARGS "@rx MARK" "id:1,phase:2,deny"
  10-setup.conf: |
    SecAction "id:2,phase:1,pass,nolog"
  words.data: |
    admin
)";

constexpr std::string_view kSnippets = R"(kind: ConfigMap
metadata: {name: controller}
data:
  http-snippet: |
    modsecurity on;
    modsecurity_rules '
      SecRule ARGS "@rx MARK" "id:1,phase:2,deny"';
)";

constexpr std::string_view kCaddyfile = R"({
	order coraza_waf first
}
:8080 {
	coraza_waf {
		directives `
		SecRule ARGS "@rx MARK" "id:1,phase:2,deny"
		`
	}
}
)";

constexpr std::string_view kCaddyQuoted = R"(:8080 {
	coraza_waf {
		directives "SecRule ARGS \"@rx MARK\" \"id:1,phase:2,deny\""
	}
})";

constexpr std::string_view kCaddyHereDocument = R"(:8080 {
	coraza_waf {
		directives <<RULES
			SecRule ARGS "@rx MARK" "id:1,phase:2,deny"
			RULES
	}
})";

constexpr std::string_view kNginx = R"(http {
  modsecurity_rules 'SecRuleEngine On';
  server {
    location /a {
      modsecurity_rules '
        SecRule ARGS "@rx MARK" "id:1,phase:2,deny,msg:\'a\'"';
    }
    location /b { modsecurity_rules_file sub/local.conf; }
  }
}
)";

constexpr std::string_view kApache = R"(ServerRoot /etc/apache2
<IfModule security2_module>
  SecRuleEngine On
  IncludeOptional modsecurity.d/*.conf
</IfModule>
<VirtualHost *:80>
  ServerName shop.example
  SecRule ARGS "@rx MARK" \
    "id:1,phase:2,deny"
</VirtualHost>
)";

struct FileCase {
  std::string path;
  std::string_view bytes;
  std::vector<std::string> rulesets;
  std::string place;  ///< of MARK in the first text that has it
};

const std::vector<FileCase>& files() {
  static const std::vector<FileCase> cases = {
      {"ingress.yaml", kIngress, {"Ingress:prod:shop", "Ingress:admin"}, "9:25"},
      {"operator.yaml", kOperator, {"RuleSet:mine"}, "13:23"},
      {"spoa.yaml", kSpoa, {"one", "two"}, "6:25"},
      {"wasm.json", kProxyWasm, {"default", "other"}, "4:27"},
      {"envoy.yaml", kEnvoy, {"rules"}, "5:49"},
      {"configmap.yaml", kConfigMap, {"ConfigMap:waf"}, "5:23"},
      {"snippets.yaml", kSnippets, {"ConfigMap:controller"}, "7:25"},
      {"Caddyfile", kCaddyfile, {"coraza_waf@5"}, "7:21"},
      {"quoted.caddyfile", kCaddyQuoted, {"coraza_waf@2"}, "3:34"},
      {"here.caddyfile", kCaddyHereDocument, {"coraza_waf@2"}, "4:22"},
      {"nginx.conf", kNginx, {"http", "location@4", "location@8"}, "6:27"},
      {"apache.conf", kApache, {"server", "VirtualHost@6"}, "8:21"},
  };
  return cases;
}

parser::MemoryFiles in_memory(std::map<std::string, std::string> files) {
  return parser::MemoryFiles(std::move(files));
}

/// A file system of one file, and the rulesets in it.
struct Found {
  parser::MemoryFiles below;
  EmbeddedFiles files{below};
  FoundRulesets rulesets;

  Found(const std::string& path, std::string_view bytes)
      : below(in_memory({{path, std::string(bytes)}})) {
    rulesets = files.rulesets({path});
  }
  /// The path of the first text that holds `needle`.
  std::string text_with(const std::string& path, std::string_view needle) const {
    for (const std::string& text : files.texts_of(path)) {
      if (files.text(text)->text.bytes.find(needle) != std::string::npos) return text;
    }
    return {};
  }
};

TEST(EmbeddedFiles, FindsTheRulesetsOfEachFormat) {
  for (const FileCase& c : files()) {
    const Found found(c.path, c.bytes);
    EXPECT_THAT(found.rulesets.problems, IsEmpty()) << c.path;
    EXPECT_THAT(found.rulesets.missing, IsEmpty()) << c.path;
    std::vector<std::string> names;
    for (const NamedRuleset& each : found.rulesets.rulesets) {
      names.push_back(each.name.substr(c.path.size() + 1));
    }
    EXPECT_EQ(names, c.rulesets) << c.path;
  }
}

TEST(EmbeddedFiles, PlacesAreThoseInTheFile) {
  for (const FileCase& c : files()) {
    Found found(c.path, c.bytes);
    const std::string text = found.text_with(c.path, "MARK");
    ASSERT_FALSE(text.empty()) << c.path;
    const std::string bytes = *found.files.read(text);
    parser::Sources sources;
    const parser::FileId file = sources.add(text, bytes, found.files.embedding(text));
    const auto at = static_cast<uint32_t>(bytes.find("MARK"));
    const parser::Place place = sources.begin_of({file, at, at + 4});
    EXPECT_EQ(fmt::format("{} {}:{}", place.path, place.line, place.column),
              fmt::format("{} {}", c.path, c.place));
  }
}

TEST(EmbeddedFiles, WritesOnlyTheLinesThatDiffer) {
  for (const FileCase& c : files()) {
    const Found found(c.path, c.bytes);
    const std::string text = found.text_with(c.path, "MARK");
    std::string after = found.files.text(text)->text.bytes;
    EXPECT_EQ(found.files.rewritten(text, after), c.bytes) << c.path;
    after.replace(after.find("@rx MARK"), 8, "@streq \"\\\\\"");
    const auto rewritten = found.files.rewritten(text, after);
    ASSERT_TRUE(rewritten) << c.path;
    // The file as it is read again holds the text, and nothing else became different.
    const Found again(c.path, *rewritten);
    EXPECT_EQ(again.files.text(text)->text.bytes, after) << c.path;
    const std::string_view head = c.bytes.substr(0, c.bytes.find("SecRule ARGS"));
    EXPECT_EQ(rewritten->substr(0, head.size()), head) << c.path;
  }
}

TEST(EmbeddedFiles, AddsLinesBehindTheLast) {
  const Found found("ingress.yaml", kIngress);
  const std::string text = found.text_with("ingress.yaml", "SecRuleEngine");
  const std::string after = found.files.text(text)->text.bytes + "# one\n# two\n";
  const auto rewritten = found.files.rewritten(text, after);
  ASSERT_TRUE(rewritten);
  EXPECT_NE(rewritten->find("deny\"\n      # one\n      # two\n---\n"), std::string::npos)
      << *rewritten;
}

TEST(EmbeddedFiles, RefusesWhatTheFileCannotHold) {
  const Found found("Caddyfile", kCaddyfile);
  const std::string text = found.text_with("Caddyfile", "MARK");
  EXPECT_FALSE(found.files.rewritten(text, "# a ` ends the text\n"));
}

TEST(EmbeddedFiles, LoadsWhatARuleSetNamesInItsOrder) {
  const Found found("operator.yaml", kOperator);
  ASSERT_EQ(found.rulesets.rulesets.size(), 1u);
  EXPECT_THAT(found.rulesets.rulesets[0].inputs, ElementsAre("operator.yaml#2", "operator.yaml#1"));
}

TEST(EmbeddedFiles, SaysWhatARuleSetNamesAndIsNotThere) {
  parser::MemoryFiles below = in_memory({{"set.yaml",
                                          "kind: RuleSet\nmetadata: {name: a}\nspec:\n  sources:\n"
                                          "    - name: gone\n"}});
  EmbeddedFiles files(below);
  EXPECT_THAT(files.rulesets({"set.yaml"}).missing,
              ElementsAre("set.yaml:5:7: there is no RuleSource:gone in the files that are named"));
}

TEST(EmbeddedFiles, FindsWhatARuleSetNamesInAnotherFile) {
  parser::MemoryFiles below = in_memory(
      {{"set.yaml", "kind: RuleSet\nmetadata: {name: a}\nspec:\n  sources: [{name: base}]\n"},
       {"base.yaml",
        "kind: RuleSource\nmetadata: {name: base}\nspec:\n  rules: SecRuleEngine On\n"}});
  EmbeddedFiles files(below);
  const FoundRulesets found = files.rulesets({"base.yaml", "set.yaml"});
  EXPECT_THAT(found.missing, IsEmpty());
  ASSERT_EQ(found.rulesets.size(), 1u);
  EXPECT_THAT(found.rulesets[0].inputs, ElementsAre("base.yaml#1"));
}

TEST(EmbeddedFiles, RulesThatAreFilesBelongToEachRuleset) {
  parser::MemoryFiles below = in_memory({{"ingress.yaml", std::string(kIngress)},
                                         {"a.conf", std::string(kRule)},
                                         {"z.conf", std::string(kRule)}});
  EmbeddedFiles files(below);
  const FoundRulesets found = files.rulesets({"a.conf", "ingress.yaml", "z.conf"});
  ASSERT_EQ(found.rulesets.size(), 2u);
  EXPECT_THAT(found.rulesets[0].inputs, ElementsAre("a.conf", "ingress.yaml#1", "z.conf"));
  EXPECT_THAT(found.rulesets[1].inputs, ElementsAre("a.conf", "ingress.yaml#2", "z.conf"));
}

TEST(EmbeddedFiles, OneRulesetIsNamedBehindTheFile) {
  parser::MemoryFiles below = in_memory({{"ingress.yaml", std::string(kIngress)}});
  EmbeddedFiles files(below);
  const FoundRulesets one = files.rulesets({"ingress.yaml#Ingress:admin"});
  ASSERT_EQ(one.rulesets.size(), 1u);
  EXPECT_THAT(one.rulesets[0].inputs, ElementsAre("ingress.yaml#2"));
  EXPECT_THAT(files.rulesets({"ingress.yaml#shop"}).missing,
              ElementsAre("ingress.yaml holds no ruleset shop; it holds Ingress:prod:shop, "
                          "Ingress:admin"));
}

TEST(EmbeddedFiles, FilesThatAreRulesStayAsTheyAreNamed) {
  parser::MemoryFiles below = in_memory({{"rules/a.conf", std::string(kRule)}});
  EmbeddedFiles files(below);
  const FoundRulesets found = files.rulesets({"rules", "*.conf"});
  ASSERT_EQ(found.rulesets.size(), 1u);
  EXPECT_EQ(found.rulesets[0].name, "");
  EXPECT_THAT(found.rulesets[0].inputs, ElementsAre("rules", "*.conf"));
}

TEST(EmbeddedFiles, ALocationsRulesComeBeforeThoseAroundIt) {
  const Found found("conf/nginx.conf", kNginx);
  ASSERT_EQ(found.rulesets.rulesets.size(), 3u);
  EXPECT_THAT(found.rulesets.rulesets[1].inputs,
              ElementsAre("conf/nginx.conf#2", "conf/nginx.conf#1"));
  EXPECT_THAT(found.rulesets.rulesets[2].inputs,
              ElementsAre("conf/sub/local.conf", "conf/nginx.conf#1"));
}

TEST(EmbeddedFiles, AVirtualHostsRulesComeBehindThoseOfTheServer) {
  const Found found("apache.conf", kApache);
  ASSERT_EQ(found.rulesets.rulesets.size(), 2u);
  EXPECT_THAT(found.rulesets.rulesets[1].inputs, ElementsAre("apache.conf#1", "apache.conf#2"));
}

TEST(EmbeddedFiles, DataOfTheSameObjectsIsReadAsFiles) {
  Found found("k8s/configmap.yaml", kConfigMap);
  EXPECT_EQ(found.files.read("k8s/words.data"), "admin\n");
  EXPECT_FALSE(found.files.read("other/words.data"));
}

struct ProblemCase {
  std::string path;
  std::string_view bytes;
  std::string problem;
};

TEST(EmbeddedFiles, SaysWhyRulesMayBeMissing) {
  const ProblemCase cases[] = {
      {"a.yaml", "a: [1\nb: 2\n", "a.yaml:2:2: "},
      {"a.yaml", "modsecurity-snippet: |\n  SecRule ARGS \"@rx a\" \"id:1,msg:'x'\"\n",
       "a.yaml:2:34: the controller puts this between single quotes, which end here: write \\' "
       "for a quote"},
      {"nginx.conf", "http {\n  modsecurity_rules 'SecRuleEngine On;\n}\n",
       "nginx.conf:2:21: this quote is not closed"},
      {"nginx.conf", "modsecurity_rules_remote k https://rules.example/;\nmodsecurity_rules 'a';",
       "nginx.conf:1:1: rules at an address are not fetched"},
      {"Caddyfile", ":80 {\n\tcoraza_waf {\n\t\tdirectives `\n",
       "Caddyfile:3:14: this quote is not "
       "closed"},
  };
  for (const ProblemCase& c : cases) {
    const Found found(c.path, c.bytes);
    ASSERT_EQ(found.rulesets.problems.size(), 1u) << c.bytes;
    EXPECT_TRUE(found.rulesets.problems[0].starts_with(c.problem)) << found.rulesets.problems[0];
  }
}

TEST(EmbeddedFiles, MisspelledDirectivesAreRules) {
  for (const auto& [path, bytes] :
       {std::pair("apache.conf", "<VirtualHost *>\nSecRuleEngin On\n</VirtualHost>\n"),
        std::pair("a.yaml", "any: |\n  SecRuleEngin On\n")}) {
    const Found found(path, bytes);
    EXPECT_FALSE(found.text_with(path, "SecRuleEngin").empty()) << path;
  }
}

TEST(EmbeddedFiles, OtherTextIsNoRules) {
  const Found found("a.yaml", "any: |\n  Section one\nother: Include all of them.\n");
  EXPECT_THAT(found.files.texts_of("a.yaml"), IsEmpty());
}

TEST(EmbeddedFiles, SaysWhatIsNotFollowed) {
  const Found found("nginx.conf",
                    "modsecurity_rules 'SecRuleEngine On';\ninclude conf.d/*.conf;\n");
  EXPECT_THAT(found.rulesets.notes, ElementsAre("nginx.conf: not followed: include conf.d/*.conf"));
}

TEST(EmbeddedFiles, SaysThatAFileHoldsNoRules) {
  const Found found("deploy.yaml", "kind: Deployment\nmetadata: {name: shop}\n");
  EXPECT_THAT(found.rulesets.rulesets, IsEmpty());
  EXPECT_THAT(found.rulesets.notes,
              ElementsAre("deploy.yaml holds no rules that wafcheck knows how to find"));
}

}  // namespace
}  // namespace wafcheck::formats
