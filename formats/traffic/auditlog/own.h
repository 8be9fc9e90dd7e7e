#pragma once
// What wafcheck adds to the records that it writes: whatever the layout of another engine cannot
// hold. A JSON object, the member `wafcheck` of a JSON record, part W of a native one:
//
//   {"version":"0.1.0","time":"2026-11-29T16:00:00.123456Z","engine":"modsecurity3@3.0.16","decision":"deny","status":403,"phase":2,
//    "score":15,"sanitised":true,"http_error":{...},
//    "would_interrupt":true,"no_response":true,
//    "request":{"headers":[["Host","a"]],"body_base64":"..."},"response":{...}}
//
// `request` and `response` hold the members of a transaction line that differ from what the layout
// says. Any member may be missing.

#include "formats/json/value.h"
#include "formats/traffic/traffic.h"
#include "parser/base/result.h"

namespace wafcheck::formats::inline traffic {

Result<void> take_own_members(JsonValue own, const TrafficLimits& limits, Exchange& exchange);

}  // namespace wafcheck::formats::inline traffic
