// The check on transformations without effect.

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "lint/analysis/expressions.h"
#include "lint/analysis/pipeline.h"
#include "lint/checks/edits.h"
#include "parser/base/ascii.h"
#include "parser/ruleset/alphabet.h"

namespace wafcheck::lint::inline checks {
namespace {

using parser::Action;
using parser::ActionUse;
using parser::Alphabet;
using parser::Rule;
using parser::Transformation;
using parser::regex::ByteSet;
using parser::regex::Kind;
using parser::regex::Node;
using parser::regex::Tree;

constexpr ByteSet kUpper = ByteSet::range('A', 'Z');
constexpr ByteSet kLower = ByteSet::range('a', 'z');
constexpr ByteSet kSpaces = ByteSet::of(" \t\n\v\f\r");
constexpr ByteSet kOtherSpaces = ByteSet::of("\t\n\v\f\r");

/// Whether the input of a transformation is already in its output form.
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

/// The text for messages if the operator ignores case, else empty.
class CaseBlind {
 public:
  explicit CaseBlind(const Context& context) : context_(context) {}

  std::string_view reason(const Rule& rule) {
    switch (info(rule.op.id).search) {
      case parser::Search::Phrases:
      case parser::Search::Injection:
        return "ignores case";
      case parser::Search::Expression: {
        const Expression* const expression = context_.expressions().of(rule);
        if (expression == nullptr || expression->whole() == nullptr) return {};
        const auto [it, inserted] = ignores_case_.try_emplace(expression);
        if (inserted) it->second = ignores_case(*expression->whole());
        return it->second ? "ignores case here" : "";
      }
      default:
        return {};
    }
  }

 private:
  const Context& context_;
  std::unordered_map<const Expression*, bool> ignores_case_;
};

}  // namespace

void redundant_transformation(const Context& context, Findings& findings) {
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
          findings.add(Check::redundant_transformation, rule, uses[at]->span,
                       fmt::format("t:{} has no effect: {}", info(rule.pipeline[at]).name, why),
                       fmt::format("remove t:{}", info(rule.pipeline[at]).name));
      // What libinjection makes of a value is no matter of a proof.
      if (info(rule.op.id).search != parser::Search::Injection) {
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
        reported = report(i, "its input is already in that form");
      } else if (transformation == Transformation::normalizePath && i + 1 < rule.pipeline.size() &&
                 rule.pipeline[i + 1] == Transformation::normalizePathWin) {
        reported = report(i, "t:normalizePathWin after it does the same and more");
      }
      before.apply(transformation);
    }
    // The matched text that other rules read would have another case.
    if (reported || rule.has(Action::capture) || context.starter(rule).links > 1) continue;
    for (size_t i = rule.pipeline.size(); i-- > 0;) {
      const Transformation transformation = rule.pipeline[i];
      if (transformation == Transformation::lowercase ||
          transformation == Transformation::uppercase) {
        const std::string_view why = blind.reason(rule);
        if (!why.empty()) report(i, fmt::format("@{} {}", info(rule.op.id).name, why));
        break;
      }
      if (!info(transformation).traits.has(parser::TransformationTrait::CaseBlind)) break;
    }
  }
}

}  // namespace wafcheck::lint::inline checks
