// Expressions that say little: those that match everything, and plain literals.

#include <algorithm>

#include "parser/base/ascii.h"
#include "parser/regex/analysis.h"
#include "parser/regex/walk.h"

namespace wafcheck::parser::regex {
namespace {

/// What a node can do on any subject, by a way through it that is the same for all of them.
struct Ways {
  bool at_start = false;  ///< match the empty string at the subject's start
  bool at_end = false;    ///< and at its end
  bool sweep = false;     ///< take the whole subject
  ByteSet one;            ///< take any single one of these bytes
};

class Universality {
 public:
  Ways leaf(const Tree& tree, const Node& node) const {
    switch (node.kind) {
      case Kind::set:
        return {.one = tree.class_of(node).exact ? tree.set(node) : ByteSet()};
      case Kind::literal: {
        if (tree.bytes(node).size() != 1) return {};
        const ByteSet byte = ByteSet::of(tree.bytes(node));
        return {.one = node.caseless ? byte.folded() : byte};
      }
      case Kind::assertion:
        return assertion(node.assertion);
      case Kind::options:
      case Kind::reset_start:
        return {.at_start = true, .at_end = true, .one = {}};
      default:
        return {};
    }
  }

  Ways inner(const Tree&, const Node& node, std::span<Ways> children) const {
    switch (node.kind) {
      case Kind::sequence: {
        Ways out{.at_start = true, .at_end = true, .one = {}};
        for (const Ways& child : children) {
          out.sweep = (out.sweep && child.at_end) || (out.at_start && child.sweep);
          out.at_start = out.at_start && child.at_start;
          out.at_end = out.at_end && child.at_end;
        }
        return out;
      }
      case Kind::alternation: {
        Ways out;
        for (const Ways& child : children) {
          out.at_start = out.at_start || child.at_start;
          out.at_end = out.at_end || child.at_end;
          out.sweep = out.sweep || child.sweep;
          out.one |= child.one;
        }
        return out;
      }
      case Kind::repeat:
        return repeat(node, children.front());
      case Kind::group:
        // An atomic group may settle for another way.
        if (node.group == GroupForm::atomic || node.group == GroupForm::script_run) return {};
        return children.front();
      default:
        return {};
    }
  }

 private:
  static Ways assertion(Assertion kind) {
    switch (kind) {
      case Assertion::subject_start:
      case Assertion::line_start:
      case Assertion::match_start:
        return {.at_start = true, .one = {}};
      case Assertion::subject_end:
      case Assertion::final_end:
      case Assertion::line_end:
        return {.at_end = true, .one = {}};
      default:
        return {};
    }
  }

  static Ways repeat(const Node& node, const Ways& once) {
    // PCRE2 10.42 takes (?:\Aa|\Ab){0} for an anchor.
    if (node.max == 0) return {};
    if (node.greed == Greed::possessive) return {};
    const bool optional = node.min == 0;
    const bool more = node.min <= 1 || once.at_start || once.at_end;
    return {
        .at_start = optional || once.at_start,
        .at_end = optional || once.at_end,
        .sweep = (once.sweep && more) || (optional && node.max == kUnlimited && once.one.full()),
        .one = node.min <= 1 ? once.one : ByteSet()};
  }
};

constexpr size_t kMaxLiterals = 4096;
constexpr size_t kMaxLiteralBytes = 64 * 1024;

using Form = std::optional<PlainForm>;

Form just(Literal literal) {
  PlainForm form;
  form.literals.push_back(std::move(literal));
  return form;
}

bool has_letter(const Literal& literal) {
  return std::ranges::any_of(literal.bytes,
                             [](char c) { return is_alpha(static_cast<unsigned char>(c)); });
}

/// Whether the form is made of anchors alone.
bool takes_nothing(const PlainForm& form) {
  return form.literals.size() == 1 && form.literals.front().bytes.empty();
}

class Forms {
 public:
  Form leaf(const Tree& tree, const Node& node) const {
    switch (node.kind) {
      case Kind::literal: {
        Literal literal{std::string(tree.bytes(node)), node.caseless};
        literal.caseless = literal.caseless && has_letter(literal);
        if (literal.caseless) {
          for (char& c : literal.bytes) {
            c = static_cast<char>(to_lower(static_cast<unsigned char>(c)));
          }
        }
        return just(std::move(literal));
      }
      case Kind::set:
        return set(tree.class_of(node));
      case Kind::assertion:
        return assertion(node.assertion);
      case Kind::options:
        return just({});
      default:
        return std::nullopt;
    }
  }

