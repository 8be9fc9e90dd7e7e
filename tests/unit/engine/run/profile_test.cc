#include "engine/profiling/profile.h"

#include <gtest/gtest.h>

#include <numeric>
#include <utility>

#include "engine/operators/regex.h"
#include "engine/state/match_memory.h"
#include "parser/regex/steps.h"
#include "tests/unit/engine/evaluate.h"

namespace wafcheck::engine {
namespace {

struct Use {
  bool prefilter = true;
  MatchMemory* memory = nullptr;
};

void evaluate(Transaction& transaction, Profile& profile, const TestRequest& request,
              Use use = {}) {
  TransactionOptions options = options_at(request.time);
  options.profile = &profile;
  options.prefilter = use.prefilter;
  options.memory = use.memory;
  profile.start();
  transaction.reset(std::move(options));
  send(transaction, request);
  profile.stop();
}

/// "runs evaluations candidates cached matches" of each rule.
std::string counts_of(const Profile& profile) {
  std::string text;
  for (const RuleProfile& rule : profile.rules) {
    text += fmt::format("{}{} {} {} {} {}", text.empty() ? "" : "; ", rule.runs, rule.evaluations(),
                        rule.candidates, rule.cached, rule.matches);
  }
  return text;
}

struct CountsRow {
  const char* name;
  const char* rules;
  TestRequest request;
  const char* counts;   ///< runs, evaluations, candidates, cached, matches of each rule
  const char* without;  ///< the same without prefilter
};

constexpr const char* kTwoPhrases = R"(SecRule ARGS "@rx abc" "id:1,phase:2,pass"
SecRule ARGS "@rx xyz" "id:2,phase:2,pass")";

const CountsRow kCountsRows[] = {
    {"EveryValueMeetsTheOperator", R"(SecRule ARGS "@eq 1" "id:1,phase:2,pass")", get("/?a=1&b=2"),
     "1 2 2 0 1", "1 2 2 0 1"},
    {"ValuesThatAreRuledOut", R"(SecRule ARGS "@rx abc" "id:1,phase:2,pass")", get("/?a=abc&b=zzz"),
     "1 2 1 0 1", "1 2 2 0 1"},
    {"TargetsThatAreRuledOut", R"(SecRule ARGS|ARGS_NAMES "@rx abc" "id:1,phase:2,pass")",
     get("/?a=xxx&b=zzz"), "1 4 0 0 0", "1 4 4 0 0"},
    {"EachRuleItsOwn", kTwoPhrases, get("/?a=abc&b=zzz"), "1 2 1 0 1; 1 2 0 0 0",
     "1 2 2 0 1; 1 2 2 0 0"},
    {"NegationMatchesWithoutARun", R"(SecRule ARGS "!@rx abc" "id:1,phase:2,pass")",
     get("/?a=abc&b=zzz"), "1 2 1 0 1", "1 2 2 0 1"},
    {"LinksThatAreNotReached",
     "SecRule ARGS:a \"@streq 1\" \"id:1,phase:2,pass,chain\"\nSecRule ARGS \"@streq 2\"",
     get("/?a=3"), "1 1 0 0 0; 0 0 0 0 0", "1 1 1 0 0; 0 0 0 0 0"},
    {"LinksThatAre",
     "SecRule ARGS:a \"@streq 1\" \"id:1,phase:2,pass,chain\"\nSecRule ARGS \"@streq 2\"",
     get("/?a=1&b=2"), "1 1 1 0 1; 1 2 1 0 1", "1 1 1 0 1; 1 2 2 0 1"},
    {"SkippedRules",
     "SecAction \"id:1,phase:1,pass,skip:1\"\nSecRule ARGS \"@rx a\" \"id:2,phase:1,pass\"",
     get("/?a=a"), "1 0 0 0 0; 0 0 0 0 0", "1 0 0 0 0; 0 0 0 0 0"},
    {"StepsOfMultiMatch", R"(SecRule ARGS "@rx abc" "id:1,phase:2,pass,multiMatch,t:lowercase")",
     get("/?a=ABC&b=zzz"), "1 3 1 0 1", "1 3 3 0 1"},
    {"CountsAreValues", R"(SecRule &ARGS "@eq 2" "id:1,phase:2,pass")", get("/?a=1&b=2"),
     "1 1 1 0 1", "1 1 1 0 1"},
    {"MacrosInArguments", R"(SecRule ARGS "@rx ^%{REQUEST_METHOD}$" "id:1,phase:2,pass")",
     get("/?a=GET&b=PUT"), "1 2 2 0 1", "1 2 2 0 1"},
    {"RulesAfterAnInterruption",
     "SecRule ARGS \"@streq x\" \"id:1,phase:2,deny\"\nSecRule ARGS \"@streq y\" "
     "\"id:2,phase:2,pass\"",
     get("/?a=x"), "1 1 1 0 1; 0 0 0 0 0", "1 1 1 0 1; 0 0 0 0 0"},
};

class ProfileCounts : public testing::TestWithParam<CountsRow> {};

TEST_P(ProfileCounts, AreThose) {
  const auto program = compile(GetParam().rules);
  ASSERT_NE(program, nullptr);
  program->prepare();
  for (const bool prefilter : {true, false}) {
    Profile profile(*program);
    Transaction transaction(*program);
    evaluate(transaction, profile, GetParam().request, {.prefilter = prefilter});
    EXPECT_EQ(counts_of(profile), prefilter ? GetParam().counts : GetParam().without);
  }
}

INSTANTIATE_TEST_SUITE_P(Rows, ProfileCounts, testing::ValuesIn(kCountsRows),
                         [](const auto& test) { return std::string(test.param.name); });

TEST(Profile, ShowsThatTheFirstTransactionDoesWithoutAPrefilter) {
  const auto program = compile(kTwoPhrases);
  ASSERT_NE(program, nullptr);
  Transaction transaction(*program);
  Profile first(*program), second(*program);
  evaluate(transaction, first, get("/?a=abc&b=zzz"), {});
  evaluate(transaction, second, get("/?a=abc&b=zzz"), {});
  EXPECT_EQ(counts_of(first), "1 2 2 0 1; 1 2 2 0 0");
  EXPECT_EQ(counts_of(second), "1 2 1 0 1; 1 2 0 0 0");
}

TEST(Profile, CountsWhatAnEarlierTransactionFound) {
  const auto program = compile(kTwoPhrases);
  ASSERT_NE(program, nullptr);
  program->prepare();
  MatchMemory memory(*program);
  Profile profile(*program);
  Transaction transaction(*program);
  evaluate(transaction, profile, get("/?a=abc&b=zzz"), {.memory = &memory});
  evaluate(transaction, profile, get("/?a=abc&b=new"), {.memory = &memory});
  // abc matches rule 1 each time, so that only rule 2 is spared it.
  EXPECT_EQ(counts_of(profile), "2 4 2 0 2; 2 4 0 1 0");
}

TEST(Profile, TransformsAValueOnceHoweverManyRulesAsk) {
  const auto program = compile(R"(SecRule ARGS "@streq abc" "id:1,phase:2,pass,t:lowercase"
SecRule ARGS "@streq abd" "id:2,phase:2,pass,t:lowercase,t:trim")");
  ASSERT_NE(program, nullptr);
  program->prepare();
  Profile profile(*program);
  Transaction transaction(*program);
  evaluate(transaction, profile, get("/?a=A%20BC&b=wxyz&c=x%20y"));
  ASSERT_EQ(profile.steps.size(), 3U);  // none, lowercase, lowercase and trim
  EXPECT_EQ(profile.steps[1].runs, 1U) << "the others have no upper-case letter";
  EXPECT_EQ(profile.steps[1].changed, 1U);
  EXPECT_EQ(profile.steps[1].bytes, 4U);
  EXPECT_EQ(profile.steps[2].runs, 2U);
  EXPECT_EQ(profile.steps[2].changed, 0U);
}

uint64_t sum_of(const Profile& profile) {
  uint64_t sum =
      std::accumulate(profile.accounts.begin(), profile.accounts.end(), profile.preempted);
  for (const RuleProfile& rule : profile.rules) sum += rule.ticks + rule.operator_ticks;
  for (const StepProfile& step : profile.steps) sum += step.ticks;
  return sum;
}

constexpr const char* kSome = R"(SecRequestBodyAccess On
SecAction "id:1,phase:1,pass,setvar:tx.a=1"
SecRule ARGS "@rx a(?:b|c)+d" "id:2,phase:2,pass,t:urlDecodeUni,t:lowercase"
SecRule ARGS|REQUEST_HEADERS "@pm abc def" "id:3,phase:2,pass,t:none,log,chain"
SecRule MATCHED_VAR "@rx e" "setvar:tx.b=+1"
SecRule TX:a "@eq 1" "id:5,phase:5,pass")";

