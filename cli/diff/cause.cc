#include "cli/diff/cause.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <set>
#include <span>
#include <utility>

#include "engine/transaction.h"
#include "formats/records/trace.h"
#include "lint/analysis/exclusions.h"
#include "parser/base/ascii.h"
#include "parser/base/shown.h"
#include "parser/language/semantics.h"

namespace wafcheck::cli::inline diff {
namespace {

using formats::Outcome;
using lint::RuleField;
using lint::RulePair;
using parser::Rule;
using Entry = formats::TraceRecorder::Entry;

/// Bytes of a value that a sentence shows.
constexpr size_t kShown = 40;

/// A row of the table of kinds.
struct KindInfo {
  CauseKind id;
  std::string_view name;
};
constexpr KindInfo kKinds[] = {
    {CauseKind::added, "rule-added"},
    {CauseKind::removed, "rule-removed"},
    {CauseKind::field, ""},
    {CauseKind::exclusion, "exclusion"},
    {CauseKind::threshold, "threshold"},
    {CauseKind::variable, "variable"},
    {CauseKind::skipped, "skipped"},
    {CauseKind::order, "order"},
    {CauseKind::setting, "setting"},
    {CauseKind::engine, "engine"},
    {CauseKind::difference, "difference"},
    {CauseKind::unknown, "unknown"},
};

const std::optional<engine::Interruption>& interruption_of(const Outcome& outcome) {
  const auto& done = outcome.transaction->interruption();
  return done ? done : outcome.transaction->would_interrupt();
}

/// The TX variables that a link reads by name.
std::set<std::string> variables_of(const Rule& link) {
  std::set<std::string> names;
  for (const parser::Target& target : link.targets) {
    if (target.variable == parser::Variable::TX && !target.selector.text.empty()) {
      names.insert(lowercase(target.selector.text));
    }
  }
  const auto add = [&](const parser::MacroText& text) {
    for (const parser::MacroPart& part : text.parts) {
      if (part.is_variable && part.variable == parser::Variable::TX) {
        names.insert(lowercase(part.text));
      }
    }
  };
  if (link.kind == parser::RuleKind::rule) add(link.op.text);
  for (const parser::ActionUse* use : link.effective) {
    if (const auto* const set = std::get_if<parser::Setvar>(&use->value)) add(set->value);
  }
  return names;
}

/// One of the two sides.
struct Side {
  const lint::Analysis& analysis;
  const Outcome& outcome;
  const RuleEffects& effects;
  bool now;

