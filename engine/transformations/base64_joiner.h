#pragma once
// Base64 for transformations, each of which is lenient in its own way.

#include <cstdint>

#include "parser/base/base64.h"

namespace wafcheck::engine::transformations {

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

}  // namespace wafcheck::engine::transformations
