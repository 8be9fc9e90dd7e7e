#pragma once
// Which of some thousand literals occur in a text, in one pass over it.

#include <algorithm>
#include <array>
#include <bitset>
#include <cstdint>
#include <cstring>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "parser/base/ascii.h"

namespace wafcheck::engine::inline match {

/// A literal of two bytes or more is found by a window of it: its rarest four bytes, or two where
/// it has fewer. A position of the text is looked at closely only if a bitmap says that a window of
/// some literal may stand there. Windows are compared with bit 0x20 of every byte set, which folds
/// the case of letters (and a little more, which the close look tells apart).
class LiteralSet {
 public:
  struct Literal {
    std::string bytes;
    bool caseless = false;  ///< ASCII letters match in either case
  };

  LiteralSet() = default;
  /// Each of `literals` has two bytes or more.
  explicit LiteralSet(std::vector<Literal> literals);

  /// Calls found(index) for each literal that occurs, possibly more than once.
  template <typename Found>
  void scan(std::string_view text, Found found) const;

  size_t size() const { return literals_.size(); }
  size_t memory() const;

 private:
  struct Window {
    uint32_t key;  ///< folded bytes
    uint32_t literal;
    uint32_t offset;  ///< of the window in its literal
  };
  /// Windows of one width: a bitmap over hashed keys, and the windows by slot.
  struct Table {
    std::vector<uint64_t> bitmap;
    std::vector<uint32_t> slots;  ///< first window of each slot; one more at the end
    std::vector<Window> windows;
    unsigned bitmap_shift = 32, slot_shift = 32;

    void build(std::vector<Window> all);
  };
  /// A table's bitmap for the inner loop, which keeps it in registers.
  struct Bitmap {
    const uint64_t* words;
    unsigned shift;

    explicit Bitmap(const Table& table) : words(table.bitmap.data()), shift(table.bitmap_shift) {}
    bool may_hold(uint32_t key) const {
      const uint32_t bit = hash(key) >> shift;
      return (words[bit >> 6] >> (bit & 63) & 1) != 0;
    }
  };

  static constexpr uint32_t kFold = 0x20202020;
  static uint32_t hash(uint32_t key) { return key * 0x9E3779B1U; }
  static uint32_t load(const char* at) {
    uint32_t word;
    std::memcpy(&word, at, sizeof word);
    return word;
  }

  template <typename Found>
  void look(const Table& table, uint32_t key, std::string_view text, size_t at, Found& found) const;
  /// Kept out of the inner loop, so that it holds in registers what it needs.
  template <typename Found>
  [[gnu::noinline]] void look_closely(uint32_t four, std::string_view text, size_t at,
                                      Found& found) const;
  bool occurs(const Window& window, std::string_view text, size_t at) const;

  std::vector<Literal> literals_;
  Table two_, four_;
};

inline bool LiteralSet::occurs(const Window& window, std::string_view text, size_t at) const {
  const Literal& literal = literals_[window.literal];
  if (at < window.offset || text.size() - (at - window.offset) < literal.bytes.size()) return false;
  const std::string_view there = text.substr(at - window.offset, literal.bytes.size());
  return literal.caseless ? iequals(there, literal.bytes) : there == literal.bytes;
}

template <typename Found>
void LiteralSet::look(const Table& table, uint32_t key, std::string_view text, size_t at,
                      Found& found) const {
  const uint32_t slot = hash(key) >> table.slot_shift;
  for (uint32_t i = table.slots[slot]; i < table.slots[slot + 1]; ++i) {
    const Window& window = table.windows[i];
    if (window.key == key && occurs(window, text, at)) found(window.literal);
  }
}

template <typename Found>
void LiteralSet::look_closely(uint32_t four, std::string_view text, size_t at, Found& found) const {
  const uint32_t two = four & 0xffff;
  if (Bitmap(four_).may_hold(four)) look(four_, four, text, at, found);
  if (Bitmap(two_).may_hold(two)) look(two_, two, text, at, found);
}

template <typename Found>
void LiteralSet::scan(std::string_view text, Found found) const {
  if (literals_.empty() || text.size() < 2) return;
  const Bitmap of_four(four_), of_two(two_);
  const char* const bytes = text.data();
  const auto may_stand = [&](uint32_t four) {
    return static_cast<int>(of_four.may_hold(four)) |
           static_cast<int>(of_two.may_hold(four & 0xffff));
  };
  size_t at = 0;
  for (const size_t end = text.size() - std::min<size_t>(text.size(), 3); at < end; ++at) {
    const uint32_t four = load(bytes + at) | kFold;
    if (may_stand(four) != 0) [[unlikely]]
      look_closely(four, text, at, found);
  }
  // The last bytes, with blanks behind them that no literal reaches into.
  std::array<char, 8> tail{};
  const size_t left = text.size() - at;
  std::memcpy(tail.data(), bytes + at, left);
  for (size_t i = 0; i + 2 <= left; ++i) {
    const uint32_t four = load(tail.data() + i) | kFold;
    if (may_stand(four) != 0) look_closely(four, text, at + i, found);
  }
}

}  // namespace wafcheck::engine::inline match
