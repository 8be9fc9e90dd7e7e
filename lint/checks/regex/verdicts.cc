// Checks on expressions with the same result for every value.

#include <fmt/format.h>

#include <algorithm>
#include <string>
#include <vector>

#include "lint/analysis/expressions.h"
#include "lint/checks/check.h"
#include "parser/regex/analysis.h"
#include "parser/syntax/syntax_checks.h"

namespace wafcheck::lint::inline checks {
namespace {

using parser::Rule;
using parser::regex::Assertion;
using parser::regex::Kind;
using parser::regex::Node;
using parser::regex::NodeId;
using parser::regex::Shape;
using parser::regex::Tree;

/// The innermost node that never matches.
NodeId innermost(const Tree& tree, const std::vector<Shape>& shapes, NodeId id) {
  while (true) {
    const auto children = tree.children(tree[id]);
    const auto below =
        std::ranges::find_if(children, [&](NodeId child) { return shapes[child].never; });
    if (below == children.end()) return id;
    id = *below;
  }
}

/// The anchor that contradicts the text before or after it, or else the whole node.
parser::regex::Span contradiction(const Tree& tree, const std::vector<Shape>& shapes, NodeId id) {
  const Node& node = tree[id];
  if (node.kind != Kind::sequence) return node.span;
  const auto items = tree.children(node);
  for (size_t i = 0; i < items.size(); ++i) {
    const Node& item = tree[items[i]];
    if (item.kind != Kind::assertion) continue;
    const auto takes = [&](NodeId other) { return shapes[other].min > 0; };
    const bool start =
        item.assertion == Assertion::subject_start || item.assertion == Assertion::line_start;
    if (start && std::any_of(items.begin(), items.begin() + static_cast<ptrdiff_t>(i), takes)) {
      return item.span;
    }
    const bool end = item.assertion == Assertion::subject_end ||
                     item.assertion == Assertion::final_end ||
                     item.assertion == Assertion::line_end;
    if (end && std::any_of(items.begin() + static_cast<ptrdiff_t>(i), items.end(), takes)) {
      return item.span;
    }
  }
  return node.span;
}

std::string reason(std::string_view text, parser::regex::Span span) {
  const std::string_view culprit = text.substr(span.begin, span.end - span.begin);
  return fmt::format("\"{}\" cannot match here", parser::shown(culprit));
}

/// The | next to an empty alternative; an empty span if there is none.
parser::regex::Span empty_alternative(const Tree& tree) {
  for (const Node& node : tree.nodes()) {
    if (node.kind != Kind::alternation) continue;
    for (const NodeId child : tree.children(node)) {
      const parser::regex::Span span = tree[child].span;
      if (span.begin != span.end) continue;
      if (span.begin > node.span.begin) return {span.begin - 1, span.begin};
      return {span.end, span.end + 1};
    }
  }
  return {};
}

}  // namespace

void regex_never_matches(const Context& context, Findings& findings) {
  for (const Expression& expression : context.expressions().all()) {
    if (expression.whole() == nullptr) continue;
    const Tree& tree = *expression.whole();
    const std::vector<Shape> shapes = parser::regex::shapes(tree);
    const auto report = [&](NodeId id, bool whole) {
      const parser::regex::Span span = contradiction(tree, shapes, innermost(tree, shapes, id));
      for (const Rule* rule : expression.rules) {
        const std::string_view name = info(rule->op.id).name;
        const std::string then = !whole             ? "this alternative never matches"
                                 : rule->op.negated ? fmt::format("!@{} always matches", name)
                                                    : fmt::format("@{} never matches", name);
        parser::Diagnostic& finding =
            findings.add(Check::regex_never_matches, *rule, place_of(*rule, span),
                         fmt::format("{}: {}", reason(expression.text, span), then),
                         "remove one of the contradicting parts");
        if (!whole) finding.severity = parser::Severity::warning;
      }
    };
    if (shapes[tree.root()].never) {
      report(tree.root(), true);
      continue;
    }
    std::vector<bool> covered(tree.size());
    for (NodeId id = static_cast<NodeId>(tree.size()); id-- > 0;) {
      const Node& node = tree[id];
      // (?!) and similar items never match on purpose.
      const bool skip = covered[id] || shapes[id].never || node.kind == Kind::look ||
                        node.kind == Kind::conditional;
      for (const NodeId child : tree.children(node)) {
        if (skip) {
          covered[child] = true;
        } else if (node.kind == Kind::alternation && shapes[child].never) {
          report(child, false);
        }
      }
    }
  }
}

void regex_always_matches(const Context& context, Findings& findings) {
  for (const Expression& expression : context.expressions().all()) {
    if (expression.whole() == nullptr || !parser::regex::always_matches(*expression.whole()))
      continue;
    const parser::regex::Span bar = empty_alternative(*expression.whole());
    for (const Rule* rule : expression.rules) {
      if (rule->has(parser::Action::capture)) continue;  // it is there for TX:0
      const parser::Span span =
          bar.begin == bar.end ? rule->op.argument.span() : place_of(*rule, bar);
      const std::string_view name = info(rule->op.id).name;
      const std::string then = rule->op.negated ? fmt::format("!@{} never matches", name)
                                                : fmt::format("@{} always matches", name);
      if (bar.begin != bar.end) {
        findings
            .add(Check::regex_always_matches, *rule, span,
                 fmt::format("there is an empty alternative next to this |: {}", then),
                 "remove the |")
            .fix = parser::Fix{"remove the |", false, {{span, ""}}};
        continue;
      }
      findings
          .add(Check::regex_always_matches, *rule, span.begin == span.end ? rule->op.span : span,
               fmt::format("\"{}\" matches every value, even an empty one: {}",
                           parser::shown(expression.text), then),
               "require some text, or use @unconditionalMatch")
          .fix = parser::Fix{
          "use @unconditionalMatch",
          false,
          {{rule->op.span, rule->op.negated ? "!@unconditionalMatch" : "@unconditionalMatch"}}};
    }
  }
}

}  // namespace wafcheck::lint::inline checks
