#include "parser/language/semantics.h"
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
/// Coraza has it since 3.8; what 3.7 made of it.
SemanticsRow since_38(SemanticsRow row, const std::string& before) {
  row.other_versions = {{"coraza@3.7.0", "[" + before + "]"}};
  return row;
}

SemanticsRow with_version(SemanticsRow row, const std::string& engine, const std::string& told) {
  row.other_versions.emplace_back(engine, told);
  return row;
}

}  // namespace

SemanticsRows rows_of_transformations() {
  return {
      with_version(
          of("html_entities", "htmlEntityDecode", "&#x4142;", {"B", "B", "B", R"(\xe4\x85\x82)"}),
          "modsecurity3@3.0.13", "[A42;]"),
      of("base64", "base64Decode", "YWJj\r\nZGVm!", {"abc", "abc", "", "abcdef"}),
      of("comment_tail", "removeComments", "a/*b*/", {"a", R"(a\x00)", R"(a\x00)", R"(a\x00)"}),
      // A no-break space of Latin-1, one of UTF-8, and a letter that ends in its byte.
      since_38(of("compress_whitespace", "compressWhitespace",
                  "a\xa0"
                  "b\xc2\xa0\xc3\xa0",
                  {R"(a b\xc2 \xc3 )", R"(a b\xc2 \xc3 )", R"(a\xa0b\xc2\xa0\xc3\xa0)",
                   R"(a b \xc3\xa0)"}),
               R"(a b\xc2 \xc3 )"),
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
      since_38(of("windows_names_cleaned", "normalizePathWin", R"(c\a.txt:s)",
                  {"c/a.txt:s", "c/a.txt:s", "c/a.txt:s", "c/a.txt"}),
               "c/a.txt:s"),
      of("nul_ends_text", "cmdLine", std::string("a\0b", 3),
         {R"(a\x00b)", "a", R"(a\x00b)", R"(a\x00b)"}),
      since_38(of("css_code_points", "cssDecode", R"(\263a)", {":", ":", ":", R"(\xe2\x98\xba)"}),
               ":"),
      of("octal_saturates", "escapeSeqDecode", R"(\400)",
         {R"(\x00)", R"(\x00)", R"(\x00)", R"(\xff)"}),
      since_38(of("built_in_unicode_map", "urlDecodeUni", "%u0100",
                  {R"(\x00)", R"(\x00)", R"(\x00)", "A"}),
               R"(\x00)"),
  };
}

}  // namespace wafcheck::tests
