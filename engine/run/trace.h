#pragma once
// What an observer gets: which rules were passed over and why, and how each value was tested.

#include <cstdint>
#include <span>
#include <string>

#include "engine/observer.h"
#include "engine/state/transaction_state.h"
#include "engine/values/target_values.h"

namespace wafcheck::engine::inline run {

/// Does nothing without an observer, after one test of a pointer.
class Trace {
 public:
  explicit Trace(TransactionState& state)
      : state_(state),
        observer_(state.observer()),
        all_values_(observer_ != nullptr && observer_->sees_unmatched()) {}

  bool active() const { return observer_ != nullptr; }
  /// Whether places of what operators find are reported.
  bool wants_places() const { return observer_ != nullptr; }
  void rule_begins(const CompiledRule& rule) {
    if (observer_ != nullptr) observer_->rule_begins(*rule.source, rule.phase);
  }
  void rule_ends(bool matched) {
    if (observer_ != nullptr) observer_->rule_ends(matched);
  }
  void phase_not_run(int phase) {
    if (observer_ != nullptr) report_phase(phase);
  }
  void rule_removed(uint32_t head, int phase) {
    if (observer_ != nullptr) report_removed(head, phase);
  }
  void rule_skipped(uint32_t head, int phase, const char* reason) {
    if (observer_ != nullptr) report_skipped(std::span(&head, 1), phase, reason);
  }
  /// Rules passed over because of an allow or of ctl:ruleEngine.
  void stopped(std::span<const uint32_t> heads, int phase) {
    if (observer_ != nullptr) report_skipped(heads, phase, state_.flow.stop_reason());
  }
  void skipped_after(std::span<const uint32_t> heads, int phase, const CompiledRule& by) {
    if (observer_ != nullptr) report_skipped_after(heads, phase, by);
  }
  void value_tested(const CompiledRule& rule, const Value& value, StringId string,
                    PipelineId pipeline, bool matched, std::string_view parameter) {
    if (all_values_ || (matched && observer_ != nullptr)) {
      report_value(rule, value, string, pipeline, matched, parameter);
    }
  }

 private:
  void report_phase(int phase);
  void report_removed(uint32_t head, int phase);
  void report_skipped(std::span<const uint32_t> heads, int phase, const std::string& reason);
  void report_skipped_after(std::span<const uint32_t> heads, int phase, const CompiledRule& by);
  void report_value(const CompiledRule& rule, const Value& value, StringId string,
                    PipelineId pipeline, bool matched, std::string_view parameter);

  TransactionState& state_;
  Observer* observer_;
  bool all_values_;
};

}  // namespace wafcheck::engine::inline run
