#include "engine/match/window_filter.h"

#include <algorithm>
#include <string_view>

#if defined(__x86_64__)
#include <immintrin.h>
#define WAFCHECK_X86_VECTORS
#elif defined(__wasm_simd128__)
#include <wasm_simd128.h>
#endif

namespace wafcheck::engine::inline match {
namespace {

using Bytes128 = std::array<uint8_t, 128>;

/// The class of a byte, by its lower seven bits. Common letters, whatever their case, have one of
/// their own; of the others, what is common in texts stands apart from what is common in windows.
constexpr uint8_t class_of(uint8_t byte) {
  constexpr std::string_view kClasses[] = {
      "e",  "t", "a", "o", "i", "n", "s", "r", "h", "l", "d",          "c",    "u",    "m",   "f",
      "p",  "g", "w", "y", "b", "v", "k", " ", "<", ">", "0123456789", "jqxz", "/.,-", "\"=", ":;",
      "*)",  // with bit 0x20, line ends and tabs
  };
  const char folded = static_cast<char>((byte & 0x7f) | 0x20);
  uint8_t number = 0;
  for (const std::string_view bytes : kClasses) {
    if (bytes.find(folded) != std::string_view::npos) return number;
    ++number;
  }
  return number;  // all others
}

template <typename Value>
constexpr Bytes128 by_byte(Value value) {
  Bytes128 table{};
  for (size_t byte = 0; byte < table.size(); ++byte) {
    table[byte] = static_cast<uint8_t>(value(class_of(static_cast<uint8_t>(byte))));
  }
  return table;
}

// Where the bit of a pair is: five bits of the first class and two of the second tell the byte, the
// rest of the second the bit.
alignas(64) constexpr Bytes128 kFirst = by_byte([](unsigned kind) { return kind << 2; });
alignas(64) constexpr Bytes128 kSecond = by_byte([](unsigned kind) { return kind >> 3; });
alignas(64) constexpr Bytes128 kBit = by_byte([](unsigned kind) { return 1U << (kind & 7); });

/// Positions where a window of four may stand, from where its pairs may. What comes behind the last
/// block is not known, and taken for anything.
class Joined {
 public:
  /// Of the block before; `first` and so on are of this one.
  uint64_t before(uint64_t second, uint64_t third) const {
    const uint64_t next = second_ >> 1 | second << 63;
    const uint64_t after = third_ >> 2 | third << 62;
    return (first_ & next & after) | two_;
  }
  uint64_t last() const { return before(~uint64_t{0}, ~uint64_t{0}); }
  void take(uint64_t first, uint64_t second, uint64_t third, uint64_t two) {
    first_ = first;
    second_ = second;
    third_ = third;
    two_ = two;
  }

