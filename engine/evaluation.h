#pragma once
// The rule loop: a Program's rules over what a Transaction knows. Internal to the engine.

#include <string>
#include <string_view>

#include "engine/program.h"
#include "engine/transaction.h"

namespace wafcheck::engine {

/// A target's value as the loop sees it.
struct Value {
  parser::Variable variable = parser::Variable::ARGS;
  bool counted = false;
  std::string_view key;
  uint32_t hash = 0;
  StringId string = 0;
};

class Evaluation {
 public:
  explicit Evaluation(Transaction& transaction)
      : tx_(transaction), program_(transaction.program_),
        observer_(transaction.options_.observer), profile_(transaction.options_.profile) {}

  void run(int phase);

 private:
  // evaluation.cc
  bool runs(int phase) const;
  uint64_t current_id() const;
  // trace.cc: only where there is an observer.
  void observe_phase_not_run(int phase);
  void observe_removed(uint32_t head, int phase);
  void observe_skipped(uint32_t head, int phase, const std::string& reason);
  void observe_rest(const std::vector<uint32_t>& rules, size_t from, size_t to, int phase,
                    const std::string& reason);
  std::string stop_reason() const;
  void observe_test(const CompiledRule& rule, const Value& value, StringId string, PipelineId pipeline,
                    bool matched);
  bool removed(uint32_t head) const;
  size_t place_of(const CompiledRule& rule) const { return &rule - program_.rules().data(); }
  bool fires(uint32_t head);
  bool link_matches(const CompiledRule& rule, uint32_t head, uint32_t link);
  bool group_may_match(const CompiledRule& rule, const CompiledTarget& target);
  void gather_candidates(const CompiledRule& rule, size_t number, Transaction::GroupState& state, uint64_t parts);
  bool add_candidates(const TargetGroup& group, uint64_t parts, StringId value, PatternBits* all);
  bool test(const CompiledRule& rule, const Value& value, uint32_t link);
  bool test_string(const CompiledRule& rule, const Value& value, PipelineId pipeline, uint32_t link);
  bool operator_matches(const CompiledRule& rule, StringId string);
  bool apply_operator(const CompiledRule& rule, StringId string);
  bool run_operator(const CompiledRule& rule, std::string_view bytes);
  const Operator& operator_of(const CompiledRule& rule, std::string_view argument);
  void on_match(const CompiledRule& rule, const Match& match);
  void store_captures();
  bool logs(const CompiledRule& starter, bool disrupted) const;
  void complete(uint32_t head, int phase);
  void record(uint32_t head, int phase, bool disrupted);
  void disrupt(const CompiledRule& rule, int phase, std::string_view message);
  void describe(const CompiledRule& rule);

  // transaction_operators.cc
  bool match_operator(const CompiledRule& rule, const Operator& op, std::string_view bytes,
                      std::string_view argument);
  bool look_up_country(std::string_view address);
  bool validate_body(const CompiledRule& rule, const Operator& op);
  void set_path_arguments(const Operator& op);

  // values.cc: calls `visit(const Value&)` for each value a target has, exclusions applied.
  template <typename Visit>
  void each_value(const CompiledRule& rule, uint32_t head, const CompiledTarget& target, Visit visit);
  template <typename Visit>
  void each_member(const CompiledTarget& target, Visit visit);
  template <typename Visit>
  void each_tx(const CompiledTarget& target, Visit visit);
  template <typename Visit>
  void each_matched(const CompiledTarget& target, Visit visit);
  template <typename Visit>
  void each_record_member(const CompiledTarget& target, Visit visit);
  template <typename Visit>
  void each_xml_node(const CompiledRule& rule, const CompiledTarget& target, Visit visit);
  bool excluded(const CompiledTarget& target, uint32_t head, bool in_link, const Value& value) const;
  bool computed(parser::Variable variable, std::string& text) const;

  // macros.cc
  /// The text of a macro, appended to `out`.
  void expand(const Macro& macro, std::string& out);
  std::string_view expand(const Macro& macro);  ///< lives as long as the transaction
  void append_variable(const Macro::Part& part, std::string& out);
  std::string_view rule_field(std::string_view name);

  // actions/
  void run(const Step& step);
  void run(const SetvarStep& step);
  void run(const CtlStep& step);
  void run(const CollectionStep& step);
  void run(const OfflineStep& step);
  void run(const SanitiseStep& step);
  void mask_match(const SanitiseStep& step);
  bool mask_matched_bytes(const Match& match, const SanitiseStep& step);
  void open_record(parser::Variable collection, std::string_view key);
  Transaction::OpenRecord* record_of(parser::Variable collection);
  std::optional<std::string> record_member(const Transaction::OpenRecord& open, std::string_view name) const;
  std::vector<std::string> record_member_names(const Transaction::OpenRecord& open) const;
  StoredMember* make_member(Transaction::OpenRecord& open, std::string_view name);
  void expire_member(Transaction::OpenRecord& open, std::string_view name, int64_t seconds);
  void deprecate_member(Transaction::OpenRecord& open, std::string_view name, std::string_view rate);
  void set_record_member(const SetvarStep& step, std::string_view name);
  void set_tx(const SetvarStep& step, std::string_view name);
  std::string computed_value(const SetvarStep& step, std::string_view current);
  int64_t now() const { return tx_.time_us_ / 1'000'000; }

  void report_offline(std::string_view what);
  void report_offline_target(const CompiledTarget& target);
  void report_once(std::string_view kind, std::string message);

  Transaction& tx_;
  const Program& program_;
  bool multi_match_hit_ = false;  ///< a link of the current chain, with multiMatch, has matched
  Observer* observer_;
  Profile* profile_;
};

/// "12abc" is 12: blanks, a sign, digits, the rest ignored; saturating. Source: seclang reference 4.3.
int64_t leading_number(std::string_view text);

}  // namespace wafcheck::engine
