#include "parser/syntax/syntax_checks.h"

#include <gtest/gtest.h>

#include <set>
#include <string>

namespace wafcheck::parser {
namespace {

TEST(SyntaxChecks, CodesAreSortedAndNamesUnique) {
  std::set<std::string_view> names;
  std::string_view before;
  for (const SyntaxCheckInfo& check : syntax_checks()) {
    EXPECT_LT(before, check.code);
    before = check.code;
    EXPECT_TRUE(names.insert(check.name).second) << check.name;
    EXPECT_TRUE(check.doc.ends_with('.')) << check.name;
    EXPECT_EQ(&info(check.id), &check);
  }
}

TEST(SyntaxChecks, IdentifiersSpellTheNames) {
  const std::set<std::string> spelled = {
#define WAFCHECK_CHECK(code, id, ...) #id,
#include "parser/syntax/syntax_checks.def"
  };
  for (const SyntaxCheckInfo& check : syntax_checks()) {
    std::string name(check.name);
    for (char& c : name) c = c == '-' ? '_' : c;
    EXPECT_TRUE(spelled.contains(name)) << name;
  }
}

TEST(SyntaxChecks, ShownTextIsPrintableAndShort) {
  EXPECT_EQ(shown(std::string_view("a\0\n\xff~", 5)), "a\\x00\\x0a\\xff~");
  EXPECT_EQ(shown(std::string(100, 'a')), std::string(60, 'a') + "...");
}

}  // namespace
}  // namespace wafcheck::parser
