#include "parser/regex/look_around.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <optional>
#include <utility>

#include "parser/regex/byte_classes.h"

namespace wafcheck::parser::regex {
namespace {

/// Whether an assertion depends on what follows alone.
bool looks_ahead_only(Assertion assertion) {
  return assertion == Assertion::subject_end || assertion == Assertion::line_end;
}

/// What is inside a look-around, run over the bytes from where it stands; of a look-behind, over
/// all bytes and from every place. Its states are numbered as they are met.
class LookRun {
 public:
  using State = uint32_t;
  static constexpr State kFailed = 0;  ///< whatever comes

  explicit LookRun(const LookAround& look) : look_(look), seen_(look.inside.states.size()) {
    number({});
    start_ = number({look.inside.start});
  }

  bool behind() const { return look_.behind; }
  bool negative() const { return look_.negative; }
  State start() const { return start_; }
  /// Both at once.
  State joined(State a, State b) {
    std::vector<uint32_t> states = states_[a];
    states.insert(states.end(), states_[b].begin(), states_[b].end());
    return number(std::move(states));
  }

  /// Whether what is inside has matched by the time that `after` comes.
  bool matches(State state, Beside after) {
    close(state, after);
    return matched_;
  }
  State next(State state, uint8_t byte) {
    close(state, beside(byte));
    std::vector<uint32_t> to;
    for (const uint32_t at : reads_) {
      const NfaState& read = look_.inside.states[at];
      if (read.set.contains(byte)) to.push_back(read.to);
    }
    if (look_.behind) to.push_back(look_.inside.start);
    return number(std::move(to));
  }

 private:
  State number(std::vector<uint32_t> states) {
    std::ranges::sort(states);
    const auto again = std::ranges::unique(states);
    states.erase(again.begin(), again.end());
    const auto [known, inserted] = numbers_.try_emplace(states, static_cast<State>(states_.size()));
    if (inserted) states_.push_back(std::move(states));
    return known->second;
  }

  void close(State state, Beside after) {
    ++round_;
    reads_.clear();
    matched_ = false;
    std::vector<uint32_t> left = states_[state];
    while (!left.empty()) {
      const uint32_t at = left.back();
      left.pop_back();
      if (seen_[at] == round_) continue;
      seen_[at] = round_;
      const NfaState& one = look_.inside.states[at];
      if (one.move == Move::accept) matched_ = true;
      if (one.move == Move::byte) reads_.push_back(at);
      if (one.move == Move::split) left.push_back(one.other);
      if (one.move == Move::split ||
          (one.move == Move::assertion && holds(one.assertion, Beside::other, after))) {
        left.push_back(one.to);
      }
    }
  }

  const LookAround& look_;
  std::vector<std::vector<uint32_t>> states_;
  std::map<std::vector<uint32_t>, State> numbers_;
  State start_ = 0;
  std::vector<uint64_t> seen_;
  uint64_t round_ = 0;
  std::vector<uint32_t> reads_;
  bool matched_ = false;
};

class LookWorker {
 public:
  LookWorker(const Nfa& nfa, std::span<const LookAround> looks, size_t most_states)
      : nfa_(nfa), most_states_(most_states) {
    ByteClasses classes;
    classes.tell_apart(ByteSet::of("\n"));
    for (const LookAround& look : looks) {
      runs_.emplace_back(look);
      for (const NfaState& state : look.inside.states) {
        if (state.move == Move::byte) classes.tell_apart(state.set);
      }
    }
    classes_.resize(classes.count());
    for (unsigned byte = 0; byte < 256; ++byte) {
      classes_[classes.of()[byte]].add(static_cast<uint8_t>(byte));
    }
  }

  Result<Nfa> run() {
    Looks looks;
    for (uint32_t i = 0; i < runs_.size(); ++i) {
      if (runs_[i].behind()) looks.behind.emplace_back(i, runs_[i].start());
    }
    // A look-behind is to see all of the subject: the search then begins at its start.
    const bool sees_all = !looks.behind.empty();
    out_.start = state_of({sees_all ? kSkipping : nfa_.start, std::move(looks)});
    if (sees_all) {
      out_.start =
          add({.move = Move::assertion, .assertion = Assertion::subject_start, .to = out_.start});
    }
    while (!due_.empty() && out_.states.size() <= most_states_) {
      const auto [state, place] = std::move(due_.back());
      due_.pop_back();
      make(state, place);
    }
    if (out_.states.size() > most_states_) return too_many_states(most_states_);
    return std::move(out_);
  }

 private:
  using Run = std::pair<uint32_t, LookRun::State>;  ///< of the look-around with this number
  struct Looks {
    std::vector<Run> ahead;   ///< that are not decided yet; in order
    std::vector<Run> behind;  ///< all there are
    friend auto operator<=>(const Looks&, const Looks&) = default;
  };
  struct Place {
    uint32_t at = 0;  ///< a state of the original, or kSkipping
    Looks looks;
    friend auto operator<=>(const Place&, const Place&) = default;
  };
  static constexpr uint32_t kSkipping = UINT32_MAX;  ///< before a match begins

  uint32_t add(const NfaState& state) {
    out_.states.push_back(state);
    return static_cast<uint32_t>(out_.states.size() - 1);
  }
  uint32_t state_of(Place place) {
    const auto [known, inserted] = numbers_.try_emplace(place, 0);
    if (inserted) {
      known->second = add({});
      due_.emplace_back(known->second, std::move(place));
    }
    return known->second;
  }

