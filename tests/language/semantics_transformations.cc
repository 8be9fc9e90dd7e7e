#include "semantics.h"

namespace wafcheck::tests {
namespace {

using Told = std::array<std::string, 4>;

SemanticsRow of(const std::string& point, const std::string& transformation, std::string value,
                Told told) {
  for (std::string& text : told) text = "[" + text + "]";
  return {point,
          "SecRule REQUEST_HEADERS:V \"@unconditionalMatch\" \"id:1,phase:1,pass,t:" +
              transformation + ",logdata:'%{MATCHED_VAR}'\"",
          with_header("V", std::move(value)), std::move(told)};
}

}  // namespace

SemanticsRows rows_of_transformations() {
  return {
      of("html_entities", "htmlEntityDecode", "&#x4142;", {"B", "B", "A42;", R"(\xe4\x85\x82)"}),
      of("base64", "base64Decode", "YWJj\r\nZGVm!", {"abc", "abc", "", "abcdef"}),
      of("comment_tail", "removeComments", "a/*b*/", {"a", R"(a\x00)", R"(a\x00)", R"(a\x00)"}),
      of("compress_whitespace", "compressWhitespace",
         "a\xa0"
         "b\xe2\x80\x83"
         "c",
         {R"(a b\xe2\x80\x83c)", R"(a b\xe2\x80\x83c)", R"(a\xa0b\xe2\x80\x83c)", "a b c"}),
      of("remove_whitespace", "removeWhitespace",
         "a\xa0\xc2"
         "b\xe2\x80\x83",
         {R"(a\xc2b\xe2\x80\x83)", R"(a\xc2b\xe2\x80\x83)", R"(ab\xe2\x80\x83)",
          R"(a\xef\xbf\xbd\xef\xbf\xbdb)"}),
      of("hex_decode", "hexDecode", "zz", {"zz", "S", "S", "zz"}),
      of("unicode_case", "lowercase", "\xc3\x89",
         {R"(\xc3\x89)", R"(\xc3\x89)", R"(\xc3\x89)", R"(\xc3\xa9)"}),
      of("octal_off_by_one", "jsDecode", R"(\101)", {"A", "A", "A", R"(\x001)"}),
      of("utf8_invalid_as_fffd", "utf8toUnicode", "\xff",
         {R"(\xff)", R"(\xff)", R"(\xff)", "%ufffd"}),
      of("root_slash_doubled", "normalizePath", "/", {"/", "/", "/", "//"}),
      of("loose_back_references", "normalizePath", "/x/a../b",
         {"/x/a../b", "/x/b", "/x/b", "/x/a../b"}),
      of("windows_names_cleaned", "normalizePathWin", R"(c\a.txt:s)",
         {"c/a.txt:s", "c/a.txt:s", "c/a.txt:s", "c/a.txt"}),
      of("nul_ends_text", "cmdLine", std::string("a\0b", 3),
         {R"(a\x00b)", "a", R"(a\x00b)", R"(a\x00b)"}),
      of("css_code_points", "cssDecode", R"(\263a)", {":", ":", ":", R"(\xe2\x98\xba)"}),
      of("octal_saturates", "escapeSeqDecode", R"(\400)",
         {R"(\x00)", R"(\x00)", R"(\x00)", R"(\xff)"}),
      of("built_in_unicode_map", "urlDecodeUni", "%u0100", {R"(\x00)", R"(\x00)", R"(\x00)", "A"}),
  };
}

}  // namespace wafcheck::tests
