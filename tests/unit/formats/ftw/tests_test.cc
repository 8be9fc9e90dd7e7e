// Test files of schema 2 and 3, and files that are broken in some way.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "formats/ftw/ftw.h"

namespace wafcheck::formats {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

/// A file with one test whose one stage has these lines as its input or output.
std::string with_input(std::string_view lines) {
  return "rule_id: 1\ntests:\n  - stages:\n      - input: " + std::string(lines) + "\n";
}
std::string with_output(std::string_view lines) {
  return "rule_id: 1\ntests:\n  - stages:\n      - output: " + std::string(lines) + "\n";
}
FtwInput input_of(std::string_view lines) {
  const FtwFile file = parse_ftw("f.yaml", with_input(lines));
  EXPECT_THAT(file.problems, IsEmpty()) << lines;
  return file.tests.empty() ? FtwInput() : file.tests[0].stages[0].input;
}
FtwOutput output_of(std::string_view lines) {
  const FtwFile file = parse_ftw("f.yaml", with_output(lines));
  EXPECT_THAT(file.problems, IsEmpty()) << lines;
  return file.tests.empty() ? FtwOutput() : file.tests[0].stages[0].output;
}

constexpr std::string_view kSample = R"(---
meta:
  author: "somebody"
  description: "a sample"
  enabled: true
  tags: [one]
rule_id: 942100
tests:
  - test_id: 7
    desc: "first"
    tags: [a, b]
    stages:
      - description: "login"
        input:
          dest_addr: "127.0.0.1"
          port: 8080
          protocol: "https"
          method: "POST"
          uri: "/login"
          version: "HTTP/1.0"
          headers:
            User-Agent: "x"
            Content-Length: 12
            Empty:
          data: |
            a=1
            b=2
          save_cookie: true
        output:
          status: 200
          response_contains: "welcome"
          log:
            expect_ids: [942100, 942101]
            no_expect_ids: [1]
            match_regex: "yes"
            no_match_regex: "no"
          expect_error: false
          retry_once: true
          isolated: true
      - input:
          follow_redirect: true
        output:
          status: 404
  - desc: "second"
    stages:
      - input: {}
        output: {}
)";

TEST(FtwTests, ReadsSchema2) {
  const FtwFile file = parse_ftw("dir/942100.yaml", kSample);
  EXPECT_THAT(file.problems, IsEmpty());
  EXPECT_THAT(file.notes, IsEmpty());
  ASSERT_EQ(file.tests.size(), 2U);

  const FtwTest& test = file.tests[0];
  EXPECT_EQ(test.id(), "942100-7");
  EXPECT_EQ(test.description, "first");
  EXPECT_THAT(test.tags, ElementsAre("a", "b"));
  EXPECT_EQ(test.line, 9U);
  ASSERT_EQ(test.stages.size(), 2U);
  EXPECT_EQ(test.stages[0].line, 13U);

  const FtwInput& input = test.stages[0].input;
  EXPECT_EQ(input.dest_addr, "127.0.0.1");
  EXPECT_EQ(input.port, 8080);
  EXPECT_EQ(input.protocol, "https");
  EXPECT_EQ(input.method, "POST");
  EXPECT_EQ(input.uri, "/login");
  EXPECT_EQ(input.version, "HTTP/1.0");
  EXPECT_THAT(input.headers, ElementsAre(std::pair("Content-Length", "12"), std::pair("Empty", ""),
                                         std::pair("User-Agent", "x")));
  EXPECT_EQ(input.data, "a=1\nb=2\n");

  const FtwOutput& output = test.stages[0].output;
  EXPECT_EQ(output.status, 200);
  EXPECT_EQ(output.response_contains, "welcome");
  EXPECT_THAT(output.expect_ids, ElementsAre(942100, 942101));
  EXPECT_THAT(output.no_expect_ids, ElementsAre(1));
  EXPECT_EQ(output.match_regex, "yes");
  EXPECT_EQ(output.no_match_regex, "no");
  EXPECT_EQ(output.expect_error, false);
  EXPECT_TRUE(output.isolated);

  EXPECT_TRUE(test.stages[1].input.follow_redirect);
  EXPECT_EQ(test.stages[1].output.status, 404);
  EXPECT_EQ(file.tests[1].id(), "942100-2") << "its place stands in for test_id";
}

