#include "formats/base64.h"

#include <array>
#include <cstdint>

#include "parser/ascii.h"

namespace wafcheck::formats {
namespace {

constexpr std::string_view kAlphabet =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
constexpr uint8_t kNone = 0xFF;

constexpr std::array<uint8_t, 256> make_values() {
  std::array<uint8_t, 256> values{};
  values.fill(kNone);
  for (size_t i = 0; i < kAlphabet.size(); ++i) {
    values[static_cast<unsigned char>(kAlphabet[i])] = static_cast<uint8_t>(i);
  }
  values['-'] = 62;
  values['_'] = 63;
  return values;
}

constexpr auto kValues = make_values();

}  // namespace

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
      out += i <= group.size() ? kAlphabet[bits >> (18 - 6 * i) & 0x3F] : '=';
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
    if (kValues[c] == kNone) return fail("not a base64 character", at);
    if (padding > 0) return fail("base64 goes on after its padding", at);
    bits = bits << 6 | kValues[c];
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

}  // namespace wafcheck::formats
