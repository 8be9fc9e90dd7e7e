#pragma once
// Unicode characters in byte strings that need not be UTF-8.

#include <cstddef>
#include <string_view>

#include "parser/base/utf8.h"

namespace wafcheck::engine::transformations {

struct CodePoint {
  char32_t value;  ///< kReplacementCharacter when invalid
  size_t length;   ///< bytes consumed, 1 when invalid
  bool valid;
};

/// Reads the code point at `at`, which must lie inside `in`. Every byte that begins no well-formed
/// sequence is invalid by itself.
CodePoint decode_sequence(std::string_view in, size_t at);
inline CodePoint decode_utf8(std::string_view in, size_t at) {
  const auto byte = static_cast<unsigned char>(in[at]);
  return byte < 0x80 ? CodePoint{byte, 1, true} : decode_sequence(in, at);
}

/// Whether there is something in `in` that t:utf8toUnicode writes as %u.
bool has_utf8_sequence(std::string_view in);

/// The White_Space property of Unicode.
bool is_unicode_space(char32_t value);

}  // namespace wafcheck::engine::transformations
