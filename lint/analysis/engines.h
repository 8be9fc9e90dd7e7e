#pragma once
// The engines that a ruleset has to run on, as in --engine: "modsecurity3@3.0.9".

#include <string>
#include <string_view>

#include "parser/base/result.h"
#include "parser/language/language.h"
#include "parser/profile.h"

namespace wafcheck::lint::inline analysis {

using parser::parse_version;
using parser::Version;

/// One engine at one version.
struct EngineTarget {
  parser::Engines engine = parser::M3;  ///< one bit
  Version version;
};

/// As parser::parse_engine(), but for "default", which is no engine.
Result<EngineTarget> parse_engine(std::string_view text);
/// "modsecurity3"
std::string_view name_of(parser::Engines engine);
/// "ModSecurity 3.0.9"
std::string title_of(const EngineTarget& target);

}  // namespace wafcheck::lint::inline analysis
