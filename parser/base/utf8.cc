#include "parser/base/utf8.h"

#include <cstdint>
#include <cstring>

namespace wafcheck {

// The ranges of the second byte are table 3-7 of the Unicode standard.
size_t utf8_length(std::string_view bytes) {
  if (bytes.empty()) return 0;
  const auto at = [&](size_t i) { return static_cast<unsigned char>(bytes[i]); };
  const unsigned char lead = at(0);
  if (lead < 0x80) return 1;
  size_t length = 0;
  unsigned char low = 0x80, high = 0xBF;
  if (lead >= 0xC2 && lead <= 0xDF) {
    length = 2;
  } else if (lead >= 0xE0 && lead <= 0xEF) {
    length = 3;
    if (lead == 0xE0) low = 0xA0;
    if (lead == 0xED) high = 0x9F;
  } else if (lead >= 0xF0 && lead <= 0xF4) {
    length = 4;
    if (lead == 0xF0) low = 0x90;
    if (lead == 0xF4) high = 0x8F;
  }
  if (length == 0 || bytes.size() < length) return 0;
  if (at(1) < low || at(1) > high) return 0;
  for (size_t i = 2; i < length; ++i) {
    if ((at(i) & 0xC0) != 0x80) return 0;
  }
  return length;
}

char32_t utf8_character(std::string_view sequence) {
  const auto lead = static_cast<unsigned char>(sequence[0]);
  constexpr unsigned char kLeadBits[] = {0, 0x7F, 0x1F, 0x0F, 0x07};
  char32_t character = lead & kLeadBits[sequence.size()];
  for (const char byte : sequence.substr(1)) {
    character = (character << 6) | (static_cast<unsigned char>(byte) & 0x3FU);
  }
  return character;
}

size_t skip_ascii(std::string_view bytes, size_t at) {
  for (uint64_t word = 0; at + 8 <= bytes.size(); at += 8) {
    std::memcpy(&word, bytes.data() + at, 8);
    if ((word & 0x8080808080808080) != 0) break;
  }
  while (at < bytes.size() && static_cast<unsigned char>(bytes[at]) < 0x80) ++at;
  return at;
}

size_t valid_utf8_prefix(std::string_view bytes) {
  size_t at = 0;
  for (;;) {
    at = skip_ascii(bytes, at);
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

char* write_utf8(char* to, char32_t character) {
  const bool surrogate = character >= 0xD800 && character <= 0xDFFF;
  if (character > 0x10FFFF || surrogate) character = kReplacementCharacter;
  const auto tail = [character](unsigned shift) {
    return static_cast<char>(0x80 | (character >> shift & 0x3F));
  };
  if (character < 0x80) {
    *to++ = static_cast<char>(character);
  } else if (character < 0x800) {
    *to++ = static_cast<char>(0xC0 | character >> 6);
    *to++ = tail(0);
  } else if (character < 0x10000) {
    *to++ = static_cast<char>(0xE0 | character >> 12);
    *to++ = tail(6);
    *to++ = tail(0);
  } else {
    *to++ = static_cast<char>(0xF0 | character >> 18);
    *to++ = tail(12);
    *to++ = tail(6);
    *to++ = tail(0);
  }
  return to;
}

void append_utf8(std::string& out, char32_t character) {
  char bytes[4];
  out.append(bytes, write_utf8(bytes, character));
}

}  // namespace wafcheck
