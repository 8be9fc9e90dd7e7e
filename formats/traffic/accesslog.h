#pragma once
// Access logs of web servers.

#include <istream>
#include <memory>
#include <string_view>

#include "formats/traffic/formats.h"

namespace wafcheck::formats::inline traffic {

/// Reads the common and the combined format, a request a line: "%h %l %u %t "%r" %>s %b" of Apache,
/// with "%{Referer}i" and "%{User-Agent}i" or without; nginx's `combined`; with "%v:%p" before.
/// What follows on the line is left out. Escapes of both servers are undone. A line that is none is
/// that entry's error; one for a connection without a request ("-") is no request. Everything but
/// the request line, these headers and the status is not logged: the gaps of each entry.
std::unique_ptr<TrafficReader> open_accesslog(std::istream& in, const TrafficLimits& limits);

/// Certain where the first line is one.
Likeness looks_like_accesslog(std::string_view head);

/// "access.log", "access_log", "other_vhosts_access.log.1".
bool is_accesslog_name(std::string_view name);

}  // namespace wafcheck::formats::inline traffic
