#pragma once
// What one transaction's matches were: rule by rule, each value that matched, and the TX variables
// that changed. What explanations, exclusions and statistics rest on.

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "engine/observer.h"

namespace wafcheck::formats::inline why {

/// A value that a link of a chain matched.
struct ValueEvidence {
  const parser::Rule* link = nullptr;
  engine::TestedValue tested;
};

/// A setvar that a rule ran.
struct TxChange {
  const parser::Rule* rule = nullptr;  ///< the link that has the action
  const parser::ActionUse* action = nullptr;
  std::string name;
  std::string_view before, after;  ///< no data: unset
  size_t evaluation = 0;           ///< of EvidenceRecorder::rules()
  size_t values = 0;               ///< how many values of that evaluation had matched by then
};

/// One evaluation of a rule or chain in which something matched or changed.
struct RuleEvidence {
  const parser::Rule* starter = nullptr;
  int phase = 0;
  bool matched = false;  ///< the whole chain did
  std::vector<ValueEvidence> values;
};

/// Sees one transaction; cleared before the next. Views live as long as the transaction.
class EvidenceRecorder : public engine::Observer {
 public:
  void clear();
  bool sees_unmatched() const override { return false; }
  void rule_begins(const parser::Rule& rule, int phase) override;
  void value_tested(const engine::TestedValue& value) override;
  void action_run(const parser::ActionUse& action) override;
  void tx_changed(std::string_view name, std::string_view before, std::string_view after) override;
  void rule_ends(bool matched) override;
  void rule_skipped(const parser::Rule&, int, const std::string&) override {}

  /// In the order in which the rules ran.
  std::span<const RuleEvidence> rules() const { return rules_; }
  std::span<const TxChange> changes() const { return changes_; }

 private:
  RuleEvidence& current();

  std::vector<RuleEvidence> rules_;
  std::vector<TxChange> changes_;
  const parser::Rule* link_ = nullptr;  ///< the rule that runs
  const parser::ActionUse* action_ = nullptr;
  int phase_ = 0;
  bool recorded_ = false;  ///< the last of rules_ is the evaluation that runs
};

}  // namespace wafcheck::formats::inline why