 private:
  uint64_t first_ = 0, second_ = 0, third_ = 0, two_ = 0;
};

}  // namespace

WindowFilter::WindowFilter(std::span<const uint32_t> fours, std::span<const uint16_t> twos) {
  for (const uint32_t key : fours) {
    for (unsigned at = 0; at < of_four_.size(); ++at) {
      add(of_four_[at], key >> (8 * at) & 0xff, key >> (8 * at + 8) & 0xff);
    }
  }
  for (const uint16_t key : twos) add(of_two_, key & 0xff, key >> 8);
#if defined(__wasm__)
  for (const uint32_t key : fours) {
    for (unsigned at = 0; at < narrow_of_four_.size(); ++at) {
      add(narrow_of_four_[at], key >> (8 * at) & 0xff, key >> (8 * at + 8) & 0xff);
    }
  }
  for (const uint16_t key : twos) add(narrow_of_two_, key & 0xff, key >> 8);
#endif
}

void WindowFilter::add(Pairs& pairs, uint32_t first, uint32_t second) {
  const uint8_t left = static_cast<uint8_t>(first & 0x7f);
  const uint8_t right = static_cast<uint8_t>(second & 0x7f);
  pairs[kFirst[left] | kSecond[right]] |= kBit[right];
}

void WindowFilter::find(const char* text, size_t blocks, uint64_t* masks, Vectors vectors) const {
  switch (vectors) {
    case Vectors::avx512_vbmi:
      return find_avx512(text, blocks, masks);
    case Vectors::avx2:
      return find_avx2(text, blocks, masks);
    case Vectors::simd128:
      return find_simd128(text, blocks, masks);
    case Vectors::none:
      break;
  }
  std::fill_n(masks, blocks, ~uint64_t{0});
}

#if defined(WAFCHECK_X86_VECTORS)

WindowFilter::Vectors WindowFilter::best() {
  static const Vectors best = [] {
    __builtin_cpu_init();
    if (__builtin_cpu_supports("avx512vbmi") && __builtin_cpu_supports("avx512bw")) {
      return Vectors::avx512_vbmi;
    }
    return __builtin_cpu_supports("avx2") ? Vectors::avx2 : Vectors::none;
  }();
  return best;
}

#define WAFCHECK_AVX512 __attribute__((target("avx512f,avx512bw,avx512vbmi")))
#define WAFCHECK_AVX2 __attribute__((target("avx2")))

namespace {

struct Table512 {
  __m512i low, high;
};

WAFCHECK_AVX512 inline void read(Table512& table, const Bytes128& bytes) {
  table.low = _mm512_loadu_si512(bytes.data());
  table.high = _mm512_loadu_si512(bytes.data() + 64);
}

/// For each byte of `index`, by its lower seven bits.
WAFCHECK_AVX512 inline __m512i look_up(const Table512& table, __m512i index) {
  return _mm512_permutex2var_epi8(table.low, index, table.high);
}

/// As eight of 16 bytes, each twice.
struct Table256 {
  __m256i parts[8];
};

WAFCHECK_AVX2 inline void read(Table256& table, const Bytes128& bytes) {
  for (size_t part = 0; part < 8; ++part) {
    const auto* const from = reinterpret_cast<const __m128i*>(bytes.data() + 16 * part);
    table.parts[part] = _mm256_broadcastsi128_si256(_mm_loadu_si128(from));
  }
}

WAFCHECK_AVX2 inline __m256i look_up(const Table256& table, __m256i index) {
  const __m256i low = _mm256_and_si256(index, _mm256_set1_epi8(0x0f));
  // Bits 4, 5 and 6 of the index choose among the parts: moved to where a blend looks for them.
  const __m256i bit4 = _mm256_slli_epi16(index, 3);
  const __m256i bit5 = _mm256_slli_epi16(index, 2);
  const __m256i bit6 = _mm256_slli_epi16(index, 1);
  __m256i pairs[4];
  for (size_t at = 0; at < 4; ++at) {
    pairs[at] = _mm256_blendv_epi8(_mm256_shuffle_epi8(table.parts[2 * at], low),
                                   _mm256_shuffle_epi8(table.parts[2 * at + 1], low), bit4);
  }
  const __m256i lower = _mm256_blendv_epi8(pairs[0], pairs[1], bit5);
  const __m256i upper = _mm256_blendv_epi8(pairs[2], pairs[3], bit5);
  return _mm256_blendv_epi8(lower, upper, bit6);
}

/// A bit for each byte of `bits` that has the one that is `wanted`.
WAFCHECK_AVX2 inline uint64_t with_bit(__m256i bits, __m256i wanted) {
  const __m256i none = _mm256_cmpeq_epi8(_mm256_and_si256(bits, wanted), _mm256_setzero_si256());
  return ~static_cast<uint32_t>(_mm256_movemask_epi8(none));
}

}  // namespace

WAFCHECK_AVX512 void WindowFilter::find_avx512(const char* text, size_t blocks,
                                               uint64_t* masks) const {
  Table512 first, second, bit, one, two, three, pair;
  read(first, kFirst);
  read(second, kSecond);
  read(bit, kBit);
  read(one, of_four_[0]);
  read(two, of_four_[1]);
  read(three, of_four_[2]);
  read(pair, of_two_);
  Joined joined;
  for (size_t block = 0; block < blocks; ++block) {
    const char* const at = text + block * kBlock;
    const __m512i left = _mm512_loadu_si512(at);
    const __m512i right = _mm512_loadu_si512(at + 1);
    const __m512i place = _mm512_or_si512(look_up(first, left), look_up(second, right));
    const __m512i wanted = look_up(bit, right);
    const uint64_t of_one = _mm512_test_epi8_mask(look_up(one, place), wanted);
    const uint64_t of_two = _mm512_test_epi8_mask(look_up(two, place), wanted);
    const uint64_t of_three = _mm512_test_epi8_mask(look_up(three, place), wanted);
    const uint64_t of_pair = _mm512_test_epi8_mask(look_up(pair, place), wanted);
    if (block > 0) masks[block - 1] = joined.before(of_two, of_three);
    joined.take(of_one, of_two, of_three, of_pair);
  }
  if (blocks > 0) masks[blocks - 1] = joined.last();
}

WAFCHECK_AVX2 void WindowFilter::find_avx2(const char* text, size_t blocks, uint64_t* masks) const {
  Table256 first, second, bit, one, three, pair;
  read(first, kFirst);
  read(second, kSecond);
  read(bit, kBit);
  read(one, of_four_[0]);
  read(three, of_four_[2]);
  read(pair, of_two_);
  constexpr uint64_t kAny = ~uint64_t{0};  // the middle pair is not worth its time here
  Joined joined;
  for (size_t block = 0; block < blocks; ++block) {
    uint64_t of_one = 0, of_three = 0, of_pair = 0;
    for (size_t half = 0; half < 2; ++half) {
      const char* const at = text + block * kBlock + 32 * half;
      const __m256i left = _mm256_loadu_si256(reinterpret_cast<const __m256i*>(at));
      const __m256i right = _mm256_loadu_si256(reinterpret_cast<const __m256i*>(at + 1));
      const __m256i place = _mm256_or_si256(look_up(first, left), look_up(second, right));
      const __m256i wanted = look_up(bit, right);
      of_one |= with_bit(look_up(one, place), wanted) << 32 * half;
      of_three |= with_bit(look_up(three, place), wanted) << 32 * half;
      of_pair |= with_bit(look_up(pair, place), wanted) << 32 * half;
    }
    if (block > 0) masks[block - 1] = joined.before(kAny, of_three);
    joined.take(of_one, kAny, of_three, of_pair);
  }
  if (blocks > 0) masks[blocks - 1] = joined.last();
}

#else

void WindowFilter::find_avx512(const char*, size_t, uint64_t*) const {}
void WindowFilter::find_avx2(const char*, size_t, uint64_t*) const {}

#endif

#if defined(__wasm__)

namespace {

/// The class of a byte with bit 0x20 among 16: a shuffle of 16 bytes is the largest table that a
/// WebAssembly vector looks up at once.
constexpr uint8_t narrow_class_of(uint8_t byte) {
  constexpr std::string_view kClasses[] = {
      "e",   "t",      "a",         "o", "i",          "n",          "s",      "r",
      "hld", "cumfpg", "wybvkjqxz", " ", "0123456789", "<>\"'=;:&/", "(.,-*)",
  };
  uint8_t number = 0;
  for (const std::string_view bytes : kClasses) {
    if (bytes.find(static_cast<char>(byte)) != std::string_view::npos) return number;
    ++number;
  }
  return number;  // all others
}

using Bytes16 = std::array<uint8_t, 16>;

/// By the four bits that bit 0x20 and bit 0x80 leave: parts by bits 4 and 6, bytes by the rest.
constexpr std::array<Bytes16, 4> kNarrowClass = [] {
  std::array<Bytes16, 4> parts{};
  for (unsigned byte = 0; byte < 128; ++byte) {
    const unsigned part = (byte >> 4 & 1) | (byte >> 5 & 2);
    parts[part][byte & 0xf] = narrow_class_of(static_cast<uint8_t>(byte | 0x20));
  }
  return parts;
}();

constexpr uint8_t narrow_class(uint32_t byte) {
  return kNarrowClass[(byte >> 4 & 1) | (byte >> 5 & 2)][byte & 0xf];
}

}  // namespace

void WindowFilter::add(NarrowPairs& pairs, uint32_t first, uint32_t second) {
  const unsigned bit = narrow_class(second);
  Bytes16& half = bit < 8 ? pairs.low : pairs.high;
  half[narrow_class(first)] |= static_cast<uint8_t>(1U << (bit & 7));
}

#endif

#if defined(__wasm_simd128__)

WindowFilter::Vectors WindowFilter::best() {
  return Vectors::simd128;
}

namespace {

/// A bit for the class of the second byte: of the first eight classes, of the others.
constexpr Bytes16 kLowBit = {1, 2, 4, 8, 16, 32, 64, 128};
constexpr Bytes16 kHighBit = {0, 0, 0, 0, 0, 0, 0, 0, 1, 2, 4, 8, 16, 32, 64, 128};

inline v128_t read(const Bytes16& bytes) {
  return wasm_v128_load(bytes.data());
}

/// The classes of 16 bytes. A shuffle gives zero where the index is out of range, as it is for all
/// parts but one.
inline v128_t classes_of(v128_t bytes) {
  const v128_t index = wasm_v128_and(bytes, wasm_u8x16_const_splat(0x5f));
  const auto part = [&](size_t at, v128_t begin) {
    return wasm_i8x16_swizzle(read(kNarrowClass[at]), wasm_i8x16_sub(index, begin));
  };
  return wasm_v128_or(
      wasm_v128_or(wasm_i8x16_swizzle(read(kNarrowClass[0]), index),
                   part(1, wasm_u8x16_const_splat(0x10))),
      wasm_v128_or(part(2, wasm_u8x16_const_splat(0x40)), part(3, wasm_u8x16_const_splat(0x50))));
}

}  // namespace

void WindowFilter::find_simd128(const char* text, size_t blocks, uint64_t* masks) const {
  Joined joined;
  for (size_t block = 0; block < blocks; ++block) {
    const char* const at = text + block * kBlock;
    v128_t classes[5];
    for (size_t part = 0; part < 4; ++part)
      classes[part] = classes_of(wasm_v128_load(at + 16 * part));
    classes[4] = wasm_u8x16_splat(narrow_class(static_cast<unsigned char>(at[kBlock])));
    uint64_t of_one = 0, of_two = 0, of_three = 0, of_pair = 0;
    for (size_t part = 0; part < 4; ++part) {
      const v128_t first = classes[part];
      const v128_t second = wasm_i8x16_shuffle(first, classes[part + 1], 1, 2, 3, 4, 5, 6, 7, 8, 9,
                                               10, 11, 12, 13, 14, 15, 16);
      const v128_t low = wasm_i8x16_swizzle(read(kLowBit), second);
      const v128_t high = wasm_i8x16_swizzle(read(kHighBit), second);
      const auto may_stand = [&](const NarrowPairs& pairs) {
        const v128_t bits =
            wasm_v128_or(wasm_v128_and(wasm_i8x16_swizzle(read(pairs.low), first), low),
                         wasm_v128_and(wasm_i8x16_swizzle(read(pairs.high), first), high));
        const v128_t any = wasm_i8x16_ne(bits, wasm_i8x16_const_splat(0));
        return uint64_t{wasm_i8x16_bitmask(any)} << 16 * part;
      };
      of_one |= may_stand(narrow_of_four_[0]);
      of_two |= may_stand(narrow_of_four_[1]);
      of_three |= may_stand(narrow_of_four_[2]);
      of_pair |= may_stand(narrow_of_two_);
    }
    if (block > 0) masks[block - 1] = joined.before(of_two, of_three);
    joined.take(of_one, of_two, of_three, of_pair);
  }
  if (blocks > 0) masks[blocks - 1] = joined.last();
}

#else

#if !defined(WAFCHECK_X86_VECTORS)
WindowFilter::Vectors WindowFilter::best() {
  return Vectors::none;
}
#endif
void WindowFilter::find_simd128(const char*, size_t, uint64_t*) const {}

#endif

}  // namespace wafcheck::engine::inline match
