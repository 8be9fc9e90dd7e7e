// The bytes of a request, and the templates in its body.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>

#include "formats/ftw/ftw.h"
#include "formats/ftw/template.h"

// A row names only the members it is about.
#pragma GCC diagnostic ignored "-Wmissing-field-initializers"

namespace wafcheck::formats {
namespace {

using namespace std::string_literals;

struct RequestCase {
  std::string_view name;
  FtwInput input;
  std::string bytes;
};

constexpr const char* kForm = "application/x-www-form-urlencoded";

TEST(FtwRequest, BuildsTheBytes) {
  const RequestCase cases[] = {
      {"defaults", {}, "GET / HTTP/1.1\r\nConnection: close\r\n\r\n"},
      {"line as it is",
       {.method = "G|T X", .uri = "/../a b?\x01", .version = ""},
       "G|T X /../a b?\x01 \r\nConnection: close\r\n\r\n"},
      {"headers sorted by bytes",
       {.headers = {{"b", "1"}, {"B", "2"}, {"A", "3"}}},
       "GET / HTTP/1.1\r\nA: 3\r\nB: 2\r\nb: 1\r\nConnection: close\r\n\r\n"},
      {"ordered headers in order, others ignored",
       {.headers = {{"A", "x"}}, .ordered_headers = {{{"b", "1"}, {"a", "2"}, {"b", "3"}}}},
       "GET / HTTP/1.1\r\nb: 1\r\na: 2\r\nb: 3\r\nConnection: close\r\n\r\n"},
      {"no autocompletion",
       {.method = "POST", .data = "a b", .autocomplete_headers = false},
       "POST / HTTP/1.1\r\n\r\na b"},
      {"headers that are there stay",
       {.headers = {{"connection", "x"}, {"content-length", "7"}, {"content-type", "y"}},
        .data = "a b"},
       "GET / HTTP/1.1\r\nconnection: x\r\ncontent-length: 7\r\ncontent-type: y\r\n\r\na b"},
      {"content type at the end",
       {.headers = {{"X", "1"}}, .data = "a"},
       "GET / HTTP/1.1\r\nX: 1\r\nContent-Type: application/x-www-form-urlencoded\r\n"
       "Connection: close\r\nContent-Length: 1\r\n\r\na"},
      {"data before encoded_data",
       {.data = "", .encoded_data = "YQ=="},
       "GET / HTTP/1.1\r\nConnection: close\r\n\r\n"},
      {"encoded_data is no template",
       {.headers = {{"Content-Type", "x"}}, .encoded_data = "e3tcAP8="},
       "GET / HTTP/1.1\r\nContent-Type: x\r\nConnection: close\r\nContent-Length: 5\r\n\r\n"
       "{{\\\0\xFF"s},
      {"whole request", {.encoded_request = "R0VU\nAP8="}, "GET\0\xFF"s},
      {"whole request with bits left over", {.encoded_request = "YR=="}, "a"},
      {"whole request beside empty data", {.data = "", .encoded_request = "YQ=="}, "a"},
  };
  for (const RequestCase& c : cases) {
    const auto bytes = build_request(c.input);
    ASSERT_TRUE(bytes) << c.name << ": " << bytes.error().message;
    EXPECT_EQ(*bytes, c.bytes) << c.name;
  }
}

TEST(FtwRequest, SendsContentLengthForMethodsWithABody) {
  const std::pair<const char*, bool> cases[] = {
      {"POST", true},     {"POSTER", true},   {"REPOST", false},    {"PUT", true},
      {"XPUTX", true},    {"PATCH", true},    {"DISPATCHER", true}, {"DELETE", true},
      {"UNDELETE", true}, {"DELETED", false}, {"GET", false},       {"post", false},
      {"", false},
  };
  for (const auto& [method, sent] : cases) {
    const auto bytes = build_request({.method = method});
    EXPECT_EQ(bytes->find("Content-Length: 0\r\n") != std::string::npos, sent) << method;
  }
}

struct BodyCase {
  std::string_view name, content_type;
  std::string data, body;
};

TEST(FtwRequest, EncodesFormsAndRewritesLineBreaks) {
  const BodyCase cases[] = {
      {"names and values", kForm, "a b=c/d&e=f=g", "a+b=c%2Fd&e=f%3Dg"},
      {"type in any case", "Application/X-WWW-Form-URLencoded", "a=<", "a=%3C"},
      {"type with a parameter stays", "application/x-www-form-urlencoded; charset=x", "a=<", "a=<"},
      {"other type stays", "text/plain", "a=<", "a=<"},
      {"kept bytes", kForm, "aZ09-_.~", "aZ09-_.~"},
      {"bytes above ASCII, upper-case hex", kForm, "\xC3\xBF", "%C3%BF"},
      {"line feed", kForm, "a=1\n", "a=1%0A"},
      {"escaped already", kForm, "a=%3C<", "a=%3C<"},
      {"invalid escape stays", kForm, "a=100%<", "a=100%<"},
      {"plus counts as escaped", kForm, "a=1+<", "a=1+<"},
      {"empty pieces", kForm, "&a=&=b&&c", "&a=&=b&&c"},
      {"final ampersand goes", kForm, "a=<&", "a=%3C"},
      {"multipart", "multipart/form-data; boundary=x", "a\nb\r\n", "a\r\nb\r\r\n"},
      {"multipart in any case", "Multipart/Form-Data;boundary=x", "\n", "\r\n"},
      {"multipart anywhere in the value", "x multipart/form-data;", "\n", "\r\n"},
      {"multipart without a semicolon", "multipart/form-data", "\n", "\n"},
  };
  for (const BodyCase& c : cases) {
    const auto bytes =
        build_request({.headers = {{"Content-Type", std::string(c.content_type)}}, .data = c.data});
    ASSERT_TRUE(bytes) << c.name;
    EXPECT_EQ(bytes->substr(bytes->find("\r\n\r\n") + 4), c.body) << c.name;
    EXPECT_THAT(*bytes,
                testing::HasSubstr("Content-Length: " + std::to_string(c.body.size()) + "\r\n"))
        << c.name;
  }
}

TEST(FtwRequest, RewritesMultipartWithoutAutocompletion) {
  const auto bytes = build_request({.headers = {{"Content-Type", "multipart/form-data; b"}},
                                    .data = "a\n",
                                    .autocomplete_headers = false});
  EXPECT_EQ(*bytes, "GET / HTTP/1.1\r\nContent-Type: multipart/form-data; b\r\n\r\na\r\n");
}

TEST(FtwRequest, RefusesWhatCannotBeSent) {
  const std::pair<FtwInput, std::string_view> cases[] = {
      {{.data = "a", .encoded_request = "YQ=="},
       "expected either data or encoded_request, found both"},
      {{.encoded_request = "Y"}, "encoded_request: expected base64"},
      {{.encoded_request = "YQ"}, "encoded_request: expected base64"},
      {{.encoded_request = "YQ==YQ=="}, "encoded_request: expected base64"},
      {{.encoded_request = "Y==="}, "encoded_request: expected base64"},
      {{.encoded_request = "_w=="}, "encoded_request: expected base64"},
      {{.encoded_data = "Y Q="}, "encoded_data: expected base64"},
      {{.data = "{{ `x` | repeat 16777217 }}"}, "data: the result is over 16777216 bytes"},
  };
  for (const auto& [input, message] : cases) {
    const auto bytes = build_request(input);
    ASSERT_FALSE(bytes) << message;
    EXPECT_EQ(bytes.error().message, message);
  }
}

TEST(FtwRequest, SendsNoBodyForABrokenTemplate) {
  EXPECT_EQ(*build_request({.data = "a{{ nope }}"}), "GET / HTTP/1.1\r\nConnection: close\r\n\r\n");
}

struct TemplateCase {
  std::string_view text;
  std::string result;
};

TEST(FtwTemplate, Expands) {
  const TemplateCase cases[] = {
      {"", ""},
      {"a } }} { b", "a } }} { b"},
      {R"(<{{ "1" | repeat 5 }}>)", "<11111>"},
      {R"({{repeat 2 "ab"}})", "abab"},
      {R"({{ "x" | repeat 0 }})", ""},
      {R"({{ "ab" | repeat 2 | b64enc }})", "YWJhYg=="},
      {R"({{ repeat 2 (b64enc "a") }})", "YQ==YQ=="},
      {R"({{ ((("a"))) }})", "a"},
      {"{{ `a\\n\"` }}", "a\\n\""},
      {R"({{ "\a\t\\\"\x41\101\u00e9\U0001F600" }})", "\a\t\\\"AA\xC3\xA9\xF0\x9F\x98\x80"},
      {R"({{ "{{}}" }})", "{{}}"},
      {"{{ 42 }}{{ -7 }}", "42-7"},
      {"a {{- 1 -}} b", "a1b"},
      {"a {{ 1 }} b", "a 1 b"},
      {"a{{/* no }} no */}}b", "ab"},
      {"a {{- /* x */ -}} b", "ab"},
      {"{{\n 1\n}}", "1"},
      {"[{{ .Payload }}|{{.Payload | repeat 2}}]", "[p{{|p{{p{{]"},
  };
  for (const TemplateCase& c : cases) {
    const FtwExpansion expansion = expand_ftw_template(c.text, "p{{");
    EXPECT_EQ(expansion.error, "") << c.text;
    EXPECT_EQ(expansion.text, c.result) << c.text;
  }
  EXPECT_EQ(expand_ftw_template("{{.Payload}}", std::nullopt).text, "<no value>");
}

