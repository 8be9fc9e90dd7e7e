#include "lint/compare/ruleset_change.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <map>
#include <set>
#include <unordered_map>
#include <utility>

#include "lint/analysis/exclusions.h"
#include "lint/analysis/tx.h"
#include "parser/base/ascii.h"

namespace wafcheck::lint::inline compare {
namespace {

using parser::Directive;
using parser::Rule;
using parser::RulesetModel;

/// Directives of which each adds to those before it.
bool adds_up(Directive id) {
  switch (id) {
    case Directive::SecResponseBodyMimeType:
    case Directive::SecResponseBodyMimeTypesClear:
    case Directive::SecComponentSignature:
    case Directive::SecHashMethodPm:
    case Directive::SecHashMethodRx:
      return true;
    default:
      return false;
  }
}

/// What a directive says in the end, by its name.
struct SettingText {
  std::string text;
  parser::Span span;
};
using Settings = std::map<std::string, SettingText>;

Settings settings_of(const RulesetModel& ruleset) {
  Settings all;
  for (const parser::Setting& setting : ruleset.settings) {
    const parser::DirectiveInfo& row = parser::info(setting.id);
    std::vector<std::string> arguments;
    for (const parser::Text& argument : setting.arguments) {
      const std::string text(argument.view());
      const bool choice = row.form == parser::DirectiveForm::Choice;
      arguments.push_back(choice ? lowercase(text) : text);
    }
    std::string text = fmt::format("{}", fmt::join(arguments, " "));
    SettingText& said = all[std::string(row.name)];
    if (adds_up(setting.id) && !said.text.empty()) text = said.text + " " + text;
    said = {std::move(text), setting.span};
  }
  for (const auto& each : ruleset.default_actions) {
    std::vector<std::string> actions;
    for (const parser::ActionUse& use : each->actions) {
      if (use.id == parser::Action::phase) continue;
      const std::string_view name = parser::info(use.id).name;
      actions.push_back(use.raw.empty() ? std::string(name) : fmt::format("{}:{}", name, use.raw));
    }
    all[fmt::format("SecDefaultAction phase:{}", each->phase)] = {
        fmt::format("{}", fmt::join(actions, ",")), each->span};
  }
  return all;
}

std::vector<SettingChange> compare_settings(const RulesetModel& old, const RulesetModel& now) {
  std::vector<SettingChange> changes;
  const Settings before = settings_of(old), after = settings_of(now);
  for (const auto& [name, said] : before) {
    const auto it = after.find(name);
    if (it == after.end()) {
      changes.push_back({name, said.text, {}, said.span});
    } else if (it->second.text != said.text) {
      changes.push_back({name, said.text, it->second.text, it->second.span});
    }
  }
  for (const auto& [name, said] : after) {
    if (!before.contains(name)) changes.push_back({name, {}, said.text, said.span});
  }
  return changes;
}

/// Which elements of `places` are outside one of its longest rising subsequences.
std::vector<bool> out_of_order(const std::vector<size_t>& places) {
  std::vector<size_t> ends;  // of the best subsequence of each length: an index into `places`
  std::vector<size_t> before(places.size());
  for (size_t i = 0; i < places.size(); ++i) {
    const auto it =
        std::ranges::lower_bound(ends, places[i], {}, [&](size_t index) { return places[index]; });
    before[i] = it == ends.begin() ? places.size() : *std::prev(it);
    if (it == ends.end()) {
      ends.push_back(i);
    } else {
      *it = i;
    }
  }
  std::vector<bool> out(places.size(), true);
  if (ends.empty()) return out;
  for (size_t i = ends.back(); i < places.size(); i = before[i]) out[i] = false;
  return out;
}

/// Finds what runs in another order: rules that run, and markers, phase by phase.
class OrderComparison {
 public:
  OrderComparison(const RulesetModel& old, const RulesetModel& now, const RulePairs& pairs)
      : pairs_(pairs), old_(items(old)), now_(items(now)) {}

