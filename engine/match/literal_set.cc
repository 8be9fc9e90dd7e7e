#include "engine/match/literal_set.h"

#include <algorithm>
#include <array>
#include <bit>

namespace wafcheck::engine::inline match {
namespace {

/// From so many bytes on, a literal has windows of four, or of eight, at each of four positions.
constexpr size_t kLongForFour = 7, kLongForEight = 11;
/// So few literals that could have several windows of four have one: the filter of blocks finds
/// them at no cost.
constexpr size_t kFewLong = 128;

/// How rare a byte is in what browsers send and servers answer, roughly: a rare window wakes the
/// close look less often.
constexpr std::array<uint8_t, 256> kRarity = [] {
  constexpr std::string_view kByFrequency = " etaoinsrhldcumfpgwybvkxjqz";
  constexpr std::string_view kOfMarkup = "<>/\"=-.";
  std::array<uint8_t, 256> rarity{};
  rarity.fill(20);
  for (const char byte : kOfMarkup) rarity[static_cast<unsigned char>(byte)] = 10;
  for (unsigned char digit = '0'; digit <= '9'; ++digit) rarity[digit] = 12;
  for (uint8_t at = 0; at < kByFrequency.size(); ++at) {
    const char byte = kByFrequency[at];
    rarity[static_cast<unsigned char>(byte)] = at;
    if (is_alpha(byte)) rarity[static_cast<unsigned char>(byte ^ 0x20)] = at;
  }
  return rarity;
}();

/// Where the rarest run of `count` windows begins, each a byte behind the one before: the one whose
/// most common window is the rarest.
size_t rarest_windows(std::string_view bytes, size_t width, size_t count) {
  const auto rarity_at = [&](size_t at) {
    int sum = 0;
    for (size_t i = at; i < at + width; ++i) sum += kRarity[static_cast<unsigned char>(bytes[i])];
    return sum;
  };
  size_t best = 0;
  int most = -1;
  for (size_t at = 0; at + width + count - 1 <= bytes.size(); ++at) {
    int least = rarity_at(at);
    for (size_t i = 1; i < count; ++i) least = std::min(least, rarity_at(at + i));
    if (least > most) {
      most = least;
      best = at;
    }
  }
  return best;
}

}  // namespace

LiteralSet::LiteralSet(std::vector<Literal> literals) : literals_(std::move(literals)) {
  std::vector<Window> two, four, long_four, long_eight;
  const auto add = [&](std::vector<Window>& to, uint32_t literal, size_t width, size_t count) {
    const std::string_view bytes = literals_[literal].bytes;
    const size_t first = rarest_windows(bytes, width, count);
    for (size_t at = first; at < first + count; ++at) {
      Key key = 0;
      std::memcpy(&key, bytes.data() + at, width);
      key |= kFold >> (64 - 8 * width);
      to.push_back({key, literal, static_cast<uint32_t>(at)});
    }
  };
  const auto is_for_long_four = [](const Literal& literal) {
    return literal.bytes.size() >= kLongForFour && literal.bytes.size() < kLongForEight;
  };
  const bool few =
      static_cast<size_t>(std::ranges::count_if(literals_, is_for_long_four)) <= kFewLong;
  for (uint32_t i = 0; i < literals_.size(); ++i) {
    const size_t size = literals_[i].bytes.size();
    if (size >= kLongForEight) {
      add(long_eight, i, 8, kStride);
    } else if (size >= kLongForFour && !few) {
      add(long_four, i, 4, kStride);
    } else if (size >= 4) {
      add(four, i, 4, 1);
    } else {
      add(two, i, 2, 1);
    }
  }
  std::vector<uint32_t> fours;
  std::vector<uint16_t> twos;
  for (const Window& window : four) fours.push_back(static_cast<uint32_t>(window.key));
  for (const Window& window : two) twos.push_back(static_cast<uint16_t>(window.key));
  filter_ = WindowFilter(fours, twos);
  two_.build(std::move(two));
  four_.build(std::move(four));
  long_four_.build(std::move(long_four));
  long_eight_.build(std::move(long_eight));
}

void LiteralSet::Table::build(std::vector<Window> all) {
  // One bit in sixteen is set at most, and the bitmap stays within the innermost cache.
  const unsigned slot_bits = std::clamp(static_cast<unsigned>(std::bit_width(all.size())), 1U, 16U);
  const unsigned bitmap_bits = std::clamp<unsigned>(slot_bits + 5, 9, 17);
  slot_shift = 64 - slot_bits;
  bitmap_shift = 64 - bitmap_bits;
  bitmap.assign(size_t{1} << (bitmap_bits - 6), 0);
  slots.assign((size_t{1} << slot_bits) + 1, 0);
  std::ranges::stable_sort(all, {},
                           [&](const Window& window) { return hash(window.key) >> slot_shift; });
  for (const Window& window : all) {
    const uint64_t hashed = hash(window.key);
    const auto bit = static_cast<size_t>(hashed >> bitmap_shift);
    bitmap[bit >> 6] |= uint64_t{1} << (bit & 63) | uint64_t{1} << second_bit(hashed);
    ++slots[static_cast<size_t>(hashed >> slot_shift) + 1];
  }
  for (size_t i = 1; i < slots.size(); ++i) slots[i] += slots[i - 1];
  windows = std::move(all);
}

size_t LiteralSet::Table::memory() const {
  return bitmap.capacity() * sizeof(uint64_t) + slots.capacity() * sizeof(uint32_t) +
         windows.capacity() * sizeof(Window);
}

size_t LiteralSet::memory() const {
  return literals_.capacity() * sizeof(Literal) + two_.memory() + four_.memory() +
         long_four_.memory() + long_eight_.memory();
}

}  // namespace wafcheck::engine::inline match