  Form inner(const Tree&, const Node& node, std::span<Form> children) const {
    if (std::ranges::any_of(children, [](const Form& form) { return !form; })) return {};
    switch (node.kind) {
      case Kind::sequence: {
        Form out = just({});
        for (const Form& child : children) {
          if (out) out = sequence(*out, *child);
        }
        return out;
      }
      case Kind::alternation:
        return alternation(children);
      case Kind::group: {
        if (node.group != GroupForm::capture && node.group != GroupForm::plain) return {};
        PlainForm out = std::move(*children.front());
        out.captures = out.captures || node.group == GroupForm::capture;
        return out;
      }
      default:
        return std::nullopt;
    }
  }

 private:
  static Form set(const Class& c) {
    if (!c.exact || c.set.empty()) return std::nullopt;
    const uint8_t byte = c.set.first();
    const ByteSet one = ByteSet::range(byte, byte);
    const bool pair = is_alpha(byte) && c.set == one.folded();
    if (!pair && c.set != one) return std::nullopt;
    return just({std::string(1, static_cast<char>(pair ? to_lower(byte) : byte)), pair});
  }

  static Form assertion(Assertion kind) {
    PlainForm form;
    form.literals.emplace_back();
    switch (kind) {
      case Assertion::subject_start:
        form.start = Start::subject;
        return form;
      case Assertion::line_start:
        form.start = Start::line;
        return form;
      case Assertion::subject_end:
        form.end = End::subject;
        return form;
      case Assertion::final_end:
        form.end = End::final_line;
        return form;
      case Assertion::line_end:
        form.end = End::line;
        return form;
      default:
        return std::nullopt;
    }
  }

  static Form sequence(const PlainForm& a, const PlainForm& b) {
    // An anchor must stand at its end of all the literals, or of nothing.
    const bool a_empty = takes_nothing(a);
    const bool b_empty = takes_nothing(b);
    if (a.end != End::anywhere && !(b_empty && b.start == Start::anywhere)) return std::nullopt;
    if (b.start != Start::anywhere && !(a_empty && a.end == End::anywhere)) return std::nullopt;
    if (a.literals.size() > 1 && b.literals.size() > 1) return std::nullopt;

    PlainForm out{.literals = {},
                  .start = std::max(a.start, b.start),
                  .end = std::max(a.end, b.end),
                  .captures = a.captures || b.captures};
    size_t bytes = 0;
    for (const Literal& left : a.literals) {
      for (const Literal& right : b.literals) {
        if (left.caseless != right.caseless && has_letter(left) && has_letter(right)) return {};
        out.literals.push_back({left.bytes + right.bytes, left.caseless || right.caseless});
        bytes += out.literals.back().bytes.size();
      }
    }
    if (bytes > kMaxLiteralBytes) return std::nullopt;
    return out;
  }

  static Form alternation(std::span<Form> branches) {
    PlainForm out{.literals = {},
                  .start = branches.front()->start,
                  .end = branches.front()->end,
                  .captures = false};
    size_t bytes = 0;
    for (Form& branch : branches) {
      if (branch->start != out.start || branch->end != out.end) return std::nullopt;
      out.captures = out.captures || branch->captures;
      for (Literal& literal : branch->literals) {
        bytes += literal.bytes.size();
        out.literals.push_back(std::move(literal));
      }
    }
    if (out.literals.size() > kMaxLiterals || bytes > kMaxLiteralBytes) return std::nullopt;
    return out;
  }
};

/// Whether `id` takes a byte however it matches; false: not known. As deep as the tree.
bool takes_bytes(const Tree& tree, NodeId id) {
  const Node& node = tree[id];
  const auto below = [&tree](NodeId child) { return takes_bytes(tree, child); };
  switch (node.kind) {
    case Kind::set:
      return true;
    case Kind::literal:
      return !tree.bytes(node).empty();
    case Kind::sequence:
      return std::ranges::any_of(tree.children(node), below);
    case Kind::alternation:
      return std::ranges::all_of(tree.children(node), below);
    case Kind::group:
      return below(tree.child(node));
    case Kind::repeat:
      return node.min > 0 && below(tree.child(node));
    default:
      return false;
  }
}

bool has_verb(const Tree& tree) {
  return std::ranges::any_of(tree.nodes(),
                             [](const Node& node) { return node.kind == Kind::verb; });
}

}  // namespace

bool always_matches(const Tree& tree) {
  // (*COMMIT) and the like can keep a way from being tried.
  if (takes_bytes(tree, tree.root()) || has_verb(tree)) return false;
  const Ways ways = walk<Ways>(tree, Universality());
  return ways.at_start || ways.at_end || ways.sweep;
}

std::optional<PlainForm> plain_form(const Tree& tree) {
  const bool repeats =
      std::ranges::any_of(tree.nodes(), [](const Node& node) { return node.kind == Kind::repeat; });
  if (repeats) return std::nullopt;
  return walk<Form>(tree, Forms());
}

}  // namespace wafcheck::parser::regex
