#pragma once
// The engines that a ruleset is to run on, as --engine names them: "modsecurity3@3.0.9".

#include <compare>
#include <cstdint>
#include <string>
#include <string_view>

#include "parser/language.h"
#include "parser/result.h"

namespace wafcheck::lint {

/// A part that was not given stands for the newest there is.
struct Version {
  static constexpr uint16_t kNewest = UINT16_MAX;
  uint16_t major = kNewest, minor = kNewest, patch = kNewest;

  auto operator<=>(const Version&) const = default;
};

/// "3", "3.0" or "v3.0.9".
Result<Version> parse_version(std::string_view text);
/// As it was given; empty when no part was.
std::string to_string(const Version& version);

/// One engine at one version.
struct EngineTarget {
  parser::Engines engine = parser::M3;  ///< one bit
  Version version;
};

/// "coraza" (its newest version), "modsecurity2@2.9" (the newest 2.9), "modsecurity3@3.0.9".
Result<EngineTarget> parse_engine(std::string_view text);
/// "modsecurity3"
std::string_view name_of(parser::Engines engine);
/// "ModSecurity 3.0.9"
std::string title_of(const EngineTarget& target);

}  // namespace wafcheck::lint
