#pragma once
// Alerts: what a rule that matched says, as engines write it into audit logs and error logs.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "formats/traffic/traffic.h"

namespace wafcheck::formats::inline traffic {

/// What the engine did when the rule matched.
enum class AlertVerb : uint8_t { warning, allowed, denied, dropped, redirected };

struct LoggedAlert {
  AlertVerb verb = AlertVerb::warning;
  std::optional<int> status;  ///< "with code 403"; none where it is not told
  int phase = 0;              ///< 0: not told
  std::string_view text;      ///< what precedes the fields: views the line
  /// `[name "value"]` in the order of the line, the values without their escapes.
  std::vector<std::pair<std::string_view, std::string>> fields;

  /// The first field of that name; empty: there is none.
  std::string_view field(std::string_view name) const;
  std::optional<uint64_t> id() const;
  /// The target that matched, as the engine names it ("ARGS:q"); empty: it is not told.
  std::string target() const;
};

/// An alert of ModSecurity 2 or 3 or of Coraza, in a line that may begin with the time and place of
/// an error log. Nothing where the line is none: an alert has the id of its rule.
std::optional<LoggedAlert> parse_alert(std::string_view line);

/// Whether a line says that an operator of ModSecurity 2 gave up: "Rule 7f1b [id "1"][file "a"]
/// [line "2"] - Execution error - PCRE limits exceeded (-47)". It names a rule that did not match.
bool is_failure(std::string_view line);

/// Adds to what a log says that the WAF did. Of several interruptions the first counts.
void take_alert(const LoggedAlert& alert, Recorded& recorded);
/// Adds a rule that matched, of which only the id and the words of its message are known.
void take_rule(uint64_t id, std::string_view message, Recorded& recorded);

/// Whether it is a rule that is known to hold requests back: one of CRS that compares an anomaly
/// score with its threshold, or one of modsecurity.conf-recommended.
bool is_blocking_rule(uint64_t id);
/// Whether that rule looks at the response.
bool is_outbound_rule(uint64_t id);

}  // namespace wafcheck::formats::inline traffic
