#pragma once
// The words for a rule's severity. Source: seclang reference, action severity.

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

#include "parser/base/ascii.h"

namespace wafcheck::parser::inline language {

/// By number, the worst first.
inline constexpr std::array<std::string_view, 8> kSeverityNames = {
    "EMERGENCY", "ALERT", "CRITICAL", "ERROR", "WARNING", "NOTICE", "INFO", "DEBUG"};
/// Of a severity from 0 to 7.
constexpr std::string_view name_of_severity(uint64_t severity) {
  return kSeverityNames[static_cast<size_t>(severity)];
}

/// Whatever its case.
constexpr std::optional<size_t> severity_number(std::string_view name) {
  for (size_t i = 0; i < kSeverityNames.size(); ++i) {
    if (iequals(kSeverityNames[i], name)) return i;
  }
  return std::nullopt;
}

}  // namespace wafcheck::parser::inline language
