// Arguments and expressions that ask for what the transformations before them leave none of.

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "lint/regex/alphabet.h"
#include "lint/regex/expressions.h"
#include "lint/regex/pipeline.h"
#include "parser/ascii.h"
#include "parser/macro.h"
#include "parser/syntax_checks.h"

namespace wafcheck::lint {
namespace {

using parser::Operator;
using parser::Rule;
using parser::Span;
using parser::Transformation;
using regex::Kind;
using regex::Node;
using regex::NodeId;
using regex::Tree;

/// Something that no value holds when the operator sees it.
struct Part {
  Obstacle obstacle;
  Span span;
  std::string text;
};

struct Impossible {
  std::vector<Part> parts;
  bool whole = true;  ///< the operator never matches; otherwise, an alternative never does
};

std::string in_other_case(std::string_view text, Transformation cause) {
  std::string out(text);
  for (char& c : out) c = cause == Transformation::uppercase ? to_upper(c) : to_lower(c);
  return out;
}

/// Narrowed to the obstacle, and to all of a word whose case is wrong. `span` is unbroken source of
/// `text`, or stands for all of it.
Part part_of_text(const parser::Ruleset& ruleset, Span span, std::string_view text,
                  Obstacle obstacle) {
  const auto in_word = [&](size_t at) {
    return is_alnum(static_cast<unsigned char>(text[at])) || text[at] == '_';
  };
  if (obstacle.letter_case) {
    while (obstacle.begin > 0 && in_word(obstacle.begin - 1)) --obstacle.begin;
    while (obstacle.end < text.size() && in_word(obstacle.end)) ++obstacle.end;
  }
  if (ruleset.sources.text(span) == text) {
    span = {span.file, span.begin + static_cast<uint32_t>(obstacle.begin),
            span.begin + static_cast<uint32_t>(obstacle.end)};
  }
  return {obstacle, span, std::string(text.substr(obstacle.begin, obstacle.end - obstacle.begin))};
}

/// Which nodes cannot match, and why.
class Judge {
 public:
  Judge(const Tree& tree, const Alphabet& alphabet)
      : tree_(tree), alphabet_(alphabet), dead_(tree.size()) {
    for (NodeId id = 0; id < tree.size(); ++id) dead_[id] = judge(id);
  }

  /// The leaves to blame, by place: for the whole expression, or for branches of it.
  std::vector<NodeId> blamed(bool& whole) const {
    whole = dead(tree_.root());
    std::vector<NodeId> found;
    if (whole) blame(tree_.root(), found);
    std::vector<bool> covered(tree_.size());  // by something that is reported or not judged
    for (NodeId id = static_cast<NodeId>(whole ? 0 : tree_.size()); id-- > 0;) {
      const Node& node = tree_[id];
      const bool skip = covered[id] || dead(id) || node.kind == Kind::conditional ||
                        (node.kind == Kind::look && node.negative);
      for (const NodeId child : tree_.children(node)) {
        if (skip) {
          covered[child] = true;
        } else if (node.kind == Kind::alternation && dead(child)) {
          blame(child, found);
        }
      }
    }
    std::ranges::sort(found, {}, [&](NodeId id) { return tree_[id].span.begin; });
    return found;
  }

  std::optional<Obstacle> obstacle(NodeId leaf) const {
    const Node& node = tree_[leaf];
    if (node.kind == Kind::literal) return alphabet_.obstacle(tree_.bytes(node), node.caseless);
    if (node.kind == Kind::set) return alphabet_.obstacle(tree_.set(node));
    return std::nullopt;
  }

 private:
  bool dead(NodeId id) const { return dead_[id]; }

  /// All leaves for which a node that cannot match does not.
  void blame(NodeId top, std::vector<NodeId>& found) const {
    std::vector<NodeId> left = {top};
    while (!left.empty()) {
      const NodeId id = left.back();
      left.pop_back();
      const auto children = tree_.children(tree_[id]);
      if (children.empty()) found.push_back(id);
      std::ranges::copy_if(children, std::back_inserter(left),
                           [&](NodeId child) { return dead(child); });
    }
  }

