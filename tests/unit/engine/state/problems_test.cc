#include "engine/state/problems.h"

#include <gtest/gtest.h>

namespace wafcheck::engine {
namespace {

std::string told(const Problems& problems) {
  std::string text;
  for (const Problem& problem : problems.all()) text += problem.kind + ":" + problem.message + " ";
  return text;
}

TEST(Problems, AreInOrderAndReportedOnceWhereAsked) {
  Problems problems(10);
  problems.report_once("limit", "b");
  problems.report_once("limit", "a");
  problems.report_once("limit", "b");
  problems.report("limit", "a");
  problems.report_once("limit", "a");
  EXPECT_EQ(told(problems), "limit:b limit:a limit:a ");
}

TEST(Problems, OfAnotherKindIsAnotherProblem) {
  Problems problems(10);
  problems.report("a", "bc");
  problems.report_once("ab", "c");
  problems.report_once("b", "bc");
  EXPECT_EQ(told(problems), "a:bc ab:c b:bc ");
}

TEST(Problems, AreBounded) {
  Problems problems(2);
  for (const char* message : {"a", "b", "c", "d"}) problems.report("x", message);
  for (const char* message : {"e", "f"}) problems.report_once("x", message);
  EXPECT_EQ(told(problems), "x:a x:b limit:more than 2 errors; the others are not told ");
  EXPECT_FALSE(problems.undecided());
  // What leaves the verdict open is not lost among them.
  for (const char* message : {"g", "h"}) problems.report_undecided("y", message);
  EXPECT_TRUE(problems.undecided());
  EXPECT_EQ(problems.all().size(), 4U);
  EXPECT_EQ(problems.all().back().message, "g");
}

TEST(Problems, ALongMessageIsCut) {
  Problems problems(2);
  problems.report("x", std::string(1'000'000, 'a'));
  EXPECT_LT(problems.all()[0].message.size(), 5000U);
}

}  // namespace
}  // namespace wafcheck::engine
