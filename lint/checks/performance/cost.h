#pragma once
// How much there is in an expression.

#include <cstdint>

#include "parser/regex/tree.h"

namespace wafcheck::lint::inline checks {

/// Expressions beyond these are large.
inline constexpr size_t kLargeBytes = 8 * 1024;
inline constexpr uint64_t kLargeStates = 20'000;

/// The states of an automaton for the expression, repetitions written out; about, and no more than
/// 2^32.
uint64_t states_of(const parser::regex::Tree& tree);

}  // namespace wafcheck::lint::inline checks
