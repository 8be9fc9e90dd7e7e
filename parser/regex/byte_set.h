#pragma once
// A set of bytes, one bit each: what one position of an expression accepts.

#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace wafcheck::parser::regex {

class ByteSet {
 public:
  constexpr ByteSet() = default;

  static constexpr ByteSet all() { return ~ByteSet(); }
  static constexpr ByteSet of(std::string_view bytes) {
    ByteSet set;
    for (const char c : bytes) set.add(static_cast<uint8_t>(c));
    return set;
  }
  /// Both ends included; empty if `low` > `high`.
  static constexpr ByteSet range(uint8_t low, uint8_t high) {
    ByteSet set;
    for (unsigned b = low; b <= high; ++b) set.add(static_cast<uint8_t>(b));
    return set;
  }

  constexpr void add(uint8_t byte) { words_[byte >> 6] |= uint64_t{1} << (byte & 63); }
  constexpr bool contains(uint8_t byte) const {
    return (words_[byte >> 6] >> (byte & 63) & 1) != 0;
  }
  constexpr bool empty() const { return *this == ByteSet(); }
  constexpr bool full() const { return *this == all(); }
  constexpr size_t count() const {
    size_t count = 0;
    for (const uint64_t word : words_) count += static_cast<size_t>(std::popcount(word));
    return count;
  }
  constexpr bool includes(const ByteSet& other) const { return (other & ~*this).empty(); }

  /// Calls `visit` with each member, lowest first.
  template <typename Visit>
  constexpr void each(Visit visit) const {
    for (unsigned i = 0; i < words_.size(); ++i) {
      for (uint64_t left = words_[i]; left != 0; left &= left - 1) {
        visit(static_cast<uint8_t>(i * 64 + static_cast<unsigned>(std::countr_zero(left))));
      }
    }
  }
  /// The lowest member; 0 in an empty set.
  constexpr uint8_t first() const {
    for (unsigned i = 0; i < words_.size(); ++i) {
      if (words_[i] == 0) continue;
      return static_cast<uint8_t>(i * 64 + static_cast<unsigned>(std::countr_zero(words_[i])));
    }
    return 0;
  }
  /// With the other case of every ASCII letter.
  constexpr ByteSet folded() const {
    // Letters are bits 1-26 (upper case) and 33-58 (lower case) of the second word.
    constexpr uint64_t kUpper = 0x07fffffe;
    ByteSet set = *this;
    set.words_[1] |= (words_[1] & kUpper) << 32 | (words_[1] >> 32 & kUpper);
    return set;
  }

  constexpr ByteSet& operator|=(const ByteSet& other) {
    for (size_t i = 0; i < words_.size(); ++i) words_[i] |= other.words_[i];
    return *this;
  }
  constexpr ByteSet& operator&=(const ByteSet& other) {
    for (size_t i = 0; i < words_.size(); ++i) words_[i] &= other.words_[i];
    return *this;
  }
  friend constexpr ByteSet operator|(ByteSet a, const ByteSet& b) { return a |= b; }
  friend constexpr ByteSet operator&(ByteSet a, const ByteSet& b) { return a &= b; }
  friend constexpr ByteSet operator~(ByteSet set) {
    for (uint64_t& word : set.words_) word = ~word;
    return set;
  }
  friend constexpr bool operator==(const ByteSet&, const ByteSet&) = default;
  friend constexpr auto operator<=>(const ByteSet&, const ByteSet&) = default;

 private:
  std::array<uint64_t, 4> words_{};
};

}  // namespace wafcheck::parser::regex
