#pragma once
// %{...} at run time, and variables that are worked out when they are asked for.

#include <set>
#include <string>
#include <string_view>

#include "engine/state/transaction_state.h"

namespace wafcheck::engine::inline values {

/// Appends the text of a macro.
void expand(TransactionState& state, const Macro& macro, std::string& out);
/// The same for a macro that is no literal; the text lives as long as the transaction.
std::string_view expand_pieces(TransactionState& state, const Macro& macro);
/// The text of a macro; lives as long as the transaction.
inline std::string_view expand(TransactionState& state, const Macro& macro) {
  return macro.literal ? macro.text : expand_pieces(state, macro);
}

/// Appends the value of a variable as %{...} shows it.
void append_variable(TransactionState& state, const Macro::Piece& variable, std::string& out);

/// What %{RULE.name} stands for, of the rule that is evaluated; lives as long as the transaction.
std::string_view rule_field(TransactionState& state, std::string_view name);

/// Names of all variables that ENV has, those that rules set included; sorted.
std::set<std::string> environment_names(const TransactionState& state);

/// Variables that are worked out when asked for; false where there is none of that name.
bool computed(const TransactionState& state, parser::Variable variable, std::string& text);

}  // namespace wafcheck::engine::inline values
