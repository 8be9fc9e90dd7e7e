#pragma once
// What one entry of a HAR means as traffic.

#include <expected>
#include <string>
#include <string_view>
#include <vector>

#include "formats/json/value.h"
#include "formats/traffic/entry.h"
#include "formats/traffic/traffic.h"
#include "parser/base/result.h"

namespace wafcheck::formats::inline traffic {

/// Takes an element of `log.entries` apart. Bodies are decoded, headers kept as
/// they are, but for what HTTP/1 has no word for (`:authority` becomes Host). An error names the
/// member that is missing or of the wrong kind. Source: HAR 1.2; Chrome, Firefox, Playwright, ZAP
/// and mitmproxy for what they add.
std::expected<Exchange, DecodeError> decode_har_entry(JsonValue entry, const TrafficLimits& limits);

/// `HTTP/2.0` for `h2`, `http/2.0` …; `HTTP/1.1` for what names no version.
std::string har_protocol(std::string_view version);

/// A URL taken apart as a request needs it; bytes stay as they are.
struct HarUrl {
  std::string host;    ///< with the port where it was given and is not the scheme's own
  uint16_t port = 0;   ///< 0: not known
  std::string target;  ///< path and query, or the text itself where it is no URL
};
/// Whether a URL's scheme says that the browser has what it names: no server is asked (`data:`).
bool is_local_url(std::string_view url);
/// An error: a scheme that is not HTTP's.
Result<HarUrl> split_url(std::string_view url, std::string_view method);

/// One element of `postData.params`.
struct HarParam {
  std::string name, value, file_name, content_type;
  bool is_file = false;
};
std::string encode_urlencoded(const std::vector<HarParam>& params);
std::string encode_multipart(const std::vector<HarParam>& params, std::string_view boundary);

}  // namespace wafcheck::formats::inline traffic