  const Rule* rule(const RulePair& pair) const { return now ? pair.now : pair.old; }
  std::span<const Entry> trace() const { return outcome.trace->entries(); }
};

std::string value_text(std::string_view value) {
  if (value.data() == nullptr) return "unset";
  return readable(value.substr(0, kShown)) + (value.size() > kShown ? "..." : "");
}

}  // namespace

std::string reason_of(const Cause& cause) {
  if (cause.kind == CauseKind::field) return cause.field;
  return std::string(kKinds[static_cast<size_t>(cause.kind)].name);
}

std::optional<CauseKind> find_cause_kind(std::string_view reason) {
  const auto* const row = std::ranges::find(kKinds, reason, &KindInfo::name);
  return row == std::end(kKinds) || reason.empty() ? std::nullopt : std::optional(row->id);
}

std::string sentence_of(const Cause& cause) {
  const std::string rule = cause.rule_id ? fmt::format("rule {}", *cause.rule_id) : "a rule";
  const std::string tail = cause.detail.empty() ? "" : ": " + cause.detail;
  switch (cause.kind) {
    case CauseKind::added:
      return rule + " is new";
    case CauseKind::removed:
      return rule + " is gone";
    case CauseKind::field:
      return fmt::format("{}: {} changed", rule, cause.detail);
    case CauseKind::exclusion:
      return cause.detail;
    case CauseKind::threshold:
      return fmt::format("the threshold of {}{}", rule, tail);
    case CauseKind::variable:
      return cause.rule_id ? fmt::format("{} sets {}", rule, cause.detail) : cause.detail;
    case CauseKind::skipped:
      return fmt::format("{} is passed over{}", rule, tail);
    case CauseKind::order:
      return fmt::format("{} stands in another place{}", rule, tail);
    case CauseKind::setting:
    case CauseKind::engine:
      return cause.detail;
    case CauseKind::difference:
      return fmt::format("the first step that differs is {}{}", rule, tail);
    case CauseKind::unknown:
      break;
  }
  return fmt::format("{}: not looked into", rule);
}

std::vector<std::string> sentences_of(const std::vector<Cause>& causes) {
  std::vector<std::string> sentences;
  for (auto first = causes.begin(); first != causes.end();) {
    const auto last = std::find_if(first, causes.end(), [&](const Cause& each) {
      return each.kind != CauseKind::field || each.rule_id != first->rule_id;
    });
    if (last - first < 2) {
      sentences.push_back(sentence_of(*first++));
      continue;
    }
    std::string fields;
    for (auto it = first; it != last; ++it) {
      if (it != first) fields += it + 1 == last ? " and " : ", ";
      fields += it->detail;
    }
    sentences.push_back(sentence_of({CauseKind::field, first->rule_id, "", std::move(fields)}));
    first = last;
  }
  return sentences;
}

namespace {

/// The score rules of one side, and those rules that are such on the other: what adds to a score is
/// compared also where the rule that compares it blocks no more.
std::vector<formats::ScoreRule> scores_of_both(const std::vector<formats::ScoreRule>& own,
                                               const std::vector<formats::ScoreRule>& others,
                                               const lint::RulePairs& pairs, bool now) {
  std::vector<formats::ScoreRule> all = own;
  for (formats::ScoreRule rule : others) {
    const RulePair* const pair = pairs.find(*rule.starter);
    const Rule* const starter = pair == nullptr ? nullptr : now ? pair->now : pair->old;
    if (starter == nullptr || rule.link->link >= starter->links) continue;
    const bool known = std::ranges::find(own, starter, &formats::ScoreRule::starter) != own.end();
    if (known) continue;
    rule.link = &starter[rule.link->link];
    rule.starter = starter;
    all.push_back(std::move(rule));
  }
  return all;
}

}  // namespace

CauseFinder::CauseFinder(const Rulesets& rulesets, const formats::Masks& masks)
    : rulesets_(rulesets), masks_(masks) {
  const auto old = formats::score_rules(rulesets.old.ruleset);
  const auto now = formats::score_rules(rulesets.now.ruleset);
  old_scores_ = scores_of_both(old, now, rulesets.pairs, false);
  new_scores_ = scores_of_both(now, old, rulesets.pairs, true);
}

RuleEffects CauseFinder::effects(const Outcome& outcome, bool now) const {
  RuleEffects effects;
  const auto evaluated = outcome.evidence->rules();
  const auto of = [&](const Rule& starter) -> RuleEffect* {
    const RulePair* const pair = rulesets_.pairs.find(starter);
    return pair == nullptr ? nullptr : &effects[pair];
  };
  for (const formats::RuleEvidence& each : evaluated) {
    if (!each.matched) continue;
    if (RuleEffect* const effect = of(*each.starter)) effect->matched = true;
  }
  const auto sums =
      formats::score_sums(now ? new_scores_ : old_scores_, *outcome.evidence, *outcome.transaction);
  for (const formats::ScoreSum& sum : sums) {
    for (const formats::Contribution& part : sum.parts) {
      if (RuleEffect* const effect = of(*evaluated[part.evaluation].starter)) {
        effect->points += part.amount;
      }
    }
  }
  return effects;
}

struct CauseFinder::Search {
  const CauseFinder& finder;
  const Side old, now;
  const lint::RulesetChange& change;
  Found found;

  Search(const CauseFinder& of, const Outcome& before, const RuleEffects& effects_before,
         const Outcome& after, const RuleEffects& effects_after)
      : finder(of),
        old{of.rulesets_.old, before, effects_before, false},
        now{of.rulesets_.now, after, effects_after, true},
        change(of.rulesets_.change) {}

