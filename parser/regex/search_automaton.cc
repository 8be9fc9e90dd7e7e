#include "parser/regex/search_automaton.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <map>
#include <unordered_map>

#include "parser/base/ascii.h"
#include "parser/base/escape.h"
#include "parser/regex/byte_classes.h"
#include "parser/regex/parser_state.h"

namespace wafcheck::parser::regex {
namespace {

constexpr std::array kBeforeByte = {Beside::line_feed, Beside::word, Beside::other};

/// The less, the better to read.
int oddness(uint8_t byte) {
  if (is_lower(byte)) return 0;
  if (is_digit(byte)) return 1;
  if (is_upper(byte)) return 2;
  if (is_printable(static_cast<char>(byte))) return byte == ' ' ? 4 : 3;
  if (is_space(byte)) return 5;
  return byte == 0 ? 8 : byte < 0x80 ? 6 : 7;
}

bool looks_behind(Assertion assertion) {
  return assertion != Assertion::subject_end && assertion != Assertion::line_end;
}

}  // namespace

class SearchBuilder {
 public:
  SearchBuilder(const Domain& domain, size_t most_edges)
      : domain_(domain), most_edges_(most_edges) {}

  Result<SearchAutomaton> run(std::span<const Nfa* const> nfas) {
    find_classes(nfas);
    made_.resize(2);
    made_[SearchAutomaton::kMatched] = {{{all_, SearchAutomaton::kMatched}}, true};
    std::vector<State> starts;
    for (const Nfa* nfa : nfas) starts.push_back(add(*nfa));
    if (edges_ > most_edges_) return fail(fmt::format("more than {} transitions", most_edges_));
    return finish(starts);
  }

 private:
  using State = SearchAutomaton::State;
  using Edge = SearchAutomaton::Edge;

  /// A state of one nfa, before its empty moves, between two bytes.
  struct Place {
    uint32_t at = 0;
    Beside before = Beside::other;
    bool start = false;  ///< of a match, which may begin later just as well
  };
  struct Made {
    std::vector<Edge> edges;
    bool at_end = false;
  };
  /// Of a state of the nfa.
  struct Looks {
    bool known = false;
    bool around = false;  ///< there are assertions among the empty moves
    bool behind = false;  ///< that depend on the byte before
  };

  // --- classes of bytes ---

  void find_classes(std::span<const Nfa* const> nfas) {
    ByteClasses classes;
    classes.tell_apart(domain_.bytes);
    for (const std::string& sequence : domain_.absent) {
      for (const char& byte : sequence) classes.tell_apart(ByteSet::of({&byte, 1}));
    }
    bool asserts = false;
    for (const Nfa* nfa : nfas) {
      for (const NfaState& state : nfa->states) {
        asserts = asserts || state.move == Move::assertion;
        if (state.move == Move::byte) numbers_.try_emplace(state.set);
      }
    }
    for (const auto& [set, number] : numbers_) classes.tell_apart(set);
    if (asserts) {
      classes.tell_apart(kWordBytes);
      classes.tell_apart(ByteSet::of("\n"));
    }
    std::vector<uint8_t> shown;  // by class, the first of the most readable bytes
    std::vector<bool> taken(classes.count());
    for (int odd = 0; odd <= 8; ++odd) {
      for (unsigned byte = 0; byte < 256; ++byte) {
        const auto one = static_cast<uint8_t>(byte);
        if (oddness(one) != odd || taken[classes.of()[byte]] || !domain_.bytes.contains(one)) {
          continue;
        }
        taken[classes.of()[byte]] = true;
        shown.push_back(one);
      }
    }
    classes_ = std::move(shown);
    for (auto& [set, number] : numbers_) number = numbers_of(set);
    all_ = numbers_of(ByteSet::all());
    for (const uint8_t byte : classes_) {
      besides_[static_cast<size_t>(beside(byte))] |= numbers_of(ByteSet::range(byte, byte));
    }
  }
  ByteSet numbers_of(const ByteSet& bytes) const {
    ByteSet numbers;
    for (size_t i = 0; i < classes_.size(); ++i) {
      if (bytes.contains(classes_[i])) numbers.add(static_cast<uint8_t>(i));
    }
    return numbers;
  }
  const ByteSet& classes_beside(Beside side) const { return besides_[static_cast<size_t>(side)]; }

  // --- states ---

  State add(const Nfa& nfa) {
    nfa_ = &nfa;
    looks_.assign(nfa.states.size(), {});
    seen_.assign(nfa.states.size(), 0);
    round_ = 0;
    states_.clear();
    places_.clear();
    first_ = static_cast<State>(made_.size());
    const State start = state_of({nfa.start, Beside::none, true});
    for (size_t i = 0; i < places_.size() && edges_ <= most_edges_; ++i) {
      make(places_[i], first_ + static_cast<State>(i));
    }
    return start;
  }

  State state_of(Place place) {
    if (!looks(place.at).behind) place.before = Beside::other;
    const uint64_t key = (uint64_t{place.at} * kBesides + static_cast<size_t>(place.before)) * 2 +
                         (place.start ? 1 : 0);
    const auto [known, inserted] = states_.try_emplace(key, static_cast<State>(made_.size()));
    if (inserted) {
      made_.emplace_back();
      places_.push_back(place);
    }
    return known->second;
  }

