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

/// "123_waflogs_eu-west-1_acl_20261129T1600Z_0a.log", "aws-waf-logs-acl-1-2026-11-29-16-00-00-0a".
bool is_awswaf_name(std::string_view name);

}  // namespace wafcheck::formats::inline traffic
