#include "parser/ruleset/updates.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "parser/base/ascii.h"
#include "parser/language/semantics.h"
#include "parser/ruleset/action_values.h"
#include "parser/ruleset/rule_matcher.h"
#include "parser/ruleset/settings.h"
#include "parser/syntax/syntax_checks.h"

namespace wafcheck::parser::inline ruleset {
namespace {

bool looks_like_ids(std::string_view text) {
  return !text.empty() && is_digit(static_cast<unsigned char>(text.front())) &&
         text.find_first_not_of("0123456789-, ") == std::string_view::npos;
}

/// What libmodsecurity settles when it loads a rule: its updates come too late for it.
bool is_settled(Action action) {
  return action == Action::accuracy || action == Action::chain || action == Action::maturity ||
         action == Action::rev || action == Action::ver;
}

/// What an update there does not change.
bool is_fixed(const ActionUse& use) {
  return is_settled(use.id) || use.id == Action::capture || use.id == Action::multiMatch;
}

class UpdateReader {
 public:
  UpdateReader(const DirectiveNode& node, const DirectiveInfo& row, const Semantics& semantics,
               Diagnostics& diagnostics)
      : node_(node), row_(row), semantics_(semantics), diagnostics_(diagnostics) {}

  std::optional<Update> read() {
    update_.id = row_.id;
    update_.span = node_.span;
    if (!read_arguments()) return std::nullopt;
    mark_updated();
    return std::move(update_);
  }

 private:
  const Text& text(size_t at) const { return node_.arguments[at].text; }
  bool count(size_t least, size_t most) {
    return check_argument_count(node_, row_, least, most, diagnostics_);
  }

  /// False: reported.
  bool read_arguments() {
    const size_t before = diagnostics_.size();
    const bool by_tag =
        row_.id == Directive::SecRuleRemoveByTag || row_.id == Directive::SecRuleUpdateTargetByTag;
    const RuleFilter::Kind kind = by_tag ? RuleFilter::Kind::tag : RuleFilter::Kind::msg;
    switch (row_.form) {
      case DirectiveForm::RemoveById:
        if (!count(1, SIZE_MAX)) return false;
        for (size_t i = 0; i < node_.arguments.size(); ++i) add_ids(text(i));
        break;
      case DirectiveForm::RemoveByText:
        if (!count(1, 1)) return false;
        update_.filter = text_filter(kind, text(0), semantics_, diagnostics_);
        break;
      case DirectiveForm::UpdateTargetById: {
        size_t ids = 1;
        while (ids < node_.arguments.size() && looks_like_ids(text(ids).view())) ++ids;
        if (!count(ids + 1, ids + 2)) return false;
        for (size_t i = 0; i < ids; ++i) {
          const bool cut = semantics_.update_link_ignored;
          add_ids(cut ? text(i).sub(0, text(i).view().find(':')) : text(i));
        }
        if (semantics_.update_first_id_only) keep_first_id(update_.filter);
        read_targets(ids);
        break;
      }
      case DirectiveForm::UpdateTargetByText:
        if (!count(2, 3)) return false;
        update_.filter = text_filter(kind, text(0), semantics_, diagnostics_);
        read_targets(1);
        break;
      default:
        if (!count(2, 2)) return false;
        read_rule_and_link(text(0));
        read_actions(text(1));
    }
    return !has_errors(diagnostics_, before);
  }

  void add_ids(const Text& ids) {
    const std::vector<IdRange> ranges = parse_ids(ids, diagnostics_);
    update_.filter.ids.insert(update_.filter.ids.end(), ranges.begin(), ranges.end());
  }

  void read_targets(size_t at) {
    update_.targets = parse_targets(text(at), semantics_, diagnostics_);
    if (at + 1 < node_.arguments.size()) {
      update_.replaced = parse_targets(text(at + 1), semantics_, diagnostics_);
    }
  }

  void read_rule_and_link(const Text& rule) {
    const size_t colon = rule.view().find(':');
    add_ids(rule.sub(0, colon));
    if (colon == std::string_view::npos) return;
    const std::optional<uint64_t> link = parse_number(rule.view().substr(colon + 1));
    if (link && *link <= UINT32_MAX) {
      update_.link = static_cast<uint32_t>(*link);
      return;
    }
    report(diagnostics_, SyntaxCheck::invalid_directive_argument, rule.span(colon, rule.size()),
           fmt::format("{} is not the number of a link", shown(rule.view().substr(colon + 1))),
           "write ID:1 for the first rule after the starter of a chain");
  }

