#include "parser/semantics.h"

#include <gtest/gtest.h>

#include <array>

namespace wafcheck::parser {
namespace {

constexpr Profile kProfiles[] = {Profile::standard, Profile::modsecurity2, Profile::modsecurity3,
                                 Profile::coraza};

TEST(Semantics, EachProfileHasItsOwnName) {
  constexpr std::string_view kNames[] = {"default", "modsecurity2", "modsecurity3", "coraza"};
  for (size_t i = 0; i < std::size(kProfiles); ++i) {
    EXPECT_EQ(to_string(kProfiles[i]), kNames[i]);
    EXPECT_EQ(profile_from(kNames[i]), kProfiles[i]);
    EXPECT_EQ(semantics_of(kProfiles[i]).profile, kProfiles[i]);
  }
}

TEST(Semantics, OtherNamesAreNoProfile) {
  for (const std::string_view name : {"", "standard", "Coraza", "modsecurity", "coraza "}) {
    EXPECT_EQ(profile_from(name), std::nullopt) << name;
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
