#pragma once
// An expression as an automaton that reads bytes, with assertions as empty moves: exact, for what
// is a regular language. Ken Thompson's construction.

#include <cstdint>
#include <vector>

#include "parser/base/result.h"
#include "parser/regex/tree.h"

namespace wafcheck::parser::regex {

enum class Move : uint8_t { byte, split, assertion, accept };

struct NfaState {
  Move move = Move::accept;
  Assertion assertion = Assertion::subject_start;
  uint32_t to = 0;     ///< the next state
  uint32_t other = 0;  ///< of a split
  ByteSet set = {};    ///< of a byte
};

struct Nfa {
  std::vector<NfaState> states;
  uint32_t start = 0;
};

/// What assertions see of the byte on either side.
enum class Beside : uint8_t { none, line_feed, word, other };
inline constexpr size_t kBesides = 4;
Beside beside(uint8_t byte);
/// Whether an assertion holds between two bytes.
bool holds(Assertion assertion, Beside before, Beside after);

/// How what is no regular language is read.
enum class Reading : uint8_t {
  exact,  ///< not at all: nfa_of() fails
  guess,  ///< as something near: look-arounds hold, a reference is what its group could be
};

/// Fails if it would have more than `most_states`, or if the expression is more than a regular
/// language with anchors and word boundaries: look-arounds, references, verbs, and whatever the
/// tree does not model exactly; also atomic groups and possessive quantifiers, but where they
/// provably make no difference to what matches. The error says what it is ("a back-reference").
Result<Nfa> nfa_of(const Tree& tree, size_t most_states = 4'000, Reading reading = Reading::exact);
/// The automaton that matches nothing.
Nfa empty_nfa();

}  // namespace wafcheck::parser::regex