TEST(FtwTests, HasTheDefaultsOfTheSchema) {
  const FtwInput input = input_of("{}");
  EXPECT_EQ(input.dest_addr, "localhost");
  EXPECT_EQ(input.port, 80);
  EXPECT_EQ(input.protocol, "http");
  EXPECT_EQ(input.method, "GET");
  EXPECT_EQ(input.uri, "/");
  EXPECT_EQ(input.version, "HTTP/1.1");
  EXPECT_TRUE(input.autocomplete_headers);
  EXPECT_FALSE(input.data);
  EXPECT_FALSE(input.ordered_headers);
}

TEST(FtwTests, TellsEmptyFromAbsent) {
  EXPECT_EQ(input_of("{version: ''}").version, "");
  EXPECT_EQ(input_of("{version: }").version, "HTTP/1.1");
  EXPECT_EQ(input_of("{version: 1.1}").version, "1.1");
  EXPECT_EQ(input_of("{data: ''}").data, "");
  EXPECT_EQ(input_of("{data: ~}").data, std::nullopt);
}

TEST(FtwTests, TakesAutocompleteBeforeStopMagic) {
  EXPECT_FALSE(input_of("{stop_magic: true}").autocomplete_headers);
  EXPECT_TRUE(input_of("{stop_magic: false}").autocomplete_headers);
  EXPECT_FALSE(input_of("{autocomplete_headers: false}").autocomplete_headers);
  EXPECT_TRUE(input_of("{autocomplete_headers: true, stop_magic: true}").autocomplete_headers);
  EXPECT_FALSE(input_of("{stop_magic: false, autocomplete_headers: false}").autocomplete_headers);
}

TEST(FtwTests, KeepsTheOrderOfOrderedHeaders) {
  const FtwInput input =
      input_of("{ordered_headers: [{name: B, value: 2}, {value: 1, name: A}, {name: B}]}");
  ASSERT_TRUE(input.ordered_headers);
  EXPECT_THAT(*input.ordered_headers,
              ElementsAre(Header("B", "2"), Header("A", "1"), Header("B", "")));
}

TEST(FtwTests, UsesDeprecatedLogKeysOnlyWithoutNewerOnes) {
  EXPECT_EQ(output_of("{log_contains: a}").match_regex, "a");
  EXPECT_EQ(output_of("{no_log_contains: a}").no_match_regex, "a");
  EXPECT_EQ(output_of("{log_contains: a, log: {match_regex: b}}").match_regex, "b");
  EXPECT_EQ(output_of("{log_contains: a, log: {expect_ids: [1]}}").match_regex, "");
  EXPECT_EQ(output_of("{log_contains: a, log: {no_expect_ids: [1]}}").match_regex, "a");
  EXPECT_EQ(output_of("{log: {no_expect_ids: [1]}, no_log_contains: a}").no_match_regex, "");
}

TEST(FtwTests, ReadsSchema1Stages) {
  const FtwFile file = parse_ftw("1.yaml", R"(rule_id: 1
tests:
  - test_title: "920100-1"
    stages:
      - stage:
          input: {uri: /x, raw_request: eA==}
          output: {status: 403}
)");
  EXPECT_THAT(file.problems, IsEmpty());
  ASSERT_EQ(file.tests.size(), 1U);
  EXPECT_EQ(file.tests[0].description, "920100-1");
  EXPECT_EQ(file.tests[0].stages[0].input.uri, "/x");
  EXPECT_EQ(file.tests[0].stages[0].input.encoded_request, "eA==");
  EXPECT_EQ(file.tests[0].stages[0].output.status, 403);
}

