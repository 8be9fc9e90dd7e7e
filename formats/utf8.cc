#include "formats/utf8.h"

#include "parser/utf8.h"

namespace wafcheck::formats {

size_t valid_utf8_prefix(std::string_view bytes) {
  size_t at = 0;
  while (at < bytes.size()) {
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
