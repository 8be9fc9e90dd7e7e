#pragma once
// The request that curl sends.

#include <string_view>

#include "formats/traffic/curl/options.h"
#include "parser/base/result.h"

namespace wafcheck::formats::inline traffic {

/// One URL of an operation as a request, with the headers that curl adds, in its order. An error: a
/// URL that is not HTTP's, options that exclude each other. Source: lib/http.c and
/// src/tool_operate.c of curl 8, and what curl 7.88 sends.
Result<Exchange> curl_exchange(const CurlOperation& operation, std::string_view url);

}  // namespace wafcheck::formats::inline traffic