  bool traced() const { return old.outcome.trace != nullptr && now.outcome.trace != nullptr; }

  void add(Cause cause) {
    if (std::ranges::find(found.causes, cause) == found.causes.end()) {
      found.causes.push_back(std::move(cause));
    }
  }

  Found run() {
    compare_modes();
    compare_thresholds();
    compare_effects();
    compare_deciding_rules();
    if (found.causes.empty() && !found.needs_trace) look_further();
    if (found.needs_trace && traced()) found.needs_trace = false;
    return std::move(found);
  }

  // --- what is known without a trace ---

  void compare_modes() {
    const auto mode = [](const Side& side) { return side.outcome.transaction->engine_mode(); };
    if (mode(old) == mode(now)) return;
    const lint::SettingChange* const setting = setting_named("SecRuleEngine");
    if (setting != nullptr) add(cause_of(*setting));
  }

  const lint::SettingChange* setting_named(std::string_view name) const {
    const auto it = std::ranges::find(change.settings, name, &lint::SettingChange::name);
    return it == change.settings.end() ? nullptr : &*it;
  }

  static Cause cause_of(const lint::SettingChange& setting) {
    const auto text = [](const std::string& value) {
      return value.empty() ? std::string("not set") : value_text(value);
    };
    return {CauseKind::setting, std::nullopt, "",
            fmt::format("{}: {} became {}", setting.name, text(setting.old), text(setting.now))};
  }

  /// A threshold counts where the old one would have decided otherwise.
  void compare_thresholds() {
    const auto before = sums(old, finder.old_scores_), after = sums(now, finder.new_scores_);
    for (const formats::ScoreSum& sum : after) {
      const auto same = std::ranges::find_if(before, [&](const formats::ScoreSum& each) {
        return each.rule->variable == sum.rule->variable;
      });
      if (same == before.end() || !sum.threshold || !same->threshold) continue;
      if (*sum.threshold == *same->threshold) continue;
      if ((sum.total >= *sum.threshold) == (sum.total >= *same->threshold)) continue;
      Cause cause{CauseKind::threshold, sum.rule->starter->id, "",
                  fmt::format("{} became {}", *same->threshold, *sum.threshold)};
      if (sum.threshold_set != nullptr) {
        const auto id = starter_of(*sum.threshold_set->rule).id;
        if (id) cause.detail += fmt::format(", set by rule {}", *id);
      }
      add(std::move(cause));
    }
  }
  static std::vector<formats::ScoreSum> sums(const Side& side,
                                             const std::vector<formats::ScoreRule>& rules) {
    return formats::score_sums(rules, *side.outcome.evidence, *side.outcome.transaction);
  }

  /// Rules that add to a score under one ruleset only, or more or less.
  void compare_effects() {
    // Without a rule that compares one, nothing is a score.
    if (finder.old_scores_.empty() || finder.new_scores_.empty()) return;
    const RuleEffects& before = old.effects;
    const RuleEffects& after = now.effects;
    std::set<const RulePair*> pairs;
    for (const auto& [pair, effect] : before) pairs.insert(pair);
    for (const auto& [pair, effect] : after) pairs.insert(pair);
    // In load order, so that a run tells the same as the one before.
    std::vector<const RulePair*> ordered(pairs.begin(), pairs.end());
    std::ranges::sort(ordered, {}, [](const RulePair* pair) {
      return std::pair(pair->now == nullptr, pair->now != nullptr ? pair->now : pair->old);
    });
    for (const RulePair* const pair : ordered) {
      const auto effect = [&](const RuleEffects& effects) {
        const auto it = effects.find(pair);
        return it == effects.end() ? RuleEffect{} : it->second;
      };
      const RuleEffect a = effect(before), b = effect(after);
      if (a.points == b.points) continue;
      explain(*pair, a.matched, b.matched);
    }
  }

