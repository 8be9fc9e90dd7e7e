#pragma once
// Bytes that nothing tells from one another, taken together.

#include <array>
#include <cstddef>
#include <cstdint>

#include "parser/regex/byte_set.h"

namespace wafcheck::parser::regex {

/// Splits the classes of bytes, one at first, until each set is made of whole ones.
class ByteClasses {
 public:
  constexpr void tell_apart(const ByteSet& set) {
    std::array<int16_t, 256> moved;
    moved.fill(-1);
    std::array<uint16_t, 256> inside{};
    for (unsigned byte = 0; byte < 256; ++byte) {
      inside[of_[byte]] = static_cast<uint16_t>(inside[of_[byte]] + set.contains(byte_at(byte)));
    }
    for (unsigned byte = 0; byte < 256; ++byte) {
      uint8_t& at = of_[byte];
      if (!set.contains(byte_at(byte)) || inside[at] == size_[at]) continue;
      if (moved[at] < 0) moved[at] = static_cast<int16_t>(count_++);
      const auto to = static_cast<uint8_t>(moved[at]);
      --size_[at];
      --inside[at];
      ++size_[to];
      ++inside[to];
      at = to;
    }
  }
  /// By byte.
  constexpr const std::array<uint8_t, 256>& of() const { return of_; }
  constexpr size_t count() const { return count_; }

 private:
  static constexpr uint8_t byte_at(unsigned byte) { return static_cast<uint8_t>(byte); }

  std::array<uint8_t, 256> of_{};
  std::array<uint16_t, 256> size_{256};
  unsigned count_ = 1;
};

}  // namespace wafcheck::parser::regex
