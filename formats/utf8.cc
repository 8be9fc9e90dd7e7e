#include "formats/utf8.h"

#include <cstdint>

namespace wafcheck::formats {
namespace {

/// Length of the sequence at the start of non-empty `bytes`; 0 where it is not valid. The ranges
/// of the second byte are table 3-7 of the Unicode standard.
size_t sequence_length(std::string_view bytes) {
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

void append_escape(std::string& out, char byte) {
  constexpr std::string_view kDigits = "0123456789abcdef";
  const auto c = static_cast<unsigned char>(byte);
  out += "\\x";
  out += kDigits[c >> 4];
  out += kDigits[c & 0xF];
}

}  // namespace

size_t valid_utf8_prefix(std::string_view bytes) {
  size_t at = 0;
  while (at < bytes.size()) {
    const size_t length = sequence_length(bytes.substr(at));
    if (length == 0) break;
    at += length;
  }
  return at;
}

bool is_valid_utf8(std::string_view bytes) {
  return valid_utf8_prefix(bytes) == bytes.size();
}

JsonText json_bytes(std::string_view bytes) {
  JsonText result;
  while (!bytes.empty()) {
    const size_t good = valid_utf8_prefix(bytes);
    result.text += bytes.substr(0, good);
    bytes.remove_prefix(good);
    if (bytes.empty()) break;
    append_escape(result.text, bytes[0]);
    result.escaped = true;
    bytes.remove_prefix(1);
  }
  return result;
}

std::string excerpt(std::string_view bytes, size_t limit) {
  std::string out;
  while (!bytes.empty()) {
    const size_t length = sequence_length(bytes);
    const auto lead = static_cast<unsigned char>(bytes[0]);
    const bool plain = length > 1 || (length == 1 && lead >= 0x20 && lead != 0x7F);
    const size_t width = plain ? length : 4;
    if (out.size() + width > limit) return out + "...";
    if (plain) {
      out += bytes.substr(0, length);
    } else {
      append_escape(out, bytes[0]);
    }
    bytes.remove_prefix(plain ? length : 1);
  }
  return out;
}

}  // namespace wafcheck::formats
