#pragma once
// Which states of an automaton can do whatever another can: the simulation preorder. After
// Henzinger, Henzinger and Kopke, "Computing Simulations on Finite and Infinite Graphs" (1995).

#include <cstdint>
#include <vector>

#include "parser/regex/search_automaton.h"

namespace wafcheck::parser::regex {

class Simulation {
 public:
  using State = SearchAutomaton::State;

  /// Where it would take more than `most_work` comparisons of edges, no state stands for another.
  Simulation(const SearchAutomaton& automaton, size_t most_work);

  /// Whether every subject that leads from `small` to a match leads from `large` to one. False if
  /// that is not known.
  bool covers(State large, State small) const {
    return (rows_[small * words_ + large / 64] >> (large % 64) & 1) != 0;
  }
  /// One for all states that cover one another.
  State leader(State state) const { return leaders_[state]; }

 private:
  std::vector<State> in_order() const;
  bool still_covers(State large, State small, size_t& work) const;
  void set(State large, State small, bool covers);

  const SearchAutomaton& automaton_;
  size_t words_;
  std::vector<uint64_t> rows_;  ///< by state, the states that cover it
  std::vector<State> leaders_;
};

}  // namespace wafcheck::parser::regex
