#include "parser/regex/witness.h"

#include <algorithm>
#include <span>
#include <unordered_set>

namespace wafcheck::parser::regex {
namespace {

using State = SearchAutomaton::State;
using SetId = uint32_t;

/// Sets of states, and where each class of bytes leads to; made as they are met. A set is without
/// the states that others of it cover.
class StateSets {
 public:
  static constexpr SetId kMatched = UINT32_MAX;  ///< one of the states is matched for good

  StateSets(const SearchAutomaton& automaton, const Simulation& simulation, size_t& work)
      : automaton_(automaton),
        simulation_(simulation),
        work_(work),
        classes_(automaton.classes().size()),
        marked_(automaton.size()) {}

  SetId start(State state) {
    std::vector<State> states = {state};
    return id_of(states);
  }
  bool matches_at_end(SetId set) const { return sets_[set].at_end; }

  SetId next(SetId set, size_t byte_class) {
    const size_t at = set * classes_ + byte_class;
    if (next_[at] == kUnknown) {
      const SetId found = step(set, static_cast<uint8_t>(byte_class));
      next_[at] = found;
    }
    return next_[at];
  }

  /// Whether a state of the set covers `state`.
  bool covers(SetId set, State state) {
    ++work_;
    return (covered_[set * simulation_.words() + state / 64] >> (state % 64) & 1) != 0;
  }
  /// Whether it covers all states of `small`.
  bool covers_all(SetId large, SetId small) {
    return large == small ||
           std::ranges::all_of(states_of(small), [&](State state) { return covers(large, state); });
  }

  /// Only what no other covers, in order.
  void reduce(std::vector<State>& states) {
    for (State& state : states) state = simulation_.leader(state);
    std::ranges::sort(states);
    const auto again = std::ranges::unique(states);
    states.erase(again.begin(), again.end());
    const auto is_covered = [&](State state) {
      work_ += states.size();
      return std::ranges::any_of(
          states, [&](State other) { return other != state && simulation_.covers(other, state); });
    };
    std::vector<State> kept;
    std::ranges::copy_if(states, std::back_inserter(kept), [&](State s) { return !is_covered(s); });
    states = std::move(kept);
  }

 private:
  static constexpr SetId kUnknown = UINT32_MAX - 1;

  struct Set {
    uint32_t first = 0, end = 0;
    bool at_end = false;
  };
  struct Hash {
    using is_transparent = void;
    const StateSets* sets;
    size_t operator()(SetId id) const { return (*this)(sets->states_of(id)); }
    size_t operator()(std::span<const State> states) const {
      uint64_t hash = 0x9E3779B97F4A7C15U;
      for (const State state : states) {
        hash = (hash ^ state) * 0xD6E8FEB86659FD93U;
        hash ^= hash >> 32;
      }
      return static_cast<size_t>(hash);
    }
  };
  struct Equal {
    using is_transparent = void;
    const StateSets* sets;
    bool operator()(SetId a, SetId b) const { return a == b; }
    bool operator()(std::span<const State> a, SetId b) const {
      return std::ranges::equal(a, sets->states_of(b));
    }
    bool operator()(SetId a, std::span<const State> b) const { return (*this)(b, a); }
  };

  std::span<const State> states_of(SetId set) const {
    return std::span(pool_).subspan(sets_[set].first, sets_[set].end - sets_[set].first);
  }

  SetId step(SetId set, uint8_t byte_class) {
    std::vector<State> to;
    for (const State state : states_of(set)) {
      for (const SearchAutomaton::Edge& edge : automaton_.edges(state)) {
        ++work_;
        if (!edge.classes.contains(byte_class) || marked_[edge.to]) continue;
        marked_[edge.to] = true;
        to.push_back(edge.to);
      }
    }
    for (const State state : to) marked_[state] = false;
    if (std::ranges::find(to, SearchAutomaton::kMatched) != to.end()) return kMatched;
    return id_of(to);
  }

