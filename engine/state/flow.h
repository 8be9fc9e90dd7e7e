#pragma once
// Which rules a transaction still runs: the engine's mode, what rules told it to pass over, and
// whether it is interrupted.

#include <algorithm>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_set>
#include <vector>

#include "engine/outcome.h"
#include "engine/program/program_data.h"

namespace wafcheck::engine::inline state {

class Flow {
 public:
  /// A ctl:ruleRemove... that a rule ran.
  struct CtlUse {
    const CtlStep* step = nullptr;
    const CompiledRule* by = nullptr;
    bool effective = false;  ///< of whole rules: one of them was passed over
  };

  explicit Flow(const ProgramData& program);

  EngineMode mode() const { return mode_; }

  // --- interruptions ---
  const std::optional<Interruption>& interruption() const { return interruption_; }
  /// In DetectionOnly: the first interruption that would have been.
  const std::optional<Interruption>& would_interrupt() const { return would_interrupt_; }
  /// Whether a rule that interrupts now does so, or is the first that would.
  bool interrupts_now() const {
    return interrupts() || (mode_ == EngineMode::detection_only && !would_interrupt_);
  }
  /// Whether a rule that interrupts now does so.
  bool interrupts() const;
  /// A rule interrupts: for real only where the engine is on.
  void interrupt(Interruption interruption);
  /// A body is over its limit.
  void refuse(Interruption interruption);
  /// The server does not take the request, whatever the engine's mode.
  void refuse_always(Interruption interruption);
  /// Whether it is no rule that interrupted.
  bool refused() const { return refused_; }
  /// The server's answer to what was refused passes the rules, which may interrupt it.
  void answer() { resumed_ = refused_; }
  /// The interruption was acted on: rules are evaluated again.
  void resume() { resumed_ = true; }
  /// Whether an interruption keeps rules of phases 1 to 4 from running.
  bool stopped() const { return interruption_ && !resumed_; }

  // --- allow, and ctl:ruleEngine ---
  /// An `allow` took effect.
  bool allowed() const { return allowed_; }
  /// `allow`, `allow:phase` or `allow:request` of a rule.
  void allow(const CompiledRule& rule);
  /// ctl:ruleEngine of a rule.
  void set_mode(EngineMode to, const CompiledRule* rule) {
    mode_ = to;
    stopper_ = rule;
  }
  /// Whether rules of a phase are run at all.
  bool runs(int phase) const;
  /// Whether the rest of a phase that runs is passed over because of an allow.
  bool passes_rest(int phase) const;
  /// Why rules are passed over: "allow of rule 7"; empty: they are not.
  std::string stop_reason() const;

  // --- skip, skipAfter ---
  /// Where in the phase's list its rules begin.
  size_t begin_phase(int phase);
  void end_phase();
  /// Whether a missing marker has all rules passed over.
  bool skips_rest() const { return skip_rest_; }
  /// Whether `skip` passes over the next rule; counts it.
  bool skips_next();
  /// Takes up the skip and skipAfter of a rule that matched. `ended`: the phase is over, so that a
  /// marker in it is not reached.
  void follow(const CompiledRule& rule, bool ended = false);
  /// So many rules, passed over for another reason, count for `skip`.
  void pass_over(size_t rules);

  // --- ctl:ruleRemove... ---
  bool removed(uint32_t starter) const { return !removed_.empty() && removed_[starter]; }
  void remove(const CtlStep& step, const CompiledRule& by);
  /// Which ctl of which rule removed a rule; null: none.
  const CtlUse* removal_of(uint32_t starter) const;
  void exclude(const CtlStep& step, const CompiledRule& by);
  /// ctl:ruleRemoveTarget... in force, each once.
  const std::vector<const CtlStep*>& exclusions() const { return exclusions_; }
  /// Whether one of them is about targets of that rule.
  bool has_exclusions(uint32_t starter) const {
    return !exclusions_.empty() && has_exclusions_[starter];
  }

  // --- what exclusions took away ---
  const std::vector<CtlUse>& ctl_uses() const { return ctl_uses_; }
  /// A rule was passed over because it is removed.
  void note_passed_over(uint32_t starter);
  /// Whether nobody asked before what a set of update directives keeps out of a group of targets,
  /// whose members have that version: the answer is the same for all rules.
  bool first_look(int32_t group, uint32_t update_set, uint32_t version) {
    const Look look{group, update_set, version};
    if (std::ranges::find(looks_, look) != looks_.end()) return false;
    looks_.push_back(look);
    return true;
  }
  /// A value was kept from a rule, by a ctl or an update directive.
  void note_excluded(const Exclusion& exclusion) { effective_.insert(&exclusion); }
  void note_ctl_excluded(const Exclusion& exclusion) {
    if (effective_.insert(&exclusion).second) --awaited_;
  }
  /// Whether an exclusion of a ctl in force has kept no value out yet.
  bool awaits_effects() const { return awaited_ != 0; }
  const std::unordered_set<const Exclusion*>& effective() const { return effective_; }
  bool has_excluded(const Exclusion& exclusion) const { return effective_.contains(&exclusion); }

 private:
  enum class Skip : uint8_t { nothing, phase, request, transaction };

  struct Look {
    int32_t group;
    uint32_t update_set, version;
    bool operator==(const Look&) const = default;
  };
  void note_use(const CtlStep& step, const CompiledRule& by);

  const ProgramData& program_;
  EngineMode mode_;
  std::optional<Interruption> interruption_, would_interrupt_;
  bool refused_ = false;  ///< the interruption is not a rule's
  bool resumed_ = false;  ///< it is over: what comes is evaluated
  bool allowed_ = false;
  Skip skip_ = Skip::nothing;
  const CompiledRule* stopper_ = nullptr;  ///< whose allow or ctl:ruleEngine is in force
  uint32_t skip_rules_ = 0;                ///< carried between phases where the engine does that
  bool skip_rest_ = false;                 ///< a missing marker that reaches into later phases
  std::optional<parser::RuleIndex> skip_ends_at_;  ///< the rule that skip_rest_ goes up to
  std::vector<bool> removed_;                      ///< by starter; empty: none
  std::vector<CtlUse> ctl_uses_;                   ///< each step once
  std::unordered_set<const Exclusion*> effective_;
  std::vector<Look> looks_;
  std::vector<const CtlStep*> exclusions_;
  std::vector<bool> excluded_;        ///< by the number of a CtlStep; empty: none
  std::vector<bool> has_exclusions_;  ///< by starter
  size_t awaited_ = 0;                ///< exclusions in force without an effect so far
};

}  // namespace wafcheck::engine::inline state
