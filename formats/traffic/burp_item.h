#pragma once
// What one item of a Burp export means as traffic.

#include <string>
#include <string_view>

#include "formats/traffic/traffic.h"
#include "parser/base/result.h"

namespace wafcheck::formats::inline traffic {

/// Takes an `item` element apart. An error says what is wrong with it; its place, where it is
/// known, is a byte offset in `xml`.
Result<Exchange> decode_burp_item(std::string_view xml);

}  // namespace wafcheck::formats::inline traffic
