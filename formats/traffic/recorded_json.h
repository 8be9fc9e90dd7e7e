#pragma once
// What a transaction line says of a log: `recorded`, what the WAF did then, and `incomplete`, what
// the log lacks of the transaction.

#include <optional>
#include <vector>

#include "formats/json/value.h"
#include "formats/json/writer.h"
#include "formats/traffic/traffic.h"
#include "parser/base/result.h"

namespace wafcheck::formats::inline traffic {

/// `"recorded":{...}`, without the members that say nothing.
void write_recorded(JsonWriter& json, const Recorded& recorded);
/// `"incomplete":["request-body",...]`
void write_gaps(JsonWriter& json, const std::vector<Gap>& gaps);

/// What they wrote; the value may be missing.
Result<void> read_recorded(JsonValue in, std::optional<Recorded>& recorded);
Result<void> read_gaps(JsonValue in, std::vector<Gap>& gaps);

}  // namespace wafcheck::formats::inline traffic
