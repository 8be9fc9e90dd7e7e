// The seeded defects of the public corpus: each is found on its line and token.

#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <ostream>
#include <string>

#include "lint/checks/check.h"
#include "lint/report/text.h"
#include "parser/ruleset/ruleset.h"
#include "tests/test_data.h"

namespace wafcheck::lint {
namespace {

namespace fs = std::filesystem;

struct Seed {
  std::string_view name;  ///< Snn-CODE
  uint32_t line;
  std::string_view text;
  std::string_view engine = {};
};

constexpr Seed kSeeds[] = {
    {"S01-COR004", 1, "UNION"},
    {"S02-COR002", 1, "RESPONSE_BODY"},
    {"S03-COR002", 1, "ARGS_POST"},
    {"S04-COR023", 1, "424242"},
    {"S05-COR008", 1, "END-NOWHERE"},
    {"S06-PERF001", 1, "(?:a+)+"},
    {"S07-PORT005", 1, "(?<=a)", "coraza@3.7"},
    {"S08-SYN016", 1, "9"},
    {"S09-COR006", 2, "deny"},
    {"S10-COR007", 2, "id:2"},
    {"S11-SEC001", 2, "TX:1"},
    {"S12-SYN012", 1, ""},
    {"S13-COR030", 1, "^utf-8|iso-8859-1$"},
    {"S14-COR031", 1, "A-z"},
    {"S15-COR035", 1, "ten"},
    {"S16-SYN013", 1, "33"},
    {"S17-SYN014", 1, "nowhere.data"},
    {"S18-COR014", 2, "%{tx.anomaly_scroe}"},
    {"S19-SUS002", 1, "t:none"},
    {"S20-COR005", 1, "abc"},
    {"S21-COR014", 1, "never_set_anywhere"},
    {"S22-PORT002", 1, "sanitiseArg", "coraza@3.7"},
    {"S23-PORT003", 1, "@fuzzyHash", "coraza@3.7"},
    {"S24-SYN010", 1, "chain"},
};

void PrintTo(const Seed& seed, std::ostream* out) {
  *out << seed.name;
}

fs::path seeds() {
  return tests::shared() / "lint-seeds";
}

std::string code_of(const Seed& seed) {
  return std::string(seed.name.substr(seed.name.find('-') + 1));
}

class LintSeeds : public testing::TestWithParam<Seed> {
 protected:
  void SetUp() override {
    if (!fs::exists(seeds())) GTEST_SKIP() << "no seeds at " << seeds() << ": set WAFCHECK_SHARED";
  }
};

TEST_P(LintSeeds, AreFoundOnTheToken) {
  const Seed& seed = GetParam();
  const CheckInfo* check = find_check(code_of(seed));
  if (check == nullptr) GTEST_SKIP() << "no check has the code " << code_of(seed);
  const fs::path path = seeds() / (std::string(seed.name) + ".conf");
  ASSERT_TRUE(fs::exists(path)) << path;
  Options options;
  if (!seed.engine.empty()) {
    const auto engine = parse_engine(seed.engine);
    ASSERT_TRUE(engine.has_value());
    options.engines.push_back(*engine);
  }
  const parser::RulesetModel ruleset = parser::load_model({path.string()});
  std::string listing;
  bool found = false;
  for (const parser::Diagnostic& finding : run_checks(ruleset, options)) {
    listing += full(finding, ruleset.sources, false);
    const parser::Place at = ruleset.sources.begin_of(finding.span);
    // The token itself, or what holds it.
    found |= finding.check == check->name && at.line == seed.line &&
             ruleset.sources.text(finding.span).contains(seed.text);
  }
  EXPECT_TRUE(found) << seed.text << " in line " << seed.line << ", but:\n" << listing;
}

INSTANTIATE_TEST_SUITE_P(Seeds, LintSeeds, testing::ValuesIn(kSeeds), [](const auto& seed) {
  std::string name(seed.param.name);
  std::ranges::replace(name, '-', '_');
  return name;
});

TEST(LintSeedsTable, HasARowForEveryFile) {
  if (!fs::exists(seeds())) GTEST_SKIP() << "no seeds at " << seeds() << ": set WAFCHECK_SHARED";
  size_t files = 0;
  for (const auto& entry : fs::directory_iterator(seeds())) {
    if (entry.path().extension() != ".conf") continue;
    ++files;
    const std::string name = entry.path().stem().string();
    EXPECT_NE(std::ranges::find(kSeeds, name, &Seed::name), std::end(kSeeds)) << name;
  }
  EXPECT_EQ(files, std::size(kSeeds));
}

}  // namespace
}  // namespace wafcheck::lint
