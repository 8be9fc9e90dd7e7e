#pragma once
// The paranoia level that a tag of CRS's names.

#include <cstdint>
#include <optional>
#include <string_view>

namespace wafcheck::parser::inline ruleset {

/// Of "paranoia-level/2": 2. None for other tags.
std::optional<uint64_t> paranoia_level(std::string_view tag);

}  // namespace wafcheck::parser::inline ruleset
