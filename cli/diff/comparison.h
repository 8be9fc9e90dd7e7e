#pragma once
// Traffic through two rulesets, or through the two at several paranoia levels, side by side.

#include <array>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "cli/console.h"
#include "cli/diff/cause.h"
#include "cli/diff/verdict.h"
#include "cli/notices.h"
#include "cli/ruleset_options.h"
#include "cli/traffic_runner.h"
#include "engine/collections.h"
#include "engine/program.h"
#include "formats/records/exclusion_counts.h"

namespace wafcheck::cli::inline diff {

/// Two programs that transactions run through.
struct ProgramPair {
  int level = 0;  ///< paranoia level; 0: as the rules say
  std::shared_ptr<const engine::Program> old, now;
};

/// Where a transaction stands in the traffic.
struct TransactionPlace {
  std::string source;
  std::optional<size_t> entry;
  uint64_t offset = 0;

  /// "traffic.har#7"
  std::string text() const;
  /// Before: in an earlier source by name, or earlier in the same.
  bool operator<(const TransactionPlace& other) const;
};

struct ChangedTransaction {
  std::string id;
  TransactionPlace place;
  std::string method, uri;
  int level = 0;
  Verdict old, now;
  Change change = Change::same;
  std::vector<Cause> causes;  ///< that are known without a trace
  std::string group;          ///< of TrafficDiff::traces; empty: no trace is needed
};

/// What a transaction that was run once more, step by step, tells of all of its group.
struct GroupTrace {
  std::string sample;  ///< a hash of its place: of a group, the least is traced
  std::vector<Cause> causes;
  auto operator<=>(const GroupTrace&) const = default;
};
/// By a hash of the group.
using GroupTraces = std::map<std::string, GroupTrace>;

/// What a rule did over the traffic, at all levels together.
struct RuleTotals {
  std::optional<uint64_t> id;              ///< as it is now, or was
  bool speaks = false;                     ///< it has a message
  uint64_t old_hits = 0, new_hits = 0;     ///< transactions in which it matched
  int64_t old_points = 0, new_points = 0;  ///< that it added to scores
  double old_us = 0, new_us = 0;           ///< that it took, where that is measured
  std::optional<TransactionPlace> sample;  ///< the first in which its matching differs

  void merge(const RuleTotals& other);
};

struct LevelTotals {
  int level = 0;
  std::array<uint64_t, kChanges> changes{};  ///< by Change
  uint64_t undecided = 0;                    ///< a limit left one side open, or both
};

struct TrafficDiff {
  uint64_t transactions = 0;
  uint64_t unreadable = 0, skipped = 0, not_selected = 0;
  uint64_t other_engine = 0;        ///< records of a log whose engine is not the one modelled
  std::vector<LevelTotals> levels;  ///< one at least
  std::vector<ChangedTransaction> changes;  ///< by their places
  /// Of the kMostTraces groups whose hashes are the least: the same in any order of adding.
  GroupTraces traces;
  /// That matched at all, by their places in load order of the new rules, then those that are gone.
  std::map<size_t, RuleTotals> rules;
  /// File and line of exclusions that have no rule any more.
  std::set<std::pair<std::string, uint32_t>> void_exclusions;
  formats::ExclusionCounts old_exclusions, new_exclusions;
  double old_ms = 0, new_ms = 0;  ///< in the engine, of all threads together

  static constexpr size_t kMostTraces = 100;

  /// Adds what other traffic came to with the same rulesets and levels.
  void merge(const TrafficDiff& other);
  /// Whether a trace of such a one would be kept.
  bool wants_trace(const std::string& group, const std::string& sample) const;
  void add_trace(const std::string& group, GroupTrace&& trace);
  /// Why a verdict or score changes; among them CauseKind::unknown where nobody looked.
  std::vector<Cause> causes_of(const ChangedTransaction& change) const;
  /// Sentences, and how many changed verdicts they have.
  std::map<std::string, uint64_t> causes() const;
  /// Hides in the URIs what is private.
  void hide_uris(const formats::Masks& masks);
  /// The sum over all levels.
  std::array<uint64_t, kChanges> totals() const;
  uint64_t undecided() const;
};

/// `options` give limits and the front; both rulesets have their own collections. `measures`: also
/// the time of each rule, for which all is run twice more. `masks`: of values in causes. Errors are
/// printed; nothing where the traffic cannot be read.
std::optional<TrafficDiff> compare_traffic(const Rulesets& rulesets,
                                           const std::vector<ProgramPair>& programs,
                                           const RulesetOptions& options,
                                           const TrafficOptions& traffic, bool measures,
                                           const formats::Masks& masks, TrafficRunner& runner,
                                           Console& console);

}  // namespace wafcheck::cli::inline diff
