#pragma once
// Where the time of transactions goes. One stopwatch runs all the time; each piece of work has it
// charge the account of that work, so that the accounts add up to the whole and nothing counts
// twice. Without a profile, the engine pays a test of a pointer in each of these places.

#include <algorithm>
#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace wafcheck::engine {
class Program;
}

namespace wafcheck::engine::inline profiling {

/// Time by the processor's own counter where there is one that is cheap to read, else in
/// nanoseconds.
inline uint64_t read_ticks() {
#if defined(__x86_64__)
  return __builtin_ia32_rdtsc();
#else
  return static_cast<uint64_t>(std::chrono::steady_clock::now().time_since_epoch().count());
#endif
}

/// How often the system took the processor away from this thread; 0 where it does not tell.
uint64_t preemptions();

/// Nanoseconds since some fixed moment.
int64_t steady_ns();

/// How long a tick is. Made before the first tick that it is asked about.
class TickRate {
 public:
  using Ticks = uint64_t (*)();
  using Nanoseconds = int64_t (*)();
  explicit TickRate(Ticks ticks = read_ticks, Nanoseconds ns = steady_ns);
  /// Measured from then to now, over a few milliseconds at least: may take that long.
  double us_per_tick() const;

 private:
  Ticks read_ticks_;
  Nanoseconds read_ns_;
  uint64_t ticks_;
  int64_t ns_;
};

/// Texts of which all are kept while they are few, and later a part that is chosen by their number
/// alone; the same ones each time.
class TextSample {
 public:
  static constexpr size_t kTexts = 16;
  static constexpr size_t kBytes = 16 * 1024;  ///< of one text; the rest of it is cut off

  void offer(std::string_view text);
  void merge(TextSample&& other);
  const std::vector<std::pair<uint64_t, std::string>>& texts() const { return texts_; }

 private:
  bool wants(uint64_t hash) const { return (hash & ((uint64_t{1} << halvings_) - 1)) == 0; }
  void thin();

  uint64_t offered_ = 0;
  unsigned halvings_ = 0;  ///< how often half of the texts were dropped
  std::vector<std::pair<uint64_t, std::string>> texts_;  ///< with the hash that chose each
};

/// One rule, or link of a chain.
struct RuleProfile {
  uint64_t ticks = 0;  ///< finding its values, its actions; without its operator
  uint64_t operator_ticks = 0;
  uint64_t runs = 0;  ///< transactions and phases in which it was reached
  /// Values that the prefilter ruled out: the operator was not run. Of a target that is ruled out
  /// as a whole, exclusions are not taken off.
  uint64_t ruled_out = 0;
  uint64_t cached = 0;      ///< of these, values known from an earlier transaction
  uint64_t candidates = 0;  ///< values that the operator was run on
  uint64_t matches = 0;     ///< values that matched, negation applied
  TextSample sample;        ///< of the candidates, where the operator is an expression

  /// Values that met the operator.
  uint64_t evaluations() const { return ruled_out + candidates; }
};

/// The last step of a chain of transformations.
struct StepProfile {
  uint64_t ticks = 0;
  uint64_t runs = 0;     ///< values it was run on; results within a transaction are kept
  uint64_t changed = 0;  ///< values that it changed
  uint64_t bytes = 0;    ///< length of the values it was run on
};

struct PhaseProfile {
  uint64_t ticks = 0;  ///< with all that its rules had done
  uint64_t runs = 0;
};

/// What belongs to no rule and no transformation.
enum class Account : uint8_t {
  bodies,     ///< body processors
  prefilter,  ///< which patterns may match a text
  rest,       ///< requests and responses taken in, persistent collections kept, ...
};
inline constexpr size_t kAccounts = 3;

/// Not thread-safe: one a thread, then merged.
class Profile {
 public:
  explicit Profile(const Program& program);
  Profile(const Profile&) = delete;  // the stopwatch points into it
  Profile& operator=(const Profile&) = delete;

  /// Before and after each transaction, with all that is done for it in between.
  void start();
  void stop();
  /// Adds what another profile of the same Program holds.
  void merge(Profile&& other);

  uint64_t transactions = 0;
  uint64_t ticks = 0;      ///< from start() to stop(): the sum of all that follows but the phases
  uint64_t preempted = 0;  ///< something else had the processor; nobody is charged for it
  std::vector<RuleProfile> rules;  ///< by place in ProgramData::rules
  std::vector<StepProfile> steps;  ///< by PipelineId
  std::array<uint64_t, kAccounts> accounts{};
  std::array<PhaseProfile, 6> phases;

