#pragma once
// Tables of texts and what a check finds in them.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <string_view>
#include <vector>

#include "tests/unit/lint/apply.h"
#include "tests/unit/lint/found.h"

namespace wafcheck::lint {

/// A text and the places that a check names.
struct PlaceCase {
  std::string_view check;
  std::string_view what;
  std::string_view rules;
  std::vector<std::string> places = {};  ///< "error 2 TOKEN"; none: nothing is to be found
};

inline void expect_places(const PlaceCase& test) {
  const Found found = find(test.check, test.rules);
  EXPECT_EQ(found.places, test.places) << test.rules;
  EXPECT_EQ(found.errors, "");
}

inline std::string case_name(const testing::TestParamInfo<PlaceCase>& test) {
  std::string name = std::string(test.param.check) + "_" + std::string(test.param.what);
  std::ranges::replace(name, '-', '_');
  return name;
}

/// A text and what a check says of it: "line:column severity message".
struct SaidCase {
  std::string_view check;
  std::string_view text;
  std::vector<std::string> findings;
};

inline void expect_said(const SaidCase& test) {
  EXPECT_EQ(said(test.check, test.text), test.findings) << test.text;
}

/// A text, and what the fixes of a check make of it; empty: it has none.
struct FixedCase {
  std::string_view check;
  std::string_view before;
  std::string_view after;
};

inline void expect_fixed(const FixedCase& test) {
  const std::string after = fixed(test.check, test.before);
  EXPECT_EQ(after, test.after) << test.before;
  EXPECT_THAT(said(test.check, after), testing::IsEmpty());
}

/// A text under a name, and what a check says of it.
struct NamedCase {
  std::string name;
  std::string check;
  std::string text;
  std::vector<std::string> found = {};
};

inline void expect_said(const NamedCase& test) {
  EXPECT_THAT(said(test.check, test.text), testing::ElementsAreArray(test.found));
}

}  // namespace wafcheck::lint
