#include "parser/regex/nfa.h"

#include <algorithm>
#include <map>
#include <span>

#include "parser/regex/analysis.h"
#include "parser/regex/look_around.h"
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

/// Builds from the end: each part is given the state that follows it. Look-arounds come last.
class Builder {
 public:
  Builder(const Tree& tree, size_t most_states, Reading reading)
      : tree_(tree), most_states_(most_states), reading_(reading) {}

  Result<Nfa> run() { return run(tree_.root()); }

  /// The part at `root` alone.
  Result<Nfa> run(NodeId root) {
    accept_ = add({.move = Move::accept});
    nfa_.start = build(root, accept_);
    for (const Kept& kept : kept_) {
      if (failed()) break;
      if (!ends_a_match(kept.next)) fail(kept.what, kept.at);
    }
    if (failed()) return std::unexpected(error_);
    if (!looks_.empty()) return work_in(nfa_, looks_, most_states_);
    return std::move(nfa_);
  }

 private:
  /// An atomic group or possessive quantifier that was built without its being so.
  struct Kept {
    uint32_t next = 0;  ///< what follows it
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
      return fail(too_many_states(most_states_).error().message, 0);
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
        // PCRE2 10.42 takes (?:|\Ax){0}a for anchored.
        if (node.max == 0 && tree_[tree_.child(node)].kind == Kind::group &&
            reading_ == Reading::exact) {
          return fail("a group that is repeated zero times", node.span.begin);
        }
        if (node.greed != Greed::possessive) return repeat(node, next, next);
        return kept_repeat(id, id, "a possessive quantifier", next);
      case Kind::group:
        if (node.group == GroupForm::atomic) return kept_group(id, next);
        if (node.group == GroupForm::script_run && reading_ == Reading::exact) {
          return fail("a script run", node.span.begin);
        }
        return build(children.front(), next);
      case Kind::assertion:
        if (node.assertion == Assertion::final_end) return final_end(next);
        return assertion(node.assertion, next);
      case Kind::look:
        return reading_ == Reading::exact ? look(id, next) : next;
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

  /// `exit` follows where there might be more of the child, `next` where there may not.
  uint32_t repeat(const Node& node, uint32_t exit, uint32_t next) {
    const NodeId child = tree_.child(node);
    uint32_t out = next;
    if (node.max == kUnlimited) {
      const uint32_t loop = split(0, exit);
      const uint32_t body = build(child, loop);
      if (failed()) return 0;
      nfa_.states[loop].to = body;
      out = loop;
    } else {
      for (uint32_t i = node.min; i < node.max && !failed(); ++i)
        out = split(build(child, out), exit);
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

  // --- look-arounds ---

  uint32_t look(NodeId id, uint32_t next) {
    const Node& node = tree_[id];
    return look(id, node.behind, node.negative, tree_.child(node), next);
  }

  /// Of the part at `inside`; `id` tells it from others.
  uint32_t look(NodeId id, bool behind, bool negative, NodeId inside, uint32_t next) {
    const auto [known, inserted] = numbers_.try_emplace(id, static_cast<uint32_t>(looks_.size()));
    if (!inserted) return add(look_state(known->second, next));
    auto made = Builder(tree_, most_states_, reading_).run(inside);
    if (!made) return fail(made.error().message, made.error().at);
    LookAround look{std::move(*made), behind, negative};
    if (!can_work_in(look)) return fail("look-around with assertions inside", tree_[id].span.begin);
    looks_.push_back(std::move(look));
    return add(look_state(known->second, next));
  }

  /// \Z, and $ before a final LF.
  uint32_t final_end(uint32_t next) {
    const auto [known, inserted] =
        numbers_.try_emplace(kNoNode, static_cast<uint32_t>(looks_.size()));
    if (inserted) {
      Nfa inside{.states = {{.move = Move::accept},
                            {.move = Move::assertion, .assertion = Assertion::subject_end, .to = 0},
                            {.move = Move::byte, .to = 1, .set = ByteSet::of("\n")},
                            {.move = Move::split, .to = 1, .other = 2}},
                 .start = 3};
      looks_.push_back({.inside = std::move(inside)});
    }
    return add(look_state(known->second, next));
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

  uint32_t kept_group(NodeId id, uint32_t next) {
    constexpr std::string_view kWhat = "an atomic group";
    NodeId inside = tree_.child(tree_[id]);
    while (is_wrapper(tree_[inside])) inside = tree_.child(tree_[inside]);
    const Node& node = tree_[inside];
    if (node.kind == Kind::repeat && node.greed == Greed::greedy) {
      return kept_repeat(id, inside, kWhat, next);
    }
    if (!makes_no_difference(id)) {
      kept_.push_back({.next = next, .what = kWhat, .at = tree_[id].span.begin});
    }
    return build(tree_.child(tree_[id]), next);
  }
  static bool is_wrapper(const Node& node) {
    const bool plain = node.kind == Kind::group &&
                       (node.group == GroupForm::capture || node.group == GroupForm::plain);
    return plain || (node.kind == Kind::sequence && node.child_count == 1);
  }

  /// Of as many as there are of a part: where it ends, there must be no more. `id`: of all of it.
  uint32_t kept_repeat(NodeId id, NodeId repeated, std::string_view what, uint32_t next) {
    const Node& node = tree_[repeated];
    if (makes_no_difference(id)) return repeat(node, next, next);
    const NodeId child = tree_.child(node);
    if (has_unique_end(child) && !shape_of(child).nullable) {
      return repeat(node, look(id, false, true, child, next), next);
    }
    kept_.push_back({.next = next, .what = what, .at = node.span.begin});
    return repeat(node, next, next);
  }

  bool makes_no_difference(NodeId id) { return reading_ == Reading::guess || has_unique_end(id); }

  /// Whether the whole expression has matched once the state is reached: what is kept from
  /// backtracking before it then makes no difference.
  bool ends_a_match(uint32_t from) const {
    std::vector<uint32_t> left = {from};
    std::vector<bool> seen(nfa_.states.size());
    while (!left.empty()) {
      const uint32_t at = left.back();
      left.pop_back();
      if (seen[at]) continue;
      seen[at] = true;
      const NfaState& state = nfa_.states[at];
      if (state.move == Move::accept) return true;
      if (state.move != Move::split) continue;
      left.push_back(state.to);
      left.push_back(state.other);
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
  std::vector<LookAround> looks_;
  std::map<NodeId, uint32_t> numbers_;  ///< of looks_
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
