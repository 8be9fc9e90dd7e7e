#include "engine/transformations/utf8.h"

namespace wafcheck::engine {

CodePoint decode_utf8(std::string_view in, size_t at) {
  constexpr CodePoint kInvalid{kReplacement, 1, false};
  const auto byte = [&](size_t i) { return static_cast<unsigned char>(in[at + i]); };
  const unsigned lead = byte(0);
  if (lead < 0x80) return {lead, 1, true};
  const size_t length = lead >= 0xf0 ? 4 : lead >= 0xe0 ? 3 : 2;
  if (lead < 0xc2 || lead > 0xf4 || in.size() - at < length) return kInvalid;

  char32_t value = lead & (0x7fu >> length);
  for (size_t i = 1; i < length; ++i) {
    if ((byte(i) & 0xc0u) != 0x80u) return kInvalid;
    value = value << 6 | (byte(i) & 0x3fu);
  }
  const char32_t least = length == 4 ? 0x10000 : length == 3 ? 0x800 : 0x80;
  const bool surrogate = value >= 0xd800 && value <= 0xdfff;
  if (value < least || value > 0x10ffff || surrogate) return kInvalid;
  return {value, length, true};
}

void append_utf8(std::string& out, char32_t value) {
  if (value > 0x10ffff || (value >= 0xd800 && value <= 0xdfff)) value = kReplacement;
  const auto tail = [value](unsigned shift) {
    return static_cast<char>(0x80 | ((value >> shift) & 0x3f));
  };
  if (value < 0x80) {
    out += static_cast<char>(value);
  } else if (value < 0x800) {
    out += {static_cast<char>(0xc0 | value >> 6), tail(0)};
  } else if (value < 0x10000) {
    out += {static_cast<char>(0xe0 | value >> 12), tail(6), tail(0)};
  } else {
    out += {static_cast<char>(0xf0 | value >> 18), tail(12), tail(6), tail(0)};
  }
}

bool is_unicode_space(char32_t value) {
  return (value >= 0x09 && value <= 0x0d) || value == 0x20 || value == 0x85 || value == 0xa0 ||
         value == 0x1680 || (value >= 0x2000 && value <= 0x200a) || value == 0x2028 ||
         value == 0x2029 || value == 0x202f || value == 0x205f || value == 0x3000;
}

}  // namespace wafcheck::engine