  SetId id_of(std::vector<State>& states) {
    reduce(states);
    if (const auto known = ids_.find(std::span<const State>(states)); known != ids_.end()) {
      return *known;
    }
    const auto id = static_cast<SetId>(sets_.size());
    const auto first = static_cast<uint32_t>(pool_.size());
    pool_.insert(pool_.end(), states.begin(), states.end());
    const bool at_end =
        std::ranges::any_of(states, [&](State s) { return automaton_.matches_at_end(s); });
    sets_.push_back({first, static_cast<uint32_t>(pool_.size()), at_end});
    next_.resize(next_.size() + classes_, kUnknown);
    const size_t words = simulation_.words();
    covered_.resize(covered_.size() + words);
    for (const State state : states) {
      simulation_.add_covered(state, std::span(covered_).last(words));
    }
    work_ += words;
    ids_.insert(id);
    return id;
  }

  const SearchAutomaton& automaton_;
  const Simulation& simulation_;
  size_t& work_;
  size_t classes_;
  std::vector<State> pool_;
  std::vector<Set> sets_;
  std::vector<SetId> next_;        ///< by set and class
  std::vector<uint64_t> covered_;  ///< by set, the states that it covers
  std::unordered_set<SetId, Hash, Equal> ids_{16, Hash{this}, Equal{this}};
  std::vector<bool> marked_;
};

/// Where AbsentSequences leads to, by state and class.
class AbsentTable {
 public:
  AbsentTable(const Domain& domain, std::span<const uint8_t> classes) : classes_(classes.size()) {
    const AbsentSequences absent(domain.absent);
    size_ = absent.size();
    for (AbsentSequences::State state = 0; state < size_; ++state) {
      for (const uint8_t byte : classes) next_.push_back(absent.next(state, byte));
    }
  }
  size_t size() const { return size_; }
  AbsentSequences::State next(AbsentSequences::State state, size_t byte_class) const {
    return next_[state * classes_ + byte_class];
  }

 private:
  size_t classes_;
  size_t size_ = 0;
  std::vector<AbsentSequences::State> next_;
};

class WitnessSearch {
 public:
  WitnessSearch(const SearchAutomaton& automaton, const Simulation& simulation,
                const Domain& domain, const WitnessLimits& limits, WitnessEffort& effort)
      : automaton_(automaton),
        limits_(limits),
        effort_(effort),
        sets_(automaton, simulation, effort.work),
        absent_(domain, automaton.classes()),
        seen_(automaton.size() * absent_.size()) {}

  Answer run(size_t part, size_t whole, const std::function<bool(const std::string&)>& take) {
    add({.state = automaton_.start(part), .set = sets_.start(automaton_.start(whole))});
    for (size_t i = 0; i < pairs_.size(); ++i) {
      const Pair pair = pairs_[i];
      if (automaton_.matches_at_end(pair.state) && !sets_.matches_at_end(pair.set) &&
          take(subject(i))) {
        return Answer::yes;
      }
      for (size_t byte_class = 0; byte_class < automaton_.classes().size(); ++byte_class) {
        if (pairs_.size() > limits_.most_pairs || effort_.work > limits_.most_work) {
          return Answer::unknown;
        }
        follow(pair, static_cast<uint32_t>(i), static_cast<uint8_t>(byte_class));
      }
    }
    return Answer::no;
  }

 private:
  struct Pair {
    State state = 0;
    SetId set = 0;
    AbsentSequences::State absent = 0;
    uint32_t from = 0;  ///< the pair before
    uint8_t byte_class = 0;
  };

  void follow(const Pair& pair, uint32_t from, uint8_t byte_class) {
    const AbsentSequences::State absent = absent_.next(pair.absent, byte_class);
    if (absent == AbsentSequences::kFound) return;
    to_.clear();
    for (const SearchAutomaton::Edge& edge : automaton_.edges(pair.state)) {
      ++effort_.work;
      if (edge.classes.contains(byte_class)) to_.push_back(edge.to);
    }
    if (to_.empty()) return;
    const SetId set = sets_.next(pair.set, byte_class);
    if (set == StateSets::kMatched) return;
    sets_.reduce(to_);
    for (const State state : to_) add({state, set, absent, from, byte_class});
  }

