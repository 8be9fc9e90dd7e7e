#include "parser/regex/nfa.h"

#include <fmt/format.h>

#include <algorithm>
#include <span>
#include <unordered_map>

#include "parser/regex/analysis.h"
#include "parser/regex/parser_state.h"

namespace wafcheck::parser::regex {
namespace {

constexpr size_t kMaxCalls = 4;  ///< guesses inside each other

/// By node: whether no two of its matches that begin at one place end at different ones.
std::vector<bool> unique_ends(const Tree& tree, std::span<const Shape> shapes) {
  std::vector<bool> unique(tree.size());
  for (NodeId id = 0; id < tree.size(); ++id) {
    const Node& node = tree[id];
    const Shape& shape = shapes[id];
    const auto children = tree.children(node);
    const bool all = std::ranges::all_of(children, [&](NodeId child) { return unique[child]; });
    ByteSet first;
    bool apart = true;
    switch (node.kind) {
      case Kind::alternation:
        for (const NodeId child : children) {
          apart = apart && !shapes[child].nullable && (shapes[child].first & first).empty();
          first |= shapes[child].first;
        }
        unique[id] = all && apart;
        break;
      case Kind::sequence:
      case Kind::group:
        unique[id] = all;
        break;
      case Kind::repeat:
        unique[id] = all && node.min == node.max;
        break;
      default:
        break;
    }
    if (shape.min == shape.max) unique[id] = true;
  }
  return unique;
}

/// Builds from the end: each part is given the state that follows it.
class Builder {
 public:
  Builder(const Tree& tree, size_t most_states, Reading reading)
      : tree_(tree), most_states_(most_states), reading_(reading) {}

  Result<Nfa> run() {
    accept_ = add({.move = Move::accept});
    nfa_.start = build(tree_.root(), accept_);
    for (size_t i = 0; i < final_ends_.size() && !failed(); ++i) expand_final_end(final_ends_[i]);
    for (const Kept& kept : kept_) {
      if (failed()) break;
      if (!gives_nothing_back(kept)) fail(kept.what, kept.at);
    }
    if (failed()) return std::unexpected(error_);
    return std::move(nfa_);
  }

 private:
  /// An atomic group or possessive quantifier that was built without its being so.
  struct Kept {
    uint32_t next = 0;   ///< what follows it
    bool run = false;    ///< it is as many as there are of a part whose matches begin with `first`
    ByteSet first = {};  ///< and end with `last`
    ByteSet last = {};
    bool some = false;  ///< at least one of them
    std::string_view what;
    uint32_t at = 0;
  };

  bool failed() const { return !error_.message.empty(); }
  uint32_t fail(std::string_view what, size_t at) {
    if (!failed()) error_ = {std::string(what), at};
    return 0;
  }

  uint32_t add(const NfaState& state) {
    if (nfa_.states.size() >= most_states_) {
      return fail(fmt::format("more than {} states", most_states_), 0);
    }
    nfa_.states.push_back(state);
    return static_cast<uint32_t>(nfa_.states.size() - 1);
  }

  uint32_t byte(const ByteSet& set, uint32_t next) {
    return add({.move = Move::byte, .to = next, .set = set});
  }
  uint32_t split(uint32_t a, uint32_t b) { return add({.move = Move::split, .to = a, .other = b}); }
  uint32_t assertion(Assertion assertion, uint32_t next) {
    return add({.move = Move::assertion, .assertion = assertion, .to = next});
  }

  /// Recursion as deep as the tree, which parsing bounds, and the calls that are guessed.
  uint32_t build(NodeId id, uint32_t next) {
    if (failed()) return 0;
    const Node& node = tree_[id];
    const auto children = tree_.children(node);
    switch (node.kind) {
      case Kind::literal: {
        const std::string_view bytes = tree_.bytes(node);
        for (size_t i = bytes.size(); i-- > 0;) {
          const ByteSet one = ByteSet::of(bytes.substr(i, 1));
          next = byte(node.caseless ? one.folded() : one, next);
        }
        return next;
      }
      case Kind::set:
        if (!tree_.class_of(node).exact && reading_ == Reading::exact) {
          return fail("a class of characters beyond bytes", node.span.begin);
        }
        return byte(tree_.set(node), next);
      case Kind::sequence:
        for (size_t i = children.size(); i-- > 0;) next = build(children[i], next);
        return next;
      case Kind::alternation:
        return alternatives(children, next);
      case Kind::repeat:
        if (node.greed == Greed::possessive) keep_run(node, id, "a possessive quantifier", next);
        return repeat(node, next);
      case Kind::group:
        if (node.group == GroupForm::atomic) keep_group(id, next);
        if (node.group == GroupForm::script_run && reading_ == Reading::exact) {
          return fail("a script run", node.span.begin);
        }
        return build(children.front(), next);
      case Kind::assertion: {
        const uint32_t state = assertion(node.assertion, next);
        if (node.assertion == Assertion::final_end) final_ends_.push_back(state);
        return state;
      }
      case Kind::options:
      case Kind::reset_start:
        return next;
      case Kind::verb:
        if (node.verb == VerbForm::fail) return byte({}, next);
        break;
      default:
        break;
    }
    return reading_ == Reading::guess ? guess(node, next) : fail(name_of(node), node.span.begin);
  }

