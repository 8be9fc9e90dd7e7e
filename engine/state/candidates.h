#pragma once
// Which patterns may match which values: what spares most operators. Asked for a whole group of
// targets at a time, then for each value.

#include <algorithm>
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

  /// Whether a pattern may match any value of a group of targets: false only if it cannot.
  /// `version` is that of the target's variable; `each_value(visit)` calls visit(StringId) for each
  /// value of the group.
  template <typename EachValue>
  bool may_match(int32_t pattern, const CompiledTarget& target, uint32_t version,
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
    return (group.patterns[pattern / 64] >> (pattern % 64) & 1) != 0;
  }

 private:
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
    each_value([&](StringId value) { add_value(number, group, variants, value, own); });
  }

  size_t words(size_t number) const {
    return program_.patterns_of(program_.target_groups()[number].side).words();
  }
  uint64_t begin_gathering(size_t number, Group& group, uint64_t variants);
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
  std::vector<Group> groups_;  ///< ProgramData::target_groups
};

}  // namespace wafcheck::engine::inline state
