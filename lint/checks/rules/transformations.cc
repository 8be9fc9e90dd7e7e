// Checks on transformations and their order.

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "lint/analysis/expressions.h"
#include "lint/checks/check.h"
#include "lint/checks/edits.h"
#include "parser/base/ascii.h"

namespace wafcheck::lint::inline checks {
namespace {

using parser::Action;
using parser::ActionUse;
using parser::Rule;
using parser::RuleKind;
using parser::Target;
using parser::Transformation;

/// The transformations that a rule names itself, in order.
std::vector<const ActionUse*> own_transformations(const Rule& rule) {
  std::vector<const ActionUse*> own;
  for (const ActionUse& use : rule.actions) {
    if (use.id == Action::t) own.push_back(&use);
  }
  return own;
}

Transformation of(const ActionUse* use) {
  return std::get<Transformation>(use->value);
}

bool decodes(Transformation transformation) {
  return info(transformation).traits.has(parser::TransformationTrait::Decodes);
}

bool decodes_url(Transformation transformation) {
  return transformation == Transformation::urlDecode ||
         transformation == Transformation::urlDecodeUni;
}

struct Misplaced {
  const ActionUse* early = nullptr;  ///< comes too early
  const ActionUse* decoder = nullptr;
  const ActionUse* last_decoder = nullptr;
};

/// Whether a letter's case can matter to what an expression matches.
bool minds_case(const parser::regex::Tree& tree) {
  using parser::regex::Kind;
  return std::ranges::any_of(tree.nodes(), [&](const parser::regex::Node& node) {
    if (node.kind == Kind::literal) {
      return !node.caseless && std::ranges::any_of(tree.bytes(node), [](char c) {
        return is_alpha(static_cast<unsigned char>(c));
      });
    }
    if (node.kind == Kind::back_reference) return true;
    if (node.kind != Kind::set) return false;
    const parser::regex::ByteSet& set = tree.set(node);
    for (uint8_t upper = 'A'; upper <= 'Z'; ++upper) {
      if (set.contains(upper) != set.contains(static_cast<uint8_t>(upper | 0x20))) return true;
    }
    return false;
  });
}

/// Whether a rule sees the difference that a transformation makes to letters: where it seeks none,
/// or in any case, the transformation may stand anywhere.
bool minds_case(const Context& context, const Rule& rule) {
  const parser::OperatorInfo& row = info(rule.op.id);
  if (row.search == parser::Search::Injection || row.search == parser::Search::Phrases)
    return false;
  if (row.search == parser::Search::Expression) {
    const Expression* const expression = context.expressions().of(rule);
    return expression == nullptr || expression->whole() == nullptr ||
           minds_case(*expression->whole());
  }
  return !rule.op.text.literal() || std::ranges::any_of(rule.op.argument.view(), [](char c) {
    return is_alpha(static_cast<unsigned char>(c));
  });
}

bool changes_case(Transformation transformation) {
  return transformation == Transformation::lowercase || transformation == Transformation::uppercase;
}

/// The first transformation that a later decoder can undo; `case_matters`: of those that change
/// case as well.
std::optional<Misplaced> misplaced(const std::vector<const ActionUse*>& pipeline,
                                   bool case_matters) {
  bool url_seen = false;
  std::set<std::pair<Transformation, bool>> seen;
  for (size_t i = 0; i < pipeline.size(); ++i) {
    const Transformation early = of(pipeline[i]);
    const bool html = early == Transformation::htmlEntityDecode && !url_seen;
    url_seen |= decodes_url(early);
    if (!case_matters && changes_case(early)) continue;
    if (!info(early).traits.has(parser::TransformationTrait::Canonical) && !html) continue;
    // Where nothing undoes the first of its kind, nothing undoes a later one.
    if (!seen.emplace(early, html).second) continue;
    Misplaced result;
    for (size_t j = i + 1; j < pipeline.size(); ++j) {
      const Transformation later = of(pipeline[j]);
      if (html ? decodes_url(later) : decodes(later)) {
        if (result.decoder == nullptr) result.decoder = pipeline[j];
        result.last_decoder = pipeline[j];
      } else if (later == early) {
        result = {};  // repeated after the decoder
      }
    }
    if (result.decoder == nullptr) continue;
    result.early = pipeline[i];
    return result;
  }
  return std::nullopt;
}

std::string_view name_of(const ActionUse* use) {
  return info(of(use)).name;
}

}  // namespace

void transformation_order(const Context& context, Findings& findings) {
  for (const Rule& rule : context.ruleset.rules) {
    if (rule.removed() || rule.has(Action::multiMatch)) continue;
    std::vector<const ActionUse*> pipeline;
    for (const ActionUse* use : own_transformations(rule)) {
      if (of(use) == Transformation::none) {
        pipeline.clear();
      } else {
        pipeline.push_back(use);
      }
    }
    const std::optional<Misplaced> wrong = misplaced(pipeline, minds_case(context, rule));
    if (!wrong) continue;
    parser::Diagnostic& finding = findings.add(
        Check::transformation_order, rule, wrong->decoder->span,
        fmt::format("t:{1} runs before t:{0} and does not change what that decodes",
                    name_of(wrong->decoder), name_of(wrong->early)),
        fmt::format("move t:{} after t:{}", name_of(wrong->early), name_of(wrong->last_decoder)));
    finding.related.push_back({wrong->early->span, "runs too early"});
    auto removal = remove_action(context.ruleset, rule, *wrong->early);
    if (!removal || wrong->last_decoder->updated) continue;
    parser::Span behind = wrong->last_decoder->span;
    behind.begin = behind.end;
    finding.fix =
        parser::Fix{"decode first",
                    false,
                    {std::move(*removal), {behind, fmt::format(",t:{}", name_of(wrong->early))}}};
  }
}

void t_none_not_first(const Context& context, Findings& findings) {
  for (const Rule& rule : context.ruleset.rules) {
    if (rule.removed()) continue;
    const ActionUse* none = nullptr;       // the one before
    const ActionUse* discarded = nullptr;  // the first since
    for (const ActionUse* use : own_transformations(rule)) {
      if (of(use) != Transformation::none) {
        if (discarded == nullptr) discarded = use;
        continue;
      }
      // An update may cancel transformations on purpose.
      if (discarded != nullptr && !use->updated) {
        parser::Diagnostic& finding = findings.add(
            Check::t_none_not_first, rule, use->span,
            fmt::format("t:none cancels t:{} before it", name_of(discarded)), "write t:none first");
        finding.related.push_back({discarded->span, "has no effect"});
        if (auto edit = remove_action(context.ruleset, rule, *use)) {
          finding.fix = parser::Fix{"move t:none to the front", false, {std::move(*edit)}};
          if (none == nullptr) finding.fix->edits.push_back(insert_before(*discarded, "t:none"));
        }
      }
      none = use;
      discarded = nullptr;
    }
  }
}

void t_none_missing(const Context& context, Findings& findings) {
  for (const Rule& rule : context.ruleset.rules) {
    if (rule.removed() || rule.kind != RuleKind::rule) continue;
    const std::vector<const ActionUse*> own = own_transformations(rule);
    const bool cleared = std::ranges::any_of(
        own, [](const ActionUse* use) { return of(use) == Transformation::none; });
    if (cleared || rule.pipeline.size() <= own.size()) continue;
    // Inherited transformations come first.
    const size_t inherited = rule.pipeline.size() - own.size();
    std::string all = "t:none";
    for (size_t i = 0; i < inherited; ++i) {
      all += fmt::format(",t:{}", info(rule.pipeline[i]).name);
    }
    parser::Diagnostic& finding =
        findings.add(Check::t_none_missing, rule, rule.anchor(),
                     fmt::format("the rule inherits t:{} from SecDefaultAction",
                                 info(rule.pipeline.front()).name),
                     fmt::format("write t:none, or {} to keep it", all));
    if (rule.actions.empty() || rule.actions.back().updated) continue;
    parser::Edit edit;
    if (!own.empty()) {
      edit = insert_before(*own.front(), all);
    } else {
      edit.span = rule.actions.back().span;
      edit.span.begin = edit.span.end;
      edit.replacement = "," + all;
    }
    finding.fix = parser::Fix{"write what it inherits", true, {std::move(edit)}};
  }
}

// Engines decode arguments once before rules see them.
void double_decode(const Context& context, Findings& findings) {
  for (const Rule& rule : context.ruleset.rules) {
    if (rule.removed()) continue;
    const auto decoded = std::ranges::find_if(rule.targets, [](const Target& target) {
      return !target.excluded && !target.count &&
             info(target.variable).traits.has(parser::VariableTrait::Decoded);
    });
    if (decoded == rule.targets.end()) continue;
    for (const ActionUse* use : own_transformations(rule)) {
      if (!decodes_url(of(use))) continue;
      findings
          .add(Check::double_decode, rule, use->span,
               fmt::format("{} decodes arguments a second time", name_of(use)),
               "remove it unless the application decodes twice")
          .related.push_back({decoded->span, "already decoded once"});
      break;
    }
  }
}

}  // namespace wafcheck::lint::inline checks
