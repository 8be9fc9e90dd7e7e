#pragma once
// Base64 of RFC 4648, for bodies and byte strings inside JSON.

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "parser/base/result.h"

namespace wafcheck {

inline constexpr std::string_view kBase64Alphabet =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

/// The six bits each byte stands for, -1 outside the standard alphabet.
inline constexpr auto kBase64Values = [] {
  std::array<int8_t, 256> values{};
  values.fill(-1);
  for (size_t i = 0; i < kBase64Alphabet.size(); ++i) {
    values[static_cast<unsigned char>(kBase64Alphabet[i])] = static_cast<int8_t>(i);
  }
  return values;
}();

constexpr int base64_value(char c) {
  return kBase64Values[static_cast<unsigned char>(c)];
}
/// The same in both alphabets, the standard and the URL-safe one.
constexpr int base64_value_of_both(char c) {
  return base64_value(c == '-' ? '+' : c == '_' ? '/' : c);
}

/// Standard alphabet, padded, no line breaks.
std::string base64_encode(std::string_view bytes);

/// As tools write it: whitespace is passed over, padding may be missing, the URL-safe alphabet is
/// accepted. Any other byte is an error, which names its offset, so that nothing is lost silently.
Result<std::string> base64_decode_lenient(std::string_view text);

}  // namespace wafcheck
