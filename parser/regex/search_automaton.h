#pragma once
// Searches for expressions as one automaton without empty moves: a run reads a subject from its
// start, begins a match at any place, and stays matched once it is. Victor Glushkov's construction,
// with what an assertion sees behind it made part of the state.

#include <cstdint>
#include <span>
#include <vector>

#include "parser/base/result.h"
#include "parser/regex/domain.h"
#include "parser/regex/nfa.h"

namespace wafcheck::parser::regex {

class SearchAutomaton {
 public:
  using State = uint32_t;
  static constexpr State kMatched = 0;  ///< whatever comes
  static constexpr State kNever = 1;    ///< whatever comes

  struct Edge {
    ByteSet classes;  ///< numbers of classes of bytes
    State to = kNever;
  };

  /// Both are read only within the domain. Fails if there would be more than `most_edges`.
  static Result<SearchAutomaton> of(std::span<const Nfa* const> nfas, const Domain& domain,
                                    size_t most_edges);

  size_t size() const { return first_edge_.size() - 1; }
  std::span<const Edge> edges(State state) const {
    return std::span(edges_).subspan(first_edge_[state],
                                     first_edge_[state + 1] - first_edge_[state]);
  }
  /// Whether there is a match if the subject ends here.
  bool matches_at_end(State state) const { return at_end_[state]; }
  /// Of the nfa with this number.
  State start(size_t number) const { return starts_[number]; }

  /// Classes of bytes that nothing tells from one another, by the byte that each is shown as: the
  /// most readable ones first.
  std::span<const uint8_t> classes() const { return classes_; }

 private:
  friend class SearchBuilder;

  std::vector<Edge> edges_;
  std::vector<uint32_t> first_edge_;
  std::vector<bool> at_end_;
  std::vector<State> starts_;
  std::vector<uint8_t> classes_;
};

}  // namespace wafcheck::parser::regex
