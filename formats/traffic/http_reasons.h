#pragma once
// The phrases behind the status of a response.

#include <algorithm>
#include <array>
#include <string_view>

namespace wafcheck::formats::inline traffic {

struct HttpReason {
  int status;
  std::string_view phrase;      ///< as Apache httpd 2.4 writes it, which is mostly RFC 9110's
  std::string_view nginx = {};  ///< where nginx 1.24 has words of its own
};

inline constexpr auto kHttpReasons = std::to_array<HttpReason>({
    {200, "OK"},
    {201, "Created"},
    {204, "No Content"},
    {301, "Moved Permanently"},
    {302, "Found"},
    {303, "See Other"},
    {304, "Not Modified"},
    {307, "Temporary Redirect"},
    {308, "Permanent Redirect"},
    {400, "Bad Request"},
    {401, "Unauthorized"},
    {403, "Forbidden"},
    {404, "Not Found"},
    {405, "Method Not Allowed", "Not Allowed"},
    {406, "Not Acceptable"},
    {413, "Request Entity Too Large"},
    {414, "Request-URI Too Long", "Request-URI Too Large"},
    {417, "Expectation Failed"},
    {429, "Too Many Requests"},
    {500, "Internal Server Error"},
    {501, "Not Implemented"},
    {502, "Bad Gateway"},
    {503, "Service Unavailable"},
    {505, "HTTP Version Not Supported"},
});

/// The row of a status; one without phrases for a status that has none here.
constexpr HttpReason http_reason(int status) {
  const auto row = std::ranges::find(kHttpReasons, status, &HttpReason::status);
  return row == kHttpReasons.end() ? HttpReason{status, {}} : *row;
}

}  // namespace wafcheck::formats::inline traffic
