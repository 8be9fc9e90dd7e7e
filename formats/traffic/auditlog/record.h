#pragma once
// What the decoders of all layouts of audit logs share.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "formats/traffic/traffic.h"

namespace wafcheck::formats::inline traffic {

/// Of a message that a note repeats.
inline constexpr size_t kNoteBytes = 200;

/// Takes a request line apart: "GET /a b HTTP/1.1". The protocol is empty where there is none.
void take_request_line(std::string_view line, Request& request);

/// The value of the first header of that name, in any case; null: there is none.
const std::string* find_header(const std::vector<Header>& headers, std::string_view name);

/// The engine that a producer names: "ModSecurity for Apache/2.9.7 (...)", "ModSecurity v3.0.9
/// (Linux)". Sets `producer` and `engine`; leaves them where it knows none.
void take_producer(std::string_view words, Recorded& recorded);

/// A body of multipart form-data with these fields, as `content_type` has its boundary.
std::string multipart_body(const std::vector<Header>& fields, std::string_view content_type);
/// The fields of application/x-www-form-urlencoded, decoded.
std::vector<Header> form_fields(std::string_view text);
/// The same encoded.
std::string form_body(const std::vector<Header>& fields);

/// Whether `text` holds a byte as ModSecurity 3 escapes it, `\xHH`.
bool has_hex_escape(std::string_view text);
/// The bytes again. What was sent as these four characters cannot be told from them.
std::string without_hex_escapes(std::string_view text);

/// What a record holds of the bodies, apart from their bytes.
struct RecordedBodies {
  bool request = false;  ///< there is a place for the request's body, empty or not
  bool response = false;
  bool cut_at_nul = false;  ///< the writer ends a body at its first NUL
};

/// Notes what the exchange lacks: bodies against their declared lengths; the application's
/// response, which nobody knows where the WAF answered. To be called last.
void find_gaps(const RecordedBodies& bodies, Exchange& exchange);

}  // namespace wafcheck::formats::inline traffic
