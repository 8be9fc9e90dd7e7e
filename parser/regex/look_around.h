#pragma once
// Look-arounds worked into an automaton, so that it is an ordinary one: each state is split by what
// the bytes that were read mean for the look-arounds that are not decided yet.

#include <cstdint>
#include <span>
#include <vector>

#include "parser/base/result.h"
#include "parser/regex/nfa.h"

namespace wafcheck::parser::regex {

struct LookAround {
  Nfa inside;
  bool behind = false;
  bool negative = false;
};

/// Where a look-around stands: Nfa has no move of its own for it.
NfaState look_state(uint32_t look, uint32_t to);

/// Whether it can be worked in: what is inside looks behind itself nowhere, and no look-behind has
/// assertions.
bool can_work_in(const LookAround& look);

/// The same search without look_state(). Every one of `looks` can be worked in. Fails if there
/// would be more than `most_states`.
Result<Nfa> work_in(const Nfa& nfa, std::span<const LookAround> looks, size_t most_states);

/// The error of what gets larger.
std::unexpected<Error> too_many_states(size_t most_states);

}  // namespace wafcheck::parser::regex
