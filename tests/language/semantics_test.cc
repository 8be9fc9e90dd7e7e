// Every point of parser/semantics.h on its row: the profiles answer as stated, differ where the
// point differs, and it is the point alone that makes them differ.

#include "semantics.h"
#include "parser/language/semantics.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <functional>
#include <set>

namespace wafcheck::tests {
namespace {

using parser::Profile;
using parser::Semantics;
using parser::semantics_of;

constexpr std::array kProfiles = {Profile::standard, Profile::modsecurity2, Profile::modsecurity3,
                                  Profile::coraza};

struct Point {
  std::string name;
  std::function<bool(const Semantics&, const Semantics&)> same;
  std::function<void(Semantics&, const Semantics&)> take;
};

const std::vector<Point>& points() {
#define X(field, ...)                                                                 \
  {#field, [](const Semantics& a, const Semantics& b) { return a.field == b.field; }, \
   [](Semantics& to, const Semantics& from) { to.field = from.field; }},
  static const std::vector<Point> all = {WAFCHECK_SEMANTICS(X) WAFCHECK_SEMANTIC_FLAGS(X)
                                             WAFCHECK_SEMANTIC_NUMBERS(X)};
#undef X
  return all;
}

SemanticsRows all_rows() {
  SemanticsRows all;
  for (const auto& family :
       {rows_of_syntax(), rows_of_transformations(), rows_of_operators(), rows_of_requests(),
        rows_of_bodies(), rows_of_flow(), rows_of_peer(), rows_of_coraza(), rows_of_modsecurity2(),
        rows_of_selection(), rows_of_decisions(), rows_of_texts()}) {
    all.insert(all.end(), family.begin(), family.end());
  }
  return all;
}

class SemanticsPoint : public testing::TestWithParam<SemanticsRow> {
 protected:
  std::string told_under(const Semantics& semantics) const {
    ToldOptions options{.load = engine::as(semantics.profile), .files = GetParam().files};
    options.load.semantics = &semantics;
    options.error_log = GetParam().error_log;
    options.need_rules = GetParam().need_rules;
    options.in_record = GetParam().in_record;
    options.in_log = GetParam().in_log;
    const std::string head = GetParam().engine_unset ? "" : "SecRuleEngine On\n";
    return told(head + GetParam().rules, GetParam().request, options);
  }
};

TEST_P(SemanticsPoint, IsWhatTheProfilesDifferIn) {
  const SemanticsRow& row = GetParam();
  const auto point = std::ranges::find(points(), row.point, &Point::name);
  ASSERT_NE(point, points().end()) << "no such field";
  std::array<std::string, kProfiles.size()> got;
  for (size_t i = 0; i < kProfiles.size(); ++i) got[i] = told_under(semantics_of(kProfiles[i]));
  ASSERT_EQ(got, row.told);
  for (size_t i = 0; i < kProfiles.size(); ++i) {
    for (size_t j = i + 1; j < kProfiles.size(); ++j) {
      const Semantics& one = semantics_of(kProfiles[i]);
      const Semantics& other = semantics_of(kProfiles[j]);
      if (point->same(one, other)) continue;
      SCOPED_TRACE(fmt::format("{} and {}", to_string(kProfiles[i]), to_string(kProfiles[j])));
      EXPECT_NE(row.told[i], row.told[j]);
      Semantics changed = one;
      point->take(changed, other);
      Semantics changed_other = other;
      point->take(changed_other, one);
      EXPECT_TRUE(told_under(changed) != row.told[i] || told_under(changed_other) != row.told[j])
          << "another point makes the difference";
    }
  }
}

TEST_P(SemanticsPoint, IsWhatTheVersionsDifferIn) {
  for (const auto& [name, expected] : GetParam().other_versions) {
    const auto engine = parser::parse_engine(name);
    ASSERT_TRUE(engine) << engine.error().message;
    const Semantics& older = semantics_of(*engine);
    ASSERT_EQ(older.version, engine->version) << name << " is not modelled";
    EXPECT_EQ(told_under(older), expected) << name;
    // The point alone makes the difference.
    const Semantics& newest = semantics_of(engine->profile);
    const auto point = std::ranges::find(points(), GetParam().point, &Point::name);
    if (point->same(older, newest)) continue;
    EXPECT_NE(expected, GetParam().told[static_cast<size_t>(engine->profile)]) << name;
    Semantics changed = newest;
    point->take(changed, older);
    EXPECT_EQ(told_under(changed), expected) << name;
  }
}

INSTANTIATE_TEST_SUITE_P(Rows, SemanticsPoint, testing::ValuesIn(all_rows()),
                         [](const auto& row) { return row.param.point; });

TEST(SemanticsPoints, HaveARowEach) {
  std::set<std::string> shown;
  for (const SemanticsRow& row : all_rows()) shown.insert(row.point);
  for (const Point& point : points()) EXPECT_TRUE(shown.contains(point.name)) << point.name;
}

/// A change in a later version is shown at the version before it, too.
TEST(SemanticsPoints, HaveARowAChange) {
  std::set<std::string> shown;
  for (const SemanticsRow& row : all_rows()) {
    for (const auto& [engine, told] : row.other_versions) {
      shown.insert(row.point + " " + std::string(to_string(parser::parse_engine(engine)->profile)));
    }
  }
  const std::vector<std::string> changes = {
#define X(field, profile, major, minor, patch, value) #field " " #profile,
      WAFCHECK_SEMANTIC_CHANGES(X)
#undef X
  };
  for (const std::string& change : changes) EXPECT_TRUE(shown.contains(change)) << change;
}

}  // namespace
}  // namespace wafcheck::tests