TEST(FtwTemplate, RefusesWhatGoRefuses) {
  const std::pair<std::string, std::string_view> cases[] = {
      {"{{", "'{{' without '}}'"},
      {"a{{ 1", "'{{' without '}}'"},
      {"{{ }}", "expected one value or a function"},
      {"{{ 1 2 }}", "expected one value or a function"},
      {"{{ 1 | 2 }}", "expected one value or a function"},
      {"{{ 1 | }}", "expected one value or a function"},
      {"{{ 1 ) }}", "expected '|' or '}}'"},
      {"{{ (1 }}", "expected ')'"},
      {"{{ \"a }}", "a string is not closed"},
      {"{{ \"a\n\" }}", "a string is not closed"},
      {"{{ \"\\", "a string is not closed"},
      {"{{ `a }}", "a raw string is not closed"},
      {R"({{ "\q" }})", "a string holds a bad escape"},
      {R"({{ "\x4" }})", "a string holds a bad escape"},
      {R"({{ "\400" }})", "a string holds a bad escape"},
      {R"({{ "\ud800" }})", "a string holds a bad escape"},
      {R"({{ "\U00110000" }})", "a string holds a bad escape"},
      {"{{/* a }}", "a comment is not closed"},
      {"{{ nope 1 }}", "unknown function 'nope'"},
      {"{{constructor.constructor('alert(1)')()}}", "unknown field '.constructor'"},
      {"{{ .Other }}", "unknown field '.Other'"},
      {"{{ $x }}", "unexpected '$'"},
      {"{{ repeat 1 }}", "repeat takes a count and a string"},
      {"{{ repeat `1` `a` }}", "repeat takes a count and a string"},
      {"{{ repeat -1 `a` }}", "repeat takes a count and a string"},
      {"{{ repeat 2 1 }}", "repeat takes a count and a string"},
      {"{{ b64enc 1 }}", "b64enc takes a string"},
      {"{{ b64enc }}", "b64enc takes a string"},
      {"{{" + std::string(100'000, '(') + "}}", "parentheses nest too deep"},
  };
  for (const auto& [text, error] : cases) {
    const FtwExpansion expansion = expand_ftw_template(text, std::nullopt);
    EXPECT_EQ(expansion.error, error) << text.substr(0, 80);
    EXPECT_EQ(expansion.text, "") << text.substr(0, 80);
    EXPECT_FALSE(expansion.too_long) << text.substr(0, 80);
  }
}

TEST(FtwTemplate, BoundsWhatItMakes) {
  for (const std::string_view text :
       {"{{ `x` | repeat 11 }}", "{{ `xx` | repeat 9223372036854775807 }}",
        "{{ `x` | repeat 6 | repeat 0 }}{{ `x` | repeat 6 | repeat 0 }}",
        "{{ b64enc `1234567890` }}", "12345678901", "{{`x` | repeat 6}}12345"}) {
    const FtwExpansion expansion = expand_ftw_template(text, std::nullopt, 10);
    EXPECT_TRUE(expansion.too_long) << text;
    EXPECT_EQ(expansion.text, "") << text;
  }
  EXPECT_EQ(expand_ftw_template("{{ `x` | repeat 10 }}", std::nullopt, 10).text, "xxxxxxxxxx");
}

}  // namespace
}  // namespace wafcheck::formats
