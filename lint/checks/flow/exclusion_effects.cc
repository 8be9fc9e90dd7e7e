// Checks on exclusions: ctl:ruleRemove..., SecRuleRemove... and SecRuleUpdate...

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <unordered_map>

#include "lint/analysis/exclusions.h"
#include "lint/checks/check.h"
#include "lint/checks/crs/crs.h"
#include "lint/checks/edits.h"
#include "parser/base/ascii.h"
#include "parser/base/nearest.h"
#include "parser/language/semantics.h"
#include "parser/regex/pcre.h"
#include "parser/syntax/syntax_checks.h"

namespace wafcheck::lint::inline checks {
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

/// Each suggestion compares all names; findings after this many have no suggestion.
constexpr size_t kMaxSuggestions = 50;

/// Where the ids and ranges of an exclusion stand in its text: looked up at once for all of them,
/// as there may be very many.
class IdPlaces {
 public:
  IdPlaces(const parser::RulesetModel& ruleset, Span span) : span_(span) {
    const std::string_view text = ruleset.sources.text(span);
    constexpr std::string_view kOfIds = "0123456789-";
    for (size_t at = 0; (at = text.find_first_of(kOfIds, at)) != std::string_view::npos;) {
      const size_t end = std::min(text.find_first_not_of(kOfIds, at), text.size());
      places_.try_emplace(text.substr(at, end - at), at);
      at = end;
    }
  }
  /// The whole span where it is not written so.
  Span find(std::string_view ids) const {
    const auto found = places_.find(ids);
    if (found == places_.end()) return span_;
    const uint32_t begin = span_.begin + static_cast<uint32_t>(found->second);
    return {span_.file, begin, begin + static_cast<uint32_t>(ids.size())};
  }

 private:
  const Span span_;
  std::unordered_map<std::string_view, size_t> places_;
};

/// Rules of the recommended configuration of the engines, which may not be loaded here.
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

/// "rule 942100", or "this rule" without an id.
std::string title(const Rule& rule) {
  return rule.id ? fmt::format("rule {}", *rule.id) : std::string("this rule");
}

parser::Diagnostic& add(Findings& findings, Check check, const Exclusion& exclusion, Span span,
                        std::string message, std::string help) {
  if (exclusion.rule == nullptr) {
    return findings.add(check, span, std::move(message), std::move(help));
  }
  return findings.add(check, *exclusion.rule, span, std::move(message), std::move(help));
}

/// The rule that an exclusion names by a single id; null if it names rules in another way.
const Rule* only_rule(const Context& context, const Exclusion& exclusion) {
  const RuleFilter& filter = *exclusion.filter;
  if (filter.kind != RuleFilter::Kind::id || filter.ids.size() != 1) return nullptr;
  if (filter.ids[0].first != filter.ids[0].last) return nullptr;
  return context.ruleset.find(filter.ids[0].first);
}

/// Whether two variables may share members: what excludes from one may be meant for the other.
bool is_kin(Variable a, Variable b) {
  return info(a).whole == info(b).whole;
}

/// Whether excluding `excluded` can change what `target` inspects.
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
    // The matched variable depends on the previous links.
    const bool inspected = std::ranges::any_of(rule->targets, [&](const Target& target) {
      return concerns(excluded, target) ||
             (!target.excluded && (target.variable == Variable::MATCHED_VARS ||
                                   target.variable == Variable::MATCHED_VAR));
    });
    if (inspected) return link;
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
      // In a directive, a target with ! is excluded, one without is added.
      if (exclusion.update != nullptr && !target.excluded) continue;
      visit(exclusion, *rule, target);
    }
  }
}

using SeenTexts = std::unordered_map<std::string, std::optional<std::string_view>>;

/// The first tag or message that a filter matches where it is taken for an expression, as
/// ModSecurity 2 does. Each filter is tried once.
std::optional<std::string_view> seen_as_expression(const Exclusions& exclusions,
                                                   const RuleFilter& filter, SeenTexts& known) {
  if (filter.regex) return std::nullopt;
  const auto [found, inserted] = known.try_emplace(filter.text);
  if (!inserted || known.size() > kMaxSuggestions) return found->second;
  const auto regex = parser::Pcre::compile(filter.text, {});
  if (!regex) return std::nullopt;
  constexpr uint32_t kSteps = 10'000;
  for (const std::string_view text : exclusions.texts(filter.kind)) {
    if (regex->match(text, 0, kSteps, nullptr) != parser::PcreResult::matched) continue;
    found->second = text;
    break;
  }
  return found->second;
}

