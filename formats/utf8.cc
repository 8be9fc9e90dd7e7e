#include "formats/utf8.h"

#include <cstdint>
#include <cstring>

#include "parser/utf8.h"

namespace wafcheck::formats {

size_t valid_utf8_prefix(std::string_view bytes) {
  size_t at = 0;
  while (at < bytes.size()) {
    // Most text is ASCII, which is told eight bytes at a time.
    for (uint64_t word = 0; at + 8 <= bytes.size(); at += 8) {
      std::memcpy(&word, bytes.data() + at, 8);
      if ((word & 0x8080808080808080) != 0) break;
    }
    if (at == bytes.size()) break;
    const size_t length = utf8_length(bytes.substr(at));
    if (length == 0) break;
    at += length;
  }
  return at;
}

bool is_valid_utf8(std::string_view bytes) {
  return valid_utf8_prefix(bytes) == bytes.size();
}

JsonText json_bytes(std::string_view bytes) {
  return {escape_invalid_utf8(bytes), !is_valid_utf8(bytes)};
}

std::string excerpt(std::string_view bytes, size_t limit) {
  std::string out;
  while (!bytes.empty()) {
    const size_t length = utf8_length(bytes);
    const auto lead = static_cast<unsigned char>(bytes[0]);
    const bool plain = length > 1 || (length == 1 && lead >= 0x20 && lead != 0x7F);
    const size_t width = plain ? length : 4;
    if (out.size() + width > limit) return out + "...";
    out += plain ? std::string(bytes.substr(0, length)) : hex_escape(bytes[0]);
    bytes.remove_prefix(plain ? length : 1);
  }
  return out;
}

}  // namespace wafcheck::formats