TEST(Profile, AccountsAddUpToTheWhole) {
  const auto program = compile(kSome);
  ASSERT_NE(program, nullptr);
  program->prepare();
  Profile profile(*program);
  Transaction transaction(*program);
  for (int i = 0; i < 20; ++i) evaluate(transaction, profile, post_form("a=ABCD&b=abcde&c=%41"));
  EXPECT_EQ(profile.transactions, 20U);
  EXPECT_EQ(sum_of(profile), profile.ticks);
  uint64_t in_phases = 0;
  for (const PhaseProfile& phase : profile.phases) in_phases += phase.ticks;
  EXPECT_LT(in_phases, profile.ticks);
  EXPECT_GT(profile.accounts[static_cast<size_t>(Account::bodies)], 0U);
  EXPECT_GT(profile.accounts[static_cast<size_t>(Account::prefilter)], 0U);
  EXPECT_EQ(profile.phases[5].runs, 20U);
}

TEST(Profile, PartsMergeToTheWhole) {
  const auto program = compile(kSome);
  ASSERT_NE(program, nullptr);
  program->prepare();
  Profile whole(*program), first(*program), second(*program);
  Transaction transaction(*program);
  for (int i = 0; i < 40; ++i) {
    const TestRequest request = post_form(fmt::format("a=abcd{}&b=abcde", i));
    evaluate(transaction, whole, request);
    evaluate(transaction, i < 25 ? first : second, request);
  }
  const uint64_t ticks = first.ticks + second.ticks;
  first.merge(std::move(second));
  EXPECT_EQ(counts_of(first), counts_of(whole));
  EXPECT_EQ(first.transactions, 40U);
  EXPECT_EQ(first.ticks, ticks);
  EXPECT_EQ(sum_of(first), ticks);
  EXPECT_EQ(first.steps[1].runs, whole.steps[1].runs);
  EXPECT_EQ(first.phases[2].runs, whole.phases[2].runs);
}

