// Which rules an audit record names, and whether a record of the same engine is compared with
// these.

#include <gmock/gmock.h>

#include <nlohmann/json.hpp>

#include "formats/records/then_and_now.h"
#include "tests/unit/formats/evaluated.h"

namespace wafcheck::formats {
namespace {

using parser::Profile;
using ::testing::IsEmpty;

constexpr const char* kRules =
    "SecRule ARGS:a \"@streq 1\" \"id:1,phase:2,pass,log,noauditlog\"\n"
    "SecRule ARGS:a \"@streq 1\" \"id:2,phase:2,pass,nolog,auditlog\"\n"
    "SecRule ARGS:a \"@streq 1\" \"id:3,phase:2,pass,nolog,noauditlog\"\n"
    "SecRule ARGS:a \"@streq 1\" \"id:4,phase:2,pass,log,auditlog\"\n";

TEST(AuditNames, ModSecurity2NamesWhatIsLoggedToo) {
  struct Case {
    Profile profile;
    std::vector<uint64_t> named;
  };
  const Case cases[] = {
      {Profile::modsecurity2, {1, 2, 4}},
      {Profile::modsecurity3, {2, 4}},
  };
  for (const Case& row : cases) {
    Exchange exchange = testing::form_post();
    exchange.recorded.emplace().engine = parser::Engine{row.profile, {}};
    exchange.recorded->rule_ids = row.named;
    const testing::Evaluated run(kRules, std::move(exchange), row.profile);
    const auto both = then_and_now(run.outcome());
    ASSERT_TRUE(both.has_value());
    EXPECT_THAT(both->gone, IsEmpty());
    EXPECT_THAT(both->appeared, IsEmpty());
  }
}

TEST(AuditNames, WafchecksOwnRecordsDoTheSame) {
  const auto messages = [](Profile profile) {
    const testing::Evaluated run(kRules, testing::form_post(), profile);
    const std::string text = testing::audit_record(run.outcome(), "modsecurity2");
    return nlohmann::json::parse(text).at("audit_data").at("messages").size();
  };
  EXPECT_EQ(messages(Profile::modsecurity2), 3U);
  EXPECT_EQ(messages(Profile::modsecurity3), 2U);
}

}  // namespace
}  // namespace wafcheck::formats
