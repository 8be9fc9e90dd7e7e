#include "parser/language/semantics.h"

#include <gtest/gtest.h>

#include <array>
#include <string>
#include <string_view>

namespace wafcheck::parser {
namespace {

constexpr Profile kProfiles[] = {Profile::standard, Profile::modsecurity2, Profile::modsecurity3,
                                 Profile::coraza};

TEST(Semantics, EachProfileHasItsOwnName) {
  constexpr std::string_view kNames[] = {"default", "modsecurity2", "modsecurity3", "coraza"};
  for (size_t i = 0; i < std::size(kProfiles); ++i) {
    EXPECT_EQ(to_string(kProfiles[i]), kNames[i]);
    EXPECT_EQ(semantics_of(kProfiles[i]).profile, kProfiles[i]);
  }
}

TEST(Semantics, AVersionIsTheNewestModelledThatIsNotNewer) {
  const auto version = [](std::string_view engine) {
    return to_string(semantics_of(*parse_engine(engine)).engine());
  };
  EXPECT_EQ(version("modsecurity3"), "modsecurity3@3.0.16");
  EXPECT_EQ(version("modsecurity3@3.0"), "modsecurity3@3.0.16");
  EXPECT_EQ(version("modsecurity3@3.0.11"), "modsecurity3@3.0.11");
  EXPECT_EQ(version("modsecurity3@3.1.0"), "modsecurity3@3.0.16");
  EXPECT_EQ(version("modsecurity3@3.0.2"), "modsecurity3@3.0.9");
  EXPECT_EQ(version("coraza@3.7"), "coraza@3.7.0");
  EXPECT_EQ(version("coraza@3.8.1"), "coraza@3.8.0");
}

TEST(Semantics, VersionsAreInOrder) {
  for (size_t i = 1; i < all_semantics().size(); ++i) {
    const Semantics& before = all_semantics()[i - 1];
    const Semantics& after = all_semantics()[i];
    if (before.profile == after.profile) {
      EXPECT_LT(before.version, after.version);
    }
    EXPECT_LE(before.profile, after.profile);
  }
}

TEST(Semantics, ADefaultValueIsTheDefaultProfile) {
  const Semantics plain;
  const Semantics& standard = semantics_of(Profile::standard);
#define X(field, ...) EXPECT_EQ(plain.field, standard.field) << #field;
  WAFCHECK_SEMANTICS(X)
  WAFCHECK_SEMANTIC_FLAGS(X)
#undef X
}

TEST(Semantics, EachProfileReadsItsOwnColumn) {
  const auto column = [](auto member) {
    std::array<decltype(semantics_of(Profile::standard).*member + 0), 4> values{};
    for (size_t i = 0; i < 4; ++i) values[i] = semantics_of(kProfiles[i]).*member;
    return values;
  };
  EXPECT_EQ(column(&Semantics::unescape_operator_backslash), (std::array{0, 1, 0, 0}));
  EXPECT_EQ(column(&Semantics::unknown_operator_is_regex), (std::array{0, 0, 1, 0}));
  EXPECT_EQ(column(&Semantics::allow_skips_logging), (std::array{0, 0, 0, 1}));
  EXPECT_EQ(column(&Semantics::multiline), (std::array{1, 0, 1, 1}));
  EXPECT_EQ(semantics_of(Profile::standard).json_names, JsonNames::indexed);
  EXPECT_EQ(semantics_of(Profile::modsecurity2).json_names, JsonNames::plain);
  EXPECT_EQ(semantics_of(Profile::modsecurity3).json_names, JsonNames::array_prefixed);
  EXPECT_EQ(semantics_of(Profile::coraza).html_entities, HtmlEntities::html5);
}

}  // namespace
}  // namespace wafcheck::parser
