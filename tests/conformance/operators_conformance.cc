// The operator cases of the public SecLang test collection, under the semantics of libmodsecurity
// 3, whose cases they are.

#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <sstream>

#include <fmt/format.h>
#include "engine/operators/operator.h"
#include "nlohmann/json.hpp"
#include "parser/language/semantics.h"
#include "tests/json_bytes.h"
#include "tests/test_data.h"

namespace wafcheck::engine {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;
using tests::json_bytes;

/// Cases that contradict what is documented of libmodsecurity 3; each must still contradict it.
struct Divergence {
  std::string_view name;
  std::string_view param;
  std::string_view input;
  std::string_view reason;
};

constexpr Divergence kDivergences[] = {
    {"validateByteRange", "xxx", std::string_view("\0", 1),
     "\"xxx\" is overlooked, which leaves an empty table; the collection's own runner cuts the "
     "value "
     "at the NUL and so tests the empty one"},
};

fs::path operators_folder() {
  return tests::shared() / "secrules-tests/operators";
}

Result<std::string> read(const fs::path& path) {
  std::ifstream file(path, std::ios::binary);
  std::ostringstream bytes;
  if (!file || !(bytes << file.rdbuf())) return fail("cannot read " + path.string());
  return bytes.str();
}

bool expected_in_order(const json& expected, const std::vector<std::string_view>& captures) {
  size_t found = 0;
  for (const std::string_view capture : captures) {
    if (found < expected.size() && capture == json_bytes(expected[found].get<std::string>())) {
      ++found;
    }
  }
  return found == expected.size();
}

class Suite {
 public:
  explicit Suite(fs::path folder) : folder_(std::move(folder)) {}

  void run(const json& test) {
    const std::string name = test.at("name");
    const std::string param = json_bytes(test.value("param", ""));
    const std::string input = json_bytes(test.value("input", ""));
    if (name == "geoLookup") {
      ++skipped_;  // needs a geographic database
      return;
    }
    ++ran_;
    const std::string fault = fault_of(test, name, param, input);
    const auto* divergence = std::ranges::find_if(kDivergences, [&](const Divergence& row) {
      return row.name == name && row.param == param && row.input == input;
    });
    if (divergence != std::end(kDivergences)) {
      ++diverging_;
      EXPECT_NE(fault, "") << "no longer diverges: " << test.dump();
    } else {
      EXPECT_EQ(fault, "") << test.dump();
    }
  }

  size_t ran() const { return ran_; }
  size_t skipped() const { return skipped_; }
  size_t diverging() const { return diverging_; }
  size_t unloadable() const { return unloadable_; }

 private:
  /// What is wrong with our answer; empty when nothing is.
  std::string fault_of(const json& test, const std::string& name, const std::string& param,
                       const std::string& input) {
    const auto op = parser::find_operator(name);
    if (!op) return fmt::format("unknown operator {}", name);
    const operators::OperatorContext context{
        .semantics = parser::semantics_of(parser::Profile::modsecurity3),
        .read_file = [this](std::string_view path) { return read(folder_ / path); }};
    const bool expected = test.at("ret").get<int>() == 1;
    const Result<operators::OperatorPointer> compiled = operators::factory_of(*op)(param, context);
    if (!compiled) {
      // The collection has no word for "does not load": such a rule matches nothing.
      ++unloadable_;
      return expected ? fmt::format("does not load: {}", compiled.error().message) : "";
    }
    operators::MatchState state;
    state.want_captures = true;
    const bool matched = (*compiled)->match(input, param, state);
    if (!state.error.empty()) return state.error;
    if (state.limit_hit) return "ran into a limit";
    if (matched != expected) return matched ? "matches" : "does not match";
    if (!test.contains("re_groups")) return "";
    // Lists of @rxGlobal leave out some of what repeated searching yields (empty matches, later
    // ones).
    const json& groups = test["re_groups"];
    const bool same = name == "rxGlobal" || state.captures.size() == groups.size();
    return same && expected_in_order(groups, state.captures) ? "" : "captures other groups";
  }

  fs::path folder_;
  size_t ran_ = 0;
  size_t skipped_ = 0;
  size_t diverging_ = 0;
  size_t unloadable_ = 0;
};

TEST(OperatorsConformance, EveryPublicCase) {
  const fs::path folder = operators_folder();
  if (!fs::is_directory(folder)) {
    GTEST_SKIP() << "no test data at " << folder << "; set WAFCHECK_SHARED";
  }
  Suite suite(folder);
  for (const auto& entry : fs::directory_iterator(folder)) {
    if (entry.path().extension() != ".json") continue;
    const auto bytes = read(entry.path());
    ASSERT_TRUE(bytes) << bytes.error().message;
    for (const json& test : json::parse(*bytes)) {
      if (test.value("type", "") == "op") suite.run(test);
    }
  }
  fmt::print(
      "{} cases, {} of them known divergences, {} with an argument that does not load; {} "
      "skipped (geoLookup needs a database)\n",
      suite.ran(), suite.diverging(), suite.unloadable(), suite.skipped());
  EXPECT_GT(suite.ran(), 0u) << "the folder holds no case";
}

}  // namespace
}  // namespace wafcheck::engine