TEST(FtwTests, ReadsSchema3) {
  const FtwFile file = parse_ftw("1.yaml", R"(rule_id: 1
template:
  method: POST
  uri: "/get?x={{.Payload}}"
  headers:
    - {name: Host, value: localhost}
    - {name: X-Payload, value: "<{{.Payload}}>"}
  data: "x={{ .Payload | b64enc }}"
tests:
  - id: 5
    description: "from the file's template"
    payload: "{{a}}"
    output: {log: {expect_ids: [1]}}
  - payload: "b"
    template: {method: PUT, headers: [{name: Only, value: "{{ .Payload }}"}]}
    output: {status: 400}
  - stages: [{input: {uri: "/{{.Payload}}"}}]
)");
  EXPECT_THAT(file.problems, IsEmpty());
  EXPECT_THAT(file.notes, IsEmpty());
  ASSERT_EQ(file.tests.size(), 3U);
  EXPECT_EQ(file.tests[0].id(), "1-5");
  EXPECT_EQ(file.tests[0].description, "from the file's template");
  ASSERT_EQ(file.tests[0].stages.size(), 1U);
  const FtwInput& first = file.tests[0].stages[0].input;
  EXPECT_EQ(first.method, "POST");
  EXPECT_EQ(first.uri, "/get?x={{a}}");
  EXPECT_THAT(*first.ordered_headers,
              ElementsAre(Header("Host", "localhost"), Header("X-Payload", "<{{a}}>")));
  EXPECT_THAT(*build_request(first), testing::EndsWith("\r\n\r\nx=e3thfX0%3D"));
  EXPECT_THAT(file.tests[0].stages[0].output.expect_ids, ElementsAre(1));

  const FtwInput& second = file.tests[1].stages[0].input;
  EXPECT_EQ(second.method, "PUT");
  EXPECT_EQ(second.uri, "/get?x=b");
  EXPECT_THAT(*second.ordered_headers, ElementsAre(Header("Only", "b")));
  EXPECT_EQ(file.tests[1].stages[0].output.status, 400);

  EXPECT_EQ(file.tests[2].stages[0].input.uri, "/{{.Payload}}") << "stages are sent verbatim";
}

TEST(FtwTests, TakesTheRuleIdFromTheFileName) {
  constexpr std::string_view kNoId = "tests:\n  - stages: [{input: {}}]\n";
  const FtwFile named = parse_ftw("942/rule-920100-v2.yaml", kNoId);
  EXPECT_THAT(named.problems, IsEmpty());
  ASSERT_EQ(named.tests.size(), 1U);
  EXPECT_EQ(named.tests[0].id(), "920100-1");
  EXPECT_THAT(named.notes, ElementsAre(HasSubstr("920100 is from the file's name")));

  const FtwFile unnamed = parse_ftw("942/rules.yaml", kNoId);
  ASSERT_EQ(unnamed.problems.size(), 1U);
  EXPECT_THAT(unnamed.problems[0].message, HasSubstr("expected a rule_id"));
}

TEST(FtwTests, NotesWhatIsNotUnderstood) {
  const std::pair<std::string, std::string_view> cases[] = {
      {"", "holds no tests, only comments"},
      {"# nothing\n---\n", "holds no tests, only comments"},
      {"rule_id: 1\nmeta: {}\n", "line 1: holds no tests"},
      {"rule_id: 1\ntests:\n", "line 1: holds no tests"},
      {with_output("{log: {expect_id: [1]}}"),
       "line 4: unknown key 'expect_id' in log; did you mean 'expect_ids'?"},
      {with_input("{frobnicate: 1}"), "line 4: unknown key 'frobnicate' in input"},
      {with_input("{}") + "author: x\n", "line 5: unknown key 'author' in the file"},
      {with_input("{data: '{{ nope }}'}"),
       "line 4: data is no readable template (unknown function 'nope'): the body will be empty"},
      {"rule_id: 1\ntests:\n- {test_id: 2, output: {}}\n- output: {}\n",
       "line 4: test 1-2 occurs twice"},
  };
  for (const auto& [yaml, note] : cases) {
    const FtwFile file = parse_ftw("f.yaml", yaml);
    EXPECT_THAT(file.problems, IsEmpty()) << yaml;
    EXPECT_THAT(file.notes, ElementsAre(note)) << yaml;
  }
}

struct ProblemCase {
  std::string yaml;
  uint32_t line, column;
  std::string_view message;
};