  void read_actions(const Text& actions) {
    update_.actions = parse_actions(actions, semantics_, diagnostics_);
    std::erase_if(update_.actions, [&](const ActionUse& use) {
      if (use.id != Action::id && use.id != Action::phase) return false;
      report(diagnostics_, SyntaxCheck::update_of_id_or_phase, use.span,
             fmt::format("an update cannot change a rule's {}", info(use.id).name), "remove it");
      return true;
    });
    if (!semantics_.updates_come_first) return;
    for (const ActionUse& use : update_.actions) {
      if (!is_fixed(use)) continue;
      Diagnostic& told =
          report(diagnostics_, SyntaxCheck::update_of_id_or_phase, use.span,
                 fmt::format("in this engine an update does not change {}", info(use.id).name),
                 "change the rule itself");
      told.severity = Severity::warning;
      told.effect = Effect::told;
    }
  }

  void mark_updated() {
    for (Target& target : update_.targets) target.updated = true;
    for (ActionUse& use : update_.actions) use.updated = true;
  }

  const DirectiveNode& node_;
  const DirectiveInfo& row_;
  const Semantics& semantics_;
  Diagnostics& diagnostics_;
  Update update_;
};

bool same_target(const Target& a, const Target& b) {
  return a.variable == b.variable && a.excluded == b.excluded && a.count == b.count &&
         a.selector.kind == b.selector.kind && iequals(a.selector.text, b.selector.text);
}

void remove_chain(RulesetModel& ruleset, RuleIndex starter, Span by) {
  const uint32_t links = ruleset.rules[starter].links;
  for (RuleIndex i = starter; i < starter + links; ++i) ruleset.rules[i].removed_by = by;
}

/// What the log lines of multiMatch, written hit by hit, are past.
bool is_told_late(const ActionUse& use) {
  return use.id == Action::msg || use.id == Action::logdata || use.id == Action::severity ||
         use.id == Action::tag;
}

/// What an update adds comes before the rule's own actions, so that these win, but for its
/// disruptive one. Transformations and tags go last.
void put_first(Rule& rule, const std::vector<ActionUse>& added) {
  std::vector<ActionUse>& actions = rule.actions;
  const auto is_last = [](const ActionUse& use) {
    return use.id == Action::t || use.id == Action::tag;
  };
  const bool runs = std::ranges::any_of(
      added, [](const ActionUse& use) { return use.id != Action::t && !is_settled(use.id); });
  if (runs) {
    std::erase_if(actions, [&](const ActionUse& use) {
      if (use.updated || !is_disruptive(use.id)) return false;
      rule.block_overridden = rule.block_overridden || use.id == Action::block;
      return true;
    });
  }
  const bool tells_hits =
      std::ranges::find(actions, Action::multiMatch, &ActionUse::id) != actions.end();
  for (const ActionUse& use : added) {
    if (is_fixed(use) || (tells_hits && is_told_late(use))) continue;
    const auto own = std::ranges::find_if(
        actions, [&](const ActionUse& other) { return !other.updated || is_last(other); });
    actions.insert(is_last(use) ? actions.end() : own, use);
  }
}

void change_targets(Rule& rule, const Update& update) {
  std::erase_if(rule.targets, [&](const Target& target) {
    return std::ranges::any_of(
        update.replaced, [&](const Target& replaced) { return same_target(target, replaced); });
  });
  rule.targets.insert(rule.targets.end(), update.targets.begin(), update.targets.end());
}

/// Applies an update to the chain that begins at `starter`. False: it does not concern it.
bool change(RulesetModel& ruleset, const Update& update, RuleIndex starter) {
  Rule& rule = ruleset.rules[starter];
  switch (info(update.id).form) {
    case DirectiveForm::RemoveById:
    case DirectiveForm::RemoveByText:
      if (rule.removed()) return false;
      remove_chain(ruleset, starter, update.span);
      return true;
    case DirectiveForm::UpdateTargetById:
    case DirectiveForm::UpdateTargetByText:
      change_targets(rule, update);
      return true;
    default: {
      const uint32_t link = update.link.value_or(0);
      if (link >= rule.links) return false;
      std::vector<ActionUse>& actions = ruleset.rules[starter + link].actions;
      if (ruleset.semantics().updates_come_first) {
        put_first(ruleset.rules[starter + link], update.actions);
      } else {
        actions.insert(actions.end(), update.actions.begin(), update.actions.end());
      }
      return true;
    }
  }
}

}  // namespace

std::optional<Update> read_update(const DirectiveNode& node, const DirectiveInfo& row,
                                  const Semantics& semantics, Diagnostics& diagnostics) {
  return UpdateReader(node, row, semantics, diagnostics).read();
}

void Updater::index_actions(RuleIndex rule, std::span<const ActionUse> actions, Texts& texts) {
  for (const ActionUse& use : actions) {
    if (use.id == Action::tag) texts.tags[use.raw].push_back(rule);
    if (use.id == Action::msg) texts.messages[use.raw].push_back(rule);
  }
}

void Updater::index_rules(RuleIndex end) {
  for (; indexed_ < end; indexed_ += ruleset_.rules[indexed_].links) {
    const Rule& rule = ruleset_.rules[indexed_];
    if (rule.id) ids_.emplace(*rule.id, indexed_);
    index_actions(indexed_, rule.actions, starters_);
    if (!ruleset_.semantics().updates_any_order) continue;
    for (RuleIndex link = indexed_ + 1; link < indexed_ + rule.links; ++link) {
      index_actions(link, ruleset_.rules[link].actions, links_);
    }
  }
}

std::vector<RuleIndex> Updater::named_by_expression(const RuleFilter& filter, RuleIndex end) const {
  std::vector<RuleIndex> starters;
  const RuleMatcher matcher(filter, ruleset_.semantics());
  for (RuleIndex i = 0; i < end; i += ruleset_.rules[i].links) {
    if (std::ranges::any_of(ruleset_.rules[i].actions,
                            [&](const ActionUse& use) { return matcher.names(use); })) {
      starters.push_back(i);
    }
  }
  return starters;
}

std::vector<RuleIndex> Updater::named_by_text(const RuleFilter& filter, const Texts& texts) const {
  const ByText& by_text = filter.kind == RuleFilter::Kind::tag ? texts.tags : texts.messages;
  const auto entry = by_text.find(filter.text);
  if (entry == by_text.end()) return {};
  // A rule may have a tag twice, and an update may have given it one.
  std::vector<RuleIndex> rules = entry->second;
  std::ranges::sort(rules);
  const auto repeated = std::ranges::unique(rules);
  rules.erase(repeated.begin(), repeated.end());
  return rules;
}

std::vector<RuleIndex> Updater::named(const RuleFilter& filter, RuleIndex end) const {
  if (filter.regex) return named_by_expression(filter, end);
  std::vector<RuleIndex> starters;
  if (filter.kind != RuleFilter::Kind::id) {
    starters = named_by_text(filter, starters_);
  }
  for (const IdRange& range : filter.ids) {
    if (range.first == range.last) {
      const auto entry = ruleset_.by_id.find(range.first);
      if (entry != ruleset_.by_id.end()) starters.push_back(entry->second);
      continue;
    }
    const auto stop = ids_.upper_bound(range.last);
    for (auto entry = ids_.lower_bound(range.first); entry != stop; ++entry) {
      starters.push_back(entry->second);
    }
  }
  return starters;
}

size_t Updater::apply(Update& update, RuleIndex end) {
  index_rules(end);
  const std::vector<RuleIndex> starters = named(update.filter, end);
  for (const RuleIndex starter : starters) {
    if (starter >= end || !change(ruleset_, update, starter)) continue;
    ++update.hits;
    const bool counts = !ruleset_.semantics().updates_come_first && update.link.value_or(0) == 0;
    if (counts) index_actions(starter, update.actions, starters_);
  }
  if (info(update.id).form != DirectiveForm::UpdateTargetByText) return starters.size();
  const std::vector<RuleIndex> links = named_by_text(update.filter, links_);
  for (const RuleIndex link : links) change_targets(ruleset_.rules[link], update);
  update.hits += static_cast<uint32_t>(links.size());
  return starters.size() + links.size();
}

}  // namespace wafcheck::parser::inline ruleset
