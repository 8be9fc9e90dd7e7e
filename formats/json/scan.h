#pragma once
// Walking over JSON text eight bytes at a time, where its long stretches are: inside strings.

#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string_view>

namespace wafcheck::formats::inline json {

inline bool is_json_blank(char c) {
  return c == ' ' || c == '\n' || c == '\r' || c == '\t';
}

/// Of eight bytes, the high bit of those that are zero; only above the first may a bit be wrong.
inline uint64_t zero_bytes(uint64_t word) {
  return (word - 0x0101010101010101) & ~word & 0x8080808080808080;
}

/// The first byte from `at` on that `stops` marks in a word of eight, and `is_stop` confirms.
template <typename Stops, typename IsStop>
size_t find_byte(std::string_view text, size_t at, Stops stops, IsStop is_stop) {
  for (; at + 8 <= text.size(); at += 8) {
    uint64_t word = 0;
    std::memcpy(&word, text.data() + at, 8);
    const uint64_t marks = stops(word);
    if (marks == 0) continue;
    if constexpr (std::endian::native == std::endian::little) {
      return at + static_cast<size_t>(std::countr_zero(marks)) / 8;
    }
    break;
  }
  while (at < text.size() && !is_stop(static_cast<unsigned char>(text[at]))) ++at;
  return at;
}

constexpr uint64_t kEachByte = 0x0101010101010101;

/// The first quote or backslash from `at` on; the size of `text` where there is none.
inline size_t find_quote(std::string_view text, size_t at) {
  return find_byte(
      text, at,
      [](uint64_t word) {
        return zero_bytes(word ^ kEachByte * '"') | zero_bytes(word ^ kEachByte * '\\');
      },
      [](unsigned char c) { return c == '"' || c == '\\'; });
}

/// The same, and any control character: what a string may not go on with.
inline size_t find_string_stop(std::string_view text, size_t at) {
  return find_byte(
      text, at,
      [](uint64_t word) {
        constexpr uint64_t kHighBits = kEachByte * 0x80;
        return zero_bytes(word ^ kEachByte * '"') | zero_bytes(word ^ kEachByte * '\\') |
               ((word - kEachByte * 0x20) & ~word & kHighBits);
      },
      [](unsigned char c) { return c == '"' || c == '\\' || c < 0x20; });
}

}  // namespace wafcheck::formats::inline json