bool only_modsecurity2(const Context& context) {
  const auto& engines = context.options.engines;
  return !engines.empty() && std::ranges::all_of(engines, [](const EngineTarget& target) {
    return target.engine == parser::M2;
  });
}

}  // namespace

void exclusion_of_nothing(const Context& context, Findings& findings) {
  const Exclusions& exclusions = context.exclusions();
  size_t suggestions = 0;
  SeenTexts expressions;
  for (const Exclusion& exclusion : exclusions.all()) {
    const RuleFilter& filter = *exclusion.filter;
    if (filter.kind != RuleFilter::Kind::id) {
      bool any = false;
      const bool complete = exclusions.each(filter, [&](RuleIndex) {
        any = true;
        return false;
      });
      if (any || !complete || may_be_elsewhere(context.ruleset, filter.text)) continue;
      const std::optional<std::string_view> seen =
          seen_as_expression(exclusions, filter, expressions);
      if (seen) {
        if (only_modsecurity2(context)) continue;
        add(findings, Check::exclusion_of_nothing, exclusion,
            part_of(context.ruleset, exclusion.span, filter.text),
            fmt::format("this works on ModSecurity 2 only, which takes {} for an expression that "
                        "matches {}; no rule has that {}",
                        parser::shown(filter.text), parser::shown(*seen), title(filter.kind)),
            fmt::format("name the whole {} for the other engines", title(filter.kind)));
        continue;
      }
      std::string help;
      if (!filter.regex && ++suggestions <= kMaxSuggestions) {
        help = parser::did_you_mean(
            nearest(filter.text, exclusions.texts(filter.kind), [](auto text) { return text; }));
      }
      add(findings, Check::exclusion_of_nothing, exclusion,
          part_of(context.ruleset, exclusion.span, filter.text),
          fmt::format("no loaded rule has the {} {}", title(filter.kind),
                      parser::shown(filter.text)),
          std::move(help));
      continue;
    }
    const IdPlaces places(context.ruleset, exclusion.span);
    for (const IdRange& range : filter.ids) {
      if (exclusions.has(range) || is_recommended(range)) continue;
      if (may_be_elsewhere(context.ruleset, range.first)) continue;
      const std::string text = title(range);
      const bool one = range.first == range.last;
      // Ids are no words: a similar one is another rule, not a slip.
      add(findings, Check::exclusion_of_nothing, exclusion, places.find(text),
          one ? fmt::format("no rule {} is loaded", text)
              : fmt::format("no rule with an id in {} is loaded", text),
          {});
    }
  }
}

void exclusions_from_afar(const Context& context, Findings& findings) {
  const Exclusions& exclusions = context.exclusions();
  std::set<std::string> named, elsewhere;
  const Exclusion* first = nullptr;
  const auto see = [&](const Exclusion& exclusion, const std::string& name, bool is_here,
                       bool may_be) {
    named.insert(name);
    if (is_here || !may_be) return;
    elsewhere.insert(name);
    if (first == nullptr) first = &exclusion;
  };
  for (const Exclusion& exclusion : exclusions.all()) {
    const RuleFilter& filter = *exclusion.filter;
    for (const IdRange& range : filter.ids) {
      see(exclusion, title(range), exclusions.has(range),
          may_be_elsewhere(context.ruleset, range.first));
    }
    if (filter.kind == RuleFilter::Kind::id) continue;
    bool is_here = false;
    exclusions.each(filter, [&](RuleIndex) {
      is_here = true;
      return false;
    });
    see(exclusion, filter.text, is_here, may_be_elsewhere(context.ruleset, filter.text));
  }
  if (first == nullptr) return;
  const bool one = named.size() == 1;
  add(findings, Check::exclusions_from_afar, *first, first->span,
      one ? fmt::format("the rules of {}, which this excludes, are not loaded", *named.begin())
      : elsewhere.size() == named.size()
          ? fmt::format("of the {} ids and tags that exclusions name, none is loaded", named.size())
          : fmt::format("of the {} ids and tags that exclusions name, {} are not loaded",
                        named.size(), elsewhere.size()),
      "name the rules with --with, such as --with crs-setup.conf --with rules/");
}

