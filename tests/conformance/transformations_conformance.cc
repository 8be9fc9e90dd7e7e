// The public language tests of the transformations (owasp-modsecurity/secrules-language-tests),
// read in place and run as libmodsecurity 3.0.13 does it.

#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <vector>

#include "engine/transformations/transformation.h"
#include "parser/language/semantics.h"
#include "tests/json_bytes.h"
#include "tests/test_data.h"

namespace wafcheck::engine {
namespace {

namespace fs = std::filesystem;
using namespace std::string_view_literals;

struct Departure {
  std::string_view name;   // as the suite spells it
  std::string_view input;  // empty: every case of the name
  std::string_view reason;
};

// What the suite asks for and the profile's documentation does not.
constexpr Departure kDepartures[] = {
    {"phpArgsNames", "", "known to the suite alone: no engine documents this transformation"},
    {"cssDecode",
     "test\\a\\b\\f\\n\\r\\t\\v\\?\\'\\\"\\\0\\12\\123\\1234\\12345\\123456\\ff01\\ff5e\\\n\\\0  string"sv,
     "wants white space swallowed after an escaped NUL: that is the answer to the digit \\0, which "
     "the file spells as the byte"},
};

fs::path folder() {
  return tests::shared() / "secrules-tests" / "transformations";
}

// The suite has spellings of its own: cmd_line is cmdLine.
std::optional<parser::Transformation> find(std::string name) {
  std::erase(name, '_');
  return parser::find_transformation(name);
}

const Departure* departure_of(std::string_view name, std::string_view input) {
  const auto found = std::ranges::find_if(kDepartures, [&](const Departure& row) {
    return row.name == name && (row.input.empty() || row.input == input);
  });
  return found == std::end(kDepartures) ? nullptr : found;
}

TEST(TransformationsConformance, PublicLanguageTests) {
  if (!fs::is_directory(folder())) {
    GTEST_SKIP() << "NOT RUN: no test data in " << folder() << "; set WAFCHECK_SHARED";
  }
  const transformations::TransformationContext context{
      parser::semantics_of(parser::Profile::modsecurity3)};
  int ran = 0;
  int departed = 0;
  for (const auto& entry : fs::directory_iterator(folder())) {
    if (entry.path().extension() != ".json") continue;
    std::ifstream file(entry.path());
    for (const nlohmann::json& row : nlohmann::json::parse(file)) {
      if (row.at("type") != "tfn") continue;
      const std::string name = row.at("name");
      const std::string in = tests::json_bytes(row.at("input").get_ref<const std::string&>());
      const std::string expected =
          tests::json_bytes(row.at("output").get_ref<const std::string&>());
      const auto id = find(name);
      std::string out;
      const bool changed = id && transformations::function_of(*id)(in, out, context);
      const bool agrees = id && (changed ? out : in) == expected;
      if (const Departure* departure = departure_of(name, in)) {
        ++departed;
        EXPECT_FALSE(id && agrees) << name << " passes now, yet is listed: " << departure->reason;
        continue;
      }
      ++ran;
      EXPECT_TRUE(id) << "unknown transformation " << name;
      EXPECT_TRUE(agrees) << name << " of " << testing::PrintToString(in) << "\n  gave     "
                          << testing::PrintToString(changed ? out : in) << "\n  expected "
                          << testing::PrintToString(expected);
    }
  }
  EXPECT_GT(ran, 0) << "no case ran in " << folder();
  RecordProperty("ran", ran);
  RecordProperty("departed", departed);
  std::printf("%d cases ran, %d stand aside\n", ran, departed);
}

}  // namespace
}  // namespace wafcheck::engine
