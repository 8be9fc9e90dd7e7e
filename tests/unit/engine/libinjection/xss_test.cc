#include <gtest/gtest.h>

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "engine/libinjection/libinjection.h"

namespace wafcheck::engine::libinjection {
namespace {

using namespace std::string_view_literals;

struct XssCase {
  std::string_view why;
  std::string_view input;
  bool expected;
};

constexpr XssCase kCases[] = {
    {"empty", "", false},
    {"only NULs", "\0\0\0"sv, false},
    {"prose", "a < b and c > d", false},
    {"an arrow", "x <- y", false},
    {"a harmless tag", "<b>bold</b>", false},
    {"a harmless attribute", "<a title=\"x\">", false},
    {"a harmless address", "<a href=\"http://example.com/\">", false},
    {"an assignment", "a=b", false},
    {"a script", "<script>alert(1)</script>", true},
    {"letter case", "<ScRiPt>", true},
    {"NULs in the name", "<s\0cript>"sv, true},
    {"NUL in front of the name", "<\0script>"sv, true},
    {"no closing bracket", "<script", true},
    {"a longer name", "<scripted>", false},
    {"an end tag only", "</script>", false},
    {"SVG by prefix", "<svgx>", true},
    {"XSL by prefix", "<xslt>", true},
    {"an event handler", "<a onclick=x>", true},
    {"any name that starts with on", "<a onwhatever=x>", true},
    {"a name too short for an event", "<a onx=x>", false},
    {"an event handler without a value", "<a onclick>", false},
    {"a namespace", "<a xmlns:x=y>", true},
    {"a style", "<a style=x>", true},
    {"a script address", "<a href=javascript:x>", true},
    {"letter case of the scheme", "<a href=JaVa:x>", true},
    {"white space before the scheme", "<a href=\" \x01javascript:x\">", true},
    {"bytes above ASCII before the scheme", "<a href=\"\xC2\xA0javascript:x\">", true},
    {"a line feed inside the scheme", "<a href=\"ja\nvascript:x\">", true},
    {"a decimal reference", "<a href='&#106;avascript:x'>", true},
    {"a hexadecimal reference without semicolon", "<a href='&#x6Aavascript:x'>", false},
    {"a hexadecimal reference", "<a href='&#x6A;avascript:x'>", true},
    {"leading zeros", "<a href='&#0000000000000000000106;avascript:x'>", true},
    {"a reference above the limit", "<a href='&#x110006A;avascript:x'>", false},
    {"a reference in full at the end", "<a href='jav&#97'>", true},
    {"a cut reference", "<a href='&#x'>", false},
    {"data", "<a href=data:text/html,x>", true},
    {"the attribute's name as a value", "<set attributename=onclick>", true},
    {"a harmless name as a value", "<set attributename=title>", false},
    {"a document type", "<!doctype html>", true},
    {"a backtick in a comment", "<!-- ` -->", true},
    {"a harmless comment", "<!-- x -->", false},
    {"a conditional comment", "<!--[if IE]>", true},
    {"an import instruction", "<?import x>", true},
    {"an entity declaration", "<!entity x>", true},
    {"a comment that ends early", "<!-- x --!><script>", true},
    {"a tag inside an open comment", "<!-- <script>", false},
    {"a tag after CDATA", "<![CDATA[<b>]]><script>", true},
    {"a tag inside CDATA", "<![CDATA[<script>", false},
    {"in an unquoted value", "x onclick=y", true},
    {"in a value in single quotes", "x' onclick=y", true},
    {"in a value in double quotes", "x\" onclick=y", true},
    {"in a value in backticks", "x` onclick=y", true},
    {"a tag closed from inside quotes", "\"><script>", true},
    {"a slash before the attribute", "<img/src=x/onerror=y>", false},
    {"slashes between attributes", "<img/////onerror=y>", true},
    {"the attribute's name starts with an equals sign", "<a =onclick=x>", false},
};

TEST(DetectXss, Cases) {
  for (const XssCase& row : kCases) EXPECT_EQ(detect_xss(row.input), row.expected) << row.why;
}

std::string repeated(std::string_view text, size_t bytes) {
  std::string out;
  while (out.size() < bytes) out += text;
  return out;
}

TEST(DetectXss, LongReferencesTakeLinearTime) {
  std::string text = "<a href=";
  text += repeated("&#", 1 << 20);
  EXPECT_FALSE(detect_xss(text));
  text = "<a href=" + repeated("&#0", 1 << 20) + "&#106;ava>";
  EXPECT_TRUE(detect_xss(text));
  text = "<a href=&#" + std::string(1 << 20, '0') + "106;ava>";
  EXPECT_TRUE(detect_xss(text));
}

TEST(DetectXss, EveryPrefixIsRead) {
  const std::string page =
      "<!--x--!><![CDATA[y]]><%z%><b c=d e='f' g=\"h\" i=`j`/></b ><?k?><a "
      "href=&#x0a;&#100;&#X6A;x>";
  for (size_t size = 0; size <= page.size(); ++size) {
    const std::vector<char> exact(page.begin(), page.begin() + static_cast<std::ptrdiff_t>(size));
    EXPECT_FALSE(detect_xss({exact.data(), exact.size()})) << size;
  }
}

struct HtmlCase {
  std::string_view why;
  std::string_view input;
  std::string_view expected;
};

TEST(TokenizeHtml, Cases) {
  constexpr HtmlCase kRows[] = {
      {"empty", "", ""},
      {"text", "ab", "DATA_TEXT(ab)"},
      {"a tag", "<a>", "TAG_NAME_OPEN(a)TAG_NAME_CLOSE(>)"},
      {"an end tag", "</a>", "TAG_CLOSE(a)"},
      {"a self-closing tag", "<a/>", "TAG_NAME_OPEN(a)TAG_NAME_SELFCLOSE(/>)"},
      {"an open tag", "<a", "TAG_NAME_OPEN(a)"},
      {"a lone bracket", "<", ""},
      {"a bracket before a digit", "<1", "DATA_TEXT(<)DATA_TEXT(1)"},
      {"an empty value", "<a b=>", "TAG_NAME_OPEN(a)ATTR_NAME(b)ATTR_VALUE()TAG_NAME_CLOSE(>)"},
      {"an open quote", "<a b='c", "TAG_NAME_OPEN(a)ATTR_NAME(b)ATTR_VALUE(c)"},
      {"vertical tab and NUL as white space", "<a\vb\0=\0c\0d"sv,
       "TAG_NAME_OPEN(a)ATTR_NAME(b)ATTR_VALUE(c)ATTR_NAME(d)"},
      {"an open comment", "<!--a--", "TAG_COMMENT(a--)"},
      {"NUL before the end of a comment", "<!--a-\0->b"sv, "TAG_COMMENT(a)DATA_TEXT(b)"},
      {"a bogus comment", "</ a>", "TAG_COMMENT( a)"},
  };
  for (const HtmlCase& row : kRows) {
    std::string out;
    for (const HtmlToken& token : tokenize_html(row.input)) {
      out.append(token.type).append("(").append(token.value).append(")");
    }
    EXPECT_EQ(out, row.expected) << row.why;
  }
}

}  // namespace
}  // namespace wafcheck::engine::libinjection
