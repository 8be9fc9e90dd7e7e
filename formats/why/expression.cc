#include "formats/why/expression.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <ranges>
#include <tuple>
#include <utility>

#include "parser/regex/parse.h"
#include "parser/regex/tree.h"

namespace wafcheck::formats::inline why {
namespace {

using parser::regex::GroupForm;
using parser::regex::Kind;
using parser::regex::Node;
using parser::regex::NodeId;
using parser::regex::Tree;

/// A pattern with a capturing group around each branch of its alternations.
class Instrumented {
 public:
  /// False: the pattern has something that more groups would change.
  bool build(const Tree& tree) {
    // Where, whether it is the pattern's own, and of what. Of two at one place the new one is
    // outside.
    std::vector<std::tuple<uint32_t, bool, NodeId>> groups;
    const auto surround = [&](NodeId part) {
      const uint32_t begin = content_begin(tree, tree[part]);
      insert(begin, "(");
      insert(tree[part].span.end, ")");
      groups.emplace_back(begin, false, part);
    };
    for (NodeId id = 0; id < tree.size(); ++id) {
      const Node& node = tree[id];
      switch (node.kind) {
        case Kind::alternation:
          for (const NodeId branch : tree.children(node)) surround(branch);
          break;
        case Kind::repeat:
          if (const NodeId content = optional_content(tree, node);
              content != parser::regex::kNoNode) {
            surround(content);
          }
          break;
        case Kind::group:
          if (node.group == GroupForm::branch_reset) return false;
          if (node.group == GroupForm::capture) groups.emplace_back(node.span.begin, true, id);
          break;
        case Kind::back_reference:
          if (node.name.begin != node.name.end) break;
          if (node.number == 0) return false;
          references_.push_back(id);
          break;
        case Kind::conditional:
        case Kind::call:
          return false;
        default:
          break;
      }
    }
    std::ranges::sort(groups);
    for (uint32_t number = 1; const auto& [at, own, id] : groups) {
      (own ? numbers_ : branches_)[own ? tree[id].number : id] = number;
      ++number;
    }
    return std::ranges::all_of(references_,
                               [&](NodeId id) { return numbers_.contains(tree[id].number); });
  }

  std::string text(std::string_view pattern, const Tree& tree) const {
    std::vector<std::tuple<uint32_t, uint32_t, std::string>> edits = insertions_;
    for (const NodeId id : references_) {
      const Node& node = tree[id];
      edits.emplace_back(node.span.begin, node.span.end,
                         fmt::format("\\g{{{}}}", numbers_.at(node.number)));
    }
    std::ranges::stable_sort(edits, {}, [](const auto& edit) { return std::get<0>(edit); });
    std::string out;
    uint32_t copied = 0;
    for (const auto& [begin, end, text] : edits) {
      out.append(pattern, copied, begin - copied);
      out += text;
      copied = end;
    }
    return out.append(pattern.substr(copied));
  }

  /// What a part that may be left out consists of, where that is known by a group around it:
  /// alternatives have groups of their own. kNoNode: none is needed.
  static NodeId optional_content(const Tree& tree, const Node& repeat) {
    if (repeat.min != 0) return parser::regex::kNoNode;
    const Node& group = tree[tree.child(repeat)];
    const bool plain = group.kind == Kind::group && group.group != GroupForm::branch_reset &&
                       group.group != GroupForm::script_run;
    if (!plain) return parser::regex::kNoNode;
    const NodeId content = tree.child(group);
    return tree[content].kind == Kind::alternation ? parser::regex::kNoNode : content;
  }

  /// The number of the group around a branch or an optional part.
  uint32_t group_of(NodeId branch) const { return branches_.at(branch); }

 private:
  void insert(uint32_t at, std::string text) { insertions_.emplace_back(at, at, std::move(text)); }