  uint32_t alternatives(std::span<const NodeId> branches, uint32_t next) {
    uint32_t out = build(branches.back(), next);
    for (size_t i = branches.size() - 1; i-- > 0;) out = split(build(branches[i], next), out);
    return out;
  }

  uint32_t repeat(const Node& node, uint32_t next) {
    const NodeId child = tree_.child(node);
    uint32_t out = next;
    if (node.max == kUnlimited) {
      const uint32_t loop = split(0, next);
      const uint32_t body = build(child, loop);
      if (failed()) return 0;
      nfa_.states[loop].to = body;
      out = loop;
    } else {
      for (uint32_t i = node.min; i < node.max && !failed(); ++i)
        out = split(build(child, out), next);
    }
    for (uint32_t i = 0; i < node.min && !failed(); ++i) {
      const size_t before = nfa_.states.size();
      out = build(child, out);
      if (nfa_.states.size() == before) break;  // matches the empty string alone
    }
    return out;
  }

  // --- what is no regular language ---

  static std::string_view name_of(const Node& node) {
    switch (node.kind) {
      case Kind::look:
        return "look-around";
      case Kind::back_reference:
        return "a back-reference";
      case Kind::conditional:
        return "a condition";
      case Kind::call:
        return "a call of a group";
      case Kind::verb:
        return "a control verb";
      default:
        return "a part that is not made of bytes alone";
    }
  }

  uint32_t guess(const Node& node, uint32_t next) {
    switch (node.kind) {
      case Kind::look:
        return next;
      case Kind::conditional:
        return alternatives(tree_.children(node).subspan(1), next);
      case Kind::back_reference:
      case Kind::call:
        return guess_group(node.number, next);
      case Kind::verb:
        return node.verb == VerbForm::accept ? accept_ : next;
      default:
        for (uint32_t i = 0; i < node.min && !failed(); ++i) next = byte(ByteSet::all(), next);
        return next;
    }
  }

  uint32_t guess_group(uint32_t number, uint32_t next) {
    const auto is_group = [&](const Node& node) {
      return node.kind == Kind::group && node.group == GroupForm::capture && node.number == number;
    };
    const auto group = std::ranges::find_if(tree_.nodes(), is_group);
    if (number == 0 || group == tree_.nodes().end() || calls_ == kMaxCalls) return next;
    ++calls_;
    next = build(tree_.child(*group), next);
    --calls_;
    return next;
  }

  // --- \Z, and $ before a final LF ---

  /// Turns the assertion into an automaton of its own: what follows at the end, or what follows
  /// where exactly an LF is left.
  void expand_final_end(uint32_t at) {
    const uint32_t next = nfa_.states[at].to;
    const uint32_t end = assertion(Assertion::subject_end, next);
    std::unordered_map<uint32_t, uint32_t> copies;
    const uint32_t line_feed = copy_before_line_feed(next, copies);
    if (!failed()) nfa_.states[at] = {.move = Move::split, .to = end, .other = line_feed};
  }

  /// A copy of the states that empty moves lead to from `from`, where no bytes but an LF are left.
  uint32_t copy_before_line_feed(uint32_t from, std::unordered_map<uint32_t, uint32_t>& copies) {
    std::vector<uint32_t> left;
    const auto copy_of = [&](uint32_t state) {
      const auto [place, inserted] = copies.try_emplace(state, 0);
      if (inserted) {
        place->second = add({});
        left.push_back(state);
      }
      return place->second;
    };
    const uint32_t first = copy_of(from);
    while (!left.empty() && !failed()) {
      const uint32_t original = left.back();
      left.pop_back();
      NfaState state = nfa_.states[original];
      switch (state.move) {
        case Move::byte:
          if (state.set.contains('\n')) state.to = assertion(Assertion::subject_end, state.to);
          state.set &= ByteSet::of("\n");
          break;
        case Move::accept:
          state = {.move = Move::byte,
                   .to = assertion(Assertion::subject_end, original),
                   .set = ByteSet::of("\n")};
          break;
        case Move::split:
          state.to = copy_of(state.to);
          state.other = copy_of(state.other);
          break;
        case Move::assertion:
          state.to = copy_of(state.to);
          // It holds here, as the copy is where one LF is left.
          if (state.assertion == Assertion::final_end) {
            state = {.move = Move::split, .to = state.to, .other = state.to};
          }
          break;
      }
      if (!failed()) nfa_.states[copies.at(original)] = state;
    }
    return first;
  }

  // --- atomic groups and possessive quantifiers ---

  const Shape& shape_of(NodeId id) {
    if (shapes_.empty()) {
      shapes_ = shapes(tree_);
      unique_ = unique_ends(tree_, shapes_);
    }
    return shapes_[id];
  }
  bool has_unique_end(NodeId id) {
    shape_of(id);
    return unique_[id];
  }

