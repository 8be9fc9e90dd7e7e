#include "parser/language/semantics.h"
#include "semantics.h"

namespace wafcheck::tests {
namespace {

using Told = std::array<std::string, 4>;

/// An operator on the argument `a`.
SemanticsRow on(const std::string& point, const std::string& op, const std::string& value,
                Told told) {
  return {point, "SecRule ARGS:a \"" + op + "\" \"id:1,phase:1,pass\"", get("/?a=" + value),
          std::move(told)};
}
SemanticsRow on_file(const std::string& point, const std::string& op, const std::string& value,
                     Told told, TestFiles::Files files) {
  SemanticsRow row = on(point, op, value, std::move(told));
  row.files = std::move(files);
  return row;
}
SemanticsRow on_client(const std::string& point, const std::string& networks, Told told,
                       const std::string& client = "192.0.2.1") {
  TestRequest request;
  request.client = client;
  return {point, "SecRule REMOTE_ADDR \"@ipMatch " + networks + "\" \"id:1,phase:1,pass\"", request,
          std::move(told)};
}
/// What `capture` leaves in a TX variable after an operator on the argument `a`.
SemanticsRow captured(const std::string& point, const std::string& op, const std::string& value,
                      const std::string& group, Told told) {
  return {point,
          "SecRule ARGS:a \"" + op + "\" \"id:1,phase:1,pass,capture\"\nSecRule TX:" + group +
              " \"@unconditionalMatch\" \"id:2,phase:1,pass,logdata:'%{MATCHED_VAR}'\"",
          get("/?a=" + value), std::move(told)};
}

const std::string kNo = "does not load";

}  // namespace

SemanticsRows rows_of_operators() {
  return {
      {"numbers",
       "SecRule ARGS:a \"@eq 12\" \"id:1,phase:1,pass\"\n"
       "SecRule ARGS:b \"@eq 99999999999\" \"id:2,phase:1,pass\"",
       get("/?a=12abc&b=x"),
       {"1", "1", "1 2", ""}},
      on("word_bytes", "@containsWord x", "x_1", {"", "", "1", kNo}),
      on("multiline", "@rx ^b", "a%0ab", {"1", "", "1", "1"}),
      on("bad_regex_loads", "@rx (", "(", {kNo, kNo, "", kNo}),
      {"clear_captures",
       "SecRule ARGS:a \"@rx (.)(.)\" \"id:1,phase:1,pass,nolog,capture\"\n"
       "SecRule ARGS:b \"@rx .\" \"id:2,phase:1,pass,nolog,capture\"\n"
       "SecRule TX:2 \"@streq y\" \"id:3,phase:1,pass\"",
       get("/?a=xy&b=z"),
       {"", "", "3", ""}},
      captured("captures_end_at_8", "@rx (.)(.)(.)(.)(.)(.)(.)(.)(.)", "123456789", "9",
               {"1 [9]", "1 [9]", "1 [9]", "1 []"}),
      captured("contains_captures", "@contains b", "abc", "0", {"1 [b]", "1", "1", "1 []"}),
      captured("xss_captures", "@detectXSS", "<script>", "0",
               {"1 [<script>]", "1 [<script>]", "1 [<script>]", "1 []"}),
      captured("pm_captures_text", "@pm ABC", "xabcx", "0",
               {"1 [ABC]", "1 [ABC]", "1 [ABC]", "1 [abc]"}),
      on("pm_hex", "@pm |cc|", "%cccc|", {"1", "1", "1", ""}),
      on("pm_hex_blanks", "@pm |41 42|", "AB", {"1", "1", "", ""}),
      on("pm_empty_phrases", "@pm b  c", "zz", {"", "", "", "1"}),
      on("strmatch_hex", "@strmatch |41 42|", "AB", {"", "1", "", ""}),
      on_file("phrase_lines_trimmed", "@pmFromFile a.txt", "abc", {"1", "1", "", "1"},
              {{"a.txt", "abc \n"}}),
      on_file("phrase_file_hex", "@pmFromFile a.txt", "AB", {"", "1", "", ""},
              {{"a.txt", "|41 42|\n"}}),
      on_file("several_phrase_files", "@pmFromFile a.txt b.txt", "xyz", {"1", "1", kNo, kNo},
              {{"a.txt", "abc\n"}, {"b.txt", "xyz\n"}}),
      on_client("ip_list_blanks", "10.0.0.1, 192.0.2.1", {"1", kNo, kNo, "1"}),
      on_client("ip_slash_zero", "0.0.0.0/0", {"1", kNo, kNo, "1"}),
      on_client("bad_ip_entries_skipped", "x,192.0.2.1", {kNo, kNo, kNo, "1"}),
      on_client("ip_mask_tail", "192.0.2.0/24x", {kNo, "1", "1", ""}),
      on_client("ip_macros_load", "%{tx.a},192.0.2.1", {kNo, kNo, "", "1"}),
      {"geo_needs_no_database",
       "SecRule REMOTE_ADDR \"!@geoLookup\" \"id:1,phase:1,pass\"",
       get("/"),
       {"", "", "1", ""}},
      on_client("ip_mapped_is_v4", "192.0.2.1", {"", "", "", "1"}, "::ffff:192.0.2.1"),
      on("byte_range_lenient", "@validateByteRange 65,x", "B", {kNo, kNo, "1", kNo}),
      on("byte_range_none_matches", "@validateByteRange", "", {kNo, "", kNo, "1"}),
      on("utf8_ends_at_10ffff", "@validateUtf8Encoding", "%f4%90%80%80", {"", "", "", "1"}),
  };
}

}  // namespace wafcheck::tests
