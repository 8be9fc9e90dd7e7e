#include "formats/ftw/expectations.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/unit/formats/reduce/reducing.h"

namespace wafcheck::formats {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

std::vector<std::string> faults(std::string_view yaml) {
  std::vector<std::string> lines;
  for (const FtwProblem& problem : parse_expectations("x.yaml", yaml).problems) {
    lines.push_back(std::to_string(problem.line) + ":" + std::to_string(problem.column) + " " +
                    problem.message);
  }
  return lines;
}

/// What is wrong with a request to /a?b=evil under a rule that denies it.
std::string fault(std::string_view test) {
  const std::string yaml = "traffic: t\ntests:\n  - all: true\n    " + std::string(test);
  const ExpectationFile file = parse_expectations("x.yaml", yaml);
  EXPECT_THAT(file.problems, IsEmpty()) << yaml;
  testing::Reducing rules(
      "SecRule ARGS evil \"id:1,phase:2,deny,status:406\"\nSecAction \"id:2,phase:1,pass,nolog\"");
  return file.expectations.at(0).fault(rules.run(testing::get("/a?b=evil")));
}

TEST(Expectations, Recognises) {
  EXPECT_TRUE(looks_like_expectations("# comment\n---\n\ntraffic: x\ntests:\n"));
  EXPECT_FALSE(looks_like_expectations("---\nmeta:\nrule_id: 1\n"));
  EXPECT_FALSE(looks_like_expectations(""));
}

TEST(Expectations, Selects) {
  struct Row {
    std::string_view selection;
    bool selected;
  };
  Exchange exchange = testing::get("/a/b?c=d");
  exchange.id = "t1";
  exchange.entry = 3;
  const Row rows[] = {
      {"all: true", true},         {"id: t1", true},
      {"id: t2", false},           {"entry: 3", true},
      {"entry: 0", false},         {"request: /a/b", true},
      {"request: GET /a/b", true}, {"request: POST /a/b", false},
      {"request: /a", false},      {"request: get /a/*", true},
      {"request: /*", false},      {"request: \"**\"", true},
  };
  for (const Row& row : rows) {
    const ExpectationFile file = parse_expectations(
        "x.yaml", "traffic: t\ntests:\n  - " + std::string(row.selection) + "\n    expect: pass\n");
    ASSERT_EQ(file.expectations.size(), 1U) << row.selection;
    EXPECT_EQ(file.expectations[0].selects(exchange), row.selected) << row.selection;
  }
}

TEST(Expectations, TellsWhatIsOtherwise) {
  EXPECT_EQ(fault("expect: block"), "");
  EXPECT_EQ(fault("status: 406"), "");
  EXPECT_EQ(fault("rules: [1, 2]"), "");
  EXPECT_EQ(fault("no_rules: [3]"), "");
  EXPECT_EQ(fault("expect: pass"), "entry @0 (GET /a): expected pass, found block");
  EXPECT_EQ(
      fault("status: 403\n    rules: [3]\n    no_rules: [2]"),
      "entry @0 (GET /a): expected status 403, found 406; rule 3 does not match; rule 2 matches");
}

TEST(Expectations, NamesTests) {
  const ExpectationFile file = parse_expectations(
      "x.yaml",
      "traffic: t\ntests:\n"
      "  - {request: GET /a, expect: pass, status: 200, rules: [1, 2], no_rules: [3]}\n"
      "  - {name: n, all: true, expect: block}\n");
  EXPECT_EQ(file.traffic, "t");
  EXPECT_EQ(file.expectations.at(0).id(), "GET /a: pass status 200 rules 1,2 no rules 3");
  EXPECT_EQ(file.expectations.at(1).id(), "n");
}

TEST(Expectations, WritesWhatItReads) {
  const std::string yaml =
      "traffic: t\ntests:\n"
      "  - name: \"a \\\"b\\\"\"\n    request: \"GET /a\"\n    expect: pass\n    status: 200\n"
      "    rules: [1, 2]\n    no_rules: [3]\n"
      "  - all: true\n    expect: block\n"
      "  - id: \"t1\"\n    expect: block\n"
      "  - entry: 0\n    expect: block\n";
  std::string written = "traffic: t\ntests:\n";
  for (const Expectation& expectation : parse_expectations("x.yaml", yaml).expectations) {
    written += expectation_text(expectation);
  }
  EXPECT_EQ(written, yaml);
}

TEST(Expectations, Faults) {
  EXPECT_THAT(faults("traffic: t\ntests:\n  - entry: 0\n    exspect: pass\n"),
              ElementsAre("4:5 unknown key 'exspect' in a test; did you mean 'expect'?",
                          "3:5 nothing is expected: the test cannot fail"));
  EXPECT_THAT(faults("traffic: t\ntests:\n  - {all: true, id: x, expect: pass}\n"),
              ElementsAre("3:5 expected one of all, id, entry and request, found several"));
  EXPECT_THAT(faults("traffic: t\ntests:\n  - {all: true, expect: blocked}\n"),
              ElementsAre("3:25 expected pass or block, found 'blocked'",
                          "3:5 nothing is expected: the test cannot fail"));
  EXPECT_THAT(faults("traffic: t\n"), ElementsAre("1:1 tests: expected a list of tests"));
  EXPECT_THAT(faults("traffic:\ntests: [{all: true, expect: pass}]\n"),
              ElementsAre("1:1 traffic: expected the name of a file"));
}

}  // namespace
}  // namespace wafcheck::formats
