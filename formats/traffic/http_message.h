#pragma once
// The parts of an HTTP/1 message, read from a stream. Shared by the reader of files and the parser
// of one request.

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "formats/traffic/byte_reader.h"
#include "formats/traffic/http.h"
#include "parser/base/escape.h"
#include "parser/base/result.h"

namespace wafcheck::formats::inline traffic {

/// A tchar of RFC 9110, section 5.6.2.
bool is_token_byte(char c);
bool is_token(std::string_view text);
/// Whether there is a header of this name.
bool has_header(const std::vector<Header>& headers, std::string_view name);

/// The first line and the fields of a message.
struct HttpHead {
  std::string start_line;
  std::vector<Header> headers;
  std::vector<std::string> lines;  ///< all of them as they came, with their line ends
  bool cut = false;                ///< the input ended before the empty line
};

/// Reads up to and with the empty line that ends the header block, or to the end of the input. An
/// error: a limit.
Result<HttpHead> read_http_head(ByteReader& in, const TrafficLimits& limits, HttpFaults& faults);

/// Splits a request line into method, target and version, whatever it looks like.
void split_request_line(std::string_view line, Request& request, HttpFaults& faults);

/// How the headers frame the body.
struct HttpFraming {
  bool chunked = false;
  std::optional<uint64_t> length;  ///< of a valid Content-Length, where not chunked
};
HttpFraming http_framing(const std::vector<Header>& headers, HttpFaults& faults);

/// What the headers of a request must hold.
void check_host(const Request& request, HttpFaults& faults);

/// Decodes a chunked body up to and with its trailers, which are left out with a note. A fault ends
/// it early: what was decoded stays in `body`, the input stands at the faulty chunk. An error: a
/// limit.
Result<void> read_chunked(ByteReader& in, const TrafficLimits& limits, std::string& body,
                          HttpFaults& faults, std::vector<std::string>& notes);

}  // namespace wafcheck::formats::inline traffic
