#pragma once
// The XML that Burp Suite makes of "Save items".

#include <istream>
#include <memory>
#include <string_view>

#include "formats/traffic/formats.h"

namespace wafcheck::formats::inline traffic {

/// Reads the `item` elements one at a time; what stands before `items`, its DTD with it, is passed
/// over, so that there are no entities but XML's own. Messages are base64 or plain; plain ones keep
/// the bytes that XML has no place for: control characters, CR, what is no UTF-8. An item that is
/// no well-formed XML, or has no request, is that entry's error.
std::unique_ptr<TrafficReader> open_burp(std::istream& in, const TrafficLimits& limits);

/// TrafficFormat::find_entry: the next item that is certainly none within another's CDATA.
uint64_t find_burp_item(std::istream& in, uint64_t from, const TrafficLimits& limits);

/// Certain where an element `items` begins.
Likeness looks_like_burp(std::string_view head);

}  // namespace wafcheck::formats::inline traffic
