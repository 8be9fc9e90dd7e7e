// The public language tests of the transformations (owasp-modsecurity/secrules-language-tests),
// read in place and run as libmodsecurity 3.0.13 does it.

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <vector>

#include "engine/transformations/transformation.h"

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
  const char* shared = std::getenv("WAFCHECK_SHARED");
  return fs::path(shared ? shared : WAFCHECK_SHARED_DEFAULT) / "secrules-tests" / "transformations";
}

// Each code point of the suite's strings, U+0000-U+00FF, is one byte.
std::string bytes_of(const std::string& utf8) {
  std::string bytes;
  for (size_t i = 0; i < utf8.size(); ++i) {
    auto c = static_cast<unsigned char>(utf8[i]);
    if (c >= 0x80) {
      EXPECT_TRUE(c == 0xc2 || c == 0xc3) << "a code point above U+00FF in " << utf8;
      c = static_cast<unsigned char>((c & 3) << 6 | (static_cast<unsigned char>(utf8[++i]) & 0x3f));
    }
    bytes += static_cast<char>(c);
  }
  return bytes;
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
  const TransformationContext context{parser::semantics_of(parser::Profile::modsecurity3)};
  int ran = 0;
  int departed = 0;
  for (const auto& entry : fs::directory_iterator(folder())) {
    if (entry.path().extension() != ".json") continue;
    std::ifstream file(entry.path());
    for (const nlohmann::json& row : nlohmann::json::parse(file)) {
      if (row.at("type") != "tfn") continue;
      const std::string name = row.at("name");
      const std::string in = bytes_of(row.at("input"));
      const std::string expected = bytes_of(row.at("output"));
      const auto id = find(name);
      std::string out;
      const bool changed = id && function_of(*id)(in, out, context);
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
