#include "cli/tune/path.h"

#include <gtest/gtest.h>

namespace wafcheck::cli {
namespace {

TEST(PathTemplate, NumbersDatesAndIdentifiersOfWholeSegmentsVary) {
  const std::pair<std::string_view, std::string_view> rows[] = {
      {"/item/42", "^/item/[0-9]+$"},
      {"/item/42/", "^/item/[0-9]+/$"},
      {"/item/42.json", "^/item/[0-9]+\\.json$"},
      {"/log/2026-11-22", "^/log/[0-9]{4}-[0-9]{2}-[0-9]{2}$"},
      {"/u/3F2504E0-4f89-11d3-9a0c-0305e82c3301/x",
       "^/u/[0-9A-Fa-f]{8}(?:-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}/x$"},
      {"/blob/9f86d081884c7d65", "^/blob/[0-9A-Fa-f]+$"},
      // Words, even of hexadecimal letters, versions and slugs stay.
      {"/facade/deadbeef", ""},
      {"/api/v2/items", ""},
      {"/post/10-tips", ""},
      {"/", ""},
      {"", ""},
  };
  for (const auto& [path, expression] : rows) EXPECT_EQ(path_template(path), expression) << path;
}

TEST(ExactExpression, EscapesWhatIsSpecialInExpressionsAndArguments) {
  EXPECT_EQ(exact_expression("/a.b(c)"), "^/a\\.b\\(c\\)$");
  EXPECT_EQ(exact_expression("/a b\"%{x}\\"), "^/a\\x20b\\x22\\x25\\{x\\}\\x5c$");
  EXPECT_EQ(exact_expression(std::string_view("/\0\xff", 3)), "^/\\x00\\xff$");
}

TEST(PlainArgument, HoldsNothingThatAnEngineMightRead) {
  EXPECT_TRUE(is_plain_argument("/api/orders"));
  for (const std::string_view text : {"", "/a b", "/%{x}", "/a\"", "/a\\", "/\xc3\xa4"}) {
    EXPECT_FALSE(is_plain_argument(text)) << text;
  }
}

}  // namespace
}  // namespace wafcheck::cli
