#pragma once
// HAR 1.2, as browsers, proxies and test tools write it.

#include <istream>
#include <memory>
#include <string_view>

#include "formats/traffic/formats.h"

namespace wafcheck::formats::inline traffic {

/// Reads the elements of `log.entries` one at a time; everything else in the document is passed
/// over. A malformed entry is that entry's error. Where the document itself breaks off, the entries
/// before are still read and a fatal error names the place and what was expected there.
std::unique_ptr<TrafficReader> open_har(std::istream& in, const TrafficLimits& limits);

/// An entry begins where an object with a request, and a response or a time, is read.
uint64_t find_har_entry(std::istream& in, uint64_t from, const TrafficLimits& limits);

/// Any JSON object may be a HAR; one with a `log` object likely is, with what a log holds
/// certainly.
Likeness looks_like_har(std::string_view head);

}  // namespace wafcheck::formats::inline traffic
