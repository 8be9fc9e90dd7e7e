#pragma once
// Transaction JSON lines: one transaction a line, for pipes, shards and other tools. The writer is
// `transaction_line` of traffic.h.

#include <istream>
#include <memory>
#include <string_view>

#include "formats/traffic.h"

namespace wafcheck::formats {

/// Reads one transaction a line; empty lines count for nothing, unknown members are ignored, a bad
/// line is that entry's error. Only `request.method` and `request.uri` are required.
std::unique_ptr<TrafficReader> open_jsonl(std::istream& in, const TrafficLimits& limits);

/// Whether `head` begins a JSON object with members of a transaction.
bool looks_like_jsonl(std::string_view head);

}  // namespace wafcheck::formats
