#include "parser/base/base64.h"

#include <cstdint>

#include "parser/base/ascii.h"

namespace wafcheck {
std::string base64_encode(std::string_view bytes) {
  std::string out;
  out.reserve((bytes.size() + 2) / 3 * 4);
  for (size_t at = 0; at < bytes.size(); at += 3) {
    const std::string_view group = bytes.substr(at, 3);
    uint32_t bits = 0;
    for (size_t i = 0; i < 3; ++i) {
      bits = bits << 8 | (i < group.size() ? static_cast<unsigned char>(group[i]) : 0U);
    }
    for (size_t i = 0; i < 4; ++i) {
      out += i <= group.size() ? kBase64Alphabet[bits >> (18 - 6 * i) & 0x3F] : '=';
    }
  }
  return out;
}

Result<std::string> base64_decode_lenient(std::string_view text) {
  std::string out;
  out.reserve(text.size() / 4 * 3 + 3);
  uint32_t bits = 0;
  size_t digits = 0, padding = 0;
  for (size_t at = 0; at < text.size(); ++at) {
    const auto c = static_cast<unsigned char>(text[at]);
    if (is_space(c)) continue;
    if (c == '=') {
      // Padding completes a quantum of two or three digits and never goes past it.
      if (digits % 4 + ++padding > 4 || digits % 4 < 2) {
        return fail("misplaced base64 padding", at);
      }
      continue;
    }
    const int value = base64_value_of_both(text[at]);
    if (value < 0) return fail("not a base64 character", at);
    if (padding > 0) return fail("base64 goes on after its padding", at);
    bits = bits << 6 | static_cast<uint32_t>(value);
    if (++digits % 4 == 0) {
      out += static_cast<char>(bits >> 16 & 0xFF);
      out += static_cast<char>(bits >> 8 & 0xFF);
      out += static_cast<char>(bits & 0xFF);
    }
  }
  const size_t rest = digits % 4;
  if (rest == 1) return fail("base64 ends inside a byte", text.size());
  if (rest != 0) {
    if (padding > 0 && rest + padding != 4) return fail("base64 lacks padding", text.size());
    if (rest == 2) {
      out += static_cast<char>(bits >> 4 & 0xFF);
    } else {
      out += static_cast<char>(bits >> 10 & 0xFF);
      out += static_cast<char>(bits >> 2 & 0xFF);
    }
  }
  return out;
}

}  // namespace wafcheck
