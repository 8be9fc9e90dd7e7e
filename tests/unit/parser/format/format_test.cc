// The canonical layout: what it is, that it changes nothing but the layout, and that it is reached
// in one step.

#include "parser/format/format.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "parser/language/semantics.h"
#include "tests/unit/parser/support.h"

namespace wafcheck::parser {
namespace {

std::string laid_out(const std::string& bytes) {
  Sources sources;
  Diagnostics diagnostics;
  const Semantics semantics = semantics_of(Profile::standard);
  const SyntaxTree tree =
      parse_syntax(sources, sources.add("a.conf", bytes), semantics, diagnostics);
  return formatted(tree, sources, semantics);
}

struct Case {
  std::string name;
  std::string before;
  std::string after = {};  ///< empty: as before
};

TEST(Relayouts, AreNoneOfAFileThatWasNotRead) {
  const Sources none;
  EXPECT_TRUE(relayouts(SyntaxTree(), none, semantics_of(Profile::standard)).empty());
}

class Layout : public testing::TestWithParam<Case> {};
TEST_P(Layout, IsCanonicalAndStaysSo) {
  const Case& row = GetParam();
  const std::string& after = row.after.empty() ? row.before : row.after;
  EXPECT_EQ(laid_out(row.before), after);
  EXPECT_EQ(laid_out(after), after) << "not in one step";
}

const std::vector<Case> kCases = {
    {"crs_rule",
     "SecRule ARGS|!ARGS:a \"@rx a  b\" \\\n    \"id:1,\\\n    phase:2,\\\n    "
     "t:none,t:lowercase,\\\n"
     "    msg:'a, b',\\\n    chain\"\n    SecRule ARGS \"@rx c\" \\\n        \"t:none,\\\n"
     "        chain\"\n        SecRule ARGS \"@rx d\"\n"},
    {"one_line_stays_one_line", "SecRule  ARGS\t\"@rx a\"   \"id:1, phase:2 ,pass\"  \n",
     "SecRule ARGS \"@rx a\" \"id:1,phase:2,pass\"\n"},
    {"two_lines_become_a_line_an_action",
     "SecRule ARGS \"@rx a\" \\\n  \"id:1,phase:2,t:none,t:trim\"\n",
     "SecRule ARGS \"@rx a\" \\\n    \"id:1,\\\n    phase:2,\\\n    t:none,t:trim\"\n"},
    {"actions_move_to_a_line_of_their_own", "SecRule ARGS \"@rx a\" \"id:1,\\\nphase:2\"\n",
     "SecRule ARGS \"@rx a\" \\\n    \"id:1,\\\n    phase:2\"\n"},
    {"operator_keeps_its_line", "SecRule ARGS \\\n\t\"@rx a\" \\\n\t\"id:1\"\n",
     "SecRule ARGS \\\n    \"@rx a\" \\\n    \"id:1\"\n"},
    {"action", "SecAction \"id:1,\\\n  pass\"\n", "SecAction \\\n    \"id:1,\\\n    pass\"\n"},
    {"transformations_share_a_line",
     "SecAction \\\n    \"id:1,\\\n    t:none,\\\n    t:trim,\\\n    log,\\\n    t:length\"\n",
     "SecAction \\\n    \"id:1,\\\n    t:none,t:trim,\\\n    log,\\\n    t:length\"\n"},
    {"quotes_are_added", "SecRule ARGS @detectSQLi id:1,phase:2,pass\nSecMarker END\n",
     "SecRule ARGS \"@detectSQLi\" \"id:1,phase:2,pass\"\nSecMarker \"END\"\n"},
    {"apostrophes_become_quotes", "SecRule ARGS 'a b' 'id:1,phase:2'\nSecMarker 'E'\n",
     "SecRule ARGS \"a b\" \"id:1,phase:2\"\nSecMarker \"E\"\n"},
    {"apostrophes_stay_around_quotes", "SecRule ARGS 'a\"b' \"id:1\"\n"},
    {"unquoted_backslash_is_left", "SecRule ARGS a\\.b id:1,msg:a\\b\n"},
    {"other_directives", "\tSecResponseBodyMimeType   text/plain\t text/html \n",
     "SecResponseBodyMimeType text/plain text/html\n"},
    {"other_directives_keep_their_lines", "SecResponseBodyMimeType a \\\nb \\\n        c\n",
     "SecResponseBodyMimeType a \\\n    b \\\n    c\n"},
    {"default_action", "SecDefaultAction phase:2,pass\nSecDefaultAction \"phase:1,\\\npass\"\n",
     "SecDefaultAction \"phase:2,pass\"\nSecDefaultAction \"phase:1,\\\n    pass\"\n"},
    {"update_of_actions", "SecRuleUpdateActionById  1 \"pass , log\"\n",
     "SecRuleUpdateActionById 1 \"pass,log\"\n"},
    {"comments_and_blank_lines_stay", "\n\n# a\t \n\n\n#b\nSecMarker \"x\"\n",
     "\n\n# a\n\n\n#b\nSecMarker \"x\"\n"},
    {"blank_lines_at_the_end_go", "SecMarker \"x\"\n\n \n", "SecMarker \"x\"\n"},
    {"final_newline", "SecMarker \"x\"", "SecMarker \"x\"\n"},
    {"nothing", ""},
    {"binary_file_is_left", std::string("a\0\n", 3)},
    {"line_ends", "# a\r\nSecAction \\\r\n    \"id:1,\\\r\n    pass\"\rSecMarker \"x\"\r\n",
     "# a\nSecAction \\\n    \"id:1,\\\n    pass\"\nSecMarker \"x\"\n"},
    {"byte_order_mark", "\xEF\xBB\xBFSecMarker \"x\"\n", "SecMarker \"x\"\n"},
    {"comment_in_chain",
     "SecRule ARGS \"a\" \"id:1,chain\"\n# about the link\n\nSecRule ARGS \"b\"\n  # the next\n"
     "SecMarker \"x\"\n",
     "SecRule ARGS \"a\" \"id:1,chain\"\n    # about the link\n\n    SecRule ARGS \"b\"\n# the "
     "next\n"
     "SecMarker \"x\"\n"},
    {"comment_after_a_directive", "SecMarker \"x\"    #  why \n", "SecMarker \"x\" #  why\n"},
    {"comment_inside_a_directive_leaves_it",
     "SecRule ARGS   \"a\" \\\n# why\n  \"id:1\" \nSecMarker   x\n",
     "SecRule ARGS   \"a\" \\\n# why\n  \"id:1\"\nSecMarker \"x\"\n"},
    {"comment_inside_actions_leaves_them", "SecAction   \"id:1,\\\n# why\n  pass\"\n"},
    {"sections",
     "<IfModule x>\nSecMarker \"x\"\n<IfModule y>\n# c\n</IfModule>\n# d\n</IfModule>\n# e\n",
     "<IfModule x>\n    SecMarker \"x\"\n    <IfModule y>\n        # c\n    </IfModule>\n    # d\n"
     "</IfModule>\n# e\n"},
    {"value_over_lines", "SecAction \\\n    \"id:1,\\\n  msg:'a \\\nb,  \\\n   c',pass\"\n",
     "SecAction \\\n    \"id:1,\\\n    msg:'a \\\nb,  \\\n   c',\\\n    pass\"\n"},
    {"escapes",
     "SecRule ARGS \"@rx \\\"a\\\\\" \"id:1, msg:'it\\'s \\\"q\\\"' ,setvar:'tx.a=%{tx.b} '\"\n",
     "SecRule ARGS \"@rx \\\"a\\\\\" \"id:1,msg:'it\\'s \\\"q\\\"',setvar:'tx.a=%{tx.b} '\"\n"},
    {"value_that_begins_with_an_escape_is_left", "SecAction \"id:1 ,msg:\\\"q\\\"\"\n"},
    {"blanks_around_colons", "SecAction \"id : 1,msg: 'a',allow:\"\n",
     "SecAction \"id:1,msg:'a',allow:\"\n"},
    {"needless_commas_go", "SecAction \"id:1,,pass,\"\n", "SecAction \"id:1,pass\"\n"},
    {"needless_backslash_goes", "SecMarker \"a\" \\\n\nSecMarker \"b\"\n",
     "SecMarker \"a\"\nSecMarker \"b\"\n"},
    {"unknown_action_is_left", "SecAction   \"id:1, denny\"\n"},
    {"unknown_directive_is_left", "  SecRuel   ARGS\n"},
    {"data_set", "SecDataset  n `\r\n 1\r\n`\n", "SecDataset n `\r\n 1\r\n`\n"},
    {"unquoted_list_cannot_be_broken", "SecRule ARGS \"a\" \\\n    id:1,msg:\\a,pass\n"},
};
INSTANTIATE_TEST_SUITE_P(Rows, Layout, testing::ValuesIn(kCases),
                         [](const auto& row) { return row.param.name; });

TEST(Relayouts, AreOnePerLogicalLine) {
  Sources sources;
  Diagnostics diagnostics;
  const Semantics semantics = semantics_of(Profile::standard);
  const FileId file = sources.add(
      "a.conf", "SecMarker \"a\"\nSecAction \\\n  \"id:1,\\\n  pass\"\n# c \nSecMarker b\n");
  const SyntaxTree tree = parse_syntax(sources, file, semantics, diagnostics);
  const std::vector<Relayout> changes = relayouts(tree, sources, semantics);
  ASSERT_EQ(changes.size(), 3U);
  EXPECT_EQ(sources.text(changes[0].span), "SecAction \\\n  \"id:1,\\\n  pass\"\n");
  EXPECT_TRUE(changes[0].directive);
  EXPECT_EQ(changes[1].text, "# c\n");
  EXPECT_FALSE(changes[1].directive);
  EXPECT_EQ(changes[2].text, "SecMarker \"b\"\n");
}

TEST(Layout, IsLinearOnDeepChains) {
  std::string chain;
  for (int i = 0; i < 20'000; ++i) chain += "SecRule ARGS a chain\n";
  EXPECT_LT(laid_out(chain).size(), chain.size() * 10);
}

TEST(SameDirectives, SeesWhatDiffers) {
  const auto same = [](const std::string& a, const std::string& b) {
    Sources sources;
    Diagnostics diagnostics;
    const Semantics semantics = semantics_of(Profile::standard);
    const SyntaxTree left = parse_syntax(sources, sources.add("a", a), semantics, diagnostics);
    const SyntaxTree right = parse_syntax(sources, sources.add("b", b), semantics, diagnostics);
    return same_directives(left, right, semantics);
  };
  EXPECT_TRUE(same("SecAction \"id:1,pass\"", "SecAction \\\n \"id:1, \\\n pass\"\n"));
  EXPECT_FALSE(same("SecAction \"id:1,pass\"", "SecAction \"pass,id:1\""));
  EXPECT_FALSE(same("SecAction \"id:1,msg:'a b'\"", "SecAction \"id:1,msg:'a  b'\""));
  EXPECT_FALSE(same("SecRule ARGS a", "SecRule ARGS b"));
  EXPECT_FALSE(same("SecMarker a", "SecMarker a\nSecMarker b"));
}

}  // namespace
}  // namespace wafcheck::parser
