#pragma once
// Many phrases sought at once, ASCII letters in either case: the automaton of Aho and Corasick.
//
// Bytes fall into classes (all bytes that no phrase holds are one class, a letter and its capital
// another), and states are numbered breadth first. The shallow states, where a scan spends its
// time, have a complete row of transitions; the deep ones, which are most of the memory of a plain
// table, keep only their own edges and a link to the longest suffix that is a state too. A scan
// takes at most two steps a byte on average, whatever the input.

#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace wafcheck::engine::operators {

class PhraseSet {
 public:
  struct Hit {
    size_t begin;
    size_t end;
    uint32_t phrase;  ///< index into what was handed to the constructor
  };

  /// What the phrases may amount to together; the constructor asserts it.
  static constexpr size_t kMaxBytes = (size_t{1} << 23) - 2;

  /// Of phrases equal but for case the first counts; empty ones are never found.
  explicit PhraseSet(std::span<const std::string> phrases);

  /// The occurrence that ends first; of several that end there, the longest.
  std::optional<Hit> first_to_end(std::string_view text) const;

  /// The occurrence that begins first, of those the longest; nothing before `from` counts.
  std::optional<Hit> leftmost_longest(std::string_view text, size_t from) const;

  /// Heap memory in use, in bytes.
  size_t memory() const;

 private:
  struct Trie;
  using State = uint32_t;
  /// A state as scans carry it: shifted to the offset of its row, and marked if a phrase ends
  /// there.
  using Cursor = uint32_t;
  static constexpr Cursor kHit = Cursor{1} << 31;

  Cursor cursor_of(State state) const;
  Cursor step(Cursor cursor, char byte) const;
  void number_states(const Trie& trie);
  void link_suffixes();
  void fill_rows();
  std::optional<State> child(State state, uint8_t byte_class) const;

  std::array<uint8_t, 256> class_of_{};
  uint32_t classes_ = 1;
  unsigned row_shift_ = 0;  ///< a row has 2^row_shift_ cells, one a class
  Cursor rows_end_ = 0;     ///< states from here on have no row
  std::vector<Cursor> rows_;
  std::vector<uint32_t> edges_begin_;  ///< by state, one more than states
  std::vector<uint8_t> edge_class_;
  std::vector<State> suffix_;
  std::vector<uint32_t> depth_;
  std::vector<uint32_t> ending_;   ///< by state: the longest phrase that ends here, or kNone
  std::vector<uint32_t> lengths_;  ///< by phrase
};

}  // namespace wafcheck::engine::operators
