#pragma once
// Lines of error logs, and rows of Azure's firewall log: one match of a rule each, without the
// request.

#include <cstdint>
#include <expected>
#include <optional>
#include <string>
#include <string_view>

namespace wafcheck::formats::inline traffic {

struct SeenAlert {
  uint64_t rule_id = 0;
  std::string message;  ///< of the rule; may be empty, as all that follows
  std::string target;   ///< as the engine names it
  std::string path;     ///< of the URI, without its query
  std::string client;   ///< address
  std::string host;
  std::optional<int64_t> time_us;  ///< microseconds since the epoch; UTC where the line has no zone
  bool interrupted = false;        ///< the rule held the request back
};

enum class NoAlert : uint8_t {
  foreign,         ///< a line of something else
  engine_message,  ///< an engine speaks of itself, not of a rule that matched
  unreadable,      ///< an alert that cannot be taken apart
};

/// `line` without its end; it may be wrapped as find_wrapping() knows.
std::expected<SeenAlert, NoAlert> read_alert_line(std::string_view line);

/// Whether the first lines of a source are those of an error log with alerts, or rows of Azure's.
bool looks_like_alert_lines(std::string_view head);

}  // namespace wafcheck::formats::inline traffic
