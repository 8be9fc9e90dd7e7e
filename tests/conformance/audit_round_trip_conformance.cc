// Our own audit records lose nothing: the requests of CRS's tests are replayed, recorded in each
// layout, and replayed from the record: decision, rules, scores, headers and bodies are the same.

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <sstream>
#include <string>
#include <vector>

#include "cli/command.h"
#include "tests/scratch.h"
#include "tests/test_data.h"

namespace wafcheck {
namespace {

using nlohmann::json;

std::string run(const std::vector<std::string>& arguments) {
  std::istringstream in;
  std::ostringstream out, err;
  cli::Streams streams{in, out, err};
  EXPECT_EQ(cli::run(arguments, streams), cli::kOk) << err.str();
  return out.str();
}

std::vector<json> lines_of(const std::string& text) {
  std::vector<json> lines;
  std::istringstream in(text);
  for (std::string line; std::getline(in, line);) lines.push_back(json::parse(line));
  return lines;
}

/// What became of a transaction.
json verdict(const json& transaction) {
  json ids = json::array();
  for (const json& rule : transaction["matched_rules"]) ids.push_back(rule["id"]);
  return {transaction["id"], transaction["decision"], transaction["would_interrupt"],
          transaction["scores"], ids};
}

class AuditRoundTrip : public testing::TestWithParam<const char*> {};

TEST_P(AuditRoundTrip, LosesNothing) {
  const std::string crs = tests::shared() / "crs/regression.conf";
  const std::string suite = tests::shared() / "crs-tests";
  if (!std::filesystem::exists(crs) || !std::filesystem::exists(suite)) {
    GTEST_SKIP() << "no " << crs << " and " << suite;
  }
  const tests::ScratchDirectory scratch;
  const std::string requests = scratch.path() + "/requests.jsonl", log = scratch.path() + "/log";
  run({"test", "-r", crs, suite, "--emit-transactions", "-o", requests, "-q"});
  const std::vector<json> first =
      lines_of(run({"replay", "-r", crs, "--directive", "SecAuditEngine On", "--directive",
                    "SecAuditLogParts ABCDEFHIJKZ", requests, "--format", "jsonl", "-q",
                    "--no-timing", "--audit-log", log, "--audit-format", GetParam()}));
  const std::vector<json> second =
      lines_of(run({"replay", "-r", crs, log, "--format", "jsonl", "-q", "--no-timing"}));
  ASSERT_GT(first.size(), 4000U);
  ASSERT_EQ(second.size(), first.size());
  for (size_t at = 0; at < first.size(); ++at) {
    EXPECT_EQ(verdict(second[at]), verdict(first[at]));
    EXPECT_EQ(second[at]["changed"], nullptr) << second[at]["id"];
  }
  const std::vector<json> before = lines_of(run({"replay", "--emit-transactions", requests}));
  const std::vector<json> after = lines_of(run({"replay", "--emit-transactions", log}));
  ASSERT_EQ(after.size(), before.size());
  for (size_t at = 0; at < before.size(); ++at) {
    EXPECT_EQ(after[at]["id"], before[at]["id"]);
    EXPECT_EQ(after[at]["request"], before[at]["request"]) << before[at]["id"];
    EXPECT_EQ(after[at].value("response", json()), before[at].value("response", json()))
        << before[at]["id"];
  }
}
INSTANTIATE_TEST_SUITE_P(Layouts, AuditRoundTrip,
                         testing::Values("modsecurity", "modsecurity2", "coraza", "native"),
                         [](const auto& layout) { return std::string(layout.param); });

}  // namespace
}  // namespace wafcheck
