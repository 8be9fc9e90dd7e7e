#pragma once
// Where in a text short windows of bytes may stand: sixty-four positions at a time, with the
// processor's vectors.

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace wafcheck::engine::inline match {

/// Bytes are put into 32 classes, so that two neighbours are one of 1,024 pairs. A window of four
/// bytes may stand where its pairs may, each at its place; one of two bytes is a pair. A position
/// where a window stands is never left out; others may be taken for one.
class WindowFilter {
 public:
  /// The instructions that are used: the processor's best, unless a test wants others.
  enum class Vectors : uint8_t { none, simd128, avx2, avx512_vbmi };

  static constexpr size_t kBlock = 64;
  /// Bytes behind a block that are read, too.
  static constexpr size_t kBehind = 1;

  WindowFilter() = default;
  /// Keys are bytes in the order of the text, bit 0x20 set.
  WindowFilter(std::span<const uint32_t> fours, std::span<const uint16_t> twos);

  static Vectors best();
  /// Sets a bit in `masks` for each position of `blocks` blocks where a window may stand. `text`
  /// has kBehind bytes more. Without vectors, all bits are set.
  void find(const char* text, size_t blocks, uint64_t* masks, Vectors vectors) const;

 private:
  static constexpr size_t kClasses = 32;
  /// A bit for each pair of classes.
  using Pairs = std::array<uint8_t, kClasses * kClasses / 8>;

  void add(Pairs& pairs, uint32_t first, uint32_t second);
  void find_avx512(const char* text, size_t blocks, uint64_t* masks) const;
  void find_avx2(const char* text, size_t blocks, uint64_t* masks) const;
  void find_simd128(const char* text, size_t blocks, uint64_t* masks) const;

  /// Of windows of four bytes: of the first and the second, the second and the third, the third and
  /// the fourth.
  std::array<Pairs, 3> of_four_{};
  Pairs of_two_{};

#if defined(__wasm__)
  // Of every module, so that those with and without vectors agree on what a WindowFilter is.
  static constexpr size_t kNarrowClasses = 16;
  /// By first class, a bit for each second one: of the first eight, of the others.
  struct NarrowPairs {
    std::array<uint8_t, kNarrowClasses> low{}, high{};
  };
  static void add(NarrowPairs& pairs, uint32_t first, uint32_t second);

  std::array<NarrowPairs, 3> narrow_of_four_;
  NarrowPairs narrow_of_two_;
#endif
};

}  // namespace wafcheck::engine::inline match
