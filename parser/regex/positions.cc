#include "parser/regex/positions.h"

#include <algorithm>
#include <numeric>

namespace wafcheck::parser::regex {
namespace {

constexpr size_t kMaxPositions = 6000;
constexpr size_t kMaxEdges = 400'000;
constexpr uint32_t kMaxCopies = 3;  ///< of what is repeated a few times

struct Move {
  Position from;
  Position to;
};

/// The positions with which a part of the expression can begin and end.
struct Fragment {
  std::vector<Position> first;
  std::vector<Position> last;
  bool nullable = true;
};

void append(std::vector<Position>& to, const std::vector<Position>& from) {
  to.insert(to.end(), from.begin(), from.end());
}

}  // namespace

class PositionBuilder {
 public:
  PositionBuilder(const Tree& tree, Positions& out) : tree_(tree), out_(out) {}

  bool run(bool search) {
    const Position start = take(search ? ByteSet::all() : ByteSet());
    out_.loop_of_[start] = kNoLoop;
    const Fragment whole = build(tree_.root());
    if (over_) return false;
    connect({start}, whole.first);
    if (search) connect({start}, {start});
    out_.final_.assign(out_.sets_.size(), false);
    for (const Position p : whole.last) out_.final_[p] = true;
    out_.final_[start] = whole.nullable;
    return !over_ && store();
  }

 private:
  Position take(const ByteSet& set) {
    out_.sets_.push_back(set);
    out_.loop_of_.push_back(kNoLoop);
    over_ = over_ || out_.sets_.size() > kMaxPositions;
    return static_cast<Position>(out_.sets_.size() - 1);
  }

  void connect(const std::vector<Position>& from, const std::vector<Position>& to) {
    over_ = over_ || moves_.size() + from.size() * to.size() > kMaxEdges;
    if (over_) return;
    for (const Position p : from) {
      for (const Position q : to) moves_.push_back({p, q});
    }
  }

  Fragment one(const ByteSet& set) {
    const Position p = take(set);
    return {.first = {p}, .last = {p}, .nullable = false};
  }

  Fragment joined(Fragment a, const Fragment& b) {
    connect(a.last, b.first);
    if (a.nullable) append(a.first, b.first);
    if (b.nullable) {
      append(a.last, b.last);
    } else {
      a.last = b.last;
    }
    a.nullable = a.nullable && b.nullable;
    return a;
  }

  static Fragment either(Fragment a, const Fragment& b) {
    append(a.first, b.first);
    append(a.last, b.last);
    a.nullable = a.nullable || b.nullable;
    return a;
  }

  /// Recursion as deep as the tree, which parsing bounds.
  Fragment build(NodeId id) {
    if (over_) return {};
    const Node& node = tree_[id];
    const auto children = tree_.children(node);
    const auto begin = static_cast<Position>(out_.sets_.size());
    switch (node.kind) {
      case Kind::literal: {
        const std::string_view bytes = tree_.bytes(node);
        if (bytes.empty()) return {};
        for (const char c : bytes) {
          const ByteSet byte = ByteSet::of({&c, 1});
          const Position p = take(node.caseless ? byte.folded() : byte);
          if (p != begin) moves_.push_back({p - 1, p});
        }
        const auto last = static_cast<Position>(out_.sets_.size() - 1);
        return {.first = {begin}, .last = {last}, .nullable = false};
      }
      case Kind::set:
        return one(tree_.set(node));
      case Kind::opaque: {
        if (node.max == 0) return {};
        Fragment out = one(ByteSet::all());
        out.nullable = node.min == 0;
        return out;
      }
      case Kind::sequence: {
        Fragment out;
        for (const NodeId child : children) out = joined(std::move(out), build(child));
        return out;
      }
      case Kind::alternation: {
        Fragment out = build(children.front());
        for (const NodeId child : children.subspan(1)) out = either(std::move(out), build(child));
        return out;
      }
      case Kind::conditional: {
        Fragment out = build(children[1]);
        return either(std::move(out), children.size() > 2 ? build(children[2]) : Fragment());
      }
      case Kind::repeat: {
        Fragment out = repeat(id, node, tree_.child(node));
        if (node.greed == Greed::possessive) keep(begin);
        return out;
      }
      case Kind::look: {
        Fragment out = build(children.front());
        out.nullable = true;
        keep(begin);
        return out;
      }
      case Kind::group: {
        Fragment out = build(children.front());
        if (node.group == GroupForm::atomic) keep(begin);
        return out;
      }
      default:
        return {};
    }
  }

  /// Positions from `begin` on give nothing back.
  void keep(Position begin) {
    out_.atomic_.push_back({begin, static_cast<Position>(out_.sets_.size())});
  }

