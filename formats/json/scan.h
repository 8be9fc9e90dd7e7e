#pragma once
// Walking over JSON text many bytes at a time, where its long stretches are: inside strings.

#ifdef __SSE2__
#include <emmintrin.h>
#endif

#include <array>
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
constexpr uint64_t kEachByte = 0x0101010101010101;

// What a walk stops at: a byte, a mark in each such byte of a block, and in a word the high bit of
// the first.

struct Backslash {
  static bool is(unsigned char c) { return c == '\\'; }
  static uint64_t in(uint64_t word) { return zero_bytes(word ^ kEachByte * '\\'); }
#ifdef __SSE2__
  static __m128i in(__m128i block) { return _mm_cmpeq_epi8(block, _mm_set1_epi8('\\')); }
#endif
};

struct QuoteOrBackslash {
  static bool is(unsigned char c) { return c == '"' || Backslash::is(c); }
  static uint64_t in(uint64_t word) {
    return zero_bytes(word ^ kEachByte * '"') | Backslash::in(word);
  }
#ifdef __SSE2__
  static __m128i in(__m128i block) {
    return _mm_or_si128(_mm_cmpeq_epi8(block, _mm_set1_epi8('"')), Backslash::in(block));
  }
#endif
};

/// Also any control character: what a string may not go on with.
struct StringStop {
  static bool is(unsigned char c) { return c < 0x20 || QuoteOrBackslash::is(c); }
  static uint64_t in(uint64_t word) {
    constexpr uint64_t kHighBits = kEachByte * 0x80;
    return QuoteOrBackslash::in(word) | ((word - kEachByte * 0x20) & ~word & kHighBits);
  }
#ifdef __SSE2__
  static __m128i in(__m128i block) {
    const __m128i control = _mm_cmpeq_epi8(_mm_min_epu8(block, _mm_set1_epi8(0x1f)), block);
    return _mm_or_si128(control, QuoteOrBackslash::in(block));
  }
#endif
};

/// The first byte from `at` on that a walk stops at; the size of `text` where there is none.
template <typename Stop>
size_t find_stop(std::string_view text, size_t at) {
#ifdef __SSE2__
  for (; at + 16 <= text.size(); at += 16) {
    __m128i block;
    std::memcpy(&block, text.data() + at, sizeof block);
    const auto marks = static_cast<unsigned>(_mm_movemask_epi8(Stop::in(block)));
    if (marks != 0) return at + static_cast<size_t>(std::countr_zero(marks));
  }
#endif
  for (; at + 8 <= text.size(); at += 8) {
    uint64_t word = 0;
    std::memcpy(&word, text.data() + at, sizeof word);
    const uint64_t marks = Stop::in(word);
    if (marks == 0) continue;
    if constexpr (std::endian::native == std::endian::little) {
      return at + static_cast<size_t>(std::countr_zero(marks)) / 8;
    }
    break;
  }
  while (at < text.size() && !Stop::is(static_cast<unsigned char>(text[at]))) ++at;
  return at;
}

/// The first quote or backslash from `at` on; the size of `text` where there is none.
inline size_t find_quote(std::string_view text, size_t at) {
  return find_stop<QuoteOrBackslash>(text, at);
}

/// What a letter behind a backslash means; 0: it begins no escape of one letter.
constexpr auto kEscaped = [] {
  std::array<char, 256> meaning{};
  constexpr std::string_view kLetters = "\"\\/bfnrt", kMeanings = "\"\\/\b\f\n\r\t";
  for (size_t i = 0; i < kLetters.size(); ++i) {
    meaning[static_cast<unsigned char>(kLetters[i])] = kMeanings[i];
  }
  return meaning;
}();

}  // namespace wafcheck::formats::inline json
