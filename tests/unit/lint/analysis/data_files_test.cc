#include "lint/analysis/data_files.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "tests/unit/parser/support.h"

namespace wafcheck::lint {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

/// The names of the files that are read for a rule with this operator.
std::vector<std::string> files_of(const std::string& op, parser::Profile profile) {
  parser::MemoryFiles files({{"a.conf", "SecRule ARGS \"" + op + "\" \"id:1,phase:2,deny\"\n"},
                             {"a b.data", "x\n"},
                             {"a", "x\n"},
                             {"b.data", "x\n"}});
  parser::LoadOptions options;
  options.profile = profile;
  options.files = &files;
  const parser::RulesetModel ruleset = parser::load_model({"a.conf"}, options);
  std::vector<std::string> names;
  for (const DataFile& file : read_data_files(ruleset, files)) names.push_back(file.name);
  return names;
}

TEST(DataFiles, AreNamedAsTheEngineReadsTheArgument) {
  using enum parser::Profile;
  EXPECT_THAT(files_of("@pmFromFile a b.data", standard), ElementsAre("a", "b.data"));
  EXPECT_THAT(files_of("@pmFromFile a b.data", coraza), ElementsAre("a b.data"));
  EXPECT_THAT(files_of("@ipMatchFromFile a b.data", standard), ElementsAre("a b.data"));
}

TEST(DataFiles, AreOnlyThoseWithLines) {
  EXPECT_THAT(files_of("@validateSchema a", parser::Profile::standard), IsEmpty());
  EXPECT_THAT(files_of("@pm a b.data", parser::Profile::standard), IsEmpty());
}

}  // namespace
}  // namespace wafcheck::lint
