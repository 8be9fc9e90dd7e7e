#include <gmock/gmock.h>

#include "parser/language/semantics.h"
#include "parser/ruleset/rule.h"
#include "tests/unit/parser/support.h"

namespace wafcheck::parser {
namespace {

using testing::ElementsAreArray;
using testing::IsEmpty;

std::string drawn(const std::vector<Target>& targets) {
  std::string out;
  for (const Target& target : targets) {
    constexpr const char* kKinds[] = {"", ":", "~", "?"};
    if (!out.empty()) out += ' ';
    out += fmt::format("{}{}{}{}{}", target.excluded ? "!" : "", target.count ? "&" : "",
                       info(target.variable).name,
                       kKinds[static_cast<size_t>(target.selector.kind)], target.selector.text);
  }
  return out;
}

struct TargetCase {
  std::string text;
  std::string drawn;  ///< ":name", "~regex", "?xpath"
  std::vector<std::string> told;
};

class Targets : public testing::TestWithParam<TargetCase> {};

TEST_P(Targets, AreRead) {
  Written written(GetParam().text);
  const auto targets =
      parse_targets(written.text, semantics_of(Profile::standard), written.diagnostics);
  EXPECT_EQ(drawn(targets), GetParam().drawn);
  EXPECT_THAT(told(written.sources, written.diagnostics), ElementsAreArray(GetParam().told));
}

INSTANTIATE_TEST_SUITE_P(Parser, Targets,
                         testing::ValuesIn(std::vector<TargetCase>{
                             {"ARGS", "ARGS", {}},
                             {"args", "ARGS", {}},
                             {"ARGS|REQUEST_URI", "ARGS REQUEST_URI", {}},
                             {"ARGS,REQUEST_URI", "ARGS REQUEST_URI", {}},
                             {" ARGS | REQUEST_URI , TX:a ", "ARGS REQUEST_URI TX:a", {}},
                             {"&ARGS", "&ARGS", {}},
                             {"ARGS|!ARGS:id", "ARGS !ARGS:id", {}},
                             {"ARGS:User-Id", "ARGS:User-Id", {}},
                             {"&ARGS:/^a|b$/|TX:1", "&ARGS~^a|b$ TX:1", {}},
                             {R"(ARGS:/a\/b\d/)", R"(ARGS~a/b\d)", {}},
                             {"ARGS:'a b|c'", "ARGS:a b|c", {}},
                             {R"(ARGS:'it\'s')", "ARGS:it's", {}},
                             {R"(ARGS:'a\\b')", R"(ARGS:a\b)", {}},
                             {"ARGS:'/a|b/'", "ARGS~a|b", {}},
                             {R"(ARGS:'/a\'\d/')", R"(ARGS~a'\d)", {}},
                             {"ARGS:'/a'", "ARGS:/a", {}},
                             {"XML:/*|ARGS", "XML?/* ARGS", {}},
                             {"XML://@*", "XML?//@*", {}},
                             {"XML:/a[@b='|,']/text()|ARGS", "XML?/a[@b='|,']/text() ARGS", {}},
                             {"XML:/a[contains(b,'c')],ARGS", "XML?/a[contains(b,'c')] ARGS", {}},
                             {"HTTP_User_Agent", "REQUEST_HEADERS:User_Agent", {}},
                             {"REQUEST_HEADERS:X.Y", "REQUEST_HEADERS:X.Y", {}},
                             {"ARG|TX:a", "TX:a", {"unknown-variable 1:1"}},
                             {"ARGS|REQUEST_HEADER:Host", "ARGS", {"unknown-variable 1:6"}},
                             {"FOO:/a|b/|ARGS", "ARGS", {"unknown-variable 1:1"}},
                             {"REQUEST_URI:foo", "REQUEST_URI:foo", {"selector-on-scalar 1:12"}},
                             {"", "", {"invalid-target 1:1"}},
                             {"ARGS|", "ARGS", {"invalid-target 1:6"}},
                             {"ARGS||TX:a", "ARGS TX:a", {"invalid-target 1:6"}},
                             {"!&ARGS|TX:a", "TX:a", {"invalid-target 1:1"}},
                             {"ARGS:|TX:a", "TX:a", {"invalid-target 1:5"}},
                             {"ARGS:''|TX:a", "TX:a", {"invalid-target 1:6"}},
                             {"ARGS:/a", "", {"invalid-target 1:6"}},
                             {"ARGS:'a", "", {"unterminated-quote 1:6"}},
                             {"ARGS:/a/b|TX:a", "ARGS~a TX:a", {"invalid-target 1:9"}},
                             {"ARGS TX:a", "ARGS", {"invalid-target 1:6"}},
                             {"ARGS.a", "", {"invalid-target 1:5"}},
                             {"XML:|ARGS", "ARGS", {"invalid-target 1:4"}},
                             {"ARGS:/a(b/", "ARGS~a(b", {"invalid-regex 1:9"}},
                             {R"(ARGS:/\/[a/|TX:a)", R"(ARGS~/[a TX:a)", {"invalid-regex 1:10"}},
                         }));

TEST(TargetSpans, CoverTheTextThatTheyName) {
  Written written("ARGS | !TX:'a b' |&XML:/* |REQUEST_COOKIES:/x/");
  const auto targets =
      parse_targets(written.text, semantics_of(Profile::standard), written.diagnostics);
  ASSERT_EQ(targets.size(), 4u);
  EXPECT_EQ(written.at(targets[0].span), "ARGS");
  EXPECT_EQ(written.at(targets[1].span), "!TX:'a b'");
  EXPECT_EQ(written.at(targets[1].selector.span), "a b");
  EXPECT_EQ(written.at(targets[2].span), "&XML:/*");
  EXPECT_EQ(written.at(targets[2].selector.span), "/*");
  EXPECT_EQ(written.at(targets[3].selector.span), "x");
}

TEST(TargetHelp, NamesTheNearestVariable) {
  Written written("REQUEST_HEADER:Host");
  parse_targets(written.text, semantics_of(Profile::standard), written.diagnostics);
  ASSERT_EQ(written.diagnostics.size(), 1u);
  EXPECT_EQ(written.diagnostics[0].message, "unknown variable REQUEST_HEADER");
  EXPECT_EQ(written.diagnostics[0].help, "did you mean REQUEST_HEADERS?");
}

}  // namespace
}  // namespace wafcheck::parser