  /// Behind (?i) and its like, which hold for the branches that follow, too.
  static uint32_t content_begin(const Tree& tree, const Node& branch) {
    if (branch.kind == Kind::options) return branch.span.end;
    if (branch.kind != Kind::sequence) return branch.span.begin;
    uint32_t begin = branch.span.begin;
    for (const NodeId child : tree.children(branch)) {
      if (tree[child].kind == Kind::options) begin = tree[child].span.end;
    }
    return begin;
  }

  std::vector<std::tuple<uint32_t, uint32_t, std::string>> insertions_;  ///< begin, end, text
  std::vector<NodeId> references_;
  std::map<uint32_t, uint32_t> branches_;  ///< groups, by branch or optional part
  std::map<uint32_t, uint32_t> numbers_;   ///< of the pattern's own groups, old to new
};

using Groups = std::vector<parser::Pcre::Group>;

/// Writes an expression, of each alternation only the branch that took part.
class Writer {
 public:
  Writer(std::string_view pattern, const Tree& tree, const Instrumented& groups,
         const Groups& matched)
      : pattern_(pattern), tree_(tree), groups_(groups), matched_(matched) {}

  std::vector<std::string> pieces() {
    write(tree_.root(), false);
    end_piece();
    return std::move(pieces_);
  }

  /// The branch that was taken, in a repeat the last time; kNoNode: none was.
  NodeId taken(const Node& alternation) const {
    NodeId last = parser::regex::kNoNode;
    for (const NodeId branch : tree_.children(alternation)) {
      if (!took_part(branch)) continue;
      if (last == parser::regex::kNoNode || end_of(branch) >= end_of(last)) last = branch;
    }
    return last;
  }

  bool took_part(NodeId branch) const {
    const uint32_t group = groups_.group_of(branch);
    return group < matched_.size() && matched_[group].first != parser::Pcre::kUnset;
  }

 private:
  size_t end_of(NodeId branch) const { return matched_[groups_.group_of(branch)].second; }

  std::string_view source(const Node& node) const {
    return pattern_.substr(node.span.begin, node.span.end - node.span.begin);
  }

  void end_piece() {
    if (!piece_.empty() && piece_ != "\\b") pieces_.push_back(std::move(piece_));
    piece_.clear();
  }

  /// Whether it takes whatever comes, so that it tells nothing.
  bool is_gap(const Node& repeat) const {
    constexpr uint32_t kLong = 4;
    constexpr size_t kMostBytes = 128;
    const Node& child = tree_[tree_.child(repeat)];
    return repeat.max >= kLong && child.kind == Kind::set && tree_.set(child).count() >= kMostBytes;
  }

  /// Of an optional part with alternations that the match did without.
  bool was_passed_over(const Node& node) const {
    bool any = false;
    for (NodeId id = 0; id < tree_.size(); ++id) {
      const Node& inner = tree_[id];
      const bool inside = inner.kind == Kind::alternation && inner.span.begin >= node.span.begin &&
                          inner.span.end <= node.span.end;
      if (!inside) continue;
      any = true;
      for (const NodeId branch : tree_.children(inner)) {
        if (took_part(branch)) return false;
      }
    }
    return any;
  }

  void write(NodeId id, bool repeated) {
    const Node& node = tree_[id];
    switch (node.kind) {
      case Kind::sequence:
        for (const NodeId child : tree_.children(node)) write(child, repeated);
        break;
      case Kind::alternation:
        if (const NodeId branch = taken(node); branch != parser::regex::kNoNode) {
          write(branch, repeated);
        } else {
          piece_ += source(node);
        }
        break;
      case Kind::group:
        write(tree_.child(node), repeated);
        break;
      case Kind::look:
        write_around(node, tree_.child(node));
        break;
      case Kind::repeat:
        write_repeat(node, repeated);
        break;
      case Kind::options:
        break;
      default:
        piece_ += source(node);
    }
  }

