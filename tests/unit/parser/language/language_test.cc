#include "parser/language/language.h"

#include <gtest/gtest.h>

#include <string>

#include "parser/base/ascii.h"

namespace wafcheck::parser {
namespace {

using namespace std::string_view_literals;

std::string uppercase(std::string_view text) {
  std::string upper(text);
  for (char& c : upper) c = to_upper(c);
  return upper;
}

/// What must hold of every table, whatever it lists.
template <typename Rows, typename Find, typename Nearest>
void check_table(const Rows& rows, Find find, Nearest nearest) {
  ASSERT_FALSE(rows.empty());
  for (const auto& row : rows) {
    SCOPED_TRACE(row.name);
    EXPECT_EQ(&info(row.id), &row);
    EXPECT_TRUE(row.doc.ends_with('.'));
    EXPECT_FALSE(is_lower(static_cast<unsigned char>(row.doc.front())));
    EXPECT_NE(row.engines & kAllEngines, 0);
    EXPECT_EQ(find(row.name), row.id);
    EXPECT_EQ(find(uppercase(row.name)), row.id);
    EXPECT_EQ(find(lowercase(row.name)), row.id);
    EXPECT_EQ(find(std::string(row.name) + "?"), std::nullopt);
    EXPECT_EQ(nearest(row.name), row.name);
    EXPECT_EQ(nearest(lowercase(row.name)), row.name);
  }
  EXPECT_EQ(find(""), std::nullopt);
  EXPECT_EQ(find(std::string_view("\0", 1)), std::nullopt);
}

TEST(Language, Directives) {
  check_table(directives(), find_directive, nearest_directive);
  for (const DirectiveInfo& row : directives()) {
    EXPECT_EQ(row.arguments.empty(), row.form == DirectiveForm::Nothing) << row.name;
    if (row.form == DirectiveForm::Choice) {
      EXPECT_NE(row.arguments.find('|'), row.arguments.npos) << row.name;
      EXPECT_EQ(row.arguments.find(' '), row.arguments.npos) << row.name;
    }
  }
}

TEST(Language, Variables) {
  check_table(variables(), find_variable, nearest_variable);
  for (const VariableInfo& row : variables()) {
    EXPECT_TRUE(row.phase >= 1 && row.phase <= 5) << row.name;
    EXPECT_EQ(uppercase(row.name), row.name);
  }
}

TEST(Language, Operators) {
  check_table(operators(), find_operator, nearest_operator);
}

TEST(Language, Transformations) {
  check_table(transformations(), find_transformation, nearest_transformation);
}

TEST(Language, Actions) {
  check_table(actions(), find_action, nearest_action);
}

TEST(Language, Ctls) {
  check_table(ctls(), find_ctl, nearest_ctl);
  for (const CtlInfo& row : ctls()) {
    EXPECT_TRUE(row.last_phase >= 1 && row.last_phase <= 5) << row.name;
    EXPECT_FALSE(row.value.empty()) << row.name;
  }
}

TEST(Language, TablesHoldTheWordsOfTheReference) {
  EXPECT_EQ(info(Directive::SecRuleEngine).arguments, "On|Off|DetectionOnly");
  EXPECT_EQ(info(Directive::SecStreamInBodyInspection).support, Support::Rejected);
  EXPECT_EQ(info(Variable::ARGS).phase, 1);
  EXPECT_EQ(info(Variable::ARGS_POST).phase, 2);
  EXPECT_EQ(info(Variable::RESPONSE_BODY).phase, 4);
  EXPECT_EQ(info(Variable::SESSION).kind, VariableKind::Persistent);
  EXPECT_EQ(info(Variable::XML).kind, VariableKind::Document);
  EXPECT_EQ(info(Operator::rxGlobal).engines, M3);
  EXPECT_TRUE(info(Operator::rx).macro);
  EXPECT_EQ(info(Operator::rx).captures, Captures::Groups);
  EXPECT_FALSE(info(Operator::pm).macro);
  EXPECT_EQ(info(Operator::rbl).support, Support::Noted);
  EXPECT_EQ(info(Transformation::uppercase).engines, M3 | CZ);
  EXPECT_EQ(info(Action::redirect).group, ActionGroup::Disruptive);
  EXPECT_EQ(info(Action::allow).argument, Argument::Optional);
  EXPECT_EQ(info(Ctl::requestBodyProcessor).last_phase, 1);
}

TEST(Language, ColumnsSayWhatWordsHaveInCommon) {
  EXPECT_EQ(info(Operator::rx).form, OperatorForm::Expression);
  EXPECT_EQ(info(Operator::rx).search, Search::Expression);
  EXPECT_EQ(info(Operator::rx).build, OperatorBuild::Lazy);
  EXPECT_EQ(info(Operator::verifyCC).search, Search::None);  // digits have to be checked too
  EXPECT_EQ(info(Operator::strmatch).search, Search::Pure);  // |41 42| may be bytes
  EXPECT_EQ(info(Operator::pm).captures, Captures::Match);
  EXPECT_EQ(info(Variable::ARGS_PATH).whole, Variable::ARGS);
  EXPECT_EQ(info(Variable::ARGS_GET_NAMES).whole, Variable::ARGS_NAMES);
  EXPECT_EQ(info(Variable::TX).whole, Variable::TX);
  EXPECT_EQ(info(Variable::ARGS_GET).masking, Masking::Argument);
  EXPECT_EQ(info(Variable::QUERY_STRING).masking, Masking::Bytes);
  EXPECT_EQ(info(Variable::ARGS_COMBINED_SIZE).masking, Masking::Nothing);
  EXPECT_TRUE(info(Variable::TX).traits.has(VariableTrait::Unversioned));
  EXPECT_FALSE(info(Variable::ARGS).traits.has(VariableTrait::Unversioned));
  EXPECT_TRUE(info(Transformation::urlDecode).traits.has(TransformationTrait::Decodes));
  EXPECT_FALSE(info(Transformation::urlEncode).traits.has(TransformationTrait::Decodes));
  EXPECT_TRUE(info(Action::proxy).traits.has(ActionTrait::Answers));
  EXPECT_FALSE(info(Action::pass).traits.has(ActionTrait::Answers));
}

TEST(Language, ActionsShareSlots) {
  EXPECT_EQ(slot_of(Action::nolog), Action::log);
  EXPECT_EQ(slot_of(Action::noauditlog), Action::auditlog);
  EXPECT_EQ(slot_of(Action::block), Action::deny);
  EXPECT_EQ(slot_of(Action::pause), Action::pause);
  EXPECT_EQ(slot_of(Action::msg), Action::msg);
  EXPECT_EQ(slot_of(Action::tag), std::nullopt);
  EXPECT_TRUE(is_disruptive(Action::pass));
  EXPECT_FALSE(is_disruptive(Action::pause));
}

TEST(Language, CtlOptionsThatRemoveRules) {
  EXPECT_TRUE(removes_rules(Ctl::ruleRemoveByTag));
  EXPECT_TRUE(removes_rules(Ctl::ruleRemoveTargetById));
  EXPECT_FALSE(removes_rules(Ctl::ruleEngine));
}

TEST(Language, AliasesLeadToTheirTargets) {
  EXPECT_EQ(find_action("sanitizeMatchedBytes"), Action::sanitiseMatchedBytes);
  EXPECT_EQ(find_operator("PMF"), Operator::pmFromFile);
  EXPECT_EQ(find_operator("ipmatchf"), Operator::ipMatchFromFile);
  EXPECT_EQ(find_transformation("normalisePath"), Transformation::normalizePath);
  EXPECT_EQ(find_transformation("normalisepathwin"), Transformation::normalizePathWin);
  EXPECT_EQ(find_variable("multipart_semicolon_missing"), Variable::MULTIPART_MISSING_SEMICOLON);
}

TEST(Language, AnAliasIsAWordOfOneKindOnly) {
  EXPECT_EQ(find_transformation("pmf"), std::nullopt);
  EXPECT_EQ(find_operator("normalisePath"), std::nullopt);
  EXPECT_EQ(find_variable("pmf"), std::nullopt);
}

TEST(Language, EveryAliasIsAnotherSpellingOfOneWord) {
  for (const Alias& alias : aliases()) {
    SCOPED_TRACE(alias.name);
    int words = 0;
    const auto count = [&](auto id) {
      if (!id) return;
      ++words;
      EXPECT_EQ(info(*id).name, alias.target);
      EXPECT_FALSE(iequals(alias.name, alias.target));
    };
    count(find_directive(alias.name));
    count(find_variable(alias.name));
    count(find_operator(alias.name));
    count(find_transformation(alias.name));
    count(find_action(alias.name));
    count(find_ctl(alias.name));
    EXPECT_EQ(words, 1);
  }
}

struct SlipCase {
  std::string_view (*nearest)(std::string_view);
  std::string_view written;
  std::string_view meant;
};

TEST(Language, SuggestsTheNearestWord) {
  constexpr SlipCase kCases[] = {
      {nearest_variable, "REQUEST_HEADER", "REQUEST_HEADERS"},
      {nearest_variable, "ARG", "ARGS"},
      {nearest_variable, "request_header", "REQUEST_HEADERS"},
      {nearest_variable, "REQEUST_URI", "REQUEST_URI"},
      {nearest_transformation, "lowercases", "lowercase"},
      {nearest_transformation, "base64decod", "base64Decode"},
      {nearest_directive, "SecRull", "SecRule"},
      {nearest_directive, "SecRulEngine", "SecRuleEngine"},
      {nearest_operator, "beginWith", "beginsWith"},
      {nearest_operator, "xr", "rx"},  // a swap is one change
      {nearest_action, "setvar1", "setvar"},
      {nearest_action, "skipafter2", "skipAfter"},
      {nearest_ctl, "ruleRemoveByID2", "ruleRemoveById"},
      {nearest_operator, "l", "le"},  // le and lt are as near: the first row wins
  };
  for (const SlipCase& row : kCases) EXPECT_EQ(row.nearest(row.written), row.meant) << row.written;
}

TEST(Language, SuggestsNothingForNonsense) {
  const std::string long_name(100'000, 'S');
  for (const std::string_view name : {""sv, "?"sv, "zzz"sv, "xyzzy"sv, "\xff\xfe"sv,
                                      "SomethingElseEntirely"sv, std::string_view(long_name)}) {
    for (const auto nearest : {nearest_directive, nearest_variable, nearest_operator,
                               nearest_transformation, nearest_action, nearest_ctl}) {
      EXPECT_EQ(nearest(name), "") << name.substr(0, 40);
    }
  }
}

TEST(Language, SuggestsUpToAThirdOfTheLength) {
  EXPECT_EQ(nearest_transformation("urlDecxxx"), "urlDecode");  // 3 of 9
  EXPECT_EQ(nearest_transformation("urlDexxxx"), "");           // 4 of 9
}

}  // namespace
}  // namespace wafcheck::parser