TEST(FtwTests, SaysWhatWasExpectedAndWhere) {
  const ProblemCase cases[] = {
      {"just text", 1, 1, "expected a map, found 'just text'"},
      {"- 1\n- 2\n", 1, 1, "expected a map, found a list"},
      {"rule_id: abc\ntests: []\n", 1, 10, "expected a whole number, found 'abc'"},
      {"rule_id: -1\ntests: []\n", 1, 10, "expected a whole number, found '-1'"},
      {"rule_id: 1\ntests: {a: 1}\n", 2, 8, "expected a list, found a map"},
      {"rule_id: 1\ntests: [x]\n", 2, 9, "expected a map, found 'x'"},
      {"rule_id: 1\ntests:\n  - test_id: 1\n", 3, 5, "expected stages, or an output"},
      {"rule_id: 1\ntests:\n  - stages: []\n", 3, 5, "expected stages, or an output"},
      {with_input("{port: 65536}"), 4, 23, "expected a whole number up to 65535, found '65536'"},
      {with_input("{uri: [a]}"), 4, 22, "expected a string, found a list"},
      {with_input("{headers: x}"), 4, 26, "expected a map, found 'x'"},
      {with_input("{headers: {A: {}}}"), 4, 30, "expected a string, found a map"},
      {with_input("{ordered_headers: [{value: x}]}"), 4, 35, "expected a header's name"},
      {with_input("{stop_magic: 2}"), 4, 29, "expected true or false, found '2'"},
      {with_output("{status: 1000}"), 4, 26, "expected a whole number up to 999, found '1000'"},
      {with_output("{log: {expect_ids: 5}}"), 4, 36, "expected a list, found '5'"},
      {with_output("{log: {expect_ids: [~]}}"), 4, 37, "expected a whole number, found nothing"},
      {"rule_id: 1\ntemplate: {uri: '{{.Payload'}\ntests:\n  - output: {}\n", 4, 5,
       "template of uri: '{{' without '}}'"},
  };
  for (const ProblemCase& c : cases) {
    const FtwFile file = parse_ftw("f.yaml", c.yaml);
    ASSERT_EQ(file.problems.size(), 1U) << c.yaml;
    EXPECT_EQ(file.problems[0].line, c.line) << c.yaml;
    EXPECT_EQ(file.problems[0].column, c.column) << c.yaml;
    EXPECT_EQ(file.problems[0].message, c.message);
    EXPECT_THAT(file.tests, IsEmpty()) << c.yaml;
  }
}

TEST(FtwTests, KeepsTheTestsAroundABadOne) {
  const FtwFile file = parse_ftw("f.yaml", R"(rule_id: 1
tests:
  - {test_id: 1, output: {}}
  - {test_id: 2, output: {status: x}}
  - {test_id: 3, output: {}}
)");
  EXPECT_EQ(file.problems.size(), 1U);
  ASSERT_EQ(file.tests.size(), 2U);
  EXPECT_EQ(file.tests[0].test_id, "1");
  EXPECT_EQ(file.tests[1].test_id, "3");
}

TEST(FtwTests, KeepsTheTestsBeforeASyntaxError) {
  const FtwFile file = parse_ftw("f.yaml", R"(rule_id: 1
tests:
  - {test_id: 1, output: {}}
  - test_id: 2
    output: {status: 403, log: [
)");
  EXPECT_EQ(file.problems.size(), 1U);
  ASSERT_EQ(file.tests.size(), 1U);
  EXPECT_EQ(file.tests[0].test_id, "1");
}

TEST(FtwTests, SurvivesBeingCutAnywhere) {
  const FtwFile whole = parse_ftw("942100.yaml", kSample);
  for (size_t size = 0; size < kSample.size(); ++size) {
    const std::string cut(kSample.substr(0, size));  // its own block: an over-read shows
    const FtwFile file = parse_ftw("942100.yaml", cut);
    ASSERT_LE(file.tests.size(), whole.tests.size()) << size;
    for (const FtwProblem& problem : file.problems) EXPECT_FALSE(problem.message.empty());
  }
}

TEST(FtwTests, SurvivesAnyByteBeingReplaced) {
  for (size_t at = 0; at < kSample.size(); ++at) {
    for (const char c : {'\0', '\n', '\t', ':', '[', '}', '&', '*', '"', '\xFF', '\xC3'}) {
      std::string changed(kSample);
      changed[at] = c;
      const FtwFile file = parse_ftw("942100.yaml", changed);
      ASSERT_LE(file.tests.size(), 2U) << at;
    }
  }
}

TEST(FtwTests, BoundsTheCopiesOfATemplate) {
  std::string yaml = "rule_id: 1\ntemplate: {data: '" + std::string(1 << 20, 'x') + "'}\ntests:\n";
  for (int i = 0; i < 1000; ++i) yaml += "  - output: {}\n";
  const FtwFile file = parse_ftw("f.yaml", yaml);
  ASSERT_EQ(file.problems.size(), 1U);
  EXPECT_THAT(file.problems[0].message, HasSubstr("the template grows past"));
  EXPECT_LE(file.tests.size(), 64U);
}

}  // namespace
}  // namespace wafcheck::formats
