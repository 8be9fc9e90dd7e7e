#pragma once
// A walk over a tree from the leaves up, without recursion.

#include <algorithm>
#include <span>
#include <vector>

#include "parser/regex/tree.h"

namespace wafcheck::parser::regex {

/// The value at the root, where `rules` has leaf(tree, node) for nodes without children and
/// inner(tree, node, values of the children, which it may take) for the others. An empty sequence
/// is inner.
template <typename Value, typename Rules>
Value walk(const Tree& tree, Rules rules) {
  std::vector<Value> values(tree.size());
  std::vector<Value> below;
  for (NodeId id = 0; id < tree.size(); ++id) {
    const Node& node = tree[id];
    const auto children = tree.children(node);
    if (children.empty() && node.kind != Kind::sequence) {
      values[id] = rules.leaf(tree, node);
      continue;
    }
    below.clear();
    for (const NodeId child : children) below.push_back(std::move(values[child]));
    values[id] = rules.inner(tree, node, std::span<Value>(below));
  }
  return std::move(values[tree.root()]);
}

/// Whether (*ACCEPT) may end a match before the expression does: a walk cannot see where.
inline bool ends_early(const Tree& tree) {
  return std::ranges::any_of(tree.nodes(), [](const Node& node) {
    return node.kind == Kind::verb && node.verb == VerbForm::accept;
  });
}

}  // namespace wafcheck::parser::regex
