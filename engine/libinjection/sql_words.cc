#include "engine/libinjection/sql_words.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <string_view>
#include <vector>

#include "engine/libinjection/sql_token.h"
#include "parser/base/ascii.h"

namespace wafcheck::engine::libinjection {
namespace {

struct Word {
  std::string_view text;
  char type;
};

constexpr Word kWords[] = {
#include "engine/libinjection/keywords.inc"
};
static_assert(std::ranges::is_sorted(kWords, std::less_equal{}, &Word::text), "sorted, unique");

constexpr size_t hash(std::string_view word) {
  uint32_t value = 2166136261u;  // FNV-1a
  for (const char c : word) value = (value ^ uint8_t(to_upper(c))) * 16777619u;
  return value ^ (value >> 15);
}

// Open addressing: a slot holds an index into kWords plus one, 0 ends the search.
constexpr size_t kSlots = 4096;
static_assert(std::size(kWords) * 2 < kSlots, "searches stay short");

constexpr std::array<uint16_t, kSlots> kWordSlots = [] {
  std::array<uint16_t, kSlots> slots{};
  for (uint16_t i = 0; i < std::size(kWords); ++i) {
    size_t slot = hash(kWords[i].text) % kSlots;
    while (slots[slot] != 0) slot = (slot + 1) % kSlots;
    slots[slot] = static_cast<uint16_t>(i + 1);
  }
  return slots;
}();

constexpr std::string_view kFingerprintText =
#include "engine/libinjection/fingerprints.inc"
    ;
static_assert(kFingerprintText.ends_with(' '), "each ends with a space");
constexpr size_t kMaxFingerprint = 5;

/// A fingerprint as a number that sorts as its text does.
constexpr uint64_t packed(std::string_view fingerprint) {
  uint64_t value = 0;
  for (size_t i = 0; i < kMaxFingerprint; ++i) {
    const char letter = i < fingerprint.size() ? to_upper(fingerprint[i]) : '\0';
    value = value << 8 | uint8_t(letter);
  }
  return value;
}

/// All fingerprints, sorted. Packed at the first use: packing so long a text while compiling takes
/// the compiler as long as the rest of the library.
const std::vector<uint64_t>& fingerprints() {
  static const std::vector<uint64_t> list = [] {
    std::vector<uint64_t> packed_list;
    std::string_view rest = kFingerprintText;
    while (!rest.empty()) {
      const size_t end = rest.find(' ');
      packed_list.push_back(packed(rest.substr(0, end)));
      rest.remove_prefix(end + 1);
    }
    std::ranges::sort(packed_list);
    return packed_list;
  }();
  return list;
}

}  // namespace

char lookup_word(std::string_view word) {
  if (word.empty() || word.size() > kMaxValue) return 0;
  for (size_t slot = hash(word) % kSlots; kWordSlots[slot] != 0; slot = (slot + 1) % kSlots) {
    const Word& entry = kWords[kWordSlots[slot] - 1];
    if (iequals(entry.text, word)) return entry.type;
  }
  return 0;
}

bool is_known_fingerprint(std::string_view fingerprint) {
  return fingerprint.size() <= kMaxFingerprint &&
         std::ranges::binary_search(fingerprints(), packed(fingerprint));
}

}  // namespace wafcheck::engine::libinjection
