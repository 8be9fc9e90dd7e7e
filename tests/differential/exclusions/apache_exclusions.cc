// The exclusions that `wafcheck tune` proves hold in Apache httpd with ModSecurity 2, too.

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <gtest/gtest.h>

#include <filesystem>

#include "../apache/apache_server.h"
#include "../apache/wafcheck_side.h"
#include "good_traffic.h"

namespace wafcheck::differential {
namespace {

TEST(ApacheExclusions, GoodRequestsPassOnTheServer) {
  if (!ApacheServer::installed()) {
    GTEST_SKIP() << "apache2 and libapache2-mod-security2 are not installed";
  }
  if (!std::filesystem::exists(kCrsSetup) || !std::filesystem::is_directory(kCrsRules)) {
    GTEST_SKIP() << "modsecurity-crs is not installed";
  }
  const std::vector<formats::Exchange> traffic = good_traffic();
  const tests::ScratchDirectory folder;
  const Result<std::string> tuned = tuned_rules(traffic, "modsecurity2@2.9.7", folder);
  ASSERT_TRUE(tuned) << tuned.error().message;
  Result<ApacheServer> server = ApacheServer::start({Site{crs_with("", "")}, Site{*tuned}});
  ASSERT_TRUE(server) << server.error().message;
  for (const size_t site : {0, 1}) {
    for (const formats::Exchange& exchange : traffic) server->send(site, wire_of(exchange));
  }
  const std::vector<ApacheServer::Seen> seen = server->stop();
  ASSERT_EQ(seen.size(), 2 * traffic.size());
  size_t before = 0;
  std::vector<std::string> after;
  for (size_t at = 0; at < traffic.size(); ++at) {
    if (seen[at].status == 403) ++before;
    if (seen[traffic.size() + at].status != 200) after.push_back(traffic[at].id);
  }
  EXPECT_GE(before, traffic.size() / 2);
  EXPECT_TRUE(after.empty()) << fmt::format("{}", fmt::join(after, " "));
  fmt::print("Apache holds back {} of {} good requests, {} with the exclusions\n", before,
             traffic.size(), after.size());
}

}  // namespace
}  // namespace wafcheck::differential