  void run(RulesetChange& change) {
    const std::set<std::string> before = markers(old_), after = markers(now_);
    std::ranges::set_difference(after, before, std::back_inserter(change.markers_added));
    std::ranges::set_difference(before, after, std::back_inserter(change.markers_removed));
    std::set<std::string> told;
    for (uint8_t phase = 1; phase <= 5; ++phase) {
      for (const Item& item : moved(phase)) {
        if (item.rule != nullptr) {
          change.moved.push_back({*pairs_.find(*item.rule), {}});
        } else if (told.insert(item.marker).second) {
          change.moved.push_back({{}, item.marker});
        }
      }
    }
  }

 private:
  struct Item {
    const Rule* rule = nullptr;  ///< null: a marker
    std::string marker;
  };

  static std::vector<Item> items(const RulesetModel& ruleset) {
    std::vector<Item> all;
    size_t marker = 0;
    const auto add_markers = [&](size_t before) {
      while (marker < ruleset.markers.size() && ruleset.markers[marker].before <= before) {
        all.push_back({nullptr, ruleset.markers[marker++].name});
      }
    };
    for (size_t i = 0; i < ruleset.rules.size(); ++i) {
      add_markers(i);
      const Rule& rule = ruleset.rules[i];
      if (rule.is_starter() && !rule.removed()) all.push_back({&rule, {}});
    }
    add_markers(SIZE_MAX);
    return all;
  }

  static std::set<std::string> markers(const std::vector<Item>& items) {
    std::set<std::string> names;
    for (const Item& item : items) {
      if (item.rule == nullptr) names.insert(item.marker);
    }
    return names;
  }

  std::vector<Item> moved(uint8_t phase) const {
    // Where an item stands in the old order.
    std::unordered_map<const Rule*, size_t> rules;
    std::unordered_map<std::string, size_t> marks;
    for (size_t i = 0; i < old_.size(); ++i) {
      if (old_[i].rule != nullptr) {
        rules.emplace(old_[i].rule, i);
      } else {
        marks.emplace(old_[i].marker, i);
      }
    }
    std::vector<Item> items;
    std::vector<size_t> places;
    std::set<std::string> seen;
    for (const Item& item : now_) {
      if (item.rule == nullptr) {
        const auto it = marks.find(item.marker);
        if (it == marks.end() || !seen.insert(item.marker).second) continue;
        places.push_back(it->second);
      } else {
        const Rule* const before = pairs_.find(*item.rule)->old;
        if (item.rule->phase != phase || before == nullptr || before->phase != phase) continue;
        const auto it = rules.find(before);
        if (it == rules.end()) continue;
        places.push_back(it->second);
      }
      items.push_back(item);
    }
    const std::vector<bool> out = out_of_order(places);
    std::vector<Item> found;
    for (size_t i = 0; i < items.size(); ++i) {
      if (out[i]) found.push_back(items[i]);
    }
    return found;
  }

