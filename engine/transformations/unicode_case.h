#pragma once
// Simple case mapping of Unicode letters, one code point to one.

#include <string>
#include <string_view>

namespace wafcheck::engine::transformations {

char32_t unicode_lower(char32_t value);
char32_t unicode_upper(char32_t value);

}  // namespace wafcheck::engine::transformations