  /// Rules that decide by themselves, and do so under one ruleset only.
  void compare_deciding_rules() {
    const auto& before = interruption_of(old.outcome);
    const auto& after = interruption_of(now.outcome);
    const bool same_rule = before && after && before->rule_id == after->rule_id;
    for (const Side* const side : {&old, &now}) {
      const auto& interruption = side->now ? after : before;
      if (!interruption || !interruption->rule_id) continue;
      const Rule* const rule = side->analysis.ruleset.find(*interruption->rule_id);
      const RulePair* const pair = rule == nullptr ? nullptr : finder.rulesets_.pairs.find(*rule);
      if (pair == nullptr) continue;
      const auto& scores = side->now ? finder.new_scores_ : finder.old_scores_;
      const bool compares_score =
          std::ranges::find(scores, rule, &formats::ScoreRule::starter) != scores.end();
      const bool differs =
          pair->old == nullptr || pair->now == nullptr || change.find(*rule) != nullptr;
      if (same_rule && !differs) continue;
      // One that compares a score that differs is what follows, not what is behind it.
      if (compares_score && (!differs || !found.causes.empty())) continue;
      const bool before_too = side->now ? matched(old, *pair) : true;
      const bool after_too = side->now ? true : matched(now, *pair);
      if (before_too && after_too) {
        explain_by_fields(*pair, Effect::action);
      } else {
        explain(*pair, before_too, after_too);
      }
    }
  }
  static bool matched(const Side& side, const RulePair& pair) {
    const Rule* const rule = side.rule(pair);
    return std::ranges::any_of(side.outcome.evidence->rules(), [&](const auto& each) {
      return each.starter == rule && each.matched;
    });
  }

  /// Why a rule does not do the same on both sides.
  void explain(const RulePair& pair, bool old_matched, bool new_matched) {
    if (pair.old == nullptr) return add({CauseKind::added, pair.now->id, "", ""});
    if (pair.now == nullptr) return add({CauseKind::removed, pair.old->id, "", ""});
    if (explain_by_fields(pair, old_matched == new_matched ? Effect::points : Effect::match))
      return;
    if (old_matched == new_matched) return explain_by_points(pair);
    const Side& with = old_matched ? old : now;
    const Side& without = old_matched ? now : old;
    if (explain_by_exclusion(pair, with, without)) return;
    if (!traced()) {
      found.needs_trace = true;
      return;
    }
    explain_by_trace(pair, without);
  }

  /// Which of its effects differs.
  enum class Effect : uint8_t { match, points, action, time };

  bool explain_by_fields(const RulePair& pair, Effect effect) {
    const lint::ChangedRule* const changed = pair.now == nullptr ? nullptr : change.find(*pair.now);
    if (changed == nullptr) return false;
    bool any = false;
    for (const lint::FieldChange& field : changed->fields) {
      if (!bears_on(field.field, effect)) continue;
      any = true;
      add(field_cause(pair, field, lint::info(field.field)));
    }
    return any;
  }
  static bool bears_on(RuleField field, Effect effect) {
    switch (field) {
      case RuleField::removed:
      case RuleField::links:
      case RuleField::targets:
      case RuleField::operator_:
      case RuleField::data_file:
      case RuleField::transformations:
      case RuleField::flow:
        return effect == Effect::match;
      case RuleField::phase:
        return true;
      case RuleField::variables:
        return effect == Effect::points;
      case RuleField::action:
        return effect == Effect::action;
      default:
        return false;
    }
  }

  Cause field_cause(const RulePair& pair, const lint::FieldChange& field,
                    const lint::RuleFieldInfo& row) const {
    if (field.by) {
      const parser::RulesetModel& ruleset =
          field.by_new ? now.analysis.ruleset : old.analysis.ruleset;
      const parser::Place place = ruleset.sources.begin_of(*field.by);
      return {CauseKind::exclusion, pair.now->id, std::string(row.name),
              fmt::format("{}:{} {} rule {}", readable(place.path), place.line,
                          field.by_new ? "now changes" : "no longer changes",
                          pair.now->id.value_or(0))};
    }
    const bool rx = field.field == RuleField::operator_ &&
                    pair.old->op.id == parser::Operator::rx &&
                    pair.now->op.id == parser::Operator::rx;
    return {CauseKind::field, pair.now->id, rx ? "expression" : std::string(row.name),
            rx ? "its expression" : std::string(row.doc)};
  }

