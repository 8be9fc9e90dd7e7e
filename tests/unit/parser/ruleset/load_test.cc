#include <gmock/gmock.h>

#include <filesystem>
#include <set>

#include "parser/ruleset/ruleset.h"
#include "parser/syntax/syntax_checks.h"
#include "tests/unit/parser/support.h"

namespace wafcheck::parser {
namespace {

using testing::ElementsAre;
using testing::ElementsAreArray;
using testing::HasSubstr;
using testing::IsEmpty;

// -- one file
// --------------------------------------------------------------------------------------

struct LoadCase {
  std::string name;
  std::string text;
  std::vector<std::string> told;
};

class Load : public testing::TestWithParam<LoadCase> {};

TEST_P(Load, ReportsEachMistakeAtItsPlace) {
  EXPECT_THAT(told(load_text(GetParam().text)), ElementsAreArray(GetParam().told));
}

INSTANTIATE_TEST_SUITE_P(
    Rules, Load,
    testing::ValuesIn(std::vector<LoadCase>{
        {"nothing", "", {}},
        {"only_comments", "# a\n\n", {}},
        {"rule", "SecRule ARGS \"@rx a\" \"id:1,phase:2,deny\"", {}},
        {"action", "SecAction \"id:1,pass\"", {}},
        {"chain", "SecRule ARGS a \"id:1,chain\"\nSecRule ARGS b", {}},
        {"five_mistakes",
         "SecRull ARGS \"a\" \"id:1\"\n"
         "SecRule ARG \"a\" \"id:2\"\n"
         "SecRule ARGS \"@nosuch a\" \"id:3\"\n"
         "SecRule ARGS \"(a\" \"id:4,phase:9\"\n"
         "SecRule ARGS \"a\" \"phase:2\"\n",
         {"unknown-directive 1:1", "unknown-variable 2:9", "unknown-operator 3:15",
          "invalid-regex 4:16", "invalid-action-argument 4:31", "missing-id 5:1"}},
        {"missing_id_of_action", "SecAction pass", {"missing-id 1:1"}},
        {"missing_id_without_actions", "SecRule ARGS a", {"missing-id 1:1"}},
        {"id_zero", "SecAction id:0", {"invalid-action-argument 1:14"}},
        {"duplicate_id",
         "SecAction id:1\nSecRule ARGS a \"id:2\"\nSecAction \"pass,id:1\"",
         {"duplicate-id 3:20"}},
        {"too_few", "SecRule ARGS", {"invalid-directive-argument 1:1"}},
        {"too_many", "SecRule ARGS a \"id:1\" x", {"invalid-directive-argument 1:23"}},
        {"typographic_quotes",
         "SecRule ARGS \xE2\x80\x9C@rx a\xE2\x80\x9D \"id:1\"",
         {"non-utf8-or-bom 1:14", "non-utf8-or-bom 1:22", "invalid-directive-argument 1:26"}},
        {"dangling_at_end", "SecRule ARGS a \"id:1,chain\"", {"dangling-chain 1:22"}},
        {"dangling_before_marker",
         "SecRule ARGS a \"id:1,chain\"\nSecMarker b\nSecRule ARGS a \"id:2\"",
         {"dangling-chain 1:22"}},
        {"dangling_before_setting",
         "SecRule ARGS a \"id:1,chain\"\nSecRuleEngine On",
         {"dangling-chain 1:22"}},
        {"dangling_second_link",
         "SecRule ARGS a \"id:1,chain\"\nSecRule ARGS b chain",
         {"dangling-chain 2:16"}},
        {"action_in_chain",
         "SecRule ARGS a \"id:1,chain\"\nSecAction \"setvar:tx.a=1\"",
         {"action-in-chain 2:1"}},
        {"disruptive_link",
         "SecRule ARGS a \"id:1,deny,chain\"\n SecRule ARGS b \"t:none,deny\"",
         {"disruptive-action-in-chained-rule 2:25"}},
        {"metadata_on_link",
         "SecRule ARGS a \"id:1,deny,chain\"\n SecRule ARGS b \"id:2,msg:'x'\"",
         {"metadata-in-chained-rule 2:18", "metadata-in-chained-rule 2:23"}},
        // A rule that cannot be read takes nothing with it.
        {"broken_starter",
         "SecRule ARGS \"a \"id:1,chain\"\n SecRule ARGS b \"t:none\"\nSecAction id:2",
         {"unterminated-quote 1:14"}},
        {"broken_link",
         "SecRule ARGS a \"id:1,chain\"\n SecRule ARGS \"b\nSecAction id:2",
         {"unterminated-quote 2:15"}},
        {"misspelt_link",
         "SecRule ARGS a \"id:1,chain\"\n SecRull ARGS b\nSecAction id:2",
         {"unknown-directive 2:2"}},
        {"broken_rule_before_one_without_id",
         "SecRule ARGS \"b\nSecAction pass",
         {"unterminated-quote 1:14", "missing-id 2:1"}},
        {"open_value_swallows_the_id",
         "SecRule ARGS a \"msg:'b,id:1\"",
         {"unterminated-quote 1:21"}},
        {"rejected", "SecStreamInBodyInspection On", {"unsupported-feature 1:1"}},
        {"script", "SecRuleScript a.lua \"id:1\"", {}},
        {"remote_rules", "SecRemoteRules key https://example.com/rules", {}},
        {"rejected_but_off", "SecStreamInBodyInspection Off", {}},
        {"missing_phrases",
         "SecRule ARGS \"@pmFromFile nowhere.data\" \"id:1\"",
         {"missing-data-file 1:27"}},
        {"second_of_two_files",
         "SecRule ARGS \"@pmf a.conf b.data\" \"id:1\"",
         {"missing-data-file 1:27"}},
        {"missing_networks",
         "SecRule ARGS \"!@ipMatchFromFile ips\" \"id:1\"",
         {"missing-data-file 1:33"}},
        {"missing_map", "SecUnicodeMapFile u.mapping 20127", {"missing-data-file 1:19"}},
    }),
    [](const auto& test) { return test.param.name; });

INSTANTIATE_TEST_SUITE_P(
    DefaultActions, Load,
    testing::ValuesIn(std::vector<LoadCase>{
        {"good", "SecDefaultAction \"phase:1,log,pass\"\nSecDefaultAction \"phase:2,deny\"", {}},
        {"no_phase", "SecDefaultAction \"log,pass\"", {"defaultaction-conflict 1:18"}},
        {"no_disruptive", "SecDefaultAction \"phase:1,log\"", {"defaultaction-conflict 1:18"}},
        {"block", "SecDefaultAction \"phase:1,block\"", {"defaultaction-conflict 1:18"}},
        {"metadata",
         "SecDefaultAction \"phase:1,id:1,pass,chain\"",
         {"defaultaction-conflict 1:27", "defaultaction-conflict 1:37"}},
        {"second_of_a_phase",
         "SecDefaultAction \"phase:1,pass\"\nSecDefaultAction \"phase:1,deny\"",
         {"defaultaction-conflict 2:1"}},
        {"bad_phase", "SecDefaultAction \"phase:7,pass\"", {"invalid-action-argument 1:25"}},
    }),
    [](const auto& test) { return test.param.name; });

INSTANTIATE_TEST_SUITE_P(
    Settings, Load,
    testing::ValuesIn(std::vector<LoadCase>{
        {"choice", "SecRuleEngine detectiononly", {}},
        {"bad_choice", "SecRuleEngine Onn", {"invalid-directive-argument 1:15"}},
        {"no_argument", "SecRuleEngine", {"invalid-directive-argument 1:1"}},
        {"two_arguments", "SecRuleEngine On Off", {"invalid-directive-argument 1:18"}},
        {"number", "SecRequestBodyLimit 13107200", {}},
        {"bad_number", "SecRequestBodyLimit 12MB", {"invalid-directive-argument 1:21"}},
        {"negative", "SecRequestBodyLimit -1", {"invalid-directive-argument 1:21"}},
        {"huge", "SecRequestBodyLimit 9223372036854775808", {"invalid-directive-argument 1:21"}},
        {"in_range", "SecDebugLogLevel 9", {}},
        {"out_of_range", "SecDebugLogLevel 10", {"invalid-directive-argument 1:18"}},
        {"octal", "SecUploadFileMode 0640\nSecUploadFileMode default", {}},
        {"bad_octal", "SecUploadFileMode 0680", {"invalid-directive-argument 1:19"}},
        {"character", "SecArgumentSeparator ;", {}},
        {"bad_character", "SecArgumentSeparator \"&&\"", {"invalid-directive-argument 1:22"}},
        {"nothing", "SecResponseBodyMimeTypesClear", {}},
        {"not_nothing", "SecResponseBodyMimeTypesClear a", {"invalid-directive-argument 1:31"}},
        {"words", "SecResponseBodyMimeType text/plain text/html", {}},
        {"regex", "SecAuditLogRelevantStatus \"^(?:5|4(?!04))\"", {}},
        {"bad_regex", "SecAuditLogRelevantStatus \"^(?:5|4\"", {"invalid-regex 1:34"}},
        {"parts", "SecAuditLogParts ABIJDEFHZ", {}},
        {"bad_parts", "SecAuditLogParts A,B", {"invalid-directive-argument 1:18"}},
        {"empty_text", "SecComponentSignature \"\"", {"invalid-directive-argument 1:23"}},
        {"map_without_codepage", "SecUnicodeMapFile a.conf", {"invalid-directive-argument 1:1"}},
        {"map_with_bad_codepage",
         "SecUnicodeMapFile a.conf x",
         {"invalid-directive-argument 1:26"}},
        {"empty_marker", "SecMarker \"\"", {"invalid-directive-argument 1:11"}},
    }),
    [](const auto& test) { return test.param.name; });

TEST(LoadMessages, NameTheTextAndWhatWasExpected) {
  struct Case {
    std::string text;
    std::string message;
    std::string help;
  };
  for (const Case& c :
       {Case{"SecRuleEngine Onn", "SecRuleEngine does not know Onn",
             "write On, Off or DetectionOnly"},
        Case{"SecAuditEngine RelevantOnl", "SecAuditEngine does not know RelevantOnl",
             "did you mean RelevantOnly?"},
        Case{"SecRull A b", "unknown directive SecRull", "did you mean SecRule?"},
        Case{"SecRequestBodyLimit 1k", "SecRequestBodyLimit wants a number, not 1k",
             "write SecRequestBodyLimit bytes"},
        Case{"SecRule ARGS \xE2\x80\x9C"
             "a b\xE2\x80\x9D id:1",
             "SecRule takes 3 arguments, but id:1 follows too",
             "write \" for each typographic quote"}}) {
    RulesetModel ruleset = load_text(c.text);
    // The quotes themselves are warned of besides.
    std::erase_if(ruleset.diagnostics,
                  [](const Diagnostic& d) { return d.check == "non-utf8-or-bom"; });
    ASSERT_EQ(ruleset.diagnostics.size(), 1u) << c.text;
    EXPECT_EQ(ruleset.diagnostics[0].message, c.message);
    EXPECT_THAT(ruleset.diagnostics[0].help, HasSubstr(c.help));
  }
}

TEST(LoadMessages, NameTheRuleAndTheOtherPlace) {
  const RulesetModel ruleset = load_text(
      "SecRule ARGS a \"id:7,chain\"\n SecRule ARGS (\nSecAction id:8\nSecAction id:8\n"
      "SecRule ARGS \"a\" \"id:9,\n phase:2\"\n");
  EXPECT_THAT(told(ruleset),
              ElementsAre("invalid-regex 2:15", "duplicate-id 4:14", "broken-continuation 5:23"));
  EXPECT_EQ(ruleset.diagnostics[0].rule_id, 7u);
  EXPECT_EQ(ruleset.diagnostics[1].rule_id, 8u);
  ASSERT_EQ(ruleset.diagnostics[1].related.size(), 1u);
  EXPECT_EQ(ruleset.sources.begin_of(ruleset.diagnostics[1].related[0].span).line, 3u);
  EXPECT_EQ(ruleset.diagnostics[2].rule_id, 9u);
}

TEST(LoadMessages, TextThatIsNoRulesIsGivenUp) {
  std::string text;
  for (int i = 0; i < 1000; ++i) text += "some words\n";
  EXPECT_EQ(load_text(text).diagnostics.size(), 21u);
}

TEST(LoadModel, ChainsAreJoined) {
  const RulesetModel ruleset = load_text(
      "SecAction id:1\n"
      "SecRule ARGS a \"id:2,phase:1,chain\"\n SecRule ARGS b chain\n SecRule ARGS c\n"
      "SecMarker m\nSecRule ARGS d \"id:3\"\n");
  ASSERT_EQ(ruleset.rules.size(), 5u);
  EXPECT_EQ(ruleset.rules[1].links, 3u);
  for (RuleIndex i = 1; i <= 3; ++i) {
    EXPECT_EQ(ruleset.rules[i].starter, 1u);
    EXPECT_EQ(ruleset.rules[i].link, i - 1);
    EXPECT_EQ(ruleset.rules[i].phase, 1);
  }
  EXPECT_EQ(ruleset.rules[4].starter, 4u);
  EXPECT_EQ(ruleset.rules[4].phase, 2);
  ASSERT_EQ(ruleset.markers.size(), 1u);
  EXPECT_EQ(ruleset.markers[0].name, "m");
  EXPECT_EQ(ruleset.markers[0].before, 4u);
  EXPECT_EQ(ruleset.find(3), &ruleset.rules[4]);
  EXPECT_EQ(ruleset.find(4), nullptr);
}

TEST(LoadModel, SettingsKeepTheirOrderAndNumbers) {
  const RulesetModel ruleset =
      load_text("SecRuleEngine On\nSecRequestBodyLimit 5\nSecUploadFileMode 0640\n");
  ASSERT_EQ(ruleset.settings.size(), 3u);
  EXPECT_EQ(ruleset.settings[0].id, Directive::SecRuleEngine);
  EXPECT_EQ(ruleset.settings[0].arguments[0].str(), "On");
  EXPECT_EQ(ruleset.settings[1].number, 5);
  EXPECT_EQ(ruleset.settings[2].number, 0640);
}

TEST(LoadModel, DatasetsDropBlankLinesAndComments) {
  const RulesetModel ruleset = load_text("SecDataset n `\n a \n\n# b\nc d\r\n`\n");
  EXPECT_THAT(told(ruleset), IsEmpty());
  ASSERT_EQ(ruleset.datasets.size(), 1u);
  EXPECT_EQ(ruleset.datasets[0].name, "n");
  EXPECT_THAT(ruleset.datasets[0].entries, ElementsAre("a", "c d"));
}

TEST(LoadModel, IgnoredRuleErrorsLeaveTheRuleOut) {
  const RulesetModel ruleset =
      load_text("SecIgnoreRuleCompilationErrors On\nSecRule ARGS ( \"id:1\"\nSecAction id:2\n");
  ASSERT_EQ(ruleset.diagnostics.size(), 1u);
  EXPECT_EQ(ruleset.diagnostics[0].severity, Severity::warning);
  EXPECT_EQ(ruleset.find(1), nullptr);
  EXPECT_NE(ruleset.find(2), nullptr);
}

TEST(LoadModel, OfMergedInputsEarlierSettingsAndLaterDefaultsHold) {
  MemoryFiles files(
      {{"child.conf",
        "SecRuleEngine Off\nSecRuleEngine On\n"
        "SecDefaultAction phase:1,deny,status:401\nSecRule ARGS a id:1,phase:1,block\n"},
       {"parent.conf",
        "SecRuleEngine DetectionOnly\nSecSensorId parent\n"
        "SecDefaultAction phase:1,deny,status:402\nSecRule ARGS a id:2,phase:1,block\n"}});
  LoadOptions options;
  options.files = &files;
  options.profile = Profile::modsecurity3;
  options.merge_inputs = true;
  const RulesetModel ruleset = load_model({"child.conf", "parent.conf"}, options);
  EXPECT_EQ(told(ruleset), std::vector<std::string>());
  EXPECT_EQ(ruleset.last_setting(Directive::SecRuleEngine)->arguments[0].view(), "On");
  EXPECT_EQ(ruleset.last_setting(Directive::SecSensorId)->arguments[0].view(), "parent");
  ASSERT_EQ(ruleset.rules.size(), 2u);
  EXPECT_EQ(ruleset.rules[0].id, 1u);
  EXPECT_EQ(ruleset.rules[0].find(Action::status)->raw, "402");
  EXPECT_EQ(ruleset.rules[1].find(Action::status)->raw, "402");
}

TEST(LoadModel, OfInputsThatAreNotMergedTheLastSettingHolds) {
  MemoryFiles files({{"a.conf", "SecSensorId a\n"}, {"b.conf", "SecSensorId b\n"}});
  LoadOptions options;
  options.files = &files;
  const RulesetModel ruleset = load_model({"a.conf", "b.conf"}, options);
  EXPECT_EQ(ruleset.last_setting(Directive::SecSensorId)->arguments[0].view(), "b");
}

RulesetModel load_skipping(std::string text) {
  MemoryFiles files({{"a.conf", std::move(text)}});
  LoadOptions options;
  options.files = &files;
  options.skip_invalid = true;
  return load_model({"a.conf"}, options);
}

std::vector<std::string> dropped(const RulesetModel& ruleset) {
  std::vector<std::string> lines;
  for (const Dropped& one : ruleset.dropped) {
    lines.push_back(fmt::format("{}:{}", ruleset.sources.begin_of(one.span).line,
                                one.id ? std::to_string(*one.id) : "-"));
  }
  return lines;
}

TEST(LoadModel, IgnoredRuleErrorsAreRuleThatWereDropped) {
  const RulesetModel ruleset =
      load_text("SecIgnoreRuleCompilationErrors On\nSecRule ARGS ( \"id:1\"\nSecAction id:2\n");
  EXPECT_EQ(dropped(ruleset), (std::vector<std::string>{"2:1"}));
  EXPECT_EQ(ruleset.diagnostics[0].effect, Effect::dropped);
}

TEST(LoadModel, ARuleThatAnEngineLoadsInVainIsDropped) {
  const RulesetModel ruleset = load_text("SecRule ARGS ( \"id:1\"", Profile::modsecurity3);
  EXPECT_FALSE(has_errors(ruleset.diagnostics));
  EXPECT_EQ(dropped(ruleset), (std::vector<std::string>{"1:1"}));
}

TEST(LoadModel, SkippingLeavesOutWhatDoesNotLoad) {
  struct Row {
    std::string text;
    std::vector<std::string> dropped;
    std::vector<uint64_t> left;  ///< ids
  };
  const Row rows[] = {
      {"SecRule ARGS ( \"id:1\"\nSecAction id:2", {"1:1"}, {2}},
      {"SecRul ARGS a \"id:1\"\nSecAction id:2", {"1:-"}, {2}},
      {"SecAction id:1\nSecRule ARGS a \"id:1\"\nSecAction id:2", {"2:1"}, {1, 2}},
      {"SecRuleEngine Yes\nSecAction id:2", {"1:-"}, {2}},
      {"SecRule ARGS a \"id:1,unclosed:'\nSecAction id:2", {"1:-"}, {2}},
      // All of a chain or nothing of it.
      {"SecRule ARGS a \"id:1,chain\"\nSecRule ARGS (\nSecAction id:2", {"2:1"}, {2}},
      {"SecRule ARGS a \"id:1,chain\"\nSecRule ARGS ( \"chain\"\nSecRule ARGS b\nSecAction id:2",
       {"2:1"},
       {2}},
      {"SecRule ARGS ( \"id:1,chain\"\nSecRule ARGS b\nSecAction id:2", {"1:1"}, {2}},
      {"SecRule ARGS a \"id:1,chain\"\nSecRule ARGS b \"deny\"\nSecAction id:2", {"2:1"}, {2}},
      {"SecAction id:2\nSecRule ARGS a \"id:1,chain\"", {"2:1"}, {2}},
  };
  for (const Row& row : rows) {
    SCOPED_TRACE(row.text);
    const RulesetModel ruleset = load_skipping(row.text);
    EXPECT_FALSE(has_errors(ruleset.diagnostics));
    EXPECT_EQ(dropped(ruleset), row.dropped);
    std::vector<uint64_t> left;
    for (const Rule& rule : ruleset.rules) left.push_back(rule.id.value_or(0));
    EXPECT_EQ(left, row.left);
    EXPECT_EQ(ruleset.by_id.size(), row.left.size());
  }
}

TEST(LoadModel, SkippingIsNotForFilesThatAreMissing) {
  EXPECT_TRUE(has_errors(load_skipping("Include missing.conf\nSecAction id:1").diagnostics));
}

TEST(LoadModel, AChainEndsWithItsSection) {
  const RulesetModel ruleset = load_text(
      "<LocationMatch /a>\nSecRule ARGS a \"id:1,chain\"\n</LocationMatch>\n"
      "<LocationMatch /b>\nSecRule ARGS a \"id:2\"\n</LocationMatch>\n");
  std::vector<std::string> errors;
  for (const Diagnostic& diagnostic : ruleset.diagnostics) {
    if (diagnostic.severity == Severity::error) errors.emplace_back(diagnostic.check);
  }
  EXPECT_EQ(errors, std::vector<std::string>{"dangling-chain"});
  ASSERT_NE(ruleset.find(2), nullptr);
  EXPECT_TRUE(ruleset.find(2)->is_starter());
}

TEST(LoadModel, TheShippedMapServesWhereOneIsMissing) {
  MemoryFiles files({{"a.conf", "SecUnicodeMapFile unicode.mapping 20127\nSecAction id:1"},
                     {"shipped/unicode.mapping", "20127 (US-ASCII)\n00e9:65\n"}});
  LoadOptions options;
  options.files = &files;
  options.shipped_rules = "shipped";
  const RulesetModel ruleset = load_model({"a.conf"}, options);
  EXPECT_FALSE(has_errors(ruleset.diagnostics));
  ASSERT_EQ(ruleset.diagnostics.size(), 1u);
  EXPECT_EQ(ruleset.diagnostics[0].effect, Effect::told);
  ASSERT_EQ(ruleset.settings.size(), 1u);
  EXPECT_EQ(ruleset.settings[0].arguments[0].view(), "shipped/unicode.mapping");
}

TEST(LoadModel, TheFirstFileIsReadOnce) {
  MemoryFiles files(
      {{"first.conf", "SecAction id:1"}, {"a.conf", "Include first.conf\nSecAction id:2"}});
  LoadOptions options;
  options.files = &files;
  options.first = "first.conf";
  const RulesetModel ruleset = load_model({"a.conf"}, options);
  EXPECT_EQ(told(ruleset), std::vector<std::string>());
  ASSERT_EQ(ruleset.rules.size(), 2u);
  EXPECT_EQ(ruleset.rules[0].id, 1u);
}

TEST(LoadModel, AContextIsReadBeforeAndMarked) {
  MemoryFiles files({{"all/a.conf", "SecAction id:1"}, {"all/b.conf", "SecAction id:2"}});
  LoadOptions options;
  options.files = &files;
  options.context = {"all/a.conf", "all/b.conf"};
  const RulesetModel ruleset = load_model({"all/b.conf"}, options);
  EXPECT_EQ(told(ruleset), std::vector<std::string>());
  ASSERT_EQ(ruleset.files.size(), 2u);
  EXPECT_TRUE(ruleset.files[0].context);
  EXPECT_FALSE(ruleset.files[1].context);
}

TEST(LoadModel, DirectoriesWithoutRulesAreSearchedWhereAsked) {
  MemoryFiles files({{"crs/rules/a.conf", "SecAction id:1"},
                     {"crs/plugins/x/b.conf", "SecAction id:2"},
                     {"crs/README", ""}});
  LoadOptions options;
  options.files = &files;
  EXPECT_EQ(told(load_model({"crs"}, options)), std::vector<std::string>{"file-unreadable 0:0"});
  options.search_below = true;
  const RulesetModel ruleset = load_model({"crs"}, options);
  ASSERT_EQ(ruleset.rules.size(), 2u);
  EXPECT_EQ(ruleset.rules[0].id, 2u);
  ASSERT_EQ(ruleset.diagnostics.size(), 1u);
  EXPECT_EQ(ruleset.diagnostics[0].severity, Severity::info);
}

TEST(LoadModel, JsonIsNamed) {
  const RulesetModel ruleset = load_text("\n{\"log\":{}}\n");
  ASSERT_EQ(ruleset.diagnostics.size(), 1u);
  EXPECT_EQ(ruleset.diagnostics[0].message, "this is JSON, not rules");
}

TEST(LoadModel, LinkMetadataIsAnErrorOnlyToModSecurity2) {
  const std::string text = "SecRule ARGS a \"id:1,chain\"\nSecRule ARGS b \"id:2\"";
  EXPECT_FALSE(has_errors(load_text(text).diagnostics));
  EXPECT_TRUE(has_errors(load_text(text, Profile::modsecurity2).diagnostics));
}

// -- includes
// --------------------------------------------------------------------------------------

struct Loaded {
  Loaded(std::map<std::string, std::string> given, const std::vector<std::string>& inputs,
         LoadOptions options = {})
      : files(std::move(given)) {
    options.files = &files;
    ruleset = load_model(inputs, options);
  }
  std::vector<std::string> paths() const {
    std::vector<std::string> out;
    for (const LoadedFile& file : ruleset.files) out.push_back(ruleset.sources[file.file].path);
    return out;
  }
  MemoryFiles files;
  RulesetModel ruleset;
};

TEST(Includes, AreFollowedInOrder) {
  const Loaded loaded({{"etc/main.conf", "Include one.conf\nInclude rules/*.conf\nSecAction id:4"},
                       {"etc/one.conf", "SecAction id:1"},
                       {"etc/rules/b.conf", "SecAction id:3"},
                       {"etc/rules/a.conf", "SecAction id:2"},
                       {"etc/rules/c.data", "x"}},
                      {"etc/main.conf"});
  EXPECT_THAT(told(loaded.ruleset), IsEmpty());
  EXPECT_THAT(loaded.paths(),
              ElementsAre("etc/main.conf", "etc/one.conf", "etc/rules/a.conf", "etc/rules/b.conf"));
  ASSERT_EQ(loaded.ruleset.rules.size(), 4u);
  for (size_t i = 0; i < 4; ++i) EXPECT_EQ(loaded.ruleset.rules[i].id, i + 1);
  EXPECT_FALSE(loaded.ruleset.files[0].included_by);
  ASSERT_TRUE(loaded.ruleset.files[2].included_by);
  EXPECT_EQ(loaded.ruleset.sources.text(*loaded.ruleset.files[2].included_by),
            "Include rules/*.conf");
}

TEST(Includes, AChainGoesOnAcrossThem) {
  const Loaded loaded(
      {{"main.conf",
        "SecRule ARGS a \"id:1,chain\"\nInclude links.conf\nSecRule ARGS c\nSecAction id:2"},
       {"links.conf", "SecRule ARGS b chain"}},
      {"main.conf"});
  EXPECT_THAT(told(loaded.ruleset), IsEmpty());
  ASSERT_EQ(loaded.ruleset.rules.size(), 4u);
  EXPECT_EQ(loaded.ruleset.rules[0].links, 3u);
}

TEST(Includes, AChainEndsWithTheFileThatIsNoInclude) {
  const Loaded loaded({{"a.conf", "Include b.conf"},
                       {"b.conf", "SecRule ARGS a \"id:1,chain\""},
                       {"c.conf", "SecRule ARGS a \"id:2\""}},
                      {"a.conf", "c.conf"});
  EXPECT_THAT(told(loaded.ruleset), ElementsAre("dangling-chain 1:22"));
}

TEST(Includes, StandBesideTheFileThenInTheWorkingDirectory) {
  const Loaded loaded({{"etc/main.conf", "Include a.conf\nInclude b.conf\nInclude /c.conf"},
                       {"etc/a.conf", ""},
                       {"a.conf", ""},
                       {"b.conf", ""},
                       {"/c.conf", ""}},
                      {"etc/main.conf"});
  EXPECT_THAT(told(loaded.ruleset), IsEmpty());
  EXPECT_THAT(loaded.paths(), ElementsAre("etc/main.conf", "etc/a.conf", "b.conf", "/c.conf"));
}

TEST(Includes, OfADirectoryTakeItsRules) {
  const Loaded loaded({{"main.conf", "Include rules"},
                       {"rules/b.conf", ""},
                       {"rules/a.conf", ""},
                       {"rules/a.txt", ""},
                       {"rules/deep/c.conf", ""}},
                      {"main.conf"});
  EXPECT_THAT(loaded.paths(), ElementsAre("main.conf", "rules/a.conf", "rules/b.conf"));
}

TEST(Includes, ThatLeadNowhereListWhatWasTried) {
  const Loaded loaded({{"etc/main.conf",
                        "Include no.conf\nIncludeOptional no.conf\n"
                        "Include no/*.conf\nIncludeOptional no/*.conf"}},
                      {"etc/main.conf"});
  EXPECT_THAT(told(loaded.ruleset), ElementsAre("include-not-found 1:9", "include-not-found 3:9"));
  EXPECT_EQ(loaded.ruleset.diagnostics[0].help,
            "looked at etc/no.conf (No such file or directory), no.conf (No such file or "
            "directory)");
  EXPECT_EQ(loaded.ruleset.diagnostics[1].help,
            "looked at etc/no/*.conf (no file matches), no/*.conf (no file matches)");
}

TEST(Includes, InCirclesAreCut) {
  const Loaded loaded({{"a.conf", "Include b.conf\nSecAction id:1"},
                       {"b.conf", "Include ./a.conf\nSecAction id:2"}},
                      {"a.conf"});
  EXPECT_THAT(told(loaded.ruleset), ElementsAre("include-cycle 1:1"));
  EXPECT_EQ(loaded.ruleset.rules.size(), 2u);
}

TEST(Includes, AreLimitedInDepth) {
  std::map<std::string, std::string> files;
  for (size_t i = 0; i < kMaxIncludeDepth + 5; ++i) {
    files[fmt::format("{}.conf", i)] = fmt::format("Include {}.conf", i + 1);
  }
  const Loaded loaded(std::move(files), {"0.conf"});
  EXPECT_THAT(told(loaded.ruleset), ElementsAre("include-limit 1:1"));
  EXPECT_EQ(loaded.ruleset.files.size(), kMaxIncludeDepth);
}

TEST(Includes, AreLimitedInNumber) {
  // Each level includes the next ten times.
  std::string ten;
  std::map<std::string, std::string> files;
  for (int level = 0; level < 8; ++level) {
    ten.clear();
    for (int i = 0; i < 10; ++i) ten += fmt::format("Include {}.conf\n", level + 1);
    files[fmt::format("{}.conf", level)] = ten;
  }
  files["8.conf"] = "";
  const Loaded loaded(std::move(files), {"0.conf"});
  ASSERT_EQ(loaded.ruleset.diagnostics.size(), 1u);
  EXPECT_EQ(loaded.ruleset.diagnostics[0].check, "include-limit");
  EXPECT_EQ(loaded.ruleset.files.size(), 9U) << "each file once";
}

TEST(Includes, ReadAgainAddRulesAndNoFindings) {
  const Loaded loaded({{"a.conf", "Include b.conf\nInclude b.conf\nInclude b.conf\n"},
                       {"b.conf", "SecRule NOPE a \"id:1\"\nSecAction pass\n"}},
                      {"a.conf"});
  EXPECT_THAT(told(loaded.ruleset),
              ElementsAre("unknown-variable 1:9", "duplicate-id 1:20", "missing-id 2:1"));
  EXPECT_EQ(loaded.ruleset.sources.size(), 2U);
  EXPECT_EQ(loaded.ruleset.rules.size(), 6U);
}

TEST(Findings, OverTheLimitAreCounted) {
  std::string text;
  for (size_t i = 0; i < kMaxFindingsOfFile + 1000; ++i) text += "\\\n";
  text += "SecAction pass\n";
  const RulesetModel ruleset = load_text(text);
  ASSERT_EQ(ruleset.diagnostics.size(), kMaxFindingsOfFile + 1);
  const Diagnostic& last = ruleset.diagnostics.back();
  EXPECT_EQ(last.check, "findings-left-out");
  EXPECT_EQ(last.severity, Severity::error);
  EXPECT_EQ(last.left_out, 1001U);
  EXPECT_THAT(last.message, HasSubstr("1001 more findings are left out"));
}

TEST(Findings, OfAllFilesAreLimited) {
  std::map<std::string, std::string> files;
  std::string main, many;
  for (size_t i = 0; i < kMaxFindingsOfFile; ++i) many += "\\\n";
  for (size_t i = 0; i < 10; ++i) {
    files[fmt::format("{}.conf", i)] = many;
    main += fmt::format("Include {}.conf\n", i);
  }
  files["main.conf"] = main;
  const Loaded loaded(std::move(files), {"main.conf"});
  size_t left_out = 0;
  for (const Diagnostic& diagnostic : loaded.ruleset.diagnostics) left_out += diagnostic.left_out;
  EXPECT_EQ(loaded.ruleset.diagnostics.size(), kMaxFindings + 6);
  EXPECT_EQ(left_out, 10 * kMaxFindingsOfFile - kMaxFindings);
}

TEST(Limits, OfWhatARulesetHolds) {
  const auto first_error = [](const RulesetModel& ruleset) {
    for (const Diagnostic& diagnostic : ruleset.diagnostics) {
      if (diagnostic.check == "include-limit") return diagnostic.message;
    }
    return std::string("none");
  };
  std::string targets = "SecRule ARGS";
  for (size_t i = 0; i < kMaxItemsOfDirective; ++i) targets += "|ARGS";
  EXPECT_THAT(first_error(load_text(targets + " a \"id:1\"")),
              HasSubstr("more than 100000 targets"));
  std::string actions = "SecAction \"id:1,pass";
  for (size_t i = 0; i < kMaxItemsOfDirective; ++i) actions += ",log";
  EXPECT_THAT(first_error(load_text(actions + "\"")), HasSubstr("more than 100000 actions"));
  std::string arguments = "SecComponentSignature";
  for (size_t i = 0; i <= kMaxItemsOfDirective; ++i) arguments += " a";
  EXPECT_THAT(first_error(load_text(arguments)), HasSubstr("more than 100000 arguments"));
  std::string directives;
  for (size_t i = 0; i <= kMaxItems; ++i) directives += "SecMarker\n";
  EXPECT_THAT(first_error(load_text(directives)), HasSubstr("1050000 directives and arguments"));
  std::string main;
  for (size_t i = 0; i < 25; ++i) main += "Include many.conf\n";
  std::string many;
  for (size_t i = 0; i < 25'000; ++i) many += "SecMarker a\n";
  const Loaded loaded({{"main.conf", main}, {"many.conf", many}}, {"main.conf"});
  EXPECT_THAT(first_error(loaded.ruleset), HasSubstr("no rule is read from here on"));
}

TEST(Includes, KnowCorazasNames) {
  LoadOptions options;
  options.crs = "crs";
  options.shipped_rules = "share";
  const Loaded loaded({{"a.conf",
                        "Include @recommended-conf\nInclude @crs-setup-conf\n"
                        "Include @owasp_crs/*.conf\nInclude @owasp_crs/R-1.conf"},
                       {"share/wafcheck/recommended.conf", ""},
                       {"crs/crs-setup.conf.example", ""},
                       {"crs/rules/R-1.conf", ""}},
                      {"a.conf"}, options);
  EXPECT_THAT(told(loaded.ruleset), IsEmpty());
  EXPECT_THAT(loaded.paths(), ElementsAre("a.conf", "share/wafcheck/recommended.conf",
                                          "crs/crs-setup.conf.example", "crs/rules/R-1.conf"));
  const Loaded without({{"a.conf", "Include @owasp_crs/*.conf"}}, {"a.conf"});
  EXPECT_THAT(told(without.ruleset), ElementsAre("include-not-found 1:9"));
}

TEST(Inputs, AreFilesDirectoriesAndGlobs) {
  const Loaded loaded({{"b.conf", ""}, {"d/2.conf", ""}, {"d/1.conf", ""}, {"g/x1", ""}},
                      {"b.conf", "d", "g/x?"});
  EXPECT_THAT(told(loaded.ruleset), IsEmpty());
  EXPECT_THAT(loaded.paths(), ElementsAre("b.conf", "d/1.conf", "d/2.conf", "g/x1"));
}

TEST(Inputs, ThatCannotBeReadDoNotHideTheOthers) {
  const Loaded loaded({{"b.conf", "SecAction id:1"}, {"d/x", ""}}, {"a.conf", "d", "b.conf"});
  ASSERT_EQ(loaded.ruleset.diagnostics.size(), 2u);
  EXPECT_EQ(loaded.ruleset.diagnostics[0].message,
            "cannot read a.conf (No such file or directory)");
  EXPECT_EQ(loaded.ruleset.diagnostics[1].message, "d holds no *.conf");
  EXPECT_EQ(loaded.ruleset.rules.size(), 1u);
}

TEST(Inputs, DirectivesOfTheCommandLineComeLast) {
  LoadOptions options;
  options.directives = {"SecRuleEngine Off", "SecRuleRemoveById 1", "SecRuleEngine Maybe"};
  const Loaded loaded({{"a.conf", "SecRuleEngine On\nSecAction id:1"}}, {"a.conf"}, options);
  ASSERT_EQ(loaded.ruleset.settings.size(), 2u);
  EXPECT_EQ(loaded.ruleset.settings[1].arguments[0].str(), "Off");
  EXPECT_TRUE(loaded.ruleset.rules[0].removed());
  ASSERT_EQ(loaded.ruleset.diagnostics.size(), 1u);
  const Place place = loaded.ruleset.sources.begin_of(loaded.ruleset.diagnostics[0].span);
  EXPECT_EQ(place.path, "<command line>");
  EXPECT_EQ(place.line, 3u);
}

TEST(DataFiles, StandBesideTheRulesThenInTheWorkingDirectory) {
  Loaded loaded({{"etc/a.conf", "SecRule ARGS \"@pmf x.data y.data\" \"id:1\""},
                 {"etc/x.data", "beside"},
                 {"x.data", "elsewhere"},
                 {"y.data", "working directory"}},
                {"etc/a.conf"});
  EXPECT_THAT(told(loaded.ruleset), IsEmpty());
  const Span at = loaded.ruleset.rules[0].span;
  EXPECT_EQ(read_data_file(loaded.ruleset, loaded.files, at, "x.data"), "beside");
  EXPECT_EQ(read_data_file(loaded.ruleset, loaded.files, at, "y.data"), "working directory");
  const auto missing = read_data_file(loaded.ruleset, loaded.files, at, "z");
  ASSERT_FALSE(missing);
  EXPECT_EQ(missing.error().message,
            "cannot read z: etc/z (No such file or directory), z (No such file or directory)");
}

TEST(DiskFiles, AreReadWholeOrRefusedWithTheReason) {
  const std::string folder = testing::TempDir() + "/wafcheck_disk_[x]";
  std::filesystem::create_directories(folder);
  for (const char* name : {"b.conf", "a.conf", "c.data"}) {
    std::FILE* const file = std::fopen((folder + "/" + name).c_str(), "wb");
    ASSERT_NE(file, nullptr);
    std::fputs("# \xff\n", file);
    std::fclose(file);
  }
  EXPECT_EQ(disk().read(folder + "/a.conf"), "# \xff\n");
  EXPECT_FALSE(disk().read(folder));
  EXPECT_FALSE(disk().read("/dev/zero"));
  EXPECT_TRUE(disk().is_directory(folder));
  EXPECT_FALSE(disk().is_directory(folder + "/a.conf"));
  // The directory's name looks like a pattern.
  const RulesetModel ruleset = load_model({folder});
  EXPECT_THAT(told(ruleset), IsEmpty());
  ASSERT_EQ(ruleset.files.size(), 2u);
  EXPECT_EQ(ruleset.sources[0].path, folder + "/a.conf");
  std::filesystem::remove_all(folder);
}

// -- size and corpora
// ------------------------------------------------------------------------------

TEST(LoadSize, ManyRulesAreRead) {
  std::string text;
  for (int i = 1; i <= 100'000; ++i) {
    text += fmt::format(
        "SecRule ARGS|REQUEST_URI \"@contains x{}\" \"id:{},phase:2,deny,tag:'a'\"\n", i, i);
  }
  for (int i = 1; i <= 10'000; ++i) text += fmt::format("SecRuleRemoveById {}\n", i);
  const RulesetModel ruleset = load_text(text);
  EXPECT_THAT(told(ruleset), IsEmpty());
  EXPECT_EQ(ruleset.rules.size(), 100'000u);
}

std::vector<std::string> shown_diagnostics(const RulesetModel& ruleset) {
  std::vector<std::string> out;
  for (const Diagnostic& diagnostic : ruleset.diagnostics) {
    const Place place = ruleset.sources.begin_of(diagnostic.span);
    out.push_back(
        fmt::format("{}:{}:{}: {}", place.path, place.line, place.column, diagnostic.message));
  }
  return out;
}

TEST(LoadCrs, GivesNoDiagnostic) {
  if (shared_folder().empty()) GTEST_SKIP() << "no shared test data";
  for (const char* file : {"regression.conf", "pl1.conf", "pl4.conf"}) {
    const RulesetModel ruleset = load_model({shared_folder() + "/crs/" + file});
    EXPECT_GT(ruleset.rules.size(), 600u) << file;
    EXPECT_THAT(shown_diagnostics(ruleset), IsEmpty());
  }
}

TEST(LoadCrs, OfThePackageGivesNoDiagnostic) {
  const std::string rules = "/usr/share/modsecurity-crs/rules";
  const std::string setup = "/etc/modsecurity/crs/crs-setup.conf";
  if (!disk().is_directory(rules)) GTEST_SKIP() << "modsecurity-crs is not installed";
  std::vector<std::string> inputs = {rules};
  if (disk().read(setup)) inputs.insert(inputs.begin(), setup);
  const RulesetModel ruleset = load_model(inputs);
  EXPECT_GT(ruleset.rules.size(), 600u);
  EXPECT_THAT(shown_diagnostics(ruleset), IsEmpty());
}

TEST(LoadSeeds, GiveTheChecksThatAreTheLoaders) {
  if (shared_folder().empty()) GTEST_SKIP() << "no shared test data";
  std::set<std::string> codes;
  for (const SyntaxCheckInfo& check : syntax_checks()) codes.emplace(check.code);
  size_t seeds = 0;
  for (const auto& entry : std::filesystem::directory_iterator(shared_folder() + "/lint-seeds")) {
    const std::string path = entry.path().string();
    const std::string stem = entry.path().stem().string();
    const std::string code = stem.substr(stem.find('-') + 1);
    ++seeds;
    std::set<std::string> found;
    for (const Diagnostic& diagnostic : load_model({path}).diagnostics) {
      for (const SyntaxCheckInfo& check : syntax_checks()) {
        if (check.name == diagnostic.check) found.emplace(check.code);
      }
    }
    const std::set<std::string> expected =
        codes.contains(code) ? std::set{code} : std::set<std::string>();
    EXPECT_EQ(found, expected) << path;
  }
  EXPECT_GT(seeds, 0u);
}

}  // namespace
}  // namespace wafcheck::parser
