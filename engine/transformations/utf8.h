#pragma once
// UTF-8 as of RFC 3629: no overlong forms, no surrogates, nothing above U+10FFFF.

#include <cstddef>
#include <string>
#include <string_view>

namespace wafcheck::engine {

inline constexpr char32_t kReplacement = 0xfffd;

struct CodePoint {
  char32_t value;  ///< kReplacement when invalid
  size_t length;   ///< bytes consumed, 1 when invalid
  bool valid;
};

/// Reads the code point at `at`, which must lie inside `in`. Every byte that begins no well-formed
/// sequence is invalid by itself.
CodePoint decode_utf8(std::string_view in, size_t at);

/// Appends the encoding of `value`; what is no scalar value becomes U+FFFD.
void append_utf8(std::string& out, char32_t value);

/// The White_Space property of Unicode.
bool is_unicode_space(char32_t value);

}  // namespace wafcheck::engine
