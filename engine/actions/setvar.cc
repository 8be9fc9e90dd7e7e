// setvar: TX and the members of opened persistent collections. Source: seclang reference 6.4.

#include <fmt/format.h>

#include <charconv>
#include <limits>
#include <optional>
#include <utility>

#include "engine/actions/actions.h"
#include "engine/observer.h"
#include "engine/state/numbers.h"
#include "engine/values/macros.h"
#include "parser/base/ascii.h"
#include "parser/language/semantics.h"

namespace wafcheck::engine::inline actions {

using parser::SetvarOperation;
using parser::Variable;

namespace {

bool is_number(std::string_view text) {
  if (text.starts_with('+')) text.remove_prefix(1);
  int64_t value = 0;
  const char* const end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data(), end, value);
  return error == std::errc() && stop == end;
}

/// The new value, given the current one; nothing: it stays as it is.
std::optional<std::string> new_value(TransactionState& state, const SetvarStep& step,
                                     std::string_view current) {
  const parser::Semantics& semantics = state.program.semantics();
  std::string operand;
  expand(state, step.value, operand);
  if (step.operation == SetvarOperation::assign) return operand;
  if (semantics.arithmetic_operand_text && !operand.empty() && !is_number(operand)) {
    // A member that is not there yields its own name, and adds nothing.
    if (operand.starts_with("tx.")) return std::nullopt;
    return (step.operation == SetvarOperation::add ? "+" : "-") + operand;
  }
  const bool counts = current.empty() || is_number(current);
  if (!counts && semantics.arithmetic_needs_number) return std::nullopt;
  const bool narrow = semantics.arithmetic_32_bits;
  const auto number = [&](std::string_view text) -> int64_t {
    const int64_t value = leading_number(text);
    if (semantics.arithmetic_wraps) return static_cast<int32_t>(value);
    return narrow && value != static_cast<int32_t>(value) ? 0 : value;
  };
  const bool digits = !operand.empty() && is_digit(static_cast<unsigned char>(operand[0]));
  int64_t change = digits || !semantics.arithmetic_digits_only ? number(operand) : 0;
  if (step.operation == SetvarOperation::subtract) change = -change;
  int64_t sum = 0;
  if (__builtin_add_overflow(number(current), change, &sum)) {
    sum = change > 0 ? std::numeric_limits<int64_t>::max() : std::numeric_limits<int64_t>::min();
  }
  if (narrow || semantics.arithmetic_wraps) sum = static_cast<int32_t>(sum);  // wraps
  if (semantics.arithmetic_not_negative && sum < 0) sum = 0;
  return std::to_string(sum);
}

void set_tx(TransactionState& state, const SetvarStep& step, std::string_view name) {
  int32_t slot = step.tx_slot >= 0 ? step.tx_slot : state.tx.find(name);
  const bool overwrites =
      step.operation == SetvarOperation::assign || step.operation == SetvarOperation::unset;
  if (slot >= 0 && state.tx[slot].pinned && overwrites) {
    if (state.tx.first_ignored(slot)) {
      state.problems.report_once(
          "pinned", fmt::format("tx.{} is pinned: an assignment by rule {} was ignored", name,
                                state.current_id()));
    }
    return;
  }
  const std::string_view current = state.tx.text(slot);
  if (step.operation == SetvarOperation::unset) {
    if (slot >= 0) state.tx.unset(slot);
    if (state.observer() != nullptr) state.observer()->tx_changed(name, current, {});
    return;
  }
  const bool plain = step.operation == SetvarOperation::assign && step.value.literal;
  StringId value = 0;
  if (plain) {
    value = state.strings.intern(step.value.text);
  } else {
    const std::optional<std::string> text = new_value(state, step, current);
    if (!text) return;
    value = state.strings.copy(*text);
  }
  if (slot < 0) slot = state.tx.find_or_add(name);
  state.tx.set(slot, value);
  if (state.program.semantics().tx_named_as_set) state.tx.rename(slot, name);
  if (state.observer() != nullptr) {
    state.observer()->tx_changed(name, current, state.strings[value]);
  }
}

void set_record_member(TransactionState& state, const SetvarStep& step, std::string_view name) {
  OpenRecord* const open = state.records.find(step.collection);
  if (open == nullptr) {
    state.problems.report_once("collection",
                               fmt::format("{}.{} was not set: no initcol opened the collection",
                                           parser::info(step.collection).name, name));
    return;
  }
  if (step.operation == SetvarOperation::unset) {
    open->unset(name);
    return;
  }
  const StoredMember* const member = open->find(name);
  const std::string_view current = member == nullptr ? std::string_view() : member->value;
  if (auto value = new_value(state, step, current)) {
    state.records.set(*open, name, std::move(*value));
  }
}

}  // namespace

void perform(TransactionState& state, const SetvarStep& step) {
  std::string expanded;
  if (!step.name.literal) expand(state, step.name, expanded);
  const std::string_view name = step.name.literal ? step.name.text : std::string_view(expanded);
  if (step.collection == Variable::TX) {
    set_tx(state, step, name);
  } else {
    set_record_member(state, step, name);
  }
}

}  // namespace wafcheck::engine::inline actions
