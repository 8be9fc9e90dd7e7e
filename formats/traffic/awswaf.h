#pragma once
// Logs of AWS WAF.

#include <istream>
#include <memory>
#include <string_view>

#include "formats/traffic/formats.h"

namespace wafcheck::formats::inline traffic {

/// Reads a JSON object a line: the request and what the web ACL decided. Bodies are not logged, and
/// what RedactedFields names is masked: both are gaps. Source: "Log fields" of the AWS WAF
/// developer guide.
std::unique_ptr<TrafficReader> open_awswaf(std::istream& in, const TrafficLimits& limits);

/// Certain where there is a web ACL or a request as AWS WAF names it.
Likeness looks_like_awswaf(std::string_view head);

}  // namespace wafcheck::formats::inline traffic
