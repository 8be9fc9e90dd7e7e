// The corpus of seeded defects, tests/defects/CODE.conf: each check finds the fault of its file, on
// the very token.

#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

#include "lint/checks/check.h"
#include "lint/checks/example.h"
#include "lint/report/text.h"
#include "parser/ruleset/ruleset.h"

namespace wafcheck::lint {
namespace {

std::vector<std::string> codes() {
  std::vector<std::string> found;
  for (const auto& entry :
       std::filesystem::directory_iterator(WAFCHECK_SOURCE_DIR "/tests/defects")) {
    if (entry.path().extension() == ".conf") found.push_back(entry.path().stem());
  }
  std::ranges::sort(found);
  return found;
}

class Defects : public testing::TestWithParam<std::string> {};
TEST_P(Defects, AreFoundOnTheToken) {
  std::ifstream in(
      std::filesystem::path(WAFCHECK_SOURCE_DIR "/tests/defects") / (GetParam() + ".conf"),
      std::ios::binary);
  Example example(std::string(std::istreambuf_iterator<char>(in), {}));
  ASSERT_FALSE(example.expected.empty()) << "no \"#: find\" comment";
  const CheckInfo* check = find_check(GetParam());
  ASSERT_NE(check, nullptr);
  const parser::RulesetModel ruleset = example.load();
  example.options.selection.select = {GetParam()};
  std::string listing;
  std::vector<bool> seen(example.expected.size());
  for (const parser::Diagnostic& finding : run_checks(ruleset, example.options)) {
    if (finding.check != check->name) continue;
    listing += full(finding, ruleset.sources, false);
    const parser::Place at = ruleset.sources.begin_of(finding.span);
    bool expected = false;
    for (size_t i = 0; i < seen.size(); ++i) {
      const Expected& wanted = example.expected[i];
      if (wanted.file != at.path || wanted.line != at.line || wanted.column != at.column) continue;
      if (wanted.text != ruleset.sources.text(finding.span)) continue;
      seen[i] = expected = true;
    }
    EXPECT_TRUE(expected) << "found besides:\n" << full(finding, ruleset.sources, false);
  }
  for (size_t i = 0; i < seen.size(); ++i) {
    const Expected& wanted = example.expected[i];
    EXPECT_TRUE(seen[i]) << "not found: " << wanted.file << ':' << wanted.line << ':'
                         << wanted.column << ' ' << wanted.text << "\nbut:\n"
                         << listing;
  }
}
INSTANTIATE_TEST_SUITE_P(Corpus, Defects, testing::ValuesIn(codes()),
                         [](const auto& code) { return code.param; });

TEST(Corpus, HasADefectForEveryCheck) {
  const std::vector<std::string> have = codes();
  for (const CheckInfo& check : all_checks()) {
    if (check.bad.empty()) continue;  // no file of the corpus could have it
    EXPECT_TRUE(std::ranges::binary_search(have, check.code))
        << check.code << " has no tests/defects/" << check.code << ".conf";
  }
}

}  // namespace
}  // namespace wafcheck::lint
