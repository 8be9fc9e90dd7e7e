#pragma once
// Random choices that are the same on every machine: those of <random> depend on the library.

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace wafcheck::differential {

/// SplitMix64 (Steele, Lea, Flood 2014).
class Random {
 public:
  explicit Random(uint64_t seed) : state_(seed) {}

  uint64_t next() {
    uint64_t mixed = (state_ += 0x9E3779B97F4A7C15);
    mixed = (mixed ^ (mixed >> 30)) * 0xBF58476D1CE4E5B9;
    mixed = (mixed ^ (mixed >> 27)) * 0x94D049BB133111EB;
    return mixed ^ (mixed >> 31);
  }
  /// From 0 to below `bound`.
  size_t below(size_t bound) { return static_cast<size_t>(next() % bound); }
  /// From `low` to `high`, both included.
  size_t between(size_t low, size_t high) { return low + below(high - low + 1); }
  bool percent(unsigned chance) { return below(100) < chance; }

  template <typename List>
  const auto& pick(const List& list) {
    return *(std::begin(list) + static_cast<std::ptrdiff_t>(below(std::size(list))));
  }
  /// One of the words between bars: "On|Off".
  std::string word_of(std::string_view list) {
    size_t count = 1;
    for (const char byte : list) count += byte == '|' ? 1 : 0;
    for (size_t skip = below(count); skip > 0; --skip) list.remove_prefix(list.find('|') + 1);
    return std::string(list.substr(0, list.find('|')));
  }

 private:
  uint64_t state_;
};

}  // namespace wafcheck::differential
