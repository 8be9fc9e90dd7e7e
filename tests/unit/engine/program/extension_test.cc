// A program that adds rules to another does what one program of all the rules does.

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "engine/state/match_memory.h"
#include "tests/test_data.h"
#include "tests/unit/engine/evaluate.h"

namespace wafcheck::engine {
namespace {

using parser::extend_model;
using parser::load_model;
using parser::RulesetModel;

/// `added` merged with `base`, in two ways.
struct Merged {
  TestFiles files;
  std::shared_ptr<const Program> whole;
  std::shared_ptr<const Program> extension;  ///< null: there is none
  std::string base_path = "base.conf";

  Merged(const std::string& added, const std::string& base)
      : files({{"added.conf", added}, {"base.conf", base}}) {
    build(&files);
  }
  Merged(const ScratchDirectory& scratch, const std::string& added, const std::string& base)
      : files({}) {
    added_path = scratch.write("added.conf", added);
    base_path = scratch.write("base.conf", base);
    build(&parser::disk());
  }

 private:
  std::string added_path = "added.conf";

  void build(parser::FileSystem* from) {
    parser::LoadOptions options = as(parser::Profile::modsecurity3);
    options.files = from;
    options.merge_inputs = true;
    ProgramOptions compiled_from;
    compiled_from.files = from;
    const auto model = [&](const std::vector<std::string>& inputs) {
      return std::make_shared<const RulesetModel>(load_model(inputs, options));
    };
    const auto all = model({added_path, base_path});
    if (!parser::has_errors(all->diagnostics)) {
      whole = Program::compile(all, compiled_from).program;
    }
    const auto base = model({base_path});
    std::optional<RulesetModel> more = extend_model(base, {added_path}, options);
    if (!more) return;
    ProgramOptions on_base = compiled_from;
    on_base.base = Program::compile(base, compiled_from).program;
    extension =
        Program::compile(std::make_shared<const RulesetModel>(std::move(*more)), on_base).program;
  }
};

std::string result_of(const Program& program, const TestRequest& request, MatchMemory& memory) {
  TransactionOptions options = options_at(request.time);
  options.memory = &memory;
  Transaction transaction(program, std::move(options));
  send(transaction, request);
  std::string text = told(transaction);
  for (const Problem& problem : transaction.problems()) text += " (" + problem.message + ")";
  return text;
}

std::vector<TestRequest> requests() {
  std::vector<TestRequest> all = {get("/"),
                                  get("/?a=x"),
                                  get("/?a=y&b=attack"),
                                  get("/?b=x%20attack&c=union"),
                                  post_form("a=attack&c=1"),
                                  with_header("User-Agent", "attack union"),
                                  answered("text/html", "attack and union")};
  all.insert(all.end(), all.begin(), all.end());  // the second time, memory serves
  return all;
}

struct Case {
  const char* name;
  const char* added;
};

void PrintTo(const Case& row, std::ostream* out) {
  *out << row.name;
}

constexpr const char* kBase = R"(
SecRuleEngine On
SecRequestBodyAccess On
SecResponseBodyAccess On
SecDefaultAction "phase:2,log,auditlog,pass,t:lowercase"
SecRule REQUEST_URI "@contains skip" "id:100,phase:1,pass,skipAfter:END"
SecRule ARGS "@rx att+ack" "id:101,phase:1,pass,tag:'web',msg:'an attack',setvar:tx.score=+1"
SecRule ARGS:c "@pm union select" "id:102,phase:2,block,tag:'sql',tag:'web',chain"
  SecRule ARGS:b "@rx x" "t:none"
SecRule REQUEST_HEADERS:User-Agent "@rx attack" "id:103,phase:1,deny,msg:'agent %{tx.score}'"
SecRule ARGS_NAMES "^a$" "id:104,phase:1,pass,ctl:ruleRemoveById=1,ctl:ruleRemoveTargetByTag=own;ARGS:b"
SecMarker END
SecRule TX:score "@ge 1" "id:105,phase:2,deny,status:418,logdata:'%{tx.score}'"
SecRule RESPONSE_BODY "@contains union" "id:106,phase:4,deny,tag:'web'"
SecRule ARGS "@unconditionalMatch" "id:107,phase:2,pass,skip:1"
SecRule ARGS "@unconditionalMatch" "id:108,phase:2,pass"
SecRuleRemoveById 5
SecRuleUpdateTargetById 105 "!TX:other"
)";

class ExtensionTest : public testing::TestWithParam<Case> {};

TEST_P(ExtensionTest, DoesWhatTheWholeDoes) {
  const Merged merged(GetParam().added, kBase);
  ASSERT_NE(merged.whole, nullptr);
  ASSERT_NE(merged.extension, nullptr);
  MatchMemory for_whole(*merged.whole), for_extension(*merged.extension);
  for (const TestRequest& request : requests()) {
    EXPECT_EQ(result_of(*merged.extension, request, for_extension),
              result_of(*merged.whole, request, for_whole))
        << request.uri << " " << request.body;
  }
}

INSTANTIATE_TEST_SUITE_P(
    Added, ExtensionTest,
    testing::Values(
        Case{"rule", R"(SecRule ARGS "@rx ^x" "id:2,phase:1,deny")"},
        Case{"rule_after_all_others", R"(SecRule RESPONSE_BODY "attack" "id:2,phase:4,deny")"},
        Case{"chain",
             "SecRule ARGS:a \"x\" \"id:2,phase:2,deny,chain\"\nSecRule ARGS:c \"@streq 1\""},
        Case{"rule_that_a_ctl_of_the_base_removes", R"(SecRule ARGS "x" "id:1,phase:2,deny")"},
        Case{"rule_that_a_ctl_of_the_base_narrows",
             R"(SecRule ARGS "attack" "id:2,phase:2,deny,tag:'own'")"},
        Case{"rule_that_the_base_removes", R"(SecRule ARGS "x" "id:5,phase:1,deny")"},
        Case{"rule_with_the_defaults_of_the_base", R"(SecRule ARGS "@rx X" "id:2,phase:2,block")"},
        Case{"variable_of_the_base", R"(SecAction "id:2,phase:1,pass,setvar:tx.score=7")"},
        Case{"new_variable",
             "SecAction \"id:2,phase:1,pass,setvar:tx.own=%{tx.score}1\"\n"
             "SecRule TX:own \"@rx 1\" \"id:3,phase:2,pass,logdata:'%{tx.own}'\""},
        Case{"removal_by_id", "SecRuleRemoveById 101"},
        Case{"removal_by_range", "SecRuleRemoveById 101-103"},
        Case{"removal_by_tag", "SecRuleRemoveByTag web"},
        Case{"removal_by_message", "SecRuleRemoveByMsg \"an attack\""},
        Case{"removal_by_expanded_message", "SecRuleRemoveByMsg \"agent \""},
        Case{"removal_among_skipped_rules", "SecRuleRemoveById 108"},
        Case{"exclusion_by_id", "SecRuleUpdateTargetById 101 \"!ARGS:b\""},
        Case{"target_by_id", "SecRuleUpdateTargetById 103 \"ARGS\""},
        Case{"exclusion_where_the_base_has_one", "SecRuleUpdateTargetById 105 \"!TX:score\""},
        Case{"exclusion_by_tag", "SecRuleUpdateTargetByTag web \"!ARGS:c\""},
        Case{"exclusion_and_removal",
             "SecRuleUpdateTargetById 101 \"!ARGS:b\"\nSecRuleRemoveById 101"},
        Case{"action_update", "SecRuleUpdateActionById 101 \"deny,status:406\""},
        Case{
            "ctl_on_the_base",
            R"(SecAction "id:2,phase:1,pass,ctl:ruleRemoveById=101,ctl:ruleRemoveTargetById=103;REQUEST_HEADERS")"},
        Case{"ctl_by_tag", R"(SecAction "id:2,phase:1,pass,ctl:ruleRemoveByTag=web")"},
        Case{"skip_into_the_base", R"(SecAction "id:2,phase:2,pass,skip:2")"},
        Case{"skip_after_a_marker_of_the_base", R"(SecAction "id:2,phase:1,pass,skipAfter:END")"},
        Case{"marker_of_the_same_name",
             "SecAction \"id:2,phase:1,pass,skipAfter:END\"\nSecRule ARGS \"x\" "
             "\"id:3,phase:1,deny\"\n"
             "SecMarker END"},
        Case{"skip_after_nothing", R"(SecAction "id:2,phase:1,pass,skipAfter:NOWHERE")"},
        Case{"engine", "SecRuleEngine DetectionOnly"},
        Case{"body_access", "SecRequestBodyAccess Off\nSecResponseBodyAccess Off"},
        Case{"expression_with_macros", R"(SecRule ARGS "@streq %{tx.score}" "id:2,phase:2,pass")"},
        Case{"transformations_of_the_base",
             R"(SecRule ARGS "@rx attack" "id:2,phase:2,pass,t:none,t:lowercase,t:hexEncode")"}),
    [](const auto& row) { return std::string(row.param.name); });

TEST(Extension, KeepsItsPlacesAndThoseOfTheBase) {
  const Merged merged("\n\nSecRule ARGS \"x\" \"id:2,phase:1,deny\"", kBase);
  std::string places;
  for (const uint32_t number : merged.extension->data().phases[1]) {
    const CompiledRule& rule = *merged.extension->data().rules[number];
    places += fmt::format("{}:{} ", rule.file, rule.line);
    EXPECT_EQ(merged.extension->ruleset().sources.begin_of(rule.source->span).line, rule.line);
  }
  EXPECT_EQ(places, "added.conf:3 base.conf:6 base.conf:7 base.conf:10 base.conf:11 ");
}

TEST(Extension, SharesWhatIsCompiledInTheBase) {
  const Merged merged(
      "SecRule ARGS \"x\" \"id:2,phase:1,deny\"\nSecRuleUpdateTargetById 101 \"!ARGS:b\"", kBase);
  EXPECT_EQ(merged.extension->data().own_rules.size(), 2U);
  EXPECT_EQ(merged.extension->data().operators.size(), 1U);
  EXPECT_TRUE(merged.extension->data().own_groups.empty());
}

TEST(Extension, IsNotMadeWhereMoreWouldChange) {
  const auto extends = [](const std::string& added) {
    return Merged(added, kBase).extension != nullptr;
  };
  EXPECT_TRUE(extends("SecAction \"id:2,phase:1,pass\""));
  EXPECT_FALSE(extends("SecAction \"id:101,phase:1,pass\"")) << "an id twice";
  EXPECT_FALSE(extends("SecRule NONE \"x\" \"id:2,phase:1,pass\"")) << "an error";
  EXPECT_FALSE(extends("SecDefaultAction \"phase:1,log,deny\"")) << "defaults for all rules";
  EXPECT_FALSE(extends("SecPcreMatchLimit 5")) << "a limit for all expressions";
  EXPECT_FALSE(extends("SecRuleUpdateTargetById 105 \"ARGS\"")) << "another update of the rule";
  EXPECT_FALSE(extends("SecRuleUpdateActionById 101 \"tag:'new'\"")) << "a tag for updates";
  std::string many;
  for (int id = 1000; id < 1100; ++id)
    many += fmt::format("SecAction \"id:{},phase:1,pass\"\n", id);
  EXPECT_FALSE(extends(many)) << "more rules than there are";
}

TEST(Extension, OfCrsDoesWhatTheWholeDoes) {
  const std::string crs = (tests::shared() / "crs").string();
  if (!std::filesystem::exists(crs)) GTEST_SKIP() << "no CRS at " << crs;
  const ScratchDirectory scratch;
  const Merged merged(
      scratch,
      "SecRuleRemoveById 942100\nSecRuleUpdateTargetByTag attack-xss \"!ARGS:c\"\n"
      "SecRule ARGS:own \"@rx ^[0-9]+$\" \"id:2,phase:1,deny\"\n",
      "Include " + crs + "/crs-setup.conf.example\nInclude " + crs + "/rules/*.conf\n");
  ASSERT_NE(merged.whole, nullptr);
  ASSERT_NE(merged.extension, nullptr);
  MatchMemory for_whole(*merged.whole), for_extension(*merged.extension);
  for (int round = 0; round < 2; ++round) {
    for (const char* const uri :
         {"/", "/?own=1", "/?id=1%27%20or%201=1--", "/?c=%3Cscript%3Ealert(1)%3C/script%3E",
          "/?d=%3Cscript%3Ealert(1)%3C/script%3E", "/?f=../../etc/passwd&x=;cat%20/etc/passwd"}) {
      EXPECT_EQ(result_of(*merged.extension, get(uri), for_extension),
                result_of(*merged.whole, get(uri), for_whole))
          << uri;
    }
  }
}

}  // namespace
}  // namespace wafcheck::engine
