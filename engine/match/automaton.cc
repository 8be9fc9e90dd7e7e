#include "engine/match/automaton.h"

#include <algorithm>
#include <map>
#include <utility>

#include "parser/regex/byte_classes.h"

namespace wafcheck::engine::inline match {

using parser::regex::Beside;
using parser::regex::ByteSet;
using parser::regex::Move;

namespace {

/// States that may be made before any text has earned one, and that can be earned ahead.
constexpr int64_t kCredit = 2'048;
/// Ways written down ahead, for each node of an automaton; the rest is walked.
constexpr size_t kWaysPerNode = 16;

}  // namespace

Automaton::Automaton(const std::vector<parser::regex::Nfa>& nfas) {
  std::map<ByteSet, uint16_t> numbers;
  for (const parser::regex::Nfa& nfa : nfas) {
    const auto first = static_cast<uint32_t>(nodes_.size());
    for (const parser::regex::NfaState& state : nfa.states) {
      Node node{state.move, state.assertion, 0, first + state.to, first + state.other};
      if (state.move == Move::byte) {
        const auto next = static_cast<uint16_t>(numbers.size());
        node.set = numbers.try_emplace(state.set, next).first->second;
      }
      if (state.move == Move::accept) node.to = static_cast<uint32_t>(starts_.size());
      nodes_.push_back(node);
    }
    starts_.push_back(first + nfa.start);
  }

  parser::regex::ByteClasses classes;
  ByteSet words;
  for (unsigned byte = 0; byte < 256; ++byte) {
    const auto one = static_cast<uint8_t>(byte);
    if (parser::regex::beside(one) == Beside::word) words.add(one);
  }
  classes.tell_apart(words);
  classes.tell_apart(ByteSet::of("\n"));
  for (const auto& [set, number] : numbers) classes.tell_apart(set);
  class_of_ = classes.of();
  beside_.resize(classes.count());
  set_words_ = (numbers.size() + 63) / 64;
  read_by_.resize(classes.count() * set_words_);
  for (unsigned byte = 0; byte < 256; ++byte) {
    beside_[class_of_[byte]] = parser::regex::beside(static_cast<uint8_t>(byte));
  }
  for (const auto& [set, number] : numbers) {
    set.each([&](uint8_t byte) {
      read_by_[class_of_[byte] * set_words_ + number / 64] |= uint64_t{1} << (number % 64);
    });
  }
  find_ways();
}

void Automaton::find_ways() {
  std::vector<bool> reached(nodes_.size());  // by a byte, an assertion or a search that begins
  for (const uint32_t start : starts_) reached[start] = true;
  for (const Node& node : nodes_) {
    if (node.move == Move::byte || node.move == Move::assertion) reached[node.to] = true;
  }
  ways_of_.resize(nodes_.size());
  std::vector<uint32_t> left, seen(nodes_.size(), UINT32_MAX);
  const auto add = [this](uint32_t node) {
    const Node& found = nodes_[node];
    ways_.push_back({node, found.to, found.set, found.move == Move::byte});
  };
  for (uint32_t from = 0; from < nodes_.size(); ++from) {
    const auto first = static_cast<uint32_t>(ways_.size());
    if (reached[from] && ways_.size() < kWaysPerNode * nodes_.size()) {
      left = {from};
      while (!left.empty()) {
        const uint32_t at = left.back();
        left.pop_back();
        if (std::exchange(seen[at], from) == from) continue;
        if (nodes_[at].move == Move::split) {
          left.insert(left.end(), {nodes_[at].to, nodes_[at].other});
        } else {
          add(at);
        }
      }
    } else {
      add(from);
    }
    ways_of_[from] = {first, static_cast<uint32_t>(ways_.size())};
  }
}

size_t Automaton::memory() const {
  return nodes_.size() * (sizeof(Node) + sizeof(Ways)) + ways_.size() * sizeof(Way) +
         read_by_.size() * sizeof(uint64_t);
}

LazyDfa::LazyDfa(const Automaton& automaton)
    : automaton_(automaton),
      classes_(automaton.beside_.size()),
      credit_(kCredit),
      begun_(parser::regex::kBesides * classes_),
      seen_(automaton.nodes_.size()) {
  clear();
}

void LazyDfa::clear() {
  states_.clear();
  keys_.clear();
  next_.clear();
  buckets_.assign(1024, 0);
  std::vector<uint32_t> nowhere;
  state_of(nowhere, 0, Beside::none);
}

std::optional<uint64_t> LazyDfa::matches(std::string_view text, Effort effort) {
  std::optional<uint64_t> answer;
  LazyDfa* const self = this;
  match({&self, 1}, text, effort, {&answer, 1});
  return answer;
}

void LazyDfa::match(std::span<LazyDfa* const> dfas, std::string_view text, Effort effort,
                    std::span<std::optional<uint64_t>> answers) {
  std::array<Lane, kMaxTogether> lanes;
  size_t running = 0;
  for (uint32_t i = 0; i < dfas.size(); ++i) {
    answers[i].reset();
    if (text.size() > kMaxText) continue;
    lanes[running++] = {.dfa = dfas[i],
                        .next = dfas[i]->next_.data(),
                        .classes = dfas[i]->automaton_.class_of_.data(),
                        .index = i};
  }
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    for (size_t i = 0; i < running; ++i) {
      Lane& lane = lanes[i];
      const uint32_t next = lane.next[lane.row + lane.classes[byte]];
      if (next < kMatched) [[likely]] {
        lane.row = next;
      } else if (!lane.dfa->turn(lane, next, byte, effort)) {
        lane = lanes[--running];
        --i;
      }
    }
  }
  for (size_t i = 0; i < running; ++i) answers[lanes[i].index] = lanes[i].dfa->finish(lanes[i]);
}

