// setvar: TX and the members of opened persistent collections. Source: seclang reference 6.4.

#include <fmt/format.h>

#include <charconv>
#include <limits>

#include "engine/evaluation.h"
#include "parser/ascii.h"

namespace wafcheck::engine {

using parser::SetvarOperation;
using parser::Variable;

int64_t leading_number(std::string_view text) {
  size_t at = 0;
  while (at < text.size() && is_space(text[at])) ++at;
  const bool negative = at < text.size() && text[at] == '-';
  if (at < text.size() && (text[at] == '-' || text[at] == '+')) ++at;
  constexpr int64_t kMax = std::numeric_limits<int64_t>::max();
  int64_t number = 0;
  for (; at < text.size() && is_digit(text[at]); ++at) {
    const int digit = text[at] - '0';
    number = number > (kMax - digit) / 10 ? kMax : number * 10 + digit;
  }
  return negative ? -number : number;
}

void Transaction::unset_tx(int32_t slot) {
  if (!tx_[slot].set) return;
  tx_[slot].set = false;
  std::erase(tx_order_, slot);
}

void Evaluation::run(const SetvarStep& step) {
  std::string expanded;
  if (!step.name.literal) expand(step.name, expanded);
  const std::string_view name = step.name.literal ? step.name.text : std::string_view(expanded);
  if (step.collection == Variable::TX) {
    set_tx(step, name);
  } else {
    set_record_member(step, name);
  }
}

bool is_number(std::string_view text) {
  int64_t value = 0;
  const char* const end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data(), end, value);
  return error == std::errc() && stop == end;
}

/// The new value, given the current one.
std::string Evaluation::computed_value(const SetvarStep& step, std::string_view current) {
  std::string operand;
  expand(step.value, operand);
  if (step.operation == SetvarOperation::assign) return operand;
  const bool counts = current.empty() || is_number(current);
  if (!counts && program_.semantics().arithmetic_needs_number) return std::string(current);
  const bool narrow = program_.semantics().arithmetic_32_bits;
  const auto number = [&](std::string_view text) {
    const int64_t value = leading_number(text);
    return narrow && value != static_cast<int32_t>(value) ? 0 : value;
  };
  int64_t change = number(operand);
  if (step.operation == SetvarOperation::subtract) change = -change;
  int64_t sum = 0;
  if (__builtin_add_overflow(number(current), change, &sum)) {
    sum = change > 0 ? std::numeric_limits<int64_t>::max() : std::numeric_limits<int64_t>::min();
  }
  if (program_.semantics().arithmetic_not_negative && sum < 0) sum = 0;
  if (narrow) sum = static_cast<int32_t>(sum);  // wraps
  return std::to_string(sum);
}

void Evaluation::set_tx(const SetvarStep& step, std::string_view name) {
  const int32_t slot = step.tx_slot >= 0 ? step.tx_slot : tx_.tx_find(name, name_hash(name));
  const bool overwrites = step.operation == SetvarOperation::assign || step.operation == SetvarOperation::unset;
  if (slot >= 0 && tx_.tx_[slot].pinned && overwrites) {
    if (!tx_.tx_[slot].ignored_reported) {
      tx_.tx_[slot].ignored_reported = true;
      report_once("pinned", fmt::format("tx.{} is pinned: an assignment by rule {} was ignored", name,
                                        current_id()));
    }
    return;
  }
  std::string_view current;
  if (slot >= 0 && tx_.tx_[slot].set) current = tx_.strings_[tx_.tx_[slot].value];
  if (step.operation == SetvarOperation::unset) {
    if (slot >= 0) tx_.unset_tx(slot);
    if (observer_ != nullptr) observer_->tx_changed(name, current, {});
    return;
  }
  const bool plain = step.operation == SetvarOperation::assign && step.value.literal;
  const StringId value = plain ? tx_.strings_.intern(step.value.text)
                               : tx_.keep(computed_value(step, current));
  Transaction::TxVariable& variable = tx_.tx_slot(name, slot);
  variable.value = value;
  variable.set = true;
  if (observer_ != nullptr) observer_->tx_changed(name, current, tx_.strings_[value]);
}

void Evaluation::set_record_member(const SetvarStep& step, std::string_view name) {
  Transaction::OpenRecord* open = record_of(step.collection);
  if (open == nullptr) {
    report_once("collection", fmt::format("{}.{} was not set: no initcol opened the collection",
                                          parser::info(step.collection).name, name));
    return;
  }
  if (step.operation == SetvarOperation::unset) {
    open->changed |= open->record.members.erase(lowercase(name)) > 0;
    return;
  }
  StoredMember* member = make_member(*open, name);
  if (member == nullptr) return;
  member->value = computed_value(step, member->value);
  member->set = true;
  open->changed = true;
}

}  // namespace wafcheck::engine
