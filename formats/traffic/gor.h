#pragma once
// Recordings of GoReplay.

#include <istream>
#include <memory>
#include <string_view>

#include "formats/traffic/formats.h"

namespace wafcheck::formats::inline traffic {

/// Reads records: a line "1 ID NANOSECONDS" (1: a request; 2 its response; 3 the response to the
/// replay), an HTTP message, a line of three monkeys. Responses come to their requests by the id,
/// also where other records stand between them: so many requests are held that memory stays
/// bounded. The recorded response goes before the replayed one. Responses whose request is not
/// there are passed over and told.
std::unique_ptr<TrafficReader> open_gor(std::istream& in, const TrafficLimits& limits);

/// TrafficFormat::find_entry: behind the next line that separates records.
uint64_t find_gor_record(std::istream& in, uint64_t from, const TrafficLimits& limits);

/// Certain where the first line is that of a record.
Likeness looks_like_gor(std::string_view head);

}  // namespace wafcheck::formats::inline traffic