void ctl_after_target(const Context& context, Findings& findings) {
  const Exclusions& exclusions = context.exclusions();
  const bool part = is_part_of_crs(context.ruleset);
  for (const Exclusion& exclusion : exclusions.all()) {
    if (exclusion.rule == nullptr) continue;
    // The rules that a tag names are those of the files that are not here.
    if (part && exclusion.filter->kind != RuleFilter::Kind::id) continue;
    const Rule& by = *exclusion.rule;
    const RuleIndex here = context.index(by);
    const Rule* last = nullptr;  // of those that have run
    bool later = false;
    const bool complete = exclusions.each(*exclusion.filter, [&](RuleIndex index) {
      const Rule& rule = context.ruleset.rules[index];
      if (rule.removed()) return true;
      later = std::pair(rule.phase, index) > std::pair(by.phase, here);
      if (!later) last = &rule;
      return !later;
    });
    if (later || last == nullptr || !complete) continue;
    const bool one = exclusion.filter->kind == RuleFilter::Kind::id &&
                     exclusion.filter->ids.size() == 1 &&
                     exclusion.filter->ids[0].first == exclusion.filter->ids[0].last;
    const Span span =
        one ? part_of(context.ruleset, exclusion.span, title(exclusion.filter->ids[0]))
            : exclusion.span;
    const std::string who = one ? title(*last) : std::string("every rule that this names");
    parser::Diagnostic* finding = nullptr;
    if (last->phase < by.phase) {
      finding = &findings.add(
          Check::ctl_after_target, by, span,
          fmt::format("{} runs in phase {}, before this exclusion in phase {}", who, last->phase,
                      by.phase),
          fmt::format("exclude it in phase {} or earlier, in a rule above it", last->phase));
      const ActionUse* phase = context.starter(by).find(Action::phase);
      // If this rule is above the other, changing the phase is enough.
      if (phase != nullptr && !phase->updated && here < context.index(*last)) {
        finding->fix = parser::Fix{
            fmt::format("exclude it in phase {}", last->phase),
            false,
            {replace_value(*phase, std::to_string(static_cast<unsigned>(last->phase)))}};
      }
    } else {
      finding = &findings.add(Check::ctl_after_target, by, span,
                              fmt::format("{} has already run when this exclusion runs", who),
                              "move this rule above it");
    }
    finding->related.push_back({last->anchor(), "the rule"});
  }
}

void update_before_load(const Context& context, Findings& findings) {
  if (context.ruleset.semantics().updates_any_order) return;
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
    findings
        .add(Check::update_before_load, part_of(context.ruleset, update.span, name),
             fmt::format("{} comes before the rule that it changes, and has no effect", name),
             fmt::format("move it after {}, or to a file that is loaded later", title(*first)))
        .related.push_back({first->anchor(), "the rule"});
  }
}

void ctl_target_not_in_rule(const Context& context, Findings& findings) {
  each_excluded_target(context,
                       [&](const Exclusion& exclusion, const Rule& rule, const Target& target) {
                         if (link_with(rule, target)) return;
                         add(findings, Check::ctl_target_not_in_rule, exclusion, target.span,
                             fmt::format("{} does not inspect {}", title(rule),
                                         parser::shown(context.ruleset.sources.text(target.span))),
                             "exclude a target that the rule inspects")
                             .related.push_back({rule.targets.front().span,
                                                 "the rule inspects "
                                                 "this"});
                       });
}

void exclusion_in_chain_child(const Context& context, Findings& findings) {
  each_excluded_target(
      context, [&](const Exclusion& exclusion, const Rule& rule, const Target& target) {
        const std::optional<uint32_t> link = link_with(rule, target);
        if (!link || *link == 0) return;
        const Rule& child = *(&rule + *link);
        add(findings, Check::exclusion_in_chain_child, exclusion, target.span,
            fmt::format("{} inspects {} only in a chained rule, to which some engines do not apply "
                        "exclusions",
                        title(rule), parser::shown(context.ruleset.sources.text(target.span))),
            "exclude the whole rule under a condition, or a target of its first rule")
            .related.push_back({child.name_span, "the chained rule"});
      });
}

void updateactionbyid_drops_chain(const Context& context, Findings& findings) {
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
    parser::Diagnostic& finding = findings.add(
        Check::updateactionbyid_drops_chain, {first.file, first.begin, last.end},
        fmt::format("{} begins a chain, which some engines break up if the update lacks chain",
                    title(*chain)),
        "add chain to the actions");
    finding.related.push_back({chain->name_span, "the rule"});
    finding.fix = parser::Fix{"add chain", false, {insert_before(update.actions.front(), "chain")}};
  }
}

}  // namespace wafcheck::lint::inline checks
