#pragma once
// The lines between the parts of native audit records.

#include <cstdint>
#include <optional>
#include <string_view>

namespace wafcheck::formats::inline traffic {

enum class NativeStyle : uint8_t {
  modsecurity2,  ///< --1a2b3c4d-A--
  modsecurity3,  ///< ---1a2B3c4D---A--
  coraza,        ///< --aBcDeFgHiJ-A--
};

struct Marker {
  NativeStyle style;
  std::string_view boundary;  ///< views the line
  char part;
};

/// The marker that a line is; a carriage return before its end is fine.
std::optional<Marker> parse_marker(std::string_view line);

/// Whether a line is the first of part A: "[time] id address port address port".
bool is_connection_line(std::string_view line);

}  // namespace wafcheck::formats::inline traffic
