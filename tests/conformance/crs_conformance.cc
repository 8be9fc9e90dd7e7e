// The regression tests of the public Core Rule Set, through the command as users run it.

#include <gtest/gtest.h>

#include <filesystem>
#include <map>
#include <nlohmann/json.hpp>
#include <set>
#include <sstream>

#include "cli/command.h"
#include "tests/test_data.h"

namespace wafcheck::cli {
namespace {

namespace fs = std::filesystem;
using tests::shared;

/// Tests that are about the web server: what the rules alone cannot show, and why.
constexpr std::pair<std::string_view, std::string_view> kServersOwn[] = {
    {"920100-2", "blanks before the method: 400"},
    {"920100-5", "CONNECT without a port: 400"},
    {"920100-8", "a fragment in the target: 400"},
    {"920100-11", "a target that is no path: 400"},
    {"920100-12", "a tab before the method: 400"},
    {"920100-13", "a target that is no path: 400"},
    {"920100-15", "spaces in the target: 400"},
    {"920181-1", "Content-Length beside Transfer-Encoding is taken out"},
    {"920270-4", "a Host that is no name: 400"},
    {"920274-1", "a Host that is no name: 400"},
    {"920280-3", "version 0.9 spelled out: 400"},
    {"920290-1", "an empty Host: 400"},
    {"920430-3", "version 0.9 spelled out: 400"},
    {"920430-5", "no version: the answer is a bare body, which the client cannot read"},
    {"920430-6", "a malformed version: 400"},
    {"920430-7", "a malformed version: 400"},
    {"920430-9", "version 0.8: 400"},
    {"920430-10", "a malformed version: 400"},
    {"920610-2", "a fragment in the target: 400"},
    {"920620-1", "repeated headers are merged"},
    {"920640-5", "a body that no header announces is none"},
    {"921140-1", "a bare CR in a header: 400"},
};

class CrsConformance : public testing::Test {
 protected:
  void SetUp() override {
    if (!fs::exists(shared() / "crs-tests")) {
      GTEST_SKIP() << "no tests at " << shared() / "crs-tests" << ": set WAFCHECK_SHARED";
    }
  }

  /// Runs everything behind `front`; the reasons of what failed, by test.
  static std::map<std::string, std::string> failures(const std::string& front) {
    std::istringstream in;
    std::ostringstream out, err;
    Streams streams{in, out, err};
    run({"test", "--front", front, "--format", "json", "-r",
         (shared() / "crs/regression.conf").string(), (shared() / "crs-tests").string()},
        streams);
    const auto report = nlohmann::json::parse(out.str(), nullptr, false);
    std::map<std::string, std::string> failed;
    if (report.is_discarded()) {
      ADD_FAILURE() << "no report: " << err.str();
      return failed;
    }
    EXPECT_GT(report["total"], 0) << err.str();
    EXPECT_EQ(report["skipped"], 0);
    for (const auto& test : report["tests"]) {
      if (test["outcome"] == "failed") failed[test["id"]] = test["reason"];
    }
    return failed;
  }
};

TEST_F(CrsConformance, AllPassBehindTheirReferenceServer) {
  for (const auto& [id, reason] : failures("httpd")) ADD_FAILURE() << id << ": " << reason;
}

TEST_F(CrsConformance, WithoutAServerOnlyTheServersOwnFail) {
  std::set<std::string> expected;
  for (const auto& [id, why] : kServersOwn) expected.emplace(id);
  for (const auto& [id, reason] : failures("none")) {
    if (expected.erase(id) == 0) ADD_FAILURE() << id << ": " << reason;
  }
  for (const std::string& id : expected) ADD_FAILURE() << id << " no longer needs the server";
}

}  // namespace
}  // namespace wafcheck::cli