  /// It matches on both sides, with other points: what it adds is in a variable.
  void explain_by_points(const RulePair& pair) {
    if (explain_by_variables(pair)) return;
    add({CauseKind::difference, pair.now->id, "", "it adds other points"});
  }

  // --- exclusions ---

  bool explain_by_exclusion(const RulePair& pair, const Side& with, const Side& without) {
    const auto used = [](const Side& side) {
      std::vector<engine::ExclusionUse> uses = side.outcome.transaction->exclusion_uses();
      std::erase_if(uses, [](const engine::ExclusionUse& use) { return !use.removed; });
      return uses;
    };
    const auto both = used(with);
    for (const engine::ExclusionUse& use : used(without)) {
      const bool also = std::ranges::any_of(both, [&](const engine::ExclusionUse& each) {
        return each.text == use.text && id_of(each) == id_of(use);
      });
      if (also || !names(without, use, *without.rule(pair))) continue;
      const std::string place = use.rule != nullptr && id_of(use)
                                    ? fmt::format("rule {}", *id_of(use))
                                    : fmt::format("{}:{}", readable(use.file), use.line);
      add({CauseKind::exclusion, pair.now->id, "",
           fmt::format("{} {} from rule {}: {}", place,
                       without.now ? "now keeps values" : "no longer keeps values",
                       pair.now->id.value_or(0), readable(use.text))});
      return true;
    }
    return false;
  }
  static std::optional<uint64_t> id_of(const engine::ExclusionUse& use) {
    return use.rule == nullptr ? std::nullopt : starter_of(*use.rule).id;
  }

  /// Whether an exclusion is about a rule.
  static bool names(const Side& side, const engine::ExclusionUse& use, const Rule& rule) {
    const lint::Exclusions& exclusions = side.analysis.exclusions();
    const parser::RulesetModel& ruleset = side.analysis.ruleset;
    for (const lint::Exclusion& each : exclusions.all()) {
      const parser::Place place = ruleset.sources.begin_of(each.span);
      const bool same = use.rule != nullptr
                            ? each.rule == use.rule && use.text.ends_with(each.use->raw)
                            : each.update != nullptr && place.path == use.file &&
                                  ruleset.sources.begin_of(each.update->span).line == use.line;
      if (!same) continue;
      bool named = false;
      exclusions.each(*each.filter, [&](parser::RuleIndex at) {
        named |= &ruleset.rules[at] == &rule;
        return !named;
      });
      if (named) return true;
    }
    return false;
  }

  // --- traces ---

  void explain_by_trace(const RulePair& pair, const Side& without) {
    const Rule* const rule = without.rule(pair);
    const auto steps = without.trace();
    const auto step = std::ranges::find_if(steps, [&](const Entry& entry) {
      return entry.rule != nullptr && &starter_of(*entry.rule) == rule;
    });
    if (step != steps.end() && !step->skipped_by.empty()) {
      return explain_skip(pair, without, step->skipped_by);
    }
    if (explain_by_variables(pair)) return;
    if (explain_by_order(pair)) return;
    if (explain_by_settings()) return;
    add_first_difference();
  }