  Fragment repeat(NodeId id, const Node& node, NodeId child) {
    if (node.max == 0) return {};
    const bool loops = node.max >= kLoopFrom;
    const uint32_t required = std::min(node.min, kMaxCopies);
    Fragment out;
    for (uint32_t i = 0; i + 1 < required; ++i) {
      out = joined(std::move(out), build(child));
      if (out.first.empty()) return {};  // takes no bytes, however often
    }
    if (loops || required > 0) {
      const auto begin = static_cast<Position>(out_.sets_.size());
      Fragment copy = build(child);
      if (copy.first.empty()) return {};
      if (loops) {
        connect(copy.last, copy.first);
        enclose(id, begin);
      }
      copy.nullable = copy.nullable || required == 0;
      out = joined(std::move(out), copy);
    }
    if (loops) return out;
    for (uint32_t i = node.min; i < node.max && i - node.min < kMaxCopies; ++i) {
      Fragment copy = build(child);
      if (copy.first.empty()) return {};
      copy.nullable = true;
      out = joined(std::move(out), copy);
    }
    return out;
  }

  void enclose(NodeId id, Position begin) {
    const auto index = static_cast<uint32_t>(out_.loops_.size());
    const auto end = static_cast<Position>(out_.sets_.size());
    for (Loop& inner : out_.loops_) {
      if (inner.begin >= begin && inner.outer == kNoLoop) inner.outer = index;
    }
    for (Position p = begin; p < end; ++p) {
      if (out_.loop_of_[p] == kNoLoop) out_.loop_of_[p] = index;
    }
    out_.loops_.push_back({.repeat = id, .begin = begin, .end = end});
  }

  /// Sorts the moves: by where they begin first, as most positions have few.
  bool store() {
    std::vector<uint32_t> ends(out_.sets_.size() + 1, 0);
    for (const Move& move : moves_) ++ends[move.from + 1];
    std::partial_sum(ends.begin(), ends.end(), ends.begin());
    std::vector<Position> to(moves_.size());
    std::vector<uint32_t> next = ends;
    for (const Move& move : moves_) to[next[move.from]++] = move.to;

    out_.edges_.reserve(moves_.size());
    out_.first_edge_ = {0};
    out_.first_edge_.reserve(ends.size());
    for (size_t from = 0; from < out_.sets_.size(); ++from) {
      const auto all = std::span(to).subspan(ends[from], ends[from + 1] - ends[from]);
      std::ranges::sort(all);
      for (size_t i = 0; i < all.size(); ++i) {
        if (i > 0 && all[i] == all[i - 1]) {
          out_.edges_.back().doubled = true;
        } else {
          out_.edges_.push_back({.to = all[i]});
        }
      }
      out_.first_edge_.push_back(static_cast<uint32_t>(out_.edges_.size()));
    }
    return true;
  }

  const Tree& tree_;
  Positions& out_;
  std::vector<Move> moves_;
  bool over_ = false;
};

std::optional<Positions> Positions::of(const Tree& tree, bool search) {
  Positions out;
  if (!PositionBuilder(tree, out).run(search)) return std::nullopt;
  out.find_components();
  return out;
}

bool Positions::gives_back(Position p, Position q) const {
  return std::ranges::all_of(atomic_, [&](const Range& range) {
    const bool holds_p = p >= range.begin && p < range.end;
    return !holds_p || (q >= range.begin && q < range.end);
  });
}

/// Tarjan's algorithm with a stack of its own.
void Positions::find_components() {
  const auto count = static_cast<uint32_t>(size());
  constexpr uint32_t kUnseen = UINT32_MAX;
  std::vector<uint32_t> order(count, kUnseen);
  std::vector<uint32_t> low(count, 0);
  std::vector<bool> open(count, false);
  std::vector<Position> path;
  struct Frame {
    Position p;
    uint32_t edge;
  };
  std::vector<Frame> frames;
  uint32_t next = 0;
  component_.assign(count, kNoComponent);

  const auto enter = [&](Position p) {
    order[p] = low[p] = next++;
    open[p] = true;
    path.push_back(p);
    frames.push_back({p, first_edge_[p]});
  };
  const auto close = [&](Position p) {
    const auto first = std::find(path.rbegin(), path.rend(), p).base() - 1;
    for (auto member = first; member != path.end(); ++member) open[*member] = false;
    const bool loops =
        path.end() - first > 1 ||
        std::ranges::any_of(edges(p), [&](const Edge& edge) { return edge.to == p; });
    if (loops) {
      std::vector<Position>& members = components_.emplace_back(first, path.end());
      std::ranges::sort(members);
      for (const Position q : members)
        component_[q] = static_cast<uint32_t>(components_.size() - 1);
    }
    path.erase(first, path.end());
  };

  for (Position root = 0; root < count; ++root) {
    if (order[root] != kUnseen) continue;
    enter(root);
    while (!frames.empty()) {
      const Position p = frames.back().p;
      if (frames.back().edge < first_edge_[p + 1]) {
        const Position to = edges_[frames.back().edge++].to;
        if (order[to] == kUnseen) {
          enter(to);
        } else if (open[to]) {
          low[p] = std::min(low[p], order[to]);
        }
        continue;
      }
      frames.pop_back();
      if (!frames.empty()) low[frames.back().p] = std::min(low[frames.back().p], low[p]);
      if (low[p] == order[p]) close(p);
    }
  }
}

}  // namespace wafcheck::parser::regex
