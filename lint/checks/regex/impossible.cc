// Checks on operator arguments that cannot match after the transformations.

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "lint/analysis/expressions.h"
#include "lint/analysis/pipeline.h"
#include "lint/checks/check.h"
#include "parser/base/ascii.h"
#include "parser/ruleset/alphabet.h"
#include "parser/ruleset/macro.h"
#include "parser/syntax/syntax_checks.h"

namespace wafcheck::lint::inline checks {
namespace {

using parser::Alphabet;
using parser::Obstacle;
using parser::Operator;
using parser::Rule;
using parser::Span;
using parser::Transformation;
using parser::regex::ByteSet;
using parser::regex::Kind;
using parser::regex::Node;
using parser::regex::NodeId;
using parser::regex::Tree;

/// A part of an argument that cannot occur in a transformed value.
struct Part {
  Obstacle obstacle;
  Span span;
  std::string text;
  bool decoded = false;  ///< it can only be there where it was encoded twice
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
Part part_of_text(const parser::RulesetModel& ruleset, Span span, std::string_view text,
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

  /// Classes that name the letters of a case which does not occur, beside other bytes that do, and
  /// none of the other case: [A-Z0-9] after t:lowercase.
  std::vector<NodeId> half_dead() const {
    std::vector<NodeId> leaves;
    constexpr ByteSet kUpperCase = ByteSet::range('A', 'Z');
    constexpr ByteSet kLowerCase = ByteSet::range('a', 'z');
    for (NodeId id = 0; id < tree_.size(); ++id) {
      const Node& node = tree_[id];
      if (node.kind != Kind::set || dead(id)) continue;
      const parser::regex::Class& written = tree_.class_of(node);
      if (written.form != parser::regex::ClassForm::bracket || written.negated) continue;
      const ByteSet& set = tree_.set(node);
      for (const auto& [own, other] :
           {std::pair(kUpperCase, kLowerCase), std::pair(kLowerCase, kUpperCase)}) {
        const bool gone = (alphabet_.bytes() & own).empty();
        if (gone && set.includes(own) && (set & other).empty()) leaves.push_back(id);
      }
    }
    return leaves;
  }

  Obstacle letter_obstacle(NodeId leaf) const {
    const ByteSet upper = tree_.set(tree_[leaf]) & ByteSet::range('A', 'Z');
    return *alphabet_.obstacle(upper.empty() ? ByteSet::range('a', 'z') : upper);
  }

  /// The leaves to blame, by place: for the whole expression, or for branches of it.
  std::vector<NodeId> blamed(bool& whole) const {
    whole = dead(tree_.root());
    std::vector<NodeId> leaves;
    if (whole) blame(tree_.root(), leaves);
    std::vector<bool> covered(tree_.size());  // by something that is reported or not judged
    for (NodeId id = static_cast<NodeId>(whole ? 0 : tree_.size()); id-- > 0;) {
      const Node& node = tree_[id];
      const bool skip = covered[id] || dead(id) || node.kind == Kind::conditional ||
                        (node.kind == Kind::look && node.negative);
      for (const NodeId child : tree_.children(node)) {
        if (skip) {
          covered[child] = true;
        } else if (node.kind == Kind::alternation && dead(child)) {
          blame(child, leaves);
        }
      }
    }
    std::ranges::sort(leaves, {}, [&](NodeId id) { return tree_[id].span.begin; });
    return leaves;
  }

  /// Where % and two hexadecimal digits are sought although t:urlDecode has taken them.
  std::vector<parser::regex::Span> decoded() const {
    std::vector<parser::regex::Span> places;
    if (alphabet_.decoder() == Transformation::none) return places;
    for (NodeId id = 0; id < tree_.size(); ++id) {
      const Node& node = tree_[id];
      if (node.kind == Kind::literal) {
        if (has_escape(tree_.bytes(node))) places.push_back(node.span);
        continue;
      }
      if (node.kind != Kind::sequence) continue;
      const auto children = tree_.children(node);
      for (size_t i = 0; i + 1 < children.size(); ++i) {
        const Node& percent = tree_[children[i]];
        if (percent.kind != Kind::literal || !tree_.bytes(percent).ends_with('%')) continue;
        if (all_hex(children[i + 1]))
          places.push_back({percent.span.begin, tree_[children[i + 1]].span.end});
      }
    }
    return places;
  }

  std::optional<Obstacle> obstacle(NodeId leaf) const {
    const Node& node = tree_[leaf];
    if (node.kind == Kind::literal) return alphabet_.obstacle(tree_.bytes(node), node.caseless);
    if (node.kind == Kind::set) return alphabet_.obstacle(tree_.set(node));
    return std::nullopt;
  }

 private:
  bool dead(NodeId id) const { return dead_[id]; }

  static bool is_hex_digit(char c) { return is_hex(static_cast<unsigned char>(c)); }
  static bool has_escape(std::string_view bytes) {
    for (size_t at = bytes.find('%'); at != std::string_view::npos; at = bytes.find('%', at + 1)) {
      if (at + 2 < bytes.size() && is_hex_digit(bytes[at + 1]) && is_hex_digit(bytes[at + 2])) {
        return true;
      }
    }
    return false;
  }
  /// Whether each text that a node matches begins with two hexadecimal digits, at least one of them
  /// a digit: %ad may begin a word, %2e does not.
  bool all_hex(NodeId id) const {
    const Node& node = tree_[id];
    const auto children = tree_.children(node);
    switch (node.kind) {
      case Kind::literal: {
        const std::string_view bytes = tree_.bytes(node);
        return bytes.size() >= 2 && is_digit(static_cast<unsigned char>(bytes[0])) &&
               is_hex_digit(bytes[1]);
      }
      case Kind::alternation:
        return std::ranges::all_of(children, [&](NodeId child) { return all_hex(child); });
      case Kind::group:
        return all_hex(children.front());
      case Kind::sequence: {
        if (children.size() < 2) return children.size() == 1 && all_hex(children.front());
        const Node& first = tree_[children[0]];
        if (first.kind != Kind::literal) return all_hex(children[0]);
        const std::string_view bytes = tree_.bytes(first);
        if (bytes.size() != 1) return all_hex(children[0]);
        return is_digit(static_cast<unsigned char>(bytes[0])) && begins_hex(children[1]);
      }
      default:
        return false;
    }
  }
  bool begins_hex(NodeId id) const {
    const Node& node = tree_[id];
    const auto children = tree_.children(node);
    switch (node.kind) {
      case Kind::literal:
        return is_hex_digit(tree_.bytes(node).front());
      case Kind::set:
        return kHexDigits.includes(tree_.set(node));
      case Kind::alternation:
        return std::ranges::all_of(children, [&](NodeId child) { return begins_hex(child); });
      case Kind::group:
      case Kind::sequence:
        return !children.empty() && begins_hex(children.front());
      default:
        return false;
    }
  }
  static constexpr ByteSet kHexDigits =
      ByteSet::range('0', '9') | ByteSet::range('a', 'f') | ByteSet::range('A', 'F');

  /// All leaves for which a node that cannot match does not.
  void blame(NodeId top, std::vector<NodeId>& leaves) const {
    std::vector<NodeId> left = {top};
    while (!left.empty()) {
      const NodeId id = left.back();
      left.pop_back();
      const auto children = tree_.children(tree_[id]);
      if (children.empty()) leaves.push_back(id);
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

Impossible in_expression(const parser::RulesetModel& ruleset, const Rule& rule, const Tree& tree,
                         const Alphabet& alphabet) {
  Impossible result;
  const Judge judge(tree, alphabet);
  for (const NodeId leaf : judge.blamed(result.whole)) {
    const Obstacle obstacle = *judge.obstacle(leaf);
    const Span span = place_of(rule, tree[leaf].span);
    if (tree[leaf].kind == Kind::literal) {
      result.parts.push_back(part_of_text(ruleset, span, tree.bytes(tree[leaf]), obstacle));
    } else {
      result.parts.push_back({obstacle, span, std::string(ruleset.sources.text(span))});
    }
  }
  for (const NodeId leaf : judge.half_dead()) {
    const Span span = place_of(rule, tree[leaf].span);
    result.whole = false;
    result.parts.push_back(
        {judge.letter_obstacle(leaf), span, std::string(ruleset.sources.text(span))});
  }
  for (const parser::regex::Span decoded : judge.decoded()) {
    const Span span = place_of(rule, decoded);
    result.whole = false;
    result.parts.push_back(
        {Obstacle{0, 0, alphabet.decoder()}, span, std::string(ruleset.sources.text(span)), true});
  }
  return result;
}

/// Every byte of what is not a macro has to occur.
Impossible in_text(const parser::RulesetModel& ruleset, const Rule& rule,
                   const Alphabet& alphabet) {
  Impossible result;
  for (const parser::MacroPart& part : rule.op.text.parts) {
    if (part.is_variable) continue;
    const auto obstacle = alphabet.obstacle(part.text, false);
    if (obstacle) result.parts.push_back(part_of_text(ruleset, part.span, part.text, *obstacle));
  }
  return result;
}

/// The phrases of @pm.
Impossible in_phrases(const Rule& rule, const Alphabet& alphabet) {
  Impossible result;
  const std::string_view argument = rule.op.argument.view();
  if (argument.find('|') != std::string_view::npos) return result;  // bytes in hexadecimal
  for (size_t begin = argument.find_first_not_of(' '); begin < argument.size();) {
    const size_t end = std::min(argument.find(' ', begin), argument.size());
    const std::string_view phrase = argument.substr(begin, end - begin);
    if (const auto obstacle = alphabet.obstacle(phrase, true)) {
      result.parts.push_back({*obstacle, rule.op.argument.span(begin, end), std::string(phrase)});
    } else {
      result.whole = false;
    }
    begin = std::min(argument.find_first_not_of(' ', end), argument.size());
  }
  return result;
}

/// The value is to be a part of the list: none of its words can be one.
Impossible in_list(const Rule& rule, const Alphabet& alphabet) {
  Impossible result;
  const std::string_view list = rule.op.argument.view();
  if (list.find("%{") != std::string_view::npos) return result;
  std::optional<Obstacle> first;
  for (size_t i = 0; i < list.size(); ++i) {
    if (!is_alnum(static_cast<unsigned char>(list[i]))) continue;
    const auto obstacle = alphabet.obstacle(list.substr(i, 1), false);
    if (!obstacle) return result;
    if (!first) first = obstacle;
  }
  if (first) result.parts.push_back({*first, rule.op.argument.span(), std::string(list)});
  return result;
}

Impossible impossible(const Context& context, const Rule& rule) {
  if (rule.kind != parser::RuleKind::rule || rule.removed() || rule.op.argument.empty() ||
      rule.pipeline.empty() || rule.has(parser::Action::multiMatch)) {
    return {};
  }
  const Alphabet alphabet(rule.pipeline);
  if (alphabet.unrestricted() && alphabet.decoder() == Transformation::none) return {};
  switch (info(rule.op.id).search) {
    case parser::Search::Expression: {
      const Expression* const expression = context.expressions().of(rule);
      if (expression == nullptr || expression->whole() == nullptr) return {};
      return in_expression(context.ruleset, rule, *expression->whole(), alphabet);
    }
    case parser::Search::Equal:
    case parser::Search::Begins:
    case parser::Search::Ends:
    case parser::Search::Contains:
      return in_text(context.ruleset, rule, alphabet);
    case parser::Search::Phrases:
      return info(rule.op.id).form == parser::OperatorForm::Phrases ? in_phrases(rule, alphabet)
                                                                    : Impossible();
    case parser::Search::Pure:
      return info(rule.op.id).form == parser::OperatorForm::Words ? in_list(rule, alphabet)
                                                                  : Impossible();
    case parser::Search::None:
    case parser::Search::Injection:
      return {};
  }
  return {};
}

/// A class with its letters in the other case; nullopt if the class has more than plain members.
std::optional<std::string> class_in_other_case(std::string_view written, Transformation cause) {
  if (written.size() < 3 || !written.starts_with('[') || written.starts_with("[^")) return {};
  const std::string_view members = written.substr(1, written.size() - 2);
  if (members.find_first_of("\\[") != std::string_view::npos) return {};
  return in_other_case(written, cause);
}

/// The fix that changes the case of the wrong parts; nullopt if that is not certain.
std::optional<parser::Fix> fix_of(const parser::RulesetModel& ruleset, const Impossible& impossible,
                                  Transformation cause) {
  parser::Fix fix{
      cause == Transformation::uppercase ? "write it in upper case" : "write it in lower case",
      false,
      {}};
  for (const Part& part : impossible.parts) {
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

/// The clause that says what never matches.
std::string consequence(const Rule& rule, const Impossible& impossible) {
  const std::string_view name = info(rule.op.id).name;
  if (!impossible.whole) {
    return rule.op.id == Operator::pm ? "this phrase never matches"
                                      : "this alternative never matches";
  }
  return rule.op.negated ? fmt::format("!@{} always matches", name)
                         : fmt::format("@{} never matches", name);
}

void report(const Context& context, Findings& findings, const Rule& rule, bool letter_case) {
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
  if (part->decoded) {
    message = fmt::format("t:{} has decoded \"{}\": this matches only what was encoded twice",
                          info(cause).name, parser::shown(part->text));
  } else if (letter_case) {
    message = fmt::format("\"{}\" needs {}-case letters, but t:{} leaves none: {}",
                          parser::shown(part->text),
                          cause == Transformation::uppercase ? "lower" : "upper", info(cause).name,
                          consequence(rule, impossible_parts));
  } else {
    message = fmt::format("\"{}\" cannot occur after t:{}: {}", parser::shown(part->text),
                          info(cause).name, consequence(rule, impossible_parts));
  }
  if (others > 0) message += fmt::format(" ({} more here)", others);
  std::string help = fmt::format("search for the output of t:{}, or remove t:{}", info(cause).name,
                                 info(cause).name);
  if (part->decoded) help = "search for the byte itself, or for both";
  if (letter_case) {
    help =
        fmt::format("write it in {} case", cause == Transformation::uppercase ? "upper" : "lower");
  }
  parser::Diagnostic& finding = findings.add(
      letter_case ? Check::uppercase_after_lowercase : Check::transformation_makes_match_impossible,
      rule, part->span, std::move(message), std::move(help));
  if (!impossible_parts.whole) finding.severity = parser::Severity::warning;
  const auto uses = pipeline_uses(rule);
  for (size_t i = uses.size(); i-- > 0;) {
    if (rule.pipeline[i] != cause || uses[i] == nullptr) continue;
    finding.related.push_back({uses[i]->span, "removes it"});
    break;
  }
  if (letter_case) finding.fix = fix_of(context.ruleset, impossible_parts, cause);
}

}  // namespace

void uppercase_after_lowercase(const Context& context, Findings& findings) {
  for (const Rule& rule : context.ruleset.rules) report(context, findings, rule, true);
}

void transformation_makes_match_impossible(const Context& context, Findings& findings) {
  for (const Rule& rule : context.ruleset.rules) report(context, findings, rule, false);
}

}  // namespace wafcheck::lint::inline checks
