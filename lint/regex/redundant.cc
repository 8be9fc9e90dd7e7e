// The check on transformations that make no difference.

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "lint/edits.h"
#include "lint/regex/alphabet.h"
#include "lint/regex/expressions.h"
#include "lint/regex/pipeline.h"
#include "parser/ascii.h"

namespace wafcheck::lint {
namespace {

using parser::Action;
using parser::ActionUse;
using parser::Operator;
using parser::Rule;
using parser::Transformation;
using regex::ByteSet;
using regex::Kind;
using regex::Node;
using regex::Tree;

constexpr ByteSet kUpper = ByteSet::range('A', 'Z');
constexpr ByteSet kLower = ByteSet::range('a', 'z');
constexpr ByteSet kSpaces = ByteSet::of(" \t\n\v\f\r");
constexpr ByteSet kOtherSpaces = ByteSet::of("\t\n\v\f\r");

/// Whether there is nothing left for a transformation to do.
bool is_idle(Transformation transformation, const Alphabet& before) {
  const auto lacks = [&](const ByteSet& set) { return (before.bytes() & set).empty(); };
  switch (transformation) {
    case Transformation::lowercase:
      return lacks(kUpper);
    case Transformation::uppercase:
      return lacks(kLower);
    case Transformation::removeNulls:
    case Transformation::replaceNulls:
      return lacks(ByteSet::range(0, 0));
    case Transformation::compressWhitespace:
      return lacks(kOtherSpaces) && (lacks(kSpaces) || before.lacks("  "));
    case Transformation::removeWhitespace:
    case Transformation::trim:
    case Transformation::trimLeft:
    case Transformation::trimRight:
      return lacks(kSpaces);
    default:
      return false;
  }
}

/// Whether it does the same to letters of either case, and maps none.
bool ignores_case(Transformation transformation) {
  switch (transformation) {
    case Transformation::compressWhitespace:
    case Transformation::normalizePath:
    case Transformation::normalizePathWin:
    case Transformation::removeComments:
    case Transformation::removeCommentsChar:
    case Transformation::removeNulls:
    case Transformation::removeWhitespace:
    case Transformation::replaceComments:
    case Transformation::replaceNulls:
    case Transformation::trim:
    case Transformation::trimLeft:
    case Transformation::trimRight:
      return true;
    default:
      return false;
  }
}

/// Whether an expression matches a value whatever the case of its letters.
bool ignores_case(const Tree& tree) {
  return std::ranges::all_of(tree.nodes(), [&](const Node& node) {
    switch (node.kind) {
      case Kind::literal:
        return node.caseless || std::ranges::none_of(tree.bytes(node), [](char c) {
                 return is_alpha(static_cast<unsigned char>(c));
               });
      case Kind::set:
        return tree.class_of(node).exact && tree.set(node) == tree.set(node).folded();
      case Kind::back_reference:
        return node.caseless;
      case Kind::call:
      case Kind::opaque:
        return false;
      default:
        return true;
    }
  });
}

/// Whether an operator takes upper and lower case for the same; what it does instead, for messages.
class CaseBlind {
 public:
  explicit CaseBlind(const Context& context) : context_(context) {}

  std::string_view reason(const Rule& rule) {
    switch (rule.op.id) {
      case Operator::pm:
      case Operator::pmFromDataset:
      case Operator::pmFromFile:
      case Operator::detectSQLi:
      case Operator::detectXSS:
        return "does not tell upper from lower case";
      case Operator::rx: {
        const Expression* const expression = context_.expressions().of(rule);
        if (expression == nullptr || expression->whole() == nullptr) return {};
        const auto [known, fresh] = known_.try_emplace(expression);
        if (fresh) known->second = ignores_case(*expression->whole());
        return known->second ? "does not tell upper from lower case here" : "";
      }
      default:
        return {};
    }
  }

 private:
  const Context& context_;
  std::unordered_map<const Expression*, bool> known_;
};

}  // namespace

void redundant_transformation(const Context& context, Findings& found) {
  CaseBlind blind(context);
  for (const Rule& rule : context.ruleset.rules) {
    if (rule.removed() || rule.kind != parser::RuleKind::rule || rule.pipeline.empty() ||
        rule.has(Action::multiMatch)) {
      continue;
    }
    const std::vector<const ActionUse*> uses = pipeline_uses(rule);
    const auto report = [&](size_t at, std::string why) {
      if (uses[at] == nullptr || uses[at]->updated) return false;
      parser::Diagnostic& finding =
          found.add(Check::redundant_transformation, rule, uses[at]->span,
                    fmt::format("t:{} makes no difference: {}", info(rule.pipeline[at]).name, why),
                    fmt::format("remove t:{}", info(rule.pipeline[at]).name));
      // What libinjection makes of a value is no matter of a proof.
      const bool proven = rule.op.id != Operator::detectSQLi && rule.op.id != Operator::detectXSS;
      if (proven) {
        if (auto edit = remove_action(context.ruleset, rule, *uses[at])) {
          finding.fix = parser::Fix{"remove it", true, {std::move(*edit)}};
        }
      }
      return true;
    };
    Alphabet before;
    bool reported = false;
    for (size_t i = 0; i < rule.pipeline.size() && !reported; ++i) {
      const Transformation transformation = rule.pipeline[i];
      if (is_idle(transformation, before)) {
        reported = report(i, "nothing is left for it to do");
      } else if (transformation == Transformation::normalizePath && i + 1 < rule.pipeline.size() &&
                 rule.pipeline[i + 1] == Transformation::normalizePathWin) {
        reported = report(i, "t:normalizePathWin behind it does the same and more");
      }
      before.apply(transformation);
    }
    // What others read of the match would have another case.
    if (reported || rule.has(Action::capture) || context.starter(rule).links > 1) continue;
    for (size_t i = rule.pipeline.size(); i-- > 0;) {
      const Transformation transformation = rule.pipeline[i];
      if (transformation == Transformation::lowercase ||
          transformation == Transformation::uppercase) {
        const std::string_view why = blind.reason(rule);
        if (!why.empty()) report(i, fmt::format("@{} {}", info(rule.op.id).name, why));
        break;
      }
      if (!ignores_case(transformation)) break;
    }
  }
}

}  // namespace wafcheck::lint