/// A step that leads to a new state, or that ends a match; false if a new one is not allowed.
bool LazyDfa::turn(Lane& lane, uint32_t next, unsigned char byte, Effort effort) {
  if (next == kUnknown) {
    if (effort == Effort::bounded && credit_ <= 0) return false;
    --credit_;
    lane.all_known = false;
    next = step(static_cast<uint32_t>(lane.row / classes_), automaton_.class_of_[byte]);
    lane.next = next_.data();
  }
  if (next >= kMatched) {
    next &= ~kMatched;
    lane.matched |= states_[next / classes_].matched;
  }
  lane.row = next;
  return true;
}

uint64_t LazyDfa::finish(const Lane& lane) {
  if (lane.all_known) {
    credit_ = std::min(credit_ + 1, kCredit);
  } else {
    credit_ = std::max<int64_t>(credit_, 0);
  }
  return lane.matched | at_end(static_cast<uint32_t>(lane.row / classes_));
}

/// The entry of next_ for a byte of `byte_class` in `state`, which is computed.
uint32_t LazyDfa::step(uint32_t state, uint8_t byte_class) {
  const Beside after = automaton_.beside_[byte_class];
  const Begun& begins = begun(states_[state].before, byte_class);
  const State& from = states_[state];
  uint64_t matched = begins.matched;
  nodes_ = begins.nodes;
  matched |= close(nodes_of(from), from.before, after, [&](const Automaton::Way& way) {
    if (automaton_.reads(way.set, byte_class)) nodes_.push_back(way.to);
  });

  bool linked = true;
  if (memory() > kMaxMemory) {
    clear();
    credit_ = std::min<int64_t>(credit_, 0);
    linked = false;  // the state it comes from is gone
  }
  const uint32_t target = state_of(nodes_, matched, after);
  const auto entry =
      static_cast<uint32_t>(target * classes_) | (states_[target].matched != 0 ? kMatched : 0);
  if (linked) next_[state * classes_ + byte_class] = entry;
  return entry;
}

