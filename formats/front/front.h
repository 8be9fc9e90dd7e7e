#pragma once
// What stands before the rules: a web server that reads the request in its own way, and refuses
// some requests itself. A model of how it takes a request apart, up to the point where it hands it
// to the WAF; what it does after that (mapping the path to a file, say) is none of it.

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "formats/traffic/traffic.h"

namespace wafcheck::formats::inline front {

enum class Front : uint8_t {
  none,   ///< requests reach the rules as they stand
  httpd,  ///< Apache httpd 2.4 as installed: HttpProtocolOptions Strict, its limits on lines
  nginx,  ///< nginx 1.24 as installed: underscores_in_headers off, ignore_invalid_headers on
};

/// As --front takes them, in the order of Front.
inline constexpr std::array<std::string_view, 3> kFrontNames = {"none", "httpd", "nginx"};
std::optional<Front> find_front(std::string_view name);

struct FrontResult {
  bool refused = false;     ///< the exchange's `http_error` is the server's answer
  bool status_line = true;  ///< whether what is answered has one: HTTP/0.9 knows only a body
};

/// Takes an exchange through `front`. Where that hands the request over, it now reads as the server
/// hands it over, and `http_error` is empty: nothing was wrong for this server. A refused request
/// stays as it was. With Front::none nothing changes.
FrontResult pass_front(Front front, Exchange& exchange);

/// What a server makes of the path of a request that it took, before it looks for what to answer.
struct ServedPath {
  std::string first;  ///< as it came, with one slash in front
  int status = 0;     ///< of its refusal; 0: it goes on
  std::string path;   ///< percent-decoded, dot segments and empty ones resolved
};
/// None where the server's own path is not known: with Front::none and Front::nginx, or of `*`.
std::optional<ServedPath> served_path(Front front, const Request& request);

/// What the server answers to a request that it refused, in its words.
Response refusal(Front front, const HttpError& error);

}  // namespace wafcheck::formats::inline front
