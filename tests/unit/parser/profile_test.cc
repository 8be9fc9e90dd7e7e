#include "parser/profile.h"

#include <gtest/gtest.h>

namespace wafcheck::parser {
namespace {

struct VersionCase {
  std::string_view text;
  std::string_view same;  ///< to_string() of it; empty: it is no version
};
class Versions : public testing::TestWithParam<VersionCase> {};
TEST_P(Versions, AreRead) {
  const Result<Version> version = parse_version(GetParam().text);
  EXPECT_EQ(version.has_value(), !GetParam().same.empty());
  if (version) {
    EXPECT_EQ(to_string(*version), GetParam().same);
  } else {
    EXPECT_NE(version.error().message.find(GetParam().text), std::string::npos);
  }
}
INSTANTIATE_TEST_SUITE_P(
    Texts, Versions,
    testing::Values(VersionCase{"3", "3"}, VersionCase{"3.0", "3.0"}, VersionCase{"3.0.9", "3.0.9"},
                    VersionCase{"v2.9.8", "2.9.8"}, VersionCase{"0.0.0", "0.0.0"},
                    VersionCase{"", ""}, VersionCase{"v", ""}, VersionCase{"3.", ""},
                    VersionCase{".3", ""}, VersionCase{"3.0.9.1", ""}, VersionCase{"3.0.9-rc1", ""},
                    VersionCase{"-3", ""}, VersionCase{"3.x", ""}, VersionCase{"65536", ""},
                    // The number that stands for "newest" is nobody's.
                    VersionCase{"65535", ""}, VersionCase{" 3", ""}));

TEST(Versions, APartThatIsNotGivenIsTheNewest) {
  EXPECT_GT(*parse_version("2.9"), *parse_version("2.9.14"));
  EXPECT_LT(*parse_version("2.9"), *parse_version("2.10.0"));
  EXPECT_GT(Version{}, *parse_version("99.9.9"));
  EXPECT_LT(*parse_version("3.0.9"), *parse_version("3.0.10"));
  EXPECT_EQ(to_string(Version{}), "");
}

struct EngineCase {
  std::string_view text;
  std::string_view name;
  std::string_view title;
};
class EngineNames : public testing::TestWithParam<EngineCase> {};
TEST_P(EngineNames, AreRead) {
  const Result<Engine> target = parse_engine(GetParam().text);
  ASSERT_TRUE(target) << target.error().message;
  EXPECT_EQ(to_string(target->profile), GetParam().name);
  EXPECT_EQ(title_of(*target), GetParam().title);
}
INSTANTIATE_TEST_SUITE_P(
    Texts, EngineNames,
    testing::Values(EngineCase{"default", "default", "wafcheck"},
                    EngineCase{"coraza", "coraza", "Coraza"},
                    EngineCase{"coraza@3.7", "coraza", "Coraza 3.7"},
                    EngineCase{"modsecurity2", "modsecurity2", "ModSecurity 2"},
                    EngineCase{"modsecurity2@2.9.8", "modsecurity2", "ModSecurity 2.9.8"},
                    EngineCase{"modsecurity3@v3", "modsecurity3", "ModSecurity 3"},
                    EngineCase{"modsecurity3@3.0.16", "modsecurity3", "ModSecurity 3.0.16"}));

struct BadEngineCase {
  std::string_view text;
  std::string_view message;
};
class BadEngines : public testing::TestWithParam<BadEngineCase> {};
TEST_P(BadEngines, AreRefused) {
  const Result<Engine> target = parse_engine(GetParam().text);
  ASSERT_FALSE(target);
  EXPECT_EQ(target.error().message, GetParam().message);
}
INSTANTIATE_TEST_SUITE_P(
    Texts, BadEngines,
    testing::Values(
        BadEngineCase{"corazza", "\"corazza\" is not an engine; did you mean coraza?"},
        BadEngineCase{"nginx",
                      "\"nginx\" is not an engine: expected modsecurity2, modsecurity3 or coraza"},
        BadEngineCase{"", "\"\" is not an engine: expected modsecurity2, modsecurity3 or coraza"},
        // Names are spelled as they are printed.
        BadEngineCase{"Coraza", "\"Coraza\" is not an engine; did you mean coraza?"},
        BadEngineCase{"default@1", "\"default\" has no versions: it follows no single engine"},
        BadEngineCase{"coraza@", "\"\" is not a version: expected 3, 3.0 or 3.0.9"},
        BadEngineCase{"coraza@new", "\"new\" is not a version: expected 3, 3.0 or 3.0.9"}));

}  // namespace
}  // namespace wafcheck::parser
