#pragma once
// Whether one expression matches all that another does: exact for small regular expressions.

#include <cstdint>
#include <string>

#include "parser/regex/tree.h"

namespace wafcheck::parser::regex {

enum class Answer : uint8_t { no, yes, unknown };

struct Inclusion {
  Answer answer = Answer::unknown;
  std::string witness;  ///< no: a subject that shows it, among the shortest
};

/// Whether `whole` has a match in every subject in which `part` has one. Unknown if either is not a
/// regular language (see nfa_of()) or the comparison gets too large.
Inclusion includes(const Tree& whole, const Tree& part);
/// Whether no subject has a match; a witness has one.
Inclusion matches_nothing(const Tree& tree);
/// Whether every subject has a match; a witness has none.
Inclusion matches_everything(const Tree& tree);

}  // namespace wafcheck::parser::regex
