#pragma once
// Which of some thousand literals occur in a text, in one pass over it.

#include <algorithm>
#include <array>
#include <bit>
#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>
#include <vector>

#include "engine/match/window_filter.h"
#include "parser/base/ascii.h"

namespace wafcheck::engine::inline match {

/// A literal of two bytes or more is found by windows of it, with bit 0x20 of every byte set, which
/// folds the case of letters (and a little more, which a close look tells apart). A short literal
/// has one window, its rarest four bytes or two, which may stand anywhere. A long one has four, one
/// behind the other, so that one of them stands at a position that is a multiple of four: only
/// those are looked at. A bitmap over hashed windows says where a close look is worth it; for short
/// ones, where the processor has vectors, a filter of whole blocks says where to ask the bitmap.
class LiteralSet {
 public:
  struct Literal {
    std::string bytes;
    bool caseless = false;  ///< ASCII letters match in either case
  };

  LiteralSet() = default;
  /// Each of `literals` has two bytes or more.
  explicit LiteralSet(std::vector<Literal> literals);

  /// Calls found(index) for each literal that occurs: once, or of many literals the last ones more
  /// often.
  template <typename Report>
  void scan(std::string_view text, Report found,
            WindowFilter::Vectors vectors = WindowFilter::best()) const;

  size_t size() const { return literals_.size(); }
  size_t memory() const;

 private:
  using Key = uint64_t;  ///< a window's folded bytes, the first one lowest

  struct Window {
    Key key;
    uint32_t literal;
    uint32_t offset;  ///< of the window in its literal
  };
  /// Windows of one width: a bitmap over hashed keys, and the windows by slot.
  struct Table {
    std::vector<uint64_t> bitmap;
    std::vector<uint32_t> slots;  ///< first window of each slot; one more at the end
    std::vector<Window> windows;
    unsigned bitmap_shift = 64, slot_shift = 64;

    void build(std::vector<Window> all);
    size_t memory() const;
  };
  /// A table's bitmap for the inner loop, which keeps it in registers.
  struct Bitmap {
    const uint64_t* words;
    unsigned shift;

    explicit Bitmap(const Table& table) : words(table.bitmap.data()), shift(table.bitmap_shift) {}
    bool may_hold(Key key) const {
      const uint64_t hashed = hash(key);
      const uint64_t word = words[static_cast<size_t>(hashed >> shift >> 6)];
      return (word >> (hashed >> shift & 63) & word >> second_bit(hashed) & 1) != 0;
    }
  };

  static constexpr Key kFold = 0x2020202020202020;
  static constexpr Key kTwo = 0xffff, kFour = 0xffffffff;
  static constexpr size_t kStride = 4;

  static uint64_t hash(Key key) { return key * 0x9E3779B97F4A7C15U; }
  /// A window has two bits in a word of the bitmap: so it is rare that both are others'.
  static uint64_t second_bit(uint64_t hashed) { return hashed >> 24 & 63; }
  template <typename Word>
  static Key load(const char* at) {
    Word word;
    std::memcpy(&word, at, sizeof word);
    return word | (kFold & static_cast<Word>(~Word{0}));
  }

  /// Literals that were found: a text may have some of them at every turn.
  template <typename Report>
  class FoundLiterals {
   public:
    explicit FoundLiterals(Report& report) : report_(report) {}
    bool has(uint32_t literal) const {
      return literal < kRemembered && (seen_[literal / 64] >> (literal % 64) & 1) != 0;
    }
    void add(uint32_t literal) {
      if (literal < kRemembered) seen_[literal / 64] |= uint64_t{1} << (literal % 64);
      report_(literal);
    }

   private:
    static constexpr uint32_t kRemembered = 4'096;

    Report& report_;
    std::array<uint64_t, kRemembered / 64> seen_{};
  };

  template <typename Found>
  void look(const Table& table, Key key, std::string_view text, size_t at, Found& found) const;
  /// Kept out of the inner loops, so that they hold in registers what they need.
  template <typename Found>
  [[gnu::noinline]] void look_for_short(Key four, std::string_view text, size_t at,
                                        Found& found) const;
  template <typename Found>
  [[gnu::noinline]] void look_for_long(Key eight, std::string_view text, size_t at,
                                       Found& found) const;
  template <typename Found>
  void scan_blocks(std::string_view text, WindowFilter::Vectors vectors, Found& found) const;
  template <typename Found>
  void scan_bytes(std::string_view text, Found& found) const;
  template <typename Found>
  void scan_strides(std::string_view text, Found& found) const;
  bool occurs(const Window& window, std::string_view text, size_t at) const;

