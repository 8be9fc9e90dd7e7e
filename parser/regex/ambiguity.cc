#include "parser/regex/ambiguity.h"

#include <algorithm>
#include <array>
#include <optional>
#include <queue>
#include <unordered_map>

namespace wafcheck::parser::regex {
namespace {

constexpr size_t kMaxTuples = 20'000;    ///< of positions, in one search
constexpr size_t kMaxSteps = 2'000'000;  ///< from one position to the next, in all searches
constexpr size_t kPerComponent = 3;      ///< candidates, and positions tried in each
constexpr size_t kMaxPairs = 400;        ///< of loops

/// A member that is easy to read.
char pick(const ByteSet& set) {
  for (const ByteSet& liked :
       {ByteSet::range('a', 'z'), ByteSet::range('0', '9'), ByteSet::range('A', 'Z'),
        ByteSet::range(0x21, 0x7e), ByteSet::of(" "), ByteSet::all()}) {
    if (!(set & liked).empty()) return static_cast<char>((set & liked).first());
  }
  return 0;
}

/// A breadth-first search over tuples of `N` positions that all read the same bytes.
template <size_t N>
class TupleSearch {
 public:
  using Tuple = std::array<Position, N>;
  static constexpr uint32_t kNone = UINT32_MAX;

  /// `all` becomes false where the search gives up.
  TupleSearch(const Positions& positions, size_t& budget, bool& all)
      : positions_(positions), budget_(budget), all_(all) {}

  uint32_t add(const Tuple& tuple, uint32_t from, char byte) {
    const auto [at, inserted] = seen_.try_emplace(key(tuple), static_cast<uint32_t>(found_.size()));
    if (!inserted) return kNone;
    found_.push_back({tuple, from, byte});
    return at->second;
  }

  /// Goes on until `goal(tuple)`; `allowed(i, p)` tells where the i-th position may go. Returns the
  /// entry, or kNone.
  template <typename Allowed, typename Goal>
  uint32_t run(Allowed allowed, Goal goal) {
    for (; next_ < found_.size(); ++next_) {
      if (found_.size() > kMaxTuples) return give_up();
      uint32_t hit = kNone;
      expand(next_, allowed, goal, hit);
      if (hit != kNone) return hit;
      if (budget_ == 0) return give_up();
    }
    return kNone;
  }

  const Tuple& tuple(uint32_t entry) const { return found_[entry].tuple; }
  /// The entry that the search began with.
  uint32_t origin(uint32_t entry) const {
    while (found_[entry].from != kNone) entry = found_[entry].from;
    return entry;
  }
  std::string word(uint32_t entry) const {
    std::string out;
    for (; found_[entry].from != kNone; entry = found_[entry].from) out += found_[entry].byte;
    std::ranges::reverse(out);
    return out;
  }

 private:
  uint32_t give_up() {
    all_ = false;
    return kNone;
  }

  struct Entry {
    Tuple tuple;
    uint32_t from;
    char byte;
  };

  static uint64_t key(const Tuple& tuple) {
    uint64_t key = 0;
    for (const Position p : tuple) key = key << 16 | p;
    return key;
  }

  template <typename Allowed, typename Goal>
  void expand(uint32_t entry, Allowed& allowed, Goal& goal, uint32_t& hit) {
    Tuple to{};
    step(entry, 0, ByteSet::all(), to, allowed, goal, hit);
  }

  template <typename Allowed, typename Goal>
  void step(uint32_t entry, size_t i, const ByteSet& common, Tuple& to, Allowed& allowed,
            Goal& goal, uint32_t& hit) {
    if (i == N) {
      if (goal(to)) {
        found_.push_back({to, entry, pick(common)});
        hit = static_cast<uint32_t>(found_.size() - 1);
      } else {
        add(to, entry, pick(common));
      }
      return;
    }
    const Position from = found_[entry].tuple[i];
    for (const Edge& edge : positions_.edges(from)) {
      if (hit != kNone || budget_ == 0) return;
      --budget_;
      if (!allowed(i, edge.to)) continue;
      const ByteSet both = common & positions_.set(edge.to);
      if (both.empty()) continue;
      to[i] = edge.to;
      step(entry, i + 1, both, to, allowed, goal, hit);
    }
  }

