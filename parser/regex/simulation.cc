#include "parser/regex/simulation.h"

#include <bit>

namespace wafcheck::parser::regex {

// From all that is conceivable, what is contradicted is taken away until nothing is. Whether one
// state covers another depends on those that their edges lead to: these come first, so that without
// loops once is enough.
Simulation::Simulation(const SearchAutomaton& automaton, size_t most_work)
    : automaton_(automaton), words_((automaton.size() + 63) / 64) {
  const auto size = static_cast<State>(automaton.size());
  rows_.assign(size * words_, 0);
  leaders_.resize(size);
  std::vector<ByteSet> first(size);
  std::vector<std::vector<State>> from(size);
  for (State state = 0; state < size; ++state) {
    for (const SearchAutomaton::Edge& edge : automaton.edges(state)) {
      first[state] |= edge.classes;
      from[edge.to].push_back(state);
    }
  }
  for (State small = 0; small < size; ++small) {
    for (State large = 0; large < size; ++large) {
      const bool ends = !automaton.matches_at_end(small) || automaton.matches_at_end(large);
      if (ends && first[large].includes(first[small])) set(large, small, true);
    }
  }

  size_t work = 0;
  const std::vector<State> order = in_order();
  std::vector<bool> due(size, true);
  for (bool again = true; again && work <= most_work;) {
    again = false;
    for (const State small : order) {
      if (!due[small]) continue;
      due[small] = false;
      bool changed = false;
      for (size_t word = 0; word < words_ && work <= most_work; ++word) {
        for (uint64_t left = rows_[small * words_ + word]; left != 0; left &= left - 1) {
          const auto large =
              static_cast<State>(word * 64 + static_cast<size_t>(std::countr_zero(left)));
          if (large == small || still_covers(large, small, work)) continue;
          set(large, small, false);
          changed = true;
        }
      }
      if (!changed) continue;
      for (const State state : from[small]) due[state] = true;
      again = true;
    }
  }
  if (work > most_work) rows_.assign(size * words_, 0);
  for (State state = 0; state < size; ++state) {
    set(state, state, true);
    leaders_[state] = state;
    for (State other = state; other-- > 0;) {
      if (covers(state, other) && covers(other, state)) leaders_[state] = other;
    }
  }
}

void Simulation::set(State large, State small, bool covers) {
  uint64_t& word = rows_[small * words_ + large / 64];
  const uint64_t bit = uint64_t{1} << (large % 64);
  word = covers ? word | bit : word & ~bit;
}

/// Each state after those that its edges lead to, but for loops.
std::vector<Simulation::State> Simulation::in_order() const {
  struct Visit {
    State state;
    size_t edge;
  };
  std::vector<State> order;
  std::vector<bool> seen(automaton_.size());
  for (State first = 0; first < automaton_.size(); ++first) {
    if (seen[first]) continue;
    seen[first] = true;
    std::vector<Visit> path = {{first, 0}};
    while (!path.empty()) {
      const auto edges = automaton_.edges(path.back().state);
      if (path.back().edge == edges.size()) {
        order.push_back(path.back().state);
        path.pop_back();
        continue;
      }
      const State to = edges[path.back().edge++].to;
      if (seen[to]) continue;
      seen[to] = true;
      path.push_back({to, 0});
    }
  }
  return order;
}

bool Simulation::still_covers(State large, State small, size_t& work) const {
  for (const SearchAutomaton::Edge& edge : automaton_.edges(small)) {
    ByteSet left = edge.classes;
    for (const SearchAutomaton::Edge& other : automaton_.edges(large)) {
      ++work;
      if (!covers(other.to, edge.to)) continue;
      left &= ~other.classes;
      if (left.empty()) break;
    }
    if (!left.empty()) return false;
  }
  return true;
}

}  // namespace wafcheck::parser::regex
