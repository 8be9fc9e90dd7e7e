#pragma once
// Subjects that one search matches and another does not. A run of the one is followed together with
// the set of all states that the other can be in; what a pair seen before, or the simulation, makes
// needless is not followed. After Abdulla, Chen, Holik, Mayr and Vojnar, "When Simulation Meets
// Antichains" (TACAS 2010).

#include <functional>
#include <string>

#include "parser/regex/inclusion.h"
#include "parser/regex/search_automaton.h"
#include "parser/regex/simulation.h"

namespace wafcheck::parser::regex {

struct WitnessLimits {
  size_t most_pairs = 100'000;     ///< of a state of the one and a set of states of the other
  size_t most_work = 100'000'000;  ///< states looked at and compared
};

struct WitnessEffort {
  size_t pairs = 0;
  size_t work = 0;
};

/// Goes through the subjects in `domain` that `part` matches and `whole`, another start of the same
/// automaton, does not: the shortest first, until `take` returns true. Not all of them: where the
/// rest of two subjects goes on alike, one will do. yes: one was taken. no: there are none, or none
/// of those that were gone through was taken. unknown: a limit was reached.
Answer find_witness(const SearchAutomaton& automaton, const Simulation& simulation,
                    const Domain& domain, size_t part, size_t whole, const WitnessLimits& limits,
                    const std::function<bool(const std::string&)>& take, WitnessEffort& effort);

/// Short subjects in `domain` that the search `part` matches, going together over all its edges, at
/// most `most`.
std::vector<std::string> covering_subjects(const SearchAutomaton& automaton, const Domain& domain,
                                           size_t part, size_t most);

}  // namespace wafcheck::parser::regex
