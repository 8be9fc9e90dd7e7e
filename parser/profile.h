#pragma once
// Which engine's behaviour is modelled: what --engine names, as in "modsecurity3@3.0.9".

#include <compare>
#include <cstdint>
#include <string>
#include <string_view>

#include "parser/base/result.h"

namespace wafcheck::parser {

enum class Profile : uint8_t { standard, modsecurity2, modsecurity3, coraza };

std::string_view to_string(Profile profile);  ///< "default", "modsecurity2", ...

/// A version of an engine. A missing part stands for the newest.
struct Version {
  static constexpr uint16_t kNewest = UINT16_MAX;
  uint16_t major = kNewest, minor = kNewest, patch = kNewest;

  auto operator<=>(const Version&) const = default;
};

/// "3", "3.0" or "v3.0.9".
Result<Version> parse_version(std::string_view text);
/// As written; empty if all parts are missing.
std::string to_string(const Version& version);

/// One engine at one version.
struct Engine {
  Profile profile = Profile::standard;
  Version version;

  bool operator==(const Engine&) const = default;
};

/// "default", "coraza" (its newest version), "modsecurity2@2.9" (the newest 2.9),
/// "modsecurity3@3.0.9".
Result<Engine> parse_engine(std::string_view text);
/// "modsecurity3@3.0.9": as parse_engine() reads it.
std::string to_string(const Engine& engine);
/// "ModSecurity 3.0.9"; without a version "ModSecurity 3".
std::string title_of(const Engine& engine);

}  // namespace wafcheck::parser
