#include <gtest/gtest.h>

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "engine/libinjection/libinjection.h"

namespace wafcheck::engine::libinjection {
namespace {

using namespace std::string_literals;
using namespace std::string_view_literals;

struct SqliCase {
  std::string_view why;
  std::string_view input;
  std::string_view fingerprint;  ///< empty: not SQL injection
};

constexpr SqliCase kCases[] = {
    {"empty", "", ""},
    {"only NULs", "\0\0\0"sv, ""},
    {"only white space", " \t\r\n", ""},
    {"a word", "hello_world", ""},
    {"a keyword alone", "select", ""},
    {"a number", "1234567890", ""},
    {"prose", "The quick brown fox jumps over the lazy dog.", ""},
    {"an apostrophe in prose", "It's a dog's life", ""},
    {"a mail address", "jane.doe@example.com", ""},
    {"a date", "2024-05-17T12:00:00Z", ""},
    {"union is a word too", "the european union", ""},
    {"bytes above ASCII", "\xE3\x83\x86\xE3\x82\xB9", ""},
    {"tautology", "1 or 1=1", "1&1"},
    {"letter case", "1 oR 1=1", "1&1"},
    {"NUL as white space", "1\0or\0001=1"sv, "1&1"},
    {"no-break space as white space",
     "1\xA0or\xA0"
     "1=1",
     "1&1"},
    {"union", "1 union select password from users", "1UEnk"},
    {"phrases merge", "1 union/**/all/**/select 1", "1UE1"},
    {"stacked statement", "1; drop table users", "1;Tnn"},
    {"function call", "1 and sleep(5)", "1&f(1"},
    {"single quote closes", "x' or 'a'='a", "s&sos"},
    {"double quote closes", "x\" or \"a\"=\"a", "s&sos"},
    {"comment cuts the rest", "admin'--", "sc"},
    {"MySQL's comment", "1' or 1=1#", "s&1c"},
    {"MySQL's comment in a pair is too common", "admin'#", ""},
    {"number and comment", "1--", "1c"},
    {"number only by its start", "12-AB--", "1c"},
    {"folded number and comment", "1+1--", "1c"},
    {"dashes within a text", "foo--bar", ""},
    {"nested comment", "1 /* /* */ 2", "X"},
    {"conditional comment", "1 /*!50000union*/", "X"},
    {"two strings joined", "foo' + 'bar", "sos"},
    {"sp_password in the comment", "x--sp_password", "nc"},
    {"into outfile", "1 into outfile 'x'", "1ks"},
    {"a keyword between values", "1 from 2", ""},
    {"brace without a name", "{``.``.id} union select 1", "X"},
};

TEST(DetectSqli, Cases) {
  for (const SqliCase& row : kCases) {
    std::string fingerprint;
    EXPECT_EQ(detect_sqli(row.input, &fingerprint), !row.fingerprint.empty()) << row.why;
    EXPECT_EQ(fingerprint, row.fingerprint) << row.why;
    EXPECT_EQ(detect_sqli(row.input, nullptr), !row.fingerprint.empty()) << row.why;
  }
}

TEST(DetectSqli, EveryPrefixOfAnAttackIsRead) {
  const std::string attack =
      "1' /*!x*/ union\0select $a$b$a$, u&'x', q'[y]', nq'(z)', e'\\'', b'01', x'0F', @@`v`, [n], "
      "0x1F "
      "from `t`.u where a<=>1.5e-3f -- x\n#"s;
  for (size_t size = 0; size <= attack.size(); ++size) {
    const std::vector<char> exact(attack.begin(),
                                  attack.begin() + static_cast<std::ptrdiff_t>(size));
    std::string fingerprint;
    const bool verdict = detect_sqli({exact.data(), exact.size()}, &fingerprint);
    EXPECT_EQ(verdict, !fingerprint.empty()) << size;
    EXPECT_LE(fingerprint.size(), 5u) << size;
    EXPECT_LE(fold_sql({exact.data(), exact.size()}).size(), 6u) << size;
  }
}

struct TokensCase {
  std::string_view why;
  std::string_view input;
  std::string_view expected;  ///< TYPE(value) a token
};

std::string printed(const std::vector<Token>& tokens) {
  std::string out;
  for (const Token& token : tokens) {
    out += token.type;
    out += "(" + token.value + ")";
  }
  return out;
}

TEST(TokenizeSql, Cases) {
  constexpr TokensCase kRows[] = {
      {"empty", "", ""},
      {"an open string", "'abc", "s(abc)"},
      {"an escaped quote", "'a\\'b'", "s(a\\'b)"},
      {"an escaped backslash", "'a\\\\'b", "s(a\\\\)n(b)"},
      {"a doubled quote", "'a''b'", "s(a''b)"},
      {"a value is cut at 31 bytes", "'0123456789012345678901234567890123456789'",
       "s(0123456789012345678901234567890)"},
      {"a word is cut at 31 bytes", "abcdefghijabcdefghijabcdefghijxyz",
       "n(abcdefghijabcdefghijabcdefghijx)"},
      {"a keyword before a dot", "select.x", "E(select).(.)n(x)"},
      {"a comment ends its line", "a -- b\nc", "n(a)c(-- b)n(c)"},
      {"an open comment", "/*a", "c(/*a)"},
      {"one byte short of a comment", "/", "o(/)"},
      {"an operator of two bytes", "!=", "o(!=)"},
      {"half an operator at the end", "!", "o(!)"},
      {"a variable without a name", "@@", "v()"},
      {"NUL inside a hexadecimal number", "0x1\0002"sv, "1(0x1\0002)"sv},
      {"an open dollar string", "$a$b", "s(b)"},
      {"an Oracle string", "q'[a]b]'c", "s(a]b)n(c)"},
      {"an Oracle string with a high delimiter",
       "q'\xE4"
       "a\xE4'",
       "n(q)s(\xE4"
       "a\xE4)"},
      {"an open bracket", "[a b", "n([a b)"},
      {"MySQL's null", "\\N", "1(\\N)"},
  };
  for (const TokensCase& row : kRows) {
    EXPECT_EQ(printed(tokenize_sql(row.input)), row.expected) << row.why;
  }
}

TEST(TokenizeSql, TokensKnowTheirQuotes) {
  const std::vector<Token> tokens = tokenize_sql("'a' @@`b");
  ASSERT_EQ(tokens.size(), 2u);
  EXPECT_EQ(tokens[0].open, '\'');
  EXPECT_EQ(tokens[0].close, '\'');
  EXPECT_EQ(tokens[0].at_count, 0u);
  EXPECT_EQ(tokens[1].open, '`');
  EXPECT_EQ(tokens[1].close, '\0');
  EXPECT_EQ(tokens[1].at_count, 2u);
}

TEST(FoldSql, Cases) {
  constexpr TokensCase kRows[] = {
      {"empty", "", ""},
      {"nothing but signs", "-+(", ""},
      {"arithmetic", "1+2*3-4", "1(1)"},
      {"a list", "1,2,3", "1(1)"},
      {"adjacent strings", "'a' 'b'", "s(a)"},
      {"phrases", "union all distinct", "U(union all distinct)"},
      {"the last comment stays", "1 /*a*/ or /*b*/", "1(1)&(or)c(/*b*/)"},
      {"a comment within goes", "1 /*a*/ or 2", "1(1)&(or)1(2)"},
      {"five tokens", "select a from b where c order by d", "E(select)n(a)k(from)n(b)k(where)"},
      {"a cast", "1::int", "1(1)"},
      {"a function only before a parenthesis", "user", "n(user)"},
      {"in as an operator", "1 in (2", "1(1)o(in)((()1(2)"},
      {"ODBC braces", "{x 1}", "1(1)"},
  };
  for (const TokensCase& row : kRows) {
    EXPECT_EQ(printed(fold_sql(row.input)), row.expected) << row.why;
  }
}

}  // namespace
}  // namespace wafcheck::engine::libinjection
