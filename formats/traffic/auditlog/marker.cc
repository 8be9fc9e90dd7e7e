#include "formats/traffic/auditlog/marker.h"

#include <algorithm>

#include "formats/traffic/auditlog/times.h"
#include "parser/base/ascii.h"

namespace wafcheck::formats::inline traffic {
namespace {

bool is_of(std::string_view text, bool (*in_class)(unsigned char)) {
  return std::ranges::all_of(text,
                             [&](char byte) { return in_class(static_cast<unsigned char>(byte)); });
}

/// Whether ModSecurity 2 makes such boundaries.
bool is_lower_hex(unsigned char byte) {
  return is_digit(byte) || (byte >= 'a' && byte <= 'f');
}

}  // namespace

std::optional<Marker> parse_marker(std::string_view line) {
  while (line.ends_with('\n') || line.ends_with('\r')) line.remove_suffix(1);
  if (!line.starts_with("--") || !line.ends_with("--")) return std::nullopt;
  const bool three = line.starts_with("---");
  const size_t fences = three ? 6 : 3;
  if (line.size() < fences + 8 + 3) return std::nullopt;
  const char part = line[line.size() - 3];
  const std::string_view boundary = line.substr(three ? 3 : 2, line.size() - fences - 3);
  const std::string_view fence = three ? "---" : "-";
  if (!is_upper(static_cast<unsigned char>(part)) ||
      !line.substr(0, line.size() - 3).ends_with(fence) || !is_of(boundary, is_alnum)) {
    return std::nullopt;
  }
  if (three) {
    if (boundary.size() != 8) return std::nullopt;
    return Marker{NativeStyle::modsecurity3, boundary, part};
  }
  if (boundary.size() == 10) return Marker{NativeStyle::coraza, boundary, part};
  if (boundary.size() != 8 || !is_of(boundary, is_lower_hex)) return std::nullopt;
  return Marker{NativeStyle::modsecurity2, boundary, part};
}

bool is_connection_line(std::string_view line) {
  const size_t end = line.find("] ");
  return line.starts_with('[') && end != std::string_view::npos &&
         parse_log_time(line.substr(1, end - 1)).has_value();
}

}  // namespace wafcheck::formats::inline traffic
