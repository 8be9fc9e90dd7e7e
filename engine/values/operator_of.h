#pragma once
// The operator of a rule, compiled from its expanded argument where that has macros.

#include <fmt/format.h>

#include <string_view>

#include "engine/state/transaction_state.h"

namespace wafcheck::engine::inline values {

/// `argument`: expanded. Null where it cannot be compiled, which is reported. Valid until the next
/// call.
inline const operators::Operator* operator_of(TransactionState& state, const CompiledRule& rule,
                                              std::string_view argument) {
  if (rule.op.op != nullptr) return &rule.op.op->get();
  const ExpandedOperators::Entry& entry =
      state.expanded_operators.find_or_compile(state.program, rule, argument);
  if (entry.op == nullptr) {
    state.problems.report_once("operator", fmt::format("rule {}: {} in the expanded argument: {}",
                                                       state.current_id(), argument, entry.error));
  }
  return entry.op.get();
}

}  // namespace wafcheck::engine::inline values
