#include "parser/ruleset/resolve.h"

#include <algorithm>
#include <array>
#include <optional>

#include "parser/language/semantics.h"

namespace wafcheck::parser::inline ruleset {
namespace {

/// Collects actions in order; what a later one replaces is taken out.
class Collector {
 public:
  explicit Collector(Rule& rule) : rule_(rule) {
    rule.effective.clear();
    rule.pipeline.clear();
    holders_.fill(kNone);
  }

  void add(const ActionUse& use) {
    if (use.id == Action::t) return add_transformation(std::get<Transformation>(use.value));
    if (const std::optional<Action> slot = slot_of(use.id)) {
      clear(*slot);
      if (use.id == Action::nolog) clear(Action::auditlog);
      holders_[static_cast<size_t>(*slot)] = rule_.effective.size();
    }
    rule_.effective.push_back(&use);
  }

  void finish() { std::erase(rule_.effective, nullptr); }

 private:
  static constexpr size_t kNone = SIZE_MAX;

  void add_transformation(Transformation transformation) {
    if (transformation == Transformation::none) {
      rule_.pipeline.clear();
    } else {
      rule_.pipeline.push_back(transformation);
    }
  }

  void clear(Action slot) {
    size_t& holder = holders_[static_cast<size_t>(slot)];
    if (holder != kNone) rule_.effective[holder] = nullptr;
    holder = kNone;
  }

  Rule& rule_;
  std::array<size_t, 256> holders_;  ///< by slot: its place in `effective`
};

class Resolver {
 public:
  explicit Resolver(RulesetModel& ruleset) : ruleset_(ruleset), semantics_(ruleset.semantics()) {}

  void run() {
    if (semantics_.defaults_reach_back) {
      for (const auto& action : ruleset_.default_actions) in_force_[action->phase] = action.get();
    }
    auto next = ruleset_.default_actions.begin();
    for (RuleIndex i = 0; i < ruleset_.rules.size(); ++i) {
      for (; next != ruleset_.default_actions.end() && (*next)->before <= i; ++next) {
        if (!semantics_.defaults_reach_back) in_force_[(*next)->phase] = next->get();
        latest_ = next->get();
      }
      resolve(ruleset_.rules[i]);
    }
  }

 private:
  const DefaultAction* default_of(const Rule& rule) const {
    return semantics_.one_default_action ? latest_ : in_force_[rule.phase];
  }

  void resolve(Rule& rule) {
    Collector actions(rule);
    const DefaultAction* const defaults = default_of(rule);
    const ActionUse* own_disruptive = nullptr;
    for (const ActionUse& use : rule.actions) {
      if (is_disruptive(use.id)) own_disruptive = &use;
    }
    const bool block = own_disruptive != nullptr && own_disruptive->id == Action::block;
    // Where each hit has a line, these are written before the defaults are performed.
    const bool hits =
        semantics_.multi_match_hit_lines &&
        std::ranges::find(rule.actions, Action::multiMatch, &ActionUse::id) != rule.actions.end();
    if (defaults != nullptr) {
      // A link shares its starter's fate: of the defaults it takes the transformations only, and
      // the tags where each tells of its own.
      const bool disruptive =
          rule.is_starter() &&
          (block || (own_disruptive == nullptr && semantics_.inherit_disruptive));
      const bool interrupts = own_disruptive != nullptr && own_disruptive->id != Action::pass &&
                              own_disruptive->id != Action::allow;
      const bool with_status =
          semantics_.default_status_counts && (interrupts || semantics_.status_is_kept);
      for (const ActionUse& use : defaults->actions) {
        // `block` is what this directive says otherwise.
        if (use.id == Action::phase || use.id == Action::block) continue;
        const bool capture = use.id == Action::capture || use.id == Action::multiMatch;
        if (capture && semantics_.default_capture_ignored) continue;
        if (hits && is_text(use.id)) continue;
        const bool taken =
            disruptive || !belongs_to_it(use) || (with_status && use.id == Action::status);
        const bool tag = use.id == Action::tag && semantics_.starter_text_first;
        if (use.id == Action::t || tag || (rule.is_starter() && taken)) {
          actions.add(use);
        }
      }
    }
    for (const ActionUse& use : rule.actions) {
      // Whatever block stood for has been taken from the defaults.
      if (block && is_disruptive(use.id)) continue;
      actions.add(use);
    }
    actions.finish();
  }

  static bool is_text(Action action) {
    return action == Action::msg || action == Action::logdata || action == Action::severity;
  }

  /// A disruptive action, or what only goes with one.
  static bool belongs_to_it(const ActionUse& use) {
    return is_disruptive(use.id) || use.id == Action::status || use.id == Action::pause;
  }

  RulesetModel& ruleset_;
  const Semantics& semantics_;
  std::array<const DefaultAction*, 6> in_force_{};
  const DefaultAction* latest_ = nullptr;
};

}  // namespace

void resolve_actions(RulesetModel& ruleset) {
  Resolver(ruleset).run();
}

}  // namespace wafcheck::parser::inline ruleset
