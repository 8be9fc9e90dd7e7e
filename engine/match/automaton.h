#pragma once
// Many expressions as one automaton, which says in one pass over a text which of them match. Its
// states are made when a text leads to them, within bounds: see LazyDfa.

#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "parser/regex/nfa.h"

namespace wafcheck::engine::inline match {

/// The expressions' own automata side by side. Immutable; safe to share.
class Automaton {
 public:
  static constexpr size_t kMaxPatterns = 64;

  /// Pattern i is `nfas[i]`; kMaxPatterns at most.
  explicit Automaton(const std::vector<parser::regex::Nfa>& nfas);

  size_t size() const { return starts_.size(); }
  size_t memory() const;

 private:
  friend class LazyDfa;

  struct Node {
    parser::regex::Move move = parser::regex::Move::accept;
    parser::regex::Assertion assertion = parser::regex::Assertion::subject_start;
    uint16_t set = 0;  ///< of a byte: into sets_
    uint32_t to = 0;   ///< the next node; of an accept: the pattern
    uint32_t other = 0;
  };

  /// One of the nodes that a node leads to before a byte is read or an assertion asked. What is
  /// needed of those that read is here too, as they are many and lie apart.
  struct Way {
    uint32_t node = 0;
    uint32_t to = 0;
    uint16_t set = 0;
    bool reads = false;
  };
  /// A range of ways_.
  struct Ways {
    uint32_t first = 0, end = 0;
  };

  void find_ways();
  bool reads(uint16_t set, uint8_t byte_class) const {
    return (read_by_[byte_class * set_words_ + set / 64] >> (set % 64) & 1) != 0;
  }

  std::vector<Node> nodes_;
  std::vector<uint32_t> starts_;
  std::vector<Ways> ways_of_;  ///< by node
  std::vector<Way> ways_;
  size_t set_words_ = 0;
  std::vector<uint64_t> read_by_;  ///< by class, a bit for each set that holds it
  /// Bytes that no expression tells from one another, and no assertion.
  std::array<uint8_t, 256> class_of_{};
  std::vector<parser::regex::Beside> beside_;  ///< by class
};

/// Runs an Automaton, keeping the states it meets. Not thread-safe: one a thread.
class LazyDfa {
 public:
  /// Texts that are longer are not looked at.
  static constexpr size_t kMaxText = size_t{256} << 10;

  explicit LazyDfa(const Automaton& automaton);

  /// Whether a text may cost as many new states as it takes, or only what texts before have earned
  /// by costing none: where all are different, making states takes longer than it saves.
  enum class Effort : uint8_t { bounded, whole };

  /// The patterns that match `text`, as bits; nothing if that would take too much.
  std::optional<uint64_t> matches(std::string_view text, Effort effort);
  /// The same of several, which run side by side: each waits for memory most of the time.
  /// `answers`: one for each.
  static void match(std::span<LazyDfa* const> dfas, std::string_view text, Effort effort,
                    std::span<std::optional<uint64_t>> answers);
  static constexpr size_t kMaxTogether = 16;

  /// Bytes, of which there are kMaxMemory at most and a little more.
  size_t memory() const { return (next_.size() + keys_.size()) * sizeof(uint32_t); }
  static constexpr size_t kMaxMemory = size_t{1} << 20;

 private:
  /// The nodes that the bytes so far lead to, before empty moves, in keys_.
  struct State {
    uint32_t first = 0, end = 0;
    uint64_t hash = 0;
    uint64_t matched = 0;  ///< patterns whose match ended before the last byte
    uint64_t at_end = 0;   ///< patterns that match if the text ends here; if known_end
    bool known_end = false;
    parser::regex::Beside before = parser::regex::Beside::none;
  };
  /// What a search that begins between two bytes leads to.
  struct Begun {
    bool computed = false;
    uint64_t matched = 0;
    std::vector<uint32_t> nodes;
  };

  // Entries of next_: where a state's row begins, and whether there is more to do than to go on.
  static constexpr uint32_t kMatched = uint32_t{1} << 31;
  static constexpr uint32_t kUnknown = UINT32_MAX;

  /// One of those that run side by side.
  struct Lane {
    LazyDfa* dfa = nullptr;
    const uint32_t* next = nullptr;
    const uint8_t* classes = nullptr;
    uint32_t row = 0;  ///< of its state
    uint32_t index = 0;
    uint64_t matched = 0;
    bool all_known = true;
  };

  void clear();
  bool turn(Lane& lane, uint32_t next, unsigned char byte, Effort effort);
  uint64_t finish(const Lane& lane);
  uint32_t step(uint32_t state, uint8_t byte_class);
  const Begun& begun(parser::regex::Beside before, uint8_t byte_class);
  uint64_t at_end(uint32_t state);
  /// Patterns that match without another byte; calls `reading(way)` with those that read one,
  /// some more than once.
  template <typename Reading>
  uint64_t close(std::span<const uint32_t> nodes, parser::regex::Beside before,
                 parser::regex::Beside after, const Reading& reading);
  std::span<const uint32_t> nodes_of(const State& state) const {
    return {keys_.data() + state.first, keys_.data() + state.end};
  }
  uint32_t state_of(std::vector<uint32_t>& nodes, uint64_t matched, parser::regex::Beside before);
  void rehash();

  const Automaton& automaton_;
  size_t classes_;
  int64_t credit_;
  std::vector<State> states_;
  std::vector<uint32_t> keys_;
  std::vector<uint32_t> next_;     ///< by state and class
  std::vector<uint32_t> buckets_;  ///< open addressing; 0: free, else number + 1
  std::vector<Begun> begun_;       ///< by what stands before, and class
  std::vector<uint32_t> seen_;     ///< by node, the round it was last seen in
  uint32_t round_ = 0;
  std::vector<uint32_t> left_, nodes_;
};

}  // namespace wafcheck::engine::inline match
