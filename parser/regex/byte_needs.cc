// Byte sets that every subject with a match has a member of.

#include <algorithm>

#include "parser/regex/analysis.h"
#include "parser/regex/walk.h"

namespace wafcheck::regex {
namespace {

constexpr size_t kMaxSets = 8;

using Sets = std::vector<ByteSet>;

/// Smallest first, without what follows from another.
void tidy(Sets& sets) {
  std::erase_if(sets, [](const ByteSet& set) { return set.full(); });
  std::ranges::sort(sets, [](const ByteSet& a, const ByteSet& b) {
    return std::pair(a.count(), a) < std::pair(b.count(), b);
  });
  Sets out;
  for (const ByteSet& set : sets) {
    if (out.size() == kMaxSets) break;
    if (std::ranges::none_of(out, [&](const ByteSet& s) { return set.includes(s); })) {
      out.push_back(set);
    }
  }
  sets = std::move(out);
}

class Needs {
 public:
  Sets leaf(const Tree& tree, const Node& node) const {
    if (node.kind == Kind::set) return tidied({tree.set(node)});
    if (node.kind != Kind::literal) return {};
    Sets sets;
    ByteSet seen;
    for (const char c : tree.bytes(node)) {
      const ByteSet one = ByteSet::of({&c, 1});
      if (seen.includes(one)) continue;
      sets.push_back(node.caseless ? one.folded() : one);
      seen |= sets.back();
    }
    return tidied(std::move(sets));
  }

  Sets inner(const Tree&, const Node& node, std::span<Sets> children) const {
    switch (node.kind) {
      case Kind::sequence:
        return sequence(children);
      case Kind::alternation:
        return alternation(children);
      case Kind::repeat:
        return node.min == 0 ? Sets() : std::move(children.front());
      case Kind::look:
        return node.negative ? Sets() : std::move(children.front());
      case Kind::conditional: {
        if (children.size() < 3) return {};
        Sets branches[] = {sequence(children.first(2)), std::move(children[2])};
        return alternation(branches);
      }
      default:
        return std::move(children.front());
    }
  }

 private:
  static Sets tidied(Sets sets) {
    tidy(sets);
    return sets;
  }

  static Sets sequence(std::span<const Sets> children) {
    Sets all;
    for (const Sets& child : children) all.insert(all.end(), child.begin(), child.end());
    return tidied(std::move(all));
  }

  /// One set of each branch, together, is needed whichever branch matches.
  static Sets alternation(std::span<const Sets> branches) {
    const size_t ranks =
        std::ranges::min(branches, {}, [](const Sets& sets) { return sets.size(); }).size();
    Sets all(ranks);
    for (const Sets& branch : branches) {
      for (size_t i = 0; i < ranks; ++i) all[i] |= branch[i];
    }
    return tidied(std::move(all));
  }
};

}  // namespace

std::vector<ByteSet> required_sets(const Tree& tree) {
  if (ends_early(tree)) return {};
  return walk<Sets>(tree, Needs());
}

}  // namespace wafcheck::regex
