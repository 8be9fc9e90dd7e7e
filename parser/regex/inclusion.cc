#include "parser/regex/inclusion.h"

#include <array>

#include "parser/regex/nfa.h"
#include "parser/regex/simulation.h"
#include "parser/regex/witness.h"

namespace wafcheck::parser::regex {
namespace {

constexpr size_t kMaxTransitions = 40'000;
constexpr size_t kMaxCompared = 4'000'000;
constexpr WitnessLimits kInclusionLimits{.most_pairs = 10'000, .most_work = 20'000'000};

Inclusion inclusion_of(const Nfa& whole, const Nfa& part) {
  const std::array both = {&whole, &part};
  const Domain domain;
  const auto automaton = SearchAutomaton::of(both, domain, kMaxTransitions);
  if (!automaton) return {};
  const Simulation simulation(*automaton, kMaxCompared);
  Inclusion inclusion;
  WitnessEffort effort;
  const auto take = [&](const std::string& subject) {
    inclusion.witness = subject;
    return true;
  };
  switch (find_witness(*automaton, simulation, domain, 1, 0, kInclusionLimits, take, effort)) {
    case Answer::yes:
      inclusion.answer = Answer::no;
      break;
    case Answer::no:
      inclusion.answer = Answer::yes;
      break;
    case Answer::unknown:
      break;
  }
  return inclusion;
}

}  // namespace

Inclusion includes(const Tree& whole, const Tree& part) {
  const auto a = nfa_of(whole);
  const auto b = nfa_of(part);
  if (!a || !b) return {};
  return inclusion_of(*a, *b);
}

Inclusion matches_nothing(const Tree& tree) {
  const auto nfa = nfa_of(tree);
  if (!nfa) return {};
  return inclusion_of(empty_nfa(), *nfa);
}

Inclusion matches_everything(const Tree& tree) {
  const auto nfa = nfa_of(tree);
  if (!nfa) return {};
  const Nfa anything{.states = {{.move = Move::accept}}, .start = 0};
  return inclusion_of(*nfa, anything);
}

}  // namespace wafcheck::parser::regex