  /// "skipAfter of rule 941012": the rule's condition holds under one ruleset only.
  void explain_skip(const RulePair& pair, const Side& without, const std::string& by) {
    const size_t at = by.rfind("rule ");
    uint64_t id = 0;
    if (at != std::string::npos) {
      std::from_chars(by.data() + at + 5, by.data() + by.size(), id);
    }
    const Rule* const skipping = id == 0 ? nullptr : without.analysis.ruleset.find(id);
    const RulePair* const other =
        skipping == nullptr ? nullptr : finder.rulesets_.pairs.find(*skipping);
    if (other != nullptr) {
      if (other->old == nullptr) return add({CauseKind::added, other->now->id, "", ""});
      if (other->now == nullptr) return add({CauseKind::removed, other->old->id, "", ""});
      if (explain_by_fields(*other, Effect::match)) return;
      if (explain_by_variables(*other)) return;
      if (explain_by_order(*other)) return;
    }
    if (explain_by_order(pair)) return;
    if (explain_by_markers()) return;
    add({CauseKind::skipped, pair.now->id, "",
         fmt::format("{} {}", without.now ? "now by" : "before by", by)});
  }

  /// TX variables that a rule reads and that have another value when it runs.
  bool explain_by_variables(const RulePair& pair) {
    bool any = false;
    for (uint32_t link = 0; link < std::min(pair.old->links, pair.now->links); ++link) {
      std::set<std::string> names = variables_of(pair.old[link]);
      names.merge(variables_of(pair.now[link]));
      for (const std::string& name : names) any |= compare_variable(name);
    }
    return any;
  }

  struct LastValue {
    std::string_view value;
    const Rule* setter = nullptr;
  };
  static LastValue last_value(const Side& side, std::string_view name) {
    LastValue last;
    for (const formats::TxChange& each : side.outcome.evidence->changes()) {
      if (!iequals(each.name, name)) continue;
      last = {each.after, each.rule == nullptr ? nullptr : &starter_of(*each.rule)};
    }
    if (last.setter == nullptr) {
      last.value = side.outcome.transaction->tx(name).value_or(std::string_view());
    }
    return last;
  }

  /// A sum is what others add up to: these are told of themselves.
  bool is_score(std::string_view name) const {
    const auto is = [&](const formats::ScoreRule& rule) { return iequals(rule.variable, name); };
    return std::ranges::any_of(finder.old_scores_, is) ||
           std::ranges::any_of(finder.new_scores_, is);
  }

  bool compare_variable(const std::string& name) {
    if (is_score(name)) return false;
    const LastValue before = last_value(old, name), after = last_value(now, name);
    if (before.value == after.value) return false;
    const Rule* const setter = after.setter != nullptr ? after.setter : before.setter;
    add({CauseKind::variable, setter == nullptr ? std::nullopt : setter->id, "",
         fmt::format("tx.{} to {}, before {}", name, variable_text(name, after.value),
                     variable_text(name, before.value))});
    return true;
  }
  std::string variable_text(const std::string& name, std::string_view value) const {
    if (value.data() == nullptr) return value_text(value);
    return value_text(finder.masks_.hide("TX:" + name, value));
  }

  bool explain_by_order(const RulePair& pair) {
    const auto it = std::ranges::find_if(change.moved, [&](const lint::Moved& each) {
      return each.pair.now == pair.now && each.pair.old == pair.old;
    });
    if (it == change.moved.end()) return explain_by_setter_order(pair);
    add({CauseKind::order, pair.now->id, "", ""});
    return true;
  }
  /// A rule that sets what it reads may be what moved.
  bool explain_by_setter_order(const RulePair& pair) {
    for (uint32_t link = 0; link < pair.now->links; ++link) {
      for (const std::string& name : variables_of(pair.now[link])) {
        for (const Side* const side : {&now, &old}) {
          const LastValue last = last_value(*side, name);
          const RulePair* const setter =
              last.setter == nullptr ? nullptr : finder.rulesets_.pairs.find(*last.setter);
          if (setter == nullptr || setter == &pair) continue;
          const bool moved = std::ranges::any_of(change.moved, [&](const lint::Moved& each) {
            return each.pair.now == setter->now && each.pair.old == setter->old;
          });
          if (!moved) continue;
          add({CauseKind::order, setter->now->id, "",
               fmt::format("it sets tx.{}, which rule {} reads", name, pair.now->id.value_or(0))});
          return true;
        }
      }
    }
    return false;
  }

