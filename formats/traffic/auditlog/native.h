#pragma once
// One native record: its parts as they stand in the log, and the transaction that they tell of.

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "formats/traffic/auditlog/marker.h"
#include "formats/traffic/traffic.h"
#include "parser/base/result.h"

namespace wafcheck::formats::inline traffic {

struct NativeRecord {
  NativeStyle style{};
  /// Letter and text, line ends and all, from behind the marker's line to the next marker.
  std::vector<std::pair<char, std::string>> parts;
  bool crlf = false;  ///< lines end in CR LF: the log was converted
  bool cut = false;   ///< it breaks off before part Z

  /// Null: the record has no such part.
  const std::string* part(char letter) const;
};

/// The length of the request's body, as part B declares it; none where it does not.
std::optional<size_t> declared_length(std::string_view part_b);

/// The bytes of a body that a part of the record holds: without the line ends that the writer
/// added.
std::string_view body_of(std::string_view text, const NativeRecord& record);

Result<Exchange> decode_native(const NativeRecord& record, const TrafficLimits& limits);

}  // namespace wafcheck::formats::inline traffic