  const Positions& positions_;
  size_t& budget_;
  bool& all_;
  std::vector<Entry> found_;
  std::unordered_map<uint64_t, uint32_t> seen_;
  uint32_t next_ = 0;
};

class Finder {
 public:
  Finder(const Positions& positions, size_t most) : positions_(positions), most_(most) {}

  Ambiguities run() {
    for (const auto& component : positions_.components()) {
      if (component.front() == kStart) continue;
      doubled_edges(component);
      two_ways(component);
    }
    pairs_of_loops();
    all_ = all_ && budget_ != 0 && found_.size() < most_;
    if (found_.size() > most_) found_.resize(most_);
    return {std::move(found_), all_, kMaxSteps - budget_};
  }

 private:
  /// The shortest word from `from` to a position that `goal` takes; nothing if there is none.
  template <typename Goal>
  std::optional<std::string> word_to(Position from, uint32_t component, Goal goal) {
    TupleSearch<1> search(positions_, budget_, all_);
    search.add({from}, TupleSearch<1>::kNone, 0);
    const uint32_t hit = search.run(
        [&](size_t, Position p) {
          return component == Positions::kNoComponent || positions_.component(p) == component;
        },
        [&](const std::array<Position, 1>& tuple) { return goal(tuple[0]); });
    if (hit == TupleSearch<1>::kNone) return std::nullopt;
    return search.word(hit);
  }

  void add(bool exponential, Position p, Position q, std::string pump) {
    Ambiguity out;
    out.exponential = exponential;
    out.search = p == kStart;
    for (uint32_t loop = positions_.loop_of(p); loop != kNoLoop && p != kStart;) {
      out.loops.push_back(positions_.loop(loop).repeat);
      loop = exponential ? positions_.loop(loop).outer : kNoLoop;
    }
    if (q != p && positions_.loop_of(q) != kNoLoop) {
      const NodeId other = positions_.loop(positions_.loop_of(q)).repeat;
      if (std::ranges::find(out.loops, other) == out.loops.end()) out.loops.push_back(other);
    }
    const bool again = std::ranges::any_of(found_, [&](const Ambiguity& other) {
      return other.loops == out.loops && other.search == out.search && other.pump == pump;
    });
    if (again || out.loops.empty()) return;
    if (p != kStart) {
      auto prefix = word_to(kStart, Positions::kNoComponent, [p](Position to) { return to == p; });
      if (!prefix) return;
      // A search may begin at the first byte of a match.
      out.prefix = std::move(*prefix);
    }
    if (!positions_.final(q)) {
      auto tail =
          word_to(q, Positions::kNoComponent, [this](Position to) { return positions_.final(to); });
      if (!tail) return;
      out.tail = std::move(*tail);
    }
    for (const Edge& edge : positions_.edges(q)) out.next |= positions_.set(edge.to);
    out.pump = std::move(pump);
    found_.push_back(std::move(out));
  }

  /// (a*)*: from one position to another within a loop in two ways.
  void doubled_edges(const std::vector<Position>& component) {
    size_t added = 0;
    for (const Position p : component) {
      for (const Edge& edge : positions_.edges(p)) {
        if (!edge.doubled || positions_.component(edge.to) != positions_.component(p)) continue;
        std::string pump(1, pick(positions_.set(edge.to)));
        if (edge.to != p) {
          const auto back =
              word_to(edge.to, positions_.component(p), [p](Position to) { return to == p; });
          if (!back) continue;
          pump += *back;
        }
        add(true, p, p, std::move(pump));
        if (++added == kPerComponent) return;
      }
    }
  }

