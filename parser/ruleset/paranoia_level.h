#pragma once
// The paranoia level that tags of CRS name.

#include <cstdint>
#include <optional>
#include <string_view>

#include "parser/ruleset/ruleset.h"

namespace wafcheck::parser::inline ruleset {

/// Of "paranoia-level/2": 2. None for other tags.
std::optional<uint64_t> paranoia_level(std::string_view tag);

/// Of the first tag of a rule that names one.
std::optional<uint64_t> paranoia_level(const Rule& rule);

}  // namespace wafcheck::parser::inline ruleset
