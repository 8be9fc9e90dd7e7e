#pragma once
// Times as traffic files write them.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace wafcheck {

/// `2026-11-22T10:00:00.123456+01:00` as microseconds since the epoch, UTC. The fraction may be
/// missing or longer (cut to microseconds); the zone is `Z`, an offset, or missing (UTC). Nothing
/// for any other text. Source: RFC 3339, section 5.6, and ISO 8601's basic offsets (`+0100`).
std::optional<int64_t> parse_iso8601(std::string_view text);

/// The same time in UTC, with a fraction only where there is one. Years 0 to 9999.
std::string format_iso8601(int64_t time_us);

}  // namespace wafcheck