TEST(Profile, CountsTheStepsOfEveryCandidateWhileTheyAreFew) {
  const auto program = compile(R"(SecRule ARGS "@rx a[bc]+d" "id:1,phase:2,pass"
SecRule ARGS "@streq abcd" "id:2,phase:2,pass")");
  ASSERT_NE(program, nullptr);
  program->prepare();
  Profile profile(*program);
  Transaction transaction(*program);
  evaluate(transaction, profile, get("/?x=abcbcd&y=aadabcda&z=none"));
  const auto counter = parser::regex::StepCounter::compile(
      "a[bc]+d", operators::regex_options(program->semantics()));
  ASSERT_TRUE(counter.has_value());
  const uint64_t first = counter->count("abcbcd", 1000).count;
  const uint64_t second = counter->count("aadabcda", 1000).count;
  ASSERT_GT(second, first);
  const auto steps = count_match_steps(*program, profile);
  EXPECT_EQ(steps[0].texts, 2U);
  EXPECT_EQ(steps[0].steps, first + second);
  EXPECT_EQ(steps[0].most, second);
  EXPECT_FALSE(steps[0].stopped);
  EXPECT_EQ(steps[1].texts, 0U);  // no expression
}

TEST(Profile, CountsNoMoreStepsThanTheBudgetAllows) {
  const auto program = compile(R"(SecRule ARGS "@rx a[bc]+d" "id:1,phase:2,pass"
SecRule ARGS "@rx a[bc]+e" "id:2,phase:2,pass")");
  ASSERT_NE(program, nullptr);
  program->prepare();
  Profile profile(*program);
  Transaction transaction(*program);
  evaluate(transaction, profile, get("/?x=abcdabce"));
  profile.rules[1].operator_ticks =
      profile.rules[0].operator_ticks + 1;  // the slower one comes first
  const auto steps = count_match_steps(*program, profile, 1);
  EXPECT_EQ(steps[0].texts, 0U);
  EXPECT_EQ(steps[1].texts, 1U);
}

std::vector<std::string> texts_of(const TextSample& sample) {
  std::vector<std::string> texts;
  for (const auto& [hash, text] : sample.texts()) texts.push_back(text);
  return texts;
}

TEST(TextSample, KeepsAllWhileTheyAreFewThenSome) {
  TextSample sample;
  std::vector<std::string> all;
  for (size_t i = 0; i < TextSample::kTexts; ++i) {
    all.push_back(std::to_string(i));
    sample.offer(all.back());
  }
  EXPECT_EQ(texts_of(sample), all);
  for (int i = 0; i < 10'000; ++i) sample.offer(std::to_string(i % 2));
  EXPECT_LE(sample.texts().size(), TextSample::kTexts);
  const std::vector<std::string> kept = texts_of(sample);
  // What comes in turns is not taken for one kind of it.
  EXPECT_GT(std::ranges::count(kept, "0"), 0);
  EXPECT_GT(std::ranges::count(kept, "1"), 0);
}

TEST(TextSample, CutsLongTexts) {
  TextSample sample;
  sample.offer(std::string(TextSample::kBytes + 1, 'a'));
  EXPECT_EQ(sample.texts().front().second.size(), TextSample::kBytes);
}

TEST(TextSample, MergesIntoOneOfItsSize) {
  TextSample few, many;
  few.offer("one");
  for (int i = 0; i < 1000; ++i) many.offer("two");
  TextSample other = many;
  few.merge(std::move(many));
  EXPECT_LE(few.texts().size(), TextSample::kTexts);
  EXPECT_GE(few.texts().size(), other.texts().size());
}

/// A clock that moves on by a millisecond each time it is read, and three ticks a microsecond.
int64_t fake_ns() {
  static int64_t now = 0;
  return now += 1'000'000;
}
uint64_t fake_ticks() {
  static uint64_t now = 700;
  return std::exchange(now, now + 15'000);
}

TEST(TickRate, IsMeasuredOverFiveMillisecondsAtLeast) {
  const TickRate rate(fake_ticks, fake_ns);
  EXPECT_DOUBLE_EQ(rate.us_per_tick(), 5000.0 / 15'000.0);
}

}  // namespace
}  // namespace wafcheck::engine