  bool judge(NodeId id) const {
    const Node& node = tree_[id];
    const auto children = tree_.children(node);
    const auto is_dead = [&](NodeId child) { return dead(child); };
    switch (node.kind) {
      case Kind::literal:
      case Kind::set:
        return obstacle(id).has_value();
      case Kind::sequence:
        return std::ranges::any_of(children, is_dead);
      case Kind::alternation:
        return std::ranges::all_of(children, is_dead);
      case Kind::repeat:
        return node.min > 0 && is_dead(children.front());
      case Kind::group:
        return is_dead(children.front());
      case Kind::look:
        return !node.negative && is_dead(children.front());
      default:
        return false;
    }
  }

  const Tree& tree_;
  const Alphabet& alphabet_;
  std::vector<bool> dead_;  ///< nodes that cannot match
};

Impossible in_expression(const parser::Ruleset& ruleset, const Rule& rule, const Tree& tree,
                         const Alphabet& alphabet) {
  Impossible found;
  const Judge judge(tree, alphabet);
  for (const NodeId leaf : judge.blamed(found.whole)) {
    const Obstacle obstacle = *judge.obstacle(leaf);
    const Span span = place_of(rule, tree[leaf].span);
    if (tree[leaf].kind == Kind::literal) {
      found.parts.push_back(part_of_text(ruleset, span, tree.bytes(tree[leaf]), obstacle));
    } else {
      found.parts.push_back({obstacle, span, std::string(ruleset.sources.text(span))});
    }
  }
  return found;
}

/// Every byte of what is not a macro has to occur.
Impossible in_text(const parser::Ruleset& ruleset, const Rule& rule, const Alphabet& alphabet) {
  Impossible found;
  parser::Diagnostics reported;  // by the parser
  for (const parser::MacroPart& part :
       parser::parse_macros(rule.op.argument, ruleset.semantics, reported).parts) {
    if (part.is_variable) continue;
    const auto obstacle = alphabet.obstacle(part.text, false);
    if (obstacle) found.parts.push_back(part_of_text(ruleset, part.span, part.text, *obstacle));
  }
  return found;
}

/// The phrases of @pm.
Impossible in_phrases(const Rule& rule, const Alphabet& alphabet) {
  Impossible found;
  const std::string_view argument = rule.op.argument.view();
  if (argument.find('|') != std::string_view::npos) return found;  // bytes in hexadecimal
  for (size_t begin = argument.find_first_not_of(' '); begin < argument.size();) {
    const size_t end = std::min(argument.find(' ', begin), argument.size());
    const std::string_view phrase = argument.substr(begin, end - begin);
    if (const auto obstacle = alphabet.obstacle(phrase, true)) {
      found.parts.push_back({*obstacle, rule.op.argument.span(begin, end), std::string(phrase)});
    } else {
      found.whole = false;
    }
    begin = std::min(argument.find_first_not_of(' ', end), argument.size());
  }
  return found;
}

/// The value is to be a part of the list: none of its words can be one.
Impossible in_list(const Rule& rule, const Alphabet& alphabet) {
  Impossible found;
  const std::string_view list = rule.op.argument.view();
  if (list.find("%{") != std::string_view::npos) return found;
  std::optional<Obstacle> first;
  for (size_t i = 0; i < list.size(); ++i) {
    if (!is_alnum(static_cast<unsigned char>(list[i]))) continue;
    const auto obstacle = alphabet.obstacle(list.substr(i, 1), false);
    if (!obstacle) return found;
    if (!first) first = obstacle;
  }
  if (first) found.parts.push_back({*first, rule.op.argument.span(), std::string(list)});
  return found;
}

Impossible impossible(const Context& context, const Rule& rule) {
  if (rule.kind != parser::RuleKind::rule || rule.removed() || rule.op.argument.empty() ||
      rule.pipeline.empty() || rule.has(parser::Action::multiMatch)) {
    return {};
  }
  const Alphabet alphabet(rule.pipeline);
  if (alphabet.unrestricted()) return {};
  switch (rule.op.id) {
    case Operator::rx:
    case Operator::rxGlobal: {
      const Expression* const expression = context.expressions().of(rule);
      if (expression == nullptr || expression->whole() == nullptr) return {};
      return in_expression(context.ruleset, rule, *expression->whole(), alphabet);
    }
    case Operator::beginsWith:
    case Operator::contains:
    case Operator::containsWord:
    case Operator::endsWith:
    case Operator::streq:
      return in_text(context.ruleset, rule, alphabet);
    case Operator::pm:
      return in_phrases(rule, alphabet);
    case Operator::within:
      return in_list(rule, alphabet);
    default:
      return {};
  }
}

/// Letters of a class as they would have to be written; nothing where that is not plain.
std::optional<std::string> class_in_other_case(std::string_view written, Transformation cause) {
  if (written.size() < 3 || !written.starts_with('[') || written.starts_with("[^")) return {};
  const std::string_view members = written.substr(1, written.size() - 2);
  if (members.find_first_of("\\[") != std::string_view::npos) return {};
  return in_other_case(written, cause);
}

/// Writes the parts that have the wrong case in the right one; nothing where that is not certain.
std::optional<parser::Fix> fix_of(const parser::Ruleset& ruleset, const Impossible& found,
                                  Transformation cause) {
  parser::Fix fix{
      cause == Transformation::uppercase ? "write it in upper case" : "write it in lower case",
      false,
      {}};
  for (const Part& part : found.parts) {
    if (!part.obstacle.letter_case || part.obstacle.cause != cause) return std::nullopt;
    const std::string_view written = ruleset.sources.text(part.span);
    if (written != part.text) return std::nullopt;
    const bool is_class = written.starts_with('[');
    const auto other = is_class ? class_in_other_case(written, cause)
                                : std::optional(in_other_case(written, cause));
    if (!other) return std::nullopt;
    fix.edits.push_back({part.span, *other});
  }
  return fix;
}

/// What never matches, as a clause.
std::string consequence(const Rule& rule, const Impossible& found) {
  const std::string_view name = info(rule.op.id).name;
  if (!found.whole) {
    return rule.op.id == Operator::pm ? "this phrase is never found"
                                      : "this alternative never matches";
  }
  return rule.op.negated ? fmt::format("!@{} always matches", name)
                         : fmt::format("@{} never matches", name);
}

void report(const Context& context, Findings& found, const Rule& rule, bool letter_case) {
  const Impossible impossible_parts = impossible(context, rule);
  const auto part = std::ranges::find_if(impossible_parts.parts, [&](const Part& one) {
    return one.obstacle.letter_case == letter_case;
  });
  if (part == impossible_parts.parts.end()) return;
  const auto others = std::count_if(part + 1, impossible_parts.parts.end(), [&](const Part& one) {
    return one.obstacle.letter_case == letter_case;
  });
  const Transformation cause = part->obstacle.cause;
  std::string message;
  if (letter_case) {
    message = fmt::format("\"{}\" needs {}-case letters, and t:{} leaves none: {}",
                          parser::shown(part->text),
                          cause == Transformation::uppercase ? "lower" : "upper", info(cause).name,
                          consequence(rule, impossible_parts));
  } else {
    message = fmt::format("\"{}\" cannot occur after t:{}: {}", parser::shown(part->text),
                          info(cause).name, consequence(rule, impossible_parts));
  }
  if (others > 0) message += fmt::format(" ({} more here)", others);
  std::string help = fmt::format("look for what t:{} makes of it, or remove t:{}", info(cause).name,
                                 info(cause).name);
  if (letter_case) {
    help =
        fmt::format("write it in {} case", cause == Transformation::uppercase ? "upper" : "lower");
  }
  parser::Diagnostic& finding = found.add(
      letter_case ? Check::uppercase_after_lowercase : Check::transformation_makes_match_impossible,
      rule, part->span, std::move(message), std::move(help));
  if (!impossible_parts.whole) finding.severity = parser::Severity::warning;
  const auto uses = pipeline_uses(rule);
  for (size_t i = uses.size(); i-- > 0;) {
    if (rule.pipeline[i] != cause || uses[i] == nullptr) continue;
    finding.related.push_back({uses[i]->span, "takes it out"});
    break;
  }
  if (letter_case) finding.fix = fix_of(context.ruleset, impossible_parts, cause);
}

}  // namespace

void uppercase_after_lowercase(const Context& context, Findings& found) {
  for (const Rule& rule : context.ruleset.rules) report(context, found, rule, true);
}

void transformation_makes_match_impossible(const Context& context, Findings& found) {
  for (const Rule& rule : context.ruleset.rules) report(context, found, rule, false);
}

}  // namespace wafcheck::lint
