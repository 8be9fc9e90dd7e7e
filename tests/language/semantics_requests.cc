#include "parser/language/semantics.h"
#include "semantics.h"

namespace wafcheck::tests {
namespace {

using Told = std::array<std::string, 4>;

SemanticsRow of_uri(const std::string& point, const std::string& variable, const std::string& uri,
                    Told told) {
  return {point, show(variable, 1), get(uri), std::move(told)};
}

}  // namespace

SemanticsRows rows_of_requests() {
  return {
      of_uri("uri_decoded", "REQUEST_URI", "/%41", {"[/%41]", "[/%41]", "[/A]", "[/%41]"}),
      of_uri("uri_keeps_host", "REQUEST_URI", "http://h/p?x",
             {"[/p?x]", "[/p?x]", "[/p?x]", "[http://h/p?x]"}),
      of_uri("filename_keeps_host", "REQUEST_FILENAME", "http://h/p",
             {"[/p]", "[/p]", "[http://h/p]", "[/p]"}),
      of_uri("filename_decoded", "REQUEST_FILENAME", "/%41", {"[/A]", "[/%41]", "[/A]", "[/A]"}),
      {"filename_ends_decoded",
       show("REQUEST_FILENAME", 1),
       get("/a%3fb"),
       {"[/a?b]", "[/a%3fb]", "[/a?b]", "[/a?b]"},
       {},
       false,
       {{"modsecurity3@3.0.9", "[/a]"}}},
      {"build",
       show("MODSEC_BUILD", 1),
       get("/"),
       {"[030013100]", "[020907900]", "[030016100]", "does not load"},
       {},
       false,
       {{"modsecurity3@3.0.9", "[030009100]"}}},
      of_uri("basename_never_empty", "REQUEST_BASENAME", "/a/", {"[]", "[]", "[]", "[/a/]"}),
      of_uri("combined_size_float", "ARGS_COMBINED_SIZE", "/?ab=cd",
             {"[4]", "[4]", "[4.000000]", "[4]"}),
      {"empty_arguments",
       "SecRule &ARGS \"@eq 3\" \"id:1,phase:1,pass\"",
       get("/?a&&b"),
       {"1", "1", "1", ""}},
      {"uri_control_is_error",
       "SecRule URLENCODED_ERROR \"@streq 1\" \"id:1,phase:1,pass\"",
       get("/a\x01?x=1"),
       {"1", "", "", ""}},
      {"cookies_trimmed",
       show_each("REQUEST_COOKIES", 1),
       with_header("Cookie", "c ; x=y "),
       {"[:(REQUEST_COOKIES:c =)(REQUEST_COOKIES:x=y )]",
        "[:(REQUEST_COOKIES:c =)(REQUEST_COOKIES:x=y )]",
        "[:(REQUEST_COOKIES:c =)(REQUEST_COOKIES:x=y)]",
        "[:(REQUEST_COOKIES:c=)(REQUEST_COOKIES:x=y)]"}},
      {"empty_scalars",
       "SecRule AUTH_TYPE \"@rx ^$\" \"id:1,phase:1,pass\"",
       {},
       {"1", "", "1", "1"}},
      {"month_from_zero", show("TIME_MON", 1), {}, {"[01]", "[01]", "[0]", "[1]"}},
      {"full_request_has_line",
       show("FULL_REQUEST"),
       {},
       {R"([GET / HTTP/1.1\x0d\x0aHost: example.com\x0d\x0a\x0d\x0a])",
        R"([GET / HTTP/1.1\x0d\x0aHost: example.com\x0d\x0a\x0d\x0a])",
        R"([Host: example.com\x0a\x0a\x0a])", "[]"}},
      {"full_request_filled", show("FULL_REQUEST_LENGTH"), {}, {"[37]", "[37]", "[20]", "[]"}},
      {"path_info_is_filename", show("PATH_INFO", 1), get("/a/b?c"), {"[]", "[]", "[/a/b]", "[]"}},
      {"response_type_whole",
       show("RESPONSE_CONTENT_TYPE", 3),
       answered("text/html; charset=utf-8", ""),
       {"[text/html]", "[text/html; charset=utf-8]", "[text/html]", "[text/html]"}},
      {"mime_types_replaced",
       "SecResponseBodyAccess On\nSecResponseBodyMimeType text/html\n"
       "SecResponseBodyMimeType application/x\n" +
           show("RESPONSE_BODY", 4),
       answered("text/html", "a"),
       {"[a]", "[a]", "[a]", "[]"}},
      {"time_is_timestamp",
       show("TIME", 1),
       {},
       {"[13:46:40]", "[19700112134640]", "[13:46:40]", "[13:46:40]"}},
      {"date_padded", show("TIME_DAY", 1), {.time = 100'000}, {"[02]", "[02]", "[2]", "[2]"}},
      {"sunday_is_7", show("TIME_WDAY", 1), {.time = 900'000}, {"[0]", "[0]", "[7]", "[0]"}},
      {"duration_in_seconds",
       "SecRule DURATION \"@contains .\" \"id:1,phase:1,pass\"\n",
       {},
       {"", "", "1", ""}},
      {"rule_severity_named",
       "SecAction \"id:1,phase:1,pass,severity:2,logdata:'%{RULE.severity}'\"\n",
       {},
       {"[2]", "[]", "[]", "[critical]"}},
  };
}

}  // namespace wafcheck::tests
