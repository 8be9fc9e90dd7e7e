// Checks on transformations and their order.

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <string>
#include <vector>

#include "lint/check.h"
#include "lint/edits.h"

namespace wafcheck::lint {
namespace {

using parser::Action;
using parser::ActionUse;
using parser::Rule;
using parser::RuleKind;
using parser::Target;
using parser::Transformation;
using parser::Variable;

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
  switch (transformation) {
    case Transformation::base64Decode:
    case Transformation::base64DecodeExt:
    case Transformation::cssDecode:
    case Transformation::escapeSeqDecode:
    case Transformation::hexDecode:
    case Transformation::htmlEntityDecode:
    case Transformation::jsDecode:
    case Transformation::sqlHexDecode:
    case Transformation::urlDecode:
    case Transformation::urlDecodeUni:
      return true;
    default:
      return false;
  }
}

bool decodes_url(Transformation transformation) {
  return transformation == Transformation::urlDecode ||
         transformation == Transformation::urlDecodeUni;
}

/// What a decoder behind it undoes: its output is to be in a form that decoded bytes need not have.
bool normalises(Transformation transformation) {
  switch (transformation) {
    case Transformation::cmdLine:
    case Transformation::lowercase:
    case Transformation::normalizePath:
    case Transformation::normalizePathWin:
    case Transformation::uppercase:
      return true;
    default:
      return false;
  }
}

struct Misplaced {
  const ActionUse* early = nullptr;  ///< comes too early
  const ActionUse* decoder = nullptr;
  const ActionUse* last_decoder = nullptr;
};

/// The first transformation that a decoder behind it undoes.
std::optional<Misplaced> misplaced(const std::vector<const ActionUse*>& pipeline) {
  for (size_t i = 0; i < pipeline.size(); ++i) {
    const Transformation early = of(pipeline[i]);
    const bool url_seen =
        std::any_of(pipeline.begin(), pipeline.begin() + static_cast<ptrdiff_t>(i),
                    [](const ActionUse* use) { return decodes_url(of(use)); });
    const bool html = early == Transformation::htmlEntityDecode && !url_seen;
    if (!normalises(early) && !html) continue;
    Misplaced found;
    for (size_t j = i + 1; j < pipeline.size(); ++j) {
      const Transformation later = of(pipeline[j]);
      if (html ? decodes_url(later) : decodes(later)) {
        if (found.decoder == nullptr) found.decoder = pipeline[j];
        found.last_decoder = pipeline[j];
      } else if (later == early) {
        found = {};  // done again where it belongs
      }
    }
    if (found.decoder == nullptr) continue;
    found.early = pipeline[i];
    return found;
  }
  return std::nullopt;
}

std::string_view name_of(const ActionUse* use) {
  return info(of(use)).name;
}

bool is_decoded_argument(Variable variable) {
  switch (variable) {
    case Variable::ARGS:
    case Variable::ARGS_GET:
    case Variable::ARGS_GET_NAMES:
    case Variable::ARGS_NAMES:
    case Variable::ARGS_POST:
    case Variable::ARGS_POST_NAMES:
      return true;
    default:
      return false;
  }
}

}  // namespace

void transformation_order(const Context& context, Findings& found) {
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
    const std::optional<Misplaced> wrong = misplaced(pipeline);
    if (!wrong) continue;
    parser::Diagnostic& finding = found.add(
        Check::transformation_order, rule, wrong->decoder->span,
        fmt::format("what {} decodes has not gone through {}", name_of(wrong->decoder),
                    name_of(wrong->early)),
        fmt::format("put t:{} behind t:{}", name_of(wrong->early), name_of(wrong->last_decoder)));
    finding.related.push_back({wrong->early->span, "comes too early"});
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

void t_none_not_first(const Context& context, Findings& found) {
  for (const Rule& rule : context.ruleset.rules) {
    if (rule.removed()) continue;
    const ActionUse* none = nullptr;       // the one before
    const ActionUse* discarded = nullptr;  // the first since
    for (const ActionUse* use : own_transformations(rule)) {
      if (of(use) != Transformation::none) {
        if (discarded == nullptr) discarded = use;
        continue;
      }
      // An update may well take back what the rule does.
      if (discarded != nullptr && !use->updated) {
        parser::Diagnostic& finding =
            found.add(Check::t_none_not_first, rule, use->span,
                      fmt::format("t:none takes back t:{} before it", name_of(discarded)),
                      "write t:none first");
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

void t_none_missing(const Context& context, Findings& found) {
  for (const Rule& rule : context.ruleset.rules) {
    if (rule.removed() || rule.kind != RuleKind::rule) continue;
    const std::vector<const ActionUse*> own = own_transformations(rule);
    const bool cleared = std::ranges::any_of(
        own, [](const ActionUse* use) { return of(use) == Transformation::none; });
    if (cleared || rule.pipeline.size() <= own.size()) continue;
    // What it inherits comes first.
    const size_t inherited = rule.pipeline.size() - own.size();
    std::string all = "t:none";
    for (size_t i = 0; i < inherited; ++i) {
      all += fmt::format(",t:{}", info(rule.pipeline[i]).name);
    }
    parser::Diagnostic& finding =
        found.add(Check::t_none_missing, rule, rule.anchor(),
                  fmt::format("the rule inherits t:{} from SecDefaultAction",
                              info(rule.pipeline.front()).name),
                  fmt::format("write t:none, or {} if it is meant", all));
    if (rule.actions.empty() || rule.actions.back().updated) continue;
    parser::Edit edit;
    if (!own.empty()) {
      edit = insert_before(*own.front(), all);
    } else {
      edit.span = rule.actions.back().span;
      edit.span.begin = edit.span.end;
      edit.replacement = "," + all;
    }
    finding.fix = parser::Fix{"spell out what it inherits", true, {std::move(edit)}};
  }
}

// Engines have decoded arguments once when rules see them.
void double_decode(const Context& context, Findings& found) {
  for (const Rule& rule : context.ruleset.rules) {
    if (rule.removed()) continue;
    const auto decoded = std::ranges::find_if(rule.targets, [](const Target& target) {
      return !target.excluded && !target.count && is_decoded_argument(target.variable);
    });
    if (decoded == rule.targets.end()) continue;
    for (const ActionUse* use : own_transformations(rule)) {
      if (!decodes_url(of(use))) continue;
      found
          .add(Check::double_decode, rule, use->span,
               fmt::format("{} decodes arguments a second time", name_of(use)),
               "remove it unless the application decodes twice")
          .related.push_back({decoded->span, "decoded once already"});
      break;
    }
  }
}

}  // namespace wafcheck::lint
