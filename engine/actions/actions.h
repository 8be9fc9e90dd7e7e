#pragma once
// The actions of rules that do something, each on the states of a transaction.

#include "engine/state/transaction_state.h"

namespace wafcheck::engine::inline actions {

/// Runs one action of the rule that is evaluated; tells the observer.
void perform(TransactionState& state, const Step& step);

// By kind.
void perform(TransactionState& state, const SetvarStep& step);
void perform(TransactionState& state, const CtlStep& step);
void perform(TransactionState& state, const CollectionStep& step);
void perform(TransactionState& state, const OfflineStep& step);
void perform(TransactionState& state, const ScriptStep& step);
void perform(TransactionState& state, const SanitiseStep& step);

}  // namespace wafcheck::engine::inline actions
