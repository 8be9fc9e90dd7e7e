#include "lint/analysis/capabilities.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <string>
#include <tuple>

#include "parser/base/ascii.h"

namespace wafcheck::lint {
namespace {

/// Whether the word of a fact is one of the language.
bool exists(const VersionFact& fact) {
  const std::string_view word = fact.word;
  switch (fact.kind) {
    case WordKind::Directive:
      return parser::find_directive(word).has_value();
    case WordKind::Variable:
      return parser::find_variable(word).has_value();
    case WordKind::Operator:
      return parser::find_operator(word).has_value();
    case WordKind::Transformation:
      return parser::find_transformation(word).has_value();
    case WordKind::Action:
      return parser::find_action(word).has_value();
    case WordKind::Ctl:
      return parser::find_ctl(word.substr(0, word.find('='))).has_value();
    case WordKind::Construct:
      return true;
    case WordKind::Setting: {
      const size_t space = word.find(' ');
      const auto directive = parser::find_directive(word.substr(0, space));
      if (!directive || space == std::string_view::npos) return false;
      const parser::DirectiveInfo& row = info(*directive);
      if (row.form != parser::DirectiveForm::Choice) return true;
      return fmt::format("|{}|", row.arguments).find(fmt::format("|{}|", word.substr(space + 1))) !=
             std::string::npos;
    }
  }
  return false;
}

TEST(VersionFacts, AreAboutWordsOfTheLanguage) {
  ASSERT_FALSE(version_facts().empty());
  for (const VersionFact& fact : version_facts()) {
    EXPECT_TRUE(exists(fact)) << fact.word;
    EXPECT_EQ(fact.engines & ~parser::kAllEngines, 0) << fact.word;
    EXPECT_NE(fact.engines, 0) << fact.word;
    EXPECT_FALSE(fact.note.ends_with('.')) << fact.word;
  }
}

TEST(VersionFacts, HaveVersionsThatParse) {
  for (const VersionFact& fact : version_facts()) {
    for (const std::string_view text : {fact.since, fact.until}) {
      if (text.empty()) continue;
      const Result<Version> version = parse_version(text);
      ASSERT_TRUE(version) << fact.word << ' ' << text;
      // A table that says "2.9" would mean the newest 2.9 there is.
      EXPECT_NE(version->patch, Version::kNewest) << fact.word << ' ' << text;
    }
    if (fact.since.empty() || fact.until.empty()) continue;
    EXPECT_LT(*parse_version(fact.since), *parse_version(fact.until)) << fact.word;
  }
}

TEST(VersionFacts, AreSorted) {
  const auto key = [](const VersionFact& fact) {
    return std::tuple(fact.kind, fact.kind == WordKind::Construct ? "" : lowercase(fact.word));
  };
  const VersionFact* before = nullptr;
  for (const VersionFact& fact : version_facts()) {
    if (before != nullptr) {
      EXPECT_LE(key(*before), key(fact)) << fact.word;
    }
    before = &fact;
  }
}

struct Case {
  std::string_view engine;
  WordKind kind;
  std::string_view word;
  Standing standing;
};
parser::Engines known_to(WordKind kind, std::string_view word) {
  switch (kind) {
    case WordKind::Operator:
      return info(*parser::find_operator(word)).engines;
    case WordKind::Directive:
    case WordKind::Setting:
      return info(*parser::find_directive(word.substr(0, word.find(' ')))).engines;
    default:
      return parser::kAllEngines;
  }
}
class Capabilities : public testing::TestWithParam<Case> {};
TEST_P(Capabilities, DependOnTheVersion) {
  const auto& [engine, kind, word, standing] = GetParam();
  const Capability found = capability(*parse_engine(engine), kind, word, known_to(kind, word));
  EXPECT_EQ(static_cast<int>(found.standing), static_cast<int>(standing)) << engine << ' ' << word;
}
INSTANTIATE_TEST_SUITE_P(
    Words, Capabilities,
    testing::Values(
        Case{"modsecurity2@2.9.5", WordKind::Variable, "MULTIPART_PART_HEADERS", Standing::Unknown},
        Case{"modsecurity2@2.9.6", WordKind::Variable, "MULTIPART_PART_HEADERS", Standing::Known},
        Case{"modsecurity2", WordKind::Variable, "MULTIPART_PART_HEADERS", Standing::Known},
        Case{"modsecurity2@2.9", WordKind::Variable, "REQBODY_PROCESSOR_ERROR", Standing::Unknown},
        Case{"modsecurity2@2.9.13", WordKind::Variable, "REQBODY_PROCESSOR_ERROR", Standing::Known},
        Case{"modsecurity3@3.0.16", WordKind::Variable, "REQBODY_PROCESSOR_ERROR", Standing::Known},
        // A setting without facts of its own stands as its directive does.
        Case{"coraza", WordKind::Setting, "SecArgumentSeparator ;", Standing::Ignored},
        Case{"coraza", WordKind::Setting, "SecArgumentSeparator &", Standing::Known},
        Case{"modsecurity3", WordKind::Setting, "SecConnEngine Off", Standing::Known},
        Case{"modsecurity3", WordKind::Setting, "SecConnEngine On", Standing::Unknown},
        Case{"modsecurity3", WordKind::Directive, "SecRulePerfTime", Standing::Unknown},
        Case{"coraza", WordKind::Directive, "SecRulePerfTime", Standing::Needless},
        // An operator that ModSecurity 3 has never heard of is an expression to it.
        Case{"modsecurity3", WordKind::Operator, "validateNid", Standing::Misread},
        Case{"modsecurity3", WordKind::Operator, "rsub", Standing::Unknown},
        Case{"modsecurity2", WordKind::Operator, "validateNid", Standing::Unknown},
        Case{"coraza@3.3.3", WordKind::Operator, "strmatch", Standing::Unknown},
        Case{"coraza@3.4", WordKind::Operator, "strmatch", Standing::Known},
        Case{"coraza@3.4.9", WordKind::Construct, construct::kCtlSelectorRegex, Standing::Ignored},
        Case{"coraza@3.5.0", WordKind::Construct, construct::kCtlSelectorRegex, Standing::Known},
        // That an attacker can use a word does not make it unknown.
        Case{"modsecurity3@3.0.14", WordKind::Transformation, "hexDecode", Standing::Known}));

TEST(Cautions, EndWithTheVersionThatMadeThemGood) {
  const auto unsafe = [](std::string_view engine) {
    return caution(*parse_engine(engine), WordKind::Setting, "SecParseXmlIntoArgs On",
                   Standing::Unsafe) != nullptr;
  };
  EXPECT_FALSE(unsafe("modsecurity2@2.9.8"));  // it did not know the directive
  EXPECT_TRUE(unsafe("modsecurity2@2.9.10"));
  EXPECT_FALSE(unsafe("modsecurity2@2.9.11"));
  EXPECT_FALSE(unsafe("modsecurity3@3.0.15"));
}

}  // namespace
}  // namespace wafcheck::lint
