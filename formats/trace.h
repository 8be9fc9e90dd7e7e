#pragma once
// Why: every rule that was reached, each value it looked at, and what came of it.

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "engine/observer.h"
#include "engine/transaction.h"

namespace wafcheck::formats {

/// Which rules a trace shows; empty lists: all.
struct TraceFilter {
  std::vector<uint64_t> ids;
  std::vector<int> phases;
};

/// Records one transaction; cleared before the next.
class TraceRecorder : public engine::Observer {
 public:
  explicit TraceRecorder(TraceFilter filter) : filter_(std::move(filter)) {}

  void clear();
  void rule_begins(const parser::Rule& rule, int phase) override;
  void value_tested(const engine::TestedValue& value) override;
  void action_run(const parser::ActionUse& action) override;
  void tx_changed(std::string_view name, std::string_view before, std::string_view after) override;
  void rule_ends(bool matched) override;
  void rule_skipped(const parser::Rule& rule, int phase, const std::string& reason) override;

  /// The array for a decision's "trace" member.
  std::string json(const parser::Ruleset& ruleset) const;
  /// The same as a story, read from top to bottom; lines end in LF.
  std::string text(const parser::Ruleset& ruleset) const;

 private:
  struct TxChange {
    std::string name;
    std::string_view before, after;
  };
  struct Entry {
    const parser::Rule* rule = nullptr;
    int phase = 0;
    bool matched = false;
    std::string skipped_by;  ///< empty: it was evaluated
    std::vector<engine::TestedValue> values;
    std::vector<std::string> actions;
    std::vector<TxChange> changes;
  };
  bool wanted(const parser::Rule& rule, int phase) const;

  TraceFilter filter_;
  std::vector<Entry> entries_;
  bool recording_ = false;  ///< the rule that runs is wanted
};

}  // namespace wafcheck::formats
