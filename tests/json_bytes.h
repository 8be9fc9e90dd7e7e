#pragma once
// Byte strings in JSON test data: a code point U+0000-U+00FF stands for one byte.

#include <stdexcept>
#include <string>
#include <string_view>

namespace wafcheck::tests {

/// The bytes that a JSON string (decoded to UTF-8) spells.
inline std::string json_bytes(std::string_view utf8) {
  std::string bytes;
  for (size_t at = 0; at < utf8.size(); ++at) {
    const auto lead = static_cast<unsigned char>(utf8[at]);
    if (lead < 0x80) {
      bytes += utf8[at];
    } else if (lead < 0xc4 && at + 1 < utf8.size()) {
      const auto next = static_cast<unsigned char>(utf8[++at]);
      bytes += static_cast<char>((lead & 0x03) << 6 | (next & 0x3f));
    } else {
      throw std::runtime_error("a code point above U+00FF stands for no byte");
    }
  }
  return bytes;
}

}  // namespace wafcheck::tests
