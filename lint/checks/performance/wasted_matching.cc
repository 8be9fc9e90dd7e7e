// Checks on parts of an expression without effect.

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <vector>

#include "lint/analysis/capture_reads.h"
#include "lint/analysis/expressions.h"
#include "lint/checks/check.h"
#include "lint/checks/performance/cost.h"
#include "parser/regex/analysis.h"

namespace wafcheck::lint::inline checks {
namespace {

using parser::Rule;
using parser::regex::Kind;
using parser::regex::Node;
using parser::regex::NodeId;
using parser::regex::Tree;

/// Whether part of the expression depends on the position or the match of other parts.
bool refers_to_itself(const Tree& tree) {
  return std::ranges::any_of(tree.nodes(), [](const Node& node) {
    switch (node.kind) {
      case Kind::back_reference:
      case Kind::call:
      case Kind::conditional:
      case Kind::opaque:
      case Kind::reset_start:
      case Kind::verb:
        return true;
      case Kind::assertion:
        return node.assertion == parser::regex::Assertion::match_start;
      default:
        return false;
    }
  });
}

/// .* or .*?, [\s\S]* and similar.
bool is_dot_star(const Tree& tree, const Node& node) {
  if (node.kind != Kind::repeat || node.min != 0 || node.max != parser::regex::kUnlimited)
    return false;
  if (node.greed == parser::regex::Greed::possessive) return false;
  const Node& child = tree[tree.child(node)];
  return child.kind == Kind::set && tree.set(child).count() >= 255;
}

/// Finds .* at one end of an alternative.
const Node* dot_star_at(const Tree& tree, bool front) {
  std::vector<NodeId> open = {tree.root()};
  while (!open.empty()) {
    const Node& node = tree[open.back()];
    open.pop_back();
    if (is_dot_star(tree, node)) return &node;
    const auto children = tree.children(node);
    if (node.kind == Kind::alternation) {
      open.insert(open.end(), children.rbegin(), children.rend());
    } else if (node.kind == Kind::sequence) {
      const auto takes = [&](NodeId child) { return tree[child].kind != Kind::options; };
      if (front) {
        const auto first = std::ranges::find_if(children, takes);
        if (first != children.end()) open.push_back(*first);
      } else {
        const auto last = std::find_if(children.rbegin(), children.rend(), takes);
        if (last != children.rend()) open.push_back(*last);
      }
    } else if (node.kind == Kind::group && (node.group == parser::regex::GroupForm::capture ||
                                            node.group == parser::regex::GroupForm::plain)) {
      open.push_back(tree.child(node));
    }
  }
  return nullptr;
}

/// Removes a part of the expression; nullopt if that would change the meaning of the rest.
std::optional<parser::Edit> remove_part(const Context& context, const Rule& rule,
                                        parser::regex::Span part) {
  const std::string_view text = rule.op.argument.view();
  const char before = part.begin == 0 ? '\0' : text[part.begin - 1];
  const char after = part.end == text.size() ? '\0' : text[part.end];
  if (before == '\\' || before == ' ' || after == ' ') return std::nullopt;
  if (part.begin == 0 && (after == '@' || after == '!')) return std::nullopt;
  const parser::Span span = place_of(rule, part);
  if (context.ruleset.sources.text(span) != text.substr(part.begin, part.end - part.begin)) {
    return std::nullopt;
  }
  return parser::Edit{span, ""};
}

}  // namespace

// .*E and E.* match the same values as E, as .* may be empty.
void unanchored_leading_dotstar(const Context& context, Findings& findings) {
  const CaptureReads reads(context);
  for (const Expression& expression : context.expressions().all()) {
    const Tree* const tree = expression.whole();
    if (tree == nullptr || refers_to_itself(*tree)) continue;
    for (const bool front : {true, false}) {
      const Node* const star = dot_star_at(*tree, front);
      if (star == nullptr || parser::regex::always_matches(*tree)) continue;
      for (const Rule* rule : expression.rules) {
        if (reads.of(*rule) != 0) continue;
        parser::Diagnostic& finding = findings.add(
            Check::unanchored_leading_dotstar, *rule, place_of(*rule, star->span),
            front ? "a match may begin anywhere, so this only makes the search slower"
                  : "the text after a match does not matter, so this only makes the search slower",
            "remove it");
        if (auto edit = remove_part(context, *rule, star->span)) {
          finding.fix = parser::Fix{"remove it", true, {std::move(*edit)}};
        }
      }
    }
  }
}

void capture_group_not_used(const Context& context, Findings& findings) {
  const CaptureReads reads(context);
  for (const Expression& expression : context.expressions().all()) {
    const Tree* const tree = expression.whole();
    if (tree == nullptr || tree->capture_count() == 0 || refers_to_itself(*tree)) continue;
    std::vector<const Node*> groups;
    for (const Node& node : tree->nodes()) {
      if (node.kind != Kind::group || node.group != parser::regex::GroupForm::capture) continue;
      if (node.name_form == parser::regex::NameForm::none)
        groups.push_back(&node);  // a name explains
    }
    if (groups.empty()) continue;
    std::ranges::sort(groups, {}, [](const Node* group) { return group->span.begin; });
    for (const Rule* rule : expression.rules) {
      if ((reads.of(*rule) & ~1U) != 0) continue;
      const auto open = [&](const Node* group) {
        return place_of(*rule, {group->span.begin, group->span.begin + 1});
      };
      parser::Diagnostic& finding = findings.add(
          Check::capture_group_not_used, *rule, open(groups.front()),
          groups.size() == 1
              ? std::string("this group captures text that no rule reads")
              : fmt::format("{} groups capture text that no rule reads", groups.size()),
          "write (?: instead of (");
      std::vector<parser::Edit> edits;
      for (const Node* group : groups) edits.push_back({open(group), "(?:"});
      finding.fix = parser::Fix{"do not capture", true, std::move(edits)};
    }
  }
}

void regex_too_large(const Context& context, Findings& findings) {
  for (const Expression& expression : context.expressions().all()) {
    const uint64_t states = expression.tree ? states_of(*expression.tree) : 0;
    const bool long_text = expression.text.size() > kLargeBytes;
    if (!long_text && states <= kLargeStates) continue;
    for (const Rule* rule : expression.rules) {
      findings.add(Check::regex_too_large, *rule, rule->op.argument.span(),
                   long_text
                       ? fmt::format("the expression is {} bytes long", expression.text.size())
                       : fmt::format("the repetitions expand to {} states", states),
                   long_text ? "split it into several rules"
                             : "use lower bounds for the repetitions, or none");
    }
  }
}

}  // namespace wafcheck::lint::inline checks
