#pragma once
// Operators whose verdict depends on more of the transaction than one value.

#include <string_view>

#include "engine/state/transaction_state.h"

namespace wafcheck::engine::inline run {

/// The verdict of a rule's operator, negation left to the caller; what it leaves behind is in
/// `state.match`. Most operators answer by themselves; @geoLookup, @validateSchema, @validateDTD,
/// @restpath and scripts of @inspectFile are answered for, or completed, here.
bool match_operator(TransactionState& state, const CompiledRule& rule,
                    const operators::Operator& op, std::string_view bytes,
                    std::string_view argument);

}  // namespace wafcheck::engine::inline run
