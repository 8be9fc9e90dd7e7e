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
      of_uri("basename_backslash", "REQUEST_BASENAME", R"(/a/b\c)",
             {"[c]", R"([b\c])", "[c]", "[c]"}),
      of_uri("basename_never_empty", "REQUEST_BASENAME", "/a/", {"[]", "[]", "[]", "[/a/]"}),
      of_uri("combined_size_float", "ARGS_COMBINED_SIZE", "/?ab=cd",
             {"[4]", "[4]", "[4.000000]", "[4]"}),
      {"empty_arguments",
       "SecRule &ARGS \"@eq 3\" \"id:1,phase:1,pass\"",
       get("/?a&&b"),
       {"1", "1", "1", ""}},
      {"cookies_trimmed",
       show_each("REQUEST_COOKIES", 1),
       with_header("Cookie", "c ; x=y "),
       {"[:(REQUEST_COOKIES:c =)(REQUEST_COOKIES:x=y )]",
        "[:(REQUEST_COOKIES:c =)(REQUEST_COOKIES:x=y )]",
        "[:(REQUEST_COOKIES:c =)(REQUEST_COOKIES:x=y )]",
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
        R"([Host: example.com\x0a\x0a])", "[]"}},
      {"full_request_filled", show("FULL_REQUEST_LENGTH"), {}, {"[37]", "[37]", "[19]", "[]"}},
  };
}

}  // namespace wafcheck::tests
