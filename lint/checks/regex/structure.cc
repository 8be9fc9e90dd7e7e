// Checks on the structure of expressions: anchors, dots, braces.

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <string>
#include <vector>

#include "lint/analysis/expressions.h"
#include "lint/checks/check.h"
#include "parser/base/ascii.h"
#include "parser/syntax/syntax_checks.h"

namespace wafcheck::lint::inline checks {
namespace {

using parser::Rule;
using parser::Span;
using parser::regex::Assertion;
using parser::regex::Kind;
using parser::regex::Node;
using parser::regex::NodeId;
using parser::regex::Tree;

bool is_start(const Node& node) {
  return node.kind == Kind::assertion &&
         (node.assertion == Assertion::subject_start || node.assertion == Assertion::line_start);
}

bool is_end(const Node& node) {
  return node.kind == Kind::assertion &&
         (node.assertion == Assertion::subject_end || node.assertion == Assertion::final_end ||
          node.assertion == Assertion::line_end);
}

/// A branch of an alternation, without the anchors at its ends.
struct Branch {
  NodeId id = parser::regex::kNoNode;
  const Node* start = nullptr;
  const Node* end = nullptr;
  std::string_view body;
  bool word = false;  ///< has letters or digits beside each other
  // Whether a text stands at that end: behind ^ it is what the value begins with.
  bool begins_with_text = false, ends_with_text = false;
};

bool has_word(std::string_view bytes) {
  for (size_t i = 1; i < bytes.size(); ++i) {
    if (is_alnum(static_cast<unsigned char>(bytes[i - 1])) &&
        is_alnum(static_cast<unsigned char>(bytes[i]))) {
      return true;
    }
  }
  return false;
}

/// The positions at which literals of letters or digits begin.
std::vector<uint32_t> words_of(const Tree& tree) {
  std::vector<uint32_t> begins;
  for (const Node& node : tree.nodes()) {
    if (node.kind == Kind::literal && has_word(tree.bytes(node))) begins.push_back(node.span.begin);
  }
  std::ranges::sort(begins);
  return begins;
}

Branch branch_of(const Tree& tree, NodeId id, std::string_view text,
                 const std::vector<uint32_t>& words) {
  Branch branch{.id = id, .body = {}};
  const Node& node = tree[id];
  std::vector<NodeId> items = {id};
  if (node.kind == Kind::sequence) {
    const auto children = tree.children(node);
    items.assign(children.begin(), children.end());
  }
  parser::regex::Span body = node.span;
  if (!items.empty() && is_start(tree[items.front()])) {
    branch.start = &tree[items.front()];
    body.begin = branch.start->span.end;
    items.erase(items.begin());
  }
  if (!items.empty() && is_end(tree[items.back()])) {
    branch.end = &tree[items.back()];
    body.end = branch.end->span.begin;
    items.pop_back();
  }
  branch.body = text.substr(body.begin, body.end - body.begin);
  const auto word = std::ranges::lower_bound(words, body.begin);
  branch.word = word != words.end() && *word < body.end;
  branch.begins_with_text = !items.empty() && tree[items.front()].kind == Kind::literal;
  branch.ends_with_text = !items.empty() && tree[items.back()].kind == Kind::literal;
  return branch;
}

/// The expression without the groups around the whole of it.
NodeId outermost(const Tree& tree) {
  NodeId id = tree.root();
  while (true) {
    const Node& node = tree[id];
    if (node.kind != Kind::sequence && node.kind != Kind::group) return id;
    NodeId only = parser::regex::kNoNode;
    for (const NodeId child : tree.children(node)) {
      if (tree[child].kind == Kind::options) continue;
      if (only != parser::regex::kNoNode) return id;
      only = child;
    }
    if (only == parser::regex::kNoNode) return id;
    id = only;
  }
}

/// The anchors of an alternation: whether they are at its outer ends only.
enum class Anchoring : uint8_t { as_meant, both, first, last };

Anchoring anchoring(const std::vector<Branch>& branches) {
  const Branch& first = branches.front();
  const Branch& last = branches.back();
  if (first.end != nullptr || last.start != nullptr) return Anchoring::as_meant;
  for (size_t i = 1; i + 1 < branches.size(); ++i) {
    if (branches[i].start != nullptr || branches[i].end != nullptr) return Anchoring::as_meant;
  }
  const bool starts = first.start != nullptr;
  const bool ends = last.end != nullptr;
  if (starts && ends) {
    // ^x|x$ searches both ends for the same text, on purpose.
    const bool words = std::ranges::all_of(branches, &Branch::word);
    return words && first.body != last.body ? Anchoring::both : Anchoring::as_meant;
  }
  const auto alike = [&](bool Branch::* text) {
    return std::ranges::all_of(branches, &Branch::word) && std::ranges::all_of(branches, text);
  };
  const bool meant_for_all =
      starts ? alike(&Branch::begins_with_text) : alike(&Branch::ends_with_text);
  if (starts == ends || !meant_for_all) return Anchoring::as_meant;
  return starts ? Anchoring::first : Anchoring::last;
}

/// Words that often follow a dot in names of hosts and files.
constexpr auto kEndings = std::to_array<std::string_view>(
    {"asp", "aspx", "bak",  "bat", "cfg",  "cgi", "com", "conf", "css",  "dll", "edu", "exe", "gif",
     "gov", "htm",  "html", "ini", "jpeg", "jpg", "js",  "json", "jsp",  "log", "net", "org", "php",
     "pl",  "png",  "sh",   "sql", "svg",  "tar", "txt", "xml",  "yaml", "yml", "zip"});

/// "com", or "com/path".
bool begins_with_ending(std::string_view bytes) {
  size_t end = 0;
  while (end < bytes.size() && is_alnum(static_cast<unsigned char>(bytes[end]))) ++end;
  const std::string word = lowercase(bytes.substr(0, end));
  return std::ranges::find(kEndings, word) != kEndings.end();
}

}  // namespace

void regex_alternation_anchor(const Context& context, Findings& findings) {
  for (const Expression& expression : context.expressions().all()) {
    if (expression.whole() == nullptr) continue;
    const Tree& tree = *expression.whole();
    const NodeId outer = outermost(tree);
    if (tree[outer].kind != Kind::alternation) continue;
    const Node& node = tree[outer];
    const std::vector<uint32_t> words = words_of(tree);
    std::vector<Branch> branches;
    const auto children = tree.children(node);
    // Most alternations are decided by the outer branches.
    if (branch_of(tree, children.front(), expression.text, words).start == nullptr &&
        branch_of(tree, children.back(), expression.text, words).end == nullptr) {
      continue;
    }
    for (const NodeId child : children) {
      branches.push_back(branch_of(tree, child, expression.text, words));
    }
    const Anchoring how = anchoring(branches);
    if (how == Anchoring::as_meant) continue;
    const parser::regex::Span begin =
        branches.front().start != nullptr ? branches.front().start->span : parser::regex::Span{};
    const parser::regex::Span end =
        branches.back().end != nullptr ? branches.back().end->span : parser::regex::Span{};
    std::string message = "^ applies only to the first alternative, and $ only to the last";
    if (how == Anchoring::first) message = "^ applies only to the first alternative";
    if (how == Anchoring::last) message = "$ applies only to the last alternative";
    for (const Rule* rule : expression.rules) {
      parser::Diagnostic& finding =
          findings.add(Check::regex_alternation_anchor, *rule, place_of(*rule, node.span), message,
                       "put the alternatives into a group: ^(?:a|b)$");
      if (how != Anchoring::both) finding.severity = parser::Severity::info;
      const uint32_t from = begin.end > begin.begin ? begin.end : node.span.begin;
      const uint32_t to = end.end > end.begin ? end.begin : node.span.end;
      finding.fix =
          parser::Fix{"group the alternatives",
                      false,
                      {{place_of(*rule, {from, from}), "(?:"}, {place_of(*rule, {to, to}), ")"}}};
    }
  }
}

void regex_unescaped_dot(const Context& context, Findings& findings) {
  for (const Expression& expression : context.expressions().all()) {
    if (!expression.tree) continue;
    const Tree& tree = *expression.tree;
    for (const Node& node : tree.nodes()) {
      if (node.kind != Kind::sequence) continue;
      const auto items = tree.children(node);
      for (size_t i = 1; i + 1 < items.size(); ++i) {
        const Node& dot = tree[items[i]];
        if (dot.kind != Kind::set || tree.class_of(dot).form != parser::regex::ClassForm::dot)
          continue;
        const Node& before = tree[items[i - 1]];
        const Node& after = tree[items[i + 1]];
        if (before.kind != Kind::literal || after.kind != Kind::literal) continue;
        if (!has_word(tree.bytes(before).substr(tree.bytes(before).size() -
                                                std::min<size_t>(tree.bytes(before).size(), 2))) ||
            !begins_with_ending(tree.bytes(after))) {
          continue;
        }
        for (const Rule* rule : expression.rules) {
          const Span span = place_of(*rule, dot.span);
          findings
              .add(
                  Check::regex_unescaped_dot, *rule, span,
                  fmt::format(". matches any byte before \"{}\"", parser::shown(tree.bytes(after))),
                  "write \\. for a dot")
              .fix =
              parser::Fix{"escape the dot", false, {{{span.file, span.begin, span.begin}, "\\"}}};
        }
      }
    }
  }
}

void regex_literal_brace(const Context& context, Findings& findings) {
  for (const Expression& expression : context.expressions().all()) {
    if (!expression.tree) continue;
    for (const parser::regex::Mark& mark : expression.tree->marks()) {
      if (mark.kind != parser::regex::MarkKind::open_brace) continue;
      for (const Rule* rule : expression.rules) {
        const Span span = place_of(*rule, mark.span);
        findings
            .add(Check::regex_literal_brace, *rule, span,
                 "{ does not begin a quantifier here: Rust's regex engine refuses the expression",
                 "write \\{ for a brace")
            .fix =
            parser::Fix{"escape the brace", true, {{{span.file, span.begin, span.begin}, "\\"}}};
      }
    }
  }
}

}  // namespace wafcheck::lint::inline checks
