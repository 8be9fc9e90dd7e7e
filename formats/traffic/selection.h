#pragma once
// Which entries of traffic are wanted.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "formats/traffic/traffic.h"
#include "parser/base/result.h"

namespace wafcheck::formats::inline traffic {

struct StatusRange {
  int low = 0, high = 0;  ///< both belong to it
};

/// What an entry must be. Of a list, one has to fit; an empty one asks nothing.
struct TrafficSelection {
  std::vector<std::string> hosts = {};    ///< globs, in lower case
  std::vector<std::string> paths = {};    ///< globs where they have `*` or `?`, else prefixes
  std::vector<std::string> methods = {};  ///< in any case
  std::vector<StatusRange> statuses = {};
  std::optional<int64_t> since_us = {};   ///< microseconds since the epoch; belongs to it
  std::optional<int64_t> before_us = {};  ///< does not

  bool asks() const;
};

/// Whether an entry is wanted, or what it would have to know for that.
enum class Choice : uint8_t { wanted, other, no_host, no_status, no_time };

/// The host is that of the target, or else of the Host header, without the port; the path is that
/// of the target, without its query, as it stands there; the status that of the log, or else of the
/// response. Takes time in proportion to the target.
Choice choose(const TrafficSelection& selection, const Exchange& exchange);

/// "403", "4xx" or "400-499".
Result<StatusRange> parse_status_range(std::string_view text);

/// An ISO 8601 time, or a day ("2026-11-29"), in microseconds since the epoch. A time without a
/// zone is UTC. parse_since() gives its first microsecond, parse_before() the one after its last.
Result<int64_t> parse_since(std::string_view text);
Result<int64_t> parse_before(std::string_view text);

}  // namespace wafcheck::formats::inline traffic
