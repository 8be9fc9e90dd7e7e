#pragma once
// Strings of nginx's configuration, which modsecurity_rules takes. Source: ngx_conf_file.c of nginx
// 1.22: in quotes, a backslash before a quote or a backslash goes, and \t, \r and \n become what
// they stand for; any other backslash stays.

#include <string_view>

#include "formats/embedded/embedded.h"

namespace wafcheck::formats::inline embedded {

/// What nginx makes of the content of a string; `offset` is where the content begins.
MappedText nginx_unquoted(std::string_view content, size_t offset);
/// How text is written in a string in these quotes.
WriteText nginx_quoted(char quote);
/// The offset of the first quote that would end a string; npos: none.
size_t nginx_string_end(std::string_view content, char quote);

}  // namespace wafcheck::formats::inline embedded
