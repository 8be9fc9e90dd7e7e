#pragma once
// UTF-8 in bytes that need not be it (RFC 3629: no surrogates, no overlong forms, nothing above
// U+10FFFF).

#include <cstddef>
#include <string>
#include <string_view>

namespace wafcheck {

/// Length of the sequence that `bytes` begins with; 0 where there is none or it is not valid.
size_t utf8_length(std::string_view bytes);

/// The character that one valid sequence stands for.
char32_t utf8_character(std::string_view sequence);

/// `\xHH`, lower-case digits.
std::string hex_escape(char byte);

/// Valid UTF-8: what is not becomes `\xHH`. A backslash of the input stays single.
std::string escape_invalid_utf8(std::string_view bytes);

}  // namespace wafcheck
