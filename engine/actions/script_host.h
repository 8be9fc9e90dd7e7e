#pragma once
// Scripts of rules, on the states of a transaction.

#include <optional>
#include <string>
#include <string_view>

#include "engine/scripts/script.h"
#include "engine/state/transaction_state.h"

namespace wafcheck::engine::inline actions {

/// What the script's main() returned, unless that is nil or empty: then, and where it failed, which
/// is reported, the rule does not match. `argument`: the value that @inspectFile looks at.
std::optional<std::string> run_script(TransactionState& state, const scripts::Script& script,
                                      std::optional<std::string_view> argument = std::nullopt);

}  // namespace wafcheck::engine::inline actions
