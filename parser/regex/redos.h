#pragma once
// Expressions whose matching time explodes. What the automaton shows to be ambiguous is tried out
// on PCRE2, and only what is then as slow as feared is reported.

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "parser/regex/pcre.h"
#include "parser/regex/steps.h"
#include "parser/regex/tree.h"

namespace wafcheck::parser::regex {

struct RedosLimits {
  uint32_t exponential_steps = 1'000'000;  ///< what an exponential expression must exceed
  uint32_t exponential_bytes = 200;        ///< within a subject of this size
  uint32_t polynomial_bytes = 2'048;       ///< the largest subject tried for polynomial growth
  uint32_t polynomial_steps = 100'000;     ///< and the most steps in it
  /// Whether to report what is quadratic only because of the search, as every expression is that
  /// begins with a repetition.
  bool squares_of_search = true;
  uint32_t candidates = 12;  ///< tried out, for one expression
  /// Spent on one expression: moves in the automaton, and steps that are tried out. A step of
  /// PCRE2's copies two numbers for each group, so that one of many groups counts for many.
  uint64_t work = 6'000'000;
};

struct Redos {
  bool exponential = false;
  uint32_t degree = 0;            ///< of a polynomial, as measured: 2 is quadratic
  bool search = false;            ///< one degree of it is the search, which tries every place
  std::vector<Span> quantifiers;  ///< that share the blame, by place

  /// The attack is prefix + pumps times pump + suffix.
  std::string prefix;
  std::string pump;
  std::string suffix;
  uint32_t pumps = 0;
  uint64_t steps = 0;                 ///< that it takes; see StepCounter
  Measure measure = Measure::search;  ///< of the steps
  bool more = false;                  ///< `steps` is where it was stopped
};
/// The subject with `pumps` pumps.
std::string attack(const Redos& redos, uint32_t pumps);

/// What a search took, and whether it came to its end.
struct RedosEffort {
  uint64_t work = 0;       ///< as RedosLimits::work
  bool undecided = false;  ///< it gave up: there may be more than was found
};

/// What is wrong with `pattern`, of which `tree` was made under `options`; the worst first, each
/// with loops of its own. Deterministic, with bounded work. `effort` may be null.
std::vector<Redos> find_redos(std::string_view pattern, const Tree& tree,
                              parser::PcreOptions options, const RedosLimits& limits = {},
                              RedosEffort* effort = nullptr);

}  // namespace wafcheck::parser::regex