  bool explain_by_markers() {
    std::string names;
    for (const lint::Moved& each : change.moved) {
      if (!each.marker.empty()) names += (names.empty() ? "" : ", ") + each.marker;
    }
    for (const auto* const list : {&change.markers_added, &change.markers_removed}) {
      for (const std::string& name : *list) names += (names.empty() ? "" : ", ") + name;
    }
    if (names.empty()) return false;
    add({CauseKind::setting, std::nullopt, "", "the place of SecMarker " + readable(names)});
    return true;
  }

  bool explain_by_settings() {
    bool any = false;
    for (const lint::SettingChange& setting : change.settings) {
      const std::string word = setting.name.substr(0, setting.name.find(' '));
      const auto directive = parser::find_directive(word);
      if (!directive || parser::info(*directive).support == parser::Support::Idle) continue;
      add(cause_of(setting));
      any = true;
    }
    return any;
  }

  /// The first rule with an effect that differs.
  void add_first_difference() {
    const auto a = old.trace(), b = now.trace();
    size_t i = 0, j = 0;
    const auto skip = [](std::span<const Entry> steps, size_t& at) {
      while (at < steps.size() && !steps[at].matched && steps[at].skipped_by.empty()) ++at;
    };
    for (;;) {
      skip(a, i);
      skip(b, j);
      if (i == a.size() && j == b.size()) break;
      const Entry* const before = i < a.size() ? &a[i] : nullptr;
      const Entry* const after = j < b.size() ? &b[j] : nullptr;
      if (before != nullptr && after != nullptr && same_step(*before, *after)) {
        ++i;
        ++j;
        continue;
      }
      const Entry& shown = after != nullptr ? *after : *before;
      add({CauseKind::difference, starter_of(*shown.rule).id, "",
           shown.matched ? "it matches" : "passed over: " + shown.skipped_by});
      return;
    }
    add({CauseKind::difference, std::nullopt, "", "no step of the traces differs"});
  }
  bool same_step(const Entry& a, const Entry& b) const {
    return finder.rulesets_.pairs.find(starter_of(*a.rule)) ==
               finder.rulesets_.pairs.find(starter_of(*b.rule)) &&
           a.rule->link == b.rule->link && a.matched == b.matched && a.skipped_by == b.skipped_by;
  }

  // --- nothing was found ---

  void look_further() {
    const auto& one = old.analysis.ruleset.semantics();
    const auto& other = now.analysis.ruleset.semantics();
    if (!(one.engine() == other.engine())) {
      return add({CauseKind::engine, std::nullopt, "",
                  fmt::format("{} became {}", title_of(one.engine()), title_of(other.engine()))});
    }
    if (explain_by_timing() || explain_by_settings()) return;
    if (!traced()) {
      found.needs_trace = true;
      return;
    }
    add_first_difference();
  }

  /// What adds to a score does so too late, or no longer too late.
  bool explain_by_timing() {
    bool any = false;
    for (const auto& [pair, effect] : now.effects) {
      if (effect.points == 0 || pair->old == nullptr || pair->now == nullptr) continue;
      any |= explain_by_fields(*pair, Effect::time) || explain_by_order(*pair);
    }
    for (const Side* const side : {&old, &now}) {
      const auto& interruption = interruption_of(side->outcome);
      if (!interruption || !interruption->rule_id) continue;
      const Rule* const rule = side->analysis.ruleset.find(*interruption->rule_id);
      const RulePair* const pair = rule == nullptr ? nullptr : finder.rulesets_.pairs.find(*rule);
      if (pair == nullptr || pair->old == nullptr || pair->now == nullptr) continue;
      any |= explain_by_fields(*pair, Effect::time) || explain_by_order(*pair);
    }
    return any;
  }
};

CauseFinder::Found CauseFinder::find(const Outcome& old, const Outcome& now,
                                     const RuleEffects& old_effects,
                                     const RuleEffects& new_effects) const {
  return Search(*this, old, old_effects, now, new_effects).run();
}

}  // namespace wafcheck::cli::inline diff