  void write_repeat(const Node& node, bool repeated) {
    const NodeId content = Instrumented::optional_content(tree_, node);
    const bool known = content != parser::regex::kNoNode;
    if (known ? !took_part(content) : node.min == 0 && was_passed_over(node)) return;
    if (!repeated && is_gap(node)) return end_piece();
    const NodeId child = tree_.child(node);
    const bool once = node.max == 1;
    if (tree_[child].kind != Kind::group) {
      piece_ += source(node);
      return;
    }
    if (once) return write(child, repeated);
    piece_ += "(?:";
    write(child, true);
    piece_ += ')';
    piece_ += pattern_.substr(node.quantifier.begin, node.quantifier.end - node.quantifier.begin);
  }

  /// A node with what stands around its child.
  void write_around(const Node& node, NodeId child) {
    const parser::regex::Span inner = tree_[child].span;
    piece_ += pattern_.substr(node.span.begin, inner.begin - node.span.begin);
    write(child, true);
    piece_ += pattern_.substr(inner.end, node.span.end - inner.end);
  }

  std::string_view pattern_;
  const Tree& tree_;
  const Instrumented& groups_;
  const Groups& matched_;
  std::vector<std::string> pieces_;
  std::string piece_;
};

/// The alternation that an expression is but for options and groups around it; kNoNode: another.
NodeId outer_alternation(const Tree& tree) {
  NodeId at = tree.root();
  while (at != parser::regex::kNoNode) {
    const Node& node = tree[at];
    if (node.kind == Kind::alternation) return at;
    if (node.kind == Kind::group) {
      at = tree.child(node);
      continue;
    }
    if (node.kind != Kind::sequence) break;
    NodeId only = parser::regex::kNoNode;
    for (const NodeId child : tree.children(node)) {
      if (tree[child].kind == Kind::options) continue;
      if (only != parser::regex::kNoNode) return parser::regex::kNoNode;
      only = child;
    }
    at = only;
  }
  return parser::regex::kNoNode;
}

}  // namespace

struct BranchFinder::Parts {
  std::string pattern;
  Tree tree;
  Instrumented instrumented;
  parser::Pcre regex;

  Parts(std::string_view text, Tree parsed, Instrumented groups, parser::Pcre compiled)
      : pattern(text),
        tree(std::move(parsed)),
        instrumented(std::move(groups)),
        regex(std::move(compiled)) {}
};

BranchFinder::BranchFinder(std::unique_ptr<const Parts> parts) : parts_(std::move(parts)) {}
BranchFinder::~BranchFinder() = default;

std::unique_ptr<const BranchFinder> BranchFinder::make(std::string_view pattern,
                                                       const parser::PcreOptions& options) {
  constexpr size_t kMostNodes = 20'000;
  auto tree = parser::regex::parse(pattern, options);
  if (!tree || tree->size() > kMostNodes) return nullptr;
  Instrumented instrumented;
  if (!instrumented.build(*tree)) return nullptr;
  auto regex = parser::Pcre::compile(instrumented.text(pattern, *tree), options);
  if (!regex) return nullptr;
  return std::unique_ptr<const BranchFinder>(new BranchFinder(std::make_unique<const Parts>(
      pattern, std::move(*tree), std::move(instrumented), std::move(*regex))));
}

std::optional<TakenBranches> BranchFinder::find(
    std::string_view subject, uint32_t match_limit,
    const std::optional<parser::Pcre::Group>& expected) const {
  const Tree& tree = parts_->tree;
  Groups groups;
  if (parts_->regex.match(subject, 0, match_limit, &groups) != parser::PcreResult::matched) {
    return std::nullopt;
  }
  if (expected && *expected != groups.front()) return std::nullopt;

  Writer writer(parts_->pattern, tree, parts_->instrumented, groups);
  TakenBranches taken;
  if (const NodeId outer = outer_alternation(tree); outer != parser::regex::kNoNode) {
    const auto branches = tree.children(tree[outer]);
    const auto found = std::ranges::find(branches, writer.taken(tree[outer]));
    if (found != branches.end()) {
      taken.branch = static_cast<size_t>(found - branches.begin()) + 1;
      taken.branches = branches.size();
    }
  }
  taken.pieces = writer.pieces();
  return taken;
}

}  // namespace wafcheck::formats::inline why
