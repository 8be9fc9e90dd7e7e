#include "cli/tune/settings.h"

#include <gtest/gtest.h>

namespace wafcheck::cli {
namespace {

using parser::Operator;

struct Row {
  Operator how;
  bool negated;
  std::string current, compared;
  std::optional<std::string> widened;
};

TEST(Settings, AreWidenedByWhatGoodRequestsHave) {
  const Row rows[] = {
      {Operator::within, true, "GET HEAD", "PUT", "GET HEAD PUT"},
      {Operator::within, true, "|text/xml|", "|image/png|", "|text/xml| |image/png|"},
      {Operator::within, true, "GET PUT", "PUT", "GET PUT"},
      {Operator::within, false, ".bak/ .sql/ .zip/", ".sql/", ".bak/ .zip/"},
      {Operator::within, false, "/a/ /b/", "/b/", "/a/"},
      // The last one: an empty list would be set to its default again.
      {Operator::within, false, "/a/", "/a/", std::nullopt},
      {Operator::gt, false, "255", "300", "300"},
      {Operator::ge, false, "255", "300", "301"},
      {Operator::gt, false, "255", "10", "255"},
      {Operator::gt, false, "many", "300", std::nullopt},
      {Operator::gt, true, "255", "300", std::nullopt},
      // What a setvar cannot hold.
      {Operator::within, true, "GET", "PU'T", std::nullopt},
      {Operator::within, true, "GET", "%{x}", std::nullopt},
  };
  for (const Row& row : rows) {
    const ComparedSetting setting{"x", row.current, row.compared, row.how, row.negated};
    EXPECT_EQ(widened(setting, row.current), row.widened) << row.current << " " << row.compared;
  }
}

}  // namespace
}  // namespace wafcheck::cli