const LazyDfa::Begun& LazyDfa::begun(Beside before, uint8_t byte_class) {
  Begun& begun = begun_[static_cast<size_t>(before) * classes_ + byte_class];
  if (begun.computed) return begun;
  begun.computed = true;
  begun.matched = close(automaton_.starts_, before, automaton_.beside_[byte_class],
                        [&](const Automaton::Way& way) {
                          if (automaton_.reads(way.set, byte_class)) begun.nodes.push_back(way.to);
                        });
  return begun;
}

uint64_t LazyDfa::at_end(uint32_t number) {
  State& state = states_[number];
  if (state.known_end) return state.at_end;
  state.known_end = true;
  const auto nothing = [](const Automaton::Way&) {};
  state.at_end = close(automaton_.starts_, state.before, Beside::none, nothing);
  state.at_end |= close(nodes_of(state), state.before, Beside::none, nothing);
  return state.at_end;
}

template <typename Reading>
uint64_t LazyDfa::close(std::span<const uint32_t> nodes, Beside before, Beside after,
                        const Reading& reading) {
  if (++round_ == 0) {
    std::ranges::fill(seen_, 0);
    round_ = 1;
  }
  uint64_t matched = 0;
  const auto open = [&](uint32_t from) {
    const Automaton::Ways ways = automaton_.ways_of_[from];
    for (uint32_t i = ways.first; i < ways.end; ++i) {
      const Automaton::Way& way = automaton_.ways_[i];
      if (way.reads) {
        reading(way);
        continue;
      }
      if (std::exchange(seen_[way.node], round_) == round_) continue;
      const Automaton::Node& node = automaton_.nodes_[way.node];
      if (node.move == Move::accept) {
        matched |= uint64_t{1} << node.to;
      } else if (node.move == Move::split) {
        left_.insert(left_.end(), {node.to, node.other});
      } else if (parser::regex::holds(node.assertion, before, after)) {
        left_.push_back(node.to);
      }
    }
  };
  for (const uint32_t node : nodes) open(node);
  while (!left_.empty()) {
    const uint32_t node = left_.back();
    left_.pop_back();
    open(node);
  }
  return matched;
}

uint32_t LazyDfa::state_of(std::vector<uint32_t>& nodes, uint64_t matched, Beside before) {
  std::ranges::sort(nodes);
  nodes.erase(std::ranges::unique(nodes).begin(), nodes.end());
  uint64_t hash = (matched ^ static_cast<uint64_t>(before)) * 0x9E3779B97F4A7C15U;
  for (const uint32_t node : nodes) {
    hash = (hash ^ node) * 0xD6E8FEB86659FD93U;
    hash ^= hash >> 32;
  }
  const size_t mask = buckets_.size() - 1;
  size_t at = hash & mask;
  for (; buckets_[at] != 0; at = (at + 1) & mask) {
    const uint32_t number = buckets_[at] - 1;
    const State& state = states_[number];
    if (state.hash == hash && state.matched == matched && state.before == before &&
        std::equal(nodes.begin(), nodes.end(), keys_.begin() + state.first,
                   keys_.begin() + state.end)) {
      return number;
    }
  }
  const auto number = static_cast<uint32_t>(states_.size());
  const auto first = static_cast<uint32_t>(keys_.size());
  keys_.insert(keys_.end(), nodes.begin(), nodes.end());
  states_.push_back({first, static_cast<uint32_t>(keys_.size()), hash, matched, 0, false, before});
  next_.resize(next_.size() + classes_, kUnknown);
  buckets_[at] = number + 1;
  if (states_.size() * 2 > buckets_.size()) rehash();
  return number;
}

void LazyDfa::rehash() {
  buckets_.assign(buckets_.size() * 2, 0);
  const size_t mask = buckets_.size() - 1;
  for (uint32_t number = 0; number < states_.size(); ++number) {
    size_t at = states_[number].hash & mask;
    while (buckets_[at] != 0) at = (at + 1) & mask;
    buckets_[at] = number + 1;
  }
}

}  // namespace wafcheck::engine::inline match
