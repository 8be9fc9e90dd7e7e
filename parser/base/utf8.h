#pragma once
// UTF-8 in bytes that need not be it (RFC 3629: no surrogates, no overlong forms, nothing above
// U+10FFFF).

#include <cstddef>
#include <string>
#include <string_view>

namespace wafcheck {

/// Stands for what is not valid.
inline constexpr char32_t kReplacementCharacter = 0xFFFD;

/// Length of the sequence that `bytes` begins with; 0 where there is none or it is not valid.
size_t utf8_length(std::string_view bytes);

/// The character that one valid sequence stands for.
char32_t utf8_character(std::string_view sequence);

/// The place of the first byte from `at` on that is not ASCII; the size of `bytes` where all are.
size_t skip_ascii(std::string_view bytes, size_t at = 0);

/// Length of the longest prefix that is valid UTF-8.
size_t valid_utf8_prefix(std::string_view bytes);
bool is_valid_utf8(std::string_view bytes);

/// Writes the encoding of `character`, at most four bytes, and returns its end. What is no scalar
/// value becomes U+FFFD.
char* write_utf8(char* to, char32_t character);
void append_utf8(std::string& out, char32_t character);

}  // namespace wafcheck