  void add(const Pair& pair) {
    if (sets_.covers(pair.set, pair.state)) return;
    std::vector<SetId>& seen = seen_[pair.state * absent_.size() + pair.absent];
    for (const SetId smaller : seen) {
      if (sets_.covers_all(pair.set, smaller)) return;
    }
    seen.push_back(pair.set);
    pairs_.push_back(pair);
    ++effort_.pairs;
  }

  std::string subject(size_t at) const {
    std::string out;
    for (; at != 0; at = pairs_[at].from) {
      out += static_cast<char>(automaton_.classes()[pairs_[at].byte_class]);
    }
    std::ranges::reverse(out);
    return out;
  }

  const SearchAutomaton& automaton_;
  const WitnessLimits& limits_;
  WitnessEffort& effort_;
  StateSets sets_;
  AbsentTable absent_;
  std::vector<Pair> pairs_;
  std::vector<std::vector<SetId>> seen_;  ///< by state and absent_
  std::vector<State> to_;
};

}  // namespace

Answer find_witness(const SearchAutomaton& automaton, const Simulation& simulation,
                    const Domain& domain, size_t part, size_t whole, const WitnessLimits& limits,
                    const std::function<bool(const std::string&)>& take, WitnessEffort& effort) {
  return WitnessSearch(automaton, simulation, domain, limits, effort).run(part, whole, take);
}

std::vector<std::string> covering_subjects(const SearchAutomaton& automaton, const Domain& domain,
                                           size_t part, size_t most) {
  struct Way {
    State next = SearchAutomaton::kNever;  ///< towards the other end
    uint8_t byte = 0;
    bool known = false;
  };
  const auto byte_of = [&](const SearchAutomaton::Edge& edge) {
    return automaton.classes()[edge.classes.first()];
  };
  // From the start to each state, and from each state to a match.
  std::vector<Way> to(automaton.size()), on(automaton.size());
  std::vector<State> reached = {automaton.start(part)};
  to[reached[0]].known = true;
  for (size_t i = 0; i < reached.size(); ++i) {
    for (const SearchAutomaton::Edge& edge : automaton.edges(reached[i])) {
      if (to[edge.to].known) continue;
      to[edge.to] = {reached[i], byte_of(edge), true};
      reached.push_back(edge.to);
    }
  }
  std::vector<std::vector<std::pair<State, uint8_t>>> back(automaton.size());
  std::vector<State> matching;
  for (const State state : reached) {
    for (const SearchAutomaton::Edge& edge : automaton.edges(state)) {
      back[edge.to].emplace_back(state, byte_of(edge));
    }
    if (automaton.matches_at_end(state)) {
      on[state].known = true;
      matching.push_back(state);
    }
  }
  for (size_t i = 0; i < matching.size(); ++i) {
    for (const auto& [state, byte] : back[matching[i]]) {
      if (on[state].known) continue;
      on[state] = {matching[i], byte, true};
      matching.push_back(state);
    }
  }

  const AbsentSequences absent(domain.absent);
  std::unordered_set<std::string> taken;
  std::vector<std::string> subjects;
  for (const State state : reached) {
    for (const SearchAutomaton::Edge& edge : automaton.edges(state)) {
      if (subjects.size() == most || !on[edge.to].known) continue;
      std::string subject;
      for (State at = state; at != automaton.start(part); at = to[at].next) {
        subject += static_cast<char>(to[at].byte);
      }
      std::ranges::reverse(subject);
      subject += static_cast<char>(byte_of(edge));
      for (State at = edge.to; !automaton.matches_at_end(at); at = on[at].next) {
        subject += static_cast<char>(on[at].byte);
      }
      if (!absent.found_in(subject) && taken.insert(subject).second) {
        subjects.push_back(std::move(subject));
      }
    }
  }
  std::ranges::stable_sort(subjects, {}, &std::string::size);
  return subjects;
}

}  // namespace wafcheck::parser::regex