  void keep_group(NodeId id, uint32_t next) {
    if (reading_ == Reading::guess || has_unique_end(id)) return;
    constexpr std::string_view kWhat = "an atomic group";
    NodeId inside = tree_.child(tree_[id]);
    while (is_wrapper(tree_[inside])) inside = tree_.child(tree_[inside]);
    const Node& node = tree_[inside];
    if (node.kind == Kind::repeat && node.greed == Greed::greedy) {
      keep_run(node, inside, kWhat, next);
    } else {
      kept_.push_back({.next = next, .what = kWhat, .at = tree_[id].span.begin});
    }
  }
  static bool is_wrapper(const Node& node) {
    const bool plain = node.kind == Kind::group &&
                       (node.group == GroupForm::capture || node.group == GroupForm::plain);
    return plain || (node.kind == Kind::sequence && node.child_count == 1);
  }

  void keep_run(const Node& node, NodeId id, std::string_view what, uint32_t next) {
    if (reading_ == Reading::guess || has_unique_end(id)) return;
    const NodeId child = tree_.child(node);
    const Shape& shape = shape_of(child);
    kept_.push_back({.next = next,
                     .run = has_unique_end(child) && !shape.nullable,
                     .first = shape.first,
                     .last = shape.last,
                     .some = node.min > 0,
                     .what = what,
                     .at = node.span.begin});
  }

  /// Whether the same subjects match as if nothing were kept from backtracking. They do where a
  /// match can end right behind the part; and where what follows a run cannot begin with what the
  /// run could give back.
  bool gives_nothing_back(const Kept& kept) {
    if (leads_to(kept.next, [](Assertion) { return false; }, {})) return true;
    if (!kept.run) return false;
    for (const Beside before : {Beside::none, Beside::line_feed, Beside::word, Beside::other}) {
      if (kept.some && !occurs(before, kept.last)) continue;
      for (const Beside after : {Beside::line_feed, Beside::word, Beside::other}) {
        if (!occurs(after, kept.first)) continue;
        const auto may = [&](Assertion assertion) { return holds(assertion, before, after); };
        if (leads_to(kept.next, may, kept.first)) return false;
      }
    }
    return true;
  }
  static bool occurs(Beside side, const ByteSet& set) {
    bool found = false;
    set.each([&](uint8_t one) { found = found || beside(one) == side; });
    return found;
  }

  /// Whether empty moves, with the assertions that hold, lead to the end of a match or to a state
  /// that reads one of `bytes`.
  template <typename Holds>
  bool leads_to(uint32_t from, Holds may, const ByteSet& bytes) {
    std::vector<uint32_t> left = {from};
    std::vector<bool> seen(nfa_.states.size());
    while (!left.empty()) {
      const uint32_t at = left.back();
      left.pop_back();
      if (seen[at]) continue;
      seen[at] = true;
      const NfaState& state = nfa_.states[at];
      if (state.move == Move::accept) return true;
      if (state.move == Move::byte && !(state.set & bytes).empty()) return true;
      if (state.move == Move::byte) continue;
      if (state.move == Move::assertion && !may(state.assertion)) continue;
      left.push_back(state.to);
      if (state.move == Move::split) left.push_back(state.other);
    }
    return false;
  }

  const Tree& tree_;
  size_t most_states_;
  Reading reading_;
  Nfa nfa_;
  Error error_;
  uint32_t accept_ = 0;
  size_t calls_ = 0;
  std::vector<uint32_t> final_ends_;
  std::vector<Kept> kept_;
  std::vector<Shape> shapes_;  ///< by node, once one is asked for
  std::vector<bool> unique_;
};

}  // namespace

Beside beside(uint8_t byte) {
  if (byte == '\n') return Beside::line_feed;
  return kWordBytes.contains(byte) ? Beside::word : Beside::other;
}

bool holds(Assertion assertion, Beside before, Beside after) {
  const bool word_before = before == Beside::word;
  const bool word_after = after == Beside::word;
  switch (assertion) {
    case Assertion::subject_start:
    case Assertion::match_start:
      return before == Beside::none;
    case Assertion::line_start:
      return before == Beside::none || (before == Beside::line_feed && after != Beside::none);
    case Assertion::subject_end:
      return after == Beside::none;
    case Assertion::line_end:
      return after == Beside::none || after == Beside::line_feed;
    case Assertion::word_boundary:
      return word_before != word_after;
    case Assertion::not_word_boundary:
      return word_before == word_after;
    case Assertion::word_start:
      return !word_before && word_after;
    case Assertion::word_end:
      return word_before && !word_after;
    case Assertion::final_end:
      return false;  // never in an Nfa
  }
  return false;
}

Result<Nfa> nfa_of(const Tree& tree, size_t most_states, Reading reading) {
  return Builder(tree, most_states, reading).run();
}

Nfa empty_nfa() {
  return {.states = {{.move = Move::byte, .to = 0, .set = {}}}, .start = 0};
}

}  // namespace wafcheck::parser::regex
