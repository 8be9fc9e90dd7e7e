#pragma once
// The places of an expression at which a byte is taken, and which of them can follow one another:
// an automaton without empty moves, over which ambiguity is looked for. It takes at least what the
// expression does: assertions hold everywhere, look-arounds may be left out, references are empty.

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "parser/regex/tree.h"

namespace wafcheck::parser::regex {

using Position = uint32_t;
inline constexpr uint32_t kNoLoop = UINT32_MAX;
inline constexpr Position kStart = 0;  ///< before the first byte

/// Repetitions of fewer than these are no loop.
inline constexpr uint32_t kLoopFrom = 16;

struct Loop {
  NodeId repeat = kNoNode;
  Position begin = 0;  ///< the positions within are [begin, end)
  Position end = 0;
  uint32_t outer = kNoLoop;
};

struct Edge {
  Position to = 0;
  bool doubled = false;  ///< there are two ways from one to the other
};

class Positions {
 public:
  /// Nothing if the expression has too many positions or edges. With `search`, kStart takes any
  /// byte again and again, as a search does that tries every place.
  static std::optional<Positions> of(const Tree& tree, bool search);

  size_t size() const { return sets_.size(); }
  const ByteSet& set(Position p) const { return sets_[p]; }
  std::span<const Edge> edges(Position p) const {
    return std::span(edges_).subspan(first_edge_[p], first_edge_[p + 1] - first_edge_[p]);
  }
  bool final(Position p) const { return final_[p]; }

  /// The innermost loop around `p`; kNoLoop: none.
  uint32_t loop_of(Position p) const { return loop_of_[p]; }
  const Loop& loop(uint32_t index) const { return loops_[index]; }
  /// Whether what was taken at `p` can be given back once `q` is reached: no atomic group or
  /// possessive quantifier ends between them.
  bool gives_back(Position p, Position q) const;

  /// The strongly connected component of each position; those that are no loop have none.
  static constexpr uint32_t kNoComponent = UINT32_MAX;
  uint32_t component(Position p) const { return component_[p]; }
  std::span<const std::vector<Position>> components() const { return components_; }

 private:
  friend class PositionBuilder;
  void find_components();

  struct Range {
    Position begin = 0;
    Position end = 0;
  };
  std::vector<ByteSet> sets_;
  std::vector<Edge> edges_;
  std::vector<uint32_t> first_edge_;
  std::vector<bool> final_;
  std::vector<Loop> loops_;
  std::vector<uint32_t> loop_of_;
  std::vector<Range> atomic_;  ///< inner before outer
  std::vector<uint32_t> component_;
  std::vector<std::vector<Position>> components_;
};

}  // namespace wafcheck::parser::regex
