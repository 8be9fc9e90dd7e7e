#pragma once
// SecRuleRemove... and SecRuleUpdate...: read, and folded into the rules they name.

#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <unordered_map>
#include <vector>

#include "parser/ruleset/ruleset.h"

namespace wafcheck::parser::inline ruleset {

/// Reads a removal or update; nothing, and a diagnostic, where it cannot be used.
std::optional<Update> read_update(const DirectiveNode& node, const DirectiveInfo& row,
                                  const Semantics& semantics, Diagnostics& diagnostics);

/// How many rules all updates together may name.
inline constexpr size_t kMaxUpdateHits = 5'000'000;

/// Folds updates into the rules that they name. Keeps an index of the rules, so that an update
/// costs what it changes and not what there is; an expression is still run on every rule.
class Updater {
 public:
  /// Rules may be appended to the ruleset between updates, and nothing else of them change.
  explicit Updater(RulesetModel& ruleset) : ruleset_(ruleset) {}

  /// Changes the rules before `end`, which begins a chain or is their number, that `update` names,
  /// and counts those it changes. A chain counts once: it is its starter that is named. Returns how
  /// many it names.
  size_t apply(Update& update, RuleIndex end);

 private:
  using ByText = std::unordered_map<std::string, std::vector<RuleIndex>>;
  struct Texts {
    ByText tags, messages;
  };

  void index_rules(RuleIndex end);
  static void index_actions(RuleIndex rule, std::span<const ActionUse> actions, Texts& texts);
  std::vector<RuleIndex> named_by_text(const RuleFilter& filter, const Texts& texts) const;
  /// The starters that the filter names, perhaps some from `end` on.
  std::vector<RuleIndex> named(const RuleFilter& filter, RuleIndex end) const;
  std::vector<RuleIndex> named_by_expression(const RuleFilter& filter, RuleIndex end) const;

  RulesetModel& ruleset_;
  RuleIndex indexed_ = 0;  ///< rules before it are in the index
  Texts starters_;
  Texts links_;  ///< other rules of chains, where the engine goes by their own texts
  std::multimap<uint64_t, RuleIndex> ids_;
};

}  // namespace wafcheck::parser::inline ruleset
