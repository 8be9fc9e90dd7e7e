// Both automata are run at once on every subject there is, bytes that neither tells from another
// taken together. A state of the run is a set of states of each.

#include "parser/regex/inclusion.h"

#include <algorithm>
#include <array>
#include <map>
#include <span>
#include <vector>

#include "parser/regex/nfa.h"
#include "parser/regex/parser_state.h"

namespace wafcheck::parser::regex {
namespace {

constexpr size_t kMaxRuns = 10'000;
constexpr size_t kMaxWork = 20'000'000;  ///< states visited

using States = std::vector<uint32_t>;

/// One automaton at one place in the subject.
struct Side {
  States states;         ///< before empty moves, sorted
  bool matched = false;  ///< and stays so
  friend auto operator<=>(const Side&, const Side&) = default;
};

class Simulator {
 public:
  Simulator(const Nfa& nfa, size_t& work) : nfa_(nfa), work_(work), seen_(nfa.states.size()) {}

  Side start() const { return {.states = {nfa_.start}}; }

  /// Follows empty moves between two bytes; true if a match is reached.
  bool close(const Side& side, Beside before, Beside after) {
    ++round_;
    closed_.clear();
    left_.assign(side.states.begin(), side.states.end());
    bool matched = side.matched;
    while (!left_.empty()) {
      const uint32_t at = left_.back();
      left_.pop_back();
      if (seen_[at] == round_) continue;
      seen_[at] = round_;
      ++work_;
      const NfaState& state = nfa_.states[at];
      switch (state.move) {
        case Move::byte:
          closed_.push_back(at);
          break;
        case Move::split:
          left_.push_back(state.to);
          left_.push_back(state.other);
          break;
        case Move::assertion:
          if (holds(state.assertion, before, after)) left_.push_back(state.to);
          break;
        case Move::accept:
          matched = true;
          break;
      }
    }
    return matched;
  }

  /// Reads a byte after close(); a search starts again at every place.
  Side read(uint8_t byte, bool matched) {
    if (matched) return {.states = {}, .matched = true};
    Side out;
    for (const uint32_t at : closed_) {
      if (nfa_.states[at].set.contains(byte)) out.states.push_back(nfa_.states[at].to);
    }
    out.states.push_back(nfa_.start);
    std::ranges::sort(out.states);
    const auto again = std::ranges::unique(out.states);
    out.states.erase(again.begin(), again.end());
    return out;
  }

 private:
  const Nfa& nfa_;
  size_t& work_;
  std::vector<uint64_t> seen_;  ///< by state, the round it was last seen in
  uint64_t round_ = 0;
  States closed_;
  States left_;
};

/// The first byte of each class of bytes that both automata treat alike.
std::vector<uint8_t> representatives(const Nfa& a, const Nfa& b) {
  std::vector<ByteSet> sets = {ByteSet::of("\n"), kWordBytes};
  for (const Nfa* nfa : {&a, &b}) {
    for (const NfaState& state : nfa->states) {
      if (state.move == Move::byte) sets.push_back(state.set);
    }
  }
  std::ranges::sort(sets);
  const auto again = std::ranges::unique(sets);
  sets.erase(again.begin(), again.end());

  std::array<uint32_t, 256> classes{};
  uint32_t count = 1;
  for (const ByteSet& set : sets) {
    std::map<std::pair<uint32_t, bool>, uint32_t> refined;
    for (unsigned byte = 0; byte < 256; ++byte) {
      const std::pair key(classes[byte], set.contains(static_cast<uint8_t>(byte)));
      const auto found = refined.try_emplace(key, static_cast<uint32_t>(refined.size())).first;
      classes[byte] = found->second;
    }
    count = static_cast<uint32_t>(refined.size());
  }
  std::vector<uint8_t> out;
  std::vector<bool> taken(count);
  for (unsigned byte = 0; byte < 256; ++byte) {
    if (taken[classes[byte]]) continue;
    taken[classes[byte]] = true;
    out.push_back(static_cast<uint8_t>(byte));
  }
  return out;
}

struct Run {
  Side whole;
  Side part;
  Beside before = Beside::none;
  friend auto operator<=>(const Run&, const Run&) = default;
};

Inclusion compare(const Nfa& whole_nfa, const Nfa& part_nfa) {
  size_t work = 0;
  Simulator whole(whole_nfa, work);
  Simulator part(part_nfa, work);
  const std::vector<uint8_t> bytes = representatives(whole_nfa, part_nfa);

  struct Step {
    const Run* run;
    size_t from;
    uint8_t byte;
  };
  std::map<Run, size_t> seen;
  std::vector<Step> steps;
  const auto add = [&](Run run, size_t from, uint8_t byte) {
    const auto [at, inserted] = seen.try_emplace(std::move(run), steps.size());
    if (inserted) steps.push_back({&at->first, from, byte});
  };
  const auto subject = [&](size_t at) {
    std::string out;
    for (; at != 0; at = steps[at].from) out += static_cast<char>(steps[at].byte);
    std::ranges::reverse(out);
    return out;
  };

  add({whole.start(), part.start(), Beside::none}, 0, 0);
  for (size_t i = 0; i < steps.size(); ++i) {
    const Run& run = *steps[i].run;
    if (!whole.close(run.whole, run.before, Beside::none) &&
        part.close(run.part, run.before, Beside::none)) {
      return {Answer::no, subject(i)};
    }
    for (const uint8_t byte : bytes) {
      if (steps.size() > kMaxRuns || work > kMaxWork) return {};
      const Beside after = beside(byte);
      // Once the whole has matched, so will it whatever comes.
      if (whole.close(run.whole, run.before, after)) continue;
      const bool part_matched = part.close(run.part, run.before, after);
      add({whole.read(byte, false), part.read(byte, part_matched), after}, i, byte);
    }
  }
  return {Answer::yes, ""};
}

}  // namespace

Inclusion includes(const Tree& whole, const Tree& part) {
  const auto a = nfa_of(whole);
  const auto b = nfa_of(part);
  if (!a || !b) return {};
  return compare(*a, *b);
}

Inclusion matches_nothing(const Tree& tree) {
  const auto nfa = nfa_of(tree);
  if (!nfa) return {};
  return compare(empty_nfa(), *nfa);
}

Inclusion matches_everything(const Tree& tree) {
  const auto nfa = nfa_of(tree);
  if (!nfa) return {};
  const Nfa anything{.states = {{.move = Move::accept}}, .start = 0};
  return compare(*nfa, anything);
}

}  // namespace wafcheck::parser::regex
