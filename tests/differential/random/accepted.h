#pragma once
// The differences that are accepted, each with its reason.

#include <span>
#include <string_view>
#include <vector>

#include "compare.h"
#include "pair.h"

namespace wafcheck::differential {

/// A difference, reduced.
struct Finding {
  uint64_t seed = 0;
  Pair pair;
  Difference difference;
  Verdict ours, theirs;
};

struct Accepted {
  std::string_view name;
  bool (*covers)(const Finding&);
  std::string_view reason;
  std::vector<Directive> rules;  ///< a pair that shows it: these rules, and
  Message message;               ///< this request
};
std::span<const Accepted> accepted();

}  // namespace wafcheck::differential
