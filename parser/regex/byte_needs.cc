// Byte sets that every subject with a match has a member of.

#include <algorithm>
#include <array>

#include "parser/regex/analysis.h"
#include "parser/regex/walk.h"

namespace wafcheck::parser::regex {
namespace {

constexpr size_t kMaxSets = 4;

/// Some sets, the smallest first, none of which follows from another. Those for which there is no
/// room are left out: to ask for less is safe.
class Sets {
 public:
  void add(const ByteSet& set) { add({set, set.count()}); }
  void add(const Sets& others) {
    for (size_t i = 0; i < others.size_; ++i) add(others.chosen_[i]);
  }
  size_t size() const { return size_; }
  const ByteSet& operator[](size_t i) const { return chosen_[i].set; }

 private:
  struct Sized {
    ByteSet set;
    size_t count = 0;
  };

  void add(const Sized& one) {
    if (one.count == 256) return;
    size_t at = 0;
    for (; at < size_ && chosen_[at].count <= one.count; ++at) {
      if (one.set.includes(chosen_[at].set)) return;
    }
    // What is larger and follows from this one goes.
    size_t count = at;
    for (size_t i = at; i < size_; ++i) {
      if (!chosen_[i].set.includes(one.set)) chosen_[count++] = chosen_[i];
    }
    if (at == kMaxSets) return;
    size_ = std::min(count + 1, kMaxSets);
    std::copy_backward(chosen_.begin() + at, chosen_.begin() + size_ - 1, chosen_.begin() + size_);
    chosen_[at] = one;
  }

  std::array<Sized, kMaxSets> chosen_;
  size_t size_ = 0;
};

class Needs {
 public:
  Sets leaf(const Tree& tree, const Node& node) const {
    Sets sets;
    if (node.kind == Kind::set) sets.add(tree.set(node));
    if (node.kind != Kind::literal) return sets;
    ByteSet seen;
    for (const char c : tree.bytes(node)) {
      if (seen.contains(static_cast<uint8_t>(c))) continue;
      const ByteSet one = ByteSet::of({&c, 1});
      const ByteSet either_case = node.caseless ? one.folded() : one;
      sets.add(either_case);
      seen |= either_case;
    }
    return sets;
  }

  Sets inner(const Tree&, const Node& node, std::span<Sets> children) const {
    switch (node.kind) {
      case Kind::sequence:
        return sequence(children);
      case Kind::alternation:
        return alternation(children);
      case Kind::repeat:
        return node.min == 0 ? Sets() : children.front();
      case Kind::look:
        return node.negative ? Sets() : children.front();
      case Kind::conditional: {
        if (children.size() < 3) return {};
        const Sets branches[] = {sequence(children.first(2)), children[2]};
        return alternation(branches);
      }
      default:
        return children.front();
    }
  }

 private:
  static Sets sequence(std::span<const Sets> children) {
    Sets all;
    for (const Sets& child : children) all.add(child);
    return all;
  }

  /// One set of each branch, together, is needed whichever branch matches.
  static Sets alternation(std::span<const Sets> branches) {
    const size_t ranks =
        std::ranges::min(branches, {}, [](const Sets& sets) { return sets.size(); }).size();
    Sets all;
    for (size_t i = 0; i < ranks; ++i) {
      ByteSet together;
      for (const Sets& branch : branches) together |= branch[i];
      all.add(together);
    }
    return all;
  }
};

}  // namespace

std::vector<ByteSet> required_sets(const Tree& tree) {
  std::vector<ByteSet> all;
  if (ends_early(tree)) return all;
  const Sets sets = walk<Sets>(tree, Needs());
  for (size_t i = 0; i < sets.size(); ++i) all.push_back(sets[i]);
  return all;
}

}  // namespace wafcheck::parser::regex
