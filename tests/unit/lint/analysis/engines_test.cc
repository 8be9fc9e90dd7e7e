#include "lint/analysis/engines.h"

#include <gtest/gtest.h>

namespace wafcheck::lint {
namespace {

TEST(EngineTargets, AreEnginesAtAVersion) {
  const Result<EngineTarget> target = parse_engine("modsecurity2@2.9.8");
  ASSERT_TRUE(target) << target.error().message;
  EXPECT_EQ(name_of(target->engine), "modsecurity2");
  EXPECT_EQ(title_of(*target), "ModSecurity 2.9.8");
  EXPECT_EQ(parse_engine("coraza")->engine, parser::CZ);
  EXPECT_EQ(parse_engine("modsecurity3")->engine, parser::M3);
}

TEST(EngineTargets, TheDefaultProfileIsNone) {
  EXPECT_EQ(parse_engine("default").error().message,
            "\"default\" is not an engine: expected modsecurity2, modsecurity3 or coraza");
  EXPECT_FALSE(parse_engine("nginx"));
}

}  // namespace
}  // namespace wafcheck::lint
