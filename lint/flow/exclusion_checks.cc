// Checks on exclusions: ctl:ruleRemove..., SecRuleRemove... and SecRuleUpdate...

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <optional>

#include "lint/check.h"
#include "lint/edits.h"
#include "lint/flow/exclusions.h"
#include "parser/ascii.h"
#include "parser/nearest.h"
#include "parser/syntax_checks.h"

namespace wafcheck::lint {
namespace {

using parser::Action;
using parser::ActionUse;
using parser::IdRange;
using parser::Rule;
using parser::RuleFilter;
using parser::RuleIndex;
using parser::SelectorKind;
using parser::Span;
using parser::Target;
using parser::Update;
using parser::Variable;

/// Suggestions take a look at every name; after so many, findings come without.
constexpr size_t kMaxSuggestions = 50;

/// Rules of the configuration that the engines come with, which need not be at hand.
bool is_recommended(const IdRange& range) {
  return 200'000 <= range.first && range.last <= 200'099;
}

std::string title(const IdRange& range) {
  return range.first == range.last ? fmt::format("{}", range.first)
                                   : fmt::format("{}-{}", range.first, range.last);
}

std::string_view title(RuleFilter::Kind kind) {
  return kind == RuleFilter::Kind::tag ? "tag" : "message";
}

/// "rule 942100", or where it stands.
std::string title(const Rule& rule) {
  return rule.id ? fmt::format("rule {}", *rule.id) : std::string("this rule");
}

parser::Diagnostic& add(Findings& found, Check check, const Exclusion& exclusion, Span span,
                        std::string message, std::string help) {
  if (exclusion.rule == nullptr) {
    return found.add(check, span, std::move(message), std::move(help));
  }
  return found.add(check, *exclusion.rule, span, std::move(message), std::move(help));
}

/// The one rule that an exclusion names by a single id. Null: it names others, or none.
const Rule* only_rule(const Context& context, const Exclusion& exclusion) {
  const RuleFilter& filter = *exclusion.filter;
  if (filter.kind != RuleFilter::Kind::id || filter.ids.size() != 1) return nullptr;
  if (filter.ids[0].first != filter.ids[0].last) return nullptr;
  return context.ruleset.find(filter.ids[0].first);
}

/// Variables whose members are also members of others: what excludes from one may be meant for
/// another.
constexpr std::array kArguments = {Variable::ARGS, Variable::ARGS_GET, Variable::ARGS_POST,
                                   Variable::ARGS_PATH};
constexpr std::array kArgumentNames = {Variable::ARGS_NAMES, Variable::ARGS_GET_NAMES,
                                       Variable::ARGS_POST_NAMES};

bool is_kin(Variable a, Variable b) {
  const auto both = [&](const auto& family) {
    return std::ranges::find(family, a) != family.end() &&
           std::ranges::find(family, b) != family.end();
  };
  return a == b || both(kArguments) || both(kArgumentNames);
}

/// Whether excluding `excluded` can take anything away from what `target` inspects.
bool concerns(const Target& excluded, const Target& target) {
  if (target.excluded || !is_kin(excluded.variable, target.variable)) return false;
  if (excluded.selector.kind != SelectorKind::name || target.selector.kind != SelectorKind::name) {
    return true;
  }
  return iequals(excluded.selector.text, target.selector.text);
}

/// The first link of a chain that inspects what is excluded.
std::optional<uint32_t> link_with(const Rule& starter, const Target& excluded) {
  const Rule* rule = &starter;
  for (uint32_t link = 0; link < starter.links; ++link, ++rule) {
    // What a matched variable is depends on the links before.
    const bool found = std::ranges::any_of(rule->targets, [&](const Target& target) {
      return concerns(excluded, target) ||
             (!target.excluded && (target.variable == Variable::MATCHED_VARS ||
                                   target.variable == Variable::MATCHED_VAR));
    });
    if (found) return link;
  }
  return std::nullopt;
}

/// Visits each target that is excluded from a rule that is named by its id.
template <typename Visit>
void each_excluded_target(const Context& context, Visit visit) {
  for (const Exclusion& exclusion : context.exclusions().all()) {
    if (exclusion.targets == nullptr) continue;
    const Rule* rule = only_rule(context, exclusion);
    if (rule == nullptr || rule->removed() || rule->targets.empty()) continue;
    for (const Target& target : *exclusion.targets) {
      // A directive excludes with a !, and adds what has none.
      if (exclusion.update != nullptr && !target.excluded) continue;
      visit(exclusion, *rule, target);
    }
  }
}

}  // namespace

void exclusion_of_nothing(const Context& context, Findings& found) {
  const Exclusions& exclusions = context.exclusions();
  size_t suggestions = 0;
  for (const Exclusion& exclusion : exclusions.all()) {
    const RuleFilter& filter = *exclusion.filter;
    if (filter.kind != RuleFilter::Kind::id) {
      bool any = false;
      const bool known = exclusions.each(filter, [&](RuleIndex) {
        any = true;
        return false;
      });
      if (any || !known) continue;
      std::string help;
      if (!filter.regex && ++suggestions <= kMaxSuggestions) {
        help = parser::did_you_mean(parser::nearest(filter.text, exclusions.texts(filter.kind),
                                                    [](auto text) { return text; }));
      }
      add(found, Check::exclusion_of_nothing, exclusion,
          part_of(context.ruleset, exclusion.span, filter.text),
          fmt::format("no rule that is loaded has the {} {}", title(filter.kind),
                      parser::shown(filter.text)),
          std::move(help));
      continue;
    }
    for (const IdRange& range : filter.ids) {
      if (exclusions.has(range) || is_recommended(range)) continue;
      const std::string text = title(range);
      const bool one = range.first == range.last;
      std::string_view near;
      if (one && ++suggestions <= kMaxSuggestions) {
        near = parser::nearest(text, exclusions.ids_as_text(),
                               [](const auto& id) { return std::string_view(id); });
        // Ids of one file differ in two digits; that says nothing.
        if (!near.empty() && parser::edit_distance(text, near) != 1) near = {};
      }
      parser::Diagnostic& finding =
          add(found, Check::exclusion_of_nothing, exclusion,
              part_of(context.ruleset, exclusion.span, text),
              one ? fmt::format("no rule {} is loaded", text)
                  : fmt::format("no rule with an id in {} is loaded", text),
              parser::did_you_mean(near));
      if (near.empty()) continue;
      finding.fix =
          parser::Fix{"name the nearest rule", false, {{finding.span, std::string(near)}}};
    }
  }
}

void ctl_after_target(const Context& context, Findings& found) {
  const Exclusions& exclusions = context.exclusions();
  for (const Exclusion& exclusion : exclusions.all()) {
    if (exclusion.rule == nullptr) continue;
    const Rule& by = *exclusion.rule;
    const RuleIndex here = context.index(by);
    const Rule* last = nullptr;  // of those that have run
    bool later = false;
    const bool known = exclusions.each(*exclusion.filter, [&](RuleIndex index) {
      const Rule& rule = context.ruleset.rules[index];
      if (rule.removed()) return true;
      later = std::pair(rule.phase, index) > std::pair(by.phase, here);
      if (!later) last = &rule;
      return !later;
    });
    if (later || last == nullptr || !known) continue;
    const bool one = exclusion.filter->kind == RuleFilter::Kind::id &&
                     exclusion.filter->ids.size() == 1 &&
                     exclusion.filter->ids[0].first == exclusion.filter->ids[0].last;
    const Span span =
        one ? part_of(context.ruleset, exclusion.span, title(exclusion.filter->ids[0]))
            : exclusion.span;
    const std::string who = one ? title(*last) : std::string("every rule that this names");
    parser::Diagnostic* finding = nullptr;
    if (last->phase < by.phase) {
      finding = &found.add(
          Check::ctl_after_target, by, span,
          fmt::format("{} runs in phase {}, before this exclusion in phase {}", who, last->phase,
                      by.phase),
          fmt::format("exclude it in phase {} at the latest, in a rule above it", last->phase));
      const ActionUse* phase = context.starter(by).find(Action::phase);
      // Above the rule, a change of the phase alone will do.
      if (phase != nullptr && !phase->updated && here < context.index(*last)) {
        finding->fix = parser::Fix{
            fmt::format("exclude it in phase {}", last->phase),
            false,
            {replace_value(*phase, std::to_string(static_cast<unsigned>(last->phase)))}};
      }
    } else {
      finding = &found.add(Check::ctl_after_target, by, span,
                           fmt::format("{} has run when this exclusion comes", who),
                           "move this rule above it");
    }
    finding->related.push_back({last->anchor(), "the rule"});
  }
}

void update_before_load(const Context& context, Findings& found) {
  if (context.ruleset.semantics.updates_any_order) return;
  const Exclusions& exclusions = context.exclusions();
  for (const Update& update : context.ruleset.updates) {
    if (update.hits != 0) continue;
    const Rule* first = nullptr;
    exclusions.each(update.filter, [&](RuleIndex index) {
      if (index < update.before) return true;
      first = &context.ruleset.rules[index];
      return false;
    });
    if (first == nullptr) continue;
    const std::string_view name = info(update.id).name;
    found
        .add(Check::update_before_load, part_of(context.ruleset, update.span, name),
             fmt::format("{} comes before the rule it is about, and does nothing", name),
             fmt::format("move it behind {}, or to a file that is loaded later", title(*first)))
        .related.push_back({first->anchor(), "the rule"});
  }
}

void ctl_target_not_in_rule(const Context& context, Findings& found) {
  each_excluded_target(context,
                       [&](const Exclusion& exclusion, const Rule& rule, const Target& target) {
                         if (link_with(rule, target)) return;
                         add(found, Check::ctl_target_not_in_rule, exclusion, target.span,
                             fmt::format("{} does not inspect {}", title(rule),
                                         parser::shown(context.ruleset.sources.text(target.span))),
                             "exclude a target that the rule has")
                             .related.push_back({rule.targets.front().span, "what it inspects"});
                       });
}

void exclusion_in_chain_child(const Context& context, Findings& found) {
  each_excluded_target(context, [&](const Exclusion& exclusion, const Rule& rule,
                                    const Target& target) {
    const std::optional<uint32_t> link = link_with(rule, target);
    if (!link || *link == 0) return;
    const Rule& child = *(&rule + *link);
    add(found, Check::exclusion_in_chain_child, exclusion, target.span,
        fmt::format("{} inspects {} in a chained rule only, which some engines do not exclude from",
                    title(rule), parser::shown(context.ruleset.sources.text(target.span))),
        "exclude the whole rule under a condition, or a target of its first rule")
        .related.push_back({child.name_span, "the chained rule"});
  });
}

void updateactionbyid_drops_chain(const Context& context, Findings& found) {
  for (const Update& update : context.ruleset.updates) {
    if (update.actions.empty()) continue;
    if (std::ranges::find(update.actions, Action::chain, &ActionUse::id) != update.actions.end()) {
      continue;
    }
    const Rule* chain = nullptr;
    context.exclusions().each(update.filter, [&](RuleIndex index) {
      const Rule& rule = context.ruleset.rules[index];
      if (index < update.before && update.link.value_or(0) + 1 < rule.links) chain = &rule;
      return chain == nullptr;
    });
    if (chain == nullptr) continue;
    const Span first = update.actions.front().span;
    const Span last = update.actions.back().span;
    parser::Diagnostic& finding =
        found.add(Check::updateactionbyid_drops_chain, {first.file, first.begin, last.end},
                  fmt::format("{} begins a chain, which some engines take apart without chain here",
                              title(*chain)),
                  "add chain to the actions");
    finding.related.push_back({chain->name_span, "the rule"});
    finding.fix = parser::Fix{"add chain", false, {insert_before(update.actions.front(), "chain")}};
  }
}

}  // namespace wafcheck::lint
