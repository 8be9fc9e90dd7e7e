#include "parser/regex/nfa.h"

#include <algorithm>

#include "parser/regex/parser_state.h"

namespace wafcheck::parser::regex {
namespace {

/// Builds from the end: each part is given the state that follows it.
class Builder {
 public:
  Builder(const Tree& tree, size_t most_states) : tree_(tree), most_states_(most_states) {}

  std::optional<Nfa> run() {
    const uint32_t accept = add({.move = Move::accept});
    nfa_.start = build(tree_.root(), accept);
    if (failed_) return std::nullopt;
    return std::move(nfa_);
  }

 private:
  uint32_t add(const NfaState& state) {
    if (nfa_.states.size() >= most_states_) {
      failed_ = true;
      return 0;
    }
    nfa_.states.push_back(state);
    return static_cast<uint32_t>(nfa_.states.size() - 1);
  }

  uint32_t byte(const ByteSet& set, uint32_t next) {
    return add({.move = Move::byte, .to = next, .set = set});
  }
  uint32_t split(uint32_t a, uint32_t b) { return add({.move = Move::split, .to = a, .other = b}); }

  uint32_t fail() {
    failed_ = true;
    return 0;
  }

  /// Recursion as deep as the tree, which parsing bounds.
  uint32_t build(NodeId id, uint32_t next) {
    if (failed_) return 0;
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
        return tree_.class_of(node).exact ? byte(tree_.set(node), next) : fail();
      case Kind::sequence:
        for (size_t i = children.size(); i-- > 0;) next = build(children[i], next);
        return next;
      case Kind::alternation: {
        uint32_t out = build(children.back(), next);
        for (size_t i = children.size() - 1; i-- > 0;) out = split(build(children[i], next), out);
        return out;
      }
      case Kind::repeat:
        return node.greed == Greed::possessive ? fail() : repeat(node, next);
      case Kind::group:
        if (node.group == GroupForm::atomic || node.group == GroupForm::script_run) return fail();
        return build(children.front(), next);
      case Kind::assertion:
        if (node.assertion == Assertion::final_end) return fail();
        return add({.move = Move::assertion, .assertion = node.assertion, .to = next});
      case Kind::options:
      case Kind::reset_start:
        return next;
      default:
        return fail();
    }
  }

  uint32_t repeat(const Node& node, uint32_t next) {
    const NodeId child = tree_.child(node);
    uint32_t out = next;
    if (node.max == kUnlimited) {
      const uint32_t loop = split(0, next);
      const uint32_t body = build(child, loop);
      if (failed_) return 0;
      nfa_.states[loop].to = body;
      out = loop;
    } else {
      for (uint32_t i = node.min; i < node.max && !failed_; ++i)
        out = split(build(child, out), next);
    }
    for (uint32_t i = 0; i < node.min && !failed_; ++i) {
      const size_t before = nfa_.states.size();
      out = build(child, out);
      if (nfa_.states.size() == before) break;  // matches the empty string alone
    }
    return out;
  }

  const Tree& tree_;
  size_t most_states_;
  Nfa nfa_;
  bool failed_ = false;
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

std::optional<Nfa> nfa_of(const Tree& tree, size_t most_states) {
  return Builder(tree, most_states).run();
}

Nfa empty_nfa() {
  return {.states = {{.move = Move::byte, .to = 0, .set = {}}}, .start = 0};
}

}  // namespace wafcheck::parser::regex