  void make(uint32_t state, const Place& place) {
    if (place.at == kSkipping) {
      const uint32_t begin = state_of({nfa_.start, place.looks});
      const uint32_t skip = read(place, ByteSet::all(), kSkipping);
      out_.states[state] = {.move = Move::split, .to = begin, .other = skip};
      return;
    }
    const NfaState& from = nfa_.states[place.at];
    NfaState made = from;
    switch (from.move) {
      case Move::split:
        made.to = state_of({from.to, place.looks});
        made.other = state_of({from.other, place.looks});
        break;
      case Move::assertion:
        if (from.assertion == Assertion::final_end) {
          made = look(from, place.looks);
        } else {
          made.to = state_of({from.to, place.looks});
        }
        break;
      case Move::byte: {
        const uint32_t to = read(place, from.set, from.to);
        made = {.move = Move::split, .to = to, .other = to};
        break;
      }
      case Move::accept:
        if (!place.looks.ahead.empty()) {
          // The match has ended; what it looks for may come yet.
          const uint32_t later = read(place, ByteSet::all(), place.at);
          const uint32_t end = holds_at_end(place.looks)
                                   ? add({.move = Move::assertion,
                                          .assertion = Assertion::subject_end,
                                          .to = state_of({place.at, {{}, place.looks.behind}})})
                                   : later;
          made = {.move = Move::split, .to = end, .other = later};
        }
        break;
    }
    out_.states[state] = made;
  }

  /// A look-around is met.
  NfaState look(const NfaState& from, Looks looks) {
    LookRun& run = runs_[from.other];
    if (run.behind()) {
      const auto now = std::ranges::find(looks.behind, from.other, &Run::first);
      if (run.matches(now->second, Beside::none) == run.negative()) return {.move = Move::byte};
    } else {
      auto& ahead = looks.ahead;
      const auto same = std::ranges::find(ahead, from.other, &Run::first);
      if (run.negative() && same != ahead.end()) {
        same->second = run.joined(same->second, run.start());
      } else {
        ahead.emplace_back(from.other, run.start());
      }
      std::ranges::sort(ahead);
      const auto again = std::ranges::unique(ahead);
      ahead.erase(again.begin(), again.end());
    }
    const uint32_t to = state_of({from.to, std::move(looks)});
    return {.move = Move::split, .to = to, .other = to};
  }

  bool holds_at_end(const Looks& looks) {
    return std::ranges::all_of(looks.ahead, [&](const Run& one) {
      LookRun& run = runs_[one.first];
      return run.matches(one.second, Beside::none) != run.negative();
    });
  }

  /// The look-arounds after a byte; nothing if one of them fails by then.
  std::optional<Looks> after(const Looks& looks, uint8_t byte) {
    Looks out;
    for (const auto& [number, at] : looks.ahead) {
      LookRun& run = runs_[number];
      if (run.matches(at, beside(byte))) {
        if (run.negative()) return std::nullopt;
        continue;
      }
      const LookRun::State next = run.next(at, byte);
      if (next != LookRun::kFailed) {
        out.ahead.emplace_back(number, next);
      } else if (!run.negative()) {
        return std::nullopt;
      }
    }
    std::ranges::sort(out.ahead);
    const auto again = std::ranges::unique(out.ahead);
    out.ahead.erase(again.begin(), again.end());
    for (const auto& [number, at] : looks.behind) {
      out.behind.emplace_back(number, runs_[number].next(at, byte));
    }
    return out;
  }

  /// A state that reads a byte of `set` and goes on to `to`.
  uint32_t read(const Place& place, const ByteSet& set, uint32_t to) {
    std::map<Looks, ByteSet> ways;
    for (const ByteSet& alike : classes_) {
      const ByteSet bytes = set & alike;
      if (bytes.empty()) continue;
      if (auto looks = after(place.looks, bytes.first())) ways[std::move(*looks)] |= bytes;
    }
    std::optional<uint32_t> state;
    for (auto& [looks, bytes] : ways) {
      const uint32_t one = add({.move = Move::byte, .to = state_of({to, looks}), .set = bytes});
      state = state ? add({.move = Move::split, .to = one, .other = *state}) : one;
    }
    return state ? *state : add({.move = Move::byte});
  }

  const Nfa& nfa_;
  size_t most_states_;
  std::vector<LookRun> runs_;
  std::vector<ByteSet> classes_;  ///< of bytes that no look-around tells from one another
  Nfa out_;
  std::map<Place, uint32_t> numbers_;
  std::vector<std::pair<uint32_t, Place>> due_;
};

}  // namespace

// The assertion that an Nfa never has marks it.
NfaState look_state(uint32_t look, uint32_t to) {
  return {.move = Move::assertion, .assertion = Assertion::final_end, .to = to, .other = look};
}

bool can_work_in(const LookAround& look) {
  return std::ranges::all_of(look.inside.states, [&](const NfaState& state) {
    return state.move != Move::assertion || (!look.behind && looks_ahead_only(state.assertion));
  });
}

Result<Nfa> work_in(const Nfa& nfa, std::span<const LookAround> looks, size_t most_states) {
  return LookWorker(nfa, looks, most_states).run();
}

std::unexpected<Error> too_many_states(size_t most_states) {
  return fail(fmt::format("more than {} states", most_states));
}

}  // namespace wafcheck::parser::regex
