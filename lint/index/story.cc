#include "lint/index/story.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>

#include "lint/analysis/exclusions.h"
#include "lint/analysis/tx.h"
#include "parser/language/language.h"
#include "parser/syntax/syntax_checks.h"

namespace wafcheck::lint::inline index {
namespace {

using parser::Action;
using parser::ActionUse;
using parser::Rule;
using parser::RuleIndex;

bool inside(parser::Span inner, parser::Span outer) {
  return inner.file == outer.file && outer.begin <= inner.begin && inner.end <= outer.end;
}

std::string sentence(std::string_view doc) {
  if (doc.ends_with('.')) doc.remove_suffix(1);
  return std::string(doc);
}

/// The meaning of a target; `selector` is spelled as in the rule.
std::string target_meaning(const parser::Target& target, std::string_view selector) {
  const std::string doc = sentence(parser::info(target.variable).doc);
  if (target.selector.kind == parser::SelectorKind::none) {
    if (target.excluded) return "excluded";
    return target.count ? "the number of them" : doc;
  }
  const bool regex = target.selector.kind == parser::SelectorKind::regex;
  const std::string which = fmt::format("{}{}", regex ? "those whose name matches " : "", selector);
  if (target.excluded) return fmt::format("excludes {}", which);
  if (target.count) return fmt::format("the number of them, counting only {}", which);
  if (target.selector.kind == parser::SelectorKind::xpath) return doc;
  // The rest of the text is about all members.
  return fmt::format("{}, only {}", doc.substr(0, doc.find_first_of(":;")), which);
}

Phrase target_phrase(const parser::Target& target, const Rule& rule) {
  Phrase phrase;
  phrase.text = target_text(target);
  phrase.meaning =
      target_meaning(target, std::string_view(phrase.text).substr(phrase.text.find(':') + 1));
  if (!inside(target.span, rule.span)) phrase.from = target.span;
  return phrase;
}

std::string operator_meaning(const parser::OperatorUse& op) {
  const std::string doc = sentence(parser::info(op.id).doc);
  return op.negated ? "not: " + doc : doc;
}

Phrase operator_phrase(const parser::OperatorUse& op) {
  return {fmt::format("{}@{}{}{}", op.negated ? "!" : "", parser::info(op.id).name,
                      op.argument.empty() ? "" : " ", op.argument.view()),
          operator_meaning(op), std::nullopt};
}

std::string setvar_meaning(const parser::Setvar& setvar, const std::string& raw) {
  const size_t equals = raw.find('=');
  const std::string name =
      raw.substr(raw.starts_with('!') ? 1 : 0, equals - (raw.starts_with('!') ? 1 : 0));
  const std::string value = equals == std::string::npos ? "1" : raw.substr(equals + 1);
  switch (setvar.operation) {
    case parser::SetvarOperation::assign:
      return fmt::format("sets {} to {}", name, value.empty() ? "nothing" : value);
    case parser::SetvarOperation::add:
      return fmt::format("adds {} to {}", value.substr(1), name);
    case parser::SetvarOperation::subtract:
      return fmt::format("subtracts {} from {}", value.substr(1), name);
    case parser::SetvarOperation::unset:
      return fmt::format("removes {}", name);
  }
  return {};
}

/// Metadata that the heading already shows.
bool is_heading(Action action) {
  return action == Action::id || action == Action::phase || action == Action::msg ||
         action == Action::severity || action == Action::ver || action == Action::rev ||
         action == Action::tag || action == Action::chain;
}

Phrase action_phrase(const ActionUse& use, const Rule& rule) {
  Phrase phrase;
  const parser::ActionInfo& row = parser::info(use.id);
  phrase.text = use.raw.empty() ? std::string(row.name) : fmt::format("{}:{}", row.name, use.raw);
  const auto* setvar = std::get_if<parser::Setvar>(&use.value);
  phrase.meaning = setvar != nullptr ? setvar_meaning(*setvar, use.raw) : sentence(row.doc);
  if (const auto* ctl = std::get_if<parser::CtlUse>(&use.value))
    phrase.meaning = sentence(parser::info(ctl->option).doc);
  if (!inside(use.span, rule.span)) phrase.from = use.span;
  return phrase;
}

LinkStory link_story(const Rule& rule) {
  LinkStory link;
  for (const parser::Target& target : rule.targets)
    link.targets.push_back(target_phrase(target, rule));
  for (const parser::Transformation transformation : rule.pipeline) {
    const parser::TransformationInfo& row = parser::info(transformation);
    link.transformations.push_back({std::string(row.name), sentence(row.doc), std::nullopt});
  }
  if (rule.kind == parser::RuleKind::rule) link.op = operator_phrase(rule.op);
  for (const ActionUse* use : rule.effective) {
    if (!is_heading(use->id)) link.actions.push_back(action_phrase(*use, rule));
  }
  return link;
}

/// "942100", or the position of a rule without an id.
std::string rule_name(const Analysis& analysis, RuleIndex at) {
  const Rule& rule = analysis.starter(analysis.ruleset.rules[at]);
  if (rule.id) return std::to_string(*rule.id);
  const parser::Place place = analysis.ruleset.sources.begin_of(rule.name_span);
  return fmt::format("{}:{}", place.path, place.line);
}

std::vector<SharedVariable> shared_variables(const Analysis& analysis, const RuleFacts& facts) {
  const RuleIndex first = analysis.index(*facts.rule);
  const auto own = [&](const TxUse* use) {
    return first <= use->rule && use->rule < first + facts.links;
  };
  std::vector<SharedVariable> shared;
  for (const TxVariable& variable : analysis.tx().variables()) {
    if (variable.is_capture()) continue;
    SharedVariable row;
    row.written = std::ranges::any_of(variable.writes, own);
    row.read = std::ranges::any_of(variable.reads, own);
    if (!row.written && !row.read) continue;
    row.name = tx_title(variable.collection, variable.name);
    const auto others = [&](const std::vector<const TxUse*>& uses,
                            std::vector<std::string>& names) {
      for (const TxUse* use : uses) {
        std::string name = rule_name(analysis, use->rule);
        if (!own(use) && std::ranges::find(names, name) == names.end())
          names.push_back(std::move(name));
      }
    };
    others(variable.writes, row.set_by);
    others(variable.reads, row.read_by);
    shared.push_back(std::move(row));
  }
  return shared;
}

/// Rules that skip it: a skipAfter above it, in its phase, whose marker is below it.
void add_skips(const Analysis& analysis, const RuleFacts& facts,
               std::vector<Influence>& influences) {
  const RuleIndex here = analysis.index(*facts.rule);
  for (RuleIndex at = 0; at < here; ++at) {
    const Rule& rule = analysis.ruleset.rules[at];
    if (analysis.starter(rule).removed() || analysis.starter(rule).phase != facts.phase) continue;
    for (const ActionUse* use : rule.effective) {
      if (use->id != Action::skipAfter) continue;
      const auto marker =
          std::ranges::find_if(analysis.ruleset.markers, [&](const parser::Marker& candidate) {
            return candidate.name == use->word() && candidate.before > at;
          });
      if (marker == analysis.ruleset.markers.end() || marker->before <= here) continue;
      influences.push_back({fmt::format("skipped when {} matches: skipAfter:{}",
                                        rule_name(analysis, at), use->word()),
                            use->span});
    }
  }
}

/// Directives and ctl actions that remove the rule or some of its targets.
void add_exclusions(const Analysis& analysis, const RuleFacts& facts,
                    std::vector<Influence>& influences) {
  const RuleIndex here = analysis.index(*facts.rule);
  for (const Exclusion& exclusion : analysis.exclusions().all()) {
    bool named = false;
    analysis.exclusions().each(*exclusion.filter, [&](RuleIndex rule) {
      named |= rule == here;
      return !named;
    });
    const std::optional<parser::Span>& removed = facts.rule->removed_by;
    if (!named || (removed && inside(exclusion.span, *removed))) continue;
    if (exclusion.use == nullptr) {
      const std::string text = parser::shown(analysis.ruleset.sources.text(exclusion.update->span));
      influences.push_back({"changed by " + text, exclusion.span});
    } else {
      influences.push_back({fmt::format("changed when {} matches: ctl:{}",
                                        rule_name(analysis, analysis.index(*exclusion.rule)),
                                        parser::shown(exclusion.use->raw)),
                            exclusion.span});
    }
  }
}

}  // namespace

std::string phase_title(uint8_t phase) {
  constexpr std::string_view kTitles[] = {
      "", "request headers", "request body", "response headers", "response body", "logging"};
  return fmt::format("{} ({})", phase, kTitles[phase]);
}

Story story_of(const Analysis& analysis, const RuleFacts& facts) {
  Story story;
  for (const Rule* rule = facts.rule; rule < facts.rule + facts.links; ++rule)
    story.links.push_back(link_story(*rule));
  story.shared = shared_variables(analysis, facts);
  if (facts.rule->removed_by)
    story.influences.push_back({"removed by a directive: it never runs", *facts.rule->removed_by});
  add_skips(analysis, facts, story.influences);
  add_exclusions(analysis, facts, story.influences);
  return story;
}

}  // namespace wafcheck::lint::inline index
