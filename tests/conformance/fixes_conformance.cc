// Safe fixes change no verdict: in the Core Rule Set, fixed in a copy, the same rules match on the
// traffic of its regression tests.

#include <fmt/format.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <memory>
#include <sstream>
#include <string>
#include <vector>

#include "cli/command.h"
#include "engine/program.h"
#include "engine/transaction.h"
#include "formats/ftw/ftw.h"
#include "formats/records/outcome.h"
#include "formats/traffic/http.h"
#include "parser/ruleset/ruleset.h"
#include "tests/scratch.h"
#include "tests/test_data.h"

namespace wafcheck::cli {
namespace {

namespace fs = std::filesystem;
using tests::read;
using tests::shared;

/// The ids that match, in order, on one request after the other.
class Evaluator {
 public:
  explicit Evaluator(const fs::path& rules) {
    auto ruleset =
        std::make_shared<const parser::RulesetModel>(parser::load_model({rules.string()}));
    EXPECT_FALSE(parser::has_errors(ruleset->diagnostics)) << rules;
    program_ = engine::Program::compile(ruleset, {}).program;
    if (program_) transaction_ = std::make_unique<engine::Transaction>(*program_);
  }
  bool ready() const { return transaction_ != nullptr; }

  std::string matches(formats::Exchange exchange) {
    engine::TransactionOptions options;
    options.id = "1";
    options.keep_all_matches = true;
    transaction_->reset(std::move(options));
    formats::Response response;
    formats::evaluate(exchange, *transaction_, [&]() -> const formats::Response& {
      return response = backend_.respond(exchange.request);
    });
    std::string ids;
    for (const engine::MatchedRule& rule : transaction_->matched_rules()) {
      ids += fmt::format("{} ", rule.rule->id.value_or(0));
    }
    return ids;
  }

 private:
  std::shared_ptr<const engine::Program> program_;
  std::unique_ptr<engine::Transaction> transaction_;
  formats::FtwBackend backend_;
};

class FixesConformance : public testing::Test {
 protected:
  void SetUp() override {
    if (!fs::exists(shared() / "crs-tests")) {
      GTEST_SKIP() << "no tests at " << shared() / "crs-tests" << ": set WAFCHECK_SHARED";
    }
    fs::copy(shared() / "crs", folder_ / "crs", fs::copy_options::recursive);
    for (const auto& entry : fs::recursive_directory_iterator(folder_)) {
      fs::permissions(entry.path(), fs::perms::owner_write, fs::perm_options::add);
    }
  }

  tests::ScratchDirectory directory_;
  const fs::path folder_ = directory_.path();
};

TEST_F(FixesConformance, SafeFixesChangeNoMatchOfCrs) {
  // Something to fix there is, whatever state CRS is in.
  const fs::path seeded = folder_ / "crs/rules/REQUEST-942-APPLICATION-ATTACK-SQLI.conf";
  const std::string original = read(seeded);
  std::ofstream(seeded, std::ios::binary) << "# wafcheck: ignore[duplicate-id]\n" << original;

  std::istringstream in;
  std::ostringstream out, err;
  Streams streams{in, out, err};
  run({"lint", "--no-config", "--fix", "--select", "ALL", "--format", "concise",
       (folder_ / "crs/regression.conf").string()},
      streams);
  const std::string report = out.str();
  const size_t last = report.rfind('\n', report.size() - 2) + 1;
  std::cerr << "lint --fix: " << report.substr(std::min(last, report.size()));
  EXPECT_EQ(err.str(), "");
  EXPECT_FALSE(read(seeded).starts_with("# wafcheck:")) << "nothing was fixed";

  Evaluator before(shared() / "crs/regression.conf"), after(folder_ / "crs/regression.conf");
  ASSERT_TRUE(before.ready() && after.ready());
  size_t requests = 0, matching = 0;
  for (const auto& entry : fs::recursive_directory_iterator(shared() / "crs-tests")) {
    const std::string extension = entry.path().extension();
    if (extension != ".yaml" && extension != ".yml") continue;
    for (const formats::FtwTest& test :
         formats::parse_ftw(entry.path().string(), read(entry.path())).tests) {
      for (const formats::FtwStage& stage : test.stages) {
        const auto bytes = formats::build_request(stage.input);
        if (!bytes) continue;
        const formats::Exchange exchange = formats::parse_http_request(*bytes);
        const std::string ids = before.matches(exchange);
        EXPECT_EQ(ids, after.matches(exchange)) << test.id();
        ++requests;
        matching += ids.empty() ? 0 : 1;
      }
    }
  }
  EXPECT_GT(requests, 4000U);
  EXPECT_GT(matching, requests / 2);
}

}  // namespace
}  // namespace wafcheck::cli
