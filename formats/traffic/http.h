#pragma once
// HTTP/1 messages as bytes: files of requests and responses, and one request for other code.

#include <cstdint>
#include <istream>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "formats/traffic/formats.h"
#include "parser/base/result.h"

namespace wafcheck::formats::inline traffic {

/// What is wrong with a request as it stands. Servers differ in what they refuse: the last ones are
/// mended by some. An exchange's `http_error` names the first of its faults in this order.
enum class HttpFault : uint8_t {
  request_line,          ///< no method, or one that is no token
  missing_version,       ///< as in HTTP/0.9
  bad_version,           ///< not "HTTP/" and a number of 1.0 or later
  target_whitespace,     ///< whitespace in the target or more than one space beside it
  target_control,        ///< a control character in the target
  nul,                   ///< a NUL byte in the header block
  bare_cr,               ///< a CR that ends no line
  header_without_colon,  ///< kept as a name with an empty value
  space_before_colon,    ///< the name is kept without it
  header_name,           ///< empty, or with a byte that is no token's
  content_length,        ///< not a decimal number
  repeated_content_length,
  missing_host,  ///< in HTTP/1.1
  repeated_host,
  chunks,             ///< a chunked body that cannot be decoded or breaks off
  transfer_encoding,  ///< one whose last coding is not `chunked`
  folding,            ///< a header over several lines: joined with a space
  two_lengths,        ///< both Content-Length and Transfer-Encoding
};
std::string_view to_string(HttpFault fault);

class HttpFaults {
 public:
  void add(HttpFault fault) { bits_ |= bit(fault); }
  bool has(HttpFault fault) const { return (bits_ & bit(fault)) != 0; }
  bool empty() const { return bits_ == 0; }
  /// The first in order; the set must not be empty.
  HttpFault first() const;

 private:
  static uint32_t bit(HttpFault fault) { return uint32_t{1} << static_cast<unsigned>(fault); }
  uint32_t bits_ = 0;
};

/// Takes exactly one request out of `bytes`. Never fails: what is malformed is taken as well as it
/// can be, and noted in `http_error`. Empty lines in front are passed over. Header values lose the
/// blanks around them. The body is everything after the empty line, NULs and all; where the last
/// transfer coding is `chunked` it is decoded. A Content-Length that says otherwise is a note.
/// Source: RFC 9112.
Exchange parse_http_request(std::string_view bytes);
/// The same, telling all faults.
Exchange parse_http_request(std::string_view bytes, HttpFaults& faults);

/// Takes exactly one response out of `bytes`: the body is everything after the empty line, decoded
/// where it is chunked as the headers say. An error: it begins with no status line.
Result<Response> parse_http_response(std::string_view bytes, std::vector<std::string>& notes);

/// The request as it goes on the wire; nothing is added or checked. A body whose headers say that
/// it is chunked goes in one chunk.
std::string serialize_request(const Request& request);
/// The response as it goes on the wire; nothing is added or checked.
std::string serialize_response(const Response& response);

/// Reads a file of any number of requests, each with or without its response after it. Lines end in
/// LF or CRLF. Between messages there may be empty lines, and lines that begin with `###`.
///
/// A message ends where its framing says: after the last chunk, or after Content-Length bytes if a
/// message, a `###` line or the end of the file follows. Files written by hand often have neither
/// or a wrong one: then the body goes on up to the next `###` line, or the next line that looks
/// like the start of a message and stands after an empty line, and the line ends before that (or
/// before the end of the file) are not part of it. A response to HEAD, and one with status 1xx, 204
/// or 304, has no body; an interim response (1xx, not 101) gives way to the one that follows.
std::unique_ptr<TrafficReader> open_http(std::istream& in, const TrafficLimits& limits);

/// TrafficFormat::guess_entry: a line that is a request line with its version, and has a header or
/// an empty line behind it.
std::optional<uint64_t> guess_http_request(std::istream& in, uint64_t from, uint64_t until);

/// Certain where `head` begins with a request line, a status line or `###`.
Likeness looks_like_http(std::string_view head);

/// Whether `line` (without its end) can only be the first line of a message: a status line, a
/// request line with its version, or a well-known method and a target.
bool looks_like_start_line(std::string_view line);

}  // namespace wafcheck::formats::inline traffic
