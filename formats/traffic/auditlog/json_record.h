#pragma once
// One JSON record of an audit log: the layouts of ModSecurity 2 and 3 and of Coraza.

#include <string>

#include "formats/traffic/traffic.h"
#include "parser/base/result.h"

namespace wafcheck::formats::inline traffic {

/// `text` is one object. The error's `at` is a byte of it.
Result<Exchange> decode_json_record(std::string text, const TrafficLimits& limits);

}  // namespace wafcheck::formats::inline traffic
