#pragma once
// Requests that carry attack payloads in every place that a client fills.

#include <cstdint>
#include <vector>

#include "formats/traffic/traffic.h"

namespace wafcheck::differential {

/// The same for a seed; none without test data.
std::vector<formats::Exchange> payload_requests(size_t count, uint64_t seed);

}  // namespace wafcheck::differential
