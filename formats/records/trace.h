#pragma once
// A trace of one transaction: every rule that was reached, each value that it tested, and the
// result.

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "engine/observer.h"
#include "engine/transaction.h"
#include "formats/privacy/masks.h"
#include "parser/ruleset/ruleset.h"

namespace wafcheck::formats::inline records {

/// Which rules a trace shows; empty lists: all.
struct TraceFilter {
  std::vector<uint64_t> ids;
  std::vector<int> phases;
  bool matched = false;  ///< only rules that matched, chains as a whole, and values that did
};

/// Records one transaction; cleared before the next.
class TraceRecorder : public engine::Observer {
 public:
  struct TxChange {
    std::string name;
    std::string_view before, after;
  };
  /// A link of a chain that was reached. Views live as long as the transaction.
  struct Entry {
    const parser::Rule* rule = nullptr;
    int phase = 0;
    bool matched = false;
    std::string skipped_by;  ///< the rule or directive; empty: the rule was evaluated
    std::vector<engine::TestedValue> values;
    std::vector<std::string> actions;
    std::vector<TxChange> changes;
  };
  explicit TraceRecorder(TraceFilter filter) : filter_(std::move(filter)) {}

  void clear();
  bool sees_unmatched() const override { return !filter_.matched; }
  void rule_begins(const parser::Rule& rule, int phase) override;
  void value_tested(const engine::TestedValue& value) override;
  void action_run(const parser::ActionUse& action) override;
  void tx_changed(std::string_view name, std::string_view before, std::string_view after) override;
  void rule_ends(bool matched) override;
  void rule_skipped(const parser::Rule& rule, int phase, const std::string& reason) override;

  /// In the order in which they were reached.
  std::span<const Entry> entries() const { return entries_; }

  /// The array for a decision's "trace" member. `masks`: null, nothing is hidden.
  std::string json(const parser::RulesetModel& ruleset, const Masks* masks) const;
  /// The same as a story, read from top to bottom; lines end in LF.
  std::string text(const parser::RulesetModel& ruleset, const Masks* masks) const;

 private:
  bool wanted(const parser::Rule& rule, int phase) const;
  /// One change a variable: actions run for each value that matches, so that it may have changed
  /// several times. In order of the first change of each.
  static std::vector<TxChange> first_to_last(const std::vector<TxChange>& changes);

  TraceFilter filter_;
  std::vector<Entry> entries_;
  size_t first_link_ = 0;   ///< how many entries there were before the chain that runs
  bool recording_ = false;  ///< the filter accepts the rule that runs
};

}  // namespace wafcheck::formats::inline records
