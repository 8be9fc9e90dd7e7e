#pragma once
// An automaton with states that go on alike merged: the coarsest bisimulation, by refining a
// partition. After Hopcroft, "An n log n Algorithm for Minimizing States in a Finite Automaton".

#include "parser/regex/search_automaton.h"

namespace wafcheck::parser::regex {

/// Matches the same from each start.
SearchAutomaton merged(const SearchAutomaton& automaton);

}  // namespace wafcheck::parser::regex
