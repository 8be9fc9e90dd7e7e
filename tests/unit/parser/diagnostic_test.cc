#include "parser/diagnostic.h"

#include <gtest/gtest.h>

namespace wafcheck::parser {
namespace {

TEST(Diagnostic, SeveritiesHaveNames) {
  EXPECT_EQ(to_string(Severity::info), "info");
  EXPECT_EQ(to_string(Severity::warning), "warning");
  EXPECT_EQ(to_string(Severity::error), "error");
}

TEST(Diagnostic, OnlyErrorsAreErrors) {
  Diagnostics diagnostics(2);
  diagnostics[0].severity = Severity::info;
  diagnostics[1].severity = Severity::warning;
  EXPECT_FALSE(has_errors({}));
  EXPECT_FALSE(has_errors(diagnostics));
  diagnostics.emplace_back().severity = Severity::error;
  EXPECT_TRUE(has_errors(diagnostics));
}

}  // namespace
}  // namespace wafcheck::parser