  /// (a|a)*: two ways apart that come together again within a loop.
  void two_ways(const std::vector<Position>& component) {
    const uint32_t here = positions_.component(component.front());
    const auto allowed = [&](size_t, Position p) { return positions_.component(p) == here; };
    const auto goal = [&](const std::array<Position, 2>& to) { return to[0] == to[1]; };
    TupleSearch<2> apart(positions_, budget_, all_);  // begins where the ways part
    std::vector<Position> origins;
    for (const Position p : component) {
      for (const Edge& a : positions_.edges(p)) {
        for (const Edge& b : positions_.edges(p)) {
          if (budget_ == 0) return;
          --budget_;
          if (a.to >= b.to || !allowed(0, a.to) || !allowed(0, b.to)) continue;
          const ByteSet both = positions_.set(a.to) & positions_.set(b.to);
          if (both.empty()) continue;
          const uint32_t entry = apart.add({a.to, b.to}, TupleSearch<2>::kNone, pick(both));
          if (entry == TupleSearch<2>::kNone) continue;
          origins.resize(entry + 1);
          origins[entry] = p;
        }
      }
    }
    for (size_t i = 0; i < kPerComponent; ++i) {
      const uint32_t hit = apart.run(allowed, goal);
      if (hit == TupleSearch<2>::kNone) return;
      const uint32_t origin = apart.origin(hit);
      const Position from = origins[origin];
      const Position to = apart.tuple(hit)[0];
      const auto& first = apart.tuple(origin);
      std::string pump(1, pick(positions_.set(first[0]) & positions_.set(first[1])));
      pump += apart.word(hit);
      if (to != from) {
        const auto back = word_to(to, here, [from](Position p) { return p == from; });
        if (!back) return;
        pump += *back;
      }
      add(true, from, from, std::move(pump));
    }
  }

  /// a*a*: a word that loops at `p`, leads from `p` to `q`, and loops at `q`.
  void pairs_of_loops() {
    size_t pairs = 0;
    for (const bool search : {false, true}) {
      for (const auto& a : positions_.components()) {
        if ((a.front() == kStart) != search) continue;
        for (const auto& b : positions_.components()) {
          if (&a == &b || b.front() == kStart || found_.size() >= most_) continue;
          if (++pairs > kMaxPairs) {
            all_ = false;
            return;
          }
          pair_of(a, b);
        }
      }
    }
  }

  void pair_of(const std::vector<Position>& a, const std::vector<Position>& b) {
    for (size_t i = 0; i < std::min(a.size(), kPerComponent); ++i) {
      for (size_t j = 0; j < std::min(b.size(), kPerComponent); ++j) {
        if (a[i] < b[j] && positions_.gives_back(a[i], b[j]) && pair_at(a[i], b[j])) return;
      }
    }
  }

  bool pair_at(Position p, Position q) {
    const uint32_t of_p = positions_.component(p);
    const uint32_t of_q = positions_.component(q);
    if ((positions_.set(q) & positions_.set(p)).empty()) return false;
    TupleSearch<3> search(positions_, budget_, all_);
    search.add({p, p, q}, TupleSearch<3>::kNone, 0);
    const uint32_t hit = search.run(
        [&](size_t i, Position to) {
          if (i == 0) return positions_.component(to) == of_p;
          if (i == 2) return positions_.component(to) == of_q;
          return to <= q || positions_.component(to) == of_q;
        },
        [&](const std::array<Position, 3>& to) { return to[0] == p && to[1] == q && to[2] == q; });
    if (hit == TupleSearch<3>::kNone) return false;
    add(false, p, q, search.word(hit));
    return true;
  }

  const Positions& positions_;
  size_t most_;
  size_t budget_ = kMaxSteps;
  bool all_ = true;  ///< no search gave up
  std::vector<Ambiguity> found_;
};

}  // namespace

Ambiguities find_ambiguities(const Positions& positions, size_t most) {
  return Finder(positions, most).run();
}

}  // namespace wafcheck::parser::regex
