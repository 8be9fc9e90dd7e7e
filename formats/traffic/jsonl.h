#pragma once
// Transaction JSON lines: one transaction a line, for pipes, shards and other tools.

#include <expected>
#include <istream>
#include <memory>
#include <string>
#include <string_view>

#include "formats/json/value.h"
#include "formats/json/writer.h"
#include "formats/traffic/entry.h"
#include "formats/traffic/formats.h"
#include "parser/base/result.h"

namespace wafcheck::formats::inline traffic {

/// Reads one transaction a line; empty lines count for nothing, unknown members are ignored, a bad
/// line is that entry's error. Only `request.method` and `request.uri` are required.
std::unique_ptr<TrafficReader> open_jsonl(std::istream& in, const TrafficLimits& limits);

/// The reader for any format of an object a line: `decode` takes each apart.
std::unique_ptr<TrafficReader> open_json_lines(
    std::istream& in, const TrafficLimits& limits,
    std::expected<Exchange, DecodeError> (*decode)(JsonValue, const TrafficLimits&));

/// A JSON object with a member of a transaction likely is one; with `request` certainly.
Likeness looks_like_jsonl(std::string_view head);

/// Reads the members of a transaction line that are there over what `exchange` holds. Each value
/// may be missing.
Result<void> read_transaction_members(JsonValue request, JsonValue response, JsonValue http_error,
                                      const TrafficLimits& limits, Exchange& exchange);

// Its members, one at a time: bytes that are no UTF-8 in base64.
void write_transaction_bytes(JsonWriter& json, std::string_view name, std::string_view bytes);
void write_transaction_headers(JsonWriter& json, const std::vector<Header>& headers);
/// `body` or `body_base64`; an empty body, too.
void write_transaction_body(JsonWriter& json, std::string_view body);

/// One transaction line, with its line feed. It reads as the same exchange again.
std::string transaction_line(const Exchange& exchange);

/// `"http_error":{"status":...,"reason":...}`
void write_http_error(JsonWriter& json, const HttpError& error);

}  // namespace wafcheck::formats::inline traffic
