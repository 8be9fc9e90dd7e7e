#pragma once
// How actions read numbers.

#include <cstdint>
#include <string_view>

namespace wafcheck::engine::inline state {

/// "12abc" is 12: blanks, a sign, digits, the rest ignored; saturating. Source: seclang
/// reference 4.3.
int64_t leading_number(std::string_view text);

}  // namespace wafcheck::engine::inline state
