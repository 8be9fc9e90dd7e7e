// Lengths, byte sets and anchors, from the leaves up.

#include <algorithm>

#include "parser/regex/analysis.h"
#include "parser/regex/walk.h"

namespace wafcheck::parser::regex {
namespace {

uint32_t plus(uint32_t a, uint32_t b) {
  return a > kUnlimited - b ? kUnlimited : a + b;
}

/// With 0 times without end being 0.
uint32_t times(uint32_t a, uint32_t b) {
  if (a == 0 || b == 0) return 0;
  if (a == kUnlimited || b == kUnlimited) return kUnlimited;
  const uint64_t product = uint64_t{a} * b;
  return product >= kUnlimited ? kUnlimited : static_cast<uint32_t>(product);
}

/// A lower bound must stay one when it gets too large to count.
uint32_t floor_of(uint32_t bound) {
  return std::min(bound, kUnlimited - 1);
}

Shape empty_match() {
  return {.nullable = true};
}

Shape anything(uint32_t min, uint32_t max) {
  const ByteSet all = max == 0 ? ByteSet() : ByteSet::all();
  return {.min = min, .max = max, .nullable = min == 0, .first = all, .last = all, .alphabet = all};
}

Shape one_byte(const ByteSet& set) {
  return {.min = 1, .max = 1, .first = set, .last = set, .alphabet = set, .never = set.empty()};
}

Shape literal(const Tree& tree, const Node& node) {
  const std::string_view bytes = tree.bytes(node);
  const auto set = [&](std::string_view part) {
    const ByteSet exact = ByteSet::of(part);
    return node.caseless ? exact.folded() : exact;
  };
  const auto size = static_cast<uint32_t>(bytes.size());
  return {.min = size,
          .max = size,
          .first = set(bytes.substr(0, 1)),
          .last = set(bytes.substr(bytes.size() - 1)),
          .alphabet = set(bytes)};
}

Shape assertion(Assertion kind) {
  Shape shape = empty_match();
  switch (kind) {
    case Assertion::subject_start:
      shape.start = Start::subject;
      break;
    case Assertion::line_start:
      shape.start = Start::line;
      break;
    case Assertion::subject_end:
      shape.end = End::subject;
      break;
    case Assertion::final_end:
      shape.end = End::final_line;
      break;
    case Assertion::line_end:
      shape.end = End::line;
      break;
    default:
      break;
  }
  return shape;
}

/// Whether `b` can stand after `a`, as far as anchors tell.
bool seam_holds(const Shape& a, const Shape& b) {
  if (a.min > 0) {
    if (b.start == Start::subject) return false;
    if (b.start == Start::line && !a.last.contains('\n')) return false;
  }
  if (b.min > 0) {
    if (a.end == End::subject) return false;
    if (a.end == End::final_line && b.min > 1) return false;
    if (a.end != End::anywhere && !b.first.contains('\n')) return false;
  }
  return true;
}

/// The places that a match of `b` after a match of `a` is held to. What is held at the seam is held
/// at the outer end too if nothing stands between.
Shape joined(const Shape& a, const Shape& b) {
  Shape out;
  out.never = a.never || b.never || !seam_holds(a, b);
  out.min = floor_of(plus(a.min, b.min));
  out.max = plus(a.max, b.max);
  out.nullable = a.nullable && b.nullable;
  out.first = a.nullable ? a.first | b.first : a.first;
  out.last = b.nullable ? a.last | b.last : b.last;
  out.alphabet = a.alphabet | b.alphabet;
  out.start = a.max == 0 ? std::max(a.start, b.start) : a.start;
  out.end = b.max == 0 ? std::max(a.end, b.end) : b.end;
  return out;
}

Shape either(const Shape& a, const Shape& b) {
  if (a.never) return b;
  if (b.never) return a;
  return {.min = std::min(a.min, b.min),
          .max = std::max(a.max, b.max),
          .nullable = a.nullable || b.nullable,
          .first = a.first | b.first,
          .last = a.last | b.last,
          .alphabet = a.alphabet | b.alphabet,
          .start = std::min(a.start, b.start),
          .end = std::min(a.end, b.end)};
}

Shape repeated(const Shape& once, uint32_t min, uint32_t max) {
  if (max == 0 || (once.never && min == 0)) return empty_match();
  Shape out = once;
  out.min = floor_of(times(once.min, min));
  out.max = times(once.max, max);
  out.nullable = once.nullable || min == 0;
  if (min == 0) {
    out.start = Start::anywhere;
    out.end = End::anywhere;
  }
  out.never = once.never || (min > 1 && joined(once, once).never);
  return out;
}

Shape conditional(std::span<const Shape> children) {
  Shape out = joined(children[0], children[1]);
  const Shape none = empty_match();
  // The test says nothing of the other branch.
  return either(out, children.size() > 2 ? children[2] : none);
}

class Shapes {
 public:
  Shape leaf(const Tree& tree, const Node& node) const {
    switch (node.kind) {
      case Kind::literal:
        return literal(tree, node);
      case Kind::set:
        return one_byte(tree.set(node));
      case Kind::assertion:
        return assertion(node.assertion);
      case Kind::opaque:
        return anything(node.min, node.max);
      case Kind::back_reference:
      case Kind::call:
        return anything(0, kUnlimited);
      case Kind::verb: {
        Shape shape = empty_match();
        shape.never = node.verb == VerbForm::fail;
        return shape;
      }
      default:
        return empty_match();
    }
  }

  Shape inner(const Tree&, const Node& node, std::span<Shape> children) const {
    switch (node.kind) {
      case Kind::sequence: {
        Shape out = empty_match();
        for (const Shape& child : children) out = joined(out, child);
        return out;
      }
      case Kind::alternation: {
        Shape out = children.front();
        for (const Shape& child : children.subspan(1)) out = either(out, child);
        return out;
      }
      case Kind::repeat:
        return repeated(children.front(), node.min, node.max);
      case Kind::look: {
        Shape out = empty_match();
        out.never = !node.negative && children.front().never;
        return out;
      }
      case Kind::conditional:
        return conditional(children);
      default:
        return children.front();
    }
  }
};

/// The same, with a copy of each.
class Kept {
 public:
  explicit Kept(std::vector<Shape>& all) : all_(all) {}

  Shape leaf(const Tree& tree, const Node& node) { return keep(shapes_.leaf(tree, node)); }
  Shape inner(const Tree& tree, const Node& node, std::span<Shape> children) {
    return keep(shapes_.inner(tree, node, children));
  }

 private:
  // A walk visits the nodes in their order.
  Shape keep(const Shape& shape) { return all_[next_++] = shape; }

  Shapes shapes_;
  std::vector<Shape>& all_;
  size_t next_ = 0;
};

}  // namespace

Shape shape(const Tree& tree) {
  if (ends_early(tree)) return anything(0, kUnlimited);
  return walk<Shape>(tree, Shapes());
}

std::vector<Shape> shapes(const Tree& tree) {
  if (ends_early(tree)) return std::vector<Shape>(tree.size(), anything(0, kUnlimited));
  std::vector<Shape> all(tree.size());
  walk<Shape>(tree, Kept(all));
  return all;
}

}  // namespace wafcheck::parser::regex
