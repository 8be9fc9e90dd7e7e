#pragma once
// The alphabet of RFC 4648, section 4, in both directions.

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace wafcheck::engine {

inline constexpr std::string_view kBase64Alphabet =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

/// The six bits each byte stands for, -1 outside the alphabet.
inline constexpr auto kBase64Values = [] {
  std::array<int8_t, 256> values{};
  values.fill(-1);
  for (size_t i = 0; i < kBase64Alphabet.size(); ++i) {
    values[static_cast<unsigned char>(kBase64Alphabet[i])] = static_cast<int8_t>(i);
  }
  return values;
}();

constexpr int base64_value(char c) {
  return kBase64Values[static_cast<unsigned char>(c)];
}

/// Joins groups of six bits into bytes at `to`. The caller provides room: three bytes a quad.
class Base64Joiner {
 public:
  explicit Base64Joiner(char* to) : to_(to) {}

  void add(int six_bits) {
    bits_ = bits_ << 6 | static_cast<unsigned>(six_bits);
    if (++held_ < 4) return;
    flush(3);
  }
  /// Writes the whole bytes of an incomplete quad and returns the end of the output.
  char* finish() {
    if (held_ > 1) {
      const int bytes = held_ - 1;
      bits_ <<= 6 * (4 - held_);
      flush(bytes);
    }
    return to_;
  }
  char* end() const { return to_; }
  int held() const { return held_; }  ///< digits of the quad under way, 0-3

 private:
  void flush(int bytes) {
    for (int shift = 16; bytes > 0; --bytes, shift -= 8) *to_++ = static_cast<char>(bits_ >> shift);
    bits_ = 0;
    held_ = 0;
  }

  char* to_;
  uint32_t bits_ = 0;
  int held_ = 0;
};

}  // namespace wafcheck::engine
