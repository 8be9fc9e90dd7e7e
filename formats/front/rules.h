#pragma once
// What the models of servers share: a request on its way in, and rules that run over it in order.

#include <algorithm>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "formats/front/front.h"
#include "formats/traffic/http.h"
#include "formats/traffic/traffic.h"
#include "parser/base/ascii.h"

namespace wafcheck::formats::inline front {

/// A request that a server is reading. Rules fill it in from the head.
struct Passage {
  /// The first line and the header lines without their ends; those of a request that came without
  /// are put together from its parts.
  std::string_view line;
  std::vector<std::string_view> fields;
  bool wire = false;     ///< the lines came from the input
  bool bare_lf = false;  ///< some lines end in CRLF, others in LF alone
  bool bad_chunks = false;

  std::string method, target, protocol;
  int version = 0;        ///< 10 * major + minor
  std::string authority;  ///< "host" or "host:port" of a target that names one
  std::vector<Header> headers;
  std::string body;
  std::vector<std::string> notes;

  /// HTTP/0.9: a request line and nothing else.
  bool simple() const { return version == 9; }
  /// Whether the body is framed by headers; HTTP/2 and HTTP/3 frame it themselves.
  bool framed() const { return wire || version < 20; }
  /// The first header of this name; null: none.
  Header* find(std::string_view name);
};

/// One thing that a server does: it changes the request, or refuses it.
using Refusal = std::optional<HttpError>;
using FrontRule = Refusal (*)(Passage&);
std::span<const FrontRule> httpd_rules();
std::span<const FrontRule> nginx_rules();

/// The path of a target as httpd resolves it.
ServedPath httpd_path(std::string_view target);

/// 400 for a fault.
HttpError bad_request(HttpFault fault);
HttpError bad_request(std::string_view reason);

/// A NUL in a line, which no server takes; and a line feed, which only a request that came without
/// lines can hold.
Refusal check_line_bytes(Passage& request);

/// Leaves of the body what the headers frame: nothing without Content-Length and
/// Transfer-Encoding, the bytes of a chunked one decoded. Refuses a chunked body that is malformed,
/// and one that is shorter than its Content-Length: the server waits for the rest in vain. A body
/// that came without lines may have been recorded in part, so that is no fault there.
/// The headers must have been checked. Source: RFC 9112, section 6.3.
Refusal frame_body(Passage& request);

inline bool is_digit_char(char c) {
  return is_digit(static_cast<unsigned char>(c));
}
/// True of an empty text.
inline bool all_digits(std::string_view text) {
  return std::ranges::all_of(text, is_digit_char);
}

/// Decimal digits alone, of a value that fits a file offset. Source: RFC 9110, section 8.6.
std::optional<uint64_t> content_length(std::string_view value);

}  // namespace wafcheck::formats::inline front
