#pragma once
// Ways in which an expression can read the same bytes twice over. Exponential: a loop that can read
// one word in two ways. Polynomial: two loops that can both read a word that also leads from the
// one to the other. After Weideman, van der Merwe, Berglund and Watson, "Analyzing Matching Time
// Behavior of Backtracking Regular Expression Matchers by Using Ambiguity of NFA" (CIAA 2016).

#include <cstdint>
#include <string>
#include <vector>

#include "parser/regex/positions.h"

namespace wafcheck::parser::regex {

struct Ambiguity {
  bool exponential = false;
  bool search = false;        ///< one of the loops is the search for a place to begin
  std::vector<NodeId> loops;  ///< repeat nodes, inner first; without the search
  std::string prefix;         ///< leads to the loop
  std::string pump;           ///< what can be read in more than one way
  std::string tail;           ///< leads from the loop to the end of a match
  ByteSet next;               ///< what the loop itself can go on with
};

struct Ambiguities {
  std::vector<Ambiguity> found;
  bool all = true;  ///< there are no others
  size_t work = 0;  ///< moves from one position to the next
};

/// Candidates, exponential ones first, at most `most`. The work is bounded: a large expression may
/// have more.
Ambiguities find_ambiguities(const Positions& positions, size_t most);

}  // namespace wafcheck::parser::regex
