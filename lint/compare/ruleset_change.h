#pragma once
// What differs between two rulesets as they are loaded: rules, their order, settings, and
// exclusions and variables that lost what they were for.

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "lint/analysis/analysis.h"
#include "lint/compare/rule_change.h"
#include "lint/compare/rule_pairs.h"

namespace wafcheck::lint::inline compare {

struct ChangedRule {
  RulePair pair;
  std::vector<FieldChange> fields;  ///< never empty
  bool decides() const;             ///< whether a verdict may depend on one of them
};

/// A rule, or a marker, that others run before which ran after it, or the reverse.
struct Moved {
  RulePair pair;       ///< none: of a marker
  std::string marker;  ///< its name
};

/// A directive that sets the engine up.
struct SettingChange {
  std::string name;                  ///< "SecRuleEngine", "SecDefaultAction phase:2"
  std::string old, now;              ///< empty: it is not set
  std::optional<parser::Span> span;  ///< in the new ruleset, else in the old one
};

/// An exclusion that the new ruleset has nothing for. It had in the old one, or is new.
struct VoidExclusion {
  parser::Span span;  ///< in the new ruleset
  std::string text;
  std::optional<uint64_t> rule_id;  ///< of the rule with the ctl; none: of a directive
  std::string reason;
};

/// A TX variable that is set and that no rule reads any more.
struct UnreadVariable {
  std::string name;   ///< "tx.allowed_methods"
  parser::Span span;  ///< where the new ruleset sets it first
};

struct RulesetChange {
  std::vector<const parser::Rule*> added, removed;
  std::vector<RulePair> renumbered;
  std::vector<ChangedRule> changed;  ///< renumbered ones included, where more differs
  std::vector<Moved> moved;
  std::vector<std::string> markers_added, markers_removed;
  std::vector<SettingChange> settings;
  std::vector<VoidExclusion> void_exclusions;
  std::vector<UnreadVariable> unread;

  bool empty() const;
  /// The change of a rule of either ruleset; null: none of its fields differs.
  const ChangedRule* find(const parser::Rule& starter) const;
};

/// `pairs` of the two rulesets; all three must outlive the result.
RulesetChange compare_rulesets(const Analysis& old, const Analysis& now, const RulePairs& pairs);

}  // namespace wafcheck::lint::inline compare
