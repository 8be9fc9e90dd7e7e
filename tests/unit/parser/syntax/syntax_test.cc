#include "parser/syntax/syntax.h"

#include <gmock/gmock.h>

#include "parser/language/semantics.h"
#include "parser/syntax/print.h"
#include "tests/unit/parser/support.h"

namespace wafcheck::parser {
namespace {

using testing::ElementsAre;
using testing::ElementsAreArray;
using testing::IsEmpty;

struct Parsed {
  explicit Parsed(const std::string& bytes, Profile profile = Profile::standard) {
    const FileId file = sources.add("a.conf", bytes);
    tree = parse_syntax(sources, file, semantics_of(profile), diagnostics);
  }
  std::vector<std::string> arguments() const {
    std::vector<std::string> out;
    for (const DirectiveNode& node : tree.directives) {
      for (const ArgumentNode& argument : node.arguments) out.push_back(argument.text.str());
    }
    return out;
  }
  std::vector<std::string> names() const {
    std::vector<std::string> out;
    for (const DirectiveNode& node : tree.directives) out.emplace_back(node.name);
    return out;
  }
  std::vector<std::string> told() const { return parser::told(sources, diagnostics); }

  Sources sources;
  Diagnostics diagnostics;
  SyntaxTree tree;
};

// -- arguments
// -------------------------------------------------------------------------------------

struct ArgumentCase {
  std::string name;
  std::string text;
  std::vector<std::string> arguments;
};

class Arguments : public testing::TestWithParam<ArgumentCase> {};

TEST_P(Arguments, AreReadWithoutComplaint) {
  const Parsed parsed(GetParam().text);
  EXPECT_THAT(parsed.told(), IsEmpty());
  EXPECT_THAT(parsed.arguments(), ElementsAreArray(GetParam().arguments));
  EXPECT_EQ(print(parsed.tree, parsed.sources), GetParam().text);
}

INSTANTIATE_TEST_SUITE_P(
    Syntax, Arguments,
    testing::ValuesIn(std::vector<ArgumentCase>{
        {"words", "SecMarker END", {"END"}},
        {"tab_after_name", "SecRuleEngine\tOn", {"On"}},
        {"trailing_blanks", "SecMarker END \t\n", {"END"}},
        {"several", "SecRule ARGS \"@rx a\" \"id:1\"\n", {"ARGS", "@rx a", "id:1"}},
        {"single_quotes", "SecRule ARGS '@rx a' 'id:1'\n", {"ARGS", "@rx a", "id:1"}},
        {"other_quote_inside", "SecMarker \"it's\"", {"it's"}},
        {"quote_inside_word", "SecRule ARGS:'a\"b' \"c\"", {"ARGS:'a\"b'", "c"}},
        {"empty_quotes", "SecMarker \"\"", {""}},
        {"escaped_quote", R"(SecMarker "a\"b")", {"a\"b"}},
        {"escaped_single_quote", R"(SecMarker 'a\'b')", {"a'b"}},
        {"other_escapes_stay", R"(SecMarker "\d\\\x5c\'")", {R"(\d\\\x5c\')"}},
        {"backslash_pair_before_quote", R"(SecMarker "a\\" b)", {R"(a\\)", "b"}},
        {"backslash_in_word",
         R"(SecMarker a\b\)"
         "x",
         {R"(a\b\x)"}},
        {"continued", "SecRule ARGS \\\n  \"a\" \\\n  \"id:1\"", {"ARGS", "a", "id:1"}},
        {"continued_crlf", "SecRule ARGS \\\r\n  \"a\" \\\r\n \"id:1\"\r\n", {"ARGS", "a", "id:1"}},
        {"continued_cr", "SecRule ARGS \\\r  \"a\"\rSecMarker b\r", {"ARGS", "a", "b"}},
        {"continued_without_blank", "SecRule ARGS\\\n \"a\"", {"ARGS", "a"}},
        {"spliced", "SecAction \"id:1,\\\n   pass\"", {"id:1,pass"}},
        {"blank_before_backslash_stays", "SecAction \"a \\\n   b\"", {"a b"}},
        {"spliced_crlf", "SecAction \"a,\\\r\n\tb\"", {"a,b"}},
        {"blank_line_in_quotes", "SecAction \"a,\\\n\n  b\"", {"a,b"}},
        {"blank_line_ends_directive", "SecMarker a \\\n\nSecMarker b", {"a", "b"}},
        {"comment_line", "# SecMarker x \\\nSecMarker a", {"a"}},
        {"indented_comment", "  # \"\nSecMarker a", {"a"}},
        {"hash_inside_word", "SecMarker a#b", {"a#b"}},
        {"hash_as_argument", "SecArgumentSeparator #", {"#"}},
        {"block", "SecDataset n `\n1\n# 2\n`\nSecMarker a", {"n", "\n1\n# 2\n", "a"}},
        {"block_on_one_line", "SecDataset n `1`", {"n", "1"}},
        {"backtick_elsewhere", "SecMarker `a", {"`a"}},
        {"bytes", "SecMarker \"\xc3\xa4\xe2\x82\xac\"", {"\xc3\xa4\xe2\x82\xac"}},
    }),
    [](const auto& test) { return test.param.name; });

TEST(Syntax, EnginesReadQuotesDifferently) {
  const std::string text = "SecRule A \"\\\\d \\\"q\\\" \\\n  x\"";
  struct Case {
    Profile profile;
    std::string argument;
  };
  for (const Case& c :
       {Case{Profile::standard, "\\\\d \"q\" x"}, Case{Profile::coraza, "\\\\d \"q\" x"},
        Case{Profile::modsecurity2, "\\d \"q\"   x"},
        Case{Profile::modsecurity3, "\\\\d \\\"q\\\" \\\n  x"}}) {
    EXPECT_THAT(Parsed(text, c.profile).arguments(), ElementsAre("A", c.argument))
        << to_string(c.profile);
  }
}

TEST(Syntax, SpansCoverWhatTheyName) {
  const Parsed parsed("\n  SecRule ARGS \\\n  \"a\" # x\n");
  ASSERT_EQ(parsed.tree.directives.size(), 1u);
  const DirectiveNode& node = parsed.tree.directives[0];
  EXPECT_EQ(parsed.sources.text(node.name_span), "SecRule");
  EXPECT_EQ(parsed.sources.text(node.span), "SecRule ARGS \\\n  \"a\"");
  EXPECT_EQ(parsed.sources.text(node.arguments[1].span), "\"a\"");
  EXPECT_EQ(node.arguments[1].quote, '"');
  std::string tokens;
  for (uint32_t i = node.first_token; i < node.end_token; ++i) {
    const Token& token = parsed.tree.tokens[i];
    tokens += parsed.sources.text({parsed.tree.file, token.begin, token.end});
  }
  EXPECT_EQ(tokens, parsed.sources.text(node.span));
}

TEST(Syntax, BytesOfAContinuedArgumentLeadBack) {
  const Parsed parsed("SecAction \"id:1,\\\n   pa\\\"ss\"");
  const Text& text = parsed.tree.directives[0].arguments[0].text;
  ASSERT_EQ(text.str(), "id:1,pa\"ss");
  const size_t at = text.view().find("pa");
  const Place place = parsed.sources.begin_of(text.span(at, at + 2));
  EXPECT_EQ(place.line, 2u);
  EXPECT_EQ(place.column, 4u);
  EXPECT_EQ(parsed.sources.text(text.span(at + 2, at + 3)), "\"");
}

TEST(Syntax, TokensAreOfTheirKinds) {
  const Parsed parsed("\xEF\xBB\xBF# c\r\nSecDataset n \\\n`\nx\n`\n</IfModule>");
  std::vector<TokenKind> kinds;
  for (const Token& token : parsed.tree.tokens) kinds.push_back(token.kind);
  using enum TokenKind;
  EXPECT_THAT(kinds, ElementsAre(stray, comment, newline, name, blank, argument, blank,
                                 continuation, block, newline, stray));
}

// -- mistakes
// --------------------------------------------------------------------------------------

struct MistakeCase {
  std::string name;
  std::string text;
  std::vector<std::string> told;
  std::vector<std::string> directives;  ///< that are there all the same
};

class Mistakes : public testing::TestWithParam<MistakeCase> {};

TEST_P(Mistakes, AreReportedOnceAndReadingGoesOn) {
  const Parsed parsed(GetParam().text);
  EXPECT_THAT(parsed.told(), ElementsAreArray(GetParam().told));
  EXPECT_THAT(parsed.names(), ElementsAreArray(GetParam().directives));
  EXPECT_EQ(print(parsed.tree, parsed.sources), GetParam().text);
}

INSTANTIATE_TEST_SUITE_P(
    Syntax, Mistakes,
    testing::ValuesIn(std::vector<MistakeCase>{
        {"unterminated",
         "SecRule A \"x\" \"id:1,pass\nSecMarker b\n",
         {"unterminated-quote 1:15"},
         {"SecRule", "SecMarker"}},
        {"unterminated_at_end", "SecMarker \"b", {"unterminated-quote 1:11"}, {"SecMarker"}},
        {"unterminated_over_lines",
         "SecAction \"id:1,\\\n  msg:'a',\\\n  pass\n\nfoo bar\n# c\nSecMarker b",
         {"unterminated-quote 1:11"},
         {"SecAction", "SecMarker"}},
        {"unterminated_and_continued_into_a_directive",
         "SecAction \"id:1,\\\n  pass,\\\nSecRule A \"b\" \"id:2\"",
         {"unterminated-quote 1:11"},
         {"SecAction", "SecRule"}},
        {"closed_by_backslash",
         "SecRule A \"@rx foo\\\" \"id:1\"\nSecMarker b",
         {"unterminated-quote 1:11"},
         {"SecRule", "SecMarker"}},
        {"quote_inside",
         "SecRule A \"@rx \"foo\" \\\n  \"id:1\"\nSecMarker b",
         {"unterminated-quote 1:11"},
         {"SecRule", "SecMarker"}},
        {"blank_after_backslash",
         "SecRule A \\ \n  \"b\"\n",
         {"broken-continuation 1:11"},
         {"SecRule"}},
        {"blank_after_backslash_in_quotes",
         "SecAction \"id:1,\\\t\n  pass\"\nSecMarker b",
         {"broken-continuation 1:17"},
         {"SecAction", "SecMarker"}},
        {"no_backslash_in_actions",
         "SecAction \"id:1,\n  phase:2,\\\n  pass\"\nSecMarker b",
         {"broken-continuation 1:16"},
         {"SecAction", "SecMarker"}},
        {"no_backslash_before_closing_quote",
         "SecAction \"id:1,pass\n  \"\nSecMarker b",
         {"broken-continuation 1:20"},
         {"SecAction", "SecMarker"}},
        {"no_backslash_before_argument",
         "SecRule A \"b\"\n  \"id:1\"\nSecMarker b",
         {"broken-continuation 1:13"},
         {"SecRule", "SecMarker"}},
        {"backslash_at_end_of_file", "SecMarker a \\", {"broken-continuation 1:13"}, {"SecMarker"}},
        {"backslash_on_last_line", "SecMarker a \\\n", {"broken-continuation 1:13"}, {"SecMarker"}},
        {"backslash_in_quotes_at_end_of_file",
         "SecMarker \"a \\",
         {"unterminated-quote 1:11"},
         {"SecMarker"}},
        {"backslash_before_directive",
         "SecMarker a \\\nSecMarker b\n",
         {"broken-continuation 1:13"},
         {"SecMarker", "SecMarker"}},
        {"backslash_alone", "\\\nSecMarker b\n", {"broken-continuation 1:1"}, {"SecMarker"}},
        {"comment_between_arguments",
         "SecRule A \\\n# c\n  \"b\"",
         {"comment-in-continuation 2:1"},
         {"SecRule"}},
        {"comment_in_quotes",
         "SecAction \"id:1,\\\n  # deny,\\\n  pass\"\nSecMarker b",
         {"comment-in-continuation 2:3"},
         {"SecAction", "SecMarker"}},
        {"comment_after_directive",
         "SecMarker a # b\nSecMarker c",
         {"trailing-comment 1:13"},
         {"SecMarker", "SecMarker"}},
        {"section",
         "<IfModule security2_module>\nSecMarker a\n</IfModule>\n",
         {"apache-section 1:1"},
         {"SecMarker"}},
        {"lost_argument", "\"id:1\"\nSecMarker a", {"unknown-directive 1:1"}, {"SecMarker"}},
        {"bom", "\xEF\xBB\xBFSecMarker a", {"non-utf8-or-bom 1:1"}, {"SecMarker"}},
        {"one_nul",
         std::string("SecMarker a\0b", 13) + std::string(100, 'c') + "\nSecMarker d",
         {"binary-file 1:12"},
         {"SecMarker", "SecMarker"}},
        {"binary",
         std::string("\x7f"
                     "ELF\0\1\2\n\0x\n\0y",
                     13),
         {"binary-file 1:5"},
         {}},
        {"utf16", std::string("\xff\xfeS\0e\0c\0\n\0S\0", 13), {"binary-file 1:4"}, {}},
        {"open_block",
         "SecDataset n `\n1\n2\nSecMarker a",
         {"unterminated-quote 1:14"},
         {"SecDataset", "SecMarker"}},
    }),
    [](const auto& test) { return test.param.name; });

TEST(Syntax, FixesOfContinuationsAreSafeAndLeaveNothingToReport) {
  for (std::string text :
       {"SecRule A \\ \n  \"b\"\n", "SecAction \"id:1,\\\t\n  pass\"\n",
        "SecAction \"id:1,\n  phase:2\"\n", "SecRule A \"b\"\n  \"id:1\"\n", "SecMarker a \\",
        "SecMarker a \\\nSecMarker b\n", "\\\nSecMarker b\n", "\xEF\xBB\xBFSecMarker a"}) {
    const Parsed before(text);
    ASSERT_EQ(before.diagnostics.size(), 1u) << text;
    const Diagnostic& diagnostic = before.diagnostics[0];
    ASSERT_TRUE(diagnostic.fix && diagnostic.fix->safe) << text;
    for (const Edit& edit : diagnostic.fix->edits) {
      text.replace(edit.span.begin, edit.span.end - edit.span.begin, edit.replacement);
    }
    EXPECT_THAT(Parsed(text).told(), IsEmpty()) << text;
  }
}

TEST(Syntax, ModSecurity3KeepsCommentsInQuotes) {
  const Parsed parsed("SecAction \"a,\\\n# b,\\\nc\"", Profile::modsecurity3);
  EXPECT_THAT(parsed.told(), IsEmpty());
  EXPECT_THAT(parsed.arguments(), ElementsAre("a,\\\n# b,\\\nc"));
}

// -- size
// ------------------------------------------------------------------------------------------

// Quadratic time would be hours; tests/bench/parser_growth_bench.cc measures it.
TEST(Syntax, LongInputIsRead) {
  const auto repeat = [](std::string_view unit, size_t bytes) {
    std::string out;
    while (out.size() < bytes) out += unit;
    return out;
  };
  constexpr size_t kBytes = 1'000'000;
  for (const std::string& text :
       {"SecMarker \"" + repeat("a", kBytes) + "\"", "SecMarker \"" + repeat("\\\"", kBytes),
        repeat("\\   ", kBytes), repeat("SecMarker \\\n", kBytes), repeat("SecMarker \"\n", kBytes),
        repeat("SecDataset a `\n", kBytes), repeat("\"\n", kBytes), repeat(" \n", kBytes),
        "SecMarker \"" + repeat("\\\n#\n", kBytes), "SecMarker \"" + repeat("\\\n\n", kBytes),
        repeat("<", kBytes), repeat("SecRule A \"b\"x\\\n", kBytes)}) {
    const Parsed parsed(text);
    EXPECT_EQ(print(parsed.tree, parsed.sources).size(), text.size()) << text.substr(0, 40);
  }
}

}  // namespace
}  // namespace wafcheck::parser
