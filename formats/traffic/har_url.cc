// URLs and protocol versions of a HAR, as a request line has them.

#include <fmt/format.h>

#include <algorithm>
#include <iterator>

#include "formats/traffic/har_entry.h"
#include "parser/base/ascii.h"
#include "parser/base/escape.h"

namespace wafcheck::formats::inline traffic {
namespace {

/// The scheme in front of "://", or of ":" in "data:…"; empty where there is none.
std::string_view scheme_of(std::string_view url) {
  const size_t colon = url.find(':');
  if (colon == std::string_view::npos || !is_alpha(static_cast<unsigned char>(url[0]))) return {};
  const std::string_view scheme = url.substr(0, colon);
  const bool valid = std::ranges::all_of(scheme, [](char c) {
    return is_alnum(static_cast<unsigned char>(c)) || c == '+' || c == '-' || c == '.';
  });
  return valid ? scheme : std::string_view{};
}

/// 0 where `text` is no port.
uint16_t parse_port(std::string_view text) {
  unsigned port = 0;
  for (const char c : text) {
    if (!is_digit(static_cast<unsigned char>(c))) return 0;
    port = port * 10 + static_cast<unsigned>(c - '0');
    if (port > 65535) return 0;
  }
  return static_cast<uint16_t>(port);
}

}  // namespace

std::string har_protocol(std::string_view version) {
  if (istarts_with(version, "h2")) return "HTTP/2.0";
  if (istarts_with(version, "h3")) return "HTTP/3.0";  // drafts were "h3-29"
  if (!istarts_with(version, "http/")) return "HTTP/1.1";
  const std::string_view number = version.substr(5);
  if (number == "1.0" || number == "0.9") return "HTTP/" + std::string(number);
  if (number == "2" || number.starts_with("2.") || number.starts_with("2+")) return "HTTP/2.0";
  if (number == "3" || number.starts_with("3.") || number.starts_with("3-")) return "HTTP/3.0";
  return "HTTP/1.1";
}

bool is_local_url(std::string_view url) {
  const std::string scheme = lowercase(scheme_of(url));
  constexpr std::string_view kLocal[] = {"about",      "blob",     "chrome",     "data",
                                         "devtools",   "edge",     "file",       "filesystem",
                                         "javascript", "resource", "view-source"};
  return scheme.ends_with("-extension") ||
         std::ranges::find(kLocal, std::string_view(scheme)) != std::end(kLocal);
}

Result<HarUrl> split_url(std::string_view url, std::string_view method) {
  HarUrl split;
  const std::string_view scheme = scheme_of(url);
  // A CONNECT names "host:port", which looks like a scheme and a path.
  if (scheme.empty() || (method == "CONNECT" && url.find("://") == std::string_view::npos)) {
    split.target = url.substr(0, url.find('#'));
    return split;
  }
  const bool secure = iequals(scheme, "https") || iequals(scheme, "wss");
  const bool plain = iequals(scheme, "http") || iequals(scheme, "ws");
  std::string_view rest = url.substr(scheme.size() + 1);
  if ((!secure && !plain) || !rest.starts_with("//")) {
    return fail(fmt::format("request.url is no HTTP URL: \"{}\"", excerpt(url)));
  }
  rest.remove_prefix(2);
  rest = rest.substr(0, rest.find('#'));
  std::string_view authority = rest.substr(0, rest.find_first_of("/?"));
  rest.remove_prefix(authority.size());
  split.target = rest.starts_with('/') ? std::string(rest) : "/" + std::string(rest);

  const size_t user_info = authority.rfind('@');
  if (user_info != std::string_view::npos) authority.remove_prefix(user_info + 1);
  split.host = authority;
  const uint16_t own_port = secure ? 443 : 80;
  split.port = own_port;
  const size_t colon = authority.rfind(':');
  const size_t bracket = authority.rfind(']');
  if (colon != std::string_view::npos && (bracket == std::string_view::npos || colon > bracket)) {
    const uint16_t port = parse_port(authority.substr(colon + 1));
    if (port != 0) split.port = port;
    if (split.port == own_port) split.host = authority.substr(0, colon);
  }
  return split;
}

}  // namespace wafcheck::formats::inline traffic
