#pragma once
// What a run comes to: counts that add up over shards of traffic.

#include <compare>
#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "formats/records/exclusion_counts.h"
#include "formats/records/outcome.h"
#include "formats/records/statistics.h"

namespace wafcheck::parser::inline ruleset {
class RulesetModel;
struct Rule;
}  // namespace wafcheck::parser::inline ruleset

namespace wafcheck::formats::inline records {

/// Bodies that no rule looked into, by what they have in common.
class UninspectedCounts {
 public:
  struct Kind {
    bool response = false;
    engine::Uninspected::Why why{};
    std::string_view type;  ///< "JSON", "XML" or empty; static storage
    auto operator<=>(const Kind&) const = default;
  };

  void add(std::span<const engine::Uninspected> bodies);
  void add(const Kind& kind, uint64_t count) { counts_[kind] += count; }
  /// From the words of JSON; nothing: one is not known.
  static std::optional<Kind> find_kind(std::string_view body, std::string_view reason,
                                       std::string_view type);
  void merge(const UninspectedCounts& other);
  uint64_t total() const;
  const std::map<Kind, uint64_t>& counts() const { return counts_; }
  /// A sentence a kind: how many there are, why, and what to do.
  std::vector<std::string> notes() const;

 private:
  std::map<Kind, uint64_t> counts_;
};

/// The word for it in JSON: "no-processor".
std::string_view to_string(engine::Uninspected::Why why);

/// Rules and directives that are written and have no effect.
struct DroppedRule {
  std::optional<uint64_t> id;
  std::string file;
  uint32_t line = 0;
  std::string reason;
};
std::vector<DroppedRule> dropped_rules(const parser::RulesetModel& ruleset);
/// "2 rules dropped"
std::string dropped_text(size_t count);

/// What a run over a log comes to: what the records say that the WAF did, against what the rules
/// do.
struct RecordCounts {
  uint64_t same = 0, no_longer = 0, newly = 0;  ///< held back: of whole records
  uint64_t partial = 0;                         ///< whatever became of them
  uint64_t partial_changed = 0;  ///< of these, those that are held back then or now only
  uint64_t with_rules = 0;       ///< records that name rules
  std::map<Gap, uint64_t> gaps;

  void add(const Outcome& outcome);
  void merge(const RecordCounts& other);
  uint64_t whole() const { return same + no_longer + newly; }
  uint64_t total() const { return whole() + partial; }
};

struct Summary {
  struct RuleCount {
    uint64_t count = 0;
    std::string message;   ///< as the rule says it
    std::string expanded;  ///< its macros expanded; empty where that varies
    bool varies = false;

    void add(std::string_view text);
    void merge(const RuleCount& other);
  };
  uint64_t transactions = 0;
  uint64_t interrupted = 0;
  uint64_t would_interrupt = 0;
  uint64_t rejected = 0;
  uint64_t matched = 0;       ///< transactions with at least one rule that is shown
  uint64_t unreadable = 0;    ///< entries that could not be read
  uint64_t skipped = 0;       ///< entries that are no requests to a server
  uint64_t not_selected = 0;  ///< entries that the options leave out
  uint64_t undecided = 0;     ///< transactions whose verdict a limit left open
  uint64_t with_errors = 0;   ///< transactions with an error or a note
  double engine_us = 0;       ///< summed over transactions
  std::map<uint64_t, RuleCount> rules;
  UninspectedCounts uninspected;
  RecordCounts records;  ///< where the traffic is a log
  ExclusionCounts exclusions;
  /// What went wrong, by kind and message, with the number of transactions; of more than
  /// kMostProblems the last in order are counted as others, which is the same in any order of
  /// adding.
  static constexpr size_t kMostProblems = 100;
  std::map<std::pair<std::string, std::string>, uint64_t> problems;
  uint64_t other_problems = 0;
  std::optional<MatchStatistics> statistics;  ///< where they are asked for
  std::vector<DroppedRule> dropped;           ///< of the ruleset: the same in all shards
  /// Of the traffic, which is all that it is about; none: it is about all of the traffic.
  struct Part {
    uint64_t part = 1, of = 1;  ///< the parts count from 1
  };
  std::optional<Part> part;

  void add(const Outcome& outcome);
  void add_problem(const std::string& kind, const std::string& message, uint64_t count);
  void merge(const Summary& other);
};

/// Without `elapsed_ms`, nothing that differs from run to run.
std::string summary_json(const Summary& summary, std::optional<double> elapsed_ms);
/// `ascii`: nothing but ASCII.
std::string summary_text(const Summary& summary, std::optional<double> elapsed_ms,
                         bool ascii = false);

}  // namespace wafcheck::formats::inline records
