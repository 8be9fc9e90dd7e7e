#pragma once
// Times as audit logs write them.

#include <cstdint>
#include <optional>
#include <string_view>

namespace wafcheck::formats::inline traffic {

struct LogTime {
  int64_t us = 0;        ///< microseconds since the epoch, UTC
  bool has_zone = true;  ///< else the text was taken for UTC
};

/// "29/Nov/2026:16:00:00.123456 +0100" (the fraction may be missing, and the sign of a zone west of
/// Greenwich be doubled, "--0400" or "--03-30", as ModSecurity 2 writes it), "Sun Nov 29 16:00:00
/// 2026", "2026/11/29 16:00:00", or ISO 8601. Nothing for any other text.
std::optional<LogTime> parse_log_time(std::string_view text);

}  // namespace wafcheck::formats::inline traffic
