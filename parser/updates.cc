#include "parser/updates.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "parser/action_values.h"
#include "parser/ascii.h"
#include "parser/rule_matcher.h"
#include "parser/settings.h"
#include "parser/syntax_checks.h"

namespace wafcheck::parser {
namespace {

bool looks_like_ids(std::string_view text) {
  return !text.empty() && is_digit(static_cast<unsigned char>(text.front())) &&
         text.find_first_not_of("0123456789-, ") == std::string_view::npos;
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
        for (size_t i = 0; i < ids; ++i) add_ids(text(i));
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
    return diagnostics_.size() == before;
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

void remove_chain(Ruleset& ruleset, RuleIndex starter, Span by) {
  const uint32_t links = ruleset.rules[starter].links;
  for (RuleIndex i = starter; i < starter + links; ++i) ruleset.rules[i].removed_by = by;
}

/// Applies an update to the chain that begins at `starter`. False: it does not concern it.
bool change(Ruleset& ruleset, const Update& update, RuleIndex starter) {
  Rule& rule = ruleset.rules[starter];
  switch (info(update.id).form) {
    case DirectiveForm::RemoveById:
    case DirectiveForm::RemoveByText:
      if (rule.removed()) return false;
      remove_chain(ruleset, starter, update.span);
      return true;
    case DirectiveForm::UpdateTargetById:
    case DirectiveForm::UpdateTargetByText:
      std::erase_if(rule.targets, [&](const Target& target) {
        return std::ranges::any_of(
            update.replaced, [&](const Target& replaced) { return same_target(target, replaced); });
      });
      rule.targets.insert(rule.targets.end(), update.targets.begin(), update.targets.end());
      return true;
    default: {
      const uint32_t link = update.link.value_or(0);
      if (link >= rule.links) return false;
      std::vector<ActionUse>& actions = ruleset.rules[starter + link].actions;
      actions.insert(actions.end(), update.actions.begin(), update.actions.end());
      return true;
    }
  }
}

}  // namespace

std::optional<Update> read_update(const DirectiveNode& node, const DirectiveInfo& row,
                                  const Semantics& semantics, Diagnostics& diagnostics) {
  return UpdateReader(node, row, semantics, diagnostics).read();
}

size_t apply_update(Ruleset& ruleset, Update& update, RuleIndex end) {
  const uint32_t before = update.hits;
  const auto hit = [&](RuleIndex starter) {
    if (change(ruleset, update, starter)) ++update.hits;
  };
  if (update.filter.kind != RuleFilter::Kind::id) {
    const RuleMatcher matcher(update.filter, ruleset.semantics);
    for (RuleIndex i = 0; i < end; i += ruleset.rules[i].links) {
      if (std::ranges::any_of(ruleset.rules[i].actions,
                              [&](const ActionUse& use) { return matcher.names(use); })) {
        hit(i);
      }
    }
    return update.hits - before;
  }
  for (const IdRange& range : update.filter.ids) {
    if (range.first == range.last) {
      const auto found = ruleset.by_id.find(range.first);
      if (found != ruleset.by_id.end() && found->second < end) hit(found->second);
      continue;
    }
    for (RuleIndex i = 0; i < end; i += ruleset.rules[i].links) {
      const std::optional<uint64_t> id = ruleset.rules[i].id;
      if (id && range.contains(*id)) hit(i);
    }
  }
  return update.hits - before;
}

}  // namespace wafcheck::parser
