#include "engine/match/literal_set.h"

#include <algorithm>
#include <bit>

namespace wafcheck::engine::inline match {
namespace {

/// How common a byte is in what browsers send and servers answer, in rough classes: a rare window
/// wakes the close look less often.
int commonness(unsigned char byte) {
  constexpr std::string_view kFrequent = "etaoinsrhl ";
  const char lower = to_lower(static_cast<char>(byte));
  if (kFrequent.find(lower) != std::string_view::npos) return 4;
  if (is_alpha(byte)) return 3;
  if (is_digit(byte) || lower == '/' || lower == '.' || lower == '"' || lower == '=' ||
      lower == '-')
    return 2;
  return byte >= 0x21 && byte < 0x7f ? 1 : 0;
}

size_t rarest_window(std::string_view bytes, size_t width) {
  size_t best = 0;
  int least = 1000;
  for (size_t at = 0; at + width <= bytes.size(); ++at) {
    int sum = 0;
    for (size_t i = at; i < at + width; ++i)
      sum += commonness(static_cast<unsigned char>(bytes[i]));
    if (sum < least) {
      least = sum;
      best = at;
    }
  }
  return best;
}

}  // namespace

LiteralSet::LiteralSet(std::vector<Literal> literals) : literals_(std::move(literals)) {
  std::vector<Window> two, four;
  for (uint32_t i = 0; i < literals_.size(); ++i) {
    const std::string& bytes = literals_[i].bytes;
    const size_t width = bytes.size() >= 4 ? 4 : 2;
    const size_t at = rarest_window(bytes, width);
    uint32_t key = 0;
    std::memcpy(&key, bytes.data() + at, width);
    key |= width == 4 ? kFold : kFold & 0xffff;
    (width == 4 ? four : two).push_back({key, i, static_cast<uint32_t>(at)});
  }
  two_.build(std::move(two));
  four_.build(std::move(four));
}

void LiteralSet::Table::build(std::vector<Window> all) {
  // One bit in thirty-two is set at most, and the bitmap stays within the innermost cache.
  const unsigned slot_bits = std::clamp(static_cast<unsigned>(std::bit_width(all.size())), 1U, 16U);
  const unsigned bitmap_bits = std::clamp<unsigned>(slot_bits + 5, 9, 17);
  slot_shift = 32 - slot_bits;
  bitmap_shift = 32 - bitmap_bits;
  bitmap.assign(size_t{1} << (bitmap_bits - 6), 0);
  slots.assign((size_t{1} << slot_bits) + 1, 0);
  std::ranges::stable_sort(all, {},
                           [&](const Window& window) { return hash(window.key) >> slot_shift; });
  for (const Window& window : all) {
    const uint32_t bit = hash(window.key) >> bitmap_shift;
    bitmap[bit >> 6] |= uint64_t{1} << (bit & 63);
    ++slots[(hash(window.key) >> slot_shift) + 1];
  }
  for (size_t i = 1; i < slots.size(); ++i) slots[i] += slots[i - 1];
  windows = std::move(all);
}

size_t LiteralSet::memory() const {
  size_t bytes = literals_.capacity() * sizeof(Literal);
  for (const Table* table : {&two_, &four_}) {
    bytes += table->bitmap.capacity() * 8 + table->slots.capacity() * 4 +
             table->windows.capacity() * sizeof(Window);
  }
  return bytes;
}

}  // namespace wafcheck::engine::inline match
