// Persistent collections as rules see them, over several transactions and their own clock.

#include "engine/collections.h"

#include <fmt/format.h>

#include "tests/unit/engine/evaluate.h"

namespace wafcheck::engine {
namespace {

using parser::Profile;

struct Case {
  std::string name;
  Profile profile;
  std::string rules;
  std::vector<int64_t> seconds;      ///< after the first transaction, one a transaction
  std::vector<std::string> matched;  ///< ids, one text a transaction
};

class Collections : public testing::TestWithParam<Case> {};

TEST_P(Collections, MatchAsTheReferenceSays) {
  const Case& row = GetParam();
  const auto program = compile(row.rules, row.profile);
  ASSERT_NE(program, nullptr);
  MemoryStore store;
  std::vector<std::string> matched;
  for (const int64_t second : row.seconds) {
    matched.push_back(evaluate(*program, {.time = 1'000'000 + second}, &store).matched);
  }
  EXPECT_EQ(matched, row.matched);
}

constexpr auto kDefault = Profile::standard;
const std::string kOpen = "SecAction \"id:1,phase:1,nolog,pass,initcol:ip=%{REMOTE_ADDR}\"\n";
const std::string kCount = "SecAction \"id:2,phase:1,nolog,pass,setvar:ip.n=+1\"\n";

INSTANTIATE_TEST_SUITE_P(
    Rows, Collections,
    testing::ValuesIn(std::vector<Case>{
        {"kept_from_one_to_the_next",
         kDefault,
         kOpen + kCount + "SecRule IP:n \"@eq 2\" \"id:3,phase:1,log,pass\"",
         {0, 1, 2},
         {"", "3", ""}},
        {"names_whatever_their_case",
         kDefault,
         kOpen + "SecAction \"id:2,phase:1,nolog,pass,setvar:IP.CamelCase=x\"\n"
                 "SecRule IP:camelcase \"@streq x\" \"id:3,phase:1,log,pass\"",
         {0},
         {"3"}},
        {"written_order_in_one_rule",
         kDefault,
         "SecAction \"id:1,phase:1,nolog,pass,initcol:ip=x,setvar:ip.n=+1\"\n"
         "SecRule IP:n \"@eq 1\" \"id:3,phase:1,log,pass\"",
         {0},
         {"3"}},
        {"modsecurity3_sets_before_it_opens",
         Profile::modsecurity3,
         "SecRuleEngine On\nSecAction \"id:1,phase:1,nolog,pass,initcol:ip=x,setvar:ip.n=+1\"\n"
         "SecRule IP:n \"@eq 1\" \"id:3,phase:1,log,pass\"",
         {0},
         {""}},
        {"modsecurity3_in_two_rules",
         Profile::modsecurity3,
         "SecRuleEngine On\n" + kOpen + kCount + "SecRule IP:n \"@eq 1\" \"id:3,phase:1,log,pass\"",
         {0},
         {"3"}},
        {"expires_by_the_clock_of_the_traffic",
         kDefault,
         kOpen + "SecAction \"id:2,phase:1,nolog,pass,setvar:ip.n=+1,expirevar:ip.n=60\"\n"
                 "SecRule IP:n \"@gt 1\" \"id:3,phase:1,log,pass\"",
         {0, 59, 119, 120},
         {"", "3", "", "3"}},
        {"expiry_before_the_first_value",
         kDefault,
         kOpen + "SecAction \"id:2,phase:1,nolog,pass,expirevar:ip.n=60,setvar:ip.n=+1\"\n"
                 "SecRule IP:n \"@gt 1\" \"id:3,phase:1,log,pass\"",
         {0, 59, 119},
         {"", "3", ""}},
        {"an_expiry_alone_is_no_member",
         kDefault,
         kOpen + "SecAction \"id:2,phase:1,nolog,pass,expirevar:ip.n=60\"\n"
                 "SecRule &IP:n \"@eq 0\" \"id:3,phase:1,log,pass\"",
         {0},
         {"3"}},
        {"expires_only_when_it_is_opened",
         kDefault,
         kOpen + "SecAction \"id:2,phase:1,nolog,pass,setvar:ip.n=1,expirevar:ip.n=0\"\n"
                 "SecRule IP:n \"@eq 1\" \"id:3,phase:2,log,pass\"",
         {0},
         {"3"}},
        {"a_new_value_keeps_the_expiry",
         kDefault,
         kOpen + "SecRule IP:IS_NEW \"@eq 1\" "
                 "\"id:2,phase:1,nolog,pass,setvar:ip.n=1,expirevar:ip.n=60\"\n"
                 "SecRule IP:n \"@ge 1\" \"id:3,phase:1,log,pass,setvar:ip.n=+1\"",
         {0, 50, 61},
         {"3", "3", ""}},
        {"unset",
         kDefault,
         kOpen + "SecRule &IP:n \"@eq 1\" \"id:2,phase:1,log,pass,setvar:!ip.n,skipAfter:END\"\n"
                 "SecAction \"id:3,phase:1,nolog,pass,setvar:ip.n=1\"\nSecMarker END",
         {0, 1, 2},
         {"", "2", ""}},
        {"is_new_until_something_is_saved",
         kDefault,
         kOpen + "SecRule IP:IS_NEW \"@eq 1\" \"id:2,phase:1,log,pass\"\n"
                 "SecRule TIME_SEC \"@eq 41\" \"id:3,phase:1,nolog,pass,setvar:ip.seen=1\"",
         {0, 1, 2, 3},
         {"2", "2", "", ""}},
        {"update_counter",
         kDefault,
         kOpen + kCount + "SecRule IP:UPDATE_COUNTER \"@eq 2\" \"id:3,phase:1,log,pass\"",
         {0, 1, 2, 3},
         {"", "", "3", ""}},
        {"updates_a_minute",
         kDefault,
         kOpen + kCount + "SecRule IP:UPDATE_RATE \"@eq 6\" \"id:3,phase:1,log,pass\"",
         {0, 10, 19, 60},
         {"", "3", "3", ""}},
        {"create_and_update_times",
         kDefault,
         kOpen + kCount +
             "SecRule IP:CREATE_TIME \"@eq 1000000\" \"id:3,phase:1,log,pass\"\n"
             "SecRule IP:LAST_UPDATE_TIME \"@eq 1000005\" \"id:4,phase:1,log,pass\"",
         {0, 5, 9},
         {"3", "3", "3 4"}},
        {"key_in_a_macro",
         kDefault,
         kOpen + "SecRule REMOTE_ADDR \"@streq %{ip.key}\" \"id:2,phase:1,log,pass\"",
         {0},
         {"2"}},
        {"collection_timeout",
         kDefault,
         "SecCollectionTimeout 30\n" + kOpen + kCount +
             "SecRule IP:n \"@eq 2\" \"id:3,phase:1,log,pass\"",
         {0, 29, 60},
         {"", "3", ""}},
        {"timeout_of_one_record",
         kDefault,
         kOpen + kCount +
             "SecAction \"id:4,phase:1,nolog,pass,setvar:ip.timeout=10\"\n"
             "SecRule IP:n \"@eq 2\" \"id:3,phase:1,log,pass\"",
         {0, 9, 20},
         {"", "3", ""}},
        {"deprecated_for_each_whole_period",
         kDefault,
         kOpen + "SecRule IP:IS_NEW \"@eq 1\" \"id:2,phase:1,nolog,pass,setvar:ip.n=10\"\n"
                 "SecAction \"id:3,phase:1,nolog,pass,deprecatevar:ip.n=3/60\"\n"
                 "SecRule IP:n \"@eq 10\" \"id:4,phase:1,log,pass\"\n"
                 "SecRule IP:n \"@eq 4\" \"id:5,phase:1,log,pass\"\n"
                 "SecRule IP:n \"@eq 0\" \"id:6,phase:1,log,pass\"",
         {0, 59, 125, 1000},
         {"4", "4", "5", "6"}},
        {"by_expression",
         kDefault,
         kOpen +
             "SecAction \"id:2,phase:1,nolog,pass,setvar:ip.ab=1,setvar:ip.ac=1,setvar:ip.b=1\"\n"
             "SecRule &IP:/^a/ \"@eq 2\" \"id:3,phase:1,log,pass\"\n"
             "SecRule &IP \"@eq 10\" \"id:4,phase:1,log,pass\"",
         {0},
         {"3 4"}},
        {"modsecurity3_counts_none",
         Profile::modsecurity3,
         "SecRuleEngine On\n" + kOpen +
             "SecAction \"id:2,phase:1,nolog,pass,setvar:ip.ab=1\"\n"
             "SecRule &IP \"@eq 0\" \"id:3,phase:1,log,pass\"\n"
             "SecRule IP \"@unconditionalMatch\" \"id:4,phase:1,log,pass\"\n"
             "SecRule IP:/^a/ \"@unconditionalMatch\" \"id:5,phase:1,log,pass\"\n"
             "SecRule IP:/b$/ \"@unconditionalMatch\" \"id:6,phase:1,log,pass\"\n"
             "SecRule IP:/^192.*::::ab/ \"@unconditionalMatch\" \"id:7,phase:1,log,pass\"\n"
             "SecRule &IP:IS_NEW \"@eq 0\" \"id:8,phase:1,log,pass\"",
         {0},
         {"3 6 7 8"}},
        {"opened_once",
         kDefault,
         "SecAction \"id:1,phase:1,nolog,pass,initcol:ip=a,initcol:ip=b\"\n"
         "SecRule IP:KEY \"@streq a\" \"id:2,phase:1,log,pass\"",
         {0},
         {"2"}},
        {"modsecurity3_opens_another",
         Profile::modsecurity3,
         "SecRuleEngine On\n"
         "SecAction \"id:1,phase:1,nolog,pass,initcol:ip=a\"\nSecAction "
         "\"id:2,phase:1,nolog,pass,setvar:ip.n=+1\"\n"
         "SecAction \"id:3,phase:1,nolog,pass,initcol:ip=b\"\nSecRule &IP:n \"@eq 0\" "
         "\"id:4,phase:1,log,pass\"\n"
         "SecAction \"id:5,phase:1,nolog,pass,initcol:ip=a\"\nSecRule IP:n \"@ge 1\" "
         "\"id:6,phase:1,log,pass\"",
         {0, 1},
         {"4 6", "4 6"}},
        {"coraza_keeps_nothing",
         Profile::coraza,
         kOpen + "SecRule &IP \"@eq 0\" \"id:2,phase:1,log,pass\"",
         {0},
         {"2"}},
        {"session",
         kDefault,
         "SecAction \"id:1,phase:1,nolog,pass,setsid:abc\"\n"
         "SecAction \"id:2,phase:1,nolog,pass,setvar:session.n=+1\"\n"
         "SecRule SESSIONID \"@streq abc\" \"id:3,phase:1,log,pass,chain\"\n SecRule SESSION:n "
         "\"@eq 2\"\n",
         {0, 1},
         {"", "3"}},
        {"user_and_resource",
         kDefault,
         "SecAction \"id:1,phase:1,nolog,pass,setuid:joe,setrsc:/x\"\n"
         "SecAction \"id:2,phase:1,nolog,pass,setvar:user.n=+1,setvar:resource.n=+2\"\n"
         "SecRule USERID \"@streq joe\" \"id:3,phase:1,log,pass,chain\"\n SecRule USER:n \"@eq "
         "2\"\n"
         "SecRule RESOURCE:n \"@eq 4\" \"id:4,phase:1,log,pass\"",
         {0, 1},
         {"", "3 4"}},
    }),
    [](const auto& test) { return test.param.name; });

TEST(CollectionKeys, TellClientsAndApplicationsApart) {
  const std::string rules = kOpen + kCount + "SecRule IP:n \"@eq 2\" \"id:3,phase:1,log,pass\"";
  const auto shop = compile("SecWebAppId shop\n" + rules);
  const auto forum = compile("SecWebAppId forum\n" + rules);
  MemoryStore store;
  EXPECT_EQ(evaluate(*shop, {.client = "192.0.2.1"}, &store).matched, "");
  EXPECT_EQ(evaluate(*shop, {.client = "192.0.2.2"}, &store).matched, "");
  EXPECT_EQ(evaluate(*forum, {.client = "192.0.2.1"}, &store).matched, "");
  EXPECT_EQ(evaluate(*shop, {.client = "192.0.2.1"}, &store).matched, "3");
}

TEST(MemoryStore, DropsWhatItReadsAsExpired) {
  const auto program = compile("SecCollectionTimeout 60\n" + kOpen +
                               "SecRule ARGS:count \"@unconditionalMatch\" "
                               "\"id:2,phase:1,nolog,pass,setvar:ip.n=+1\"");
  ASSERT_NE(program, nullptr);
  MemoryStore store;
  evaluate(*program, {.time = 1000, .uri = "/?count"}, &store);
  EXPECT_EQ(store.size(), 1u);
  evaluate(*program, {.time = 1059}, &store);
  EXPECT_EQ(store.size(), 1u);
  evaluate(*program, {.time = 1060}, &store);
  EXPECT_EQ(store.size(), 0u);
}

/// A request of each of so many clients, `seconds` apart; how many were not decided.
size_t undecided(MemoryStore& store, int clients, int64_t seconds, const std::string& value = "1") {
  const auto program = compile("SecCollectionTimeout 60\n" + kOpen +
                               "SecAction \"id:2,phase:1,nolog,pass,setvar:ip.n=%{ARGS.v}\"\n");
  size_t count = 0;
  for (int at = 0; at < clients; ++at) {
    Transaction transaction(*program, options_at(1000 + at * seconds, &store));
    send(transaction, {.client = fmt::format("192.0.2.{}", at), .uri = "/?v=" + value});
    if (transaction.undecided()) ++count;
  }
  return count;
}

TEST(MemoryStore, IsBoundedInRecordsAndSaysSo) {
  Limits limits;
  limits.collection_records = 10;
  MemoryStore store(limits);
  EXPECT_EQ(undecided(store, 15, 0), 5U);
  EXPECT_EQ(store.size(), 10U);
  EXPECT_EQ(undecided(store, 10, 0), 0U) << "those that are there go on";
}

TEST(MemoryStore, IsBoundedInBytesAndSaysSo) {
  Limits limits;
  limits.collection_bytes = 100'000;
  MemoryStore store(limits);
  const size_t lost = undecided(store, 50, 0, std::string(10'000, 'x'));
  EXPECT_GT(lost, 30U);
  EXPECT_EQ(store.size(), 50 - lost);
}

TEST(MemoryStore, MakesRoomOfWhatHasExpired) {
  Limits limits;
  limits.collection_records = 10;
  MemoryStore store(limits);
  EXPECT_EQ(undecided(store, 100, 10), 0U) << "no more than six live at a time";
  EXPECT_LE(store.size(), 10U);
}

TEST(CollectionProblems, AWriteBeforeItIsOpenedIsTold) {
  const auto program = compile(kCount);
  ASSERT_NE(program, nullptr);
  EXPECT_EQ(evaluate(*program, {}).problems,
            std::vector<std::string>{"IP.n was not set: no initcol opened the collection"});
}

TEST(CollectionProblems, MembersAreBounded) {
  const auto program = compile("SecArgumentsLimit 100000\n" + kOpen +
                               "SecRule ARGS \"@unconditionalMatch\" "
                               "\"id:2,phase:1,nolog,pass,setvar:ip.%{MATCHED_VAR}=1\"");
  ASSERT_NE(program, nullptr);
  std::string uri = "/?";
  const size_t most = Limits().record_members;
  for (size_t at = 0; at < most + 5; ++at) uri += fmt::format("a={}&", at);
  MemoryStore store;
  EXPECT_EQ(evaluate(*program, {.uri = uri}, &store).problems,
            std::vector<std::string>{"IP: a record has at most 10000 members in 4194304 bytes; the "
                                     "others were not set"});
  const auto record = store.load({parser::Variable::IP, "default", "192.0.2.1"}, 0);
  ASSERT_TRUE(record && *record);
  EXPECT_EQ((*record)->members.size(), most);
}

/// A store that fails.
struct BrokenStore : CollectionStore {
  Result<std::optional<StoredRecord>> load(const Key&, int64_t) override {
    return fail("it is cut off");
  }
  Result<bool> save(const Key&, const StoredRecord&) override { return fail("the disk is full"); }
};

TEST(CollectionProblems, AFailingStoreIsToldAndTheRulesRun) {
  const auto program = compile(kOpen + kCount + "SecRule IP:n \"@eq 1\" \"id:3,phase:1,log,pass\"");
  ASSERT_NE(program, nullptr);
  BrokenStore store;
  const TestResult result = evaluate(*program, {}, &store);
  EXPECT_EQ(result.matched, "3");
  EXPECT_EQ(
      result.problems,
      (std::vector<std::string>{
          "IP \"192.0.2.1\": the stored record is unreadable and counts as new: it is cut off",
          "IP \"192.0.2.1\" was not saved: the disk is full"}));
}

}  // namespace
}  // namespace wafcheck::engine