  const Looks& looks(uint32_t at) {
    if (!looks_[at].known) {
      Looks found{.known = true};
      close(at, [&](Assertion assertion) {
        found.around = true;
        found.behind = found.behind || looks_behind(assertion);
        return true;
      });
      looks_[at] = found;
    }
    return looks_[at];
  }

  void make(Place place, State state) {
    const bool at_end =
        close(place.at, [&](Assertion a) { return holds(a, place.before, Beside::none); });
    made_[state].at_end = at_end;
    targets_.clear();
    if (!looks(place.at).around) {
      close(place.at, [](Assertion) { return true; });
      read(place, at_end, all_);
    } else {
      for (const Beside after : kBeforeByte) {
        const bool matched =
            close(place.at, [&](Assertion a) { return holds(a, place.before, after); });
        read(place, matched, classes_beside(after));
      }
    }
    for (const auto& [to, classes] : targets_) made_[state].edges.push_back({classes, to});
    edges_ += targets_.size();
  }

  /// The edges that read `classes`, after close().
  void read(Place place, bool matched, const ByteSet& classes) {
    if (matched) {
      link(SearchAutomaton::kMatched, classes);
      return;
    }
    // Asking for a state closes another.
    const std::vector<uint32_t> reads = reads_;
    for (const uint32_t at : reads) {
      const NfaState& from = nfa_->states[at];
      enter({from.to}, numbers_.at(from.set) & classes);
    }
    if (place.start) enter({place.at, Beside::other, true}, classes);
  }
  void enter(Place place, const ByteSet& classes) {
    if (!looks(place.at).behind) return link(state_of(place), classes);
    for (const Beside side : kBeforeByte) {
      const ByteSet some = classes & classes_beside(side);
      if (some.empty()) continue;
      place.before = side;
      link(state_of(place), some);
    }
  }
  void link(State to, const ByteSet& classes) {
    if (!classes.empty()) targets_[to] |= classes;
  }

  /// Follows empty moves; `reads_` gets the states that read a byte. Whether a match is reached.
  template <typename Holds>
  bool close(uint32_t from, Holds may) {
    ++round_;
    reads_.clear();
    left_.assign(1, from);
    bool matched = false;
    while (!left_.empty()) {
      const uint32_t at = left_.back();
      left_.pop_back();
      if (seen_[at] == round_) continue;
      seen_[at] = round_;
      const NfaState& state = nfa_->states[at];
      if (state.move == Move::accept) matched = true;
      if (state.move == Move::byte) reads_.push_back(at);
      if (state.move == Move::split) left_.push_back(state.other);
      if (state.move == Move::split || (state.move == Move::assertion && may(state.assertion))) {
        left_.push_back(state.to);
      }
    }
    return matched;
  }

  // --- the automaton ---

  /// By state, whether anything leads from it to a match.
  std::vector<bool> useful() const {
    std::vector<std::vector<State>> from(made_.size());
    std::vector<bool> useful(made_.size());
    std::vector<State> left;
    for (State state = 0; state < made_.size(); ++state) {
      for (const Edge& edge : made_[state].edges) from[edge.to].push_back(state);
      if (made_[state].at_end) left.push_back(state);
    }
    while (!left.empty()) {
      const State state = left.back();
      left.pop_back();
      if (useful[state]) continue;
      useful[state] = true;
      left.insert(left.end(), from[state].begin(), from[state].end());
    }
    return useful;
  }

  SearchAutomaton finish(const std::vector<State>& starts) {
    const std::vector<bool> kept = useful();
    std::vector<State> renumbered(made_.size(), SearchAutomaton::kNever);
    State count = 2;
    renumbered[SearchAutomaton::kMatched] = SearchAutomaton::kMatched;
    for (State state = 2; state < made_.size(); ++state) {
      if (kept[state]) renumbered[state] = count++;
    }
    SearchAutomaton out;
    for (State state = 0; state < made_.size(); ++state) {
      if (state >= 2 && !kept[state]) continue;
      out.first_edge_.push_back(static_cast<uint32_t>(out.edges_.size()));
      out.at_end_.push_back(made_[state].at_end);
      for (const Edge& edge : made_[state].edges) {
        if (kept[edge.to]) out.edges_.push_back({edge.classes, renumbered[edge.to]});
      }
    }
    out.first_edge_.push_back(static_cast<uint32_t>(out.edges_.size()));
    for (const State start : starts) out.starts_.push_back(renumbered[start]);
    out.classes_ = std::move(classes_);
    return out;
  }

  const Domain& domain_;
  size_t most_edges_;

  std::map<ByteSet, ByteSet> numbers_;  ///< by set of bytes, its classes
  std::vector<uint8_t> classes_;
  ByteSet all_;
  std::array<ByteSet, kBesides> besides_;

  std::vector<Made> made_;
  size_t edges_ = 0;

  const Nfa* nfa_ = nullptr;
  State first_ = 0;
  std::unordered_map<uint64_t, State> states_;
  std::vector<Place> places_;  ///< by state, from first_
  std::vector<Looks> looks_;
  std::map<State, ByteSet> targets_;

  std::vector<uint64_t> seen_;
  uint64_t round_ = 0;
  std::vector<uint32_t> reads_;
  std::vector<uint32_t> left_;
};

Result<SearchAutomaton> SearchAutomaton::of(std::span<const Nfa* const> nfas, const Domain& domain,
                                            size_t most_edges) {
  return SearchBuilder(domain, most_edges).run(nfas);
}

}  // namespace wafcheck::parser::regex