  const RulePairs& pairs_;
  const std::vector<Item> old_, now_;
};

/// Whether an exclusion has rules in a ruleset, and targets in one of these; else why not.
std::string void_reason(const Analysis& analysis, const Exclusion& exclusion) {
  bool any_rule = false, any_target = exclusion.targets == nullptr;
  const auto inspects = [&](const Rule& rule) {
    return std::ranges::any_of(*exclusion.targets, [&](const parser::Target& excluded) {
      return std::ranges::any_of(rule.targets, [&](const parser::Target& target) {
        const auto whole = parser::info(excluded.variable).whole;
        return !target.excluded &&
               (target.variable == excluded.variable || target.variable == whole ||
                parser::info(target.variable).whole == excluded.variable);
      });
    });
  };
  const bool finished = analysis.exclusions().each(*exclusion.filter, [&](parser::RuleIndex at) {
    const Rule& starter = analysis.ruleset.rules[at];
    if (starter.removed() && starter.removed_by != exclusion.span &&
        (exclusion.update == nullptr || starter.removed_by != exclusion.update->span)) {
      return true;
    }
    any_rule = true;
    for (uint32_t link = 0; !any_target && link < starter.links; ++link) {
      any_target = inspects((&starter)[link]);
    }
    return !any_target;
  });
  if (!finished || (any_target && any_rule)) return {};
  return any_rule ? "the rule does not inspect it" : "there is no such rule";
}

std::vector<VoidExclusion> void_exclusions(const Analysis& old, const Analysis& now,
                                           const RulePairs& pairs) {
  const auto text_of = [](const Analysis& analysis, const Exclusion& exclusion) {
    return std::string(analysis.ruleset.sources.text(exclusion.span));
  };
  std::set<std::string> void_before;
  for (const Exclusion& each : old.exclusions().all()) {
    if (!void_reason(old, each).empty()) void_before.insert(text_of(old, each));
  }
  std::vector<VoidExclusion> all;
  for (const Exclusion& each : now.exclusions().all()) {
    std::string reason = void_reason(now, each);
    std::string text = text_of(now, each);
    if (reason.empty() || void_before.contains(text)) continue;
    for (const parser::IdRange& range : each.filter->ids) {
      const Rule* const before =
          range.first == range.last ? old.ruleset.find(range.first) : nullptr;
      const RulePair* const pair = before == nullptr ? nullptr : pairs.find(*before);
      if (pair == nullptr || pair->now == nullptr || pair->by == PairedBy::id) continue;
      reason = fmt::format("rule {} is now {}", range.first, *pair->now->id);
    }
    VoidExclusion out{each.span, std::move(text), std::nullopt, std::move(reason)};
    if (each.rule != nullptr) out.rule_id = now.starter(*each.rule).id;
    all.push_back(std::move(out));
  }
  return all;
}

std::vector<UnreadVariable> unread_variables(const Analysis& old, const Analysis& now) {
  std::vector<UnreadVariable> all;
  if (now.tx().scripted()) return all;
  for (const TxVariable& variable : now.tx().variables()) {
    const TxUse* const value = now.tx().earliest_value(variable);
    if (value == nullptr || variable.is_capture() || now.tx().is_read(variable)) continue;
    const TxVariable* const before = old.tx().find(variable.collection, variable.name);
    if (before == nullptr || !old.tx().is_read(*before)) continue;
    all.push_back({tx_title(variable.collection, variable.name), value->span});
  }
  return all;
}

}  // namespace

bool ChangedRule::decides() const {
  return std::ranges::any_of(fields,
                             [](const FieldChange& each) { return info(each.field).decides; });
}

bool RulesetChange::empty() const {
  return added.empty() && removed.empty() && renumbered.empty() && changed.empty() &&
         moved.empty() && markers_added.empty() && markers_removed.empty() && settings.empty() &&
         void_exclusions.empty() && unread.empty();
}

const ChangedRule* RulesetChange::find(const Rule& starter) const {
  const auto it = std::ranges::find_if(changed, [&](const ChangedRule& each) {
    return each.pair.old == &starter || each.pair.now == &starter;
  });
  return it == changed.end() ? nullptr : &*it;
}

RulesetChange compare_rulesets(const Analysis& old, const Analysis& now, const RulePairs& pairs) {
  RulesetChange change;
  const RulesetSide before{old.ruleset, old.files()}, after{now.ruleset, now.files()};
  for (const RulePair& pair : pairs.all()) {
    if (pair.old == nullptr) {
      change.added.push_back(pair.now);
      continue;
    }
    if (pair.now == nullptr) {
      change.removed.push_back(pair.old);
      continue;
    }
    if (pair.old->id != pair.now->id) change.renumbered.push_back(pair);
    ChangedRule changed{pair, compare_rules(before, *pair.old, after, *pair.now)};
    if (!changed.fields.empty()) change.changed.push_back(std::move(changed));
  }
  change.settings = compare_settings(old.ruleset, now.ruleset);
  OrderComparison(old.ruleset, now.ruleset, pairs).run(change);
  change.void_exclusions = void_exclusions(old, now, pairs);
  change.unread = unread_variables(old, now);
  return change;
}

}  // namespace wafcheck::lint::inline compare