  std::vector<Literal> literals_;
  Table two_, four_;              ///< of short literals
  Table long_four_, long_eight_;  ///< of long ones
  WindowFilter filter_;           ///< of short ones
};

inline bool LiteralSet::occurs(const Window& window, std::string_view text, size_t at) const {
  const Literal& literal = literals_[window.literal];
  if (at < window.offset || text.size() - (at - window.offset) < literal.bytes.size()) return false;
  const std::string_view there = text.substr(at - window.offset, literal.bytes.size());
  return literal.caseless ? iequals(there, literal.bytes) : there == literal.bytes;
}

template <typename Found>
void LiteralSet::look(const Table& table, Key key, std::string_view text, size_t at,
                      Found& found) const {
  const auto slot = static_cast<size_t>(hash(key) >> table.slot_shift);
  for (uint32_t i = table.slots[slot]; i < table.slots[slot + 1]; ++i) {
    const Window& window = table.windows[i];
    if (window.key == key && !found.has(window.literal) && occurs(window, text, at)) {
      found.add(window.literal);
    }
  }
}

template <typename Found>
void LiteralSet::look_for_short(Key four, std::string_view text, size_t at, Found& found) const {
  if (Bitmap(four_).may_hold(four)) look(four_, four, text, at, found);
  if (Bitmap(two_).may_hold(four & kTwo)) look(two_, four & kTwo, text, at, found);
}

template <typename Found>
void LiteralSet::look_for_long(Key eight, std::string_view text, size_t at, Found& found) const {
  if (Bitmap(long_eight_).may_hold(eight)) look(long_eight_, eight, text, at, found);
  const Key four = eight & kFour;
  if (Bitmap(long_four_).may_hold(four)) look(long_four_, four, text, at, found);
}

template <typename Report>
void LiteralSet::scan(std::string_view text, Report report, WindowFilter::Vectors vectors) const {
  if (literals_.empty() || text.size() < 2) return;
  FoundLiterals<Report> found(report);
  if (vectors == WindowFilter::Vectors::none) {
    scan_bytes(text, found);
  } else {
    scan_blocks(text, vectors, found);
  }
  scan_strides(text, found);
}

/// For short literals, with vectors: in blocks, the last of which is a copy with zeros behind it.
template <typename Found>
void LiteralSet::scan_blocks(std::string_view text, WindowFilter::Vectors vectors,
                             Found& found) const {
  constexpr size_t kBlock = WindowFilter::kBlock;
  constexpr size_t kAtOnce = 64;
  constexpr size_t kRestOfWindow = sizeof(uint32_t) - 1;
  static_assert(kRestOfWindow >= WindowFilter::kBehind);
  const Bitmap of_four(four_), of_two(two_);
  std::array<uint64_t, kAtOnce> masks;  // filled by find()
  const auto scan = [&](const char* bytes, size_t start, size_t count) {
    filter_.find(bytes, count, masks.data(), vectors);
    for (size_t block = 0; block < count; ++block) {
      for (uint64_t mask = masks[block]; mask != 0; mask &= mask - 1) {
        const size_t at = block * kBlock + static_cast<size_t>(std::countr_zero(mask));
        if (start + at + 2 > text.size()) return;
        const Key four = load<uint32_t>(bytes + at);
        if (of_four.may_hold(four) || of_two.may_hold(four & kTwo)) {
          look_for_short(four, text, start + at, found);
        }
      }
    }
  };
  const size_t blocks = text.size() < kRestOfWindow ? 0 : (text.size() - kRestOfWindow) / kBlock;
  for (size_t block = 0; block < blocks; block += kAtOnce) {
    scan(text.data() + block * kBlock, block * kBlock, std::min(kAtOnce, blocks - block));
  }
  const size_t done = blocks * kBlock;
  std::array<char, 2 * kBlock + kRestOfWindow> rest{};
  std::memcpy(rest.data(), text.data() + done, text.size() - done);
  scan(rest.data(), done, text.size() - done > kBlock ? 2 : 1);
}

/// The same without vectors.
template <typename Found>
void LiteralSet::scan_bytes(std::string_view text, Found& found) const {
  const Bitmap of_four(four_), of_two(two_);
  const char* const bytes = text.data();
  const auto may_stand = [&](Key four) {
    return static_cast<int>(of_four.may_hold(four)) |
           static_cast<int>(of_two.may_hold(four & kTwo));
  };
  size_t at = 0;
  for (const size_t end = text.size() - std::min<size_t>(text.size(), 3); at < end; ++at) {
    const Key four = load<uint32_t>(bytes + at);
    if (may_stand(four) != 0) [[unlikely]]
      look_for_short(four, text, at, found);
  }
  // The last bytes, with zeros behind them that no literal reaches into.
  std::array<char, 8> tail{};
  const size_t left = text.size() - at;
  std::memcpy(tail.data(), bytes + at, left);
  for (size_t i = 0; i + 2 <= left; ++i) {
    const Key four = load<uint32_t>(tail.data() + i);
    if (may_stand(four) != 0) look_for_short(four, text, at + i, found);
  }
}

/// For long literals.
template <typename Found>
void LiteralSet::scan_strides(std::string_view text, Found& found) const {
  const Bitmap of_four(long_four_), of_eight(long_eight_);
  const char* const bytes = text.data();
  size_t at = 0;
  for (; at + 8 <= text.size(); at += kStride) {
    const Key eight = load<uint64_t>(bytes + at);
    const int may_stand = static_cast<int>(of_eight.may_hold(eight)) |
                          static_cast<int>(of_four.may_hold(eight & kFour));
    if (may_stand != 0) [[unlikely]]
      look_for_long(eight, text, at, found);
  }
  if (at + 4 > text.size()) return;
  const Key four = load<uint32_t>(bytes + at);
  if (of_four.may_hold(four)) look(long_four_, four, text, at, found);
}

}  // namespace wafcheck::engine::inline match