  /// Charges an account until it ends, then what was charged before.
  class [[nodiscard]] Scope {
   public:
    Scope() = default;
    Scope(Profile& profile, uint64_t& account) : profile_(&profile), before_(profile.running_) {
      profile.charge(account);
    }
    Scope(const Scope&) = delete;
    Scope& operator=(const Scope&) = delete;
    ~Scope() {
      if (profile_ != nullptr) profile_->charge(*before_);
    }

   private:
    Profile* profile_ = nullptr;
    uint64_t* before_ = nullptr;
  };
  class [[nodiscard]] PhaseScope {
   public:
    PhaseScope(Profile* profile, int phase);
    PhaseScope(const PhaseScope&) = delete;
    PhaseScope& operator=(const PhaseScope&) = delete;
    ~PhaseScope();

   private:
    Profile* profile_;
    PhaseProfile* phase_ = nullptr;
    uint64_t begin_ = 0;
    uint64_t preempted_ = 0;  ///< at the beginning
  };

  // What the engine calls. `profile` may be null.
  static Scope time(Profile* profile, Account account) {
    return profile == nullptr ? Scope()
                              : Scope(*profile, profile->accounts[static_cast<size_t>(account)]);
  }
  static Scope time_operator(Profile* profile, size_t rule) {
    return profile == nullptr ? Scope() : Scope(*profile, profile->rules[rule].operator_ticks);
  }
  static Scope time_step(Profile* profile, size_t pipeline) {
    return profile == nullptr ? Scope() : Scope(*profile, profile->steps[pipeline].ticks);
  }
  /// Time is that rule's until the next one begins or the phase ends.
  void rule_begins(size_t rule) {
    charge(rules[rule].ticks);
    ++rules[rule].runs;
  }
  /// A group's values are gathered anew; each of them follows.
  void group_begins(size_t group) { groups_[group] = {}; }
  void value_gathered(size_t group, bool cached) {
    ++groups_[group].values;
    groups_[group].cached += cached ? 1 : 0;
  }
  void group_ruled_out(size_t rule, size_t group) {
    rules[rule].ruled_out += groups_[group].values;
    rules[rule].cached += groups_[group].cached;
  }
  void value_ruled_out(size_t rule, bool cached) {
    ++rules[rule].ruled_out;
    rules[rule].cached += cached ? 1 : 0;
  }
  /// A value that the operator is about to be run on.
  void candidate(size_t rule, std::string_view value) {
    ++rules[rule].candidates;
    if (sampled_[rule]) rules[rule].sample.offer(value);
  }
  void step_run(size_t pipeline, size_t bytes, bool changed) {
    ++steps[pipeline].runs;
    steps[pipeline].changed += changed ? 1 : 0;
    steps[pipeline].bytes += bytes;
  }

 private:
  /// Ticks, some tenths of a millisecond, from which on it is asked what took so long.
  static constexpr uint64_t kLong = 500'000;

  struct Group {
    uint64_t values = 0;
    uint64_t cached = 0;
  };

  void charge(uint64_t& account) {
    const uint64_t now = std::max(read_ticks(), since_);  // cores may differ by a little
    uint64_t& charged = now - since_ < kLong ? *running_ : charged_for_long();
    charged += now - since_;
    since_ = now;
    running_ = &account;
  }
  uint64_t& charged_for_long();

  std::vector<bool> sampled_;  ///< by rule: its operator is an expression
  std::vector<Group> groups_;  ///< ProgramData::target_groups, as they were gathered last
  uint64_t preemptions_ = 0;   ///< as far as they were seen
  uint64_t idle_ = 0;          ///< between transactions
  uint64_t* running_ = &idle_;
  uint64_t since_ = read_ticks();
  uint64_t started_ = 0;
};

/// Match steps: what an expression tries, in a measure that does not depend on the machine.
struct MatchSteps {
  uint64_t steps = 0;    ///< in the sample
  uint64_t texts = 0;    ///< of the sample; 0: none were counted
  uint64_t most = 0;     ///< of one text
  bool stopped = false;  ///< some search was not counted to its end
};

/// By rule, the steps that the candidates in the samples take: tries of one item of the expression
/// at one place, counted by running PCRE2's interpreter once more, without machine code. The
/// slowest expressions come first; those that are reached after `budget` steps are left out.
std::vector<MatchSteps> count_match_steps(const Program& program, const Profile& profile,
                                          uint64_t budget = 20'000'000);

}  // namespace wafcheck::engine::inline profiling
