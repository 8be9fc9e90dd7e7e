#include "formats/records/exclusion_counts.h"

#include <fmt/format.h>
#include <gmock/gmock.h>

#include "tests/unit/formats/evaluated.h"

namespace wafcheck::formats {
namespace {

using ::testing::ElementsAre;
using testing::Evaluated;
using testing::form_post;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

constexpr std::string_view kRule = "SecRule ARGS \"@rx evil\" \"id:7,phase:2,deny,log,t:none\"\n";

/// "ctl:... kept" or "ctl:... nothing" of each exclusion of a POST of a=evil&b=2.
std::vector<std::string> uses(const std::string& rules,
                              parser::Profile profile = parser::Profile::standard) {
  const Evaluated evaluated(rules, form_post("a=evil&b=2"), profile);
  std::vector<std::string> found;
  for (const engine::ExclusionUse& use : evaluated.transaction().exclusion_uses()) {
    found.push_back(fmt::format("{} {}", use.text, use.removed ? "kept" : "nothing"));
  }
  return found;
}

std::string ctl(std::string_view what) {
  return fmt::format("SecAction \"id:1,phase:1,pass,nolog,ctl:{}\"\n{}", what, kRule);
}

TEST(ExclusionUses, TellWhetherATargetWasKeptFromARule) {
  EXPECT_THAT(uses(ctl("ruleRemoveTargetById=7;ARGS:a")),
              ElementsAre("ctl:ruleRemoveTargetById=7;ARGS:a kept"));
  EXPECT_THAT(uses(ctl("ruleRemoveTargetById=7;ARGS:zzz")),
              ElementsAre("ctl:ruleRemoveTargetById=7;ARGS:zzz nothing"));
}

TEST(ExclusionUses, TellOfTargetsThatCouldNotMatchAnyway) {
  EXPECT_THAT(uses(ctl("ruleRemoveTargetById=7;ARGS:b")),
              ElementsAre("ctl:ruleRemoveTargetById=7;ARGS:b kept"));
}

TEST(ExclusionUses, TellWhetherARuleWasPassedOver) {
  EXPECT_THAT(uses(ctl("ruleRemoveById=7")), ElementsAre("ctl:ruleRemoveById=7 kept"));
  EXPECT_THAT(
      uses(std::string(kRule) + "SecAction \"id:9,phase:5,pass,nolog,ctl:ruleRemoveById=7\"\n"),
      ElementsAre("ctl:ruleRemoveById=7 nothing"));
}

TEST(ExclusionUses, HoldUpdatesThatHadAnEffect) {
  EXPECT_THAT(uses(std::string(kRule) + "SecRuleUpdateTargetById 7 \"!ARGS:a\"\n"),
              ElementsAre("!ARGS:a kept"));
  EXPECT_THAT(uses(std::string(kRule) + "SecRuleUpdateTargetById 7 \"!ARGS:zzz\"\n"), IsEmpty());
}

TEST(ExclusionUses, OfAnEngineThatIgnoresTheKeyRemoveNothing) {
  EXPECT_THAT(uses(ctl("ruleRemoveTargetById=7;ARGS:/^a/"), parser::Profile::modsecurity2),
              ElementsAre("ctl:ruleRemoveTargetById=7;ARGS:/^a/ nothing"));
}

TEST(ExclusionCounts, TellOfExclusionsThatNeverRemovedAnything) {
  const Evaluated evaluated(
      ctl("ruleRemoveTargetById=7;ARGS:zzz") + "SecRuleUpdateTargetById 7 \"!ARGS:yyy\"\n",
      form_post("a=1"));
  ExclusionCounts counts;
  counts.add(evaluated.transaction().exclusion_uses());
  counts.add(evaluated.transaction().exclusion_uses());
  counts.complete(evaluated.program().ruleset(), 2);
  EXPECT_THAT(exclusions_text(counts, true),
              HasSubstr("ran 2 times and removed nothing: ctl:ruleRemoveTargetById=7;ARGS:zzz\n"));
  EXPECT_THAT(exclusions_text(counts, true),
              HasSubstr("was in force 2 times and removed nothing: !ARGS:yyy\n"));
  EXPECT_THAT(exclusions_text(counts, false),
              HasSubstr("1 target that update directives exclude never occurred"));
}

}  // namespace
}  // namespace wafcheck::formats
