// Runs <operator>.json of every operator in the table. A row:
//   param, input, ret    compile `param`, evaluate `input`, expect the verdict (0 or 1)
//   engine               profile; default "default"
//   captures             the exact TX:0, TX:1, ...; null for a group that took no part
//   expanded             the argument at run time, where it differs from `param`
//   files                what the operator may read: files, or datasets, by name
//   match_limit, limit   the step limit; whether it must be hit
//   unevaluated          how MatchState::error must begin
//   error, at            instead of ret: the load error's text (a part of it) and offset
//   note                 why the row is there

#include <gtest/gtest.h>

#include <fstream>
#include <optional>

#include <fmt/format.h>
#include "engine/operators/operator.h"
#include "nlohmann/json.hpp"
#include "parser/language/semantics.h"
#include "tests/json_bytes.h"

namespace wafcheck::engine {
namespace {

using nlohmann::json;
using tests::json_bytes;

std::function<Result<std::string>(std::string_view)> reader_of(const json& row) {
  const json files = row.value("files", json::object());
  return [files](std::string_view name) -> Result<std::string> {
    const auto file = files.find(name);
    if (file == files.end()) return fail(fmt::format("{}: no such file", name));
    return json_bytes(file->get<std::string>());
  };
}

void expect_captures(const json& expected, const operators::MatchState& state) {
  ASSERT_EQ(state.captures.size(), expected.size());
  for (size_t i = 0; i < expected.size(); ++i) {
    const std::string_view capture = state.captures[i];
    ASSERT_EQ(capture.data() == nullptr, expected[i].is_null()) << "TX:" << i;
    if (capture.data() != nullptr) {
      EXPECT_EQ(capture, json_bytes(expected[i].get<std::string>())) << "TX:" << i;
    }
  }
}

void run(parser::Operator op, const json& row) {
  const auto engine = parser::parse_engine(row.value("engine", "default"));
  ASSERT_TRUE(engine);
  const operators::OperatorContext context{.semantics = parser::semantics_of(*engine),
                                           .read_file = reader_of(row),
                                           .match_limit = row.value("match_limit", 100'000u)};
  const std::string param = json_bytes(row.at("param").get<std::string>());
  const Result<operators::OperatorPointer> compiled = operators::factory_of(op)(param, context);

  if (row.contains("error")) {
    ASSERT_FALSE(compiled) << "loads";
    EXPECT_NE(compiled.error().message.find(json_bytes(row["error"].get<std::string>())),
              std::string::npos)
        << compiled.error().message;
    if (row.contains("at")) {
      EXPECT_EQ(compiled.error().at, row["at"].get<size_t>());
    }
    return;
  }
  ASSERT_TRUE(compiled) << compiled.error().message;

  const std::string input = json_bytes(row.at("input").get<std::string>());
  const std::string argument =
      row.contains("expanded") ? json_bytes(row["expanded"].get<std::string>()) : param;
  operators::MatchState state;
  state.want_captures = true;
  EXPECT_EQ((*compiled)->match(input, argument, state), row.at("ret").get<int>() == 1);
  EXPECT_EQ(state.limit_hit, row.value("limit", false));
  if (row.contains("unevaluated")) {
    EXPECT_TRUE(state.error.starts_with(row["unevaluated"].get<std::string>())) << state.error;
  } else {
    EXPECT_EQ(state.error, "");
  }
  if (row.contains("captures")) expect_captures(row["captures"], state);
  if (row.at("ret") == 0) {
    EXPECT_TRUE(state.captures.empty());
  }
}

class OperatorTable : public testing::TestWithParam<std::string> {};

TEST_P(OperatorTable, BehavesAsItsCasesSay) {
  const std::string path =
      fmt::format("{}/tests/unit/engine/operators/{}.json", WAFCHECK_SOURCE_DIR, GetParam());
  std::ifstream file(path);
  ASSERT_TRUE(file) << path << " is missing: every operator has cases";
  const json rows = json::parse(file);
  ASSERT_FALSE(rows.empty()) << path;
  for (const json& row : rows) {
    SCOPED_TRACE(row.dump());
    run(parser::find_operator(GetParam()).value(), row);
  }
}

std::vector<std::string> operator_names() {
  std::vector<std::string> names;
  for (const parser::OperatorInfo& row : parser::operators()) names.emplace_back(row.name);
  return names;
}

INSTANTIATE_TEST_SUITE_P(EveryOperator, OperatorTable, testing::ValuesIn(operator_names()),
                         [](const auto& name) { return name.param; });

}  // namespace
}  // namespace wafcheck::engine
