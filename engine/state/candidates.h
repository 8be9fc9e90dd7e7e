#pragma once
// Which patterns may match which values: what spares most operators. Asked for a whole group of
// targets at a time, then for each value.

#include <algorithm>
#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "engine/program/program_data.h"
#include "engine/state/match_memory.h"
#include "engine/state/strings.h"
#include "parser/base/arena.h"

namespace wafcheck::engine::inline state {

class Candidates {
 public:
  /// `memory` and `profile` may be null. Where patterns are not `allowed` to be ruled out, nothing
  /// is asked.
  Candidates(const ProgramData& program, Arena& arena, StringTable& strings, MatchMemory* memory,
             Profile* profile, bool allowed)
      : program_(program),
        arena_(arena),
        strings_(strings),
        memory_(memory),
        profile_(profile),
        allowed_(allowed) {}

  /// Before each phase: decides whether it is worth asking. `body_bytes`: of both bodies.
  void begin_phase(size_t body_bytes);
  bool active() const { return active_; }

  /// The patterns that may match values of a target's group: others cannot. `version` is that of
  /// the target's variable; `each_value(visit)` calls visit(StringId) for each value of the group.
  template <typename EachValue>
  const PatternBits* patterns_of(const CompiledTarget& target, uint32_t version,
                                 EachValue each_value) {
    const auto number = static_cast<size_t>(target.group);
    Group& group = groups_[number];
    if (group.version != version + 1) {
      group.version = version + 1;
      group.variants = 0;
    }
    if ((target.variants & ~group.variants) != 0) {
      gather(number, group, target.variants, each_value);
    }
    return group.patterns;
  }

  /// Whether a rule's pattern may match any value of its targets: false only if it cannot.
  /// `changes`: how often variables have changed. Where they have since the set was last asked,
  /// `patterns_of(target)` says which patterns may match the target's values.
  template <typename PatternsOf>
  bool may_match(const Precheck& check, uint32_t changes, PatternsOf patterns_of) {
    Set& set = sets_[check.targets];
    if (set.changes != changes + 1) [[unlikely]] {
      set.changes = changes + 1;
      const CompiledRule& rule = *program_.target_sets()[check.targets].rule;
      const size_t count = program_.patterns_of(rule.side()).words();
      if (set.patterns == nullptr) set.patterns = arena_.make_array<PatternBits>(count);
      std::fill_n(set.patterns, count, PatternBits{0});
      for (const CompiledTarget& target : rule.targets) {
        const PatternBits* const own = patterns_of(rule, target);
        for (size_t word = 0; word < count; ++word) set.patterns[word] |= own[word];
      }
    }
    return has_pattern(set.patterns, check.pattern);
  }

 private:
  struct Set {
    uint32_t changes = 0;  ///< one more than when it was asked; 0: not yet
    PatternBits* patterns = nullptr;
  };
  struct Group {
    uint32_t version = 0;   ///< one more than that of its variable; 0: not asked yet
    uint64_t variants = 0;  ///< of the group, those that are in `patterns`
    PatternBits* patterns = nullptr;
  };

  // Out of line: most questions are answered by what was gathered before.
  template <typename EachValue>
  [[gnu::noinline]] void gather(size_t number, Group& group, uint64_t variants,
                                EachValue each_value) {
    const auto timed = Profile::time(profile_, Account::prefilter);
    if (profile_ != nullptr) profile_->group_begins(number);
    variants = begin_gathering(number, group, variants);
    PatternBits* const own = arena_.make_array<PatternBits>(words(number));
    values_.clear();
    each_value([&](StringId value) { values_.push_back(value); });
    if (memory_ != nullptr) prefetch(number, variants);
    for (const StringId value : values_) add_value(number, group, variants, value, own);
  }

  size_t words(size_t number) const {
    return program_.patterns_of(program_.target_groups()[number].side).words();
  }
  uint64_t begin_gathering(size_t number, Group& group, uint64_t variants);
  TextHash key_of(size_t number, uint64_t variants, StringId value) const;
  void prefetch(size_t number, uint64_t variants) const;
  void add_value(size_t number, Group& group, uint64_t variants, StringId value, PatternBits* own);
  bool add_patterns(const TargetGroup& group, uint64_t variants, StringId value, PatternBits* all);

  const ProgramData& program_;
  Arena& arena_;
  StringTable& strings_;
  MatchMemory* memory_;
  Profile* profile_;
  bool allowed_;
  bool evaluated_ = false;  ///< some phase
  bool worth_it_ = false;
  bool active_ = false;
  std::vector<Group> groups_;        ///< ProgramData::target_groups
  std::vector<Set> sets_;            ///< ProgramData::target_sets
  std::vector<StringId> values_;     ///< of the group that is gathered
  std::vector<PatternBits> wanted_;  ///< of a value's texts, what is looked for in each
};

}  // namespace wafcheck::engine::inline state
