// Does libmodsecurity load the words that the tables say it knows, and refuse the others?

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <string>
#include <string_view>
#include <vector>

#include "lint/analysis/capabilities.h"

// The library's C interface. Its headers are C++ of an older standard, which this one refuses.
extern "C" {
struct ModSecurity;
struct RulesSet;
ModSecurity* msc_init();
const char* msc_who_am_i(ModSecurity* engine);
void msc_cleanup(ModSecurity* engine);
RulesSet* msc_create_rules_set();
int msc_rules_add(RulesSet* set, const char* rules, const char** error);
int msc_rules_cleanup(RulesSet* set);
}

namespace wafcheck::lint {
namespace {

using parser::Argument;
using parser::DirectiveForm;

/// The library's own version: "ModSecurity v3.0.9 (Linux)".
EngineTarget installed() {
  ModSecurity* const engine = msc_init();
  const std::string whole = msc_who_am_i(engine);
  msc_cleanup(engine);
  const size_t begin = whole.find(" v") + 1;
  const Result<Version> version =
      parse_version(whole.substr(begin, whole.find(' ', begin) - begin));
  return {parser::M3, version.value_or(Version{})};
}

bool loads(const std::string& rules) {
  RulesSet* const set = msc_create_rules_set();
  const char* error = nullptr;
  const bool loaded = msc_rules_add(set, rules.c_str(), &error) >= 0;
  std::free(const_cast<char*>(error));
  msc_rules_cleanup(set);
  return loaded;
}

void expect(WordKind kind, std::string_view word, parser::Engines known, const std::string& rules) {
  static const EngineTarget target = installed();
  const Standing standing = capability(target, kind, word, known).standing;
  EXPECT_EQ(loads(rules), standing != Standing::Unknown) << rules;
}

std::vector<std::string_view> choices(std::string_view list) {
  std::vector<std::string_view> words;
  while (true) {
    const size_t bar = list.find('|');
    words.push_back(list.substr(0, bar));
    if (bar == std::string_view::npos) return words;
    list.remove_prefix(bar + 1);
  }
}

TEST(Language, VersionIsKnown) {
  EXPECT_EQ(installed().version.major, 3);
  EXPECT_NE(installed().version.patch, Version::kNewest);
}

TEST(Language, Variables) {
  for (const parser::VariableInfo& row : parser::variables()) {
    expect(WordKind::Variable, row.name, row.engines,
           fmt::format("SecRule {} \"@unconditionalMatch\" \"id:1,phase:5,pass\"\n", row.name));
  }
}

TEST(Language, Transformations) {
  for (const parser::TransformationInfo& row : parser::transformations()) {
    expect(WordKind::Transformation, row.name, row.engines,
           fmt::format("SecRule ARGS \"@rx a\" \"id:1,phase:2,pass,t:{}\"\n", row.name));
  }
}

TEST(Language, Operators) {
  using parser::Operator;
  for (const parser::OperatorInfo& row : parser::operators()) {
    switch (row.id) {
      case Operator::fuzzyHash:  // these want files, or more than one argument
      case Operator::inspectFile:
      case Operator::ipMatchFromFile:
      case Operator::pmFromFile:
      case Operator::validateDTD:
      case Operator::validateSchema:
        continue;
      default:
        break;
    }
    const std::string argument = row.argument == Argument::None ? "" : " 192.0.2.1";
    expect(WordKind::Operator, row.name, row.engines,
           fmt::format("SecRule ARGS \"@{}{}\" \"id:1,phase:2,pass\"\n", row.name, argument));
  }
}

/// An argument that suits an action; none where it wants a file or the like.
std::string_view argument_of(parser::Action action) {
  using parser::Action;
  switch (action) {
    case Action::accuracy:
    case Action::maturity:
      return ":'5'";
    case Action::deprecatevar:
      return ":ip.a=60/300";
    case Action::expirevar:
      return ":ip.a=3";
    case Action::initcol:
      return ":ip=a";
    case Action::phase:
      return ":2";
    case Action::redirect:
    case Action::proxy:
      return ":http://192.0.2.1/";
    case Action::setenv:
      return ":a=1";
    case Action::setvar:
      return ":tx.a=1";
    case Action::severity:
    case Action::skip:
    case Action::pause:
      return ":2";
    case Action::status:
      return ":403";
    case Action::t:
      return ":none";
    case Action::chain:
    case Action::ctl:
    case Action::exec:
    case Action::id:
    case Action::xmlns:
      return {};
    default:
      return ":'a'";
  }
}

TEST(Language, Actions) {
  for (const parser::ActionInfo& row : parser::actions()) {
    const std::string_view argument =
        row.argument == Argument::Required ? argument_of(row.id) : std::string_view();
    if (row.argument == Argument::Required && argument.empty()) continue;
    expect(WordKind::Action, row.name, row.engines,
           fmt::format("SecRule ARGS \"@rx a\" \"id:1,{}{}\"\n", row.name, argument));
  }
}

TEST(Language, OptionsOfCtl) {
  for (const parser::CtlInfo& row : parser::ctls()) {
    std::vector<std::string_view> values = choices(row.value);
    if (row.value == "PARTS") values = {"+E", "-E"};
    if (row.value == "BYTES" || row.value == "0-9") values = {"5"};
    if (row.value == "ID") values = {"1", "1-5"};
    if (row.value == "MSG" || row.value == "TAG") values = {"a"};
    if (row.value.ends_with(";TARGET")) values = {"1;ARGS", "1;ARGS:a"};
    for (const std::string_view value : values) {
      const std::string whole = fmt::format("{}={}", row.name, value);
      const bool own = has_facts(WordKind::Ctl, whole);
      expect(WordKind::Ctl, own ? whole : row.name, row.engines,
             fmt::format("SecAction \"id:1,phase:1,pass,ctl:{}\"\n", whole));
    }
  }
}

TEST(Language, Directives) {
  for (const parser::DirectiveInfo& row : parser::directives()) {
    std::vector<std::string_view> values;
    if (row.form == DirectiveForm::Choice) values = choices(row.arguments);
    if (row.form == DirectiveForm::Number) values = {"5"};
    for (const std::string_view value : values) {
      const std::string whole = fmt::format("{} {}", row.name, value);
      expect(WordKind::Setting, whole, row.engines, whole + "\n");
    }
  }
}

TEST(Language, Constructs) {
  const struct {
    std::string_view construct;
    std::string_view rules;
  } kRows[] = {
      {construct::kAuditPartsAbsolute, "SecAction \"id:1,phase:1,pass,ctl:auditLogParts=ABZ\""},
      {construct::kAuditPartsRelative, "SecAction \"id:1,phase:1,pass,ctl:auditLogParts=+E\""},
      {construct::kCtlAttribute,
       "SecAction \"id:1,phase:1,pass,ctl:ruleRemoveTargetById=1;XML://@*\""},
      {construct::kCtlIdRange, "SecAction \"id:1,phase:1,pass,ctl:ruleRemoveTargetById=1-5;ARGS\""},
      {construct::kNamesSelector, "SecRule ARGS_NAMES:a \"@rx a\" \"id:1,phase:2,pass\""},
      {construct::kOperatorCase, "SecRule ARGS \"@RX a\" \"id:1,phase:2,pass\""},
      {construct::kQuotedSetting, "SecRuleEngine \"On\""},
      {construct::kRxMacro, "SecRule ARGS \"@rx %{tx.a}\" \"id:1,phase:2,pass\""},
      {construct::kSetvarPersistent, "SecAction \"id:1,phase:1,pass,setvar:ip.a=1\""},
      // Without an error, and without all that follows in the file.
      {construct::kUnquotedMetadata, "SecAction \"id:1,phase:1,maturity:4\"\nNonsense"},
      {construct::kUnquotedVersion, "SecAction \"id:1,phase:1,pass,ver:v1\""},
      {construct::kUpdateTargetRange, "SecRuleUpdateTargetById 1-5 \"!ARGS:a\""},
  };
  for (const auto& row : kRows) {
    expect(WordKind::Construct, row.construct, parser::kAllEngines, fmt::format("{}\n", row.rules));
  }
}

}  // namespace
}  // namespace wafcheck::lint
