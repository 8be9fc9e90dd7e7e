#pragma once
// Runs a program's rules over the states of a transaction.

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "engine/run/trace.h"
#include "engine/state/transaction_state.h"
#include "engine/values/target_values.h"

namespace wafcheck::engine::inline run {

class RuleLoop {
 public:
  explicit RuleLoop(TransactionState& state)
      : state_(state),
        program_(state.program),
        profile_(state.profile()),
        values_(state),
        trace_(state) {}

  void run(int phase);

 private:
  bool ends_logging(const CompiledRule& starter) const;
  bool removed_by_text(const CompiledRule& starter);

  // A chain, by the place of its starter; a rule by itself is a chain of one link.
  // `first`: the link that it begins with.
  bool chain_matches(uint32_t head, uint32_t first);
  bool link_matches(const CompiledRule& rule, uint32_t head, uint32_t link);
  bool script_matches(const CompiledRule& rule, uint32_t link);
  bool interrupts(uint32_t head, uint32_t link) const;
  bool test(const CompiledRule& rule, const Value& value, uint32_t link);
  bool test(const CompiledRule& rule, const Value& value, PipelineId pipeline, uint32_t link);
  bool unnoticed(PipelineId pipeline, std::string_view text) const;
  bool operator_matches(const CompiledRule& rule, StringId string);
  bool run_operator(const CompiledRule& rule, StringId string);
  void limit_hit(const CompiledRule& rule, size_t bytes);
  bool may_match(const Precheck& check);
  const PatternBits* group_patterns(const CompiledRule& rule, const CompiledTarget& target);
  [[gnu::noinline]] bool group_may_match(const CompiledRule& rule, const CompiledTarget& target);
  // Out of line, so that the loop over targets stays small.
  [[gnu::noinline]] void note_exclusions(const CompiledRule& rule, uint32_t head,
                                         const CompiledTarget& target);
  [[gnu::noinline]] void report_offline(std::string_view what, std::string_view why = {});

  void value_matched(const CompiledRule& rule, Match match);
  void store_captures();

  // After a whole chain has matched.
  void complete(uint32_t head, int phase);
  void finish_links(std::span<const CompiledRule* const> links, MatchedRule& matched);
  void tell(const CompiledRule& rule, MatchedRule& matched);
  std::string_view text_of(const Macro& text);
  void count_severity(int severity);

  // Where matches stand, for ModSecurity 3's log, if it is wanted.
  bool refers() const { return state_.options.references; }
  void match_client(const CompiledRule& rule, uint32_t link);
  void mark_empty_name(Match& match);
  void refer(char what, size_t offset, size_t length);
  void refer_to_found();
  void refer_to_value(const CompiledRule& rule, const Value& value, PipelineId pipeline);
  void note_matched_place(const Match& match);

  void record(uint32_t head, int phase, bool disrupted, MatchedRule matched);
  void tell_at_match(const CompiledRule& rule);
  void tell_first(uint32_t head);
  bool logs_each_hit(const CompiledRule& rule) const;
  void record_hit(const CompiledRule& rule, const Match& match);
  bool logs(const CompiledRule& starter, bool disrupted) const;
  void disrupt(const CompiledRule& starter, int phase);

  TransactionState& state_;
  const ProgramData& program_;
  Profile* profile_;
  TargetValues values_;
  Trace trace_;
  std::string_view parameter_;  ///< of the operator that ran last, macros expanded
  std::string reference_;       ///< of the chain that is evaluated
  size_t hits_recorded_ = 0;
  bool rule_failed_ = false;  ///< its operator did, which ends it
};

}  // namespace wafcheck::engine::inline run
