// The exclusions that `wafcheck tune` proves hold in the packaged libmodsecurity, too: good
// requests that it holds back pass with them.

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <gtest/gtest.h>

#include <filesystem>

#include "../modsecurity_peer.h"
#include "good_traffic.h"

namespace wafcheck::differential {
namespace {

/// Which of the requests the library holds back.
std::vector<std::string> held_back(const std::string& rules,
                                   const std::vector<formats::Exchange>& traffic) {
  const tests::ScratchDirectory folder;
  ModSecurityPeer peer;
  const Result<void> loaded = peer.load_file(folder.write("main.conf", rules));
  if (!loaded) {
    ADD_FAILURE() << loaded.error().message;
    return {};
  }
  std::vector<std::string> ids;
  for (const formats::Exchange& exchange : traffic) {
    if (peer.answer(exchange).status != 0) ids.push_back(exchange.id);
  }
  return ids;
}

TEST(ExclusionsDifferential, GoodRequestsPassInTheLibrary) {
  if (!std::filesystem::exists(kCrsSetup) || !std::filesystem::is_directory(kCrsRules)) {
    GTEST_SKIP() << "modsecurity-crs is not installed";
  }
  const std::vector<formats::Exchange> traffic = good_traffic();
  const std::vector<std::string> before = held_back(crs_with("", ""), traffic);
  EXPECT_GE(before.size(), traffic.size() / 2);
  const tests::ScratchDirectory folder;
  const Result<std::string> tuned = tuned_rules(traffic, "modsecurity3@3.0.9", folder);
  ASSERT_TRUE(tuned) << tuned.error().message;
  const std::vector<std::string> after = held_back(*tuned, traffic);
  EXPECT_TRUE(after.empty()) << fmt::format("{}", fmt::join(after, " "));
  fmt::print("libmodsecurity holds back {} of {} good requests, {} with the exclusions\n",
             before.size(), traffic.size(), after.size());
}

}  // namespace
}  // namespace wafcheck::differential
